"""Words and phrases of a filter, looked for in the full text of messages, the newest first and never by rank.

All the words and phrases stand in one message of the ticket; what is excluded stands in none of its messages. A common
word on a million tickets would take seconds, so that only the newest messages that hold it are looked at: 10,000, or
for a first page as many as there is time for. A phrase is looked for in so many messages that hold all its words: where
common words are never said in a row, all there are would be looked through.
Every word goes to FTS5 in quotes, so that nothing typed is ever an operator of its syntax.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from desk.filters import Filter

_FOUND = "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid DESC LIMIT ?"
# The inner question finds the oldest message that is looked through, by the words alone.
_FOUND_IN_A_ROW = """SELECT rowid FROM message_text WHERE message_text MATCH ? AND rowid>=ifnull(
            (SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?), 0)
          ORDER BY rowid DESC LIMIT ?"""
# The join is CROSS so that SQLite begins with the messages found, and not with all there are.
_SAID = "t.id IN (SELECT m.ticket_id FROM ({}) f CROSS JOIN message m ON m.id=f.rowid)"
_UNSAID = "t.id NOT IN (SELECT m.ticket_id FROM ({}) f CROSS JOIN message m ON m.id=f.rowid)"
# For few tickets: to find whose messages ten thousand are takes 6 ms, to look at those of each ticket 2 µs.
_UNSAID_BY_EACH = "NOT EXISTS (SELECT 1 FROM message m WHERE m.ticket_id=t.id AND m.id IN ({}))"
# How many messages an exclusion looks at; a first page may not show what the whole list leaves out.
EXCLUDED = 10_000
# Matches no message: what holds no letter or digit can't have been said in any.
_NEVER = '""'


class Looked(NamedTuple):
    """How many of the newest messages are looked at: of those that were `found`, and `through` for a phrase.

    `by_each`: few tickets are wanted, so that what is excluded is asked of each.
    """

    found: int
    through: int
    by_each: bool


def said(wanted: Filter, looked: Looked) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The condition on what was said, with its parameters."""
    asked = [_match(text, beginning=True) for text in wanted.words] + [_match(text) for text in wanted.phrases]
    if _NEVER in asked:
        yield "0", ()
    elif asked:
        yield _asked(_SAID, asked, (*wanted.words, *wanted.phrases), looked)


def unsaid(wanted: Filter, looked: Looked) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The conditions on what was not said, likewise."""
    how = _UNSAID_BY_EACH if looked.by_each else _UNSAID
    for text in wanted.excluded:
        match = _match(text, beginning=True)
        if match != _NEVER:
            yield _asked(how, [match], (text,), looked._replace(found=EXCLUDED))


def _asked(how: str, asked: Sequence[str], texts: Sequence[str], looked: Looked) -> tuple[str, tuple[str | int, ...]]:
    match, parts = " AND ".join(asked), [_parts(text) for text in texts]
    if all(len(words) == 1 for words in parts):
        return how.format(_FOUND), (match, looked.found)
    # A text of one word may be the beginning of one; in a row of several each is whole.
    each = " AND ".join(
        whole if len(words) == 1 else _match(word) for whole, words in zip(asked, parts, strict=True) for word in words
    )
    return how.format(_FOUND_IN_A_ROW), (match, each, looked.through - 1, looked.found)


def _parts(text: str) -> list[str]:
    """The words of a text, as FTS5 sees them; where it sees fewer, more messages are looked through."""
    return "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in text).split()


def _match(text: str, *, beginning: bool = False) -> str:
    """A word or phrase in FTS5's syntax; `ref*` asks for words that begin so."""
    from desk.text import clean  # 3 ms to import, which most lists don't need

    text = clean(text, lines=False)
    if not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        return _NEVER
    star = "*" if beginning and text.endswith("*") else ""
    quoted = text.replace('"', '""')
    return f'"{quoted}"{star}'
