"""Taking back the newest deed of an agent, and doing it again.

The invariant: all of a deed is taken back, or nothing, and never over what someone else has written meanwhile. A reply
that is taken back becomes a draft again, so that no word is lost. Doing again makes a new deed, with its own history.
"""

import json
from typing import TYPE_CHECKING, NamedTuple

from desk.errors import Refused
from storage.connect import Connection
from storage.deeds.banners import refuse_to_show
from storage.deeds.by import By, Done
from storage.deeds.customer_undo import MERGES, WHOLE, do_again, take_back
from storage.deeds.gestures import refuse_to_decide, refuse_what_is_spent
from storage.deeds.journal import Journal
from storage.deeds.patches import ClashError, Patch, apply, decode
from storage.deeds.recall import recall, send_again
from storage.inbound import after_inbound

if TYPE_CHECKING:
    from sqlmodel import Session

_NEWEST = "SELECT deed FROM event WHERE patch<>'' AND undone_by IS NULL AND agent_id IS ? ORDER BY id DESC LIMIT 1"
_NEWEST_UNDO = (
    "SELECT deed, max(id), json_extract(data, '$.deed') FROM event WHERE kind = 'undone' AND agent_id IS ? "
    "AND undone_by IS NULL GROUP BY deed ORDER BY 2 DESC LIMIT 1"
)
# What was done afresh since: redone deeds don't count.
_DONE_SINCE = (
    "SELECT 1 FROM event WHERE agent_id IS ? AND id > ? AND patch<>'' AND deed NOT IN "
    "(SELECT undone_by FROM event WHERE kind = 'undone' AND undone_by IS NOT NULL AND agent_id IS ?) LIMIT 1"
)
_EVENTS = "SELECT id, kind, ticket_id, customer_id, message_id, data, patch FROM event WHERE deed = ? ORDER BY id"
_LATER_WRITER = (
    "SELECT coalesce(a.name, 'someone else') FROM event e LEFT JOIN agent a ON a.id = e.agent_id "
    "WHERE e.ticket_id = ? AND e.id > ? AND e.undone_by IS NULL AND json_extract(e.data, '$.field') = ? "
    "ORDER BY e.id DESC LIMIT 1"
)
_NUMBER = "SELECT number FROM ticket WHERE id = ?"
_FIELDS = {
    "assignee_id": "assignee", "team_id": "team", "queue_id": "queue", "merged_into_id": "merge", "ticket_id": "ticket",
}  # fmt: skip
_THINGS = {
    "ticket_tag": "tags", "watch": "watchers", "checklist_tick": "checklist", "checklist_run": "checklist",
    "message": "message", "identity": "identities", "customer": "customer", "snippet": "snippet", "view": "view",
    "attachment": "message", "promise": "promise", "outbox": "outbox", "draft": "draft", "gesture": "gesture",
    "incident": "incident", "incident_ticket": "incident", "rating": "rating",
    "known_answer": "known answer", "task": "task", "task_ticket": "task", "snippet_use": "message", "call": "call",
    "banner": "banner",
}  # fmt: skip


class _Event(NamedTuple):
    id: int
    kind: str
    ticket_id: int | None
    customer_id: int | None
    message_id: int | None
    data: str
    patch: str


def undo(session: "Session", by: By) -> Done:
    """Take back the newest deed of this agent that still stands; Refused where that can't be."""
    journal = Journal(session, by)
    found = journal.connection.execute(_NEWEST, (by.agent_id,)).fetchone()
    if found is None:
        raise Refused("There is nothing to undo", "")
    deed: bytes = found[0]
    events = _events(journal.connection, deed)
    recall(journal, deed)
    if events[0].kind in WHOLE:
        take_back(journal, events[0].kind, json.loads(events[0].data), _patches(events))
    else:
        backwards = [patch.turned() for event in reversed(events) for patch in reversed(decode(event.patch))]
        _apply(journal.connection, events, backwards)
        refuse_to_show(journal.connection, by, backwards)
    journal.connection.execute("UPDATE event SET undone_by = ? WHERE deed = ?", (journal.deed, deed))
    left = _events(journal.connection, deed)
    _tell(journal, left, deed)
    return journal.done(f"Undone: {_title(left)}", *_tickets(left), customer_id=_customer(left))


def redo(session: "Session", by: By) -> Done:
    """Do again what this agent took back last, unless something else was done since."""
    journal = Journal(session, by)
    found = journal.connection.execute(_NEWEST_UNDO, (by.agent_id,)).fetchone()
    if found is None or journal.connection.execute(_DONE_SINCE, (by.agent_id, found[1], by.agent_id)).fetchone():
        raise Refused("There is nothing to do again", "")
    undoing, deed = found[0], bytes.fromhex(found[2])
    events = _events(journal.connection, deed)
    patches = _patches(events)
    if events[0].kind in MERGES:
        do_again(journal, events[0].kind, json.loads(events[0].data))
    else:
        _apply(journal.connection, events, patches)
    refuse_what_is_spent(journal.connection, patches)
    refuse_to_decide(journal.connection, by, patches)
    refuse_to_show(journal.connection, by, patches)
    events = [_with_what_it_adds(event) for event in events]
    for event in events:
        for patch in decode(event.patch):
            journal.note(patch)
        journal.tell(
            event.kind,
            json.loads(event.data),
            ticket_id=event.ticket_id,
            customer_id=event.customer_id,
            message_id=event.message_id,
        )
    send_again(journal, deed, {event.ticket_id: event.message_id for event in events if event.message_id})
    journal.connection.execute("UPDATE event SET undone_by = ? WHERE deed = ?", (journal.deed, undoing))
    return journal.done(f"Done again: {_title(events)}", *_tickets(events), customer_id=_customer(events))


def _patches(events: list[_Event]) -> list[Patch]:
    return [patch for event in events for patch in decode(event.patch)]


def _events(connection: Connection, deed: bytes) -> list[_Event]:
    return [_Event(*row) for row in connection.execute(_EVENTS, (deed,))]


def _apply(connection: Connection, events: list[_Event], patches: list[Patch]) -> None:
    try:
        recount = apply(connection, patches)
    except ClashError as clash:
        raise _refusal(connection, events, clash) from clash
    if recount:
        after_inbound(connection, sorted(recount))
    customers = {
        int(str(key))
        for patch in patches
        for key in ((patch.before or patch.after or {}).get("customer_id"), patch.key.get("id"))
        if (patch.table, key is None) in (("identity", False), ("customer", False))
    }
    if customers:
        from storage.search.index import index_customers

        index_customers(connection, sorted(customers))


def _refusal(connection: Connection, events: list[_Event], clash: ClashError) -> Refused:
    """Which field of what, and who moved it."""
    patch = clash.patch
    field = _FIELDS.get(clash.column, clash.column) if patch.table == "ticket" else _THINGS.get(patch.table, "row")
    ticket_id = patch.key["id"] if patch.table == "ticket" else _ticket_of(patch, events)
    writer = connection.execute(_LATER_WRITER, (ticket_id, events[-1].id, field)).fetchone()
    number = connection.execute(_NUMBER, (ticket_id,)).fetchone()
    where = f" of #{number[0]}" if number else ""
    return Refused(
        f"The {field.removesuffix('_until')}{where} was changed since by {writer[0] if writer else 'someone else'}",
        "Look again, and change it by hand.",
    )


def _ticket_of(patch: Patch, events: list[_Event]) -> object:
    row = patch.key | (patch.before or {}) | (patch.after or {})
    return row.get("ticket_id") or events[0].ticket_id


def _tell(journal: Journal, events: list[_Event], deed: bytes) -> None:
    """One event for each ticket that the deed had touched, or for its customer."""
    data = {"deed": deed.hex()}
    for ticket_id in _tickets(events):
        journal.tell("undone", data, ticket_id=ticket_id)
    if not _tickets(events):
        journal.tell("undone", data, customer_id=_customer(events))


def _tickets(events: list[_Event]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(event.ticket_id for event in events if event.ticket_id is not None))


def _customer(events: list[_Event]) -> int | None:
    return next((event.customer_id for event in events if event.customer_id is not None), None)


def _with_what_it_adds(event: _Event) -> _Event:
    """The event with the message or customer that its patches add: undoing took their ids out of it."""
    added = {patch.table: int(str(patch.key.get("id", 0))) for patch in decode(event.patch) if patch.before is None}
    return event._replace(
        message_id=event.message_id or added.get("message"), customer_id=event.customer_id or added.get("customer")
    )


def _title(events: list[_Event]) -> str:
    title: str = json.loads(events[0].data)["done"]
    return title
