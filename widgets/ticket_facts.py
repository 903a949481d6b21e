"""What stands over an open ticket: its state, who has it, what it waits for, its tags; below, what it is about.

The goal, the summary and the choice were written down at steps of a checklist, for whoever comes after. The
state of a helpdesk's ticket is also told in that helpdesk's own word, and its custom fields stand below.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.strip import Strip

from desk.ages import due
from desk.records import PromiseRow, Ticket
from desk.snooze import by, until
from desk.statuses import Priority, Status
from widgets.cells import harmless
from widgets.inks import Lines, Piece

if TYPE_CHECKING:
    from desk.clocks import Clock

GAP: Piece = ("  ", "plain")
SHOWN_PROMISES = 3
CLOCKS = {"first response": "first answer", "next response": "answer", "resolution": "solution"}


class TicketFacts(Lines, can_focus=False):
    """One line of facts, another one where something was written down, and one for what else its helpdesk knows."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TicketFacts { height: 1; overflow: hidden; background: $bar-background; }"

    def __init__(self, *, clock: Callable[[], int], zone: tzinfo, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock, self._zone = clock, zone
        self._ticket: Ticket | None = None
        self._company: tuple[tuple[str, bool], ...] = ()
        self._drawn: list[Piece] = []

    def show(self, ticket: Ticket | None) -> None:
        """Show the facts of a ticket, or none."""
        self._ticket = ticket
        height = 1 if ticket is None else 1 + len(lines_below(ticket))
        self.virtual_size = Size(1, height)
        self.styles.height = height
        self.refresh()

    def accompany(self, company: tuple[tuple[str, bool], ...]) -> None:
        """Say who else is at this ticket, in sentences, each with whether they write there."""
        if company != self._company:
            self._company = company
            self.refresh()

    def tick(self) -> None:
        """Draw again where what is due has moved on."""
        if self._facts() != self._drawn:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line."""
        if y == 0:
            pieces = self._drawn = self._facts()
        else:
            below = [] if self._ticket is None else lines_below(self._ticket)
            pieces = below[y - 1] if y <= len(below) else []
        return self.strip([(" ", "plain"), *pieces], self.size.width, "bar")

    def _facts(self) -> list[Piece]:
        if self._ticket is None:
            return []
        # Two who answer the same customer at once is worse than anything that stands behind it.
        company = [(harmless(words), "late" if writes else "due") for words, writes in self._company]
        facts = fact_pieces(self._ticket, self._clock(), self._zone)
        return [*(piece for each in company for piece in (each, GAP)), *facts]


def fact_pieces(ticket: Ticket, now: int, zone: tzinfo) -> list[Piece]:
    """The facts in the order of their weight, so that a narrow screen cuts the least."""
    row = ticket.row
    if ticket.merged_into is not None:
        return [(f"part of #{ticket.merged_into} now: all that was said is there", "due"), GAP]
    status = Status(row.status)
    there = ticket.standing
    label = _called(status.label, there.label if there else "")
    facts: list[Piece] = [(label, "strong" if status.active else "muted")]
    if there is not None and there.gone_at is not None:
        facts.append(("deleted at " + harmless(there.source), "due"))
    elif there is not None and there.final:
        facts.append(("closed for good there: an answer begins another ticket", "muted"))
    if row.priority != Priority.NORMAL:
        label = _called(Priority(row.priority).label, there.priority_label if there else "")
        facts.append((label, "urgent" if row.priority > Priority.NORMAL else "muted"))
    facts.append((row.assignee, "agent") if row.assignee else ("nobody has it", "due"))
    facts += [clock_piece(clock, now) for clock in ticket.clocks]
    told = {*(clock.due_at for clock in ticket.clocks), *(promise.target_at for promise in ticket.promises)}
    if row.due_at is not None and status.active and row.due_at not in told:
        facts.append((due(row.due_at, now), "late" if row.due_at <= now else "due"))
    if row.snoozed_until is not None and row.snoozed_until > now:
        facts.append(("snoozed until " + until(row.snoozed_until, now, zone), "muted"))
    if status.active:
        facts += [promise_piece(promise, now, zone) for promise in ticket.promises[:SHOWN_PROMISES]]
    facts += [(part, "muted") for part in (ticket.queue or ticket.team,) if part]
    facts += [(mark.words, mark.ink) for mark in ticket.marks]
    facts += [(tag, "tag") for tag in row.tags]
    if ticket.watchers:
        facts.append(("watched by " + ", ".join(ticket.watchers), "faint"))
    if ticket.suggested:
        facts.append(("like #" + " #".join(str(number) for number in ticket.suggested) + "? M merges", "due"))
    return [piece for fact in facts for piece in (fact, GAP)]


def _called(ours: str, theirs: str) -> str:
    """A state in our word, and in its helpdesk's where that is another one."""
    said = " ".join(harmless(theirs).split())
    return ours if not said or said.casefold() == ours.casefold() else f"{ours} ({said})"


def clock_piece(clock: "Clock", now: int) -> Piece:
    """A clock in words: `first answer due 1:40`, `answer soon 0:12`, `solution late 0:05`, `paused, 3:20 left`."""
    name = CLOCKS.get(clock.name, clock.name)
    state = clock.state(now)
    if clock.due_at is None:
        return f"{name} paused, {due(clock.left, 0).removeprefix('due ')} left", "muted"
    shown = due(clock.due_at, now)
    if state == "warned":
        shown = shown.replace("due", "soon", 1)
    return f"{name} {shown}", "due" if state == "running" else "late"


def promise_piece(promise: PromiseRow, now: int, zone: tzinfo) -> Piece:
    """A promise in words: `promised by Fri 17:00, aim Thu 13:30`, and from its aim on the words that the list has.

    No status pauses it: while a ticket is pending, what the customer was told still stands.
    """
    left, told = due(promise.due_at, now), by(promise.due_at, now, zone)
    if promise.due_at <= now:
        return f"promise {left}", "late"
    if promise.target_at > now:
        return f"promised {told}, aim {until(promise.target_at, now, zone)}", "promised"
    # Of the last hour its minutes stand there already.
    told = f" {told}," if told.startswith("by") else ""
    return f"{left.replace('due', 'promise soon', 1)},{told} aim passed", "late"


def lines_below(ticket: Ticket) -> list[list[Piece]]:
    """What stands below the facts, a line each: what was written down, what else its helpdesk knows."""
    return [pieces for pieces in (written_pieces(ticket), field_pieces(ticket)) if pieces]


def field_pieces(ticket: Ticket) -> list[Piece]:
    """The custom fields of its helpdesk that say something, each with its name."""
    pieces: list[Piece] = []
    for name, text in (ticket.standing.fields if ticket.standing is not None else {}).items():
        said = " ".join(harmless(text).split())
        if said:
            pieces += [(" ".join(harmless(name).split()) + " ", "muted"), (said, "plain"), GAP]
    return pieces


def written_pieces(ticket: Ticket) -> list[Piece]:
    """What was found out, for everyone after; the goal first."""
    written = (("Goal", ticket.goal), ("Summary", ticket.summary), ("Choice", ticket.choice))
    pieces: list[Piece] = []
    for name, text in written:
        if text.strip():
            pieces += [(name + " ", "title"), (" ".join(text.split()), "plain"), GAP]
    return pieces
