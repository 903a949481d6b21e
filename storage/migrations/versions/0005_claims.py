"""Whether a mailbox lets its agents see who has what.

A column can only be added behind a table's constraints, where the models have none: so the table is made again.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    "ALTER TABLE source_state RENAME TO old_state",
    """CREATE TABLE source_state (
        source_id INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        said VARCHAR NOT NULL,
        mend VARCHAR NOT NULL,
        tried_at INTEGER,
        synced_at INTEGER,
        next_at INTEGER,
        failures INTEGER NOT NULL,
        done INTEGER NOT NULL,
        total INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        claims BOOLEAN NOT NULL,
        PRIMARY KEY (source_id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    "INSERT INTO source_state SELECT *, 1 FROM old_state",
    "DROP TABLE old_state",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
