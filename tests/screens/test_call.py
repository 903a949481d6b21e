"""The page of a call, from T to its outcome, by keys alone."""

import json

import pytest

from console.app import HeardApp
from desk.calls import CallEvent, CallState, Popped
from desk.times import now
from screens.action import Place
from screens.actions import ACTIONS
from screens.ask import AskPanel
from screens.call import CallScreen
from screens.call_reading import spoken
from screens.hints import hints
from storage import calls
from storage.connect import Connection
from storage.deeds.calls import heard_of
from storage.workspace import Workspace
from tests.factories import make_message, make_ticket
from tests.hostile import FORBIDDEN, HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import press
from tests.screens.stage import storable, written
from tests.screens.telephone import (
    NUMBER,
    at_the_phone,
    make_rosa,
    notice,
    opened,
    page,
    ring,
    type_words,
)


@pytest.fixture
def rosa(connection: Connection) -> int:
    """Rosa calls from a number that is known; one ticket of hers is open."""
    return make_rosa(connection)


async def test_two_keys_write_the_call_down_on_the_open_ticket_and_u_takes_it_back(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await opened(app)
        await press(app, "T")
        assert page(app).place is Place.CALL
        assert "talking 0:0" in seen(app)
        await press(app, "1", "n")
        assert page(app).place is Place.NOTES
        await type_words(app, "1 T hq: the box was open")
        await press(app, "Esc", "T")
        assert page(app).place is Place.WRAP_UP
        await press(app, "1")
        assert not isinstance(app.screen, CallScreen)
        assert notice(app).startswith("Solved: Wrote the call down on #1001")
        row = connection.execute(
            "SELECT m.kind, m.body, t.status, c.state, t.number FROM message m JOIN ticket t ON t.id = m.ticket_id"
            " JOIN call c ON c.message_id = m.id"
        ).fetchone()
        assert row == ("call", "1 T hq: the box was open\n\nOutcome: Solved", 3, "done", 1001)
        assert written(connection, "SELECT count(*) FROM checklist_tick") == 1
        await press(app, "u")
        assert written(connection, "SELECT count(*) FROM message WHERE kind = 'call'") == 0
        (waiting,) = calls.open_calls(connection, app.seat.me.id)
        assert (waiting.state, waiting.notes) == (CallState.WRAPPING, "1 T hq: the box was open")
        await until(app, lambda: app.seat.phone.call is not None)
        await press(app, "F3")
        assert page(app).typed[1] == "1 T hq: the box was open"


async def test_the_wrap_up_names_its_outcomes_first_and_in_order(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace, size=(200, 60)) as app:
        await press(app, "T", "T")
        keys = [key for key, _ in hints(app.seat.keymap, page(app).place, page(app).situation())]
        assert keys[:11] == ["1", "2", "3", "4", "5", "6", "7", "n", "z", "]", "T"]


async def test_the_hold_counts_apart_and_a_hang_up_by_mistake_goes_on(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "h")
        assert "on hold 0:0" in seen(app)
        await press(app, "h")
        assert "talking" in seen(app)
        await press(app, "T", "T")
        assert page(app).place is Place.CALL
        assert written(connection, "SELECT state FROM call") == "talking"


async def test_the_wrap_up_takes_another_ticket_and_a_time(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    other = make_ticket(connection, subject="Another matter", customer_id=rosa)
    make_message(connection, other, customer_id=rosa)
    async with at_the_phone(workspace, size=(80, 24)) as app:
        await press(app, "T", "T")
        assert "on #1001" in seen(app)
        await press(app, "]")
        assert "▸" in next(line for line in seen(app).splitlines() if "Another matter" in line and "☎" not in line)
        await press(app, "z")
        await type_words(app, "in 3d")
        page(app).query_one(AskPanel).answer()
        await settled(app)
        assert "when: " in seen(app)
        await press(app, "3")
        row = connection.execute("SELECT ticket_id, outcome, follow_up_at IS NOT NULL FROM call").fetchone()
        assert row == (other, "Call back", 1)
        assert written(connection, "SELECT snoozed_until IS NOT NULL FROM ticket WHERE id = ?", other) == 1


async def test_a_new_ticket_is_made_where_the_call_is_about_none_of_the_open_ones(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "T", "]")
        assert "on a new ticket" in seen(app)
        await press(app, "6")
        row = connection.execute(
            "SELECT t.number, t.subject, t.status, t.customer_id FROM ticket t JOIN call c ON c.ticket_id = t.id"
        ).fetchone()
        assert row == (1005, "Call with Rosa Bianchi", 1, rosa)


async def test_the_goal_of_the_call_is_the_goal_of_its_ticket(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "n")
        page(app).set_focus(page(app).goal)
        await type_words(app, "A working tablet on Monday")
        await press(app, "Ctrl+S", "2")
        assert written(connection, "SELECT goal FROM ticket WHERE number = 1001") == "A working tablet on Monday"


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36), (200, 60)])
async def test_the_pane_with_the_keys_is_always_on_the_screen(
    workspace: Workspace, rosa: int, size: tuple[int, int]
) -> None:
    async with at_the_phone(workspace, size=size) as app:
        await press(app, "T")
        screen = page(app)
        for _ in range(4):
            assert screen.boxes[screen.pane].display
            assert app.focused is not None
            assert screen.boxes[screen.pane] in app.focused.ancestors
            await press(app, "Tab")


async def test_no_caller_breaks_the_screen_or_acts_on_it(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    texts = [storable(text) for _, text in HOSTILE]
    connection.execute(
        "UPDATE customer SET name = ?, plan = ?, note = ?, details = ? WHERE id = ?",
        ("\n".join(texts[3:9]), texts[6], "\n".join(texts[:40]), json.dumps(dict.fromkeys(texts, texts[16])), rosa),
    )
    connection.execute("UPDATE ticket SET subject = ? WHERE customer_id = ?", (texts[5] + "[/x]", rosa))
    async with at_the_phone(workspace, size=(120, 60)) as app:
        await press(app, ":")
        at = now()
        for number, text in enumerate(texts[:12]):
            heard_of(connection, CallEvent("cti", str(number), "ringing", at, text[:100], text), app.seat.me.id)
        app.ring(Popped(NUMBER, caller=texts[7], at=at))
        await settled(app)
        assert not FORBIDDEN & set(seen(app).replace("\n", ""))
        await press(app, "F3")
        assert not FORBIDDEN & set(seen(app).replace("\n", ""))


@pytest.mark.parametrize("place", [Place.CALLER, Place.CALL, Place.NOTES, Place.WRAP_UP])
def test_whatever_the_keys_of_a_call_promise_can_be_done(place: Place) -> None:
    missing = [
        action.id
        for action in ACTIONS
        if place in action.places and not (hasattr(CallScreen, action.method) or hasattr(HeardApp, action.method))
    ]
    assert missing == []


async def test_a_wide_screen_shows_what_was_said_on_the_ticket_beside_the_notes(
    workspace: Workspace, rosa: int
) -> None:
    async with at_the_phone(workspace, size=(200, 40)) as app:
        await press(app, "T")
        assert "Conversation" in seen(app)
        assert "Where is it?" in seen(app)


def test_what_is_said_at_a_step_has_no_braces_to_read_out() -> None:
    assert (
        spoken("I'd be {{choose: angry | worried}} about {{ask: what broke}}.")
        == "I'd be [angry / worried] about [what broke]."
    )


async def test_a_wrong_number_solves_nothing_that_was_open_before(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "T", "7")
        assert notice(app).startswith("Wrong number: Wrote the call down on #1001")
        assert written(connection, "SELECT status FROM ticket WHERE number = 1001") == 0
        await press(app, "T", "T", "]", "7")
        assert written(connection, "SELECT status FROM ticket WHERE number = 1005") == 3


async def test_what_is_passed_on_has_nobody(workspace: Workspace, connection: Connection, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "T", "4")
        row = connection.execute("SELECT assignee_id, status FROM ticket WHERE number = 1001").fetchone()
        assert row == (None, 0)


async def test_of_several_open_tickets_none_is_taken_for_granted(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    other = make_ticket(connection, subject="Another matter", customer_id=rosa)
    make_message(connection, other, customer_id=rosa)
    async with at_the_phone(workspace) as app:
        await ring(app)
        await opened(app)
        await press(app, "T")
        assert page(app).chosen is None
        assert "on a new ticket" in seen(app)


async def test_the_step_that_asks_for_the_goal_and_the_field_for_it_are_one(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T")
        screen = page(app)
        screen.set_focus(screen.goal)
        await type_words(app, "A working tablet")
        await press(app, "Esc")
        screen.action_checklist_begin("ten-steps")
        await settled(app)
        await press(app, "3")
        assert written(connection, "SELECT text FROM checklist_tick") == "A working tablet"
