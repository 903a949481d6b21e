"""Keys that were typed before what they are meant for was there: each acts in its place, none is lost."""

from threading import Event

import pytest
from textual.events import Key, Paste

from console.app import HeardApp
from screens import customers
from screens.customer import CustomerScreen
from screens.customers import CustomersScreen
from storage.connect import Connection
from storage.contacts import Contact
from storage.workspace import Workspace
from tests.rest import DEADLINE, handled, settled, until
from tests.screens.room import console, desk, fill

CHARACTERS = {"enter": "\r", "escape": "\x1b"}


def typed(app: HeardApp, *keys: str) -> None:
    """Keys as a terminal sends them that were all typed before the first was heard."""
    for key in keys:
        app.post_message(Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)))


async def burst(app: HeardApp, *keys: str) -> None:
    """The same, and what comes of them."""
    typed(app, *keys)
    await settled(app)


async def test_a_key_typed_behind_enter_acts_on_what_enter_opened(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await burst(app, "j", "enter", "]")
        assert desk(app).reading_id == ids[2]
        await burst(app, "[", "[", "escape", "j", "enter")
        assert desk(app).reading_id == ids[1]


async def test_a_key_typed_behind_the_enter_of_a_question_is_no_text_of_it(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await burst(app, "j", "/", *"tag:refund", "enter", "enter")
        assert desk(app).filter_text.endswith(" tag:refund")
        assert desk(app).reading_id == ids[0]


async def test_a_key_typed_behind_the_enter_of_a_search_acts_on_the_customer(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, answers = Event(), customers.search

    def slow(connection: Connection, text: str, regions: tuple[str, ...], *, deep: bool) -> tuple[Contact, ...]:
        release.wait()
        return answers(connection, text, regions, deep=deep)

    monkeypatch.setattr(customers, "search", slow)
    monkeypatch.setattr(customers, "PATIENCE", DEADLINE)
    fill(connection)
    async with console(workspace) as app:
        typed(app, "g", "c", *"rosa", "enter", "G")
        await handled(app)
        search = app.screen
        assert isinstance(search, CustomersScreen)
        release.set()
        await until(app, lambda: isinstance(app.screen, CustomerScreen))
        await settled(app)
        assert search.field.value == "rosa"
        assert not app._early


async def test_a_paste_behind_the_key_that_opens_a_field_goes_into_the_field_in_its_place(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        for event in (Key("r", "r"), Key("H", "H"), Paste("i Rosa,\nit is "), Key("o", "o"), Key("n", "n")):
            app.post_message(event)
        await settled(app)
        assert desk(app).composer.written.body == "Hi Rosa,\nit is on"


async def test_a_key_typed_behind_what_asks_is_meant_for_the_question(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await burst(app, "G", "t", *"vip", "enter", "g", "g", "x", "x", "s", "p", "enter")
        tagged = "SELECT ticket_id FROM ticket_tag JOIN tag ON tag.id = tag_id WHERE name = 'vip'"
        assert connection.execute(tagged).fetchall() == [(ids[3],)]
        assert [status for (status,) in connection.execute("SELECT status FROM ticket ORDER BY id")] == [1, 1, 0, 0]


async def test_a_view_is_opened_from_the_list_of_views_at_once(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        views = desk(app).views
        await burst(app, "shift+tab", "down", "enter", "1", "j", "enter")
        assert desk(app).view == views[0]
        assert desk(app).reading_id == ids[1]
