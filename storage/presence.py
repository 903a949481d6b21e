"""Who of the team is there now, for every screen that shows agents: from the consoles that run and the open calls."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from desk.presence import Attendance, Seated, State, state_of
from storage.connect import Connection

_AGENTS = "SELECT id, handle, name FROM agent ORDER BY name, handle, id"
# The oldest call of each that isn't written down yet; whoever writes it down isn't free for the next one.
_ON_CALL = """
    SELECT agent_id, min(coalesce(answered_at, rang_at)) FROM call
     WHERE state NOT IN ('done','missed') AND state <> 'ringing' AND agent_id IS NOT NULL GROUP BY agent_id"""

_LOADS = """
    SELECT a.id, (SELECT count(*) FROM ticket t WHERE t.assignee_id = a.id AND t.status<3) FROM agent a"""
_NUMBERS = "SELECT id, number FROM ticket WHERE id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent with their load: active tickets, and the numbers of those that they have open now."""

    agent: Attendance
    tickets: int
    at: tuple[int, ...]


def team(connection: Connection, seats: Sequence[Seated]) -> tuple[Attendance, ...]:
    """Everyone, by name: what they do, and since when."""
    on_call: dict[int, int] = dict(connection.execute(_ON_CALL).fetchall())
    by_agent: dict[int, list[Seated]] = {}
    for seat in seats:
        by_agent.setdefault(seat.agent_id, []).append(seat)
    return tuple(_attendance(row, by_agent.get(row[0], []), on_call.get(row[0])) for row in connection.execute(_AGENTS))


def colleagues(connection: Connection, seats: Sequence[Seated]) -> tuple[Colleague, ...]:
    """Everyone with their load: who is there first, then by name."""
    everyone = team(connection, seats)
    loads: dict[int, int] = dict(connection.execute(_LOADS).fetchall())
    wanted = json.dumps([ticket_id for each in everyone for ticket_id in each.ticket_ids])
    numbers: dict[int, int] = dict(connection.execute(_NUMBERS, (wanted,)).fetchall())
    found = (
        Colleague(each, loads.get(each.agent_id, 0), tuple(numbers[key] for key in each.ticket_ids if key in numbers))
        for each in everyone
    )
    return tuple(sorted(found, key=lambda each: each.agent.state is State.OFFLINE))


def _attendance(row: tuple[int, str, str], seats: Sequence[Seated], on_call_since: int | None) -> Attendance:
    state, since, words = state_of(seats, on_call_since)
    open_now = {seat.ticket_id: None for seat in seats if seat.there and seat.ticket_id is not None}
    return Attendance(row[0], row[1], row[2], state, since, words, tuple(open_now))
