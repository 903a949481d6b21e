"""Promises as deeds: made by one key or by hand, withdrawn, settled by an answer or by the solution.

The invariants: a promise is never out of sight while it is open: it stands on an active ticket, whose `due_at` is no
later than the promise's inner target; one that is made on a solved ticket puts it on hold. What never left promises
nothing, and settles nothing.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.promises import Settled
from desk.statuses import Status
from desk.text import clean
from storage.clocks import due_times, targets
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Fact, Journal, held
from storage.deeds.patches import Patch, Row
from storage.promises import earliest

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Ticket

_OPEN = """
    SELECT id, ticket_id, words, due_at FROM promise
     WHERE ticket_id IN (SELECT value FROM json_each(?)) AND state = 'open' ORDER BY id"""
_SETTLE = "UPDATE promise SET state = ?, settled_at = ? WHERE id = ?"
_OF_MESSAGE = "SELECT id FROM promise WHERE ticket_id = ? AND message_id = ? AND state = 'open' ORDER BY id"
# What a message that never left was taken to keep or to break, where nothing else has answered since.
_SETTLED_BY = """
    SELECT p.id, p.state, p.settled_at FROM message m JOIN promise p ON p.ticket_id = m.ticket_id
      JOIN ticket t ON t.id = m.ticket_id
     WHERE m.id = ? AND p.settled_at = m.at AND p.state IN ('kept', 'broken') AND t.status < 3
       AND NOT EXISTS(SELECT 1 FROM message o WHERE o.ticket_id = m.ticket_id AND o.id <> m.id AND o.at > p.made_at
                      AND o.id IS NOT p.message_id AND (o.kind = 'call' OR o.kind = 'outbound' AND o.automatic = ''))
     ORDER BY p.id"""
_LEAVES = """
    SELECT 1 FROM message m WHERE m.id = ? AND m.ticket_id = ?
       AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.ticket_id = m.ticket_id AND o.message_id = m.id
                      AND o.kind = 'reply' AND o.state = 'dropped')"""
_STANDS = "SELECT promised_at, due_at, warns_at FROM ticket WHERE id = ?"
_STAND = "UPDATE ticket SET promised_at = ?, due_at = ?, warns_at = ? WHERE id = ?"
_SAME = "SELECT 1 FROM promise WHERE ticket_id = ? AND due_at = ? AND state = 'open'"


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer was told: the words, since when and until when, and the message that they stand in."""

    words: str
    made_at: int
    due_at: int
    message_id: int | None = None


def promise(session: "Session", by: By, ticket_id: int, said: Said) -> Done:
    """Keep it; Refused where the ticket was merged away, has that promise already, or its message never leaves."""
    from storage import models

    journal = Journal(session, by)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    if ticket.merged_into_id is not None:
        raise Refused(f"#{ticket.number} was merged into another ticket", "Promise it on that one.")
    wanted = (said.message_id, ticket_id)
    if said.message_id is not None and journal.connection.execute(_LEAVES, wanted).fetchone() is None:
        raise Refused(f"What promised it on #{ticket.number} was taken back", "Promise it by hand, or in a new reply.")
    if said.due_at <= said.made_at:
        raise BadInput("A promise can't end before it was made", "Give a time to come.")
    if journal.connection.execute(_SAME, (ticket_id, said.due_at)).fetchone():
        raise Refused(f"#{ticket.number} has a promise for that time already", "")
    target_at = targets(journal.connection).inner_target(said.made_at, said.due_at)
    row = models.Promise(
        ticket_id=ticket_id,
        message_id=said.message_id,
        agent_id=by.agent_id,
        words=clean(said.words, lines=False).strip(),
        made_at=said.made_at,
        due_at=said.due_at,
        target_at=target_at,
    )
    journal.add(row)
    _raise_ticket(journal, ticket)
    journal.tell(
        "promised", {"title": row.words, "due_at": said.due_at, "target_at": target_at}, ticket_id=ticket_id
    )  # fmt: skip
    again = ticket.status >= Status.SOLVED
    if again:
        _take_up_again(journal, ticket)
    return journal.done(f"Promised on #{ticket.number}{', on hold again,' * again}", ticket_id)


def withdraw(session: "Session", by: By, promise_id: int) -> Done:
    """Let an open promise go, since the customer was told otherwise; Refused where it isn't open any more."""
    from storage import models

    journal = Journal(session, by)
    row = held(session, models.Promise, promise_id, "promise")
    ticket = held(session, models.Ticket, row.ticket_id, "ticket")
    if row.state != "open":
        raise Refused(f"That promise on #{ticket.number} is {row.state} already", "")
    journal.change(row, state="withdrawn", settled_at=by.at)
    _raise_ticket(journal, ticket)
    journal.tell("promise_withdrawn", {"title": row.words, "due_at": row.due_at}, ticket_id=row.ticket_id)
    return journal.done(f"Withdrew a promise on #{ticket.number}", row.ticket_id)


def settle(journal: Journal, ticket_ids: Collection[int]) -> tuple[Settled, ...]:
    """Settle all open promises of these tickets by what is being done now; the caller sets `promised_at` and tells."""
    connection, at = journal.connection, journal.by.at
    settled: list[Settled] = []
    for promise_id, ticket_id, words, due_at in connection.execute(_OPEN, (json.dumps(list(ticket_ids)),)).fetchall():
        state = "kept" if at <= due_at else "broken"
        connection.execute(_SETTLE, (state, at, promise_id))
        before: Row = {"state": "open", "settled_at": None}
        journal.note(Patch("promise", {"id": promise_id}, before, {"state": state, "settled_at": at}))
        settled.append(Settled(ticket_id, words, state, due_at - at))
    return tuple(settled)


def withdraw_unsent(journal: Journal, ticket_id: int, message_id: int) -> None:
    """Withdraw what a message promised that will never leave, and open again what it settled.

    The caller tells of the message.
    """
    connection, at = journal.connection, journal.by.at
    turns: list[tuple[int, Row, Row]] = []
    for (promise_id,) in connection.execute(_OF_MESSAGE, (ticket_id, message_id)).fetchall():
        turns.append((promise_id, {"state": "open", "settled_at": None}, {"state": "withdrawn", "settled_at": at}))
    for promise_id, state, settled_at in connection.execute(_SETTLED_BY, (message_id,)).fetchall():
        turns.append((promise_id, {"state": state, "settled_at": settled_at}, {"state": "open", "settled_at": None}))
    for promise_id, before, after in turns:
        connection.execute(_SETTLE, (after["state"], after["settled_at"], promise_id))
        journal.note(Patch("promise", {"id": promise_id}, before, after))
    if turns:
        columns = ("promised_at", "due_at", "warns_at")
        was: Row = dict(zip(columns, connection.execute(_STANDS, (ticket_id,)).fetchone(), strict=True))
        due = due_times(connection, (ticket_id,))[ticket_id]
        becomes: Row = {"promised_at": earliest(connection, ticket_id), "due_at": due.at, "warns_at": due.warns_at}
        connection.execute(_STAND, (*becomes.values(), ticket_id))
        journal.note(Patch("ticket", {"id": ticket_id}, was, becomes))


def tell_settled(journal: Journal, settled: Collection[Settled]) -> None:
    """History of what became of promises, behind the deed that settled them."""
    for each in settled:
        data: dict[str, Fact] = {"title": each.words, "beaten_by": each.beaten_by}
        journal.tell(f"promise_{each.state}", data, ticket_id=each.ticket_id)


def due_columns(connection: Connection, ticket_id: int) -> dict[str, object]:
    """What a ticket says of its clocks and promises, counted anew."""
    due = due_times(connection, (ticket_id,))[ticket_id]
    return {"promised_at": earliest(connection, ticket_id), "due_at": due.at, "warns_at": due.warns_at}


def _raise_ticket(journal: Journal, ticket: "Ticket") -> None:
    journal.change(ticket, **due_columns(journal.connection, ticket.id or 0))


def _take_up_again(journal: Journal, ticket: "Ticket") -> None:
    from storage.deeds.change import Change, write_moves
    from storage.deeds.plan import plan

    by = journal.by
    moves = plan(journal.connection, [ticket.id or 0], Change(status=int(Status.HOLD)), by.agent_id, by.at).moves
    write_moves(journal, moves)
    journal.session.expire(ticket)
