"""What is typed in a form is kept under what it is about, and comes back over what has changed since, with a word."""

import pytest

from console.app import HeardApp
from desk.errors import Refused
from screens.form import FormScreen
from storage import form_drafts
from storage.connect import Connection
from storage.deeds import customers
from storage.workspace import Workspace
from tests.console.test_typed_ahead import at_once
from tests.rest import seen, settled, until
from tests.screens.room import console, fill

KEPT = "SELECT typed FROM form_draft ORDER BY id"


def form_of(app: HeardApp) -> FormScreen:
    """The form in front."""
    assert isinstance(app.screen, FormScreen)
    return app.screen


async def test_a_note_that_a_colleague_changed_meanwhile_is_said(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await at_once(app, "enter", "C")
        await at_once(app, "n", *"Likes tea", "escape")
        assert "What you wrote is kept" in seen(app)
        assert connection.execute(KEPT).fetchall() == [("Likes tea",)]
        connection.execute("UPDATE customer SET note = 'Likes coffee' WHERE id = 1")
        app.changed()
        await settled(app)
        await at_once(app, "n", *", green")
        assert form_of(app).values == {"note": "Likes tea, green"}
        assert "over what has changed since" in seen(app)
        await at_once(app, "ctrl+g")
        await at_once(app, "enter")
        assert form_of(app).values == {"note": "Likes coffee"}
        assert connection.execute(KEPT).fetchall() == []


async def test_it_is_kept_without_another_key_and_stays_where_the_deed_is_refused(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> object:
        raise Refused("The disk is full")

    fill(connection)
    monkeypatch.setattr(customers, "note", refuse)
    async with console(workspace) as app:
        await at_once(app, "enter", "C")
        await at_once(app, "n", *"Likes tea")
        await until(app, lambda: connection.execute(KEPT).fetchall() == [("Likes tea",)])
        await at_once(app, "ctrl+s")
        assert "The disk is full" in seen(app)
        assert connection.execute(KEPT).fetchall() == [("Likes tea",)]
        await at_once(app, "!", "escape", "escape")
        assert connection.execute(KEPT).fetchall() == [("Likes tea!",)]


async def test_what_can_not_be_kept_is_said_and_stays_on_the_screen(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refused("The disk is full")

    fill(connection)
    monkeypatch.setattr(form_drafts, "save", refuse)
    async with console(workspace) as app:
        await at_once(app, "enter", "C")
        await at_once(app, "n", *"Likes tea")
        await until(app, lambda: "It is not saved, but still here: The disk is full" in seen(app))
        assert form_of(app).values == {"note": "Likes tea"}
