"""Count tickets by status, find the tags of one ticket without reading all, and order what is not active too."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    # It read every active tag for each ticket that was solved: 0.75 ms on a million tickets.
    "DROP TRIGGER active_tag_status",
    """CREATE TRIGGER active_tag_status AFTER UPDATE OF status ON ticket
    WHEN (old.status < 3) <> (new.status < 3) BEGIN
        DELETE FROM active_tag WHERE ticket_id = new.id
        AND tag_id IN (SELECT tag_id FROM ticket_tag WHERE ticket_id = new.id);
        INSERT OR IGNORE INTO active_tag(tag_id, ticket_id)
        SELECT tag_id, new.id FROM ticket_tag WHERE ticket_id = new.id AND new.status < 3;
    END""",
    "CREATE TABLE ticket_count (status INTEGER NOT NULL, tickets INTEGER NOT NULL, PRIMARY KEY (status))",
    "INSERT INTO ticket_count(status, tickets) SELECT status, count(*) FROM ticket GROUP BY status",
    """CREATE TRIGGER ticket_count_insert AFTER INSERT ON ticket BEGIN
        INSERT INTO ticket_count(status, tickets) VALUES (new.status, 1)
        ON CONFLICT(status) DO UPDATE SET tickets = tickets + 1;
    END""",
    """CREATE TRIGGER ticket_count_status AFTER UPDATE OF status ON ticket WHEN old.status <> new.status BEGIN
        UPDATE ticket_count SET tickets = tickets - 1 WHERE status = old.status;
        INSERT INTO ticket_count(status, tickets) VALUES (new.status, 1)
        ON CONFLICT(status) DO UPDATE SET tickets = tickets + 1;
    END""",
    """CREATE TRIGGER ticket_count_delete AFTER DELETE ON ticket BEGIN
        UPDATE ticket_count SET tickets = tickets - 1 WHERE status = old.status;
    END""",
    # No question was ever asked of it.
    "DROP INDEX ticket_solved",
    "CREATE INDEX ticket_due ON ticket (due_at, id, status) WHERE due_at IS NOT NULL AND status>=0",
    "CREATE INDEX ticket_promised ON ticket (promised_at, id, status) WHERE promised_at IS NOT NULL AND status>=0",
    "DROP INDEX ticket_snoozed",
    "CREATE INDEX ticket_snoozed ON ticket (snoozed_until, id, status) WHERE snoozed_until IS NOT NULL",
    "CREATE INDEX ticket_team ON ticket (team_id) WHERE ifnull(team_id, 0)>=0",
    "CREATE INDEX ticket_queue ON ticket (queue_id) WHERE ifnull(queue_id, 0)>=0",
    "CREATE INDEX ticket_channel ON ticket (channel_id) WHERE ifnull(channel_id, 0)>=0",
    """CREATE INDEX ticket_priority ON ticket (priority DESC, ifnull(due_at, 9223372036854775807), id)
    WHERE ifnull(priority, 0)>=0""",
    "CREATE INDEX ticket_assignee ON ticket (assignee_id, updated_at DESC, id DESC)",
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
