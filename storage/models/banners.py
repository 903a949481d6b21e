"""What supervisors tell every console at once, and who has read it."""

from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class Banner(SQLModel, table=True):
    """One line. It stands until `until`, where that is said, or until it is taken back (`ended_at`)."""

    id: int | None = key()
    uid: bytes = uid()
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    words: str
    at: int
    until: int | None = None
    ended_at: int | None = None

    __table_args__ = (NEVER_REUSED,)


class BannerSeen(SQLModel, table=True):
    """An agent put a banner away. It doesn't hold the banner, whose sender may still take it back."""

    banner_id: int = Field(primary_key=True)
    agent_id: int = Field(primary_key=True, foreign_key="agent.id")
    at: int

    __tablename__ = "banner_seen"
    __table_args__ = ({"sqlite_with_rowid": False},)
