"""The page of a call, and how one comes to it: from the first ring to the wrap-up, by keys alone."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input, TextArea

from console.app import HeardApp
from desk.calls import CallEvent, CallState, Popped
from desk.lookup import IdentityKind
from desk.times import SECOND, now
from screens.action import Place
from screens.actions import ACTIONS
from screens.ask import AskPanel
from screens.call import CallScreen
from screens.call_reading import spoken
from screens.call_who import CallerSearch
from screens.customer import CustomerScreen
from screens.desk_screen import DeskScreen
from screens.form import FormScreen
from screens.hints import hints
from storage import calls
from storage.connect import Connection
from storage.deeds.calls import heard_of
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_customer, make_identity, make_message, make_ticket
from tests.hostile import FORBIDDEN, HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import console, fill, press
from tests.screens.stage import storable, written
from widgets.bars import NoticeBar
from widgets.ring_bar import RingBar

NUMBER = "+1 415 555 0134"


@pytest.fixture
def rosa(workspace: Workspace, connection: Connection) -> int:
    """Rosa calls from a number that is known; one ticket of hers is open."""
    fill(connection)
    customer = written(connection, "SELECT id FROM customer WHERE name = 'Rosa Bianchi'")
    assert isinstance(customer, int)
    make_identity(connection, customer, IdentityKind.PHONE, NUMBER)
    index_customers(connection, [customer])
    return customer


@asynccontextmanager
async def at_the_phone(workspace: Workspace, size: tuple[int, int] = (120, 36)) -> AsyncIterator[HeardApp]:
    """A console that has settled."""
    async with console(workspace, size=size) as app:
        yield app


async def ring(app: HeardApp, text: str = NUMBER) -> None:
    """Somebody rings, as `heard pop` tells it."""
    app.ring(Popped(text, at=now()))
    await settled(app)


async def opened(app: HeardApp) -> CallScreen:
    """The caller, once it has opened by itself."""
    await until(app, lambda: isinstance(app.screen, CallScreen))
    await settled(app)
    return page(app)


def page(app: HeardApp) -> CallScreen:
    """The call's page, which is in front."""
    assert isinstance(app.screen, CallScreen), app.screen
    return app.screen


def banner(app: HeardApp) -> list[str]:
    """Who the banner says is ringing."""
    bar = app.screen.query_one_optional(RingBar)
    return [facts.title for facts in bar.rings] if bar is not None and bar.display else []


def notice(app: HeardApp) -> str:
    """What the screen in front says."""
    return app.screen.query_one(NoticeBar).text


async def type_words(app: HeardApp, words: str) -> None:
    """Type into whatever has the keys."""
    for letter in words:
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        assert not screen.take_key(letter), letter + " was a command"
        assert app.focused is not None
        if isinstance(app.focused, TextArea):
            app.focused.insert(letter)
        else:
            assert isinstance(app.focused, Input)
            app.focused.insert_text_at_cursor(letter)
    await settled(app)


async def test_a_caller_opens_by_itself_and_says_everything_without_a_key(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        screen = await opened(app)
        assert screen.place is Place.CALLER
        text = seen(app)
        for fact in ("Rosa Bianchi", NUMBER + " ✓", "1 open", "Refund for order 8841", "Where is it?"):
            assert fact in text
        assert banner(app) == []


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


async def test_a_ring_takes_no_key_from_what_is_being_written(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "r")
        await until(app, lambda: app.workspace.place is Place.COMPOSER)
        app.workspace.composer.open(app.workspace.composer.written, title="Reply")
        app.workspace.composer.focus_text()
        await settled(app)
        focused = app.focused
        await ring(app)
        assert banner(app) == ["Rosa Bianchi"]
        assert "F3 take it" in seen(app)
        assert app.focused is focused
        await type_words(app, "Tq1 half a sentence")
        await press(app, "F3")
        assert page(app).place is Place.CALL
        await press(app, "Esc")
        assert app.screen is app.workspace
        assert "Tq1 half a sentence" in app.workspace.composer.written.body
        assert app.workspace.place is Place.COMPOSER
        assert "☎ talking" in seen(app)


@pytest.mark.parametrize("opener", [":", "/", "z"])
async def test_a_question_that_is_open_stays_open_under_the_banner(
    workspace: Workspace, rosa: int, opener: str
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, opener)
        await type_words(app, "tom")
        await ring(app)
        assert banner(app) == ["Rosa Bianchi"]
        assert app.workspace.typing
        await press(app, "F3", "Esc")
        assert app.workspace.typing
        assert isinstance(app.focused, Input)
        assert app.focused.value.endswith("tom")


async def test_a_form_keeps_what_is_written_in_it(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "c", "Ctrl+N")
        assert isinstance(app.screen, FormScreen)
        await type_words(app, "Ottilie")
        await ring(app)
        assert banner(app) == ["Rosa Bianchi"]
        await press(app, "F3")
        page(app)
        await press(app, "Esc")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.values["name"] == "Ottilie"


async def test_ringing_twice_in_any_notation_is_one_banner(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        for text in (NUMBER, "+14155550134", "tel:+1-415-555-0134"):
            await ring(app, text)
        assert banner(app) == ["Rosa Bianchi"]


async def test_two_at_once_are_two_lines_and_the_first_is_taken_first(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        await ring(app)
        await ring(app, "+49 30 5550 1234")
        assert banner(app) == ["Rosa Bianchi", "+49 30 5550 1234"]
        await press(app, "F3")
        assert page(app).call is not None
        assert banner(app) == ["+49 30 5550 1234"]
        # Nobody talks to two at once: the page of the second says what to do.
        await press(app, "F3")
        assert "on the line with Rosa Bianchi" in notice(app)
        assert page(app).place is Place.CALLER
        await press(app, "Esc", "h", "F3")
        assert page(app).place is Place.CALL
        assert page(app).text == "+49 30 5550 1234"


async def test_who_hangs_up_before_anybody_answers_is_told_and_kept(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        at = now()
        told = heard_of(connection, CallEvent("baresip", "a1", "ringing", at, NUMBER), app.seat.me.id, rosa)
        app.ring(Popped(NUMBER, call_id=told.id, at=at))
        await settled(app)
        assert banner(app) == ["Rosa Bianchi"]
        heard_of(connection, CallEvent("baresip", "a1", "ended", at + 9 * SECOND), app.seat.me.id)
        app.ring(Popped(NUMBER, call_id=told.id, state=CallState.MISSED, at=at))
        await settled(app)
        assert banner(app) == []
        assert notice(app).startswith("Missed: Rosa Bianchi rang for 0:09")
        assert written(connection, "SELECT state FROM call WHERE id = ?", told.id) == "missed"


async def test_a_call_that_a_colleague_takes_rings_here_no_more(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        at, me = now(), app.seat.me.id
        heard_of(connection, CallEvent("asterisk", "a1", "ringing", at, NUMBER), None, rosa)
        await until(app, lambda: banner(app) == ["Rosa Bianchi"])
        heard_of(connection, CallEvent("asterisk", "a1", "elsewhere", at + SECOND), me)
        await until(app, lambda: banner(app) == [])
        assert notice(app) == "A colleague took the call of Rosa Bianchi"


async def test_a_call_that_is_answered_on_the_telephone_opens_with_its_clock(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        at, me = now(), app.seat.me.id
        told = heard_of(connection, CallEvent("baresip", "a1", "ringing", at, NUMBER), me, rosa)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        assert page(app).place is Place.CALLER
        heard_of(connection, CallEvent("baresip", "a1", "answered", at + SECOND), me)
        await until(app, lambda: page(app).place is Place.CALL)
        heard_of(connection, CallEvent("baresip", "a1", "ended", at + 60 * SECOND), me)
        await until(app, lambda: page(app).place is Place.WRAP_UP)
        assert page(app).call_id == told.id


async def test_an_unknown_number_becomes_a_customer_with_it_filled_in(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app, "+49 30 5550 99887")
        await opened(app)
        assert "Nobody is known by" in seen(app)
        await press(app, "Ctrl+N")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values["phone"] == "+4930555099887"
        await type_words(app, "Ottilie Nebel")
        await press(app, "Ctrl+S")
        assert "Ottilie Nebel" in seen(app)
        await press(app, "T", "T", "2")
        assert written(
            connection, "SELECT c.name FROM call l JOIN customer c ON c.id = l.customer_id WHERE l.state = 'done'"
        ) == "Ottilie Nebel"  # fmt: skip


async def test_who_hangs_up_amid_a_word_of_the_notes_leaves_the_keys_in_them(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        at, me = now(), app.seat.me.id
        heard_of(connection, CallEvent("baresip", "a1", "ringing", at, NUMBER), me, rosa)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "T", "n")
        await type_words(app, "order 88")
        heard_of(connection, CallEvent("baresip", "a1", "ended", at + 60 * SECOND), me)
        await until(app, lambda: page(app).state is CallState.WRAPPING)
        assert page(app).place is Place.NOTES
        await type_words(app, "41")
        await press(app, "Ctrl+S")
        assert page(app).place is Place.WRAP_UP
        await press(app, "2")
        assert written(connection, "SELECT notes FROM call") == "order 8841"


async def typed(app: HeardApp, words: str) -> None:
    """Give words to the console as a terminal does."""
    for letter in words:
        app.post_message(events.Key(letter if letter != " " else "space", letter))
    await settled(app)


@pytest.mark.parametrize("ended", [False, True])
async def test_a_letter_that_is_no_key_begins_the_notes_and_no_word_is_lost(
    workspace: Workspace, rosa: int, *, ended: bool
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", *(["T"] if ended else []))
        assert ("n notes" if ended else "n notes, or type") in seen(app)
        await typed(app, "she wants 1 refund: qTh")
        assert page(app).place is Place.NOTES
        assert page(app).typed[1] == "she wants 1 refund: qTh"
        await press(app, "Esc")
        # A letter that is a key stays one, and what is no letter begins nothing.
        await press(app, "j")
        await typed(app, "é")
        assert page(app).typed[1] == "she wants 1 refund: qTh\né"
        await press(app, "Esc")
        await typed(app, "#")
        assert page(app).place is (Place.WRAP_UP if ended else Place.CALL)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_who_left_the_notes_right_before_the_hang_up_has_the_outcomes_as_keys(
    workspace: Workspace, rosa: int, size: tuple[int, int]
) -> None:
    async with at_the_phone(workspace, size=size) as app:
        await press(app, "T", "n")
        await type_words(app, "order 8841")
        screen = page(app)
        call = screen.call
        assert call is not None
        # Both in one turn of the loop: the end of the call comes while Esc is still being done.
        assert screen.take_key("Esc")
        screen.call_is(replace(call, state=CallState.WRAPPING, ended_at=now()))
        assert screen.focused is screen.wrap_up
        assert screen.boxes["notes"].display
        await until(app, lambda: not screen.typing)


async def test_the_wrap_up_names_its_outcomes_first_and_in_order(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace, size=(200, 60)) as app:
        await press(app, "T", "T")
        keys = [key for key, _ in hints(app.seat.keymap, page(app).place, page(app).situation())]
        assert keys[:11] == ["1", "2", "3", "4", "5", "6", "7", "n", "z", "]", "T"]


async def test_who_is_found_by_anything_else_has_the_number_as_a_maybe_until_y(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app, "+49 30 5550 99887")
        await opened(app)
        await press(app, "/")
        assert isinstance(app.screen, CallerSearch)
        await type_words(app, "bianchi")
        await until(app, lambda: "Rosa Bianchi" in seen(app))
        await press(app, "Enter")
        await until(app, lambda: isinstance(app.screen, CallScreen) and page(app).card is not None)
        await settled(app)
        assert "maybe" in seen(app)
        known = "SELECT known FROM identity WHERE normal = '+4930555099887'"
        assert written(connection, known) == 0
        await press(app, "Y")
        assert written(connection, known) == 1
        assert "maybe" not in seen(app)


async def test_a_digit_picks_one_of_several(workspace: Workspace, connection: Connection, rosa: int) -> None:
    other = make_customer(connection, "Vera Bianchi", email="vera@example.org")
    make_identity(connection, other, IdentityKind.PHONE, NUMBER)
    index_customers(connection, [other])
    async with at_the_phone(workspace) as app:
        await ring(app)
        screen = await opened(app)
        names = [hit.name for hit in screen.match.hits]
        assert set(names) == {"Rosa Bianchi", "Vera Bianchi"}
        assert "2 have this number" in seen(app)
        await press(app, str(names.index("Vera Bianchi") + 1))
        assert page(app).card is not None
        await press(app, "T")
        call = page(app).call
        assert call is not None
        assert call.customer_id == other


async def test_a_withheld_number_asks_for_anything_else(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace, size=(80, 24)) as app:
        await ring(app, "anonymous")
        await opened(app)
        assert "The number is withheld" in seen(app)
        assert "anonymous" not in seen(app)
        await press(app, "T")
        call = page(app).call
        assert call is not None
        assert (page(app).place, call.number, call.way) == (Place.CALL, "", "pop")
        assert app.seat.phone.rings == ()


async def test_t_on_a_customers_page_starts_a_call_that_a_new_console_offers_again(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        app.open_customer(rosa)
        await settled(app)
        assert isinstance(app.screen, CustomerScreen)
        await press(app, "T", ">", "n")
        await type_words(app, "typed just before the power went")
        await until(app, lambda: written(connection, "SELECT notes FROM call") == "typed just before the power went")
        assert written(connection, "SELECT direction FROM call") == "out"
    async with at_the_phone(workspace) as app:
        await until(app, lambda: banner(app) == ["Rosa Bianchi"])
        assert app.screen is app.workspace
        assert "☎ still open 0:0" in seen(app)
        await press(app, "F3")
        assert page(app).typed[1] == "typed just before the power went"


async def test_t_again_goes_back_to_the_call_from_wherever_the_agent_looked(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "C")
        assert type(app.screen) is CustomerScreen
        first = next(screen for screen in app.screen_stack if isinstance(screen, CallScreen))
        await press(app, "T")
        assert page(app) is first
        await press(app, "g", "q")
        assert "☎ talking" in seen(app)
        await press(app, "T")
        assert page(app).place is Place.CALL


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
