"""The schema of the first release."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    bound = op.get_bind()
    for statement in _statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        bound.exec_driver_sql(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of the script, each whole: a trigger has semicolons of its own."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""
