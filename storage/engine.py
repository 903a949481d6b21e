"""SQLModel's engine over our own connections: for single deeds and migrations, never for a screen's reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.connect import Connection, driver
from storage.connect import begin as begin_writing

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session


def engine_over(connection: Connection) -> "Engine":
    """An engine whose every session uses this one connection, with BEGIN IMMEDIATE at each start."""
    from sqlalchemy import Connection as Bound
    from sqlalchemy import event
    from sqlalchemy.pool import StaticPool
    from sqlmodel import create_engine

    engine = create_engine("sqlite://", creator=lambda: connection, module=driver(), poolclass=StaticPool)

    def begin(_: Bound) -> None:
        # The connection is in autocommit mode, so that nothing but this line begins a transaction.
        begin_writing(connection)

    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def deed_session(engine: "Engine") -> Iterator["Session"]:
    """One deed: a session that commits at the end, or leaves nothing behind."""
    from sqlmodel import Session

    with Session(engine) as session, session.begin():
        yield session
