"""How public a ticket is: its channel, and what its source says of the customer's followers."""

import json
from collections.abc import Iterator

from desk.reach import reach_words
from desk.records import Mark
from storage.connect import Connection

_ABOUT = """
    SELECT c.key, ifnull(u.details, '{}'), t.details FROM ticket t JOIN channel c ON c.id = t.channel_id
      LEFT JOIN customer u ON u.id = t.customer_id WHERE t.id = ?"""


def reach_marks(connection: Connection, ticket_id: int) -> Iterator[Mark]:
    """What stands over a ticket that others can read; the ticket's own details count before the customer's."""
    channel, of_customer, of_ticket = connection.execute(_ABOUT, (ticket_id,)).fetchone()
    words = reach_words(channel, {**json.loads(of_customer), **json.loads(of_ticket)})
    if words:
        yield Mark(words, "due")
