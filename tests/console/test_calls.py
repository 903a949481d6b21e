"""The telephone in the console: who rings disturbs nothing, one key takes the call, and the own call is never lost."""

from time import monotonic

import pytest
from textual.widgets import Input

from desk.calls import CallEvent, CallEventKind, CallState, Popped
from desk.times import SECOND, now
from screens.action import Place
from screens.call import CallScreen
from screens.customer import CustomerScreen
from screens.form import FormScreen
from storage.connect import Connection
from storage.deeds.calls import Begun, begin, heard_of
from storage.workspace import Workspace
from tests.rest import seen, settled, until
from tests.screens.room import press
from tests.screens.stage import written
from tests.screens.telephone import NUMBER, at_the_phone, banner, make_rosa, notice, page, ring, type_words


@pytest.fixture
def rosa(connection: Connection) -> int:
    """Rosa calls from a number that is known; one ticket of hers is open."""
    return make_rosa(connection)


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


async def test_who_presses_keys_right_now_keeps_the_page(
    workspace: Workspace, rosa: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.calls.CALM_SECONDS", 3600.0)
    async with at_the_phone(workspace) as app:
        app._last_key = monotonic()
        await ring(app)
        assert app.screen is app.workspace
        assert banner(app) == ["Rosa Bianchi"]


async def test_a_second_caller_covers_neither_the_first_call_nor_its_wrap_up(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "T")
        first: object = page(app)
        for number in range(5):
            heard_of(connection, CallEvent("cti", str(number), "ringing", now(), "+49305550" + str(number)), None)
        await until(app, lambda: len(banner(app)) == 5)
        await settled(app)
        assert app.screen is first
        assert seen(app).count("and 2 more") == 1
        assert next(line for line in seen(app).splitlines() if "and 2 more" in line).count("…") == 0
        await press(app, "T", "Esc")
        assert app.screen is app.workspace, "on the line nothing opens by itself anywhere"
        heard_of(connection, CallEvent("cti", "9", "ringing", now(), "+493055509"), None)
        await until(app, lambda: len(banner(app)) == 6)
        await settled(app)
        assert app.screen is app.workspace


async def test_a_call_that_waits_to_be_written_down_is_offered_at_the_start_and_no_more(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    me = written(connection, "SELECT id FROM agent WHERE handle = 'ana'")
    assert isinstance(me, int)
    kinds: tuple[CallEventKind, ...] = ("answered", "ended")
    for kind in kinds:
        heard_of(connection, CallEvent("baresip", "a1", kind, now(), NUMBER), me, rosa)
    async with at_the_phone(workspace) as app:
        await until(app, lambda: banner(app) == ["Rosa Bianchi"])
        assert app.screen is app.workspace
        top, below = seen(app).splitlines()[:2]
        assert "Queue" in top
        assert "not written down" in below
        assert "F3 go on" in below
        await press(app, "F3")
        assert page(app).place is Place.WRAP_UP


async def test_t_takes_the_ring_of_whoever_is_in_front(workspace: Workspace, connection: Connection, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        app.open_customer(rosa)
        await settled(app)
        heard_of(connection, CallEvent("baresip", "a1", "ringing", now(), NUMBER), app.seat.me.id, rosa)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "Esc", "T")
        assert page(app).place is Place.CALL
        assert written(connection, "SELECT group_concat(state) FROM call") == "talking"


async def test_who_was_popped_and_seen_rings_no_more(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "Esc")
        assert banner(app) == []
        await press(app, "F3")
        assert notice(app) == "Nobody is calling"


async def test_a_call_of_the_agent_s_own_is_no_ring_and_nobody_missed_it(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        at, me = now(), app.seat.me.id
        heard_of(connection, CallEvent("baresip", "a1", "ringing", at, NUMBER, "", "out"), me, rosa)
        await until(app, lambda: banner(app) == ["Rosa Bianchi"])
        await settled(app)
        assert "☎ calling 0:" in seen(app)
        assert "F3 go on" in seen(app)
        heard_of(connection, CallEvent("baresip", "a1", "ended", at + 9 * SECOND, direction="out"), me)
        await until(app, lambda: banner(app) == [])
        await settled(app)
        assert notice(app) == "No answer from Rosa Bianchi"


async def test_f3_goes_back_to_the_caller_s_page_that_is_open_below(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        first = page(app)
        await press(app, "Enter")
        assert type(app.screen) is CustomerScreen
        await press(app, "F3")
        assert page(app) is first
        assert first.place is Place.CALL


async def test_a_page_of_whom_another_console_took_is_that_call_s_page(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        by = app.seat.by()
        begin(connection, by, Begun(NUMBER, customer_id=rosa, way="pop"))
        await until(app, lambda: page(app).place is Place.CALL)
        assert len(app.screen_stack) == 2


async def test_what_a_softphone_pops_again_at_the_answer_rings_no_second_time(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "T")
        await ring(app)
        assert app.seat.phone.rings == ()
        app.ring(Popped(NUMBER, at=now() + 60 * SECOND))
        await until(app, lambda: len(app.seat.phone.rings) == 1)


async def test_f3_amid_a_form_over_the_caller_s_page_keeps_what_is_written_in_it(
    workspace: Workspace, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app, "+49 30 5550 99887")
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "Ctrl+N")
        await type_words(app, "Ottilie")
        await press(app, "F3")
        assert page(app).place is Place.CALL
        await press(app, "Esc")
        assert isinstance(app.screen, FormScreen)
        assert app.screen.values["name"] == "Ottilie"


async def test_a_missed_call_is_said_to_wait_however_soon_its_end_is_heard_of(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, ":")
        at, me = now(), app.seat.me.id
        for name, number in (("a", NUMBER), ("b", "")):
            heard_of(connection, CallEvent("baresip", name, "ringing", at, number), me)
            await until(app, lambda: len(app.seat.phone.rings) == 1)
            heard_of(connection, CallEvent("baresip", name, "ended", at + 9 * SECOND), me)
            await until(app, lambda: app.seat.phone.rings == ())
            await settled(app)
            assert notice(app).endswith("It waits in the queue" if number else "The number was withheld")


async def test_who_rings_again_before_the_last_call_is_written_down_is_a_new_caller(
    workspace: Workspace, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        await press(app, "T", "T", "Esc")
        app.ring(Popped(NUMBER, at=now() + SECOND))
        await until(app, lambda: isinstance(app.screen, CallScreen))
        await settled(app)
        assert page(app).call_id is None
        await press(app, "T")
        assert page(app).place is Place.CALL
