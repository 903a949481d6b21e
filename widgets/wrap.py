"""Long lines broken to fit: pure, without Textual.

The invariants: no line is wider than its cells, no grapheme is split, no character but blanks at a break is lost, and
the time is linear in the text, also for a single line of a megabyte.
"""

import re
from typing import NamedTuple

from widgets.cells import cut, harmless, width

LEAST = 4
TAB = 4
# Marks and joiners take no cells, so that a line may need more characters than cells.
MARGIN = 16

_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_URL = re.compile(r"https?://[^\s<>\"'`]+")
_CLOSERS = {")": "(", "]": "[", "}": "{"}


class Link(NamedTuple):
    """An address in a line: where it stands, and where it leads."""

    start: int
    end: int
    url: str


def one_line(text: str) -> str:
    """A line of a body ready to be measured: tabs as blanks, nothing that acts on the terminal."""
    return harmless(text.expandtabs(TAB) if "\t" in text else text)


def wrap(text: str, cells: int) -> list[tuple[int, int]]:
    """Where the lines of `text`, a harmless single line, begin and end; at least one, even of an empty text."""
    cells = max(cells, LEAST)
    if len(text) <= cells and width(text) <= cells:
        return [(0, len(text))]
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + len(_head(text, start, cells))
        if end < len(text) and text[end] != " ":
            blank = text.rfind(" ", start, end)
            if blank > start and not text[start:blank].isspace():
                end = blank
        spans.append((start, start + len(text[start:end].rstrip(" ")) if end < len(text) else end))
        start = _behind_blanks(text, end)
    return spans


def _behind_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] == " ":
        place += 1
    return place


def _head(text: str, start: int, cells: int) -> str:
    """The most of `text` from `start` that fits; at least one character, so that wrapping always ends."""
    size = cells + MARGIN
    while True:
        window = text[start : start + size]
        head = cut(window, cells)
        if len(head) + MARGIN <= len(window) or start + size >= len(text):
            return head or window[:1]
        size *= 2


def quote_depth(line: str) -> tuple[int, str]:
    """How often a line is quoted, and its text without the signs."""
    match = _QUOTE.match(line)
    if match is None:
        return 0, line
    return match.group().count(">"), line[match.end() :]


def links(line: str) -> list[Link]:
    """The web addresses in a line; a full stop or a closing bracket after one is not part of it."""
    if "://" not in line:
        return []
    found = []
    for match in _URL.finditer(line):
        url = match.group().rstrip(".,;:!?*_")
        while url and url[-1] in _CLOSERS and url.count(url[-1]) > url.count(_CLOSERS[url[-1]]):
            url = url[:-1].rstrip(".,;:!?*_")
        found.append(Link(match.start(), match.start() + len(url), url))
    return found
