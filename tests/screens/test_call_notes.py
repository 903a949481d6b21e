"""What is typed on the page of a call: where it goes, that it is kept, and what a key means when they hang up."""

import threading

import pytest
from textual import events

from console.app import HeardApp
from desk.calls import CallEvent, CallState
from desk.errors import Refused
from desk.times import SECOND, now
from screens import call_deeds, call_reading
from screens.action import Place
from screens.call import CallScreen
from screens.call_reading import CallPage
from storage.connect import Connection
from storage.deeds.calls import heard_of, save_notes
from storage.workspace import Workspace
from tests.rest import DEADLINE, seen, settled, until
from tests.screens.room import press
from tests.screens.stage import written
from tests.screens.telephone import NUMBER, at_the_phone, make_rosa, notice, opened, page, ring, type_words, typed


@pytest.fixture
def rosa(connection: Connection) -> int:
    """Rosa calls from a number that is known; one ticket of hers is open."""
    return make_rosa(connection)


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
        screen.call_is(call._replace(state=CallState.WRAPPING, ended_at=now()))
        assert screen.focused is screen.wrap_up
        assert screen.boxes["notes"].display
        await until(app, lambda: not screen.typing)


async def remote_call(app: HeardApp, connection: Connection, customer: int) -> int:
    """Rosa is on the line, and the telephone tells of it; the answer is when she was answered."""
    at = now()
    heard_of(connection, CallEvent("baresip", "a1", "ringing", at, NUMBER), app.seat.me.id, customer)
    await until(app, lambda: isinstance(app.screen, CallScreen))
    heard_of(connection, CallEvent("baresip", "a1", "answered", at), app.seat.me.id)
    await until(app, lambda: page(app).place is Place.CALL)
    await settled(app)
    return at


async def hang_up(app: HeardApp, connection: Connection, at: int) -> None:
    """She hangs up."""
    heard_of(connection, CallEvent("baresip", "a1", "ended", at + 60 * SECOND), app.seat.me.id)
    await until(app, lambda: page(app).state is CallState.WRAPPING)
    await settled(app)


async def test_a_key_on_its_way_when_they_hang_up_means_what_it_meant_and_is_no_outcome(
    workspace: Workspace, connection: Connection, rosa: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_deeds, "ON_THEIR_WAY", 3600.0)
    async with at_the_phone(workspace) as app:
        at = await remote_call(app, connection, rosa)
        await hang_up(app, connection, at)
        assert notice(app) == "The call has ended"
        await press(app, "1")
        assert written(connection, "SELECT state FROM call") == "wrapping"
        assert written(connection, "SELECT count(*) FROM checklist_tick") == 1
        # The T that was to end the call doesn't begin it again; from then on the digits are outcomes.
        await press(app, "T")
        assert (page(app).state, page(app).place) == (CallState.WRAPPING, Place.WRAP_UP)
        await press(app, "1")
        assert written(connection, "SELECT state FROM call") == "done"


async def test_a_moment_behind_their_hang_up_the_outcomes_are_keys_by_themselves(
    workspace: Workspace, connection: Connection, rosa: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_deeds, "ON_THEIR_WAY", 0.01)
    async with at_the_phone(workspace) as app:
        at = await remote_call(app, connection, rosa)
        await hang_up(app, connection, at)
        await until(app, lambda: page(app).place is Place.WRAP_UP)
        await until(app, lambda: "1 solved" in seen(app))


async def test_after_the_agent_s_own_end_an_outcome_needs_no_wait(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "T")
        assert page(app).place is Place.WRAP_UP
        assert not page(app).just_ended


@pytest.mark.parametrize("ended", [False, True])
async def test_what_is_pasted_while_the_checklist_has_the_keys_goes_into_the_notes(
    workspace: Workspace, connection: Connection, rosa: int, *, ended: bool
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", *(["T"] if ended else []))
        app.post_message(events.Paste("1 order 8841\nT \x1b[31mtwo"))
        await typed(app, "!")
        assert page(app).typed[1] == "1 order 8841\nT two!"
        assert page(app).place is Place.NOTES
        app.post_message(events.Paste(" and more"))
        await settled(app)
        assert page(app).typed[1] == "1 order 8841\nT two! and more", "in the notes it is pasted once"
        await press(app, "Ctrl+S")
        await until(app, lambda: written(connection, "SELECT notes FROM call") == "1 order 8841\nT two! and more")


async def test_an_answer_that_was_asked_for_before_the_last_words_takes_none_of_them(
    workspace: Workspace, connection: Connection, rosa: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "n")
        read, may_answer = threading.Event(), threading.Event()

        def slow(*asked: object) -> CallPage:
            found = call_reading.page(*asked)  # type: ignore[arg-type]
            read.set()
            may_answer.wait(DEADLINE)
            return found

        monkeypatch.setattr(call_deeds, "page", slow)
        screen = page(app)
        screen.read_page()
        await until(app, read.is_set)
        screen.notes.insert("forty words")
        screen.save_typed()
        await until(app, lambda: written(connection, "SELECT notes FROM call") == "forty words")
        may_answer.set()
        await settled(app)
        assert screen.typed[1] == "forty words"


async def test_what_another_console_wrote_is_taken_up_where_nothing_is_typed_here(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "n")
        await type_words(app, "here")
        page(app).save_typed()
        await settled(app)
        save_notes(connection, page(app).call_id or 0, notes="here and there")
        page(app).read_page()
        await settled(app)
        assert page(app).typed[1] == "here and there"


async def test_words_that_come_too_late_for_a_call_are_said_to_be_not_saved(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "n")
        connection.execute("UPDATE call SET state = 'done', wrapped_at = 1")
        await type_words(app, "too late")
        page(app).save_typed()
        await until(app, lambda: "not saved, but still here" in notice(app))
        assert "written down already" in notice(app)
        assert page(app).typed[1] == "too late"


async def test_what_was_typed_before_the_call_began_is_kept_with_it(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        await opened(app)
        page(app).set_focus(page(app).notes)
        await type_words(app, "from the answering machine")
        await press(app, "Ctrl+S")
        await press(app, "T")
        await until(app, lambda: written(connection, "SELECT notes FROM call") == "from the answering machine")


async def test_an_end_that_failed_makes_no_outcome_of_the_next_word(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await press(app, "T", "n")
        screen, call = page(app), page(app).call
        assert call is not None
        screen._done_writing = True
        screen._refused(Refused("The database is busy", "Try again."))
        await settled(app)
        screen.call_is(call._replace(state=CallState.WRAPPING, ended_at=now()))
        assert screen.place is Place.NOTES
