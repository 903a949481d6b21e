"""The queue on the screen 25 ms after `heard` was typed, while Textual is still being imported.

`paint` is pure: a page, a size and a palette become one string of ANSI. `start` holds the terminal first, so that keys
typed from then on are kept. The invariants: nothing here imports Textual, SQLModel or a dataclass; no text of a ticket
is written that `widgets.cells` has not made harmless and cut to its place; trouble of any kind paints an empty frame.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from console.terminal import TERMINAL, usable
from screens.layout import lay_out
from storage.first_page import FirstPage, FirstView, read
from widgets.cells import cut, fit, harmless, width
from widgets.columns import cells, columns
from widgets.source_marks import source_marks

# What a role looks like before the theme is known: attributes of the terminal's own colours, so that nothing flashes.
COLOURS = {
    "title": "1;36", "chosen": "1", "cursor": "7", "line": "2", "quiet": "2", "unread": "1", "urgent": "1;31",
    "late": "31", "mark": "36",
}  # fmt: skip
MONOCHROME = {
    "title": "1", "chosen": "1", "cursor": "7", "line": "2", "quiet": "2", "unread": "1", "urgent": "1", "late": "1",
}  # fmt: skip
TITLES = {"views": "Views", "main": "Tickets", "side": "Customer"}
EMPTY = FirstPage("", None, (), (), "")


def start(database: Path) -> None:
    """Hold the terminal and paint, where there is one."""
    if not usable():
        return
    TERMINAL.hold()
    try:
        columns_across, rows_down = os.get_terminal_size(1)
    except OSError:
        return
    page = read(database, max(rows_down - 4, 1)) or EMPTY
    TERMINAL.show(paint(page, columns_across, rows_down, palette(), time.time_ns() // 1000))


def palette() -> Mapping[str, str]:
    """The attributes for this terminal: without colours where NO_COLOR asks for that."""
    return MONOCHROME if os.environ.get("NO_COLOR") else COLOURS


def paint(page: FirstPage, across: int, down: int, colours: Mapping[str, str], now: int) -> str:
    """The workspace's picture: header, views, tickets, footer, each line placed by itself and cut to the width."""
    lines = [_header(page, across, colours)]
    if down >= 4 and across >= 10:
        lines += _panes(page, across, down - 2, colours, now)
        lines.append(_styled(fit(f" {harmless(page.footer)}", across), "quiet", colours))
    return "".join(f"\x1b[{number};1H{line}" for number, line in enumerate(lines[:down], 1))


def _header(page: FirstPage, across: int, colours: Mapping[str, str]) -> str:
    place = f" Queue · {harmless(page.title)}" if page.title else ""
    if page.tickets is not None:
        place += f" {page.tickets:,}"
    name = cut(" Heard ", across)
    return _styled(name, "title", colours) + fit(place, across - width(name))


def _panes(page: FirstPage, across: int, down: int, colours: Mapping[str, str], now: int) -> list[str]:
    """The framed part, `down` lines of it, borders included, laid out as the workspace screen will do it."""
    shown = lay_out(across, down + 2, reading=False, front="main")
    inner = [each - 1 for each in (shown.views, shown.main, shown.side) if each]
    inner[-1] -= 1
    titles = [TITLES[pane] for pane in shown.panes]
    height = down - 2
    filled = {
        "views": _views(page.views, shown.views - 1, colours),
        "main": _main(page, inner[shown.panes.index("main")], height, shown.preview, colours, now),
        "side": [],
    }
    bar = _styled("│", "line", colours)
    lines = [_border(("┌", "┬", "┐"), titles, inner, colours)]
    for place in range(height):
        parts = [_at(filled[pane], place, cells_across) for pane, cells_across in zip(shown.panes, inner, strict=True)]
        lines.append(bar + bar.join(parts) + bar)
    lines.append(_border(("└", "┴", "┘"), [""] * len(inner), inner, colours))
    return lines


def _at(lines: list[str], place: int, across: int) -> str:
    return lines[place] if place < len(lines) else " " * across


def _main(page: FirstPage, across: int, down: int, preview: int, colours: Mapping[str, str], now: int) -> list[str]:
    """The tickets, and below them the line over the preview where there is room for one."""
    if not preview or not page.rows:
        return _tickets(page, across, colours, now)
    room = down - preview - 1
    tickets = _tickets(page, across, colours, now)[:room]
    title = cut(" Preview ", across)
    rule = _styled(title + "─" * (across - width(title)), "line", colours)
    return [*tickets, *[" " * across] * (room - len(tickets)), rule]


def _views(views: tuple[FirstView, ...], across: int, colours: Mapping[str, str]) -> list[str]:
    """As widgets.views draws them: mark, digit, name, tickets, and the room of the scroll bar."""
    lines = []
    for view in views:
        tickets = "" if view.tickets is None else f"{view.tickets:,}"
        mark, digit = "›" if view.chosen else " ", view.position if view.position <= 9 else " "
        name = fit(harmless(view.name), max(across - width(tickets) - 7, 0))
        line = fit(f"{mark}{digit} {name} {tickets} ", across)
        lines.append(_styled(line, "chosen" if view.chosen else "plain", colours))
    return lines


def _tickets(page: FirstPage, across: int, colours: Mapping[str, str], now: int) -> list[str]:
    """The rows; the last cell is the room of the scroll bar."""
    marks = source_marks(page.sources)
    layout = columns(across - 2, marked=bool(marks))
    lines = []
    for place, row in enumerate(page.rows):
        texts = [(" ", "plain"), *cells(row, layout, now, marks), (" ", "plain")]
        if place == 0:
            lines.append(_styled("".join(text for text, _ in texts), "cursor", colours))
        else:
            lines.append("".join(_styled(text, role, colours) for text, role in texts))
    return lines


def _border(corners: tuple[str, str, str], titles: list[str], inner: list[int], colours: Mapping[str, str]) -> str:
    first, between, last = corners
    parts = []
    for title, room in zip(titles, inner, strict=True):
        named = cut(f" {title} ", room) if title else ""
        parts.append(named + "─" * (room - width(named)))
    return _styled(first + between.join(parts) + last, "line", colours)


def _styled(text: str, role: str, colours: Mapping[str, str]) -> str:
    code = colours.get(role)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text
