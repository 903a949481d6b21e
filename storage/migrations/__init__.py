"""Bringing an older workspace to the present schema, with Alembic; imported only where a file is older."""

from pathlib import Path

from storage.connect import Connection
from storage.version import VERSION


def migrate(connection: Connection) -> None:
    """Run every migration that the open database still lacks, and seed a new one, all in one transaction.

    A migration that changes the look-up only empties it: a million customers take two minutes, once.
    """
    from alembic import command
    from alembic.config import Config

    from storage.engine import engine_over
    from storage.seed import seed, seed_later

    (since,) = connection.execute("PRAGMA user_version").fetchone()
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine_over(connection).begin() as bound:
        config.attributes["connection"] = bound
        command.upgrade(config, "head")
        _fill_lookup(connection)
        seed_later(connection, since)
        seed(connection)
        bound.exec_driver_sql(f"PRAGMA user_version={VERSION}")


def _fill_lookup(connection: Connection) -> None:
    (emptied,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM customer) AND NOT EXISTS (SELECT 1 FROM lookup_docsize)"
    ).fetchone()
    if emptied:
        from storage.search.index import rebuild

        rebuild(connection)
