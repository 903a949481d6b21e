"""Calls as they go on: news of a telephone or of the agent's keys, in plain SQL, so that nothing waits for SQLModel.

What is told of a call is no deed that could be taken back; writing it down is (`storage.deeds.wrap_up`). The
invariants: what was told is in the file before the function returns; a call is one row however often it rings; what is
told twice, late or out of order changes nothing more (`desk.calls.after`).
"""

from dataclasses import dataclass
from typing import Literal

from desk.calls import ELSEWHERE, LONGEST_RING, CallEvent, CallEventKind, CallRow, CallState, after
from desk.dialled import alike
from desk.errors import Refused
from desk.ids import new_uid
from desk.text import clean
from desk.times import SECOND
from storage.calls import call, named, unfinished
from storage.connect import Connection, writing
from storage.deeds.by import By

# What a colleague took and what rings here this long after its first ring was passed on to us; sooner it is late news.
PASSED_ON = 5 * SECOND
LONGEST_NUMBER = 120
LONGEST_NAME = 200

_INSERT = """
INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, ticket_id, agent_id, rang_at,
                 held_seconds, goal, notes, outcome, follow_up) VALUES(?,?,?,?,?,?,?,?,?,?,?,0,'','','','') RETURNING id
"""
_UPDATE = """
UPDATE call SET state = ?, number = ?, caller = ?, agent_id = ?, rang_at = ?, answered_at = ?,
                held_at = ?, held_seconds = ?, ended_at = ?, outcome = ? WHERE id = ?
"""
_STALE = """
UPDATE call SET state = 'missed'
 WHERE state NOT IN ('done','missed') AND state = 'ringing' AND rang_at < ?
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that the agent begins by hand (T), or takes after `heard pop` told of a number.

    `rang_at` is when it was popped; without it the call is taken to have begun now.
    """

    number: str = ""
    caller: str = ""
    customer_id: int | None = None
    ticket_id: int | None = None
    direction: Literal["in", "out"] = "in"
    way: Literal["console", "pop"] = "console"
    rang_at: int | None = None


def begin(connection: Connection, by: By, begun: Begun) -> CallRow:
    """The agent is on the line with somebody from now on; the same number that rings already becomes that call.

    Refused where this agent is on the line with somebody else.
    """
    with writing(connection):
        if begun.direction == "in" and begun.number:
            for each in unfinished(connection, by.at - LONGEST_RING):
                if each.state is CallState.RINGING and alike(each.number, begun.number):
                    return _taken(connection, by, each)
        _refuse_second(connection, by)
        event = CallEvent(begun.way, "", "answered", by.at, begun.number, begun.caller, begun.direction)
        rang_at = by.at if begun.rang_at is None else min(begun.rang_at, by.at)
        return _added(connection, event, by.agent_id, begun.customer_id, begun.ticket_id, rang_at)


def heard_of(connection: Connection, event: CallEvent, agent_id: int | None, customer_id: int | None = None) -> CallRow:
    """Take in what a telephone told; the call as it stands then. `agent_id` is whose telephone it is.

    A telephone has a name of its own for each of its calls (`event.external_id`).
    """
    with writing(connection):
        known = named(connection, event.way, event.external_id)
        if known is None:
            return _added(connection, event, agent_id, customer_id, None, event.at)
        if known.answered_at is None:
            known = _rings_at(known, event, agent_id)
        return tell(connection, known, event)


def _rings_at(known: CallRow, event: CallEvent, agent_id: int | None) -> CallRow:
    """Whose call it is while nobody has taken it, and since when it rings there."""
    if event.kind == "answered":
        return known._replace(agent_id=agent_id or known.agent_id)
    if event.kind != "ringing":
        return known
    if known.outcome == ELSEWHERE and event.at - known.rang_at >= PASSED_ON:
        return known._replace(agent_id=agent_id, outcome="", rang_at=event.at)
    if known.agent_id not in (None, agent_id):
        # It rings at several of one workspace: whoever is faster.
        known = known._replace(agent_id=None)
    # A queue that comes round again rings anew.
    return known if event.at - known.rang_at < LONGEST_RING else known._replace(rang_at=event.at)


def take(connection: Connection, by: By, call_id: int) -> CallRow:
    """The agent takes the call that rings (F3): it is theirs, and answered, however the telephone tells of it later.

    Refused where a colleague was faster, where it has ended, or where this agent is on the line with somebody else.
    """
    with writing(connection):
        return _taken(connection, by, call(connection, call_id))


def hold(connection: Connection, by: By, call_id: int) -> CallRow:
    """The other side waits from now on; told to one that is held already it changes nothing."""
    return _told(connection, by, call_id, "held")


def resume(connection: Connection, by: By, call_id: int) -> CallRow:
    """The hold is over. Refused where this agent is on the line with somebody else."""
    with writing(connection):
        known = call(connection, call_id)
        _refuse_second(connection, by, besides=call_id)
        return tell(connection, known, _event(known, "resumed", by.at))


def hang_up(connection: Connection, by: By, call_id: int) -> CallRow:
    """The call has ended, and waits to be written down."""
    return _told(connection, by, call_id, "ended")


def go_on(connection: Connection, by: By, call_id: int) -> CallRow:
    """It hasn't ended after all: the key was a mistake. Refused where this agent is on the line with somebody else."""
    with writing(connection):
        _refuse_second(connection, by, besides=call_id)
        connection.execute(
            "UPDATE call SET state = 'talking', ended_at = NULL WHERE id = ? AND state = 'wrapping'", (call_id,)
        )
        return call(connection, call_id)


def turn_round(connection: Connection, call_id: int) -> CallRow:
    """It was the agent who called, or after all the customer."""
    with writing(connection):
        connection.execute(
            "UPDATE call SET direction = iif(direction = 'in', 'out', 'in') WHERE id = ? AND state <> 'done'",
            (call_id,),
        )
        return call(connection, call_id)


def leave_ticket(connection: Connection, call_id: int) -> None:
    """It isn't about the ticket from which it was begun: it will get one of its own."""
    connection.execute("UPDATE call SET ticket_id = NULL WHERE id = ? AND state <> 'done'", (call_id,))


def save_notes(connection: Connection, call_id: int, *, notes: str | None = None, goal: str | None = None) -> None:
    """Keep what was typed, as typed; what is None stays. Refused where the call is written down already, or gone."""
    kept = connection.execute(
        "UPDATE call SET notes = coalesce(?, notes), goal = coalesce(?, goal) WHERE id = ? AND state<>'done'",
        (None if notes is None else clean(notes), None if goal is None else clean(goal, lines=False), call_id),
    )
    if kept.rowcount == 0:
        raise Refused("This call is written down already", "Put what is new into a note on its ticket.")


def of_customer(connection: Connection, call_id: int, customer_id: int | None) -> CallRow:
    """Who it is, while the call is open: one of several, somebody found by a search, or nobody again.

    Refused once it is written down: taken back, that can be said anew.
    """
    with writing(connection):
        if call(connection, call_id).state is CallState.DONE:
            raise Refused("This call is written down already", "Take that back with u, then say who it was.")
        connection.execute("UPDATE call SET customer_id = ? WHERE id = ?", (customer_id, call_id))
        # A ticket that was made for it, and on which nothing was said, is theirs too.
        connection.execute(
            "UPDATE ticket SET customer_id = ? FROM call c WHERE c.id = ? AND ticket.id = c.ticket_id"
            " AND ticket.created_at = c.rang_at AND ticket.message_count = 0",
            (customer_id, call_id),
        )
        return call(connection, call_id)


def give_up_stale(connection: Connection, now: int) -> int:
    """Rings of which no telephone told the end (it died) count as missed; how many.

    Should it have lived after all, then what it tells later stands.
    """
    return connection.execute(_STALE, (now - LONGEST_RING,)).rowcount


def _taken(connection: Connection, by: By, ringing: CallRow) -> CallRow:
    if not ringing.state.open:
        raise Refused(f"{ringing.title} has hung up", "Call back: the number is on the customer's page.")
    if ringing.answered_at is not None and ringing.agent_id not in (None, by.agent_id):
        raise Refused(f"A colleague talks to {ringing.title} already", "")
    if ringing.answered_at is None:
        _refuse_second(connection, by)
    return tell(connection, ringing._replace(agent_id=by.agent_id), _event(ringing, "answered", by.at))


def _refuse_second(connection: Connection, by: By, besides: int = 0) -> None:
    """Nobody talks to two at once: the first one is held before the second is taken."""
    for each in unfinished(connection, 0) if by.agent_id is not None else ():
        if each.state is CallState.TALKING and each.agent_id == by.agent_id and each.id != besides:
            raise Refused(f"You are on the line with {each.title}", "Hold that call first, or end it.")


def _told(connection: Connection, by: By, call_id: int, kind: CallEventKind) -> CallRow:
    with writing(connection):
        known = call(connection, call_id)
        return tell(connection, known, _event(known, kind, by.at))


def _event(known: CallRow, kind: CallEventKind, at: int) -> CallEvent:
    return CallEvent(known.way, known.external_id, kind, at)


def _added(
    connection: Connection,
    event: CallEvent,
    agent_id: int | None,
    customer_id: int | None,
    ticket_id: int | None,
    rang_at: int,
) -> CallRow:
    number = clean(event.number, lines=False).strip()[:LONGEST_NUMBER]
    caller = clean(event.caller, lines=False).strip()[:LONGEST_NAME]
    (call_id,) = connection.execute(
        _INSERT,
        (
            new_uid(), event.direction, CallState.RINGING, event.way, event.external_id, number, caller, customer_id,
            ticket_id, agent_id, rang_at,
        ),
    ).fetchone()  # fmt: skip
    return tell(connection, call(connection, call_id), event)


def tell(connection: Connection, known: CallRow, event: CallEvent) -> CallRow:
    """The call after this news, inside the caller's transaction."""
    number = clean(event.number, lines=False).strip()[:LONGEST_NUMBER]
    caller = clean(event.caller, lines=False).strip()[:LONGEST_NAME]
    told = after(known, event._replace(number=number, caller=caller))
    connection.execute(
        _UPDATE,
        (
            told.state, told.number, told.caller, told.agent_id, told.rang_at, told.answered_at, told.held_at,
            told.held_seconds, told.ended_at, told.outcome, told.id,
        ),
    )  # fmt: skip
    return told
