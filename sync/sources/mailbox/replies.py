"""What a mail server answers, as values. Pure, and forgiving: a part that isn't understood is left out.

imaplib hands a FETCH answer over as pairs (text up to a literal, literal), closed by a plain line; `fetched` puts them
together again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desk.times import SECOND
from sync.sources.mailbox.folder_names import decoded

# One value of an answer: a word or text, nothing (NIL), or a list in parentheses.
Value = bytes | None | list["Value"]
Line = bytes | tuple[bytes, bytes] | None

_TOKEN = re.compile(rb'[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+')
_LITERAL = re.compile(rb"\{\d+\+?\}$")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\s*")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
# RFC 3339's epoch arithmetic in whole microseconds, without the float of datetime.timestamp().
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Fetched:
    """What the server said of one mail; what it didn't say is None or empty."""

    uid: int
    flags: tuple[str, ...] | None = None
    size: int | None = None
    changes: int = 0
    arrived_at: int = 0
    raw: bytes | None = field(default=None, repr=False)
    labels: tuple[str, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it is listed: its raw name, and its marks in lower case (`\\sent`)."""

    raw: str
    marks: frozenset[str]


def fetched(lines: Iterable[Line]) -> dict[int, Fetched]:
    """The mails of an answer by UID; what comes without a UID is none that was asked for.

    A mail can be told of several times in one answer (its flags changed meanwhile): the later word counts.
    """
    mails: dict[int, Fetched] = {}
    for parts in _answers(lines):
        facts = _facts(parts)
        uid = facts.get(b"UID")
        if isinstance(uid, bytes) and uid.isdigit():
            _add(mails.setdefault(int(uid), Fetched(int(uid))), facts)
    return mails


def folders(lines: Iterable[Line]) -> list[Folder]:
    """The folders of a LIST answer that can be opened."""
    found = []
    for parts in _answers(lines):
        match _values(parts):
            case [list(marks), _, bytes(name)]:
                words = frozenset(mark.decode("latin-1").lower() for mark in marks if isinstance(mark, bytes))
                if not words & {"\\noselect", "\\nonexistent"}:
                    found.append(Folder(name.decode("latin-1"), words))
    return found


def moment(text: bytes) -> int:
    """An INTERNALDATE in microseconds UTC; 0 where it is none."""
    match = _DATE.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return 0
    day, year, hour, minute, second, away_hours, away_minutes = (int(match[place]) for place in (1, 3, 4, 5, 6, 8, 9))
    away = timedelta(hours=away_hours, minutes=away_minutes)
    try:
        local = datetime(year, _MONTHS.index(match[2].lower()) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return 0
    seconds = (local - _EPOCH) // timedelta(seconds=1) - (1 if match[7] == b"+" else -1) * away.seconds
    return seconds * SECOND


def _answers(lines: Iterable[Line]) -> Iterable[list[bytes | tuple[bytes, bytes]]]:
    """The pieces of each answer; a plain line ends one."""
    parts: list[bytes | tuple[bytes, bytes]] = []
    for line in lines:
        if line is None:
            continue
        parts.append(line)
        if isinstance(line, bytes):
            yield parts
            parts = []


def _values(parts: Sequence[bytes | tuple[bytes, bytes]]) -> list[Value]:
    """The pieces of an answer as nested lists."""
    stack: list[list[Value]] = [[]]
    for part in parts:
        text, literal = (part, None) if isinstance(part, bytes) else (_LITERAL.sub(b"", part[0]), part[1])
        for token in _TOKEN.findall(text):
            if token == b"(":
                inner: list[Value] = []
                stack[-1].append(inner)
                stack.append(inner)
            elif token == b")":
                if len(stack) > 1:
                    stack.pop()
            elif token[:1] == b'"':
                stack[-1].append(_ESCAPED.sub(rb"\1", token[1:-1]))
            else:
                stack[-1].append(None if token == b"NIL" else token)
        if literal is not None:
            stack[-1].append(literal)
    return stack[0]


def _facts(parts: Sequence[bytes | tuple[bytes, bytes]]) -> dict[bytes, Value]:
    match _values(parts):
        case [bytes(), list(items)]:
            names = (name.upper() if isinstance(name, bytes) else b"" for name in items[::2])
            return dict(zip(names, items[1::2], strict=False))
    return {}


def _add(mail: Fetched, facts: dict[bytes, Value]) -> None:
    for name, value in facts.items():
        match name, value:
            case b"FLAGS", list(flags):
                # Recent is no mark of the mail's: it says that no other connection has seen it yet.
                mail.flags = tuple(flag for flag in _words(flags) if flag != "\\Recent")
            case b"RFC822.SIZE", bytes(size) if size.isdigit():
                mail.size = int(size)
            case b"MODSEQ", [bytes(changes)] if changes.isdigit():
                mail.changes = int(changes)
            case b"INTERNALDATE", bytes(date):
                mail.arrived_at = moment(date)
            case b"BODY[]", bytes(raw):
                mail.raw = raw
            case b"X-GM-LABELS", list(labels):
                mail.labels = tuple(decoded(label) for label in _words(labels))
            case b"X-GM-THRID", bytes(thread):
                mail.thread = thread.decode("latin-1")


def _words(values: Sequence[Value]) -> tuple[str, ...]:
    return tuple(value.decode("utf-8", "replace") for value in values if isinstance(value, bytes))
