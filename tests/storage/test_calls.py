"""Calls as they are read: what rings, what is open, what they come to; each by an index, whatever was ever called."""

import pytest

from desk.calls import CallEvent, CallEventKind, CallState
from desk.errors import NotFound
from desk.times import DAY, MINUTE, SECOND
from storage import calls
from storage.connect import Connection
from storage.deeds import calls as deeds
from storage.deeds.by import By
from storage.deeds.missed import to_queue
from tests.factories import NOW, make_agent


def told(connection: Connection, name: str, *events: tuple[CallEventKind, int], agent: int | None = None) -> int:
    """A call of which these were told, each so many seconds after `NOW`."""
    for kind, second in events:
        row = deeds.heard_of(connection, CallEvent("cti", name, kind, NOW + second * SECOND, "+49" + name), agent)
    return row.id


def test_what_rings_is_this_agent_s_or_nobody_s_the_longest_first(connection: Connection, by: By) -> None:
    bo = make_agent(connection)
    late = told(connection, "1", ("ringing", 5))
    first = told(connection, "2", ("ringing", 0), agent=by.agent_id)
    told(connection, "3", ("ringing", 1), agent=bo)
    told(connection, "4", ("ringing", 1), ("ended", 2))
    told(connection, "5", ("ringing", 500))
    found = calls.ringing(connection, by.agent_id or 0, NOW + 10 * SECOND)
    assert [call.id for call in found] == [first, late]


def test_what_is_open_is_on_the_line_first(connection: Connection, by: By) -> None:
    written = told(connection, "1", ("answered", 0), ("ended", 9), agent=by.agent_id)
    line = told(connection, "2", ("answered", 20), ("held", 25), agent=by.agent_id)
    told(connection, "3", ("answered", 1), agent=make_agent(connection))
    found = calls.open_calls(connection, by.agent_id or 0)
    assert [(call.id, call.state) for call in found] == [(line, CallState.HELD), (written, CallState.WRAPPING)]


def test_figures_are_of_a_time_and_of_one_agent_where_one_is_asked_for(connection: Connection, by: By) -> None:
    bo = make_agent(connection)
    told(connection, "1", ("ringing", 0), ("answered", 5), ("ended", 65), agent=by.agent_id)
    told(connection, "2", ("ringing", 0), ("answered", 30), ("ended", 90), agent=bo)
    told(connection, "3", ("ringing", 0), ("ended", 20), agent=by.agent_id)
    told(connection, "4", ("ringing", 86_400), ("ended", 86_420))
    whole = calls.statistics(connection, NOW, NOW + DAY)
    assert (whole.calls, whole.picked_up, whole.in_time, whole.missed) == (3, 2, 1, 1)
    assert (whole.talk, whole.pick_up) == ((60, 60), (5, 30))
    own = calls.statistics(connection, NOW, NOW + DAY, by.agent_id)
    assert (own.calls, own.picked_up, own.missed, own.in_time_share) == (2, 1, 1, 0.5)


def test_a_call_that_is_gone(connection: Connection) -> None:
    with pytest.raises(NotFound):
        calls.call(connection, 99)


def test_no_question_reads_all_calls(connection: Connection, by: By) -> None:
    seen: list[str] = []
    told(connection, "1", ("ringing", 0), ("ended", 9), agent=by.agent_id)
    connection.set_trace_callback(seen.append)
    calls.ringing(connection, 1, NOW)
    calls.open_calls(connection, 1)
    calls.unfinished(connection, NOW)
    calls.named(connection, "cti", "1")
    calls.statistics(connection, NOW, NOW + DAY)
    calls.statistics(connection, NOW, NOW + DAY, 1)
    deeds.give_up_stale(connection, NOW)
    to_queue(connection, NOW + MINUTE)
    connection.set_trace_callback(None)
    asked = [each for each in seen if " call " in each and each.lstrip().startswith(("SELECT", "UPDATE"))]
    plans = [(row[3], each) for each in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert len(asked) >= 9
    assert [(plan, each) for plan, each in plans if plan in ("SCAN c", "SCAN call")] == []
