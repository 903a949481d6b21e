"""Records that no database can hold: a title that was cut in the middle of a character, a time beyond all times.

The invariant: one such record keeps none of the others from coming in. It is mended and comes in itself.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

T = TypeVar("T")

# As a time it is 2255, and spans can still be added to it.
_LARGEST = 1 << 53


def mended(record: T) -> T:
    """The same record; half a character is a question mark, and a number one that can be reckoned with."""
    if not is_dataclass(record) or isinstance(record, type):
        return record
    told = {each.name: getattr(record, each.name) for each in fields(record)}
    return replace(record, **{name: _mended(value) for name, value in told.items()})


def _mended(value: object) -> object:
    match value:
        case str() if type(value) is str:
            return value.encode(errors="replace").decode()
        case int() if type(value) is int:
            return max(-_LARGEST, min(value, _LARGEST))
        case tuple():
            return tuple(_mended(each) for each in value)
        case Mapping():
            return {_mended(name): _mended(each) for name, each in value.items()}
        case _:
            return mended(value)
