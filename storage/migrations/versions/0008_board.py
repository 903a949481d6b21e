"""The board: what its numbers are counted from."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "CREATE TABLE stale_ticket (ticket_id INTEGER NOT NULL, PRIMARY KEY (ticket_id))",
    """CREATE TABLE ticket_fact (
        id INTEGER NOT NULL,
        ticket_id INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        at INTEGER NOT NULL,
        channel_id INTEGER NOT NULL,
        took INTEGER,
        in_hours INTEGER,
        met INTEGER,
        until INTEGER,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX ticket_fact_ticket ON ticket_fact (ticket_id)",
    """CREATE INDEX ticket_fact_kind ON ticket_fact
        (kind, at, ticket_id, channel_id, took, in_hours, met, until)""",
    """CREATE TABLE fact_day (
        kind INTEGER NOT NULL,
        day INTEGER NOT NULL,
        changes INTEGER NOT NULL,
        PRIMARY KEY (kind, day)
    )
     WITHOUT ROWID""",
    """CREATE TRIGGER stale_ticket_insert AFTER INSERT ON ticket BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_ticket_update AFTER UPDATE
    OF status, priority, channel_id, team_id, merged_into_id, created_at, solved_at, details ON ticket BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_ticket_delete AFTER DELETE ON ticket BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (old.id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_message_insert AFTER INSERT ON message BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_message_update AFTER UPDATE OF ticket_id, kind, at, automatic ON message BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (old.ticket_id), (new.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_message_delete AFTER DELETE ON message BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (old.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_event_insert AFTER INSERT ON event
    WHEN new.ticket_id IS NOT NULL AND new.kind IN ('changed', 'changed elsewhere', 'opened_first') BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_event_update AFTER UPDATE OF undone_by, data ON event
    WHEN new.ticket_id IS NOT NULL AND new.kind IN ('changed', 'changed elsewhere', 'opened_first') BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_event_delete AFTER DELETE ON event WHEN old.ticket_id IS NOT NULL BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (old.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_outbox_update AFTER UPDATE OF state ON outbox
    WHEN (old.state = 'dropped') <> (new.state = 'dropped') BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM message WHERE id = new.message_id
        ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_outbox_delete AFTER DELETE ON outbox WHEN old.state = 'dropped' BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM message WHERE id = old.message_id
        ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_outbox_insert AFTER INSERT ON outbox WHEN new.state = 'dropped' BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM message WHERE id = new.message_id
        ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_tag_insert AFTER INSERT ON ticket_tag BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (new.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_tag_delete AFTER DELETE ON ticket_tag BEGIN
        INSERT INTO stale_ticket(ticket_id) VALUES (old.ticket_id) ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_rules_insert AFTER INSERT ON setting
    WHEN new.key IN ('rules.targets', 'rules.answers') BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM ticket_fact WHERE true ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_rules_update AFTER UPDATE ON setting
    WHEN new.key IN ('rules.targets', 'rules.answers') BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM ticket_fact WHERE true ON CONFLICT DO NOTHING;
    END""",
    """CREATE TRIGGER stale_rules_delete AFTER DELETE ON setting
    WHEN old.key IN ('rules.targets', 'rules.answers') BEGIN
        INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM ticket_fact WHERE true ON CONFLICT DO NOTHING;
    END""",
    """CREATE TABLE audit (
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        agent_id INTEGER,
        customer_id INTEGER,
        words VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX audit_at ON audit (at)",
    "CREATE INDEX audit_customer ON audit (customer_id, at) WHERE customer_id IS NOT NULL",
    """CREATE TABLE banner (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        agent_id INTEGER,
        words VARCHAR NOT NULL,
        at INTEGER NOT NULL,
        until INTEGER,
        ended_at INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    """CREATE TABLE banner_seen (
        banner_id INTEGER NOT NULL,
        agent_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (banner_id, agent_id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )
     WITHOUT ROWID""",
    """CREATE TABLE form_draft (
        id INTEGER NOT NULL,
        agent_id INTEGER,
        form VARCHAR NOT NULL,
        about VARCHAR NOT NULL,
        opened_with VARCHAR NOT NULL,
        field VARCHAR NOT NULL,
        before VARCHAR NOT NULL,
        typed VARCHAR NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX form_draft_about ON form_draft (agent_id, form, about)",
    # With what the numbers of teams are counted from: all of them in one pass over it.
    "DROP INDEX ticket_active_team",
    """CREATE INDEX ticket_active_team ON ticket
        (team_id, due_at, id, status, snoozed_until, assignee_id, priority, created_at, updated_at,
        mood, promised_at, contacts) WHERE status<3""",
    # Older ones are in no number of the board.
    "INSERT OR IGNORE INTO stale_ticket(ticket_id) SELECT id FROM ticket WHERE status<3",
    """INSERT OR IGNORE INTO stale_ticket(ticket_id) SELECT id FROM ticket
        WHERE updated_at >= (unixepoch() - 40 * 86400) * 1000000""",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
