"""What RT answers, as plain values: only what is used, and as lenient as RT is with what is unset.

The invariant: a row that doesn't fit spoils no other. An id is a text wherever it comes from; a user's is their name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_pascal

from desk.text import clean
from sync.errors import Broken
from sync.http import Answer
from sync.sources.moments import Moment
from sync.tickets import Passed

Row = TypeVar("Row")
_PASCAL = ConfigDict(alias_generator=to_pascal, populate_by_name=True)
_NOTHING = ("", None)
# At most this much of a name that isn't ours goes into a sentence.
_LONGEST = 40


def _text(told: object) -> object:
    return "" if told is None else str(told) if isinstance(told, int | float) else told


def _some(told: object) -> object:
    """What is unset is an empty text, whatever it would be otherwise."""
    return () if told in _NOTHING else told


def _number(told: object) -> object:
    return 0 if told in _NOTHING else told


Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[str, BeforeValidator(_text), Field(alias="id")]
Number = Annotated[int, BeforeValidator(_number)]


@dataclass(frozen=True, slots=True)
class Named:
    """Anything that is only named."""

    __pydantic_config__ = _PASCAL
    id: Id = ""
    name: Text = ""
    lookup_type: Text = ""
    domain: Text = ""


Reference = Annotated[Named, BeforeValidator(lambda told: told if isinstance(told, dict) else {"id": _text(told)})]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A custom field of something, and what it holds."""

    name: Text = ""
    values: Annotated[tuple[Text, ...], BeforeValidator(_some)] = ()


Fields = Annotated[tuple[FieldValue, ...], BeforeValidator(_some)]


@dataclass(frozen=True, slots=True)
class Person:
    """A user: a customer, or somebody who works there. `privileged` is told only where one is asked for alone."""

    __pydantic_config__ = _PASCAL
    id: Id = ""
    name: Text = ""
    real_name: Text = ""
    email_address: Text = ""
    organization: Text = ""
    mobile_phone: Text = ""
    work_phone: Text = ""
    home_phone: Text = ""
    privileged: Number = 0
    custom_fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as lists have it."""

    __pydantic_config__ = _PASCAL
    id: Id
    status: Text
    created: Moment
    last_updated: Moment
    subject: Text = ""
    priority: Number = 0
    queue: Reference = Named()
    owner: Reference = Named()
    requestor: Annotated[tuple[Person, ...], BeforeValidator(_some)] = ()
    custom_fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Something that may be done next."""

    ref: Text = ""
    to: Text = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket asked for by its number; a merged one answers as the ticket that it is part of."""

    __pydantic_config__ = _PASCAL
    id: Id
    status: Text
    queue: Reference = Named()
    owner: Reference = Named()
    custom_fields: Fields = ()
    cc: Annotated[tuple[Named, ...], BeforeValidator(_some)] = ()
    requestor: Annotated[tuple[Named, ...], BeforeValidator(_some)] = ()
    links: Annotated[tuple[Link, ...], BeforeValidator(_some), Field(alias="_hyperlinks")] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """Something that happened to a ticket."""

    __pydantic_config__ = _PASCAL
    id: Annotated[int, Field(alias="id")]
    type: Annotated[str, Field(alias="Type")]
    object_id: Text
    created: Moment
    creator: Reference = Named()
    field: Text = ""
    old_value: Text = ""
    new_value: Text = ""
    custom_fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: words, a file, or what holds other parts together."""

    __pydantic_config__ = _PASCAL
    id: Annotated[int, Field(alias="id")]
    transaction_id: Annotated[int, Field(alias="TransactionId")]
    content_type: Text = ""
    content: Text = ""
    filename: Text = ""
    content_length: Number = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Users who have something in common."""

    __pydantic_config__ = _PASCAL
    members: Annotated[tuple[Named, ...], BeforeValidator(_some)] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """Which RT it is."""

    __pydantic_config__ = _PASCAL
    version: Text = ""


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """A page of a list. `numbers`: of all its rows, readable or not; `total`: how many there are, where RT tells."""

    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    total: int | None
    passed: tuple[Passed, ...]

    @property
    def count(self) -> int:
        """How many rows came."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class _Page:
    items: tuple[dict[str, object], ...] = field(default=())
    total: float | None = None


TICKETS, TRANSACTIONS = TypeAdapter(Ticket), TypeAdapter(Transaction)
PARTS, PEOPLE, NAMES = TypeAdapter(Part), TypeAdapter(Person), TypeAdapter(Named)
STANDING, VERSION, GROUP = TypeAdapter(Standing), TypeAdapter(Version), TypeAdapter(Group)
MESSAGES = TypeAdapter(tuple[Text, ...])
_PAGE = TypeAdapter(_Page)
_KINDS: dict[object, str] = {
    id(TICKETS): "Ticket",
    id(TRANSACTIONS): "Transaction",
    id(PARTS): "Attachment",
    id(PEOPLE): "User",
}


def rows_of(answer: Answer, adapter: "TypeAdapter[Row]") -> Rows[Row]:
    """The rows of a list; those that don't fit are told."""
    page = answer.read(_PAGE)
    rows: list[Row] = []
    passed = []
    for item in page.items:
        try:
            rows.append(adapter.validate_python(item))
        except ValidationError as error:
            place = ".".join(str(step) for step in error.errors(include_input=False)[0]["loc"])
            name = clean(str(item.get("id", "")), lines=False)[:_LONGEST]
            what = f"{_KINDS.get(id(adapter), 'Row')} {name}".strip()
            passed.append(Passed(what, f"it is in a form that is not known here, at {place}"))
    named = (str(item.get("id", "")) for item in page.items)
    numbers = tuple(int(name) if name.isdecimal() else 0 for name in named)
    return Rows(tuple(rows), numbers, None if page.total is None else int(page.total), tuple(passed))


def refusals(answer: Answer, said: Callable[[str], str]) -> str:
    """What RT says about a change, in its user's language."""
    try:
        lines = answer.read(MESSAGES)
    except Broken:
        found = answer.json() if answer.body[:1] == b"{" else None
        lines = (str(found["message"]),) if isinstance(found, dict) and "message" in found else ()
    return said("; ".join(lines))
