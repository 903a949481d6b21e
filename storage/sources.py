"""Which sources take back what is written here. A file that was imported takes nothing."""

import json
from collections.abc import Iterable

from storage.connect import Connection

DELIVERING = ("mailbox", "rt", "zendesk", "zammad", "freshdesk", "helpscout", "team")


def delivering(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, int]:
    """The source that takes each ticket's changes; tickets that belong to this workspace alone are absent."""
    rows = connection.execute(
        "SELECT t.id, s.id FROM ticket t JOIN source s ON s.id = t.source_id "
        "WHERE t.id IN (SELECT value FROM json_each(?)) AND s.kind IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ticket_ids)), json.dumps(DELIVERING)),
    )
    return dict(rows.fetchall())
