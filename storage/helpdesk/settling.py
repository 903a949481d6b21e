"""What came of what a helpdesk was asked to do: our message has its name there, fields stand there as they were set.

The invariant: what was taken there is what both sides begin with from then on. Every function works in the caller's
transaction.
"""

from storage import delivery
from storage.connect import Connection
from storage.delivery import Job
from storage.elsewhere import Value
from storage.helpdesk.base import spelled
from storage.helpdesk.office import Helpdesk, Office
from storage.helpdesk.records import ChangeTicket, HelpdeskOperation, TicketNews, TickItem, WriteMessage
from storage.helpdesk.tickets import Given, put_tickets, take_given

CUSTOMER_WROTE = "The customer wrote again before this left: read it, then send, change or drop this."
COLLEAGUE_WROTE = "A colleague has answered before this left: read it, then send, change or drop this."

_NAME = "UPDATE message SET external_id = ?, source_id = ? WHERE id = ? AND external_id IS NULL"
_TICKET = "SELECT id FROM ticket WHERE source_id = ? AND external_id = ? AND merged_into_id IS NULL"
_MOVE = "UPDATE message SET ticket_id = ? WHERE id = ?"
_NAMED = "SELECT external_id IS NOT NULL FROM message WHERE id = ?"
_TICKED = "UPDATE remote_step SET done = ? WHERE source_id = ? AND checklist = ? AND item = ?"
_HANDLE = (
    "SELECT handle FROM remote_agent r JOIN agent a ON a.id = r.agent_id WHERE r.source_id = ? AND r.external_id = ?"
)


def keep(
    connection: Connection, helpdesk: Helpdesk, job: Job, operation: HelpdeskOperation, external_id: str,
    found: TicketNews | None, now: int, *, ahead: int = 0,
) -> None:  # fmt: skip
    """It was done: `external_id` and `found` as the receipt has them. Beside `delivery.arrived`."""
    office = Office(connection, helpdesk, now, ahead)
    match operation:
        case WriteMessage():
            if external_id:
                connection.execute(_NAME, (external_id, office.source_id, job.message_id))
            if found is not None and found.external_id != operation.ticket:
                _follow(office, job, found)
            elif found is not None:
                take_given(office, operation.ticket, Given(), found)
        case ChangeTicket():
            take_given(office, operation.ticket, _given(office, operation), found)
        case TickItem():
            connection.execute(_TICKED, (operation.done, office.source_id, operation.checklist, operation.item))
        case _:
            pass
    office.batch.finish()


def met_again(connection: Connection, job: Job) -> bool:
    """Whether the message of that row was told by its helpdesk, so that it must have arrived."""
    row = connection.execute(_NAMED, (job.message_id,)).fetchone()
    return row is not None and bool(row[0])


def overtaken(connection: Connection, job: Job) -> str:
    """Why this reply has to be held: its customer wrote since, or a colleague answered there; empty: it hasn't."""
    if delivery.overtaken(connection, job):
        return CUSTOMER_WROTE
    if delivery.answered_elsewhere(connection, job):
        return COLLEAGUE_WROTE
    return ""


def _follow(office: Office, job: Job, found: TicketNews) -> None:
    """The words began another ticket there, and lie on it here too; the old one stays as it was."""
    put_tickets(office, (found,))
    row = office.connection.execute(_TICKET, (office.source_id, found.external_id)).fetchone()
    if row is None:
        return
    office.connection.execute(_MOVE, (row[0], job.message_id))
    office.batch.changed_tickets |= {job.ticket_id, row[0]}


def _given(office: Office, operation: ChangeTicket) -> Given:
    fields: dict[str, Value] = {}
    if operation.status is not None:
        fields["status"] = int(operation.status)
    if operation.priority is not None:
        fields["priority"] = int(operation.priority)
    if operation.queue is not None:
        fields["queue"] = operation.queue or None
    if operation.assignee is not None:
        row = office.connection.execute(_HANDLE, (office.source_id, operation.assignee)).fetchone()
        fields["assignee"] = row[0] if row else None
    return Given(fields, tuple(spelled(operation.add_tags)), tuple(spelled(operation.remove_tags)))
