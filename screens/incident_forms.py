"""Saying how an incident stands, and writing to its customers: the update leaves only after it was seen as they get it.

The invariant: who is written to is who stood in the preview, or fewer.
"""

import textwrap
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from typing_extensions import override

from desk.errors import BadInput, HeardError
from desk.incidents import STATES, draft, parse_state
from desk.snippets.template import problems
from desk.snooze import when
from desk.times import to_datetime
from screens.confirm import ConfirmScreen
from screens.form import Entry, Form, FormScreen, Values
from screens.seat import Seat
from storage.audience import Audience, Update, audience, next_words
from storage.deeds.by import Done
from storage.incidents import IncidentRow
from widgets.cells import harmless, shorten

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.deeds.incidents import Described

AROUND = 14
PREVIEW_CELLS = 66
NAMED, LEFT_OUT, BODY_LINES = 3, 4, 9
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
        from storage.deeds.incidents import begin, describe

        by, said = seat.by(), described(values)
        if row is None:
            return lambda session: begin(session, by, said, ticket_ids)
        incident_id = row.id
        return lambda session: describe(session, by, incident_id, said)

    def meaning(values: Values) -> str:
        if not values["title"].strip():
            raise BadInput("An incident has a title", "Say in a few words what is wrong.")
        state = parse_state(values["state"])
        next_at = described(values).next_update_at
        by_when = f"; next update {next_words(next_at, seat.zone)}" if next_at and state != "over" else ""
        return STATES[state] + by_when

    return Form("Incident" if row else "New incident", entries, deed, meaning)


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
        self._previewed: frozenset[int] = frozenset()
        entries = (
            Entry("text", "Text", draft(row.notice), lines=max(4, min(14, height - AROUND))),
            Entry("next", "Next", "", TIMES),
        )
        super().__init__(seat, Form(f"Update: {row.title}", entries, self._deed, self._says))

    def _update(self, values: Values) -> Update:
        return Update(self._row.id, values["text"], time_of(values["next"], self.seat), self.seat.zone)

    def _deed(self, values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.incident_updates import tell_all

        by, update, previewed = self.seat.by(), self._update(values), self._previewed
        return lambda session: tell_all(session, by, update, previewed)

    def _says(self, values: Values) -> str:
        if not values["text"].strip():
            raise BadInput("Nothing is written yet")
        next_at = time_of(values["next"], self.seat)
        wrong = [each for each in problems(values["text"]) if "incident." not in each.message]
        if wrong:
            raise BadInput(wrong[0].message, wrong[0].mend)
        then = f"next {next_words(next_at, self.seat.zone)}" if next_at else "no next time is set"
        return f"Ctrl+S shows who gets it and how it reads; {then}"

    @override
    def action_form_save(self) -> None:
        values, at = self.values, self.seat.clock()
        self._says(values)
        update, me = self._update(values), self.seat.me.id or None
        self.hold_all_keys()
        self.seat.jobs.read(
            "audience", lambda connection: audience(connection, update, me, at), self._preview, self._not_previewed
        )

    def _not_previewed(self, error: HeardError) -> None:
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    def _preview(self, found: Audience) -> None:
        self.release_all_keys()
        if not self.is_attached:
            return
        if not found.letters:
            self.notice("There is nobody to tell: " + left_out_words(found) if found.left_out else NOBODY, "warning")
            return
        self._previewed = frozenset(letter.ticket_id for letter in found.letters)

        def answered(yes: bool | None) -> None:
            if yes:
                super(UpdateScreen, self).action_form_save()

        many = len(found.letters)
        title = f"Write to {'1 customer' if many == 1 else format(many, ',') + ' customers'}?"
        self.app.push_screen(ConfirmScreen(self.seat, title, preview_lines(found)), answered)


NOBODY = "No ticket is linked to it: I on a ticket does that, and Y on one that looks like it"


def preview_lines(found: Audience) -> tuple[str, ...]:
    """Who gets an update, who doesn't and why, and how it reads for the first of them."""
    first, many = found.letters[0], len(found.letters)
    named = ", ".join(
        f"{_short(letter.name or letter.recipient)} (#{letter.number})" for letter in found.letters[:NAMED]
    )
    lines = textwrap.wrap(named + (f" and {many - NAMED:,} more" if many > NAMED else ""), PREVIEW_CELLS)
    here = sum(not letter.by_mail for letter in found.letters)
    if here:
        lines.append(f"{here:,} of them through no mailbox: theirs stays on the ticket alone.")
    if found.left_out:
        lines += textwrap.wrap(left_out_words(found), PREVIEW_CELLS)
    body = [part for line in first.body.split("\n") for part in textwrap.wrap(harmless(line), PREVIEW_CELLS) or [""]]
    more = ["…"] if len(body) > BODY_LINES else []
    return (*lines, "", f"To {_short(first.recipient)}:", *("  " + line for line in body[:BODY_LINES]), *more)


def left_out_words(found: Audience) -> str:
    """Who is left out, and why."""
    named = " · ".join(f"#{each.number} {each.why}" for each in found.left_out[:LEFT_OUT])
    more = len(found.left_out) - LEFT_OUT
    return f"Left out: {named}" + (f" · and {more:,} more" if more > 0 else "")


def _short(text: str) -> str:
    return shorten(harmless(text), 56)
