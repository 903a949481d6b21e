"""What came of what a helpdesk was asked to do: our message has its name there, fields stand there as they were set.

The invariant: what was taken there is what both sides begin with from then on. Every function works in the caller's
transaction.
"""

from storage import delivery
from storage.connect import Connection
from storage.delivery import Job
from storage.elsewhere import Value
from storage.helpdesk.base import spelled
from storage.helpdesk.following import follow
from storage.helpdesk.office import Helpdesk, Office
from storage.helpdesk.records import ChangeTicket, HelpdeskOperation, TicketNews, TickItem, WriteMessage
from storage.helpdesk.tickets import Given, take_given
from storage.helpdesk.twins import forget_twin

CUSTOMER_WROTE = "The customer wrote again before this left: read it, then send, change or drop this."
COLLEAGUE_WROTE = "A colleague has answered before this left: read it, then send, change or drop this."

_NAME = "UPDATE message SET external_id = ?, source_id = ? WHERE id = ? AND external_id IS NULL"
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
            if external_id and job.message_id is not None:
                forget_twin(office, job.message_id, external_id)
                connection.execute(_NAME, (external_id, office.source_id, job.message_id))
            if found is not None and found.external_id != operation.ticket:
                follow(office, job, found)
            elif found is not None:
                take_given(office, operation.ticket, Given(), found)
        case ChangeTicket():
            take_given(office, operation.ticket, _given(office, operation), found)
        case TickItem():
            connection.execute(_TICKED, (operation.done, office.source_id, operation.checklist, operation.item))
        case _:
            pass
    office.batch.finish()


def overtaken(connection: Connection, job: Job) -> str:
    """Why this reply has to be held: its customer wrote since, or a colleague answered there; empty: it hasn't."""
    if delivery.overtaken(connection, job):
        return CUSTOMER_WROTE
    if delivery.answered_elsewhere(connection, job):
        return COLLEAGUE_WROTE
    return ""


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
