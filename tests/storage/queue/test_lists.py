"""Rows, views and counts, and what is said about names that nobody bears."""

from datetime import UTC

import pytest

from desk.errors import BadInput, NotFound
from desk.filters import parse
from desk.records import ViewRow
from storage import queue
from storage.connect import Connection
from storage.seed import VIEWS
from tests.factories import NOW, make_agent, make_customer, make_source, make_tag, make_team, make_ticket


def scope(query: str, sort: str = "due", me: int | None = None) -> queue.Scope:
    return queue.Scope(parse(query), sort, me, NOW, UTC)


def test_a_row_has_all_that_a_line_shows(connection: Connection) -> None:
    agent, customer = make_agent(connection, handle="ana", name="Ana Ruiz"), make_customer(connection, "Li Wei")
    ticket_id = make_ticket(
        connection, subject="Kettle", customer_id=customer, assignee_id=agent, channel="phone", priority=3, mood=2,
        unread=True, preview="It leaks", due_at=NOW + 5, message_count=4, contacts=2,
    )  # fmt: skip
    for tag in ("vip", "refund"):
        make_tag(connection, ticket_id, tag)
    (row,) = queue.rows(connection, [ticket_id])
    assert (row.subject, row.preview, row.number) == ("Kettle", "It leaks", 1001)
    assert (row.customer, row.customer_id, row.assignee, row.channel) == ("Li Wei", customer, "Ana Ruiz", "phone")
    assert row.customer_uid == connection.execute("SELECT uid FROM customer").fetchone()[0]
    assert (row.tags, row.priority, row.mood, row.contacts) == (("refund", "vip"), 3, 2, 2)
    assert row.unread is True
    assert (row.due_at, row.promised_at, row.message_count) == (NOW + 5, None, 4)


def test_a_ticket_of_nobody_has_empty_names(connection: Connection) -> None:
    (row,) = queue.rows(connection, [make_ticket(connection)])
    assert (row.customer, row.customer_id, row.customer_uid, row.assignee, row.tags) == ("", None, None, "", ())


def test_rows_come_in_the_order_of_their_ids_and_without_the_gone(connection: Connection) -> None:
    first, second = make_ticket(connection), make_ticket(connection)
    assert [row.id for row in queue.rows(connection, [second, 999, first])] == [second, first]


def test_views_come_by_their_digits(connection: Connection) -> None:
    views = queue.views(connection)
    assert [view.position for view in views] == list(range(1, len(VIEWS) + 1))
    assert views[0].name == "Mine"


def test_each_view_is_counted_and_one_that_names_nobody_is_not(connection: Connection) -> None:
    me = make_agent(connection)
    make_ticket(connection, assignee_id=me)
    make_ticket(connection, assignee_id=me, snoozed_until=NOW + 1)
    make_ticket(connection, status=3)
    views = (
        *queue.views(connection),
        ViewRow(90, 10, "Gone", "assignee:zoe", "due"),
        ViewRow(91, 11, "?", "due:", "due"),
    )
    numbers = queue.counts(connection, views, me, NOW, UTC)
    assert {view.name: numbers[view.id] for view in views[:9]} == {
        "Mine": 1, "Unassigned": 0, "Due next": 1, "Promised": 0, "Angry": 0, "Snoozed": 1, "All open": 2,
        "Solved": 1, "Everything": 3,
    }  # fmt: skip
    assert not {90, 91} & set(numbers)


def test_a_ticket_whose_snooze_is_over_is_back(connection: Connection) -> None:
    ticket_id = make_ticket(connection, snoozed_until=NOW)
    assert list(queue.snapshot(connection, scope("snoozed:no"))) == [ticket_id]
    assert queue.count(connection, scope("snoozed:yes")) == 0


def test_agents_are_known_by_handle_name_and_part_of_the_name(connection: Connection) -> None:
    ana = make_agent(connection, handle="ana.r", name="Ana Ruiz")
    make_agent(connection, handle="ruiz", name="Bo Lind")
    ticket_id = make_ticket(connection, assignee_id=ana)
    for name in ("ana.r", "ANA.R", '"ana ruiz"', "ana"):
        assert list(queue.snapshot(connection, scope(f"assignee:{name}"))) == [ticket_id], name
    assert queue.count(connection, scope("assignee:ruiz")) == 0


def test_tickets_of_one_source_are_found_by_its_name_or_all_of_a_kind(connection: Connection) -> None:
    sources = [
        make_source(connection, kind, name) for kind, name in (("rt", "Acme"), ("rt", "Mail"), ("mailbox", "rt2"))
    ]
    tickets = [make_ticket(connection, source_id=source, due_at=NOW) for source in (*sources, None)]
    wanted = {"source:acme": [0], "source:rt": [0, 1], "source:rt2": [2], "-source:rt": [2, 3], "source:none": [3]}
    for query, places in wanted.items():
        for status in ("", " status:active"):
            found = sorted(queue.snapshot(connection, scope(query + status)))
            assert found == [tickets[place] for place in places], query
            assert queue.count(connection, scope(query + status)) == len(places), query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("assignee:booo", "Did you mean bo?"),
        ("team:Biling", "Did you mean Billing?"),
        ("queue:Refunds", "This workspace has no queues yet."),
    ],
)
def test_a_name_that_nobody_bears_is_said_with_the_nearest(connection: Connection, query: str, words: str) -> None:
    make_agent(connection)
    make_team(connection)
    with pytest.raises(NotFound) as failure:
        queue.count(connection, scope(query))
    assert failure.value.mend == words


def test_an_unknown_order_is_said_with_the_nearest(connection: Connection) -> None:
    with pytest.raises(BadInput, match="newst") as failure:
        queue.first_page(connection, scope("", "newst"))
    assert failure.value.mend == "Did you mean newest?"
