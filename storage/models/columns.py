"""The columns that most tables share."""

from sqlalchemy import BLOB, Column
from sqlmodel import Field

from desk.ids import new_uid

# Undo deletes rows and redo brings them back under their own id, so that nobody else may be given it meanwhile.
NEVER_REUSED = {"sqlite_autoincrement": True}


def key() -> int | None:
    """The local integer key."""
    field: int | None = Field(default=None, primary_key=True)
    return field


def uid() -> bytes:
    """The UUIDv7 that travels between machines."""
    field: bytes = Field(default_factory=new_uid, sa_column=Column(BLOB, nullable=False, unique=True))
    return field


def needed_bytes(*, index: bool = False) -> bytes:
    """Bytes that every row has."""
    field: bytes = Field(sa_column=Column(BLOB, nullable=False, index=index))
    return field


def optional_bytes() -> bytes | None:
    """Bytes that a row may lack."""
    field: bytes | None = Field(default=None, sa_column=Column(BLOB, nullable=True))
    return field
