"""How SQLite answers the starter views: by the partial indexes, in their order, never over the closed years."""

import re
from datetime import UTC

import pytest

from desk.filters import parse
from storage import queue
from storage.connect import Connection
from storage.queue.conditions import WHOLE
from storage.seed import VIEWS
from tests.factories import NOW, make_agent, make_queue, make_source, make_team, make_ticket


def plan(connection: Connection, query: str, sort: str) -> list[str]:
    scope = queue.Scope(parse(query), sort, 1, NOW, UTC)
    sql, values = queue.ids_query(connection, scope)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql} LIMIT 64", values)]


def counting_plan(connection: Connection, query: str) -> list[str]:
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    queue.count(connection, queue.Scope(parse(query), "due", 1, NOW, UTC))
    connection.set_trace_callback(None)
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {seen[-1]}")]


@pytest.mark.parametrize(
    ("query", "sort", "index"),
    [
        ("status:active assignee:me", "due", "SEARCH t USING COVERING INDEX ticket_active_assignee (assignee_id=?)"),
        ("status:active assignee:none", "due", "SEARCH t USING COVERING INDEX ticket_active_assignee (assignee_id=?)"),
        ("status:open assignee:bo", "due", "SEARCH t USING COVERING INDEX ticket_active_assignee (assignee_id=?)"),
        ("status:pending team:Billing", "due", "SEARCH t USING COVERING INDEX ticket_active_team (team_id=?)"),
        ("status:active channel:email", "due", "SEARCH t USING COVERING INDEX ticket_active_channel (channel_id=?)"),
        ("status:active", "due", "SCAN t USING COVERING INDEX ticket_active_due"),
        ("status:active due<2h", "due", "SEARCH t USING COVERING INDEX ticket_active_due (due_at<?)"),
        ("status:active", "updated", "SCAN t USING COVERING INDEX ticket_active_updated"),
        ("status:active", "newest", "SCAN t USING COVERING INDEX ticket_active_created"),
        ("status:active", "oldest", "SCAN t USING COVERING INDEX ticket_active_created"),
        ("status:active", "priority", "SCAN t USING COVERING INDEX ticket_active_priority"),
        (
            "status:active is:promised",
            "promised",
            "SEARCH t USING COVERING INDEX ticket_active_promised (promised_at>?)",
        ),
        ("status:active snoozed:yes", "snoozed", "SEARCH t USING COVERING INDEX ticket_snoozed (snoozed_until>?)"),
        ("status:active is:angry", "due", "SCAN t USING COVERING INDEX ticket_active_mood"),
        ("status:solved", "updated", "SEARCH t USING COVERING INDEX ticket_resolved (status=?)"),
        ("", "updated", "SCAN t USING INDEX ticket_updated"),
        ("", "newest", "SCAN t USING INDEX ticket_created"),
        ("", "priority", "SCAN t USING INDEX ticket_priority"),
        ("priority:urgent", "priority", "SEARCH t USING INDEX ticket_priority (priority=?)"),
    ],
)
def test_an_order_is_read_from_its_index(connection: Connection, query: str, sort: str, index: str) -> None:
    make_agent(connection)
    make_team(connection)
    make_queue(connection)
    assert plan(connection, query, sort) == [index]


@pytest.mark.parametrize(("name", "query", "sort"), VIEWS)
def test_no_starter_view_sorts_or_walks_the_table(connection: Connection, name: str, query: str, sort: str) -> None:
    for steps in (plan(connection, query, sort), counting_plan(connection, query)):
        assert steps
        for step in steps:
            assert "TEMP B-TREE" not in step, name
            assert re.search("INDEX|ticket_count|SCALAR SUBQUERY", step), name
            if "status:active" in query:
                assert re.search("ticket_(active|snoozed|count)", step), name


@pytest.mark.parametrize("query", ["", "-tag:refund"])
def test_all_tickets_are_counted_and_read_without_looking_each_up(connection: Connection, query: str) -> None:
    """Those that were merged are read from an index of their own, once."""
    wanted = queue.Scope(parse(query), "newest", 1, NOW, UTC)
    sql, values = queue.ids_query(connection, wanted, WHOLE)
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    for way in (steps, counting_plan(connection, query)):
        assert any("COVERING INDEX ticket_merged" in step for step in way), way
    if not query:
        assert steps[0] == "SCAN t USING COVERING INDEX ticket_created"


@pytest.mark.parametrize("field", ["team:Billing", "queue:Refunds", "channel:email", "source:support"])
@pytest.mark.parametrize("sort", sorted(queue.SORTS))
def test_what_few_tickets_have_leads_to_them(connection: Connection, field: str, sort: str) -> None:
    make_team(connection)
    make_queue(connection)
    make_source(connection)
    of = field.partition(":")[0]
    assert plan(connection, field, sort)[0] == f"SEARCH t USING INDEX ticket_{of} ({of}_id=?)"


def test_tags_of_active_tickets_are_read_from_their_own_table(connection: Connection) -> None:
    connection.execute("INSERT INTO tag(id, name) VALUES(7, 'refund')")
    rare = plan(connection, "status:active tag:refund", "due")
    assert "SEARCH active_tag USING PRIMARY KEY (tag_id=?)" in rare
    assert not any("ticket_tag" in step for step in rare)
    connection.executemany("INSERT INTO active_tag(tag_id, ticket_id) VALUES(7, ?)", [(n,) for n in range(600)])
    common = plan(connection, "status:active tag:refund", "due")
    assert common[0] == "SCAN t USING COVERING INDEX ticket_active_due"
    assert not any("TEMP B-TREE" in step for step in common)


def test_words_begin_with_the_messages_found(connection: Connection) -> None:
    steps = plan(connection, "status:active refund", "due")
    assert "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert not any(step.startswith(("SCAN t", "SCAN m ")) for step in steps)


def test_what_is_excluded_is_asked_of_each_ticket_found(connection: Connection) -> None:
    steps = plan(connection, "refund -invoice", "due")
    assert "SEARCH m USING COVERING INDEX message_ticket (ticket_id=?)" in steps
    assert not any(step.startswith(("SCAN t", "SCAN m ")) for step in steps)


def test_customers_lead_to_their_tickets(connection: Connection) -> None:
    steps = plan(connection, "customer:ruiz", "due")
    assert "SEARCH t USING INDEX ticket_customer (customer_id=?)" in steps


def test_a_page_of_rows_looks_each_ticket_up(connection: Connection) -> None:
    seen: list[str] = []
    ticket_ids = [make_ticket(connection) for _ in range(3)]
    connection.set_trace_callback(seen.append)
    queue.rows(connection, ticket_ids)
    connection.set_trace_callback(None)
    assert len(seen) == 3
    steps = [row[3] for sql in seen for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert not any(step.startswith("SCAN") and "wanted" not in step for step in steps)
