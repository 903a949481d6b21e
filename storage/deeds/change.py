"""Changing fields of tickets, one or a thousand, as one deed; and saying beforehand what would change.

The preview and the deed read the same plan (`storage.deeds.plan`), so that what was shown is what is done.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from desk.errors import BadInput, Refused
from desk.statuses import Status
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal
from storage.deeds.patches import Patch, Value
from storage.deeds.plan import KEEP, Change, Keep, Move, plan
from storage.deeds.promises import settle, tell_settled
from storage.deeds.titles import preview_lines, title
from storage.sources import delivering

if TYPE_CHECKING:
    from sqlmodel import Session

_PROMISED = "SELECT promised_at FROM ticket WHERE id = ?"
_UNPROMISE = "UPDATE ticket SET promised_at = NULL WHERE id = ?"

__all__ = ["KEEP", "Change", "Keep", "change", "preview"]


def change(session: "Session", by: By, ticket_ids: Sequence[int], change: Change) -> Done:
    """Do it to all of these tickets, or to none.

    Tickets that can't change (merged away, or so already) are left out; Refused where that leaves nothing to do.
    """
    if isinstance(change.snoozed_until, int) and change.snoozed_until <= by.at:
        raise BadInput("A ticket can't be snoozed until a time that has passed", "Give a time to come.")
    journal = Journal(session, by)
    planned = plan(journal.connection, ticket_ids, change, by.agent_id, by.at)
    if not planned.moves:
        reasons = "; ".join(planned.left) or "no ticket was selected"
        raise Refused(f"Nothing was changed: {reasons}", "")
    write_moves(journal, planned.moves)
    return journal.done(title(planned.moves), *(move.ticket_id for move in planned.moves))


def preview(connection: Connection, ticket_ids: Sequence[int], change: Change) -> tuple[str, ...]:
    """What `change` would do, as lines to show before it is confirmed."""
    return preview_lines(plan(connection, ticket_ids, change, None, 0))


def write_moves(
    journal: Journal, moves: Sequence[Move], *, undo_seconds: int = 0, leaves: bool = True
) -> None:  # fmt: skip
    """Write planned moves into a deed that is under way; what leaves does so when its undo time is over.

    Not `leaves`: it stands so already where the tickets are kept.
    """
    _update_tickets(journal.connection, moves)
    tags = _tag_ids(journal.connection, moves)
    fields = {move.ticket_id: [turn.field for turn in move.turns] for move in moves}
    sources = delivering(journal.connection, "change", fields) if leaves else {}
    handles = _handles(journal.connection, moves)
    for move in moves:
        if move.after:
            before = {column: move.before[column] for column in move.after}
            journal.note(Patch("ticket", {"id": move.ticket_id}, before, move.after))
        for turn in move.turns:
            if turn.field == "tags":
                _tag(journal, move, tags)
            elif turn.field == "watch":
                _watch(journal, move.ticket_id, watched=bool(turn.after))
            data = {"field": turn.field, "before": turn.before, "after": turn.after}
            journal.tell("changed", data, ticket_id=move.ticket_id)
        _send(journal, move, sources.get(move.ticket_id), handles, undo_seconds)
    _settle_promises(journal, [move.ticket_id for move in moves if _solves(move)])


def _solves(move: Move) -> bool:
    return cast(int, move.after.get("status", Status.OPEN)) >= Status.SOLVED > cast(int, move.before["status"])


def _settle_promises(journal: Journal, ticket_ids: Sequence[int]) -> None:
    """What is solved is done: what was promised there was kept by now, or broken."""
    settled = settle(journal, ticket_ids)
    for ticket_id in dict.fromkeys(each.ticket_id for each in settled):
        (promised_at,) = journal.connection.execute(_PROMISED, (ticket_id,)).fetchone()
        journal.connection.execute(_UNPROMISE, (ticket_id,))
        journal.note(Patch("ticket", {"id": ticket_id}, {"promised_at": promised_at}, {"promised_at": None}))
    tell_settled(journal, settled)


def _send(journal: Journal, move: Move, source_id: int | None, handles: dict[Value, str], undo_seconds: int) -> None:
    """Put what changed into the outbox; what nobody else takes waits for nothing, it can be changed back."""
    payload: dict[str, list[object]] = {
        turn.field: [turn.before, turn.after] for turn in move.turns if turn.field != "watch"
    }
    if "assignee" in payload:
        # Names may be alike; whoever takes this in elsewhere knows agents by their handles.
        payload["assignee"] = [handles.get(move.before["assignee_id"]), handles.get(move.after["assignee_id"])]
    if payload:
        seconds = 0 if source_id is None else undo_seconds
        journal.send("change", payload, ticket_id=move.ticket_id, source_id=source_id, undo_seconds=seconds)


def _update_tickets(connection: Connection, moves: Sequence[Move]) -> None:
    alike: dict[tuple[str, ...], list[tuple[Value, ...]]] = defaultdict(list)
    for move in moves:
        alike[tuple(move.after)].append((*move.after.values(), move.ticket_id))
    for columns, rows in alike.items():
        if columns:
            assignments = ", ".join(f"{column} = ?" for column in columns)
            connection.executemany(f"UPDATE ticket SET {assignments} WHERE id = ?", rows)  # noqa: S608  our own columns


def _tag_ids(connection: Connection, moves: Sequence[Move]) -> dict[str, int]:
    """The ids of all tags that come or go; a new word is kept for good, whether or not the deed is undone."""
    names = {name for move in moves for name in (*move.added, *move.removed)}
    connection.executemany("INSERT OR IGNORE INTO tag(name) VALUES(?)", [(name,) for name in sorted(names)])
    return {
        name: connection.execute("SELECT id FROM tag WHERE name = ?", (name,)).fetchone()[0] for name in sorted(names)
    }


def _handles(connection: Connection, moves: Sequence[Move]) -> dict[Value, str]:
    """The handles of all agents who have one of these tickets before or after."""
    ids = {row.get("assignee_id") for move in moves for row in (move.before, move.after)}
    asked = json.dumps(sorted(each for each in ids if isinstance(each, int)))
    found = connection.execute("SELECT id, handle FROM agent WHERE id IN (SELECT value FROM json_each(?))", (asked,))
    return dict(found.fetchall())


def _tag(journal: Journal, move: Move, tags: dict[str, int]) -> None:
    for name in move.added:
        key: dict[str, Value] = {"ticket_id": move.ticket_id, "tag_id": tags[name]}
        journal.connection.execute("INSERT INTO ticket_tag(ticket_id, tag_id) VALUES(?, ?)", tuple(key.values()))
        journal.note(Patch("ticket_tag", key, None, key))
    for name in move.removed:
        key = {"ticket_id": move.ticket_id, "tag_id": tags[name]}
        journal.connection.execute("DELETE FROM ticket_tag WHERE ticket_id = ? AND tag_id = ?", tuple(key.values()))
        journal.note(Patch("ticket_tag", key, key, None))


def _watch(journal: Journal, ticket_id: int, *, watched: bool) -> None:
    key: dict[str, Value] = {"ticket_id": ticket_id, "agent_id": journal.by.agent_id}
    if journal.by.agent_id is None:
        raise Refused("Only an agent can watch a ticket", "Set `handle` in the configuration.")
    if watched:
        journal.connection.execute("INSERT INTO watch(ticket_id, agent_id) VALUES(?, ?)", tuple(key.values()))
        journal.note(Patch("watch", key, None, key))
    else:
        journal.connection.execute("DELETE FROM watch WHERE ticket_id = ? AND agent_id = ?", tuple(key.values()))
        journal.note(Patch("watch", key, key, None))
