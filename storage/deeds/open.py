"""Opening a ticket: the newest message has been seen. No deed, since nobody wants reading to be undone."""

from storage.connect import Connection
from storage.deeds.by import By


def opened(connection: Connection, by: By, ticket_id: int) -> None:
    """Clear the mark of an unread ticket, unless someone who only looks in opens a colleague's."""
    connection.execute(
        "UPDATE ticket SET unread = 0 WHERE id = ? AND unread = 1 AND (assignee_id IS NULL OR assignee_id IS ?)",
        (ticket_id, by.agent_id),
    )
