"""What Zammad answers, as plain values: only what is used here, and as lenient as its own programs are.

The invariant: a thing that doesn't fit is one thing that doesn't fit. Lists are read as raw objects first, and each is
read by itself (`one`), so that no ticket or user can spoil the page that it stands on.
"""

from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from sync.http import Answer
from sync.sources.moments import Moment

T = TypeVar("T")
Raw = dict[str, object]


def _words(told: object) -> object:
    return "" if told is None else str(told) if isinstance(told, int | float) else told


def _mapping(told: object) -> object:
    return told if isinstance(told, dict) else {}


def _whole(told: object) -> object:
    """A number that is written as a text now and then, as sizes are."""
    return int(told) if isinstance(told, str) and told.isdecimal() else 0 if told is None else told


Words = Annotated[str, BeforeValidator(_words)]
Settings = Annotated[Raw, BeforeValidator(_mapping)]
Whole = Annotated[int, BeforeValidator(_whole)]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. `version`: its `updated_at` letter by letter, as it is compared."""

    id: int
    number: Words
    title: Words
    state_id: int
    created_at: Moment
    updated_at: Moment
    version: Annotated[str, Field(validation_alias="updated_at")]
    group_id: int | None = None
    priority_id: int | None = None
    owner_id: int | None = None
    customer_id: int | None = None
    organization_id: int | None = None
    checklist_id: int | None = None
    pending_time: Words = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an article."""

    id: int
    filename: Words = ""
    size: Whole = 0
    preferences: Settings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Article:
    """Something that was said."""

    id: int
    ticket_id: int
    created_at: Moment
    type: Words = ""
    sender: Words = ""
    body: Words = ""
    content_type: Words = ""
    internal: bool = False
    created_by_id: int | None = None
    origin_by_id: int | None = None
    written_from: Annotated[Words, Field(validation_alias="from")] = ""
    to: Words = ""
    cc: Words = ""
    reply_to: Words = ""
    subject: Words = ""
    message_id: Words = ""
    preferences: Settings = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()

    @property
    def author(self) -> int:
        """Whose words they are; an agent writes down what a customer said on the phone. 0: nobody's."""
        return self.origin_by_id or self.created_by_id or 0


@dataclass(frozen=True, slots=True)
class User:
    """An agent or a customer."""

    id: int
    login: Words = ""
    firstname: Words = ""
    lastname: Words = ""
    email: Words = ""
    phone: Words = ""
    mobile: Words = ""
    note: Words = ""
    organization_id: int | None = None

    @property
    def name(self) -> str:
        """What they are called."""
        return f"{self.firstname} {self.lastname}".strip() or self.email or self.login


@dataclass(frozen=True, slots=True)
class Named:
    """A state, a priority, a group: `state_type` is a state's kind, `email_address_id` what a group's mails come from.

    None: it has no address; 0: nobody says.
    """

    id: int
    name: Words
    state_type: Words = ""
    active: bool = True
    email_address_id: int | None = 0


@dataclass(frozen=True, slots=True)
class Assets:
    """What comes along with a search, by kind and id."""

    tickets: Annotated[dict[str, Raw], Field(validation_alias="Ticket")] = field(default_factory=dict)
    users: Annotated[dict[str, Raw], Field(validation_alias="User")] = field(default_factory=dict)
    organizations: Annotated[dict[str, Raw], Field(validation_alias="Organization")] = field(default_factory=dict)


def _assets(told: object) -> object:
    """No assets at all are written as an empty list."""
    return told if isinstance(told, dict) else {}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. Releases before 6.5 say `tickets` and count the page; later ones count all there is."""

    record_ids: tuple[int, ...] = ()
    tickets: tuple[int, ...] = ()
    total_count: int | None = None
    assets: Annotated[Assets, BeforeValidator(_assets)] = field(default_factory=Assets)

    @property
    def ids(self) -> tuple[int, ...]:
        """The tickets, in the order that was asked for."""
        return self.record_ids or self.tickets


@dataclass(frozen=True, slots=True)
class Tags:
    """A ticket's tags."""

    tags: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What a ticket is linked with, seen from that ticket."""

    link_type: Words = ""
    link_object: Words = ""
    link_object_value: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """A ticket's links."""

    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a checklist."""

    id: int
    text: Words = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """A checklist; `order` names its steps."""

    name: Words = ""
    order: Annotated[tuple[Words, ...], Field(validation_alias="sorted_item_ids")] = ()


@dataclass(frozen=True, slots=True)
class ListAssets:
    """Checklists and their steps, by id."""

    lists: Annotated[dict[str, List], Field(validation_alias="Checklist")] = field(default_factory=dict)
    steps: Annotated[dict[str, Step], Field(validation_alias="ChecklistItem")] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListFound:
    """A checklist with what belongs to it."""

    id: int
    assets: ListAssets


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the caller log."""

    id: int
    direction: Words
    number_from: Annotated[Words, Field(validation_alias="from")]
    number_to: Annotated[Words, Field(validation_alias="to")]
    created_at: Moment
    state: Words = ""
    updated_at: Words = ""
    from_comment: Words = ""
    to_comment: Words = ""
    initialized_at: Moment | None = None
    start_at: Moment | None = None
    duration_talking_time: int | None = None
    duration_waiting_time: int | None = None


@dataclass(frozen=True, slots=True)
class CallLog:
    """The newest calls."""

    calls: Annotated[tuple[Raw, ...], Field(validation_alias="list")] = ()


@dataclass(frozen=True, slots=True)
class TextModule:
    """A text module; `content` is HTML."""

    id: int
    name: Words
    content: Words = ""
    keywords: Words = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro; `perform` says what it does, by field."""

    id: int
    name: Words
    perform: Settings = field(default_factory=dict)
    active: bool = True


@dataclass(frozen=True, slots=True)
class Created:
    """An article that was made."""

    id: int


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge."""

    result: Words = ""
    message: Words = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Zammad refuses, in its own words."""

    error_human: Words = ""
    error: Words = ""


MOMENT: TypeAdapter[int] = TypeAdapter(Moment)
ROWS = TypeAdapter(tuple[Raw, ...])
ROW = TypeAdapter(Raw)
FOUND, TICKET, ARTICLE, USER, NAMED = (
    TypeAdapter(Found), TypeAdapter(Ticket), TypeAdapter(Article), TypeAdapter(User), TypeAdapter(Named),
)  # fmt: skip
TAGS, LINKS, LIST, CALL_LOG, CALL = (
    TypeAdapter(Tags), TypeAdapter(Links), TypeAdapter(ListFound), TypeAdapter(CallLog), TypeAdapter(Call),
)  # fmt: skip
TEXT_MODULE, MACRO, CREATED, MERGED, REFUSAL = (
    TypeAdapter(TextModule), TypeAdapter(Macro), TypeAdapter(Created), TypeAdapter(Merged), TypeAdapter(Refusal),
)  # fmt: skip


def lenient(adapter: TypeAdapter[T], answer: Answer) -> T | None:
    """An answer about a single thing; None where it is of a form that is not known here.

    Raises Broken where it is no JSON: that is no thing of Zammad's, but somebody else who answers.
    """
    return one(adapter, answer.json())


def one(adapter: TypeAdapter[T], raw: object) -> T | None:
    """A single thing; None where it is of a form that is not known here."""
    try:
        return adapter.validate_python(raw)
    except ValidationError:
        return None
