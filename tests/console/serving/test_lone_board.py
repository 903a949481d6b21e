"""A board that only reads: whatever is asked of it, by key, by command or by code, nothing is changed or opened."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.events import Key

from console.config import Config
from console.serving.lone_board import NOBODY, BoardApp, board_keys
from desk.errors import Refused
from desk.ids import new_uid
from screens.action import Place
from screens.actions import ACTIONS
from screens.board import BoardScreen
from screens.desk_screen import DeskScreen
from screens.explanation import ExplanationScreen
from screens.help import HelpScreen
from screens.hints import hints
from screens.keymap import keymap
from storage.connect import Connection, writing
from storage.statistics.settling import settle
from storage.workspace import Workspace, open_to_read, open_to_write
from tests.factories import NOW
from tests.rest import handled, seen, settled, until
from tests.screens.room import fill

SOLVED = "UPDATE ticket SET status = 3, solved_at = :now, updated_at = :now WHERE id = :ticket"
TOLD = "INSERT INTO event(deed, kind, at, ticket_id, data, patch) VALUES(?,'changed',?,?,?,'')"
COUNTED = {"ticket_fact", "fact_day", "stale_ticket"}


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but those that whoever serves settles."""
    named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    names = {name for (name,) in connection.execute(named)} - COUNTED
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(names)}


@asynccontextmanager
async def on_the_wall(workspace: Workspace) -> AsyncIterator[BoardApp]:
    keys = board_keys(keymap())
    app = BoardApp(Workspace(workspace.folder, read_only=True), Config(handle="ana"), keys, "", on_wall=False)
    async with app.run_test(size=(120, 36)):
        await settled(app)
        yield app


def said(app: BoardApp) -> str:
    """What the line of the screen in front says."""
    bar = app.board.notices
    return bar.text


def value(app: BoardApp, metric: str) -> int:
    """A number as it was read last."""
    reading = app.board._reading
    found = reading.snapshot.figures[metric].value if reading is not None else None
    assert isinstance(found, int)
    return found


def test_a_workspace_that_may_only_be_read_opens_for_no_writer(workspace: Workspace, connection: Connection) -> None:
    only_read = Workspace(workspace.folder, read_only=True)
    with pytest.raises(Refused, match="only reads"):
        open_to_write(only_read)
    reading = open_to_read(only_read)
    with pytest.raises(Exception, match="readonly"):
        reading.execute("DELETE FROM setting")
    reading.close()
    # An older one is brought up to date by whoever may write, and by nobody else.
    connection.execute("PRAGMA user_version = 7")
    with pytest.raises(Refused, match="only reads"):
        open_to_read(only_read)


async def test_it_shows_the_numbers_and_follows_them(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    settle(connection, NOW)
    async with on_the_wall(workspace) as app:
        # No time passes, after which it would count again by itself.
        app.seat.clock = lambda: NOW
        app.board._asked_at = NOW
        assert isinstance(app.screen, BoardScreen)
        assert app.seat.me == NOBODY
        before = value(app, "open")
        assert value(app, "solved") == 0
        with writing(connection):
            connection.execute(SOLVED, {"now": NOW, "ticket": ids[0]})
            connection.execute(TOLD, (new_uid(), NOW, ids[0], json.dumps({"field": "status", "before": 0, "after": 3})))
        await until(app, lambda: value(app, "open") == before - 1)
        # What came and went is settled by whoever serves, and seen once it is.
        settle(connection, NOW)
        await until(app, lambda: value(app, "solved") == 1)


async def test_a_wall_shows_what_everybody_is_told_until_its_time_is_over(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with on_the_wall(workspace) as app:
        app.seat.clock = lambda: NOW
        connection.execute(
            "INSERT INTO banner(uid, agent_id, words, at, until) VALUES(x'01', 2, 'Lunch', ?, ?)", (NOW, NOW + 1)
        )
        await until(app, lambda: "Bo Lind: Lunch" in seen(app).split("\n")[1])
        assert "noted" not in seen(app)
        app.seat.clock = lambda: NOW + 1
        await until(app, lambda: "Lunch" not in seen(app))


async def test_no_deed_reaches_the_disk_however_it_is_asked_for(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    settle(connection, NOW)
    before, files = everything(connection), sorted(workspace.folder.rglob("*"))
    async with on_the_wall(workspace) as app:
        answered: list[object] = []
        heard = asyncio.Event()

        def hear(answer: object) -> None:
            answered.append(type(answer))
            heard.set()

        app.jobs.keep(lambda writing: writing.execute("DELETE FROM setting"), hear, hear)
        await heard.wait()
        heard.clear()
        app.jobs.deed(lambda _: None, hear, hear)
        await heard.wait()
        assert answered == [Refused, Refused]
        # Every action that there is, whether or not a key leads to it.
        for action in (action for action in ACTIONS if action.id != "console.quit"):
            front = app.screen
            assert isinstance(front, DeskScreen)
            front.perform(action, "a word")
            await handled(app)
            assert isinstance(app.screen, BoardScreen | ExplanationScreen | HelpScreen), action.id
        await settled(app)
        assert app.is_running
    assert everything(connection) == before
    assert sorted(workspace.folder.rglob("*")) == files


async def test_enter_says_where_what_is_behind_a_number_opens(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    settle(connection, NOW)
    async with on_the_wall(workspace) as app:
        app.post_message(Key("enter", "\r"))
        await settled(app)
        assert "a console opens what is behind it" in said(app)
        app.board.open_behind(None)
        assert "This is the board alone" in said(app)
        for key in ("escape", "q"):
            app.post_message(Key(key, None if key == "escape" else key))
            await settled(app)
        assert isinstance(app.screen, BoardScreen)


def test_its_hints_promise_nothing_that_it_does_not_do() -> None:
    keys = board_keys(keymap())
    place = Place.BOARD
    from screens.action import Situation

    promised = {title for _, title in hints(keys, place, Situation(listed=9))}
    assert {"explain", "next board", "wall", "keys"} <= promised
    assert promised.isdisjoint({"open", "undo", "sync", "find customer", "back"})
    assert keys.action(Place.EXPLANATION, ("Esc",)) is not None
    assert keys.action(place, ("u",)) is None
    assert keys.action(place, ("c",)) is None
    assert keys.action(place, (":",)) is None
    assert keys.action(place, ("Ctrl+P",)) is None
