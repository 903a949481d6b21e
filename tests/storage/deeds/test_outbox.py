"""What agents do to the outbox itself: send what was held, write it anew, let it go."""

import json

import pytest
from sqlalchemy import Engine

from desk.errors import Refused
from desk.times import SECOND
from storage import delivery, drafts, outbox
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.outbox import drop, retry, write_anew
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from tests.factories import NOW, make_customer, make_message, make_source, make_ticket

REPLY = Outgoing("reply", "It left yesterday.\n\nAna", recipients="li@example.org", subject="Re: order")
STATE = "SELECT state, error FROM outbox WHERE id = ?"


@pytest.fixture
def ticket(connection: Connection) -> int:
    """A ticket of a mailbox, with a question."""
    customer = make_customer(connection, "Li Wei", email="li@example.org")
    source_id = make_source(connection, kind="mailbox")
    ticket = make_ticket(connection, customer_id=customer, source_id=source_id)
    make_message(connection, ticket, body="Where is it?", customer_id=customer)
    connection.commit()
    return ticket


def heard(connection: Connection, ticket: int, body: str, **columns: str) -> int:
    at = NOW + SECOND * int(connection.execute("SELECT count(*) FROM message").fetchone()[0])
    message = make_message(connection, ticket, body=body, at=at, sender="li@example.org", **columns)
    connection.commit()
    return message


def hold(connection: Connection, engine: Engine, by: By, ticket: int) -> int:
    """A reply that is held, as delivery holds it."""
    with deed_session(engine) as session:
        write(session, by, ticket, REPLY)
    row_id = int(connection.execute("SELECT max(id) FROM outbox").fetchone()[0])
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'held', error = 'read it first' WHERE id = ?", (row_id,))
    return row_id


def leaves(connection: Connection) -> bool:
    """Whether delivery would let the next one go."""
    source_id = connection.execute("SELECT source_id FROM outbox").fetchone()[0]
    job = delivery.next_job(connection, source_id, NOW)
    assert job is not None
    return not delivery.overtaken(connection, job)


def test_both_texts_are_there_to_be_compared(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    assert outbox.overtaken(connection, row_id) is None
    first = heard(connection, ticket, "It came!")
    heard(connection, ticket, "I am away", automatic="auto-replied")
    second = heard(connection, ticket, "Thank you")
    found = outbox.overtaken(connection, row_id)
    assert found is not None
    assert found.body == REPLY.body
    assert [(each.id, each.body) for each in found.heard] == [(first, "It came!"), (second, "Thank you")]


def test_what_is_sent_as_it_is_leaves(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    newest = heard(connection, ticket, "It came!")
    with deed_session(engine) as session:
        retry(session, by, (row_id,), seen=newest)
    assert connection.execute(STATE, (row_id,)).fetchone() == ("waiting", "")
    assert leaves(connection)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute(STATE, (row_id,)).fetchone() == ("held", "read it first")


def test_what_the_agent_has_not_seen_holds_it_again(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    seen = heard(connection, ticket, "It came!")
    heard(connection, ticket, "And it is broken")
    with deed_session(engine) as session:
        retry(session, by, (row_id,), seen=seen)
    assert not leaves(connection)


def test_a_retry_by_the_command_counts_all_as_seen(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    heard(connection, ticket, "It came!")
    with deed_session(engine) as session:
        retry(session, by, (row_id,))
    assert leaves(connection)


def test_what_is_written_anew_is_a_draft_that_knows_of_all_and_never_leaves(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    newest = heard(connection, ticket, "It came!")
    with deed_session(engine) as session:
        done, kind = write_anew(session, by, row_id)
    assert done.ticket_ids == (ticket,)
    assert connection.execute(STATE, (row_id,)).fetchone()[0] == "dropped"
    assert by.agent_id is not None
    draft = drafts.load(connection, ticket, by.agent_id, kind)
    assert draft is not None
    assert (draft.body, draft.recipients, draft.seen_inbound_id) == (REPLY.body, "li@example.org", newest)
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("reply", "Glad to hear.", recipients="li@example.org"))
    row = connection.execute("SELECT payload FROM outbox WHERE state <> 'dropped'").fetchone()
    assert json.loads(row[0])["seen_inbound_id"] == newest


@pytest.mark.parametrize("state", ["sending", "handed", "sent", "dropped"])
def test_what_may_have_left_is_left_alone(
    connection: Connection, engine: Engine, by: By, ticket: int, state: str
) -> None:
    row_id = hold(connection, engine, by, ticket)
    with writing(connection):
        connection.execute("UPDATE outbox SET state = ? WHERE id = ?", (state, row_id))
    with pytest.raises(Refused), deed_session(engine) as session:
        write_anew(session, by, row_id)
    with pytest.raises(Refused), deed_session(engine) as session:
        drop(session, by, (row_id,))
    with pytest.raises(Refused), deed_session(engine) as session:
        retry(session, by, (row_id,))
    assert connection.execute(STATE, (row_id,)).fetchone()[0] == state
    assert connection.execute("SELECT count(*) FROM draft").fetchone() == (0,)


def test_a_change_of_status_is_no_text_to_write_anew(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    with writing(connection):
        connection.execute("UPDATE outbox SET kind = 'change' WHERE id = ?", (row_id,))
    with pytest.raises(Refused, match="can't be written anew"), deed_session(engine) as session:
        write_anew(session, by, row_id)
