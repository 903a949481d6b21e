"""Merging tickets of one matter: everything said moves to one of them, the others are closed and point to it.

The invariant: no message is copied or lost, and undo puts each back on the ticket that it came to.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.statuses import Status
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.deeds.patches import Patch, Row
from storage.deeds.titles import numbered
from storage.inbound import after_inbound
from storage.sources import delivering

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Ticket

# What counting the messages anew may change.
_COUNTED = ("updated_at",
    "message_count", "inbound_at", "outbound_at", "first_response_at", "preview", "contacts", "mood", "due_at",
    "warns_at", "promised_at",
)  # fmt: skip
_TASK = "INSERT OR IGNORE INTO task_ticket(task_id, ticket_id) VALUES(?, ?) RETURNING task_id"
_TICKS = """
    SELECT r.id, o.id, k.step, k.state, k.agent_id, k.at, k.reason, k.text FROM checklist_run r
      JOIN checklist_run o ON o.ticket_id = ?1 AND o.checklist_key = r.checklist_key
      JOIN checklist_tick k ON k.run_id = r.id
     WHERE r.ticket_id = ?2
       AND NOT EXISTS(SELECT 1 FROM checklist_tick x WHERE x.run_id = o.id AND x.step = k.step)"""
_TOLD = ("goal", "summary", "choice")
_LINKS = """
    SELECT k.incident_id, k.state, k.agent_id, k.at, o.state, o.agent_id, o.at FROM incident_ticket k
      LEFT JOIN incident_ticket o ON o.incident_id = k.incident_id AND o.ticket_id = ?
     WHERE k.ticket_id = ? AND k.state = 'linked'"""
_UNLINK = "DELETE FROM incident_ticket WHERE incident_id = ? AND ticket_id = ?"
_LINK = """
    INSERT INTO incident_ticket(incident_id, ticket_id, state, agent_id, at) VALUES(?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, agent_id = excluded.agent_id, at = excluded.at"""


def merge(session: "Session", by: By, from_ids: Sequence[int], into_id: int) -> Done:
    """Merge the tickets `from_ids` into `into_id`: all that was said, promised, given and begun on them."""
    from storage import models

    journal = Journal(session, by)
    into = held(session, models.Ticket, into_id, "ticket")
    others = [held(session, models.Ticket, ticket_id, "ticket") for ticket_id in dict.fromkeys(from_ids)]
    if not others or into in others:
        raise BadInput("A ticket is merged into another one", "Select two or more tickets.")
    merged = next((ticket for ticket in (into, *others) if ticket.merged_into_id is not None), None)
    if merged is not None:
        raise Refused(f"#{merged.number} was merged into another ticket", "")
    # Elsewhere nobody knows a ticket that is kept in another place.
    alike = [ticket.id or 0 for ticket in others if ticket.source_id == into.source_id]
    sources = delivering(journal.connection, "merge", dict.fromkeys(alike, ("merged_into",)))
    for ticket in others:
        fold_in(journal, ticket, into)
        fields = {"merged_into": [None, into.number]}
        journal.send("merge", fields, ticket_id=ticket.id or 0, source_id=sources.get(ticket.id or 0))
    count_anew(journal, into)
    numbers = [ticket.number for ticket in others]
    journal.tell("merged_in", {"number": [str(number) for number in numbers]}, ticket_id=into_id)
    ids = tuple(ticket.id or 0 for ticket in others)
    return journal.done(f"Merged {numbered(numbers)} into #{into.number}", into_id, *ids)


def fold_in(journal: Journal, ticket: "Ticket", into: "Ticket") -> None:
    """All that is on `ticket` moves to `into`, within a deed that is under way; who calls this counts `into` anew."""
    _move_rows(journal, ticket.id or 0, into.id or 0)
    # What was found out on one of them is there for whoever goes on; what the other says itself stands.
    told = {name: getattr(ticket, name) for name in _TOLD if getattr(ticket, name) and not getattr(into, name)}
    if told:
        journal.change(into, **told)
    _close(journal, ticket, into)
    journal.tell("merged", {"number": into.number}, ticket_id=ticket.id)


def _move_rows(journal: Journal, from_id: int, into_id: int) -> None:
    connection = journal.connection
    messages = connection.execute("SELECT id FROM message WHERE ticket_id = ?", (from_id,)).fetchall()
    runs = connection.execute(
        "SELECT id FROM checklist_run WHERE ticket_id = ? AND checklist_key NOT IN "
        "(SELECT checklist_key FROM checklist_run WHERE ticket_id = ?)",
        (from_id, into_id),
    ).fetchall()
    promises = connection.execute("SELECT id FROM promise WHERE ticket_id = ?", (from_id,)).fetchall()
    gestures = connection.execute("SELECT id FROM gesture WHERE ticket_id = ?", (from_id,)).fetchall()
    ratings = connection.execute("SELECT id FROM rating WHERE ticket_id = ?", (from_id,)).fetchall()
    calls = connection.execute("SELECT id FROM call WHERE ticket_id = ?", (from_id,)).fetchall()
    moved = (
        ("message", messages), ("checklist_run", runs), ("promise", promises), ("gesture", gestures),
        ("rating", ratings), ("call", calls),
    )  # fmt: skip
    for table, ids in moved:
        connection.executemany(
            f"UPDATE {table} SET ticket_id = ? WHERE id = ?",  # noqa: S608  one of the names above
            [(into_id, row[0]) for row in ids],
        )
        for row in ids:
            journal.note(Patch(table, {"id": row[0]}, {"ticket_id": from_id}, {"ticket_id": into_id}))
    for table, column in (("ticket_tag", "tag_id"), ("watch", "agent_id")):
        added = connection.execute(
            f"INSERT OR IGNORE INTO {table}(ticket_id, {column}) "  # noqa: S608  as above
            f"SELECT ?, {column} FROM {table} WHERE ticket_id = ? RETURNING ticket_id, {column}",
            (into_id, from_id),
        ).fetchall()
        for ticket_id, value in added:
            key: Row = {"ticket_id": ticket_id, column: value}
            journal.note(Patch(table, key, None, key))
    _move_ticks(journal, from_id, into_id)
    _move_tasks(journal, from_id, into_id)
    _move_links(journal, from_id, into_id)


def _move_ticks(journal: Journal, from_id: int, into_id: int) -> None:
    """Of a list that was begun on both: what was settled on the other and is open here."""
    for was, there, *told in journal.connection.execute(_TICKS, (into_id, from_id)).fetchall():
        row: Row = dict(zip(("step", "state", "agent_id", "at", "reason", "text"), told, strict=True))
        for run, begins in ((was, False), (there, True)):
            key: Row = {"run_id": run, "step": row["step"]}
            whole: Row = {**row, "run_id": run}
            journal.note(Patch("checklist_tick", key, None if begins else whole, whole if begins else None))
        journal.connection.execute(
            "UPDATE checklist_tick SET run_id = ? WHERE run_id = ? AND step = ?", (there, was, row["step"])
        )


def _move_tasks(journal: Journal, from_id: int, into_id: int) -> None:
    """A task counts one matter once, and whoever opens it finds the ticket where it goes on."""
    connection = journal.connection
    for (task_id,) in connection.execute("SELECT task_id FROM task_ticket WHERE ticket_id = ?", (from_id,)).fetchall():
        was: Row = {"task_id": task_id, "ticket_id": from_id}
        key: Row = {"task_id": task_id, "ticket_id": into_id}
        connection.execute("DELETE FROM task_ticket WHERE task_id = ? AND ticket_id = ?", tuple(was.values()))
        journal.note(Patch("task_ticket", was, was, None))
        if connection.execute(_TASK, tuple(key.values())).fetchone():
            journal.note(Patch("task_ticket", key, None, key))


def _move_links(journal: Journal, from_id: int, into_id: int) -> None:
    """Who was part of an incident still is, whatever was said of the other ticket before it took this one in."""
    for incident_id, state, agent_id, at, *there in journal.connection.execute(_LINKS, (into_id, from_id)).fetchall():
        was: Row = {"incident_id": incident_id, "ticket_id": from_id}
        key: Row = {"incident_id": incident_id, "ticket_id": into_id}
        linked: Row = {"state": state, "agent_id": agent_id, "at": at}
        journal.connection.execute(_UNLINK, tuple(was.values()))
        journal.note(Patch("incident_ticket", was, {**was, **linked}, None))
        if there[0] == "linked":
            continue
        journal.connection.execute(_LINK, (*key.values(), *linked.values()))
        before: Row | None = dict(zip(linked, there, strict=True)) if there[0] else None
        journal.note(Patch("incident_ticket", key, before, linked if before else {**key, **linked}))


def _close(journal: Journal, ticket: "Ticket", into: "Ticket") -> None:
    """A merged ticket keeps its own counts, so that it still says what it was."""
    by = journal.by
    solved_at = ticket.solved_at if ticket.status >= Status.SOLVED else by.at
    journal.change(
        ticket,
        status=int(Status.CLOSED),
        merged_into_id=into.id,
        solved_at=solved_at,
        snoozed_until=None,
        due_at=None,
        warns_at=None,
        promised_at=None,
        unread=False,
        updated_at=by.at,
    )
    journal.connection.execute(
        "UPDATE suggestion SET dismissed_at = ? WHERE dismissed_at IS NULL "
        "AND (ticket_id, other_ticket_id) IN (SELECT ?, ? UNION ALL SELECT ?, ?)",
        (by.at, ticket.id, into.id, into.id, ticket.id),
    )


def count_anew(journal: Journal, into: "Ticket") -> None:
    """What a ticket says of its messages, counted within a deed that has added or moved some."""
    before: Row = into.model_dump(include=set(_COUNTED))
    after_inbound(journal.connection, [into.id or 0])
    journal.session.refresh(into)
    after: Row = into.model_dump(include=set(_COUNTED))
    changed = [column for column in _COUNTED if before[column] != after[column]]
    if changed:
        old, new = ({column: row[column] for column in changed} for row in (before, after))
        journal.note(Patch("ticket", {"id": into.id}, old, new))
    journal.change(into, updated_at=journal.by.at)
