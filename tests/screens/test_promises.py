"""The promise question behind a sent reply: one key keeps it, anything else leaves it; promises by hand."""

from collections.abc import AsyncIterator

import pytest

from console.app import HeardApp
from desk.times import DAY, HOUR, SECOND
from storage import clocks, promises
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from storage.inbound import after_inbound
from storage.workspace import Workspace
from tests.rest import settled
from tests.screens.room import console, desk, fill, notice, press


@pytest.fixture
async def app(workspace: Workspace, connection: Connection) -> AsyncIterator[HeardApp]:
    after_inbound(connection, fill(connection))
    async with console(workspace) as app:
        yield app


async def send(app: HeardApp, text: str) -> None:
    await press(app, "Enter", "r")
    desk(app).composer.set_text(text)
    await press(app, "Ctrl+S")
    # What it promises is looked for when it is written.
    await settled(app)


def states(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT state FROM promise ORDER BY id").fetchall()]


async def test_one_key_keeps_what_was_promised(app: HeardApp, connection: Connection) -> None:
    await send(app, "I'm sorry, Rosa. You'll have the money within 12 hours.")
    question = desk(app).notices.question
    assert question.startswith("Y keeps it: promised by ")
    assert ", aim " in question
    assert desk(app).place.value == "ticket"
    await press(app, "Y")
    assert notice(app).startswith("Promised on #1001 by ")
    (promise,) = promises.of_ticket(connection, 1)
    assert promise.words == "You'll have the money within 12 hours."
    assert (promise.due_at - promise.made_at, promise.target_at - promise.made_at) == (12 * HOUR, 6 * HOUR)
    assert connection.execute("SELECT message_id FROM promise").fetchone() == (5,)
    assert desk(app).notices.question == ""
    await press(app, "u")
    assert states(connection) == []


async def test_several_are_asked_one_after_the_other(app: HeardApp, connection: Connection) -> None:
    await send(app, "I'll call you within 2 hours. The money will be there within 3 days.")
    assert "(1 of 2)" in desk(app).notices.question
    await press(app, "Y")
    assert "(1 of" not in desk(app).notices.question
    await press(app, "Y")
    assert states(connection) == ["open", "open"]


async def test_a_key_typed_twice_keeps_only_what_was_asked_about(app: HeardApp, connection: Connection) -> None:
    await send(app, "I'll call you within 2 hours. The money will be there within 3 days.")
    desk(app).do("promise.keep")
    desk(app).do("promise.keep")
    await settled(app)
    assert states(connection) == ["open"]
    assert "promised by " in desk(app).notices.question
    await press(app, "Y")
    assert states(connection) == ["open", "open"]


async def test_what_is_taken_back_while_it_is_asked_about_is_refused(app: HeardApp, connection: Connection) -> None:
    await send(app, "You'll have the money within 12 hours.")
    with deed_session(engine_over(connection)) as session:
        undo(session, By(desk(app).seat.me.id, desk(app).seat.clock()))
    await press(app, "Y")
    assert states(connection) == []
    assert "was taken back" in notice(app)


async def test_ignoring_it_does_nothing(app: HeardApp, connection: Connection) -> None:
    await send(app, "You'll have the money within 12 hours.")
    await press(app, "w", "Y")
    assert states(connection) == []
    assert notice(app) == "Keep promise: no promise was just found"


async def test_what_promises_nothing_asks_nothing(app: HeardApp) -> None:
    await send(app, "Can you send me a photo by Friday?")
    assert desk(app).notices.question == ""


async def test_one_is_made_and_withdrawn_by_hand(app: HeardApp, connection: Connection) -> None:
    workspace = desk(app)
    await press(app, "Enter")
    workspace.do("promise.make", "2d")
    await settled(app)
    (promise,) = promises.of_ticket(connection, 1)
    assert (promise.words, promise.due_at - promise.made_at) == ("by 2d", 2 * DAY)
    assert any(text.startswith("promised ") for text, _ in workspace.facts._facts())
    workspace.do("promise.make", "off")
    await settled(app)
    assert states(connection) == ["withdrawn"]
    workspace.do("promise.make", "off")
    await settled(app)
    assert notice(app) == "Nothing is promised on this ticket"


async def test_what_is_about_to_be_late_is_told_once_in_one_line(app: HeardApp, connection: Connection) -> None:
    workspace, now = desk(app), desk(app).seat.clock()
    connection.execute("UPDATE ticket SET due_at = ? + id, warns_at = 0 WHERE id > 1", (now + HOUR + 30 * SECOND,))
    workspace.look_for_warnings()
    await settled(app)
    assert notice(app) == "#1002 Li Wei is due in 1:00, and 2 more of yours soon after"
    workspace.notices.clear()
    workspace.look_for_warnings()
    await settled(app)
    assert notice(app) == ""
    connection.execute("UPDATE ticket SET due_at = ?, warns_at = 0 WHERE id = 1", (now + HOUR,))
    workspace.notices.ask("Promised by Friday?")
    workspace.look_for_warnings()
    await settled(app)
    assert notice(app) == ""
    workspace.notices.clear()
    workspace.look_for_warnings()
    await settled(app)
    assert notice(app).startswith("#1001 Rosa Bianchi is due in ")


async def test_a_console_brings_up_to_new_targets_what_a_crash_left_behind(
    app: HeardApp, connection: Connection
) -> None:
    before = connection.execute("SELECT id, due_at FROM ticket ORDER BY id").fetchall()
    connection.execute("UPDATE ticket SET due_at = 7")
    with writing(connection):
        clocks.fall_behind(connection)
    desk(app).look_for_warnings()
    await settled(app)
    assert connection.execute("SELECT id, due_at FROM ticket ORDER BY id").fetchall() == before
    assert not clocks.behind(connection)
