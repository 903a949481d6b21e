"""What Zendesk answers, as far as it is used: its tickets, comments and users, and the lists that they come in.

The invariant: a row is read by itself (`fitting`), so that one that doesn't fit its form is passed over and named, and
all others come in. What is not known here is ignored; times are microseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from sync.sources.lenient import Text, Texts, no_list
from sync.sources.moments import Moment
from sync.tickets import Passed

T = TypeVar("T")
Numbers = Annotated[tuple[int, ...], BeforeValidator(no_list)]
Rows = Annotated[tuple[object, ...], BeforeValidator(no_list)]


def fitting(rows: Iterable[object], form: TypeAdapter[T], what: str) -> tuple[list[T], list[Passed]]:
    """The rows that can be read, and those that can't: by their ids, never by what is in them."""
    read: list[T] = []
    passed: list[Passed] = []
    for row in rows:
        try:
            read.append(form.validate_python(row))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            name = row.get("id", "") if isinstance(row, dict) else ""
            place = ".".join(str(step) for step in first["loc"])[:60]
            passed.append(Passed(f"{what} {name}".strip()[:60], f"{first['type']} at {place}"))
    return read, passed


@dataclass(frozen=True, slots=True)
class Via:
    """How something came: by which channel, and from where."""

    channel: str | int | None = None
    source: object = None

    @property
    def rel(self) -> str:
        """What the thing is to the one that it came from."""
        found = self.source.get("rel") if isinstance(self.source, dict) else None
        return found if isinstance(found, str) else ""

    def word(self, part: str, name: str) -> str:
        """What is told of the part `from` or `to` of the source."""
        found = self.source.get(part) if isinstance(self.source, dict) else None
        value = found.get(name) if isinstance(found, dict) else None
        return str(value) if isinstance(value, str | int) else ""


SomeVia = Annotated[Via, BeforeValidator(lambda told: Via() if told is None else told)]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of a custom field."""

    id: int
    value: object = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket; or, in an export, what is left of one that was deleted."""

    id: int
    created_at: Moment
    updated_at: Moment
    status: str
    subject: str | None = None
    raw_subject: str | None = None
    custom_status_id: int | None = None
    priority: str | None = None
    type: str | None = None
    requester_id: int | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    tags: Texts = ()
    custom_fields: Annotated[tuple[FieldValue, ...], BeforeValidator(no_list)] = ()
    email_cc_ids: Numbers = ()
    followup_ids: Numbers = ()
    via: SomeVia = field(default_factory=Via)
    generated_timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a comment."""

    id: int
    file_name: Text = ""
    content_type: Text = ""
    size: int | None = 0
    content_url: Text = ""
    inline: bool | None = False
    deleted: bool | None = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What goes along with an update. Of `custom` it is only known that it is what was sent along."""

    custom: object = None

    def word(self, name: str) -> str:
        """A text that was sent along."""
        found = self.custom.get(name) if isinstance(self.custom, dict) else None
        return found if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class Comment:
    """Something said on a ticket."""

    id: int
    author_id: int
    created_at: Moment
    type: str = "Comment"
    body: str | None = None
    html_body: str | None = None
    public: bool = True
    attachments: Annotated[tuple[Attachment, ...], BeforeValidator(no_list)] = ()
    via: SomeVia = field(default_factory=Via)
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody: a customer (`end-user`), or one of the staff."""

    id: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    organization_id: int | None = None
    external_id: str | None = None
    notes: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    details: str | None = None
    created_at: Moment | None = None
    user_fields: dict[str, object] | None = None

    @property
    def is_staff(self) -> bool:
        """Whether they work there."""
        return self.role in ("agent", "admin")


@dataclass(frozen=True, slots=True)
class Identity:
    """One way by which a user is known."""

    user_id: int
    type: str
    value: Text = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened in an update; a comment's is called as the comment itself."""

    id: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """One update of a ticket."""

    id: int
    created_at: Moment
    events: Annotated[tuple[Event, ...], BeforeValidator(no_list)] = ()
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class DeletedTicket:
    """A ticket that was deleted in the last 30 days."""

    id: int
    deleted_at: Moment


@dataclass(frozen=True, slots=True)
class Meta:
    """Where a list goes on."""

    has_more: bool = False
    after_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, of whichever rows: the list's own name tells which. The rest is told beside them."""

    tickets: Rows = ()
    results: Rows = ()
    comments: Rows = ()
    users: Rows = ()
    identities: Rows = ()
    organizations: Rows = ()
    groups: Rows = ()
    ticket_fields: Rows = ()
    custom_statuses: Rows = ()
    macros: Rows = ()
    views: Rows = ()
    audits: Rows = ()
    deleted_tickets: Rows = ()
    meta: Meta = field(default_factory=Meta)
    next_page: str | None = None
    after_cursor: str | None = None
    end_of_stream: bool = True

    @property
    def after(self) -> str:
        """What asks for the page after this one; empty where there is none."""
        return (self.meta.after_cursor or "") if self.meta.has_more else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One ticket, or what an update has made of it."""

    ticket: Ticket
    audit: Audit | None = None


@dataclass(frozen=True, slots=True)
class Me:
    """Who has logged in; a user without a number is nobody."""

    id: int | None = None
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """The answer to that question."""

    user: Me


@dataclass(frozen=True, slots=True)
class Value:
    """A number that was counted some time ago."""

    value: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are."""

    count: Value


@dataclass(frozen=True, slots=True)
class Job:
    """Something that the service does in its own time."""

    id: str
    status: str
    message: str | None = None
    results: object = None

    @property
    def slip(self) -> str:
        """What of it didn't work, where it came to its end all the same."""
        results = self.results if isinstance(self.results, list) else [self.results]
        failed = [each for each in results if isinstance(each, dict) and each.get("success") is False]
        return str(failed[0].get("details") or failed[0].get("error") or "it failed") if failed else ""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far it is."""

    job_status: Job


@dataclass(frozen=True, slots=True)
class Token:
    """What names a file that was sent ahead."""

    token: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The answer to a file."""

    upload: Token


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was refused."""

    error: object = None
    description: object = None
    details: object = None

    def reasons(self) -> str:
        """The reasons in the service's words."""
        found: list[str] = []
        if isinstance(self.details, dict):
            for reasons in self.details.values():
                for reason in reasons if isinstance(reasons, list) else ():
                    found += (
                        [str(reason["description"])] if isinstance(reason, dict) and "description" in reason else []
                    )
        return "; ".join(found) or str(self.description or self.error or "")


TICKET = TypeAdapter(Ticket)
COMMENT = TypeAdapter(Comment)
USER = TypeAdapter(User)
IDENTITY = TypeAdapter(Identity)
AUDIT = TypeAdapter(Audit)
DELETED_TICKET = TypeAdapter(DeletedTicket)
LISTED = TypeAdapter(Listed)
SHOWN = TypeAdapter(Shown)
WHO_AM_I = TypeAdapter(WhoAmI)
COUNT = TypeAdapter(Count)
JOB_STATUS = TypeAdapter(JobStatus)
UPLOADED = TypeAdapter(Uploaded)
FILE = TypeAdapter(ShownFile)
REFUSAL = TypeAdapter(Refusal)
