"""A list that is narrowed to some tickets: exactly these, in any order, and a filter narrows it further."""

import json
from datetime import UTC

import pytest

from desk.filters import parse
from storage.connect import Connection, writing
from storage.queue import SORTS, Scope, count, first_page, snapshot
from tests.factories import NOW, make_agent, make_ticket


@pytest.fixture
def ids(connection: Connection) -> list[int]:
    me = make_agent(connection)
    return [
        make_ticket(connection, status=number % 5, due_at=NOW + 10 - number, assignee_id=me if number % 2 else None)
        for number in range(10)
    ]


def scope(ids: list[int], query: str = "", sort: str = "due") -> Scope:
    return Scope(parse(query), sort, 1, NOW, UTC, json.dumps(ids))


@pytest.mark.parametrize("sort", SORTS)
def test_it_has_these_tickets_in_any_state_and_no_other(connection: Connection, ids: list[int], sort: str) -> None:
    wanted = ids[2:9]
    assert sorted(snapshot(connection, scope(wanted, sort=sort))) == wanted
    assert [row.id for row in first_page(connection, scope(wanted, sort=sort))] == list(
        snapshot(connection, scope(wanted, sort=sort))
    )
    assert count(connection, scope(wanted)) == len(wanted)


def test_it_stands_in_the_order_that_was_asked_for(connection: Connection, ids: list[int]) -> None:
    assert list(snapshot(connection, scope(ids[:4]))) == ids[3::-1]
    assert list(snapshot(connection, scope(ids[:4], sort="oldest"))) == ids[:4]


def test_a_filter_narrows_it_further(connection: Connection, ids: list[int]) -> None:
    assert sorted(snapshot(connection, scope(ids[:6], "status:active assignee:none"))) == [ids[0], ids[2]]
    assert count(connection, scope(ids[:6], "status:active")) == 4
    assert count(connection, scope(ids, "status:active -snoozed:yes")) == 6


def test_none_are_none_and_what_was_merged_is_in_no_list(connection: Connection, ids: list[int]) -> None:
    assert not snapshot(connection, scope([]))
    assert count(connection, scope([])) == 0
    with writing(connection):
        connection.execute("UPDATE ticket SET status = 4, merged_into_id = ? WHERE id = ?", (ids[0], ids[1]))
    assert list(snapshot(connection, scope(ids[:2]))) == ids[:1]


def test_it_reads_these_tickets_and_walks_no_index_of_all(connection: Connection, ids: list[int]) -> None:
    from storage.queue import ids_query

    for sort in SORTS:
        query, values = ids_query(connection, scope(ids, sort=sort))
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + query, values)]
        assert any("SEARCH t USING INTEGER PRIMARY KEY" in step for step in plan), plan
        # Sorted, whatever SQLite's statistics say of the index of that order.
        assert "ORDER BY +t." in query
