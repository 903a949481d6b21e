"""The language of snippets, small enough for one line of help:

    {{customer.first_name|there}}     a variable, and what stands in its place where it isn't known
    {{choose: refund | credit}}       the agent picks one
    {{ask: order number}}             the agent fills it in
    {{cursor}}                        where the agent goes on typing

What is still open stays in the text as it was written. So a draft that was saved, closed and opened again still
knows its open fields, and the reviewer sees them before anything is sent. The invariants: a value from outside never
becomes a field (its braces are parted), and equal fields are answered together. Two opening braces have no other use.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desk.errors import BadInput
from desk.nearest import nearest
from desk.snippets.variables import VARIABLES, is_known

_FIELD = re.compile(r"\{\{([^{}\n]*)\}\}")
_OPENING = re.compile(r"\{\{")
_KEYWORD = re.compile(r"(choose|ask)\s*:(.*)", re.IGNORECASE | re.DOTALL)
_BRACES = re.compile(r"\{(?=\{)|\}(?=\})")
_CURSOR = "cursor"


class FieldKind(StrEnum):
    """What an open field wants: one of its options, an own text, or a value that isn't known of this customer."""

    CHOOSE = "choose"
    ASK = "ask"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class OpenField:
    """A stretch of a text that the agent still has to fill in; `prompt` says what is wanted."""

    kind: FieldKind
    start: int
    end: int
    prompt: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a template, and where in its text."""

    start: int
    end: int
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template with its values filled in; `cursor` is an offset into `text`."""

    text: str
    open_fields: tuple[OpenField, ...]
    problems: tuple[Problem, ...]
    cursor: int


def render(body: str, context: Mapping[str, str]) -> Rendered:
    """Fill in what is known. A blank value counts as unknown; `problems` holds what no context could fill."""
    pieces: list[str] = []
    length = end = 0
    cursor: int | None = None
    for match in _FIELD.finditer(body):
        name = _name(match[1])
        piece = "" if name == _CURSOR else _filled_in(match, name, context)
        pieces += (body[end : match.start()], piece)
        length += match.start() - end
        if name == _CURSOR and cursor is None:
            cursor = length
        length += len(piece)
        end = match.end()
    text = "".join((*pieces, body[end:]))
    return Rendered(text, open_fields(text), problems(body), len(text) if cursor is None else cursor)


def open_fields(text: str) -> tuple[OpenField, ...]:
    """What is still open in a text, be it just rendered or a draft of last week."""
    fields = (_open_field(match) for match in _FIELD.finditer(text))
    return tuple(field for field in fields if field is not None)


def answer(text: str, field: OpenField, value: str) -> str:
    """The text with a field filled in, and with it every other one that asks for the same."""
    return text.replace(text[field.start : field.end], _value(value))


def problems(body: str) -> tuple[Problem, ...]:
    """What is wrong in a template: unknown variables, empty prompts, braces that don't close."""
    return tuple(_problems(body))


def check(body: str) -> None:
    """Refuse a template with a mistake in it; raises BadInput with its line."""
    for problem in problems(body):
        line = body.count("\n", 0, problem.start) + 1
        raise BadInput(f"{problem.message} (line {line})", problem.mend)


def _name(field: str) -> str:
    return field.partition("|")[0].strip().lower()


def _filled_in(match: re.Match[str], name: str, context: Mapping[str, str]) -> str:
    """The value, else the default (which may be nothing at all), else the field as it is."""
    value = _value(context.get(name, "")) if is_known(name) else ""
    _, bar, default = match[1].partition("|")
    return value or (default.strip() if bar and is_known(name) else match[0])


def _value(value: str) -> str:
    return _BRACES.sub(r"\g<0> ", value) if value.strip() else ""


def _open_field(match: re.Match[str]) -> OpenField | None:
    keyword = _KEYWORD.fullmatch(match[1].strip())
    if keyword is None:
        name = _name(match[1])
        if not is_known(name):
            return None
        return OpenField(FieldKind.MISSING, match.start(), match.end(), VARIABLES.get(name, name))
    parts = tuple(part.strip() for part in keyword[2].split("|") if part.strip())
    if keyword[1].lower() == "choose":
        return OpenField(FieldKind.CHOOSE, match.start(), match.end(), "choose", parts)
    # What stands behind the prompt's bar is offered as its answer.
    return OpenField(FieldKind.ASK, match.start(), match.end(), parts[0] if parts else "", parts[1:])


def _problems(body: str) -> Iterator[Problem]:
    closed = {match.start() for match in _FIELD.finditer(body)}
    for opening in _OPENING.finditer(body):
        if opening.start() not in closed and opening.start() + 1 not in closed:
            yield Problem(opening.start(), opening.end(), "“{{” isn't closed", "End it with }} on the same line.")
    for match in _FIELD.finditer(body):
        found = _problem_in(match[1].strip())
        if found is not None:
            yield Problem(match.start(), match.end(), *found)


def _problem_in(field: str) -> tuple[str, str] | None:
    keyword = _KEYWORD.fullmatch(field)
    if keyword is not None:
        parts = [part for part in keyword[2].split("|") if part.strip()]
        if keyword[1].lower() == "choose" and len(parts) < 2:
            return "There is nothing to choose between", "Write it like {{choose: refund | credit}}."
        if not parts:
            return "The question is empty", "Write it like {{ask: order number}}."
        return None
    name = _name(field)
    if name == _CURSOR or is_known(name):
        return None
    close = nearest(name, [*VARIABLES, _CURSOR])
    mend = f"Did you mean {{{{{close}}}}}?" if close else "Own questions are written {{ask: order number}}."
    return f"“{name}” is no variable", mend
