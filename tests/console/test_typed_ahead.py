"""Keys in their order: those typed behind one that closes something act on what comes behind it, none is lost."""

from threading import Event

import pytest
from textual.events import Key
from textual.keys import _character_to_key

from console.app import HeardApp
from desk.errors import Refused
from desk.snippets.library import Snippet
from desk.snippets.macros import parse_actions
from screens.action import Place
from screens.confirm import ConfirmScreen
from screens.form import FormScreen
from screens.snippets import SnippetPicker
from storage import drafts, library
from storage.connect import Connection
from storage.deeds import write as writing
from storage.deeds.by import Done
from storage.library import replace_or_add
from storage.workspace import Workspace
from tests.factories import NOW
from tests.rest import CHARACTERS, handled, settled, until
from tests.screens.room import console, desk, fill, notice, place

WRITTEN = "SELECT kind, body FROM message WHERE kind != 'inbound' ORDER BY id"
TAGGED = "SELECT ticket_id FROM ticket_tag JOIN tag ON tag.id = tag_id WHERE name = 'vip'"


def type_at_once(app: HeardApp, *keys: str) -> None:
    """Keys as a terminal sends them that were all typed before the first was heard."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        app.post_message(Key(name, CHARACTERS.get(key, key if len(key) == 1 else None)))


async def at_once(app: HeardApp, *keys: str) -> None:
    """The same, and what comes of them."""
    type_at_once(app, *keys)
    await settled(app)


@pytest.mark.parametrize(("begin", "kind"), [("r", "outbound"), ("n", "note"), ("R", "outbound")])
async def test_keys_behind_sending_act_on_the_ticket(
    workspace: Workspace, connection: Connection, begin: str, kind: str
) -> None:
    ids = fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await at_once(app, "enter", begin, *"Hello", "ctrl+s", "t", *"vip", "enter", "s", "p", "n", *"Done", "ctrl+s")
        assert connection.execute(WRITTEN).fetchall() == [(kind, "Hello"), ("note", "Done")]
        assert connection.execute(TAGGED).fetchall() == [(ids[0],)]
        assert connection.execute("SELECT status FROM ticket WHERE id = ?", (ids[0],)).fetchone() == (1,)
        assert place(app) is Place.TICKET


async def test_what_is_sent_twice_in_one_go_is_sent_once(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "r", *"Hello", "ctrl+s", "ctrl+s")
        assert connection.execute(WRITTEN).fetchall() == [("outbound", "Hello")]


async def test_keys_wait_for_a_slow_disk_and_go_on_into_the_text_where_it_was_not_sent(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Event()

    def refuse(*_: object) -> Done:
        release.wait()
        raise Refused("The disk is full")

    fill(connection)
    monkeypatch.setattr(writing, "write", refuse)
    async with console(workspace) as app:
        type_at_once(app, "enter", "r", *"Hello", "ctrl+s", *", you")
        await until(app, lambda: len(app._early) == 5)
        await handled(app)
        assert desk(app).composer.written.body == "Hello"
        release.set()
        await settled(app)
        assert desk(app).composer.written.body == "Hello, you"
        assert "Not sent, and still here" in notice(app)


@pytest.mark.parametrize(
    ("answer", "written", "where"),
    [("enter", [("outbound", "For {{ask: whom}}"), ("note", "x")], Place.TICKET), ("escape", [], Place.COMPOSER)],
)
async def test_keys_behind_a_question_before_sending_are_meant_for_it_and_then_for_what_it_leaves(
    workspace: Workspace, connection: Connection, answer: str, written: list[tuple[str, str]], where: Place
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "r", *"For {{ask: whom}}", "ctrl+s", answer, "n", "x", "ctrl+s")
        if where is Place.COMPOSER:
            # The field is still open, so that Ctrl+S asks once more, with all that was typed.
            assert isinstance(app.screen, ConfirmScreen)
            assert desk(app).composer.written.body == "For {{ask: whom}}nx"
        else:
            assert place(app) is where
        assert connection.execute(WRITTEN).fetchall() == written


async def test_keys_behind_sending_to_nobody_go_on_into_the_text(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "f", *"Hello", "ctrl+s", *" you")
        assert desk(app).composer.written.body.startswith("Hello you")
        assert "Nobody stands in To" in notice(app)


async def test_a_draft_that_was_just_left_is_gone_on_with(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, save = Event(), drafts.save

    def slow(*given: object) -> None:
        release.wait()
        save(*given)  # type: ignore[arg-type]  # whatever it is called with

    fill(connection)
    monkeypatch.setattr(drafts, "save", slow)
    async with console(workspace) as app:
        type_at_once(app, "enter", "n", *"Hello", "escape", "n", *" you", "ctrl+s")
        await handled(app)
        release.set()
        await settled(app)
        assert connection.execute(WRITTEN).fetchall() == [("note", "Hello you")]


async def test_keys_behind_two_questions_are_text_of_neither(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "t", *"vip", "enter", "t", *"late", "enter", "p", *"high", "enter")
        await at_once(app, "n", "x", "ctrl+s")
        assert connection.execute(TAGGED).fetchall() == [(ids[0],)]
        assert connection.execute("SELECT priority FROM ticket WHERE id = ?", (ids[0],)).fetchone() == (2,)
        assert connection.execute(WRITTEN).fetchall() == [("note", "x")]


async def test_a_macro_is_picked_before_the_library_is_read(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, release, snippets = fill(connection), Event(), library.snippets
    macro = Snippet("Vip", "You come first.", "zed", actions=parse_actions("+vip"))
    replace_or_add(connection, [macro], NOW)

    def slow(connection: Connection) -> object:
        release.wait()
        return snippets(connection)

    async with console(workspace) as app:
        monkeypatch.setattr(library, "snippets", slow)
        type_at_once(app, "enter", "m", *"vip", "enter", *" Truly.", "ctrl+s")
        await until(app, lambda: isinstance(app.screen, SnippetPicker) and app.screen._entered)
        await handled(app)
        release.set()
        await settled(app)
        assert connection.execute(WRITTEN).fetchall() == [("outbound", "You come first. Truly.")]
        assert connection.execute(TAGGED).fetchall() == [(ids[0],)]


async def test_keys_behind_the_key_that_saves_a_form_act_on_what_it_leaves(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "C")
        await at_once(app, "n", *"Likes tea", "ctrl+s", "escape", "s", "p")
        assert not any(isinstance(each, FormScreen) for each in app.screen_stack)
        assert connection.execute("SELECT note FROM customer ORDER BY id LIMIT 1").fetchone() == ("Likes tea",)
        assert connection.execute("SELECT status FROM ticket ORDER BY id LIMIT 1").fetchone() == (1,)


async def test_what_was_typed_before_anybody_saw_who_is_written_to_does_not_write_to_them(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    connection.execute(
        "INSERT INTO incident(uid, title, state, notice, created_at) VALUES(x'01', 'Mail', 'found', 'It is late.', ?)",
        (NOW,),
    )
    connection.executemany(
        "INSERT INTO incident_ticket(incident_id, ticket_id, state, at) VALUES(1, ?, 'linked', ?)",
        [(each, NOW) for each in ids[:2]],
    )
    told = "SELECT count(*) FROM incident_update"
    async with console(workspace) as app:
        await at_once(app, "g", "i")
        await at_once(app, "r", "tab", *"2h", "ctrl+s", "enter", "y")
        assert isinstance(app.screen, ConfirmScreen)
        assert connection.execute(told).fetchone() == (0,)
        await at_once(app, "enter")
        assert connection.execute(told).fetchone() == (1,)


async def test_what_can_be_taken_back_is_said_yes_to_ahead(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await at_once(app, "*", "s", "p", "enter")
        assert not isinstance(app.screen, ConfirmScreen)
        assert connection.execute("SELECT count(*) FROM ticket WHERE status = 1").fetchone() == (len(ids),)
