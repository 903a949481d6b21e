"""How each source is doing, and where each mail lies in its mailbox."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
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
        PRIMARY KEY (source_id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    """CREATE TABLE mail_copy (
        source_id INTEGER NOT NULL,
        stream VARCHAR NOT NULL,
        validity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        flags VARCHAR NOT NULL,
        PRIMARY KEY (source_id, stream, validity, uid),
        FOREIGN KEY(source_id) REFERENCES source (id),
        FOREIGN KEY(message_id) REFERENCES message (id)
    ) WITHOUT ROWID""",
    "CREATE INDEX mail_copy_message ON mail_copy (message_id)",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
