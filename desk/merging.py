"""What becomes of a ticket that was changed here and elsewhere before either knew of the other: field by field.

The invariants: what only one side has changed is kept as it was changed; where both have, the newest writer wins, and
what gave way is told; merging what was merged already changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Edit(Generic[Value]):
    """What a field was set to, when, and by whom in words."""

    value: Value
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class Overridden(Generic[Value]):
    """An edit that gave way to a newer one of the same field."""

    field: str
    lost: Edit[Value]
    kept: Edit[Value]


@dataclass(frozen=True, slots=True)
class Merged(Generic[Value]):
    """The fields as they are now, and what gave way."""

    fields: dict[str, Value]
    overridden: tuple[Overridden[Value], ...]


def merge(
    base: Mapping[str, Value], ours: Mapping[str, Edit[Value]], theirs: Mapping[str, Edit[Value]]
) -> Merged[Value]:
    """Both sides' edits on what both began with.

    A side that doesn't name a field, or names it with the value it had, hasn't changed it. Of two edits of the same
    moment theirs is kept: it is what everybody else sees already.
    """
    fields = dict(base)
    overridden: list[Overridden[Value]] = []
    for field in dict.fromkeys((*ours, *theirs)):
        edits = [side[field] for side in (theirs, ours) if field in side and _changed(base, field, side[field])]
        if not edits:
            continue
        kept = max(edits, key=lambda edit: edit.at)
        fields[field] = kept.value
        overridden += [Overridden(field, edit, kept) for edit in edits if edit.value != kept.value]
    return Merged(fields, tuple(overridden))


def _changed(base: Mapping[str, Value], field: str, edit: Edit[Value]) -> bool:
    return field not in base or base[field] != edit.value
