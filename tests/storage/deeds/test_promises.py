"""Promises: made, raised before they are due, settled by an answer or the solution, withdrawn, all taken back."""

from datetime import UTC

import pytest

from desk.errors import BadInput, Refused
from desk.statuses import Status
from desk.times import DAY, HOUR, MINUTE, SECOND
from storage import promises, rules, tickets
from storage.connect import Connection
from storage.deeds import calls
from storage.deeds.by import By, Done
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.deeds.outbox import drop
from storage.deeds.promises import Said, promise, withdraw
from storage.deeds.undo import redo, undo
from storage.deeds.wrap_up import WrapUp, wrap_up
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.inbound import after_inbound
from storage.promises import settle_answered
from storage.sent_promises import said_in
from tests.factories import NOW, make_customer, make_message, make_ticket

SAID = Said("by tomorrow", NOW, NOW + DAY)


@pytest.fixture
def ticket(connection: Connection) -> int:
    made = make_ticket(connection, customer_id=make_customer(connection), status=int(Status.PENDING))
    make_message(connection, made, at=NOW - HOUR)
    make_message(connection, made, kind="outbound", at=NOW)
    after_inbound(connection, [made])
    return made


def times(connection: Connection, ticket: int) -> tuple[object, ...]:
    row: tuple[object, ...] = connection.execute(
        "SELECT status, promised_at, due_at FROM ticket WHERE id = ?", (ticket,)
    ).fetchone()
    return row


def states(connection: Connection, ticket: int) -> list[tuple[str, int | None]]:
    return [(each.state, each.settled_at) for each in promises.of_ticket(connection, ticket)]


def make(connection: Connection, by: By, ticket: int, said: Said = SAID) -> None:
    with deed_session(engine_over(connection)) as session:
        promise(session, by, ticket, said)


def answer(connection: Connection, by: By, ticket: int, at: int, after: Change | None = None) -> None:
    outgoing = Outgoing("reply", "Here it is.", recipients="li@example.org", after=after or Change())
    with deed_session(engine_over(connection)) as session:
        write(session, By(by.agent_id, at), ticket, outgoing)


def back(connection: Connection, by: By, at: int = NOW) -> None:
    with deed_session(engine_over(connection)) as session:
        undo(session, By(by.agent_id, at))


def test_a_promise_raises_its_ticket_before_it_is_due(connection: Connection, by: By, ticket: int) -> None:
    assert times(connection, ticket) == (1, None, None)
    make(connection, by, ticket)
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 12 * HOUR)
    back(connection, by)
    assert times(connection, ticket) == (1, None, None)
    assert promises.of_ticket(connection, ticket) == ()
    with deed_session(engine_over(connection)) as session:
        redo(session, by)
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 12 * HOUR)


def test_several_stand_on_one_ticket_and_the_earliest_shows(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    make(connection, by, ticket, Said("within two hours", NOW, NOW + 2 * HOUR))
    assert times(connection, ticket) == (1, NOW + 2 * HOUR, NOW + HOUR)
    assert [each.words for each in promises.of_ticket(connection, ticket)] == ["within two hours", "by tomorrow"]
    assert len(promises.open_of_customer(connection, 1)) == 2
    with pytest.raises(Refused, match="has a promise for that time already"):
        make(connection, by, ticket)
    with pytest.raises(BadInput):
        make(connection, by, ticket, Said("yesterday", NOW, NOW))


def test_an_answer_keeps_it_and_undo_opens_it_again(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    answer(connection, by, ticket, NOW + 3 * HOUR)
    assert states(connection, ticket) == [("kept", NOW + 3 * HOUR)]
    assert times(connection, ticket) == (1, None, None)
    said = [each.body for each in tickets.conversation(connection, ticket) if each.kind == "event"]
    assert "Ana Ruiz kept the promise “by tomorrow”, 21 h early" in said
    back(connection, by, NOW + 3 * HOUR)
    assert states(connection, ticket) == [("open", None)]
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 12 * HOUR)


def test_an_answer_at_the_last_moment_keeps_it(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    answer(connection, by, ticket, NOW + DAY)
    assert states(connection, ticket) == [("kept", NOW + DAY)]


def test_an_answer_that_comes_too_late_breaks_it(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    answer(connection, by, ticket, NOW + DAY + 40 * MINUTE)
    assert states(connection, ticket) == [("broken", NOW + DAY + 40 * MINUTE)]
    said = [each.body for each in tickets.conversation(connection, ticket) if each.kind == "event"]
    assert "Ana Ruiz broke the promise “by tomorrow”, 40 m late" in said


def test_a_note_settles_nothing(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    with deed_session(engine_over(connection)) as session:
        write(session, By(by.agent_id, NOW + HOUR), ticket, Outgoing("note", "Asked the carrier."))
    assert states(connection, ticket) == [("open", None)]


@pytest.mark.parametrize(("talked", "state"), [(90, "kept"), (0, "open")])
def test_a_call_settles_it_where_somebody_was_reached(
    connection: Connection, by: By, ticket: int, talked: int, state: str
) -> None:
    make(connection, by, ticket)
    call = calls.begin(connection, By(by.agent_id, NOW + HOUR), calls.Begun(number="+4930123456", direction="out"))
    at = NOW + HOUR + talked * SECOND
    wrap = WrapUp("I'll send it within 2 hours.", "Answered", ticket_id=ticket)
    with deed_session(engine_over(connection)) as session:
        done = wrap_up(session, By(by.agent_id, at), call.id, wrap)
    assert states(connection, ticket) == [(state, at if talked else None)]
    assert times(connection, ticket)[1] == (NOW + DAY if state == "open" else None)
    (said,) = said_in(connection, done.deed, UTC)
    assert (said.words, said.due_at) == ("I'll send it within 2 hours.", NOW + 3 * HOUR)
    back(connection, by, at)
    assert states(connection, ticket) == [("open", None)]


def test_the_solution_settles_what_no_answer_did(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    with deed_session(engine_over(connection)) as session:
        change(session, By(by.agent_id, NOW + HOUR), [ticket], Change(status=int(Status.SOLVED)))
    assert states(connection, ticket) == [("kept", NOW + HOUR)]
    assert times(connection, ticket) == (3, None, None)
    back(connection, by, NOW + HOUR)
    assert (states(connection, ticket), times(connection, ticket)) == (
        [("open", None)], (1, NOW + DAY, NOW + 12 * HOUR),
    )  # fmt: skip


def test_one_on_a_solved_ticket_takes_it_up_again(connection: Connection, by: By, ticket: int) -> None:
    answer(connection, by, ticket, NOW + HOUR, Change(status=int(Status.SOLVED)))
    make(connection, By(by.agent_id, NOW + HOUR), ticket, Said("by tomorrow", NOW + HOUR, NOW + DAY))
    assert times(connection, ticket) == (int(Status.HOLD), NOW + DAY, NOW + HOUR + 23 * HOUR // 2)
    back(connection, by, NOW + HOUR)
    assert times(connection, ticket) == (int(Status.SOLVED), None, None)


def send(connection: Connection, by: By, ticket: int, body: str, at: int) -> tuple[Done, int]:
    """A reply that is on its way; also its row of the outbox."""
    with deed_session(engine_over(connection)) as session:
        outgoing = Outgoing("reply", body, recipients="li@example.org")
        done = write(session, By(by.agent_id, at, 15), ticket, outgoing)
    (row,) = connection.execute("SELECT max(id) FROM outbox").fetchone()
    return done, row


def test_what_was_taken_back_promises_nothing(connection: Connection, by: By, ticket: int) -> None:
    done, _ = send(connection, by, ticket, "I'll call you tomorrow.", NOW + HOUR)
    (said,) = said_in(connection, done.deed, UTC)
    back(connection, by, NOW + HOUR + 1)
    with pytest.raises(Refused, match="was taken back"):
        make(connection, by, ticket, said)
    assert promises.of_ticket(connection, ticket) == ()


def test_what_is_promised_already_isnt_found_again(connection: Connection, by: By, ticket: int) -> None:
    done, _ = send(connection, by, ticket, "I'll call you tomorrow.", NOW + HOUR)
    (said,) = said_in(connection, done.deed, UTC)
    make(connection, By(by.agent_id, NOW + HOUR), ticket, said)
    assert said_in(connection, done.deed, UTC) == ()


def test_a_time_of_day_is_the_teams(connection: Connection, by: By, ticket: int) -> None:
    done, _ = send(connection, by, ticket, "I'll call you tomorrow at 9 am.", NOW)
    # NOW is nine in UTC.
    assert [each.due_at for each in said_in(connection, done.deed, UTC)] == [NOW + DAY]
    rules.write(connection, "targets", 'zone = "Asia/Tokyo"')
    assert [each.due_at for each in said_in(connection, done.deed, UTC)] == [NOW + DAY - 9 * HOUR]


def test_what_was_dropped_promises_nothing(connection: Connection, by: By, ticket: int) -> None:
    done, row = send(connection, by, ticket, "I'll call you tomorrow.", NOW + HOUR)
    (said,) = said_in(connection, done.deed, UTC)
    with deed_session(engine_over(connection)) as session:
        drop(session, By(by.agent_id, NOW + HOUR + 1), [row])
    with pytest.raises(Refused, match="was taken back"):
        make(connection, by, ticket, said)
    back(connection, by, NOW + HOUR + 2)
    make(connection, by, ticket, said)
    assert [state for state, _ in states(connection, ticket)] == ["open"]


def test_an_undone_reply_takes_its_promise_with_it_and_opens_the_one_before(
    connection: Connection, by: By, ticket: int
) -> None:
    make(connection, by, ticket)
    stood = times(connection, ticket)
    done, _ = send(connection, by, ticket, "I'll call you within 2 hours.", NOW + HOUR)
    (said,) = said_in(connection, done.deed, UTC)
    make(connection, By(by.agent_id, NOW + HOUR + 1), ticket, said)
    assert [state for state, _ in states(connection, ticket)] == ["open", "kept"]
    assert times(connection, ticket)[1:] == (NOW + 3 * HOUR, NOW + 2 * HOUR)
    back(connection, by, NOW + HOUR + 2)
    back(connection, by, NOW + HOUR + 3)
    assert states(connection, ticket) == [("open", None)]
    assert times(connection, ticket) == stood


def test_a_reply_that_is_dropped_has_kept_nothing(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    stood = times(connection, ticket)
    _, row = send(connection, by, ticket, "Here it is.", NOW + HOUR)
    assert states(connection, ticket) == [("kept", NOW + HOUR)]
    with deed_session(engine_over(connection)) as session:
        drop(session, By(by.agent_id, NOW + 2 * HOUR), [row])
    assert (states(connection, ticket), times(connection, ticket)) == ([("open", None)], stood)
    back(connection, by, NOW + 2 * HOUR)
    assert (states(connection, ticket), times(connection, ticket)[1]) == ([("kept", NOW + HOUR)], None)


def test_what_the_solution_settled_stays_settled_when_a_reply_is_dropped(
    connection: Connection, by: By, ticket: int
) -> None:
    make(connection, by, ticket)
    with deed_session(engine_over(connection)) as session:
        change(session, By(by.agent_id, NOW + HOUR), [ticket], Change(status=int(Status.SOLVED)))
        change(session, By(by.agent_id, NOW + 2 * HOUR), [ticket], Change(status=int(Status.OPEN)))
    _, row = send(connection, by, ticket, "Here it is.", NOW + 3 * HOUR)
    with deed_session(engine_over(connection)) as session:
        drop(session, By(by.agent_id, NOW + 4 * HOUR), [row])
    assert states(connection, ticket) == [("kept", NOW + HOUR)]


def test_nothing_is_opened_again_on_a_solved_ticket(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    _, row = send(connection, by, ticket, "Here it is.", NOW + HOUR)
    with deed_session(engine_over(connection)) as session:
        change(session, By(by.agent_id, NOW + 2 * HOUR), [ticket], Change(status=int(Status.SOLVED)))
        drop(session, By(by.agent_id, NOW + 3 * HOUR), [row])
    assert states(connection, ticket) == [("kept", NOW + HOUR)]
    assert times(connection, ticket) == (int(Status.SOLVED), None, None)


def test_the_message_that_promises_settles_nothing_though_its_server_dates_it_later(
    connection: Connection, by: By, ticket: int
) -> None:
    done, _ = send(connection, by, ticket, "I'll call you tomorrow.", NOW + HOUR)
    (said,) = said_in(connection, done.deed, UTC)
    make(connection, By(by.agent_id, NOW + HOUR), ticket, said)
    connection.execute("UPDATE message SET at = at + ? WHERE id = ?", (MINUTE, said.message_id))
    settle_answered(connection, [ticket])
    assert [state for state, _ in states(connection, ticket)] == ["open"]
    _, row = send(connection, by, ticket, "Here it is.", NOW + 2 * HOUR)
    with deed_session(engine_over(connection)) as session:
        drop(session, By(by.agent_id, NOW + 3 * HOUR), [row])
    assert [state for state, _ in states(connection, ticket)] == ["open"]


def test_another_answer_since_has_kept_it_though_the_first_was_dropped(
    connection: Connection, by: By, ticket: int
) -> None:
    make(connection, by, ticket)
    _, row = send(connection, by, ticket, "Here it is.", NOW + HOUR)
    answer(connection, by, ticket, NOW + 2 * HOUR)
    with deed_session(engine_over(connection)) as session:
        drop(session, By(by.agent_id, NOW + 3 * HOUR), [row])
    assert states(connection, ticket) == [("kept", NOW + HOUR)]


def test_one_is_withdrawn(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    with deed_session(engine_over(connection)) as session:
        withdraw(session, By(by.agent_id, NOW + 5), 1)
    assert (states(connection, ticket), times(connection, ticket)) == ([("withdrawn", NOW + 5)], (1, None, None))
    with deed_session(engine_over(connection)) as session, pytest.raises(Refused, match="is withdrawn already"):
        withdraw(session, by, 1)
    back(connection, by, NOW + 5)
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 12 * HOUR)


@pytest.mark.parametrize(("hours", "state"), [(5, "kept"), (24, "kept"), (30, "broken"), (-1, "open"), (0, "open")])
def test_an_answer_from_elsewhere_settles_it(
    connection: Connection, by: By, ticket: int, hours: int, state: str
) -> None:
    make(connection, by, ticket)
    make_message(connection, ticket, kind="outbound", at=NOW + 2 * HOUR, automatic="auto-replied")
    make_message(connection, ticket, kind="outbound", at=NOW + hours * HOUR)
    settle_answered(connection, [ticket])
    after_inbound(connection, [ticket])
    assert states(connection, ticket)[0][0] == state
    assert (times(connection, ticket)[1] is None) == (state != "open")


def test_a_promise_goes_with_a_merged_ticket_and_comes_back(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    into = make_ticket(connection)
    with deed_session(engine_over(connection)) as session:
        merge(session, By(by.agent_id, NOW + 1), [ticket], into)
    assert times(connection, into)[1] == NOW + DAY
    assert times(connection, ticket) == (int(Status.CLOSED), None, None)
    back(connection, by, NOW + 1)
    assert times(connection, into)[1] is None
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 12 * HOUR)


def test_new_targets_move_what_is_active(connection: Connection, by: By, ticket: int) -> None:
    waiting = make_ticket(connection)
    solved = make_ticket(connection, status=3)
    after_inbound(connection, [waiting, solved])
    rules.write(connection, "targets", '[[target]]\ntitle = "Mail"\nfirst_response = "1h"\n')
    due = dict(connection.execute("SELECT id, due_at FROM ticket").fetchall())
    assert due == {ticket: None, waiting: NOW + HOUR, solved: None}
    rules.write(connection, "targets", None)
    assert connection.execute("SELECT due_at, warns_at FROM ticket WHERE id = ?", (waiting,)).fetchone() == (
        NOW + DAY, NOW + 22 * HOUR,
    )  # fmt: skip


def test_a_new_aim_is_that_of_the_promises_that_are_open_too(connection: Connection, by: By, ticket: int) -> None:
    make(connection, by, ticket)
    make(connection, by, ticket, Said("by noon", NOW, NOW + 3 * HOUR))
    with deed_session(engine_over(connection)) as session:
        withdraw(session, by, 2)
    rules.write(connection, "targets", 'inner = "25%"')
    assert [(each.state, each.target_at) for each in promises.of_ticket(connection, ticket)] == [
        ("open", NOW + 6 * HOUR), ("withdrawn", NOW + 90 * MINUTE),
    ]  # fmt: skip
    assert times(connection, ticket) == (1, NOW + DAY, NOW + 6 * HOUR)
