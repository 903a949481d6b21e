"""Who looked at whom, and what else is on record though it changes nothing that history would tell."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import key


class Audit(SQLModel, table=True):
    """One look-up, export, or change of roles and rules. `words` never hold anything of a customer's.

    Kinds: storage.audit.NOTED. Merges and erasures are events already. A customer who was made and looked at can still
    be unmade: nothing here holds them.
    """

    id: int | None = key()
    at: int
    kind: str
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    customer_id: int | None = None
    words: str = ""

    __table_args__ = (
        Index("audit_at", "at"),
        Index("audit_customer", "customer_id", "at", sqlite_where=text("customer_id IS NOT NULL")),
    )
