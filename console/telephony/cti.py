"""Web requests that tell of calls, as exchanges send them to Zammad's generic CTI: the request, and what it means.

Pure, all of it. The invariants: a request is bounded in every part before it is looked at; its token is compared in
constant time.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from desk.calls import CallEvent, CallEventKind
from desk.dialled import alike, is_number

LARGEST_HEAD = 16 * 1024
LARGEST_BODY = 32 * 1024

_KINDS: dict[str, CallEventKind] = {"newcall": "ringing", "answer": "answered", "hangup": "ended"}
Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first part. `target` is its path, `length` that of the body."""

    method: str
    target: str
    form: bool
    length: int


class Wrong(Exception):
    """The request can't be taken; its status says why."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def head_of(data: bytes) -> Head:
    """The head of a request, up to its empty line. Raises Wrong."""
    first, *lines = data.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise Wrong("400 Bad Request")
    method, target, _ = parts
    if method != "POST":
        raise Wrong("405 Method Not Allowed")
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise Wrong("411 Length Required")
    if len(length) > 8 or int(length) > LARGEST_BODY:
        raise Wrong("413 Content Too Large")
    form = "json" not in fields.get("content-type", "").lower()
    return Head(method, target.partition("?")[0], form, int(length))


def knows(target: str, token: str) -> bool:
    """Whether the path ends with the token, as in /api/v1/cti/TOKEN."""
    shown = target.rstrip("/").rpartition("/")[2]
    return hmac.compare_digest(shown.encode("latin-1", "replace"), token.encode()) and bool(token)


def fields_of(body: bytes, *, form: bool) -> Fields:
    """What a body says, by name. Raises Wrong."""
    try:
        if form:
            given = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=50)
            return {name.removesuffix("[]"): tuple(values) for name, values in given.items()}
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Wrong("400 Bad Request") from None
    if not isinstance(told, dict):
        raise Wrong("400 Bad Request")
    return {str(name).removesuffix("[]"): _texts(value) for name, value in told.items()}


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each) for each in value[:50] if isinstance(each, str | int))
    return (str(value),) if isinstance(value, str | int) else ()


def event_of(fields: Fields, extension: str, at: int) -> CallEvent | None:
    """What a request tells of a call; None where it is about nobody here. Raises Wrong.

    `extension` is this agent's number or name; empty, every call is told of.
    """
    kind, name = _KINDS.get(_first(fields, "event").casefold()), _first(fields, "callId")[:250]
    if kind is None or not name:
        raise Wrong("422 Unprocessable Content")
    out = _first(fields, "direction") == "out"
    if kind == "ringing" and not _concerns(fields, extension, ("from",) if out else ("to",)):
        return None
    if kind == "answered" and not out and not _concerns(fields, extension, ("answeringNumber",)):
        kind = "elsewhere"
    if kind == "ended" and _first(fields, "cause") == "forwarded":
        kind = "elsewhere"
    number = _first(fields, "to" if out else "from")
    return CallEvent("cti", name, kind, at, number[:200], _first(fields, "caller")[:200], "out" if out else "in")


def _concerns(fields: Fields, extension: str, numbers: tuple[str, ...]) -> bool:
    """Whether the request names this agent, by number or name; where it names nobody it may be anybody."""
    named = [value for name in (*numbers, "user") for value in fields.get(name, ()) if value]
    if not extension or not named:
        return True
    wanted = extension.casefold().strip()
    return any(value.casefold().strip() == wanted or _same_digits(value, extension) for value in named)


def _same_digits(one: str, other: str) -> bool:
    return is_number(one) and is_number(other) and alike(one, other)


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "").strip()
