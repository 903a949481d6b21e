"""Saying how an incident stands, and writing to its customers: the update leaves only after it was seen as they get it.

The invariant: what leaves stood in the preview word for word, and so did everybody who gets it.
"""

import textwrap
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from typing_extensions import override

from desk.counts import counted
from desk.errors import BadInput, HeardError, Refused
from desk.identifiers import address_of
from desk.incidents import NEXT, STATES, TITLE, draft, parse_state, with_incident
from desk.snippets.template import problems
from desk.snooze import when
from desk.times import to_datetime
from screens.confirm import ConfirmScreen
from screens.form import Entry, Form, FormScreen, Values
from screens.seat import Seat
from storage.audience import Audience, Update, audience, next_words
from storage.deeds.by import Done
from storage.form_drafts import About
from storage.incidents import IncidentRow
from widgets.cells import harmless, shorten

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.deeds.incidents import Described

AROUND = 14
PREVIEW_CELLS = 66
LEFT_OUT = 4
# Both and what stands around them fit into the preview.
NAME, ADDRESS = 16, 40
TIMES = "when customers hear again: 2h, 14:30, tomorrow 9am"


def incident_form(seat: Seat, row: IncidentRow | None, title: str = "", ticket_ids: Sequence[int] = ()) -> Form:
    """The form of an incident; without `row` it begins one, from these tickets."""
    before = written_time(row.next_update_at, seat.zone) if row is not None else ""
    entries = (
        Entry("title", "Title", row.title if row else title, "what is wrong, in a few words"),
        Entry("state", "State", row.state if row else "looking", ", ".join(STATES), choices=tuple(STATES)),
        Entry("next", "Next", before, TIMES),
        Entry("notice", "Text", row.notice if row else "", lines=5),
    )

    def described(values: Values) -> "Described":
        from storage.deeds.incidents import Described

        unchanged = row is not None and values["next"].strip() == before
        next_at = row.next_update_at if row is not None and unchanged else time_of(values["next"], seat)
        return Described(values["title"], parse_state(values["state"]), values["notice"], next_at)

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.incidents import Described, begin, describe

        by, said = seat.by(), described(values)
        if row is None:
            return lambda session: begin(session, by, said, ticket_ids)
        incident_id, was = row.id, Described(row.title, row.state, row.notice, row.next_update_at)
        return lambda session: describe(session, by, incident_id, said, was)

    def meaning(values: Values) -> str:
        if not values["title"].strip():
            raise BadInput("An incident has a title", "Say in a few words what is wrong.")
        state = parse_state(values["state"])
        next_at = described(values).next_update_at
        by_when = f"; next update {next_words(next_at, seat.zone)}" if next_at and state != "over" else ""
        return STATES[state] + by_when

    about = About("incident", tuple(ticket_ids), incident=row.id if row else None)
    return Form("Incident" if row else "New incident", entries, deed, meaning, about)


def written_time(at: int | None, zone: tzinfo) -> str:
    """A time as it can be typed again."""
    return "" if at is None else to_datetime(at, zone).strftime("%Y-%m-%d %H:%M")


def time_of(text: str, seat: Seat) -> int | None:
    """The time that was typed in words; None for nothing."""
    return when(text, seat.clock(), seat.zone) if text.strip() else None


class UpdateScreen(FormScreen):
    """The text of an update: Ctrl+S shows who gets it and how it reads, and only then it leaves."""

    def __init__(self, seat: Seat, row: IncidentRow, height: int) -> None:
        self._row = row
        self._shown: tuple[Update, Audience] | None = None
        text = draft(row.notice, over=row.state == "over")
        entries = (
            Entry("text", "Text", text, lines=max(4, min(14, height - AROUND)), fields=(TITLE, NEXT)),
            Entry("next", "Next", "", TIMES),
        )
        about = About("update", incident=row.id)
        super().__init__(seat, Form(f"Update: {row.title}", entries, self._deed, self._says, about))

    def _update(self, values: Values) -> Update:
        return Update(self._row.id, values["text"], time_of(values["next"], self.seat), self.seat.zone)

    def _deed(self, _values: Values) -> "Callable[[Session], Done]":
        """What was shown: `2h` said in the preview isn't another time by now."""
        from storage.deeds.incident_updates import tell_all

        if self._shown is None:
            raise Refused("Nobody has seen yet who gets it", "")
        by, (update, shown) = self.seat.by(), self._shown
        return lambda session: tell_all(session, by, update, shown)

    def _says(self, values: Values) -> str:
        if not values["text"].strip():
            raise BadInput("Nothing is written yet")
        next_at = time_of(values["next"], self.seat)
        told = next_words(next_at, self.seat.zone)
        wrong = problems(with_incident(values["text"], self._row.title, told))
        if wrong:
            raise BadInput(wrong[0].message, wrong[0].mend)
        return f"{'next ' + told if told else 'no next time is set'}; Ctrl+S shows who gets it and how it reads"

    @override
    def action_form_save(self) -> None:
        values, at = self.values, self.seat.clock()
        self._says(values)
        update, me = self._update(values), self.seat.me.id or None
        self.hold_all_keys()
        self.seat.jobs.read(
            "audience",
            lambda connection: audience(connection, update, me, at),
            lambda found: self._preview(update, found),
            self._not_previewed,
        )

    def _not_previewed(self, error: HeardError) -> None:
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    def _preview(self, update: Update, found: Audience) -> None:
        self.release_all_keys()
        if not self.is_attached:
            return
        if not found.letters:
            self.notice("There is nobody to tell: " + left_out_words(found) if found.left_out else NOBODY, "warning")
            return
        self._shown = update, found

        def answered(yes: bool | None) -> None:
            if yes:
                super(UpdateScreen, self).action_form_save()

        many, out = len(found.letters), len(found.left_out)
        title = f"Write to {counted(many, 'customer')}?" + (f" {out:,} left out" if out else "")
        self.app.push_screen(ConfirmScreen(self.seat, title, preview_lines(found), final=True), answered)


NOBODY = "No ticket is linked to it: I on a ticket does that, and Y on one that looks like it"


def preview_lines(found: Audience) -> tuple[str, ...]:
    """How it reads for the first of them, then everybody who gets it, and everybody who doesn't and why."""
    first, many = found.letters[0], len(found.letters)
    address = _short(address_of(first.recipient), ADDRESS)
    lines = [f"{address} reads:" if many == 1 else f"The first of them, {address}, reads:"]
    for line in first.body.split("\n"):
        lines += ["  " + part for part in textwrap.wrap(harmless(line), PREVIEW_CELLS) or [""]]
    here = sum(not letter.by_mail for letter in found.letters)
    if here:
        lines += ["", f"{here:,} of them through no mailbox: theirs stays on the ticket alone."]
    lines += ["", "Who gets it:" if many == 1 else f"Who gets it, all {many:,}:"]
    for each in found.letters:
        where = "" if each.by_mail else "on the ticket"
        lines.append(_line(each.number, each.name, _short(address_of(each.recipient), ADDRESS), where))
    if found.left_out:
        lines += ["", f"Who doesn't, {len(found.left_out):,}:"]
        lines += [_line(each.number, each.name, each.why) for each in found.left_out]
    return tuple(lines)


def _line(number: int, name: str, *more: str) -> str:
    return "  ".join(part for part in (f"  #{number}", _short(name, NAME) or "(no name)", *more) if part)


def left_out_words(found: Audience) -> str:
    """Who is left out, and why."""
    named = " · ".join(f"#{each.number} {each.why}" for each in found.left_out[:LEFT_OUT])
    more = len(found.left_out) - LEFT_OUT
    return f"Left out: {named}" + (f" · and {more:,} more" if more > 0 else "")


def _short(text: str, cells: int) -> str:
    return shorten(" ".join(harmless(text).split()), cells)
