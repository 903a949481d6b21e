"""A message of ours that its helpdesk told in other words, so that it came in as a colleague's before it was found.

The invariant: a message that was written here is here once, in the words that were written here. Every function works
in the caller's transaction.
"""

from contextlib import suppress

from storage.helpdesk.office import Office

_TWIN = "SELECT id, ticket_id FROM message WHERE source_id = ? AND external_id = ? AND id <> ?"
_FORGET = (
    "DELETE FROM remote_file WHERE attachment_id IN (SELECT id FROM attachment WHERE message_id = ?)",
    "DELETE FROM attachment WHERE message_id = ?",
    "DELETE FROM message WHERE id = ?",
)


def forget_twin(office: Office, message_id: int, external_id: str) -> None:
    """Keep only our own of what is called so there; both stay where something hangs on the other one, as its row."""
    connection = office.connection
    for twin, ticket_id in connection.execute(_TWIN, (office.source_id, external_id, message_id)).fetchall():
        connection.execute("SAVEPOINT twin")
        with suppress(connection.IntegrityError):
            for statement in _FORGET:
                connection.execute(statement, (twin,))
            connection.execute("RELEASE twin")
            office.batch.changed_tickets.add(ticket_id)
            continue
        connection.execute("ROLLBACK TO twin")
        connection.execute("RELEASE twin")
