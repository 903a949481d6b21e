"""What a telephone tells on its way into the workspace: kept, brought to the queue, and nobody else's touched."""

import pytest

from console.telephony import state
from console.telephony.telephone import Seat, Telephone
from desk.calls import LONGEST_RING, CallEvent
from desk.times import SECOND
from storage import calls
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW, make_agent


@pytest.fixture
def seat(workspace: Workspace, connection: Connection) -> Seat:
    return Seat(workspace, make_agent(connection, handle="ana"), "ana", ("DE",))


def test_what_rings_for_good_comes_to_the_queue_though_no_line_ever_breaks(connection: Connection, seat: Seat) -> None:
    present = [NOW]
    telephone = Telephone(connection, seat, "cti", lambda: present[0])
    telephone.hear(CallEvent("cti", "a", "ringing", NOW, "+4930123456"))
    telephone.look_after()
    assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (0,)
    present[0] += LONGEST_RING + 1
    telephone.look_after()
    assert connection.execute("SELECT body FROM message").fetchall() == [("Rang, and nobody took it.",)]
    # It went on ringing after all, and was taken: what is told later stands.
    telephone.hear(CallEvent("cti", "a", "answered", present[0] + SECOND))
    (call,) = calls.unfinished(connection, 0)
    assert (call.state, call.ended_at) == ("talking", None)


def test_pauses_grow_and_end_with_the_first_success(
    connection: Connection, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.telephony.telephone.uniform", lambda low, high: high)
    telephone = Telephone(connection, seat, "asterisk")
    assert [telephone.lost("gone") for _ in range(9)] == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    telephone.connected("back")
    assert telephone.lost("gone") == 1


def test_a_withheld_number_has_nobody(connection: Connection, seat: Seat) -> None:
    telephone = Telephone(connection, seat, "baresip")
    telephone.hear(CallEvent("baresip", "a", "ringing", telephone.now, "sip:anonymous@anonymous.invalid", "Anonymous"))
    (call,) = calls.unfinished(connection, 0)
    assert (call.number, call.caller, call.customer_id, call.title) == ("", "", None, "Number withheld")


def test_a_call_that_began_behind_the_question_is_left_alone(connection: Connection, seat: Seat) -> None:
    times = iter(range(1, 100))
    telephone = Telephone(connection, seat, "asterisk", lambda: next(times))
    telephone.hear(CallEvent("asterisk", "old", "ringing", telephone.now, "+4930123456"))
    asked_at = telephone.now
    telephone.hear(CallEvent("asterisk", "new", "ringing", telephone.now, "+4930999999"))
    telephone.still(frozenset(), asked_at)
    states = {call.external_id: call.state for call in calls.unfinished(connection, 0)}
    assert states == {"new": "ringing"}


def test_a_call_that_waits_to_be_written_down_has_ended_when_it_ended(connection: Connection, seat: Seat) -> None:
    times = iter(range(1, 100))
    telephone = Telephone(connection, seat, "asterisk", lambda: next(times))
    for kind in ("answered", "ended"):
        telephone.hear(CallEvent("asterisk", "a", kind, telephone.now, "+4930123456"))
    told: list[CallEvent] = []
    telephone.hear = told.append  # type: ignore[method-assign, assignment]
    telephone.still(frozenset(), telephone.now)
    assert told == []


def test_when_a_call_was_last_heard_of_outlives_the_line(connection: Connection, seat: Seat) -> None:
    telephone = Telephone(connection, seat, "baresip", lambda: NOW)
    telephone.hear(CallEvent("baresip", "a", "ringing", NOW, "+4930123456"))
    telephone.lost("gone")
    known = state.read(seat.workspace, "ana")
    assert known is not None
    assert (known.said, known.heard_at) == ("gone", NOW)


def test_a_colleague_s_telephone_is_left_alone(connection: Connection, seat: Seat) -> None:
    bo = Seat(seat.workspace, make_agent(connection), "bo", ("DE",))
    own, other = (Telephone(connection, each, "baresip") for each in (seat, bo))
    own.hear(CallEvent("baresip", "a", "answered", own.now, "+4930123456"))
    other.hear(CallEvent("baresip", "b", "answered", other.now, "+4930999999"))
    own.still(frozenset(), own.now)
    assert {call.agent_id: call.state for call in calls.unfinished(connection, 0)} == {
        seat.agent_id: "wrapping", bo.agent_id: "talking",
    }  # fmt: skip
