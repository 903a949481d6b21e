"""Helpdesks: what they call things, how a ticket is known to be there, and the files that lie there.

A column can only be added behind a table's constraints, where the models have none: so checklists are made again.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    """CREATE TABLE remote_ticket (
        ticket_id INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        number VARCHAR NOT NULL,
        label VARCHAR NOT NULL,
        status INTEGER NOT NULL,
        category INTEGER NOT NULL,
        labels VARCHAR NOT NULL,
        priority_label VARCHAR NOT NULL,
        version VARCHAR NOT NULL,
        url VARCHAR NOT NULL,
        final BOOLEAN NOT NULL,
        gone_at INTEGER,
        digest BLOB NOT NULL,
        base VARCHAR NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (ticket_id),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    "CREATE INDEX remote_ticket_number ON remote_ticket (number, ticket_id) WHERE number<>''",
    """CREATE TABLE remote_agent (
        source_id INTEGER NOT NULL,
        external_id VARCHAR NOT NULL,
        agent_id INTEGER NOT NULL,
        PRIMARY KEY (source_id, external_id),
        FOREIGN KEY(source_id) REFERENCES source (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX remote_agent_agent ON remote_agent (agent_id, source_id)",
    """CREATE TABLE remote_file (
        attachment_id INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        external_id VARCHAR NOT NULL,
        asked_at INTEGER,
        done INTEGER NOT NULL,
        said VARCHAR NOT NULL,
        PRIMARY KEY (attachment_id),
        FOREIGN KEY(attachment_id) REFERENCES attachment (id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )""",
    "CREATE INDEX remote_file_asked ON remote_file (source_id, asked_at) WHERE asked_at IS NOT NULL AND said=''",
    """CREATE TABLE remote_piece (
        source_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        external_id VARCHAR NOT NULL,
        row_id INTEGER NOT NULL,
        told BLOB NOT NULL,
        PRIMARY KEY (source_id, kind, external_id),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )
     WITHOUT ROWID""",
    "ALTER TABLE checklist RENAME TO old_checklist",
    """CREATE TABLE checklist (
        "key" VARCHAR NOT NULL,
        title VARCHAR NOT NULL,
        content VARCHAR NOT NULL,
        position INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        ticket_id INTEGER,
        PRIMARY KEY ("key"),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id)
    )""",
    """INSERT INTO checklist("key", title, content, position, updated_at)
        SELECT "key", title, content, position, updated_at FROM old_checklist ORDER BY rowid""",
    "DROP TABLE old_checklist",
    "CREATE INDEX checklist_ticket ON checklist (ticket_id) WHERE ticket_id IS NOT NULL",
    """CREATE TABLE remote_step (
        checklist_key VARCHAR NOT NULL,
        step VARCHAR NOT NULL,
        source_id INTEGER NOT NULL,
        checklist VARCHAR NOT NULL,
        item VARCHAR NOT NULL,
        done BOOLEAN NOT NULL,
        PRIMARY KEY (checklist_key, step),
        FOREIGN KEY(checklist_key) REFERENCES checklist ("key"),
        FOREIGN KEY(source_id) REFERENCES source (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX remote_step_checklist ON remote_step (source_id, checklist)",
    # With the source that a ticket is of: to count and list those of one source without reading the tickets.
    "DROP INDEX ticket_active_due",
    """CREATE INDEX ticket_active_due ON ticket
        (due_at, id, status, snoozed_until, assignee_id, team_id, queue_id, channel_id,
        priority, mood, unread, promised_at, created_at, updated_at, source_id) WHERE status<3""",
    "CREATE INDEX ticket_source ON ticket (source_id) WHERE ifnull(source_id, 0)>=0",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
