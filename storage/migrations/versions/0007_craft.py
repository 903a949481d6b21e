"""The craft: calls, promises and clocks, gestures and ratings, known answers and tasks, incidents, erased customers."""

from alembic import op

revision = "0007"
down_revision = "0006"

# A flag was one text, mostly "abusive: shouted at Bo"; who put it on, and when, wasn't kept.
FLAGS = """UPDATE customer SET flags = (
    SELECT json_group_array(json_object(
        'kind', CASE WHEN instr(value, ': ') > 0 THEN substr(value, 1, instr(value, ': ') - 1) ELSE value END,
        'reason', CASE WHEN instr(value, ': ') > 0 THEN substr(value, instr(value, ': ') + 2) ELSE '' END,
        'at', NULL, 'by', '')) FROM json_each(customer.flags)) WHERE flags <> '[]'"""
STATEMENTS = (
    """CREATE TABLE call (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        direction VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        way VARCHAR NOT NULL,
        external_id VARCHAR NOT NULL,
        number VARCHAR NOT NULL,
        caller VARCHAR NOT NULL,
        customer_id INTEGER,
        ticket_id INTEGER,
        message_id INTEGER,
        agent_id INTEGER,
        rang_at INTEGER NOT NULL,
        answered_at INTEGER,
        held_at INTEGER,
        held_seconds INTEGER NOT NULL,
        ended_at INTEGER,
        wrapped_at INTEGER,
        goal VARCHAR NOT NULL,
        notes VARCHAR NOT NULL,
        outcome VARCHAR NOT NULL,
        follow_up VARCHAR NOT NULL,
        follow_up_at INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(message_id) REFERENCES message (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX call_customer ON call (customer_id, rang_at DESC)",
    "CREATE UNIQUE INDEX call_external ON call (way, external_id) WHERE external_id<>''",
    "CREATE INDEX call_open ON call (state, agent_id) WHERE state NOT IN ('done','missed')",
    "CREATE INDEX call_rang ON call (rang_at)",
    "CREATE INDEX call_ticket ON call (ticket_id) WHERE ticket_id IS NOT NULL",
    """CREATE TABLE promise (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        ticket_id INTEGER NOT NULL,
        message_id INTEGER,
        agent_id INTEGER,
        words VARCHAR NOT NULL,
        made_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        target_at INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        settled_at INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(message_id) REFERENCES message (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX ix_promise_ticket_id ON promise (ticket_id)",
    "CREATE INDEX promise_made ON promise (made_at)",
    "CREATE INDEX promise_open ON promise (target_at, ticket_id) WHERE state='open'",
    """INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state)
        SELECT randomblob(16), id, '', created_at, promised_at, promised_at, 'open' FROM ticket
        WHERE promised_at IS NOT NULL AND status<3""",
    "ALTER TABLE ticket ADD COLUMN warns_at INTEGER",
    "ALTER TABLE channel DROP COLUMN target",
    """CREATE TABLE gesture (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        ticket_id INTEGER,
        customer_id INTEGER,
        agent_id INTEGER,
        team_id INTEGER,
        kind VARCHAR NOT NULL,
        amount INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        reason VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        made_at INTEGER NOT NULL,
        decided_at INTEGER,
        decided_by_id INTEGER,
        answer VARCHAR NOT NULL,
        UNIQUE (uid),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id),
        FOREIGN KEY(team_id) REFERENCES team (id),
        FOREIGN KEY(decided_by_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX gesture_agent ON gesture (agent_id, made_at)",
    "CREATE INDEX gesture_team ON gesture (team_id, made_at)",
    "CREATE INDEX gesture_made ON gesture (made_at)",
    "CREATE INDEX gesture_waiting ON gesture (made_at, id) WHERE state='waiting'",
    "CREATE INDEX ix_gesture_customer_id ON gesture (customer_id)",
    "CREATE INDEX ix_gesture_ticket_id ON gesture (ticket_id)",
    """CREATE TABLE rating (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        ticket_id INTEGER NOT NULL,
        message_id INTEGER,
        answer_id INTEGER,
        agent_id INTEGER,
        score INTEGER NOT NULL,
        words VARCHAR NOT NULL,
        way VARCHAR NOT NULL,
        at INTEGER NOT NULL,
        action VARCHAR NOT NULL,
        acted_at INTEGER,
        acted_by_id INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        UNIQUE (message_id),
        FOREIGN KEY(message_id) REFERENCES message (id),
        UNIQUE (answer_id),
        FOREIGN KEY(answer_id) REFERENCES message (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id),
        FOREIGN KEY(acted_by_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX ix_rating_ticket_id ON rating (ticket_id)",
    "CREATE INDEX rating_at ON rating (at)",
    "CREATE INDEX rating_score ON rating (score, ticket_id)",
    "CREATE INDEX rating_unacted ON rating (ticket_id) WHERE score=1 AND action=''",
    """CREATE TABLE known_answer (
        snippet_id INTEGER NOT NULL,
        question VARCHAR NOT NULL,
        ticket_id INTEGER,
        agent_id INTEGER,
        captured_at INTEGER NOT NULL,
        PRIMARY KEY (snippet_id),
        FOREIGN KEY(snippet_id) REFERENCES snippet (id),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    """CREATE TABLE snippet_use (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        snippet_id INTEGER NOT NULL,
        title VARCHAR NOT NULL,
        ticket_id INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        agent_id INTEGER,
        at INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        inserted VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(message_id) REFERENCES message (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX ix_snippet_use_message_id ON snippet_use (message_id)",
    "CREATE INDEX snippet_use_at ON snippet_use (at)",
    "CREATE INDEX snippet_use_snippet ON snippet_use (snippet_id, at)",
    """CREATE TABLE writing (
        ticket_id INTEGER NOT NULL,
        agent_id INTEGER NOT NULL,
        kind VARCHAR NOT NULL,
        begun_at INTEGER,
        snippets VARCHAR NOT NULL,
        PRIMARY KEY (ticket_id, agent_id, kind),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )
     WITHOUT ROWID""",
    """CREATE TABLE answer_group (
        id INTEGER NOT NULL,
        sketch BLOB NOT NULL,
        PRIMARY KEY (id)
    )""",
    """CREATE TABLE answer_member (
        message_id INTEGER NOT NULL,
        group_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (message_id),
        FOREIGN KEY(group_id) REFERENCES answer_group (id)
    )""",
    "CREATE INDEX answer_member_at ON answer_member (at, group_id)",
    "CREATE INDEX answer_member_group ON answer_member (group_id, at)",
    """CREATE TABLE answer_key (
        "key" INTEGER NOT NULL,
        group_id INTEGER NOT NULL,
        PRIMARY KEY ("key", group_id),
        FOREIGN KEY(group_id) REFERENCES answer_group (id)
    )
     WITHOUT ROWID""",
    """CREATE TABLE task (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        title VARCHAR NOT NULL,
        cause VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        agent_id INTEGER,
        assignee_id INTEGER,
        created_at INTEGER NOT NULL,
        due_at INTEGER,
        done_at INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(agent_id) REFERENCES agent (id),
        FOREIGN KEY(assignee_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX task_open ON task (due_at, id) WHERE state='open'",
    """CREATE TABLE task_ticket (
        task_id INTEGER NOT NULL,
        ticket_id INTEGER NOT NULL,
        PRIMARY KEY (task_id, ticket_id),
        FOREIGN KEY(task_id) REFERENCES task (id),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX task_ticket_ticket ON task_ticket (ticket_id, task_id)",
    """CREATE TABLE incident (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        title VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        notice VARCHAR NOT NULL,
        agent_id INTEGER,
        next_update_at INTEGER,
        created_at INTEGER NOT NULL,
        over_at INTEGER,
        UNIQUE (uid),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX incident_open ON incident (next_update_at, id) WHERE state<>'over'",
    """CREATE TABLE incident_ticket (
        incident_id INTEGER NOT NULL,
        ticket_id INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        agent_id INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (incident_id, ticket_id),
        FOREIGN KEY(incident_id) REFERENCES incident (id),
        FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX incident_ticket_ticket ON incident_ticket (ticket_id, incident_id)",
    """CREATE TABLE incident_update (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL,
        incident_id INTEGER NOT NULL,
        agent_id INTEGER,
        text VARCHAR NOT NULL,
        at INTEGER NOT NULL,
        tickets INTEGER NOT NULL,
        UNIQUE (uid),
        FOREIGN KEY(incident_id) REFERENCES incident (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX ix_incident_update_incident_id ON incident_update (incident_id)",
    """CREATE TABLE customer_value (
        customer_id INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        currency VARCHAR NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (customer_id),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    )""",
    """CREATE TABLE no_duplicate (
        customer_id INTEGER NOT NULL,
        other_id INTEGER NOT NULL,
        agent_id INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (customer_id, other_id),
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        FOREIGN KEY(other_id) REFERENCES customer (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    """CREATE TABLE customer_merge (
        customer_id INTEGER NOT NULL,
        into_id INTEGER NOT NULL,
        deed BLOB NOT NULL,
        agent_id INTEGER,
        at INTEGER NOT NULL,
        gave VARCHAR NOT NULL,
        since VARCHAR NOT NULL,
        PRIMARY KEY (customer_id),
        FOREIGN KEY(customer_id) REFERENCES customer (id),
        FOREIGN KEY(into_id) REFERENCES customer (id),
        FOREIGN KEY(agent_id) REFERENCES agent (id)
    )""",
    "CREATE INDEX ix_customer_merge_into_id ON customer_merge (into_id)",
    """CREATE TABLE merged_row (
        kind VARCHAR NOT NULL,
        row_id INTEGER NOT NULL,
        customer_id INTEGER NOT NULL,
        PRIMARY KEY (kind, row_id),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX merged_row_customer ON merged_row (customer_id, kind)",
    """CREATE TABLE tombstone (
        digest BLOB NOT NULL,
        customer_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (digest),
        FOREIGN KEY(customer_id) REFERENCES customer (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX customer_since ON customer (since) WHERE since IS NOT NULL",
    "CREATE INDEX checklist_run_started ON checklist_run (started_at)",
    "CREATE INDEX ix_tombstone_customer_id ON tombstone (customer_id)",
    FLAGS,
)


def upgrade() -> None:
    bound = op.get_bind()
    for statement in STATEMENTS:
        bound.exec_driver_sql(statement)
