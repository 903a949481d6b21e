"""Text measured in terminal cells: width, cut, fit. Pure, and cheap enough for the paint before Textual is imported.

The invariant: what these functions call n cells wide, Rich and Textual draw n cells wide. Scripts whose letters all
have one width are measured here; anything else (joined emoji, marks, rare scripts) is asked of Rich, whose import
costs 4 ms, so a page in a plain script never pays for it.
"""

from bisect import bisect_right
from functools import lru_cache

ELLIPSIS = "…"

# (first, last, cells) of scripts in which every character stands alone. A test asks Rich about each of them.
PLAIN = (
    (0x20, 0x7E, 1),  # Latin
    (0xA0, 0xAC, 1),
    (0xAE, 0x2FF, 1),
    (0x370, 0x482, 1),  # Greek, Cyrillic
    (0x48A, 0x52F, 1),
    (0x1E00, 0x1FFF, 1),  # Vietnamese, polytonic Greek
    (0x2010, 0x2027, 1),  # dashes, quotes, dots
    (0x2030, 0x205E, 1),
    (0x20A0, 0x20C0, 1),  # currencies
    (0x2190, 0x2199, 1),  # arrows
    (0x2302, 0x2302, 1),  # marks of channels and keys
    (0x23CE, 0x23CE, 1),
    (0x2500, 0x25FC, 1),  # boxes, bars, circles
    (0x260E, 0x260E, 1),
    (0x2709, 0x2709, 1),
    (0x2713, 0x2717, 1),
    (0x275E, 0x275E, 1),
    (0x3041, 0x3096, 2),  # Hiragana, Katakana
    (0x30A0, 0x30FF, 2),
    (0x4E00, 0x9FFF, 2),  # Han
    (0xAC00, 0xD7A3, 2),  # Hangul
    (0xFF01, 0xFF60, 2),  # full-width forms
)
_FIRST = [first for first, _, _ in PLAIN]


def harmless(text: str) -> str:
    """`text` without any character that could act on the terminal; stored text already is, this is the second wall."""
    if text.isprintable():
        return text
    from desk.text import clean  # 3 ms to import, and seldom needed

    return clean(text, lines=False)


@lru_cache(maxsize=8192)
def width(text: str) -> int:
    """How many cells a terminal needs for `text`, which must be harmless."""
    if text.isascii() and text.isprintable():
        return len(text)
    total = 0
    for character in text:
        cells = _plain(character)
        if cells is None:
            # Joiners, marks and selectors change their neighbours: only the whole text can be measured.
            from rich.cells import cell_len

            return cell_len(text)
        total += cells
    return total


def cut(text: str, cells: int) -> str:
    """The longest beginning of `text` that fits into `cells`; no grapheme is split."""
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    if text.isascii() and text.isprintable():
        return text[:cells]
    taken = 0
    for start, size in _graphemes(text):
        if taken + size > cells:
            return text[:start]
        taken += size
    return text


def shorten(text: str, cells: int) -> str:
    """`text`, or as much of it as fits with an ellipsis at its end."""
    if width(text) <= cells:
        return text
    return cut(text, cells - 1).rstrip() + ELLIPSIS if cells > 0 else ""


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """`text` shortened or padded with blanks to exactly `cells`; the blanks stand before it with `right`."""
    text = shorten(text, cells)
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def _plain(character: str) -> int | None:
    code = ord(character)
    place = bisect_right(_FIRST, code) - 1
    if place < 0:
        return None
    _, last, cells = PLAIN[place]
    return cells if code <= last else None


def _graphemes(text: str) -> list[tuple[int, int]]:
    """Where each grapheme starts, and its cells."""
    sizes = [_plain(character) for character in text]
    plain = [(start, size) for start, size in enumerate(sizes) if size is not None]
    if len(plain) == len(sizes):
        return plain
    from rich.cells import split_graphemes

    return [(start, size) for start, _, size in split_graphemes(text)[0]]
