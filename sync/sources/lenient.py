"""Reading what services answer with patience: what may be missing is empty, and one odd thing spoils no other.

The invariant: what can't be read is told by where it doesn't fit, never by what stands there.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from sync.http import Answer
from sync.tickets import Passed

T = TypeVar("T")


def _text(told: object) -> object:
    return "" if told is None else told


def no_list(told: object) -> object:
    """Nothing as an empty list."""
    return () if told is None else told


def _mapping(told: object) -> object:
    return {} if told is None else told


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(no_list)]
Fields = Annotated[Mapping[str, object], BeforeValidator(_mapping)]


def parted(listed: list[object], adapter: TypeAdapter[T], what: str) -> tuple[list[T], list[Passed]]:
    """The things of a list, and those of them that can't be read."""
    read: list[T] = []
    passed: list[Passed] = []
    for told in listed:
        try:
            read.append(adapter.validate_python(told))
        except ValidationError as error:
            named = told.get("id") if isinstance(told, Mapping) else None
            passed.append(Passed(f"{what} {named}" if isinstance(named, int) else what, _unread(error)))
    return read, passed


def one(answer: Answer, adapter: TypeAdapter[T]) -> T | None:
    """The thing that was asked for; None where it isn't given, or can't be read."""
    if answer.status != 200:
        return None
    try:
        return adapter.validate_json(answer.body)
    except ValidationError:
        return None


def _unread(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])[:80] or "its beginning"
    return f"{first['type']} at {place}"
