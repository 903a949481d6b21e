"""Words and phrases of a filter, looked for in the full text of messages, the newest first and never by rank.

All the words and phrases stand in one message of the ticket; what is excluded stands in none of its messages. Only the
10,000 newest messages that hold them are looked at: a common word on a million tickets would take seconds.
Every word goes to FTS5 in quotes, so that nothing typed is ever an operator of its syntax.
"""

import unicodedata
from collections.abc import Iterator

from desk.filters import Filter

# The join is CROSS so that SQLite begins with the messages found, and not with all there are.
_SAID = """IN (SELECT m.ticket_id
    FROM (SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid DESC LIMIT 10000) f
    CROSS JOIN message m ON m.id=f.rowid)"""
# Matches no message: what holds no letter or digit can't have been said in any.
_NEVER = '""'


def said(wanted: Filter) -> Iterator[tuple[str, str]]:
    """The conditions on what was said, each with the one parameter that it takes."""
    asked = [_match(text, beginning=True) for text in wanted.words] + [_match(text) for text in wanted.phrases]
    if asked:
        yield f"t.id {_SAID}", _NEVER if _NEVER in asked else " AND ".join(asked)
    for text in wanted.excluded:
        yield f"t.id NOT {_SAID}", _match(text, beginning=True)


def _match(text: str, *, beginning: bool = False) -> str:
    """A word or phrase in FTS5's syntax; `ref*` asks for words that begin so."""
    from desk.text import clean  # 3 ms to import, which most lists don't need

    text = clean(text, lines=False)
    if not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        return _NEVER
    star = "*" if beginning and text.endswith("*") else ""
    quoted = text.replace('"', '""')
    return f'"{quoted}"{star}'
