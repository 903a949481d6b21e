"""One row of the queue in cells: which columns fit, and what stands in them. Pure arithmetic without Textual.

The first paint, `heard tickets` and the queue's list all draw from here, so that the row doesn't move when Textual
takes the screen over. The invariant: the texts of a row are exactly as wide as the layout says. Named tuples rather
than dataclasses, whose import costs the first paint 8 ms.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from desk.ages import age, due
from widgets.cells import fit, harmless
from widgets.source_marks import CELLS

# The marks of desk.statuses.CHANNELS, which the first paint can't afford to import; a test keeps them alike.
CHANNEL_MARKS = {"email": "✉", "phone": "☎", "chat": "❞", "x": "x", "facebook": "f", "forum": "#", "web": "⌂"}
# Open, pending, hold, solved, closed: told by shape, so that no colour is needed.
STATUS_MARKS = "○·=✓×"
UNREAD_MARK = "●"
SNOOZED_MARK = "z"
NO_SUBJECT = "(no subject)"

HIGH, URGENT, ANGRY, SOLVED = 2, 3, 2, 3
VIEWS_WIDTH, SIDE_WIDTH = 24, 32
TWO_PANES, THREE_PANES = 100, 108

NO_MARKS: Mapping[int, str] = MappingProxyType({})


class TicketLine(Protocol):
    """What a row needs to know of a ticket; desk.records.TicketRow has all of it."""

    @property
    def number(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def priority(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def assignee(self) -> str: ...
    @property
    def mood(self) -> int: ...
    @property
    def unread(self) -> int: ...
    @property
    def updated_at(self) -> int: ...
    @property
    def due_at(self) -> int | None: ...
    @property
    def snoozed_until(self) -> int | None: ...
    @property
    def warns_at(self) -> int | None: ...
    @property
    def promised_at(self) -> int | None: ...
    @property
    def source_id(self) -> int | None: ...


class Column(NamedTuple):
    """A column's name and width in cells; `right` where its text stands at the right."""

    name: str
    cells: int
    right: bool = False


class Panes(NamedTuple):
    """The widths of the workspace's panes with their left borders; 0 where a pane is not shown."""

    views: int
    tickets: int
    side: int


def panes(width: int) -> Panes:
    """Which panes a terminal of this width shows: one on 80 columns, two from 100, three from 108."""
    views = VIEWS_WIDTH if width >= TWO_PANES else 0
    side = SIDE_WIDTH if width >= THREE_PANES else 0
    return Panes(views, width - views - side, side)


def columns(width: int, *, marked: bool = False) -> tuple[Column, ...]:
    """The columns of a list that is `width` cells wide; one blank stands between two. `marked`: with their sources."""
    if width < 30:
        return (Column("mark", 1), Column("subject", max(width - 2, 0)))
    wanted = [Column("mark", 1), Column("urgent", 1), Column("due", 10, right=True), Column("channel", 1)]
    if marked:
        wanted.append(Column("source", CELLS))
    if width >= 90:
        wanted.append(Column("number", 7, right=True))
    wanted.append(Column("customer", min(max(width * 22 // 100, 8), 28)))
    after = []
    if width >= 100:
        after.append(Column("assignee", 14))
    if width >= 120:
        after.append(Column("age", 4, right=True))
    taken = sum(column.cells + 1 for column in (*wanted, *after))
    return (*wanted, Column("subject", width - taken), *after)


def cells(
    row: TicketLine, layout: tuple[Column, ...], now: int, marks: Mapping[int, str] = NO_MARKS
) -> list[tuple[str, str]]:
    """The row's texts with the role that styles each; joined they fill the layout's width.

    `marks` are those of the sources by id.
    Roles: unread, mark, urgent, late, due, quiet, customer, subject, plain. Texts of columns and blanks take turns.
    """
    texts: list[tuple[str, str]] = []
    for place, column in enumerate(layout):
        if place:
            texts.append((" ", "plain"))
        text, role = _cell(row, column.name, now) if column.name != "source" else (_source(row, marks), "quiet")
        texts.append((fit(text, column.cells, right=column.right), role))
    return texts


def _cell(row: TicketLine, name: str, now: int) -> tuple[str, str]:
    match name:
        case "mark":
            return _mark(row, now)
        case "urgent":
            return _pressing(row), "urgent"
        case "due":
            return _due(row, now)
        case "channel":
            return CHANNEL_MARKS.get(row.channel, "?"), "quiet"
        case "number":
            return f"#{row.number}", "quiet"
        case "customer":
            return harmless(row.customer), "customer"
        case "assignee":
            return harmless(row.assignee), "quiet"
        case "age":
            return age(row.updated_at, now), "quiet"
        case _:
            return harmless(row.subject).strip() or NO_SUBJECT, "unread" if row.unread else "subject"


def _source(row: TicketLine, marks: Mapping[int, str]) -> str:
    return marks.get(row.source_id, "") if row.source_id is not None else ""


def _mark(row: TicketLine, now: int) -> tuple[str, str]:
    if row.unread and row.status < SOLVED:
        return UNREAD_MARK, "unread"
    if row.snoozed_until is not None and row.snoozed_until > now:
        return SNOOZED_MARK, "quiet"
    return STATUS_MARKS[row.status], "mark"


def _pressing(row: TicketLine) -> str:
    """`!` where it is urgent or the customer angry, `^` where it is high."""
    if row.priority >= URGENT or row.mood >= ANGRY:
        return "!"
    return "^" if row.priority == HIGH else ""


def _due(row: TicketLine, now: int) -> tuple[str, str]:
    if row.due_at is None or row.status >= SOLVED:
        return "", "due"
    warned = row.warns_at is not None and row.warns_at <= now
    at = row.due_at
    if warned and row.warns_at == at <= now and row.promised_at is not None and row.promised_at > now:
        # A promise whose inner target has passed isn't broken yet.
        at = row.promised_at
    shown = due(at, now)
    if at <= now:
        return shown, "late"
    left = shown.removeprefix("due ")
    # A word besides the colour: this one is about to be late.
    return (f"soon {left}", "late") if warned else (left, "due")
