"""A ticket in one line of the queue: the columns of the first paint, and what there is room for beside the subject.

The invariant: every text of the first paint keeps its place, so that nothing jumps when the live list takes over;
tags, marks and the preview only use the blanks behind a subject.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from desk.records import TicketRow
from widgets.cells import cut, fit, harmless, shorten, width
from widgets.columns import NO_MARKS, Column, cells, columns
from widgets.inks import Piece

SELECTED_MARK = "■"
PROMISED_MARK = "◆"
REPEATED_MARK = "↻"
PREVIEW_FROM = 50
WRITING_MARK = "✎"
LOOKING_MARK = "◉"
LONGEST_NAME = 10

_INKS = {"quiet": "muted", "subject": "plain"}
_layout = lru_cache(maxsize=32)(columns)


class Look(NamedTuple):
    """How a line stands in its list. `here` is the colleague who has it open, `written` whether they write on it."""

    cursor: bool = False
    selected: bool = False
    here: str = ""
    written: bool = False


def draw_ticket(
    row: TicketRow, width: int, look: Look, *, clock: Callable[[], int], marks: Mapping[int, str] = NO_MARKS
) -> list[Piece]:
    """The line of a ticket, `width` cells wide, with the mark of its source where there are any."""
    layout = _layout(width, marked=bool(marks))
    pieces: list[Piece] = []
    for place, (text, role) in enumerate(cells(row, layout, clock(), marks)):
        column = layout[place // 2] if place % 2 == 0 else None
        if column is not None and column.name == "subject":
            pieces.extend(_subject(row, column, _INKS.get(role, role), look))
        elif column is not None and column.name == "mark" and look.selected:
            pieces.append((SELECTED_MARK, "mark"))
        else:
            pieces.append((text, _INKS.get(role, role)))
    return pieces


def _subject(row: TicketRow, column: Column, ink: str, look: Look) -> list[Piece]:
    """Subject, then the preview in wide lists, then marks and tags at the right, within the column's cells."""
    subject = harmless(row.subject) or "(no subject)"
    here = _here(look)
    # A subject makes room for a colleague who is at it already, and for nothing else.
    room = max(column.cells - min(width(subject), column.cells) - 3, sum(width(text) + 1 for text, _ in here))
    behind = _behind(row, min(room, column.cells - 3), here)
    taken = sum(width(text) for text, _ in behind) + (2 if behind else 0)
    room = column.cells - taken
    shown = shorten(subject, room)
    left = room - width(shown)
    pieces: list[Piece] = [(shown, ink)]
    if column.cells >= PREVIEW_FROM and left > 12 and row.preview:
        pieces.append((fit("  " + " ".join(harmless(row.preview).split()), left - 1) + " ", "faint"))
    else:
        pieces.append((" " * left, "plain"))
    if behind:
        pieces.extend([(" ", "plain"), *behind, (" ", "plain")])
    return pieces


def _here(look: Look) -> list[Piece]:
    name = cut(harmless(look.here), LONGEST_NAME).strip()
    mark = WRITING_MARK if look.written else LOOKING_MARK
    return [(f"{mark} {name}", "due" if look.written else "muted")] if name else []


def _behind(row: TicketRow, room: int, here: list[Piece]) -> list[Piece]:
    """What stands at the right: who is at it, contacts of this matter, a promise, as many tags as have room."""
    pieces = [*here]
    if row.contacts > 1:
        pieces.append((f"{REPEATED_MARK}{min(row.contacts, 99)}", "due"))
    if row.promised_at is not None:
        pieces.append((PROMISED_MARK, "promised"))
    pieces.extend((cut(harmless(tag), 16), "tag") for tag in row.tags if harmless(tag).strip())
    kept: list[Piece] = []
    for text, ink in pieces:
        room -= width(text) + 1
        if room < 0:
            break
        if kept:
            kept.append((" ", "plain"))
        kept.append((text, ink))
    return kept
