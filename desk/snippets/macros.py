"""What a macro does to its ticket besides its text: `status=solved +refund -urgent assignee=me snooze="tue 9am"`.

It is the notation of `heard set`, so that one thing is written one way in snippets, commands and files.
The invariant: what `format_actions` writes, `parse_actions` reads as the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from desk import snooze
from desk.errors import BadInput
from desk.nearest import mend_name
from desk.statuses import Priority, Status, parse_priority, parse_status

Value = TypeVar("Value")

FIELDS = ("status", "assignee", "priority", "snooze")

_PART = re.compile(r'\s*(?:([+-])([^\s"]+)|([A-Za-z]+)=(?:"([^"]*)"|([^\s"]+)))(?=\s|$)')
_PLAIN = re.compile(r'[^\s"]+')


@dataclass(frozen=True, slots=True)
class Actions:
    """Changes to a ticket; None and empty mean "as it is".

    `assignee` is an agent's name, `me` or `none`; `snooze` is in the words of `desk.snooze`, counted from when the
    macro is used.
    """

    status: Status | None = None
    assignee: str | None = None
    priority: Priority | None = None
    snooze: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is changed at all."""
        return self != Actions()


def parse_actions(text: str) -> Actions:
    """The actions that were written; raises BadInput with the nearest name."""
    values: dict[str, str] = {}
    tags: dict[str, list[str]] = {"+": [], "-": []}
    at = 0
    end = len(text.rstrip())
    while at < end:
        part = _PART.match(text, at)
        if part is None:
            raise BadInput(
                f"“{text[at:end].split()[0]}” is no action", "Write it like status=solved +refund -urgent assignee=me."
            )
        sign, tag, field, *value = part.groups()
        if sign:
            tags[sign].append(tag)
        elif field.lower() in FIELDS:
            values[field.lower()] = _filled(field, value[0] or value[1] or "")
        else:
            raise BadInput(f"“{field}” can't be set by a macro", mend_name(field, FIELDS))
        at = part.end()
    return Actions(
        status=_optional(parse_status, values.get("status")),
        assignee=values.get("assignee"),
        priority=_optional(parse_priority, values.get("priority")),
        snooze=values.get("snooze"),
        add_tags=tuple(tags["+"]),
        remove_tags=tuple(tags["-"]),
    )


def format_actions(actions: Actions) -> str:
    """The text that parses to these actions, as it is kept and shown."""
    named = (
        ("status", actions.status.key if actions.status is not None else None),
        ("assignee", actions.assignee),
        ("priority", actions.priority.key if actions.priority is not None else None),
        ("snooze", actions.snooze),
    )
    parts = [f"{name}={_written(value)}" for name, value in named if value is not None]
    parts += [f"+{tag}" for tag in actions.add_tags]
    parts += [f"-{tag}" for tag in actions.remove_tags]
    return " ".join(parts)


def _filled(field: str, value: str) -> str:
    if not value.strip():
        raise BadInput(f"{field}= has no value", "Leave it out where it stays as it is.")
    if field == "snooze":
        snooze.check(value)
    return value


def _optional(parse: Callable[[str], Value], text: str | None) -> Value | None:
    return None if text is None else parse(text)


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f'"{value}"'
