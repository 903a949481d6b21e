"""From a row of the outbox to what a helpdesk is asked to do, from how things stand there as far as is known now.

The invariant: only what still differs from what stands there is asked for, in the service's own names and words.
"""

import json
from dataclasses import dataclass

from desk.errors import BadInput
from desk.mail.addresses import addresses
from desk.statuses import Priority, Status
from storage import outgoing
from storage.connect import Connection
from storage.delivery import Job
from storage.elsewhere import Value
from storage.helpdesk.base import Base, Label, read_base
from storage.helpdesk.colleagues import external_id_of
from storage.helpdesk.office import Helpdesk
from storage.helpdesk.records import (
    ChangeTicket,
    HelpdeskOperation,
    MergeTicket,
    OutgoingFile,
    TickItem,
    WriteMessage,
)
from storage.sources import TAKES

_TICKET = """
    SELECT t.external_id, ifnull(r.version, ''), ifnull(r.base, '{}'), r.label, r.category, r.status,
           ifnull(r.labels, '{}'), r.gone_at, t.number
      FROM ticket t LEFT JOIN remote_ticket r ON r.ticket_id = t.id
     WHERE t.id = ? AND t.source_id = ? AND t.external_id IS NOT NULL"""
# Of one second the later one has the higher number, wherever names are numbers.
_SEEN = """
    SELECT external_id FROM message WHERE ticket_id = ? AND source_id = ? AND external_id IS NOT NULL
     ORDER BY at DESC, length(external_id) DESC, external_id DESC LIMIT 1"""
_PAYLOAD = "SELECT payload FROM outbox WHERE id = ?"
_INTO = "SELECT external_id FROM ticket WHERE number = ? AND source_id = ?"
_ITEM = "SELECT checklist, item, done FROM remote_step WHERE checklist_key = ? AND step = ? AND source_id = ?"
_OWN = """
    SELECT i.value FROM ticket t JOIN identity i ON i.customer_id = t.customer_id WHERE t.id = ? AND +i.kind = 2
     UNION SELECT sender FROM message WHERE ticket_id = ? AND kind = 'inbound'"""
_LAST_COPIES = """
    SELECT copies FROM message WHERE ticket_id = ? AND kind = 'inbound' AND id < ? ORDER BY at DESC, id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class _There:
    """A ticket as it is known to be there."""

    id: int
    external_id: str
    version: str
    base: Base
    label: Label


def operation(connection: Connection, helpdesk: Helpdesk, job: Job) -> HelpdeskOperation | None:
    """What that row asks of its helpdesk; None where nothing is left to be asked.

    Raises BadInput where it can't be put into words: a file that is lost, an agent who doesn't work there.
    """
    there = _there(connection, helpdesk, job)
    match job.kind:
        case "reply" | "note":
            return _message(connection, helpdesk, job, there)
        case "change":
            return _change(connection, helpdesk, job, there)
        case "merge":
            into = connection.execute(_INTO, (_payload(connection, job)["merged_into"][1], helpdesk.row.id)).fetchone()
            return None if into is None else MergeTicket(job.uid.hex(), there.external_id, into[0], job.created_at)
        case "tick":
            return _tick(connection, helpdesk, job, there)
        case _:
            return None


def _there(connection: Connection, helpdesk: Helpdesk, job: Job) -> _There:
    row = connection.execute(_TICKET, (job.ticket_id, helpdesk.row.id)).fetchone()
    if row is None:
        raise BadInput(f"This ticket isn't known at {helpdesk.row.name}", "Drop this, and write on another ticket.")
    external_id, version, base, word, category, status, labels, gone_at, number = row
    if gone_at is not None:
        raise BadInput(f"#{number} was deleted at {helpdesk.row.name}", "Drop this, or write on another ticket.")
    label = Label(word or "", category or 0, status or 0, json.loads(labels))
    return _There(job.ticket_id, external_id, version, read_base(base), label)


def _message(connection: Connection, helpdesk: Helpdesk, job: Job, there: _There) -> WriteMessage | None:
    if job.message_id is None:
        return None
    written = outgoing.written(helpdesk.workspace, connection, job.message_id)
    lost = next((file.name for file in written.files if not file.path.is_file()), None)
    if lost is not None:
        raise BadInput(f"The file {lost} isn't here any more", "Attach it anew.")
    seen = connection.execute(_SEEN, (job.ticket_id, helpdesk.row.id)).fetchone()
    recipients, copies = _addressed(connection, job, written) if job.kind == "reply" else ((), ())
    return WriteMessage(
        key=job.uid.hex(),
        ticket=there.external_id,
        kind="reply" if job.kind == "reply" else "note",
        body=written.body,
        recipients=recipients,
        copies=copies,
        files=tuple(OutgoingFile(file.name, file.type, file.path) for file in written.files),
        version=there.version,
        seen=seen[0] if seen else "",
        begun_at=job.created_at,
    )


def _addressed(
    connection: Connection, job: Job, written: outgoing.Written
) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Whom it is for, where that isn't whom the ticket says: its customer, and whom they had in copy."""
    to, copies = _addresses(written.recipients), _addresses(written.copies)
    known = [said for (said,) in connection.execute(_OWN, (job.ticket_id, job.ticket_id))]
    own = {each.casefold() for said in known for each in _addresses(said)}
    last = connection.execute(_LAST_COPIES, (job.ticket_id, job.message_id)).fetchone()
    in_copy = {each.casefold() for each in _addresses(last[0] if last else "")}
    if own.issuperset(map(str.casefold, to)) and {each.casefold() for each in copies} == in_copy:
        return (), ()
    return to, copies


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(each.address for each in addresses(text.encode()) if "@" in each.address)


def _change(connection: Connection, helpdesk: Helpdesk, job: Job, there: _There) -> ChangeTicket | None:
    taken = helpdesk.row.settings.get(TAKES, "").split()
    wished = {field: turn for field, turn in _payload(connection, job).items() if field in taken}
    fields = {field: turn[1] for field, turn in wished.items() if field != "tags"}
    left = {field: value for field, value in fields.items() if there.base.fields.get(field, ...) != value}
    added, removed = _tags(there, wished)
    if not (left or added or removed):
        return None
    status, priority, queue = left.get("status"), left.get("priority"), left.get("queue")
    return ChangeTicket(
        key=job.uid.hex(),
        ticket=there.external_id,
        version=there.version,
        changed_at=job.created_at,
        status=Status(status) if isinstance(status, int) else None,
        label=there.label.of_status(status) if isinstance(status, int) else "",
        priority=Priority(priority) if isinstance(priority, int) else None,
        assignee=_assignee(connection, helpdesk, left["assignee"]) if "assignee" in left else None,
        queue=str(queue or "") if "queue" in left else None,
        add_tags=added,
        remove_tags=removed,
    )


def _tags(there: _There, wished: dict[str, list[Value]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is still to come and to go, in the service's spelling."""
    if "tags" not in wished:
        return (), ()
    before, after = (set(each) if isinstance(each, list) else set() for each in wished["tags"])
    added = tuple(sorted(str(tag) for tag in after - before if tag not in there.base.tags))
    return added, tuple(there.base.tags[tag] for tag in sorted(before - after) if tag in there.base.tags)


def _assignee(connection: Connection, helpdesk: Helpdesk, handle: Value) -> str:
    if not handle:
        return ""
    external_id = external_id_of(connection, helpdesk.row.id, str(handle))
    if external_id is None:
        raise BadInput(
            f"{handle} isn't known at {helpdesk.row.name}", "Give the ticket to somebody who works there, or drop this."
        )
    return external_id


def _tick(connection: Connection, helpdesk: Helpdesk, job: Job, there: _There) -> TickItem | None:
    payload = _payload(connection, job)
    row = connection.execute(_ITEM, (payload["checklist"][1], payload["step"][1], helpdesk.row.id)).fetchone()
    done = bool(payload["done"][1])
    if row is None or bool(row[2]) == done:
        return None
    return TickItem(job.uid.hex(), there.external_id, row[0], row[1], done, job.created_at)


def _payload(connection: Connection, job: Job) -> dict[str, list[Value]]:
    payload: dict[str, list[Value]] = json.loads(connection.execute(_PAYLOAD, (job.id,)).fetchone()[0])
    return payload
