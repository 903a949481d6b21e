"""Calls as screens read them: what rings, what is open, whose number it is, what an agent sees of a caller.

Nothing here writes. Every query is bounded: by the few calls that are open, by one customer, or by an index on time.
"""

from typing import TYPE_CHECKING

from desk.call_figures import CallFigures, figures
from desk.calls import LONGEST_RING, CallRow, CallState
from desk.errors import NotFound
from storage.connect import Connection

if TYPE_CHECKING:
    from sqlite3 import Cursor

_CALL = """
    SELECT c.id, c.uid, c.direction, c.state, c.way, c.external_id, c.number, c.caller, c.customer_id, c.ticket_id,
           c.message_id, c.agent_id, c.rang_at, c.answered_at, c.held_at, c.held_seconds, c.ended_at, c.wrapped_at,
           c.goal, c.notes, c.outcome, c.follow_up, c.follow_up_at, ifnull(u.name, '')
      FROM call c LEFT JOIN customer u ON u.id = c.customer_id"""
_OPEN = f"""{_CALL}
     WHERE c.state NOT IN ('done','missed') AND c.state IN ('talking','held','wrapping') AND c.agent_id = ?
     ORDER BY c.state = 'wrapping', c.rang_at DESC, c.id DESC"""
_RINGING = f"""{_CALL}
     WHERE c.state NOT IN ('done','missed') AND c.state = 'ringing' AND (c.agent_id IS NULL OR c.agent_id = ?)
       AND c.rang_at > ? AND c.rang_at <= ? ORDER BY c.rang_at, c.id"""
_NAMED = f"{_CALL} WHERE c.way = ? AND c.external_id = ? AND c.external_id<>''"
_RECENT = f"""{_CALL}
     WHERE c.state NOT IN ('done','missed') AND c.state IN ('ringing','talking','held','wrapping') AND c.rang_at > ?
     ORDER BY c.rang_at DESC, c.id DESC"""
_BETWEEN = f"{_CALL} WHERE c.rang_at >= ? AND c.rang_at < ? AND (?3 IS NULL OR c.agent_id = ?3) ORDER BY c.rang_at"


def call(connection: Connection, call_id: int) -> CallRow:
    """One call; NotFound where it is gone."""
    found = _rows(connection.execute(f"{_CALL} WHERE c.id = ?", (call_id,)))
    if not found:
        raise NotFound("This call is gone", "Look for it on its customer's page.")
    return found[0]


def open_calls(connection: Connection, agent_id: int) -> tuple[CallRow, ...]:
    """The calls of this agent that are on the line or not written down yet: those on the line first, then the newest.

    After a crash this is where the agent goes on.
    """
    return _rows(connection.execute(_OPEN, (agent_id,)))


def ringing(connection: Connection, agent_id: int, now: int) -> tuple[CallRow, ...]:
    """What rings at this agent now, the one that has waited longest first."""
    return _rows(connection.execute(_RINGING, (agent_id, now - LONGEST_RING, now)))


def named(connection: Connection, way: str, external_id: str) -> CallRow | None:
    """The call that a telephone knows by that name."""
    return next(iter(_rows(connection.execute(_NAMED, (way, external_id)))), None)


def unfinished(connection: Connection, since: int) -> tuple[CallRow, ...]:
    """Everybody's calls that rang since then and aren't written down, the newest first."""
    return _rows(connection.execute(_RECENT, (since,)))


def statistics(connection: Connection, since: int, until: int, agent_id: int | None = None) -> CallFigures:
    """What the calls that rang in [since, until) come to: of all, or of one agent."""
    return figures(between(connection, since, until, agent_id))


def between(connection: Connection, since: int, until: int, agent_id: int | None = None) -> tuple[CallRow, ...]:
    """The calls that rang in [since, until), in their order: of all, or of one agent."""
    return _rows(connection.execute(_BETWEEN, (since, until, agent_id)))


def _rows(found: "Cursor") -> tuple[CallRow, ...]:
    return tuple(CallRow(*row)._replace(state=CallState(row[3])) for row in found)
