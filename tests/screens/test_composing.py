"""Writing on the workspace: room for the text, what is still open is named, suggestions read as they go in."""

import pytest
from textual import events

from desk.snippets.library import Snippet
from screens.action import Place
from screens.confirm import ConfirmScreen
from screens.writing import still_open
from storage.connect import Connection
from storage.library import replace_or_add
from storage.workspace import Workspace
from tests.factories import NOW, make_message
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, place, press
from widgets.editor import Editor


@pytest.mark.parametrize(("height", "least", "most"), [(24, 0.6, 0.7), (29, 0.6, 0.7), (30, 0.4, 0.5), (60, 0.4, 0.5)])
async def test_the_composer_has_most_of_a_small_pane(
    workspace: Workspace, connection: Connection, height: int, least: float, most: float
) -> None:
    fill(connection)
    async with console(workspace, size=(80, height)) as app:
        await press(app, "Enter", "r")
        share = desk(app).composer.size.height / desk(app).main_pane.size.height
        assert least <= share <= most
        assert desk(app).composer.has_class("-small") == (height < 30)
        assert app.query_one(Editor).size.height >= height // 3 - 4


def test_what_is_open_is_named_once_and_in_order() -> None:
    body = "{{ask: amount}} {{choose: card | voucher}} {{ask: day}} {{ask: amount}} {{customer.phone}} {{nope}}"
    assert still_open(body) == ("amount", "card or voucher", "day", "their number")
    assert still_open("Hello") == ()


async def test_the_question_before_sending_names_the_open_fields(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        many = " ".join("{{ask: one of many things " + str(number) + "}}" for number in range(8))
        desk(app).composer.insert("{{ask: amount}} for {{ask: order number}} on {{ask: day}}. " + many)
        await settled(app)
        await press(app, "Ctrl+S")
        assert isinstance(app.screen, ConfirmScreen)
        lines = list(app.screen.words)
        asked = " ".join(line.strip() for line in lines)
        assert "amount, order number, day, one of many things 0" in asked
        assert "one of many things 7" in asked
        assert max(map(len, lines)) <= 72


def offer(connection: Connection) -> None:
    given = [
        Snippet("Hello " + str(place), "Hi {{customer.first_name|there}}, {{ask: day}}?", "zed" + str(place))
        for place in range(6)
    ]
    replace_or_add(connection, given, NOW)


async def test_suggestions_read_as_they_would_go_in(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    offer(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert(";zed")
        await settled(app)
        choice = desk(app).suggestions.row
        assert choice is not None
        assert choice.detail == "Hi Rosa, {{ask: day}}?"
        assert desk(app).suggestions.count == 6


@pytest.mark.parametrize("lines", [0, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_suggestions_never_hide_the_line_that_is_typed(
    workspace: Workspace, connection: Connection, lines: int, size: tuple[int, int]
) -> None:
    fill(connection)
    offer(connection)
    async with console(workspace, size=size) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("line\n" * lines)
        await settled(app)
        desk(app).composer.focus_text()
        for sign in ";z":
            app.screen.focused.post_message(events.Key(sign, sign))  # type: ignore[union-attr]  # the editor
            await settled(app)
        shown = desk(app).suggestions.region
        assert desk(app).suggestions.display
        assert shown.height == 6
        assert not shown.y <= app.query_one(Editor).cursor_screen_offset.y < shown.bottom
        assert shown.y > 0
        assert shown.bottom <= size[1] - 2


async def test_a_reply_asked_for_right_behind_enter_is_begun(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        for key in ("Enter", "r"):
            assert desk(app).take_key(key)
        await settled(app)
        assert place(app) is Place.COMPOSER


async def test_what_was_just_sent_stands_in_the_conversation_on_the_screen(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    for hour in range(6):
        make_message(connection, ids[0], body="Still nothing\n" * 4, at=NOW - 7200 + hour)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("It leaves today")
        await press(app, "Ctrl+S")
        assert "It leaves today" in seen(app)
