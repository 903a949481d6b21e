"""The text of an answer: what was written, the signature, and what is answered, as plain text and as HTML.

The invariant: the HTML says what the plain text says and nothing else; every letter of it was escaped, and only
addresses of the web, and the links that Heard made itself, become links.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.text import clean
from sync.sources.mailbox.languages import ENGLISH, language_of


class Quoting(StrEnum):
    """Where the answered message stands: below what was written, above it, or nowhere."""

    TOP = "top"  # the answer on top
    BOTTOM = "bottom"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is answered: who wrote it, when (in the zone that the team reads), and its text.

    `language`: in which it is said who wrote, where the text doesn't tell its own (a key of languages.toml).
    """

    author: str
    at: datetime
    text: str
    language: str = ENGLISH


# A word, and the link that one press on it follows.
Press = tuple[str, str]
# Threads of years are quoted by their newest lines; the rest lies in the mails before.
MOST_QUOTED_LINES = 400
_CUT = "> […]"
_QUOTE = re.compile(r"((?:>+ )*>+)(?: (.*))?")
_DEEPEST = 12
_LINK = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?'*_"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_BLOCKQUOTE = '<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'


def worded(body: str, signature: str, quoted: Quoted | None, quoting: Quoting) -> str:
    """The whole plain text, one line a paragraph."""
    parts = [clean(body).strip("\n")]
    if signature.strip():
        # Exactly two hyphens and a blank: what every program knows a signature by.
        parts.append("-- \n" + clean(signature).strip("\n"))
    if quoted is not None and quoting is Quoting.TOP:
        parts.append(quotation(quoted))
    elif quoted is not None and quoting is Quoting.BOTTOM:
        parts.insert(0, quotation(quoted))
    return "\n\n".join(part for part in parts if part)


def quotation(quoted: Quoted) -> str:
    """Who wrote when, and the lines behind their marks."""
    lines = clean(quoted.text).strip("\n").split("\n")
    marked = [f">{line}".rstrip() if line.startswith(">") else f"> {line}".rstrip() for line in lines]
    if len(marked) > MOST_QUOTED_LINES:
        marked = [*marked[:MOST_QUOTED_LINES], _CUT]
    # An address stands for whoever gave no name; a mail without either was read as nobody's.
    author = clean(quoted.author, lines=False).strip() or "?"
    return "\n".join((language_of(quoted.text, quoted.language).introduction(quoted.at, author), *marked))


def as_html(text: str, presses: Sequence[Press] = ()) -> str:
    """A plain text as a page of HTML that looks like it; a line that is one of `presses` becomes its link."""
    named = {f"{word}: {link}": f'<a href="{html.escape(link)}">{html.escape(word)}</a>' for word, link in presses}
    return "\n".join(
        ('<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>', *_blocks(text, named), "</body></html>\n")
    )


def _blocks(text: str, named: Mapping[str, str]) -> Iterator[str]:
    """Paragraphs within the blockquotes of their depth."""
    depth = 0
    waiting: list[str] = []
    for line in text.split("\n"):
        now, content = _depth_of(line)
        if waiting and (now != depth or not content.strip()):
            yield _paragraph(waiting, named)
            waiting = []
        yield from [_BLOCKQUOTE] * (now - depth) + ["</blockquote>"] * (depth - now)
        depth = now
        if content.strip():
            waiting.append(content)
    if waiting:
        yield _paragraph(waiting, named)
    yield from ["</blockquote>"] * depth


def _depth_of(line: str) -> tuple[int, str]:
    match = _QUOTE.fullmatch(line)
    if match is None:
        return 0, line
    return min(match[1].count(">"), _DEEPEST), match[2] or ""


def _paragraph(lines: list[str], named: Mapping[str, str]) -> str:
    """The break stands before its line: one that begins with "From " must not begin a line of the mail."""
    return '<p dir="auto">' + "\n<br>".join(named.get(line) or _with_links(line) for line in lines) + "</p>"


def _with_links(line: str) -> str:
    pieces: list[str] = []
    place = 0
    for match in _LINK.finditer(line):
        link = _trimmed(match[0])
        pieces.append(_escaped(line[place : match.start()]))
        pieces.append(f'<a href="{html.escape(link)}">{html.escape(link)}</a>')
        place = match.start() + len(link)
    pieces.append(_escaped(line[place:]))
    return "".join(pieces)


def _trimmed(link: str) -> str:
    """A link without the full stop or bracket that belongs to the sentence around it."""
    while link:
        last = link[-1]
        opening = _BRACKETS.get(last)
        if last in _AFTER_LINK or (opening and link.count(opening) < link.count(last)):
            link = link[:-1]
        else:
            break
    return link


def _escaped(text: str) -> str:
    """Text in which blanks beside blanks are seen too."""
    text = html.escape(text).replace("\t", "    ").replace("  ", " &nbsp;")
    return f"&nbsp;{text[1:]}" if text.startswith(" ") else text
