"""What agents do to the outbox itself: send what was held, write it anew, let it go."""

import json

import pytest
from sqlalchemy import Engine

from desk.errors import Refused
from desk.records import DraftRow
from desk.times import HOUR, SECOND
from storage import delivery, drafts, outbox
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.merge import merge
from storage.deeds.outbox import count_as_sent, drop, retry, write_anew
from storage.deeds.promises import Said, promise
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.outbox import listed
from storage.promises import of_ticket
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


def drafted(connection: Connection) -> list[tuple[int, str]]:
    """What is a draft now, and on which ticket."""
    return connection.execute("SELECT ticket_id, body FROM draft").fetchall()


def begin(connection: Connection, by: By, ticket: int, body: str) -> None:
    """The agent writes."""
    assert by.agent_id is not None
    with writing(connection):
        drafts.save(
            connection, DraftRow(ticket, by.agent_id, "reply", "li@example.org", "", "", body, (), 0, None, NOW)
        )


def test_what_is_taken_back_from_the_composer_is_no_draft_any_more(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    """Else it would stand there twice, and leave twice."""
    row_id = hold(connection, engine, by, ticket)
    for _ in range(2):
        with deed_session(engine) as session:
            write_anew(session, by, row_id)
        assert drafted(connection) == [(ticket, REPLY.body)]
        with writing(connection):
            connection.execute("UPDATE draft SET cursor = 7, updated_at = updated_at + 1")
        with deed_session(engine) as session:
            undo(session, by)
        assert connection.execute(STATE, (row_id,)).fetchone() == ("held", "read it first")
        assert drafted(connection) == []
    with deed_session(engine) as session:
        redo(session, by)
    assert connection.execute(STATE, (row_id,)).fetchone()[0] == "dropped"
    assert drafted(connection) == [(ticket, REPLY.body)]


def test_what_was_begun_before_is_what_is_left(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    begin(connection, by, ticket, "And another thing")
    with deed_session(engine) as session:
        write_anew(session, by, row_id)
    assert drafted(connection) == [(ticket, f"{REPLY.body}\n\nAnd another thing")]
    with deed_session(engine) as session:
        undo(session, by)
    assert drafted(connection) == [(ticket, "And another thing")]


def test_what_was_written_since_is_not_thrown_away(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    with deed_session(engine) as session:
        write_anew(session, by, row_id)
    begin(connection, by, ticket, "Glad to hear")
    with pytest.raises(Refused, match="draft"), deed_session(engine) as session:
        undo(session, by)
    assert drafted(connection) == [(ticket, "Glad to hear")]
    assert connection.execute(STATE, (row_id,)).fetchone()[0] == "dropped"


def test_a_draft_that_was_thrown_away_hinders_nothing(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    with deed_session(engine) as session:
        write_anew(session, by, row_id)
    with writing(connection):
        connection.execute("DELETE FROM draft")
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute(STATE, (row_id,)).fetchone()[0] == "held"
    assert drafted(connection) == []


def test_a_reply_lives_where_its_ticket_was_merged_into(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    other = make_ticket(connection, subject="The same", number=7007)
    connection.commit()
    with deed_session(engine) as session:
        merge(session, by, (ticket,), other)
    (row,) = [row for row in listed(connection, everything=True) if row.id == row_id]
    assert (row.ticket_id, row.ticket_number, row.subject) == (other, 7007, "The same")
    with deed_session(engine) as session:
        done, _ = write_anew(session, by, row_id)
    assert done.ticket_ids == (other,)
    assert done.title.endswith("#7007")
    assert drafted(connection) == [(other, REPLY.body)]


def test_one_that_did_arrive_counts_as_sent(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    with pytest.raises(Refused, match="held"), deed_session(engine) as session:
        count_as_sent(session, by, (row_id,))
    doubt(connection, row_id)
    (row,) = listed(connection)
    assert row.doubtful
    with deed_session(engine) as session:
        count_as_sent(session, by, (row_id,))
    found = connection.execute("SELECT state, sent_at, error FROM outbox WHERE id = ?", (row_id,)).fetchone()
    assert found == ("sent", by.at, "")
    with deed_session(engine) as session:
        undo(session, by)
    found = connection.execute("SELECT state, sent_at, error FROM outbox WHERE id = ?", (row_id,)).fetchone()
    assert found == ("held", None, "nobody knows")
    assert [row.doubtful for row in listed(connection)] == [True]


def test_a_doubt_ends_with_the_sending(connection: Connection, engine: Engine, by: By, ticket: int) -> None:
    row_id = hold(connection, engine, by, ticket)
    doubt(connection, row_id)
    heard(connection, ticket, "Where is it?")
    with deed_session(engine) as session:
        retry(session, by, (row_id,))
    assert leaves(connection)
    hold_as_overtaken(connection, row_id)
    assert [row.doubtful for row in listed(connection)] == [False]


def doubt(connection: Connection, row_id: int) -> None:
    """Hold it as delivery does where a mail was handed over and can't be found."""
    job = job_of(connection, row_id)
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'handed' WHERE id = ?", (row_id,))
        delivery.hold(connection, job, "nobody knows")


def hold_as_overtaken(connection: Connection, row_id: int) -> None:
    job = job_of(connection, row_id)
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'waiting' WHERE id = ?", (row_id,))
        delivery.hold(connection, job, "read it")


def job_of(connection: Connection, row_id: int) -> delivery.Job:
    """The row as delivery sees it."""
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'handed' WHERE id = ?", (row_id,))
    source_id = connection.execute("SELECT source_id FROM outbox WHERE id = ?", (row_id,)).fetchone()[0]
    (job,) = delivery.unclear_jobs(connection, source_id)
    return job


@pytest.mark.parametrize("before", [True, False])
def test_a_call_is_no_mail_that_overtakes(
    connection: Connection, engine: Engine, by: By, ticket: int, before: bool
) -> None:
    """Neither one that was there when the reply was begun, nor one that an agent has had since."""
    if before:
        make_message(connection, ticket, kind="call", at=NOW + SECOND, body="They rang.")
        begin(connection, by, ticket, "draft")
        with writing(connection):
            newest = "(SELECT max(id) FROM message WHERE kind = 'inbound')"
            connection.execute(f"UPDATE draft SET seen_inbound_id = {newest}")
    with deed_session(engine) as session:
        write(session, by, ticket, REPLY)
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'waiting', ready_at = 0")
    if not before:
        make_message(connection, ticket, kind="call", at=NOW + 9 * SECOND, body="They rang.")
        connection.commit()
    assert leaves(connection)
    heard(connection, ticket, "It came!")
    assert not leaves(connection)
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'held'")
    found = outbox.overtaken(connection, 1)
    assert found is not None
    assert [each.body for each in found.heard] == ["It came!"]


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


def test_a_note_that_failed_is_written_anew_as_a_note(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("note", "Chiara has the transfer."))
    with writing(connection):
        connection.execute("UPDATE outbox SET state = 'failed', error = 'not allowed' WHERE kind = 'note'")
    (row,) = listed(connection)
    with deed_session(engine) as session:
        done, kind = write_anew(session, by, row.id)
    assert (done.title, kind) == (f"Taken out of the outbox: the note on #{row.ticket_number}", "note")
    assert connection.execute(STATE, (row.id,)).fetchone()[0] == "dropped"
    assert connection.execute("SELECT kind, body FROM draft").fetchall() == [("note", "Chiara has the transfer.")]


def test_a_change_of_status_is_no_text_to_write_anew(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    with writing(connection):
        connection.execute("UPDATE outbox SET kind = 'change' WHERE id = ?", (row_id,))
    with pytest.raises(Refused, match="can't be written anew"), deed_session(engine) as session:
        write_anew(session, by, row_id)


def test_what_a_dropped_reply_promises_is_promised_no_more(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    row_id = hold(connection, engine, by, ticket)
    message = connection.execute("SELECT message_id, ticket_id FROM outbox WHERE id = ?", (row_id,)).fetchone()
    for hours, of in ((5, message[0]), (9, None)):
        with deed_session(engine) as session:
            promise(session, by, ticket, Said(f"in {hours}", by.at, by.at + hours * HOUR, of))
    stands = "SELECT promised_at, due_at FROM ticket WHERE id = ?"
    assert connection.execute(stands, (ticket,)).fetchone()[0] == by.at + 5 * HOUR
    with deed_session(engine) as session:
        drop(session, by, [row_id])
    assert [each.state for each in of_ticket(connection, ticket)] == ["open", "withdrawn"]
    assert connection.execute(stands, (ticket,)).fetchone() == (by.at + 9 * HOUR, by.at + 9 * HOUR // 2)
    with deed_session(engine) as session:
        undo(session, by)
    assert [each.state for each in of_ticket(connection, ticket)] == ["open", "open"]
    assert connection.execute(stands, (ticket,)).fetchone()[0] == by.at + 5 * HOUR
