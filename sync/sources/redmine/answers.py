"""What Redmine answers, as far as it is of use: shapes that pydantic reads, seen in the answers of a real 5.0."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from sync.sources.moments import Moment


@dataclass(frozen=True, slots=True)
class Named:
    """Anything with a number and a name: a user, a project, a status, a priority."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class OwnField:
    """A custom field of an issue. `value` is a text or a list of texts, None where it has none."""

    name: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that a journal says has changed; for a file, `name` is its number."""

    property: str
    name: str


@dataclass(frozen=True, slots=True)
class Journal:
    """An entry of an issue's history: words, changes, or both."""

    id: int
    created_on: Moment
    user: Named | None = None
    notes: str | None = None
    private_notes: bool = False
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file of an issue."""

    id: int
    filename: str
    content_url: str
    filesize: int = 0
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue. What was said on it is there only where it was asked for alone."""

    id: int
    subject: str
    project: Named
    status: Named
    created_on: Moment
    updated_on: Moment
    priority: Named | None = None
    author: Named | None = None
    assigned_to: Named | None = None
    description: str | None = None
    custom_fields: tuple[OwnField, ...] = ()
    journals: tuple[Journal, ...] = ()
    attachments: tuple[File, ...] = ()
    allowed_statuses: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue in a list: which, and when it was last touched. The rest is read with its history."""

    id: int
    updated_on: Moment


@dataclass(frozen=True, slots=True)
class _One:
    issue: Issue


@dataclass(frozen=True, slots=True)
class _Issues:
    issues: tuple[Listed, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class StatusKind:
    """A status. `is_closed`: Redmine counts its issues as done."""

    id: int
    name: str
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class _Statuses:
    issue_statuses: tuple[StatusKind, ...]


@dataclass(frozen=True, slots=True)
class _Priorities:
    issue_priorities: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class _Projects:
    projects: tuple[Named, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's place in a project; `user` is absent where a group has it."""

    roles: tuple[Named, ...]
    user: Named | None = None
    project: Named | None = None


@dataclass(frozen=True, slots=True)
class _Memberships:
    memberships: tuple[Membership, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class Myself:
    """Who is logged in."""

    id: int
    firstname: str
    lastname: str
    login: str = ""
    mail: str = ""
    admin: bool = False
    memberships: tuple[Membership, ...] = ()

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.firstname} {self.lastname}".strip()


@dataclass(frozen=True, slots=True)
class _Me:
    user: Myself


@dataclass(frozen=True, slots=True)
class _Permissions:
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Role:
    role: _Permissions


@dataclass(frozen=True, slots=True)
class _Token:
    token: str


@dataclass(frozen=True, slots=True)
class _Upload:
    upload: _Token


@dataclass(frozen=True, slots=True)
class _Errors:
    errors: tuple[str, ...] = ()


ONE = TypeAdapter(_One)
ISSUES = TypeAdapter(_Issues)
STATUSES = TypeAdapter(_Statuses)
PRIORITIES = TypeAdapter(_Priorities)
PROJECTS = TypeAdapter(_Projects)
MEMBERSHIPS = TypeAdapter(_Memberships)
ME = TypeAdapter(_Me)
ROLE = TypeAdapter(_Role)
UPLOAD = TypeAdapter(_Upload)
ERRORS = TypeAdapter(_Errors)
