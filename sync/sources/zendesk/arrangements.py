"""What a team has arranged in its Zendesk: groups, fields, statuses of its own, macros and views, as they are answered.

The invariant: all of it is small, is read whole, and names nothing of any customer.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from sync.sources.lenient import no_list


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has a name: an organization, a group."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field may have, and what people read."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TicketField:
    """A field that tickets have."""

    id: int
    type: str
    title: str
    custom_field_options: Annotated[tuple[Choice, ...], BeforeValidator(no_list)] = ()
    system_field_options: Annotated[tuple[Choice, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class CustomStatus:
    """A status that a team made up, and which of the service's own it counts as."""

    id: int
    status_category: str
    agent_label: str
    active: bool = True
    default: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a macro does."""

    field: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Macro:
    """A text at hand, and what is done besides."""

    id: int
    title: str
    actions: Annotated[tuple[Action, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that tickets of a view have in common."""

    field: str
    operator: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """All of these, and any of those."""

    all: Annotated[tuple[Condition, ...], BeforeValidator(no_list)] = ()
    any: Annotated[tuple[Condition, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A list that agents look at."""

    id: int
    title: str
    conditions: Conditions


NAMED = TypeAdapter(Named)
TICKET_FIELD = TypeAdapter(TicketField)
CUSTOM_STATUS = TypeAdapter(CustomStatus)
MACRO = TypeAdapter(Macro)
VIEW = TypeAdapter(View)
