-- The schema of the first release, as it was; later migrations change it, this file never does.

CREATE TABLE "view" (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    "query" VARCHAR NOT NULL,
    sort VARCHAR NOT NULL,
    UNIQUE (uid)
);

CREATE TABLE snippet (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    title VARCHAR NOT NULL,
    "trigger" VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    keywords VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    actions VARCHAR NOT NULL,
    uses INTEGER NOT NULL,
    used_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (uid)
);

CREATE TABLE checklist (
    "key" VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE setting (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE organization (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    name VARCHAR NOT NULL,
    domain VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid)
);

CREATE TABLE source (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid),
    UNIQUE (name)
);

CREATE TABLE agent (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    handle VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid),
    UNIQUE (handle)
);

CREATE TABLE team (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    name VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid),
    UNIQUE (name)
);

CREATE TABLE channel (
    id INTEGER NOT NULL,
    "key" VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    target INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE ("key")
);

CREATE TABLE tag (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE active_tag (
    tag_id INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    PRIMARY KEY (tag_id, ticket_id)
)
 WITHOUT ROWID;

CREATE TABLE cursor (
    source_id INTEGER NOT NULL,
    stream VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (source_id, stream),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE TABLE customer (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    name VARCHAR NOT NULL,
    organization_id INTEGER,
    since INTEGER,
    "plan" VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    mood INTEGER NOT NULL,
    flags VARCHAR NOT NULL,
    details VARCHAR NOT NULL,
    contacted_at INTEGER,
    recency INTEGER NOT NULL,
    merged_into_id INTEGER,
    source_id INTEGER,
    external_id VARCHAR,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (uid),
    FOREIGN KEY(organization_id) REFERENCES organization (id),
    UNIQUE (recency),
    FOREIGN KEY(merged_into_id) REFERENCES customer (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE TABLE membership (
    team_id INTEGER NOT NULL,
    agent_id INTEGER NOT NULL,
    PRIMARY KEY (team_id, agent_id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
);

CREATE TABLE queue (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    name VARCHAR NOT NULL,
    team_id INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid),
    UNIQUE (name),
    FOREIGN KEY(team_id) REFERENCES team (id)
);

CREATE TABLE identity (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value VARCHAR NOT NULL,
    normal VARCHAR NOT NULL,
    known BOOLEAN NOT NULL,
    source_id INTEGER,
    UNIQUE (customer_id, kind, normal),
    FOREIGN KEY(customer_id) REFERENCES customer (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE TABLE ticket (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    number INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    preview VARCHAR NOT NULL,
    status INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    customer_id INTEGER,
    assignee_id INTEGER,
    team_id INTEGER,
    queue_id INTEGER,
    source_id INTEGER,
    external_id VARCHAR,
    mood INTEGER NOT NULL,
    contacts INTEGER NOT NULL,
    unread BOOLEAN NOT NULL,
    goal VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    choice VARCHAR NOT NULL,
    details VARCHAR NOT NULL,
    merged_into_id INTEGER,
    message_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    inbound_at INTEGER,
    outbound_at INTEGER,
    first_response_at INTEGER,
    due_at INTEGER,
    promised_at INTEGER,
    snoozed_until INTEGER,
    solved_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (uid),
    UNIQUE (number),
    FOREIGN KEY(channel_id) REFERENCES channel (id),
    FOREIGN KEY(customer_id) REFERENCES customer (id),
    FOREIGN KEY(assignee_id) REFERENCES agent (id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(queue_id) REFERENCES queue (id),
    FOREIGN KEY(source_id) REFERENCES source (id),
    FOREIGN KEY(merged_into_id) REFERENCES ticket (id)
);

CREATE TABLE checklist_run (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    ticket_id INTEGER NOT NULL,
    checklist_key VARCHAR NOT NULL,
    agent_id INTEGER,
    started_at INTEGER NOT NULL,
    UNIQUE (ticket_id, checklist_key),
    UNIQUE (uid),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
);

CREATE TABLE draft (
    id INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    agent_id INTEGER,
    kind VARCHAR NOT NULL,
    recipients VARCHAR NOT NULL,
    copies VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    attachments VARCHAR NOT NULL,
    cursor INTEGER NOT NULL,
    seen_inbound_id INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (ticket_id, agent_id, kind),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
);

CREATE TABLE message (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    ticket_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    at INTEGER NOT NULL,
    agent_id INTEGER,
    customer_id INTEGER,
    sender VARCHAR NOT NULL,
    recipients VARCHAR NOT NULL,
    copies VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    folds VARCHAR NOT NULL,
    html BOOLEAN NOT NULL,
    automatic VARCHAR NOT NULL,
    bounce VARCHAR NOT NULL,
    unparsed BOOLEAN NOT NULL,
    trackers INTEGER NOT NULL,
    message_id VARCHAR,
    in_reply_to VARCHAR,
    digest BLOB,
    raw BLOB,
    source_id INTEGER,
    external_id VARCHAR,
    seconds INTEGER,
    UNIQUE (uid),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id),
    FOREIGN KEY(customer_id) REFERENCES customer (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE TABLE suggestion (
    id INTEGER NOT NULL,
    ticket_id INTEGER NOT NULL,
    other_ticket_id INTEGER NOT NULL,
    reason VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    dismissed_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (ticket_id, other_ticket_id),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(other_ticket_id) REFERENCES ticket (id)
);

CREATE TABLE ticket_tag (
    ticket_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, tag_id),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(tag_id) REFERENCES tag (id)
)
 WITHOUT ROWID;

CREATE TABLE watch (
    ticket_id INTEGER NOT NULL,
    agent_id INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, agent_id),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
);

CREATE TABLE checklist_tick (
    run_id INTEGER NOT NULL,
    step VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    agent_id INTEGER,
    at INTEGER NOT NULL,
    reason VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    PRIMARY KEY (run_id, step),
    FOREIGN KEY(run_id) REFERENCES checklist_run (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id)
);

CREATE TABLE event (
    id INTEGER NOT NULL,
    deed BLOB NOT NULL,
    kind VARCHAR NOT NULL,
    at INTEGER NOT NULL,
    agent_id INTEGER,
    ticket_id INTEGER,
    customer_id INTEGER,
    message_id INTEGER,
    data VARCHAR NOT NULL,
    patch VARCHAR NOT NULL,
    undone_by BLOB,
    PRIMARY KEY (id),
    FOREIGN KEY(agent_id) REFERENCES agent (id),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(customer_id) REFERENCES customer (id),
    FOREIGN KEY(message_id) REFERENCES message (id)
);

CREATE TABLE outbox (
    id INTEGER NOT NULL,
    uid BLOB NOT NULL,
    deed BLOB NOT NULL,
    ticket_id INTEGER NOT NULL,
    message_id INTEGER,
    source_id INTEGER,
    kind VARCHAR NOT NULL,
    payload VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    created_at INTEGER NOT NULL,
    ready_at INTEGER NOT NULL,
    sent_at INTEGER,
    tries INTEGER NOT NULL,
    error VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uid),
    FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    FOREIGN KEY(message_id) REFERENCES message (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE TABLE message_reference (
    message_id VARCHAR NOT NULL,
    child_id INTEGER NOT NULL,
    PRIMARY KEY (message_id, child_id),
    FOREIGN KEY(child_id) REFERENCES message (id)
)
 WITHOUT ROWID;

CREATE TABLE attachment (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL,
    message_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,
    content_id VARCHAR NOT NULL,
    inline BOOLEAN NOT NULL,
    UNIQUE (uid),
    FOREIGN KEY(message_id) REFERENCES message (id)
);

CREATE VIRTUAL TABLE message_text USING fts5(
        body, content='', contentless_delete=1, detail=full, prefix='3 4',
        tokenize="unicode61 remove_diacritics 2");

CREATE VIRTUAL TABLE lookup USING fts5(
        words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4 5 6', tokenize="ascii tokenchars '~'");

CREATE VIRTUAL TABLE lookup_part USING fts5(
        letters, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1');

CREATE TABLE lookup_backwards(
        address TEXT NOT NULL, customer_id INTEGER NOT NULL, PRIMARY KEY(address, customer_id)) WITHOUT ROWID;

CREATE TABLE lookup_word(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);

CREATE TABLE lookup_misspelling(
        piece INTEGER NOT NULL, word_id INTEGER NOT NULL, PRIMARY KEY(piece, word_id)) WITHOUT ROWID;

CREATE TABLE lookup_gone(
        customer_id INTEGER NOT NULL, kind INTEGER NOT NULL, normal TEXT NOT NULL,
        PRIMARY KEY(customer_id, kind, normal)) WITHOUT ROWID;

CREATE UNIQUE INDEX snippet_trigger ON snippet ("trigger") WHERE trigger<>'';

CREATE INDEX ix_organization_name ON organization (name);

CREATE INDEX customer_external ON customer (source_id, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX customer_merged ON customer (merged_into_id) WHERE merged_into_id IS NOT NULL;

CREATE INDEX ticket_external ON ticket (source_id, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX ticket_active_pressing ON ticket (priority, due_at, id, status, snoozed_until, assignee_id, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_customer ON ticket (customer_id, updated_at DESC);

CREATE INDEX ticket_active_assignee ON ticket (assignee_id, due_at, id, status, snoozed_until, priority, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_active_updated ON ticket (updated_at DESC, id DESC, status, snoozed_until, created_at) WHERE status<3;

CREATE INDEX ticket_active_created ON ticket (created_at, id, status, snoozed_until, updated_at) WHERE status<3;

CREATE INDEX ticket_active_due ON ticket (due_at, id, status, snoozed_until, assignee_id, team_id, queue_id, channel_id, priority, mood, unread, promised_at, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_active_mood ON ticket (due_at, id, mood, status, snoozed_until) WHERE status<3 AND mood>0;

CREATE INDEX ticket_active_channel ON ticket (channel_id, due_at, id, status, snoozed_until, assignee_id, priority, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_active_promised ON ticket (promised_at, id, status, snoozed_until) WHERE status<3 AND promised_at IS NOT NULL;

CREATE INDEX ticket_solved ON ticket (solved_at, updated_at) WHERE status>=3;

CREATE INDEX ticket_active_queue ON ticket (queue_id, due_at, id, status, snoozed_until, assignee_id, priority, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_active_team ON ticket (team_id, due_at, id, status, snoozed_until, assignee_id, priority, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_snoozed ON ticket (snoozed_until, id, status) WHERE status<3 AND snoozed_until IS NOT NULL;

CREATE INDEX ticket_updated ON ticket (updated_at DESC, id DESC);

CREATE INDEX ticket_active_priority ON ticket (priority DESC, ifnull(due_at, 9223372036854775807), id, status, snoozed_until, created_at, updated_at) WHERE status<3;

CREATE INDEX ticket_created ON ticket (created_at, id);

CREATE INDEX ticket_resolved ON ticket (status, updated_at DESC, id DESC) WHERE status>=3;

CREATE INDEX ix_checklist_run_ticket_id ON checklist_run (ticket_id);

CREATE INDEX message_message_id ON message (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX message_ticket ON message (ticket_id, at, id);

CREATE INDEX message_digest ON message (digest) WHERE digest IS NOT NULL;

CREATE INDEX message_external ON message (source_id, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX message_customer ON message (customer_id, at DESC);

CREATE INDEX ix_suggestion_ticket_id ON suggestion (ticket_id);

CREATE INDEX ticket_tag_tag ON ticket_tag (tag_id, ticket_id);

CREATE INDEX ix_event_deed ON event (deed);

CREATE INDEX event_ticket ON event (ticket_id, at);

CREATE INDEX event_customer ON event (customer_id, at);

CREATE INDEX event_message ON event (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX event_kind ON event (kind, at);

CREATE INDEX event_undoable ON event (agent_id, id) WHERE patch<>'' AND undone_by IS NULL;

CREATE INDEX ix_outbox_ticket_id ON outbox (ticket_id);

CREATE INDEX outbox_open ON outbox (state, ready_at) WHERE state NOT IN ('sent','dropped');

CREATE INDEX ix_outbox_deed ON outbox (deed);

CREATE INDEX outbox_message ON outbox (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX message_reference_child ON message_reference (child_id);

CREATE INDEX ix_attachment_message_id ON attachment (message_id);

CREATE INDEX identity_normal ON identity(normal, customer_id);

CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
        INSERT INTO message_text(rowid, body) VALUES (new.id, new.subject || char(10) || new.body);
    END;

CREATE TRIGGER message_text_update AFTER UPDATE OF subject, body ON message BEGIN
        INSERT OR REPLACE INTO message_text(rowid, body) VALUES (new.id, new.subject || char(10) || new.body);
    END;

CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
        DELETE FROM message_text WHERE rowid = old.id;
    END;

CREATE TRIGGER active_tag_insert AFTER INSERT ON ticket_tag BEGIN
        INSERT OR IGNORE INTO active_tag(tag_id, ticket_id)
        SELECT new.tag_id, id FROM ticket WHERE id = new.ticket_id AND status < 3;
    END;

CREATE TRIGGER active_tag_delete AFTER DELETE ON ticket_tag BEGIN
        DELETE FROM active_tag WHERE tag_id = old.tag_id AND ticket_id = old.ticket_id;
    END;

CREATE TRIGGER active_tag_status AFTER UPDATE OF status ON ticket
    WHEN (old.status < 3) <> (new.status < 3) BEGIN
        DELETE FROM active_tag WHERE ticket_id = new.id;
        INSERT OR IGNORE INTO active_tag(tag_id, ticket_id)
        SELECT tag_id, new.id FROM ticket_tag WHERE ticket_id = new.id AND new.status < 3;
    END;

CREATE TRIGGER lookup_gone_delete AFTER DELETE ON identity WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END;

CREATE TRIGGER lookup_gone_update AFTER UPDATE OF customer_id, kind, normal ON identity
    WHEN old.kind IN (1, 2, 6) BEGIN
        INSERT OR IGNORE INTO lookup_gone VALUES (old.customer_id, old.kind, old.normal);
    END;

INSERT INTO message_text(message_text, rank) VALUES('automerge', 8);
INSERT INTO message_text(message_text, rank) VALUES('crisismerge', 64);
INSERT INTO lookup(lookup, rank) VALUES('automerge', 8);
INSERT INTO lookup(lookup, rank) VALUES('crisismerge', 64);
INSERT INTO lookup_part(lookup_part, rank) VALUES('automerge', 8);
INSERT INTO lookup_part(lookup_part, rank) VALUES('crisismerge', 64);
