"""Which source takes what of what is done to a ticket: the rest is the workspace's own, and never waits to leave."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from desk.statuses import Priority, Status
from desk.times import SECOND
from storage import outbox
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.sources import connected, takes
from tests.factories import NOW, make_source, make_ticket

Row = tuple[str, str, bool]


@pytest.fixture
def at_once(by: By) -> By:
    """An agent whose deeds leave without undo time."""
    return By(by.agent_id, NOW, undo_seconds=0)


def rows(connection: Connection) -> list[Row]:
    """Kind and state of all in the outbox, and whether a source is to take it."""
    return connection.execute("SELECT kind, state, source_id IS NOT NULL FROM outbox ORDER BY id").fetchall()


def test_a_mailbox_takes_mails_and_who_has_a_ticket() -> None:
    assert all(takes("mailbox", {}, operation, ()) for operation in ("reply", "forward", "acknowledgement", "resend"))
    assert takes("mailbox", {}, "change", ("status", "assignee"))
    assert not takes("mailbox", {}, "change", ("status", "tags"))
    assert not any(takes("mailbox", {}, operation, ("merged_into",)) for operation in ("note", "merge"))


def test_a_helpdesk_takes_what_its_kind_said() -> None:
    settings = {"takes": "reply status tags"}
    assert takes("another", settings, "reply", ())
    assert takes("another", settings, "change", ("priority", "tags"))
    assert not takes("another", settings, "change", ("priority", "snoozed_until"))
    assert not any(takes("another", settings, operation, ()) for operation in ("note", "merge", "tick", "forward"))


@pytest.mark.parametrize("operation", ["reply", "change"])
def test_a_file_takes_nothing(connection: Connection, operation: str) -> None:
    assert not takes("mbox", {}, operation, ("assignee",))
    for kind in ("mbox", "mailbox", "rt"):
        make_source(connection, kind, kind)
    assert [row.kind for row in connected(connection)] == ["mailbox", "rt"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("mailbox", [("note", "sent", False), ("reply", "waiting", True), ("change", "sent", False)]),
        ("rt", [("note", "waiting", True), ("reply", "waiting", True), ("change", "waiting", True)]),
    ],
)
def test_only_what_its_source_takes_waits(
    connection: Connection, engine: Engine, at_once: By, kind: str, expected: Sequence[Row]
) -> None:
    ticket = make_ticket(connection, source_id=make_source(connection, kind))
    with deed_session(engine) as session:
        write(session, at_once, ticket, Outgoing("note", "Called."))
        write(
            session, at_once, ticket, Outgoing("reply", "Sent.", "li@example.org", after=Change(status=Status.SOLVED))
        )
    assert rows(connection) == expected
    waiting = [row for row in expected if row[1] == "waiting"]
    assert outbox.waiting_count(connection) == len(waiting)
    assert [row.kind for row in outbox.listed(connection)] == [row[0] for row in waiting]


def test_of_many_tickets_only_those_wait_whose_change_leaves(
    connection: Connection, engine: Engine, at_once: By
) -> None:
    mailbox, helpdesk = make_source(connection), make_source(connection, "zendesk", "zendesk")
    mine = make_ticket(connection, source_id=mailbox, assignee_id=at_once.agent_id)
    free = make_ticket(connection, source_id=mailbox)
    there = make_ticket(connection, source_id=helpdesk, assignee_id=at_once.agent_id)
    taken = Change(assignee=at_once.agent_id, priority=Priority.HIGH)
    with deed_session(engine) as session:
        change(session, at_once, [mine, free, there], taken)
    found = connection.execute("SELECT ticket_id, source_id, state FROM outbox ORDER BY ticket_id").fetchall()
    assert found == [(mine, None, "sent"), (free, mailbox, "waiting"), (there, helpdesk, "waiting")]


def test_a_merge_is_a_helpdesks_matter(connection: Connection, engine: Engine, at_once: By) -> None:
    for kind in ("mailbox", "zammad"):
        source = make_source(connection, kind, kind)
        one, other = (make_ticket(connection, source_id=source) for _ in range(2))
        with deed_session(engine) as session:
            merge(session, at_once, (one,), other)
    assert rows(connection) == [("merge", "sent", False), ("merge", "waiting", True)]


def test_what_stays_here_can_be_taken_back_whenever_and_is_never_on_its_way(
    connection: Connection, engine: Engine, by: By
) -> None:
    """A reply that solves: only the reply counts down. Notes of a mailbox have reached nobody."""
    ticket = make_ticket(connection, source_id=make_source(connection))
    reply = Outgoing("reply", "Sent.", "li@example.org", after=Change(status=Status.SOLVED))
    with deed_session(engine) as session:
        write(session, by, ticket, reply)
    assert rows(connection) == [("reply", "undoable", True), ("change", "sent", False)]
    for turn in (undo, redo, undo):
        with deed_session(engine) as session:
            turn(session, by)
    assert connection.execute("SELECT status FROM ticket").fetchone() == (Status.OPEN,)
    assert outbox.waiting_count(connection) == 0
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("note", "Called."))
    with deed_session(engine) as session:
        undo(session, By(by.agent_id, NOW + 900 * SECOND))
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
