"""What SQLModel can't say of the schema: triggers and the full-text index of messages.

The tags of active tickets are kept apart by triggers, since a tag's view over all tickets cost 58 ms on a million and
0.8 ms over the active ones; triggers count the tickets of each status too, and note which tickets have changed for the
numbers of the board. They hold whoever writes, as long as no row is replaced: `INSERT OR REPLACE` deletes without a
word to triggers, where an upsert tells them. Messages are found newest first, never by rank: a rank reads every posting
of a word.
"""

from storage.search.schema import STATEMENTS as SEARCH_STATEMENTS
from storage.statistics.stale import TRIGGERS as STALE_TICKETS

MESSAGE_TEXT = (
    """CREATE VIRTUAL TABLE message_text USING fts5(
        body, content='', contentless_delete=1, detail=full, prefix='3 4',
        tokenize="unicode61 remove_diacritics 2")""",
    "INSERT INTO message_text(message_text, rank) VALUES('automerge', 8)",
    "INSERT INTO message_text(message_text, rank) VALUES('crisismerge', 64)",
    """CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
        INSERT INTO message_text(rowid, body) VALUES (new.id, new.subject || char(10) || new.body);
    END""",
    """CREATE TRIGGER message_text_update AFTER UPDATE OF subject, body ON message BEGIN
        INSERT OR REPLACE INTO message_text(rowid, body) VALUES (new.id, new.subject || char(10) || new.body);
    END""",
    """CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
        DELETE FROM message_text WHERE rowid = old.id;
    END""",
)

ACTIVE_TAGS = (
    """CREATE TRIGGER active_tag_insert AFTER INSERT ON ticket_tag BEGIN
        INSERT OR IGNORE INTO active_tag(tag_id, ticket_id)
        SELECT new.tag_id, id FROM ticket WHERE id = new.ticket_id AND status < 3;
    END""",
    """CREATE TRIGGER active_tag_delete AFTER DELETE ON ticket_tag BEGIN
        DELETE FROM active_tag WHERE tag_id = old.tag_id AND ticket_id = old.ticket_id;
    END""",
    """CREATE TRIGGER active_tag_status AFTER UPDATE OF status ON ticket
    WHEN (old.status < 3) <> (new.status < 3) BEGIN
        DELETE FROM active_tag WHERE ticket_id = new.id
        AND tag_id IN (SELECT tag_id FROM ticket_tag WHERE ticket_id = new.id);
        INSERT OR IGNORE INTO active_tag(tag_id, ticket_id)
        SELECT tag_id, new.id FROM ticket_tag WHERE ticket_id = new.id AND new.status < 3;
    END""",
)

TICKET_COUNTS = (
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
)

STATEMENTS: tuple[str, ...] = (*MESSAGE_TEXT, *ACTIVE_TAGS, *TICKET_COUNTS, *STALE_TICKETS, *SEARCH_STATEMENTS)
