"""What Freshdesk answers, as far as it is read here; whatever else stands in it is passed over.

The invariant: nothing is asked of an answer that some Freshdesk leaves out: only ids, times and numbers that every
ticket has must be there.
"""

from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from sync.errors import Broken
from sync.http import Answer
from sync.sources import lenient
from sync.sources.lenient import Fields, Text, Texts, no_list
from sync.sources.moments import Moment
from sync.tickets import Passed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. `attachment_url` is good for some minutes only."""

    id: int
    name: Text = ""
    content_type: Text = ""
    size: int = 0
    attachment_url: Text = ""


Attachments = Annotated[tuple[Attachment, ...], BeforeValidator(no_list)]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket; lists leave out `description` and `attachments`."""

    id: int
    status: int
    priority: int
    created_at: Moment
    updated_at: Moment
    subject: Text = ""
    source: int = 1
    requester_id: int | None = None
    responder_id: int | None = None
    group_id: int | None = None
    type: Text = ""
    tags: Texts = ()
    custom_fields: Fields = field(default_factory=dict)
    description: Text = ""
    description_text: Text = ""
    attachments: Attachments = ()
    cc_emails: Texts = ()
    to_emails: Texts = ()
    support_email: Text = ""
    spam: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Something that was said on a ticket after its description."""

    id: int
    created_at: Moment
    user_id: int | None = None
    body: Text = ""
    body_text: Text = ""
    incoming: bool = False
    private: bool = False
    source: int = 0
    from_email: Text = ""
    support_email: Text = ""
    to_emails: Texts = ()
    cc_emails: Texts = ()
    attachments: Attachments = ()
    auto_response: bool | None = False


@dataclass(frozen=True, slots=True)
class Person:
    """The part of an agent that is also a contact's."""

    name: Text = ""
    email: Text = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works there."""

    id: int
    contact: Person = field(default_factory=Person)
    signature: Text = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer."""

    id: int
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    mobile: Text = ""
    other_emails: Texts = ()
    twitter_id: Text = ""
    unique_external_id: Text = ""
    company_id: int | None = None
    description: Text = ""
    job_title: Text = ""
    address: Text = ""
    custom_fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A group, a company, or a folder of canned responses."""

    id: int
    name: Text = ""


@dataclass(frozen=True, slots=True)
class TicketField:
    """A field that tickets have there. The form of `choices` differs from field to field."""

    name: str
    label: Text = ""
    type: Text = ""
    choices: object = None


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """A piece of text that agents there use."""

    id: int
    title: Text = ""
    content: Text = ""
    content_html: Text = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that was wrong with a request."""

    field: Text = ""
    message: Text = ""
    code: Text = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a request was refused."""

    description: Text = ""
    message: Text = ""
    errors: Annotated[tuple[Slip, ...], BeforeValidator(no_list)] = ()


TICKET = TypeAdapter(Ticket)
CONVERSATION = TypeAdapter(Conversation)
AGENT = TypeAdapter(Agent)
CONTACT = TypeAdapter(Contact)
NAMED = TypeAdapter(Named)
TICKET_FIELD = TypeAdapter(TicketField)
CANNED = TypeAdapter(CannedResponse)
_COMPLAINT = TypeAdapter(Complaint)


def parted(answer: Answer, adapter: TypeAdapter[T], what: str) -> tuple[list[T], list[Passed]]:
    """The things of a list, and those of them that can't be read; nothing where the list isn't given."""
    return lenient.parted(listed(answer), adapter, what)


def readable(answer: Answer, adapter: TypeAdapter[T]) -> list[T]:
    """The things of a list, without what can't be read."""
    return parted(answer, adapter, "")[0]


def listed(answer: Answer) -> list[object]:
    """The things of a list as they are told; nothing where the list isn't given."""
    if answer.status != 200:
        return []
    found = answer.json()
    if not isinstance(found, list):
        raise Broken("Freshdesk answered with something else than a list", "Please report it.")
    return found


def complaint(answer: Answer) -> str:
    """Why it refused, in its own words; empty where it gives none."""
    try:
        said = _COMPLAINT.validate_json(answer.body)
    except ValidationError:
        return ""
    slips = "; ".join(f"{slip.field}: {slip.message}".strip(": ") for slip in said.errors)
    return slips or said.description or said.message
