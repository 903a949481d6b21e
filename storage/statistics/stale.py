"""Which tickets have changed since their facts were counted: noted by triggers, whoever writes.

The invariant: whatever a fact of a ticket is counted from can't change without the ticket's being noted, in the same
transaction. Noting is all that a writer pays: one entry of a small table, for a ticket of ten messages too.
"""

from collections.abc import Iterator

# An upsert of its own: of INSERT OR IGNORE in a trigger, the statement that fired it would have the say.
_NOTE = "INSERT INTO stale_ticket(ticket_id) VALUES {} ON CONFLICT DO NOTHING"
_MESSAGE_OF = (
    "INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM message WHERE id = {}.message_id ON CONFLICT DO NOTHING"
)
# What facts are counted from. What a ticket says besides, and when it was touched last, makes no difference to them.
_TICKET = "status, priority, channel_id, team_id, merged_into_id, created_at, solved_at, details"
_MESSAGE = "ticket_id, kind, at, automatic"
_TOLD = "new.ticket_id IS NOT NULL AND new.kind IN ('changed', 'changed elsewhere', 'opened_first')"
# The team's rules that say when somebody waits too long, and when one contact was enough.
_RULES = "key IN ('rules.targets', 'rules.answers')"
_ALL = "INSERT INTO stale_ticket(ticket_id) SELECT ticket_id FROM ticket_fact WHERE true ON CONFLICT DO NOTHING"


def _notes() -> Iterator[tuple[str, str]]:
    """When something is noted, and what."""
    yield "ticket_insert AFTER INSERT ON ticket", _NOTE.format("(new.id)")
    yield f"ticket_update AFTER UPDATE OF {_TICKET} ON ticket", _NOTE.format("(new.id)")
    yield "ticket_delete AFTER DELETE ON ticket", _NOTE.format("(old.id)")
    yield "message_insert AFTER INSERT ON message", _NOTE.format("(new.ticket_id)")
    yield f"message_update AFTER UPDATE OF {_MESSAGE} ON message", _NOTE.format("(old.ticket_id), (new.ticket_id)")
    yield "message_delete AFTER DELETE ON message", _NOTE.format("(old.ticket_id)")
    yield f"event_insert AFTER INSERT ON event WHEN {_TOLD}", _NOTE.format("(new.ticket_id)")
    yield f"event_update AFTER UPDATE OF undone_by, data ON event WHEN {_TOLD}", _NOTE.format("(new.ticket_id)")
    yield "event_delete AFTER DELETE ON event WHEN old.ticket_id IS NOT NULL", _NOTE.format("(old.ticket_id)")
    # A reply that never left was no answer, on whichever ticket it stands by now.
    turned = "(old.state = 'dropped') <> (new.state = 'dropped')"
    yield f"outbox_update AFTER UPDATE OF state ON outbox WHEN {turned}", _MESSAGE_OF.format("new")
    yield "outbox_delete AFTER DELETE ON outbox WHEN old.state = 'dropped'", _MESSAGE_OF.format("old")
    yield "outbox_insert AFTER INSERT ON outbox WHEN new.state = 'dropped'", _MESSAGE_OF.format("new")
    # A target may be bound to a tag.
    yield "tag_insert AFTER INSERT ON ticket_tag", _NOTE.format("(new.ticket_id)")
    yield "tag_delete AFTER DELETE ON ticket_tag", _NOTE.format("(old.ticket_id)")
    yield f"rules_insert AFTER INSERT ON setting WHEN new.{_RULES}", _ALL
    yield f"rules_update AFTER UPDATE ON setting WHEN new.{_RULES}", _ALL
    yield f"rules_delete AFTER DELETE ON setting WHEN old.{_RULES}", _ALL


TRIGGERS = tuple(f"CREATE TRIGGER stale_{when} BEGIN {what}; END" for when, what in _notes())
