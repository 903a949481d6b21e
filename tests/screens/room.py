"""A whole console over a workspace with some tickets, for the tests of how its parts are wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.app import HeardApp
from console.config import Config
from screens.action import Place
from screens.desk_screen import DeskScreen
from screens.keymap import keymap
from screens.workspace import WorkspaceScreen
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_message, make_tag, make_ticket
from tests.rest import settled

SUBJECTS = ("Refund for order 8841", "Tablet stays white", "New address", "Wrong size")


def fill(connection: Connection) -> list[int]:
    """Ana's desk: four open tickets of hers, due one after the other; the first customer is upset."""
    me = make_agent(connection, handle="ana", name="Ana Bell")
    make_agent(connection, handle="bo", name="Bo Lind")
    ids = []
    for place, subject in enumerate(SUBJECTS):
        customer = make_customer(
            connection, "Li Wei" if place else "Rosa Bianchi", email="c" + str(place) + "@example.org"
        )
        ticket = make_ticket(
            connection, subject=subject, customer_id=customer, assignee_id=me, due_at=NOW + place, unread=True,
        )  # fmt: skip
        make_message(
            connection, ticket, body="Where is it?", customer_id=customer, sender="c" + str(place) + "@example.org"
        )
        ids.append(ticket)
    make_tag(connection, ids[0], "refund")
    return ids


@asynccontextmanager
async def console(workspace: Workspace, *, size: tuple[int, int] = (120, 36)) -> AsyncIterator[HeardApp]:
    """The console, settled on its first view."""
    app = HeardApp(workspace, Config(handle="ana", name="Ana Bell"), keymap())
    async with app.run_test(size=size):
        await settled(app)
        if not app.workspace.furnished:
            app.workspace.furnish()
            await settled(app)
        yield app


async def press(app: HeardApp, *keys: str) -> None:
    """Give keys to the screen in front as the console does, each to a settled console."""
    for key in keys:
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        assert screen.take_key(key), "nothing takes " + key
        await settled(app)


def desk(app: HeardApp) -> WorkspaceScreen:
    """The workspace of that console."""
    return app.workspace


def notice(app: HeardApp) -> str:
    """What the notice line says."""
    return app.workspace.notices.text


def place(app: HeardApp) -> Place:
    """Where the agent is."""
    return app.workspace.place
