"""What a mail server answers, as values. Pure, and forgiving: a part that isn't understood is left out.

imaplib hands a FETCH answer over as pairs (text up to a literal, literal), closed by a plain line; `fetched` puts them
together again.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from desk.times import DAY, HOUR, MINUTE, SECOND
from sync.sources.mailbox.folder_names import decoded

# One value of an answer: a word or text, nothing (NIL), or a list in parentheses.
Value = bytes | None | list["Value"]
Line = bytes | tuple[bytes, bytes] | None

_TOKEN = re.compile(rb'[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+')
_LITERAL = re.compile(rb"\{\d+\+?\}$")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_DATE = re.compile(rb"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_CLOCK = re.compile(rb"(\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(rb"([+-])(\d\d)(\d\d)")
# How the answers look that come by the thousand; the order is the one that was asked for, which most servers keep.
_USUAL_SIZE = re.compile(rb"\d+ \(UID (\d+) RFC822\.SIZE (\d+)\)")
_USUAL_MAIL = re.compile(rb'\d+ \(UID (\d+) FLAGS \(([^()"]*)\) INTERNALDATE "([^"]*)" BODY\[\] \{\d+\}')
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
_EPOCH = date(1970, 1, 1)


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
        usual = _usual(parts)
        if usual is not None:
            mails[usual.uid] = usual
            continue
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
    """An INTERNALDATE (`17-Jul-1996 02:44:25 -0700`) in microseconds UTC; 0 where it is none."""
    try:
        day, clock, zone = text.split()
        return _day(day) + _clock(clock) - _zone(zone)
    except ValueError:
        return 0


# Each part takes few values, and they come again and again: remembered, a moment costs a fifth.
@lru_cache(4096)
def _day(text: bytes) -> int:
    day, month, year = _parts(_DATE, text)
    return (date(int(year), _MONTHS.index(month.lower()) + 1, int(day)) - _EPOCH).days * DAY


@lru_cache(4096)
def _clock(text: bytes) -> int:
    hours, minutes, seconds = (int(part) for part in _parts(_CLOCK, text))
    return hours * HOUR + minutes * MINUTE + seconds * SECOND


@lru_cache(256)
def _zone(text: bytes) -> int:
    sign, hours, minutes = _parts(_ZONE, text)
    return (int(hours) * HOUR + int(minutes) * MINUTE) * (1 if sign == b"+" else -1)


def _parts(form: re.Pattern[bytes], text: bytes) -> tuple[bytes, ...]:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError
    return match.groups()


def _usual(parts: Sequence[bytes | tuple[bytes, bytes]]) -> Fetched | None:
    """A mail from an answer of a usual form, read in one go; None for every other."""
    first = parts[0]
    if isinstance(first, bytes):
        match = _USUAL_SIZE.fullmatch(first)
        return None if match is None else Fetched(int(match[1]), size=int(match[2]))
    match = _USUAL_MAIL.fullmatch(first[0])
    if match is None or len(parts) != 2 or parts[1] != b")":
        return None
    return Fetched(int(match[1]), _usual_marks(match[2]), arrived_at=moment(match[3]), raw=first[1])


def _marks(flags: Iterable[bytes]) -> tuple[str, ...]:
    # Recent is no mark of the mail's: it says that no other connection has seen it yet.
    return tuple(flag.decode("utf-8", "replace") for flag in flags if flag != b"\\Recent")


@lru_cache(1024)
def _usual_marks(flags: bytes) -> tuple[str, ...]:
    return _marks(flags.split())


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
                mail.flags = _marks(flag for flag in flags if isinstance(flag, bytes))
            case b"RFC822.SIZE", bytes(size) if size.isdigit():
                mail.size = int(size)
            case b"MODSEQ", [bytes(changes)] if changes.isdigit():
                mail.changes = int(changes)
            case b"INTERNALDATE", bytes(text):
                mail.arrived_at = moment(text)
            case b"BODY[]", bytes(raw):
                mail.raw = raw
            case b"X-GM-LABELS", list(labels):
                mail.labels = tuple(decoded(label) for label in _words(labels))
            case b"X-GM-THRID", bytes(thread):
                mail.thread = thread.decode("latin-1")


def _words(values: Sequence[Value]) -> tuple[str, ...]:
    return tuple(value.decode("utf-8", "replace") for value in values if isinstance(value, bytes))
