"""Handing a ticket over to a supervisor: theirs from now on, with a note that says why; one deed, undone as one."""

from typing import TYPE_CHECKING

from desk.errors import BadInput
from storage.connect import raw
from storage.deeds.by import By, Done
from storage.deeds.plan import Change
from storage.deeds.write import Outgoing, write
from storage.supervisors import next_supervisor

if TYPE_CHECKING:
    from sqlmodel import Session

_TITLE = (
    "UPDATE event SET data = json_set(data, '$.done', ?) WHERE deed = ? AND json_extract(data, '$.done') IS NOT NULL"
)


def hand_over(session: "Session", by: By, ticket_id: int, reason: str) -> Done:
    """Assign it to the supervisor with the least to do; Refused where there is none, BadInput without a reason."""
    if not reason.strip():
        raise BadInput("The supervisor should know why", "Say it in a few words.")
    supervisor = next_supervisor(raw(session), by.agent_id)
    note = Outgoing("note", f"Handed over to {supervisor.name}: {reason.strip()}", after=Change(assignee=supervisor.id))
    done = write(session, by, ticket_id, note)
    (number,) = raw(session).execute("SELECT number FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
    title = f"Handed #{number} over to {supervisor.name}"
    raw(session).execute(_TITLE, (title, done.deed))
    return done._replace(title=title)
