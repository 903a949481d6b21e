"""What Help Scout answers, as far as it is read here; whatever else stands in it is passed over.

The invariant: a list is `_embedded` under its own name, and whoever leaves that out has told an empty one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from sync.http import Answer
from sync.sources.lenient import Text, Texts, no_list
from sync.sources.moments import Moment

_NAMES = ConfigDict(alias_generator=to_camel, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is named: `type` user, team, or customer."""

    __pydantic_config__ = _NAMES
    id: int = 0
    type: Text = ""
    first: Text = ""
    last: Text = ""
    email: Text = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file."""

    __pydantic_config__ = _NAMES
    id: int
    filename: Text = ""
    mime_type: Text = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class ThreadParts:
    """What comes within a thread."""

    attachments: Annotated[tuple[Attachment, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """Something that was said on a conversation, or that happened to it (`lineitem`)."""

    __pydantic_config__ = _NAMES
    id: int
    type: str
    created_at: Moment
    state: Text = "published"
    body: Text = ""
    created_by: Person | None = None
    customer: Person | None = None
    to: Texts = ()
    cc: Texts = ()
    parts: Annotated[ThreadParts | None, Field(alias="_embedded")] = None

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Its files."""
        return self.parts.attachments if self.parts is not None else ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag."""

    tag: Text = ""


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the team's own; `text` is its value in words, where it is one of a choice."""

    name: Text = ""
    value: object = None
    text: Text = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Since when the customer has been waiting."""

    time: Moment | None = None


@dataclass(frozen=True, slots=True)
class ConversationParts:
    """What comes within a conversation."""

    threads: Annotated[tuple[Thread, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation. `threads`: how many messages and notes it has, whatever comes within it."""

    __pydantic_config__ = _NAMES
    id: int
    number: int
    status: str
    created_at: Moment
    type: Text = "email"
    state: Text = "published"
    subject: Text = ""
    mailbox_id: int = 0
    threads: int = 0
    assignee: Person | None = None
    closed_at: Moment | None = None
    user_updated_at: Moment | None = None
    customer_waiting_since: Waiting | None = None
    primary_customer: Person | None = None
    cc: Texts = ()
    tags: Annotated[tuple[Tag, ...], BeforeValidator(no_list)] = ()
    custom_fields: Annotated[tuple[OwnField, ...], BeforeValidator(no_list)] = ()
    parts: Annotated[ConversationParts | None, Field(alias="_embedded")] = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works there."""

    __pydantic_config__ = _NAMES
    id: int
    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An inbox."""

    id: int
    name: Text = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One way to reach a customer, or one property of theirs; `type` says of social profiles which network's it is."""

    type: Text = ""
    name: Text = ""
    value: object = None


Values = Annotated[tuple[Value, ...], BeforeValidator(no_list)]


@dataclass(frozen=True, slots=True)
class CustomerParts:
    """What comes within a customer."""

    emails: Values = ()
    phones: Values = ()
    social_profiles: Annotated[
        Values, Field(validation_alias=AliasChoices("social_profiles", "social-profiles", "socialProfiles"))
    ] = ()
    properties: Values = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer."""

    __pydantic_config__ = _NAMES
    id: int
    first_name: Text = ""
    last_name: Text = ""
    organization: Text = ""
    job_title: Text = ""
    background: Text = ""
    parts: Annotated[CustomerParts | None, Field(alias="_embedded")] = None


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A piece of text that agents there use; lists leave out `text`."""

    id: int
    name: Text = ""
    text: Text = ""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page of a list is."""

    __pydantic_config__ = _NAMES
    size: int = 50
    total_elements: int = 0
    total_pages: int = 1
    number: int = 1


@dataclass(frozen=True, slots=True)
class _Listed:
    parts: Annotated[Mapping[str, object] | None, Field(alias="_embedded")] = None
    page: PageInfo = field(default_factory=PageInfo)


@dataclass(frozen=True, slots=True)
class Token:
    """What logs in for two days."""

    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileData:
    """The bytes of a file, in base64."""

    data: Text = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Slip:
    path: Text = ""
    message: Text = ""


@dataclass(frozen=True, slots=True)
class _Complaints:
    errors: Annotated[tuple[_Slip, ...], BeforeValidator(no_list)] = ()


@dataclass(frozen=True, slots=True)
class _Complaint:
    message: Text = ""
    parts: Annotated[_Complaints | None, Field(alias="_embedded")] = None


CONVERSATION = TypeAdapter(Conversation)
THREAD = TypeAdapter(Thread)
USER = TypeAdapter(User)
MAILBOX = TypeAdapter(Mailbox)
CUSTOMER = TypeAdapter(Customer)
VALUE = TypeAdapter(Value)
SAVED_REPLY = TypeAdapter(SavedReply)
TOKEN = TypeAdapter(Token)
FILE_DATA = TypeAdapter(FileData)
_LISTED, _COMPLAINT = TypeAdapter(_Listed), TypeAdapter(_Complaint)


def listed(answer: Answer, name: str) -> tuple[list[object], PageInfo]:
    """The things of that name in a list, and where the page is; nothing where the list isn't given."""
    if answer.status != 200:
        return [], PageInfo()
    told = answer.read(_LISTED)
    found = (told.parts or {}).get(name)
    return (list(found) if isinstance(found, list) else []), told.page


def complaint(answer: Answer) -> str:
    """Why it refused, in its own words; empty where it gives none."""
    try:
        said = _COMPLAINT.validate_json(answer.body)
    except ValidationError:
        return ""
    slips = said.parts.errors if said.parts is not None else ()
    return "; ".join(f"{slip.path}: {slip.message}".strip(": ") for slip in slips) or said.message
