"""One ticket and its conversation, each part one query."""

import json
from collections.abc import Callable

import pytest

from desk.errors import BadInput, NotFound
from desk.ids import new_uid, uid_text
from desk.mail.quotes import Fold
from desk.times import MINUTE
from storage.connect import Connection
from storage.tickets import conversation, find_ticket, ticket
from tests.factories import NOW, make_agent, make_customer, make_message, make_queue, make_team, make_ticket


def add_event(
    connection: Connection, ticket_id: int, kind: str, data: dict[str, object], at: int = NOW, **columns: object
) -> int:
    values: dict[str, object] = {"deed": new_uid(), "kind": kind, "at": at, "ticket_id": ticket_id, "patch": ""}
    values |= {"data": json.dumps(data)} | columns
    marks = ",".join("?" * len(values))
    cursor = connection.execute(f"INSERT INTO event({','.join(values)}) VALUES({marks})", tuple(values.values()))
    return int(cursor.lastrowid or 0)


def add_outbox(connection: Connection, ticket_id: int, message_id: int, state: str, ready_at: int) -> None:
    connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, tries, error)"
        " VALUES(?,?,?,?,'reply','{}',?,?,?,0,'')",
        (new_uid(), new_uid(), ticket_id, message_id, state, NOW, ready_at),
    )


def add_attachment(connection: Connection, message_id: int, name: str) -> None:
    connection.execute(
        "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)"
        " VALUES(?,?,?,'image/png',12,?,'',1)",
        (new_uid(), message_id, name, b"d" * 32),
    )


def queries(connection: Connection, deed: Callable[[], object]) -> list[str]:
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    deed()
    connection.set_trace_callback(None)
    return seen


def test_a_ticket_has_all_that_its_screen_shows(connection: Connection) -> None:
    ana = make_agent(connection, handle="ana", name="Ana Ruiz")
    twin = make_ticket(connection)
    ticket_id = make_ticket(
        connection, assignee_id=ana, team_id=make_team(connection), queue_id=make_queue(connection), goal="ship it",
        summary="kettle leaks", choice="a new one", status=3, merged_into_id=twin,
    )  # fmt: skip
    connection.execute("INSERT INTO watch(ticket_id, agent_id) VALUES(?,?)", (ticket_id, ana))
    connection.executemany(
        "INSERT INTO suggestion(ticket_id, other_ticket_id, reason, created_at, dismissed_at)"
        " VALUES(?,?,'subject',0,?)",
        [(ticket_id, twin, None), (ticket_id, make_ticket(connection), NOW)],
    )
    shown = ticket(connection, ticket_id)
    assert (shown.row.id, shown.row.assignee, shown.assignee_id) == (ticket_id, "Ana Ruiz", ana)
    assert (shown.team, shown.queue) == ("Billing", "Refunds")
    assert (shown.goal, shown.summary, shown.choice) == ("ship it", "kettle leaks", "a new one")
    assert (shown.watchers, shown.suggested, shown.merged_into) == (("Ana Ruiz",), (1001,), 1001)
    assert shown.solved_at == NOW


def test_what_a_suggested_ticket_became_is_suggested_once(connection: Connection) -> None:
    mine, twin = make_ticket(connection), make_ticket(connection)
    merged = make_ticket(connection, status=4, merged_into_id=twin)
    again = make_ticket(connection, status=4, merged_into_id=merged)
    here = make_ticket(connection, status=4, merged_into_id=mine)
    connection.executemany(
        "INSERT INTO suggestion(ticket_id, other_ticket_id, reason, created_at) VALUES(?,?,'subject',0)",
        [(mine, other) for other in (again, here, merged)],
    )
    assert ticket(connection, mine).suggested == (1002,)


def test_a_ticket_that_is_gone_is_said(connection: Connection) -> None:
    with pytest.raises(NotFound, match="gone"):
        ticket(connection, 77)


def test_a_ticket_is_found_by_number_and_id(connection: Connection) -> None:
    ticket_id = make_ticket(connection)
    uid = ticket(connection, ticket_id).row.uid
    for text in ("1001", "#1001", " #1001 ", uid_text(uid), uid_text(uid).upper()):
        assert find_ticket(connection, text) == ticket_id


def test_a_number_that_is_none_names_the_nearest(connection: Connection) -> None:
    with pytest.raises(NotFound) as failure:
        find_ticket(connection, "1")
    assert failure.value.mend == "This workspace has no tickets yet."
    for _ in range(3):
        make_ticket(connection)
    connection.execute("DELETE FROM ticket WHERE number = 1002")
    with pytest.raises(NotFound, match="#1002") as failure:
        find_ticket(connection, "1002")
    assert failure.value.mend == "The nearest: #1001, #1003."
    with pytest.raises(NotFound):
        find_ticket(connection, uid_text(new_uid()))
    for text in ("tea", "", "9" * 40, "²"):
        with pytest.raises(BadInput):
            find_ticket(connection, text)


def test_messages_and_events_stand_in_one_line_of_time(connection: Connection) -> None:
    ana = make_agent(connection, handle="ana", name="Ana")
    customer = make_customer(connection, "Li Wei")
    ticket_id = make_ticket(connection)
    make_message(connection, ticket_id, body="later", at=NOW + 3, kind="outbound", agent_id=ana)
    make_message(connection, ticket_id, body="first", at=NOW, customer_id=customer, sender="li@example.org")
    make_message(connection, make_ticket(connection), body="another ticket's")
    event = add_event(
        connection, ticket_id, "changed", {"field": "status", "before": 0, "after": 1}, NOW + 1, agent_id=ana
    )
    add_event(connection, ticket_id, "changed", {"field": "priority", "before": 1, "after": 3}, undone_by=new_uid())
    add_event(connection, ticket_id, "replied", {"subject": "x"}, agent_id=ana)
    add_event(connection, ticket_id, "undone", {"deed": "00"}, agent_id=ana)
    said = conversation(connection, ticket_id)
    assert [(entry.kind, entry.author, entry.body) for entry in said] == [
        ("inbound", "Li Wei", "first"),
        ("event", "Ana", "Ana set the status to pending"),
        ("outbound", "Ana", "later"),
    ]
    assert said[0].sender == "li@example.org"
    assert said[1].id == -event


def test_a_message_of_nobody_known_has_its_sender_as_author(connection: Connection) -> None:
    ticket_id = make_ticket(connection)
    make_message(connection, ticket_id, sender="Zoë <zoe@example.org>")
    assert conversation(connection, ticket_id)[0].author == "Zoë <zoe@example.org>"


def test_a_message_comes_with_folds_files_and_delivery(connection: Connection) -> None:
    ticket_id = make_ticket(connection)
    first = make_message(connection, ticket_id, folds='[[2, 5, "quote"], [6, 8, "signature"]]', html=True, trackers=2)
    second = make_message(connection, ticket_id, kind="outbound", at=NOW + MINUTE)
    add_attachment(connection, first, "a.png")
    add_attachment(connection, first, "b.png")
    add_outbox(connection, ticket_id, second, "undoable", NOW + 9)
    told, answered = conversation(connection, ticket_id)
    assert told.folds == (Fold(2, 5, "quote"), Fold(6, 8, "signature"))
    assert [(file.name, file.size, file.inline) for file in told.attachments] == [
        ("a.png", 12, True),
        ("b.png", 12, True),
    ]
    assert (told.html, told.trackers, told.delivery, told.ready_at) == (True, 2, "", None)
    assert (answered.folds, answered.attachments) == ((), ())
    assert (answered.delivery, answered.ready_at) == ("undoable", NOW + 9)


def test_a_long_conversation_takes_no_more_queries_and_no_scan(connection: Connection) -> None:
    short, long = make_ticket(connection), make_ticket(connection)
    for ticket_id, length in ((short, 1), (long, 60)):
        for place in range(length):
            add_attachment(connection, make_message(connection, ticket_id, at=NOW + place), "a.png")
            add_event(connection, ticket_id, "ticked", {"step": "hear", "checklist": "heard"})
    few = queries(connection, lambda: conversation(connection, short))
    many = queries(connection, lambda: conversation(connection, long))
    assert len(few) == len(many) == 4
    assert len(conversation(connection, long)) == 120
    for sql in many:
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}"):
            assert not step.startswith("SCAN") or "VIRTUAL TABLE" in step, (sql, step)
