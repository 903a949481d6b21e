"""What a customer has just said at a helpdesk comes to the queue, whatever the ticket waited for.

The invariants: the service says how a ticket stands, unless its customer wrote and nothing there took notice; a change
that was made here before, and would put the ticket away unread, gives way to the customer's words.
"""

import json
from collections.abc import Mapping

from desk.merging import Edit
from desk.statuses import Status
from desk.times import SECOND
from storage.elsewhere import STATUS, Elsewhere, Value, take
from storage.helpdesk.office import Office

# What a service does itself when a message comes in is done by then.
AT_ONCE = 5 * SECOND

# One that is new here stands as the service says.
_STANDING = """
    SELECT t.status, r.category, r.status, r.updated_at
      FROM ticket t JOIN remote_ticket r ON r.ticket_id = t.id
     WHERE t.id = ? AND t.status <> 4 AND t.message_count > 0 AND ? >= ifnull(t.inbound_at, 0)"""
_WAKE = "UPDATE ticket SET unread = 1, snoozed_until = NULL WHERE id = ?"
# The word that it has there means again what it means there.
_MEANS = """
    UPDATE remote_ticket SET status = category, base = json_set(base, '$.fields.status', category)
     WHERE ticket_id = ?"""
# Their newest message was answered, or they are done with: nobody has to read it.
_READ = """
    UPDATE ticket SET unread = 0
     WHERE id IN (SELECT value FROM json_each(?)) AND unread
       AND (status >= 3 OR coalesce(outbound_at, 0) > coalesce(inbound_at, 0))"""


def settle(office: Office, heard: Mapping[int, int]) -> None:
    """Let tickets follow what was heard (when a customer wrote last, by ticket), and finish the batch."""
    for ticket_id, at in heard.items():
        row = office.connection.execute(_STANDING, (ticket_id, at)).fetchone()
        if row is not None and at >= office.connected_at:
            _wake(office, ticket_id, row, at)
    # Clocks are set by how the tickets stand then.
    office.batch.finish()
    office.connection.execute(_READ, (json.dumps(sorted(office.batch.changed_tickets)),))


def _wake(office: Office, ticket_id: int, row: tuple[int, int, int, int], at: int) -> None:
    status, category, meant, told_at = row
    office.connection.execute(_WAKE, (ticket_id,))
    # What waits for somebody else still does.
    if status in (Status.OPEN, Status.HOLD):
        return
    if category != meant:
        office.connection.execute(_MEANS, (ticket_id,))
    there = Status(category)
    untouched = told_at <= at + AT_ONCE
    wanted = Status.OPEN if there in (Status.PENDING, Status.SOLVED) and untouched else there
    if wanted != status:
        # Whoever put it away here hadn't read this, whatever the hour.
        edit: Edit[Value] = Edit(int(wanted), office.now, office.where)
        take(office.connection, ticket_id, Elsewhere(office.where, office.now), {}, {STATUS: edit})
