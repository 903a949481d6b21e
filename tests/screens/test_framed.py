"""Pages in the frame stand in any terminal, and follow it when it changes its size."""

from collections.abc import Callable

import pytest

from screens.action import WORK
from screens.customer import CustomerScreen
from screens.customers import CustomersScreen
from screens.desk_screen import DeskScreen
from screens.help import HelpScreen
from screens.library import LibraryScreen
from screens.outbox import OutboxScreen
from screens.seat import Seat
from screens.welcome import WelcomeScreen
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_customer, make_ticket
from tests.rest import seen, settled
from tests.screens.stage import Stage

PAGES: dict[str, Callable[[Seat], DeskScreen[None]]] = {
    "customers": CustomersScreen,
    "customer": lambda seat: CustomerScreen(seat, 1),
    "library": LibraryScreen,
    "outbox": OutboxScreen,
    "help": lambda seat: HelpScreen(seat, WORK),
}
SIZES = ((80, 24), (30, 8), (200, 60), (120, 36))


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_follows_the_size_of_the_terminal(name: str, workspace: Workspace, connection: Connection) -> None:
    customer_id = make_customer(connection, "Ana Ruiz")
    make_ticket(connection, customer_id=customer_id)
    index_customers(connection, [customer_id])
    app = Stage(workspace, PAGES[name])
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(app)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await settled(app)
            shown = seen(app).split("\n")
            assert len(shown) == height
            assert shown[0].startswith(" Heard")
            assert (shown[1][0], shown[1].rstrip()[-1]) == ("┌", "┐")
    assert not app.failed


async def test_the_welcome_stands_in_a_very_small_terminal(workspace: Workspace) -> None:
    app = Stage(workspace, WelcomeScreen)
    async with app.run_test(size=(40, 12)):
        await settled(app)
        assert "Heard" in seen(app)


async def test_an_answer_that_comes_after_the_page_was_left_changes_nothing(workspace: Workspace) -> None:
    app = Stage(workspace, OutboxScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.screen
        assert isinstance(screen, OutboxScreen)
        await settled(app)
        heard: list[int] = []
        screen.read("late", lambda connection: 1, heard.append)
        await pilot.press("escape")
        screen.read("later", lambda connection: 2, heard.append)
        await settled(app)
        assert 2 not in heard
