"""Who writes, who answers, and where records come from."""

from sqlalchemy import BLOB, Column, Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, needed_bytes, uid


class Organization(SQLModel, table=True):
    """A company or household that customers belong to."""

    id: int | None = key()
    uid: bytes = uid()
    name: str = Field(index=True)
    domain: str = ""
    note: str = ""
    created_at: int


class Source(SQLModel, table=True):
    """Where records come from: an import, a mailbox, a helpdesk."""

    id: int | None = key()
    uid: bytes = uid()
    kind: str
    name: str = Field(unique=True)
    settings: str = "{}"
    created_at: int


class Cursor(SQLModel, table=True):
    """How far a stream of a source has been read; committed together with the page it stands for."""

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    stream: str = Field(primary_key=True)
    value: str
    updated_at: int


class Customer(SQLModel, table=True):
    """A person who writes or calls. `recency` ranks customers by their last contact, the newest highest.

    `flags` is JSON as desk.flags writes it. `merged_into_id` names the one who stands for them now, never somebody who
    was merged as well; which record went into which says CustomerMerge.
    """

    id: int | None = key()
    uid: bytes = uid()
    name: str
    organization_id: int | None = Field(default=None, foreign_key="organization.id")
    since: int | None = None
    plan: str = ""
    note: str = ""
    mood: int = 0
    flags: str = "[]"
    details: str = "{}"
    contacted_at: int | None = None
    recency: int = Field(unique=True)
    merged_into_id: int | None = Field(default=None, foreign_key="customer.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str | None = None
    created_at: int
    updated_at: int

    __table_args__ = (
        Index("customer_merged", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL")),
        Index("customer_since", "since", sqlite_where=text("since IS NOT NULL")),
        Index("customer_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
        NEVER_REUSED,
    )


class Identity(SQLModel, table=True):
    """One way to know a customer; `known` once confirmed, otherwise a maybe. Kinds: desk.lookup.IdentityKind."""

    id: int | None = key()
    customer_id: int = Field(foreign_key="customer.id")
    kind: int
    value: str
    normal: str
    known: bool = True
    source_id: int | None = Field(default=None, foreign_key="source.id")

    # The one index that holds the text: it keeps an identity from being there twice, and finds it by its beginning.
    __table_args__ = (
        Index("identity_normal", "normal", "customer_id", "kind", unique=True),
        Index("identity_customer", "customer_id"),
        NEVER_REUSED,
    )


class Agent(SQLModel, table=True):
    """A person of the team. `handle` is what `assignee:` takes."""

    id: int | None = key()
    uid: bytes = uid()
    handle: str = Field(unique=True)
    name: str
    email: str = ""
    role: str = "agent"
    created_at: int


class Team(SQLModel, table=True):
    """A group of agents."""

    id: int | None = key()
    uid: bytes = uid()
    name: str = Field(unique=True)
    created_at: int


class Membership(SQLModel, table=True):
    """Which agent is in which team."""

    team_id: int = Field(foreign_key="team.id", primary_key=True)
    agent_id: int = Field(foreign_key="agent.id", primary_key=True)


class Queue(SQLModel, table=True):
    """A line that tickets stand in, worked by a team."""

    id: int | None = key()
    uid: bytes = uid()
    name: str = Field(unique=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    created_at: int


class Channel(SQLModel, table=True):
    """A way in (email, phone, chat …). How soon it is answered is one of the team's rules."""

    id: int | None = key()
    key: str = Field(unique=True)
    label: str


class CustomerValue(SQLModel, table=True):
    """What a customer pays a year, in minor units of `currency`; shown beside mood and tenure."""

    customer_id: int = Field(foreign_key="customer.id", primary_key=True)
    amount: int
    currency: str
    updated_at: int

    __tablename__ = "customer_value"


class NoDuplicate(SQLModel, table=True):
    """Two customers who look alike, and somebody said that they aren't the same; the smaller id stands first."""

    customer_id: int = Field(foreign_key="customer.id", primary_key=True)
    other_id: int = Field(foreign_key="customer.id", primary_key=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int

    __tablename__ = "no_duplicate"


class CustomerMerge(SQLModel, table=True):
    """A customer's record that is part of another's, and what it takes to part them again.

    `gave` is JSON: the facts that the other had only from this one. `since` is JSON: the highest id of each kind of row
    when they were merged; what is newer came later.
    """

    customer_id: int = Field(foreign_key="customer.id", primary_key=True)
    into_id: int = Field(foreign_key="customer.id", index=True)
    deed: bytes = needed_bytes()
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int
    gave: str
    since: str

    __tablename__ = "customer_merge"


class MergedRow(SQLModel, table=True):
    """Whose a row is apart from all merges: of a merged customer, kept as long as another has it in their name.

    `kind` is the row's table, `row_id` its id there.
    """

    kind: str = Field(primary_key=True)
    row_id: int = Field(primary_key=True)
    customer_id: int = Field(foreign_key="customer.id")

    __tablename__ = "merged_row"
    __table_args__ = (Index("merged_row_customer", "customer_id", "kind"), {"sqlite_with_rowid": False})


class Tombstone(SQLModel, table=True):
    """Something of an erased customer that a source may bring again, as a keyed hash: who was erased stays erased."""

    digest: bytes = Field(sa_column=Column(BLOB, primary_key=True))
    customer_id: int = Field(foreign_key="customer.id", index=True)
    at: int

    __table_args__ = ({"sqlite_with_rowid": False},)
