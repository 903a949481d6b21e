"""What is told of a call is one row, and in the file at once; writing it down is a deed that can be taken back."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from desk.calls import LONGEST_RING, CallEvent, CallEventKind, CallState
from desk.errors import Refused
from desk.times import HOUR, SECOND
from storage import calls
from storage.connect import Connection
from storage.deeds import calls as deeds
from storage.deeds.by import By
from storage.deeds.calls import Begun
from storage.deeds.change import Change
from storage.deeds.undo import redo, undo
from storage.deeds.wrap_up import WrapUp, ticket_of, wrap_up
from storage.engine import deed_session
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_message, make_ticket

NUMBER = "+4930123456"


def told(kind: CallEventKind, at: int = NOW, *, name: str = "call-1", number: str = NUMBER) -> CallEvent:
    return CallEvent("baresip", name, kind, at, number, "Erika")


def at(by: By, seconds: int) -> By:
    return By(by.agent_id, by.at + seconds * SECOND)


def rows(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT state, number, agent_id FROM call ORDER BY id").fetchall()


def test_a_call_that_rings_twice_is_one_row(connection: Connection, by: By) -> None:
    kinds: tuple[CallEventKind, ...] = ("ringing", "ringing", "answered", "answered", "ringing")
    for kind in kinds:
        deeds.heard_of(connection, told(kind), by.agent_id)
    assert rows(connection) == [("talking", NUMBER, by.agent_id)]


def test_a_call_that_rings_at_two_of_one_workspace_is_shown_to_both_until_one_takes_it(
    connection: Connection, by: By
) -> None:
    bo = make_agent(connection)
    for agent in (by.agent_id, bo):
        deeds.heard_of(connection, told("ringing"), agent)
    assert all(calls.ringing(connection, agent or 0, NOW) for agent in (by.agent_id, bo))
    deeds.heard_of(connection, told("answered", NOW + 5 * SECOND), bo)
    # The other telephone says that it rings there no more.
    deeds.heard_of(connection, told("elsewhere", NOW + 5 * SECOND), by.agent_id)
    assert rows(connection) == [("talking", NUMBER, bo)]


def test_a_queue_that_comes_round_again_rings_anew(connection: Connection, by: By) -> None:
    deeds.heard_of(connection, told("ringing"), by.agent_id)
    deeds.heard_of(connection, told("ringing", NOW + LONGEST_RING - 1), by.agent_id)
    assert calls.named(connection, "baresip", "call-1").rang_at == NOW  # type: ignore[union-attr]
    again = NOW + LONGEST_RING
    deeds.give_up_stale(connection, again + 1)
    deeds.heard_of(connection, told("ringing", again), by.agent_id)
    assert [call.rang_at for call in calls.ringing(connection, by.agent_id or 0, again + 5 * SECOND)] == [again]
    taken = deeds.heard_of(connection, told("answered", again + 7 * SECOND), by.agent_id)
    deeds.heard_of(connection, told("ringing", again + 2 * LONGEST_RING), by.agent_id)
    assert calls.call(connection, taken.id).rang_at == again, "of a call that was taken nothing rings"


def test_what_a_colleague_took_and_passes_on_rings_here(connection: Connection, by: By) -> None:
    deeds.heard_of(connection, told("ringing"), by.agent_id)
    deeds.heard_of(connection, told("elsewhere", NOW + SECOND), by.agent_id)
    assert deeds.heard_of(connection, told("ringing", NOW + 2 * SECOND), by.agent_id).state is CallState.DONE
    again = deeds.heard_of(connection, told("ringing", NOW + 40 * SECOND), by.agent_id)
    assert (again.state, again.rang_at) == (CallState.RINGING, NOW + 40 * SECOND)
    assert deeds.heard_of(connection, told("ended", NOW + 50 * SECOND), by.agent_id).state is CallState.MISSED


def test_whoever_answers_has_it(connection: Connection, by: By) -> None:
    bo = make_agent(connection)
    deeds.heard_of(connection, told("ringing"), by.agent_id)
    assert deeds.heard_of(connection, told("answered", NOW + SECOND), bo).agent_id == bo
    assert deeds.heard_of(connection, told("answered", NOW + 2 * SECOND), by.agent_id).agent_id == bo


def test_hung_up_before_anybody_took_it_is_missed(connection: Connection, by: By) -> None:
    deeds.heard_of(connection, told("ringing"), by.agent_id)
    deeds.heard_of(connection, told("ended", NOW + 9 * SECOND), by.agent_id)
    assert connection.execute("SELECT state, number, caller FROM call").fetchall() == [("missed", NUMBER, "Erika")]
    assert calls.ringing(connection, by.agent_id or 0, NOW + 9 * SECOND) == ()


def test_a_telephone_that_died_rings_no_more(connection: Connection, by: By) -> None:
    deeds.heard_of(connection, told("ringing"), by.agent_id)
    assert calls.ringing(connection, by.agent_id or 0, NOW + LONGEST_RING) == ()
    assert deeds.give_up_stale(connection, NOW + LONGEST_RING) == 0
    assert deeds.give_up_stale(connection, NOW + LONGEST_RING + 1) == 1
    assert [state for state, *_ in rows(connection)] == ["missed"]


def test_who_takes_it_has_it_however_late_the_telephone_tells(connection: Connection, by: By) -> None:
    ringing = deeds.heard_of(connection, told("ringing"), None)
    taken = deeds.take(connection, at(by, 4), ringing.id)
    assert (taken.state, taken.agent_id, taken.answered_at) == (CallState.TALKING, by.agent_id, NOW + 4 * SECOND)
    again = deeds.heard_of(connection, told("answered", NOW + 5 * SECOND), by.agent_id)
    assert again.answered_at == NOW + 4 * SECOND
    assert deeds.take(connection, at(by, 6), ringing.id).answered_at == NOW + 4 * SECOND
    colleague = By(make_agent(connection), NOW + 6 * SECOND)
    with pytest.raises(Refused, match="A colleague talks to Erika"):
        deeds.take(connection, colleague, ringing.id)


def test_what_has_hung_up_can_t_be_taken(connection: Connection, by: By) -> None:
    call = deeds.heard_of(connection, told("ringing"), None)
    deeds.heard_of(connection, told("ended", NOW + SECOND), None)
    with pytest.raises(Refused, match="Erika has hung up"):
        deeds.take(connection, by, call.id)


def test_nobody_talks_to_two_at_once(connection: Connection, by: By) -> None:
    first = deeds.begin(connection, by, Begun(number="+14155550134"))
    second = deeds.heard_of(connection, told("ringing"), None)
    with pytest.raises(Refused, match=r"on the line with \+14155550134"):
        deeds.take(connection, by, second.id)
    deeds.hold(connection, at(by, 1), first.id)
    assert deeds.take(connection, at(by, 2), second.id).state is CallState.TALKING
    with pytest.raises(Refused, match="on the line with Erika"):
        deeds.resume(connection, at(by, 3), first.id)
    deeds.hang_up(connection, at(by, 4), second.id)
    assert deeds.resume(connection, at(by, 31), first.id).held_seconds == 30
    states = [call.state for call in calls.open_calls(connection, by.agent_id or 0)]
    assert states == [CallState.TALKING, CallState.WRAPPING]


def test_a_call_begun_by_hand_becomes_the_one_that_rings(connection: Connection, by: By) -> None:
    ringing = deeds.heard_of(connection, told("ringing"), None)
    begun = deeds.begin(connection, at(by, 3), Begun(number="030 123456"))
    assert (begun.id, begun.state) == (ringing.id, CallState.TALKING)


def test_a_pop_that_was_taken_began_when_it_was_told(connection: Connection, by: By) -> None:
    call = deeds.begin(connection, at(by, 7), Begun(number=NUMBER, way="pop", rang_at=NOW))
    assert (call.rang_at, call.answered_at, call.way) == (NOW, NOW + 7 * SECOND, "pop")
    found = calls.statistics(connection, NOW, NOW + 1)
    assert (found.picked_up, found.in_time, found.pick_up) == (1, 1, (7, 7))


KINDS: tuple[CallEventKind, ...] = ("ringing", "answered", "elsewhere", "held", "resumed", "ended")


# Each example begins with a table that was emptied.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 90)), min_size=1, max_size=8))
def test_any_news_leaves_one_row_that_can_be_read(
    connection: Connection, news: list[tuple[CallEventKind, int]]
) -> None:
    connection.execute("DELETE FROM call")
    for kind, second in news:
        kept = deeds.heard_of(connection, told(kind, NOW + second * SECOND), None)
        assert calls.call(connection, kept.id) == kept
    assert len(rows(connection)) == 1


def test_notes_are_in_the_file_as_typed(connection: Connection, workspace: Workspace, by: By) -> None:
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    deeds.save_notes(connection, call.id, notes="Card ends in 09\x1b[31m, wants", goal="His money\nback")
    other = open_to_write(workspace)  # as after a crash
    (found,) = calls.open_calls(other, by.agent_id or 0)
    other.close()
    assert (found.notes, found.goal) == ("Card ends in 09, wants", "His money back")
    deeds.save_notes(connection, call.id, goal="Another card")
    assert calls.call(connection, call.id).notes == "Card ends in 09, wants"


def test_what_is_written_down_takes_no_more_notes(connection: Connection, engine: Engine, by: By) -> None:
    customer = make_customer(connection, "Erika Muster")
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("Kept"))
    with pytest.raises(Refused, match="written down already"):
        deeds.save_notes(connection, call.id, notes="typed in another console")
    with pytest.raises(Refused, match="written down already"):
        deeds.of_customer(connection, call.id, customer)
    assert deeds.turn_round(connection, call.id).direction == "in"
    assert deeds.go_on(connection, at(by, 61), call.id).ended_at == NOW + 60 * SECOND
    assert calls.call(connection, call.id).notes == "Kept"


def test_a_hang_up_by_mistake_goes_on_unless_somebody_else_is_on_the_line(connection: Connection, by: By) -> None:
    first = deeds.begin(connection, by, Begun(number="+14155550134"))
    deeds.hang_up(connection, at(by, 5), first.id)
    second = deeds.begin(connection, at(by, 6), Begun(number=NUMBER, caller="Erika"))
    with pytest.raises(Refused, match="on the line with Erika"):
        deeds.go_on(connection, at(by, 7), first.id)
    deeds.hold(connection, at(by, 8), second.id)
    back = deeds.go_on(connection, at(by, 9), first.id)
    assert (back.state, back.ended_at) == (CallState.TALKING, None)


def test_whoever_it_is_a_ticket_that_was_there_before_stays_whose_it_was(
    connection: Connection, engine: Engine, by: By
) -> None:
    owner, caller = make_customer(connection, "Li Wei"), make_customer(connection, "Erika Muster")
    ticket = make_ticket(connection, customer_id=owner, created_at=NOW - HOUR)
    call = deeds.begin(connection, by, Begun(number=NUMBER, ticket_id=ticket))
    deeds.of_customer(connection, call.id, caller)
    assert connection.execute("SELECT customer_id FROM ticket").fetchall() == [(owner,)]
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("Notes", ticket_id=ticket))
    assert connection.execute("SELECT customer_id FROM ticket").fetchall() == [(owner,)]
    assert connection.execute("SELECT customer_id FROM message ORDER BY id").fetchall() == [(caller,)]


def test_a_number_that_rang_long_ago_is_not_the_call_that_begins(connection: Connection, by: By) -> None:
    old = deeds.heard_of(connection, told("ringing"), None)
    begun = deeds.begin(connection, at(by, LONGEST_RING // SECOND + 1), Begun(number=NUMBER))
    assert begun.id != old.id


def test_the_goal_is_told_of_once_and_a_solved_ticket_is_not_put_off(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    connection.execute("UPDATE ticket SET goal = 'A new card'")
    call = deeds.begin(connection, by, Begun(number=NUMBER, ticket_id=ticket))
    deeds.save_notes(connection, call.id, goal="A new card")
    wrap = WrapUp("", goal="A new card", ticket_id=ticket, follow_up_at=NOW + HOUR, after=Change(status=3))
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, wrap)
    assert connection.execute("SELECT status, snoozed_until FROM ticket").fetchone() == (3, None)
    assert connection.execute(
        "SELECT count(*) FROM event WHERE kind = 'changed' AND data LIKE '%goal%'"
    ).fetchone() == (0,)


def test_a_call_is_written_on_no_ticket_that_was_merged(connection: Connection, engine: Engine, by: By) -> None:
    left, kept = make_ticket(connection), make_ticket(connection)
    connection.execute("UPDATE ticket SET merged_into_id = ? WHERE id = ?", (kept, left))
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    with pytest.raises(Refused, match="was merged into another"), deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("Notes", ticket_id=left))


def test_a_follow_up_is_written_in_the_agent_s_own_time(connection: Connection, engine: Engine, by: By) -> None:
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    wrap = WrapUp("", follow_up="Call back", follow_up_at=NOW, zone=ZoneInfo("Asia/Tokyo"))
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, wrap)
    assert connection.execute("SELECT body FROM message").fetchone() == ("Follow-up: Call back, Mon 02 Mar 18:00",)


def test_the_wrap_up_is_a_message_of_channel_phone(connection: Connection, engine: Engine, by: By) -> None:
    customer = make_customer(connection, "Erika Muster")
    call = deeds.begin(connection, by, Begun(number=NUMBER, caller="Erika", customer_id=customer))
    wrap = WrapUp("She wants it\nsent again.", "Solved", "The parcel again", subject="", after=Change(status=3))
    with deed_session(engine) as session:
        done = wrap_up(session, at(by, 95), call.id, wrap)
    written = calls.call(connection, call.id)
    assert (written.state, written.wrapped_at, written.outcome) == (CallState.DONE, NOW + 95 * SECOND, "Solved")
    ticket = connection.execute(
        "SELECT t.subject, c.key, t.customer_id, t.assignee_id, t.status, t.goal, t.message_count, t.number, t.id "
        "FROM ticket t JOIN channel c ON c.id = t.channel_id"
    ).fetchone()
    assert ticket[:7] == ("The parcel again", "phone", customer, by.agent_id, 3, "The parcel again", 1)
    assert (done.title, done.ticket_ids, done.customer_id) == (
        f"Wrote the call down on #{ticket[7]}",
        (ticket[8],),
        customer,
    )
    message = connection.execute(
        "SELECT kind, at, seconds, body, sender, customer_id, agent_id FROM message"
    ).fetchone()
    assert message == (
        "call", NOW, 95, "She wants it\nsent again.\n\nOutcome: Solved", f"Erika <{NUMBER}>", customer, by.agent_id
    )  # fmt: skip
    with pytest.raises(Refused, match="written down already"), deed_session(engine) as session:
        wrap_up(session, at(by, 99), call.id, wrap)


def test_taken_back_a_wrap_up_waits_with_every_word(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, status=1)
    make_message(connection, ticket)
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    deeds.save_notes(connection, call.id, notes="As typed")
    before = connection.execute("SELECT * FROM ticket WHERE id = ?", (ticket,)).fetchone()
    wrap = WrapUp("As typed", "Call back", ticket_id=ticket, follow_up="Send the form", follow_up_at=NOW + HOUR)
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, wrap)
    assert connection.execute("SELECT snoozed_until FROM ticket WHERE id = ?", (ticket,)).fetchone() == (NOW + HOUR,)
    body = connection.execute("SELECT body FROM message WHERE kind = 'call'").fetchone()[0]
    assert body.startswith("As typed\n\nOutcome: Call back\nFollow-up: Send the form, Mon 02 Mar 10:00")
    with deed_session(engine) as session:
        assert undo(session, at(by, 61)).title == f"Undone: Wrote the call down on #{1001}"
    back = calls.call(connection, call.id)
    assert (back.state, back.notes, back.message_id) == (CallState.WRAPPING, "As typed", None)
    assert back.ended_at == NOW + 60 * SECOND
    assert connection.execute("SELECT count(*) FROM message WHERE kind = 'call'").fetchone() == (0,)
    assert connection.execute("SELECT * FROM ticket WHERE id = ?", (ticket,)).fetchone() == before
    with deed_session(engine) as session:
        redo(session, at(by, 62))
    again = calls.call(connection, call.id)
    assert (again.state, again.ticket_id) == (CallState.DONE, ticket)
    assert connection.execute("SELECT kind FROM message WHERE id = ?", (again.message_id,)).fetchone() == ("call",)


def test_a_call_has_one_ticket_of_its_own_while_it_goes_on(connection: Connection, engine: Engine, by: By) -> None:
    call = deeds.begin(connection, by, Begun(number=NUMBER, caller="Erika"))
    with deed_session(engine) as session:
        own = ticket_of(session, by, call.id)
        assert ticket_of(session, by, call.id) == own
    assert connection.execute("SELECT subject FROM ticket").fetchall() == [("Call with Erika",)]
    customer = make_customer(connection, "Erika Muster")
    assert deeds.of_customer(connection, call.id, customer).customer == "Erika Muster"
    assert connection.execute("SELECT customer_id FROM ticket").fetchall() == [(customer,)]
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("", goal="A new card"))
    assert connection.execute("SELECT subject, message_count FROM ticket").fetchall() == [("A new card", 1)]


def test_a_ticket_on_which_others_wrote_meanwhile_keeps_its_subject(
    connection: Connection, engine: Engine, by: By
) -> None:
    call = deeds.begin(connection, by, Begun(number=NUMBER, caller="Erika"))
    with deed_session(engine) as session:
        own = ticket_of(session, by, call.id)
    connection.execute("UPDATE ticket SET message_count = 2 WHERE id = ?", (own,))
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("", goal="A new card"))
    assert connection.execute("SELECT subject FROM ticket").fetchall() == [("Call with Erika",)]


def test_its_ticket_becomes_part_of_the_one_it_was_about(connection: Connection, engine: Engine, by: By) -> None:
    about = make_ticket(connection, subject="The real one")
    call = deeds.begin(connection, by, Begun(number=NUMBER))
    with deed_session(engine) as session:
        own = ticket_of(session, by, call.id)
    with deed_session(engine) as session:
        wrap_up(session, at(by, 60), call.id, WrapUp("Notes", ticket_id=about))
    assert connection.execute("SELECT merged_into_id FROM ticket WHERE id = ?", (own,)).fetchone() == (about,)
    with deed_session(engine) as session:
        undo(session, at(by, 61))
    assert connection.execute("SELECT merged_into_id, status FROM ticket WHERE id = ?", (own,)).fetchone() == (None, 0)
    assert calls.call(connection, call.id).ticket_id == own


def test_a_missed_call_can_be_written_down(connection: Connection, engine: Engine, by: By) -> None:
    call = deeds.heard_of(connection, told("ringing"), by.agent_id)
    deeds.heard_of(connection, told("ended", NOW + SECOND), by.agent_id)
    with deed_session(engine) as session:
        wrap_up(session, at(by, 90), call.id, WrapUp("", "Call back"))
    assert connection.execute("SELECT at, seconds FROM message").fetchone() == (NOW, 0)
    assert [state for state, *_ in rows(connection)] == ["done"]


def test_what_still_rings_is_not_written_down(connection: Connection, engine: Engine, by: By) -> None:
    call = deeds.heard_of(connection, told("ringing"), by.agent_id)
    with pytest.raises(Refused, match="still rings"), deed_session(engine) as session:
        wrap_up(session, by, call.id, WrapUp("x"))
