"""The line at the bottom that asks: as long as it asks, it has the keys."""

import pytest

from desk.errors import BadInput
from screens.ask import AskPanel, Question
from screens.customer import CustomerScreen
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import make_customer
from tests.rest import settled
from tests.screens.stage import Stage


@pytest.fixture
def page(workspace: Workspace, connection: Connection) -> Stage:
    """The page of a customer, whose list has the keys while nothing is asked."""
    customer_id = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    return Stage(workspace, lambda seat: CustomerScreen(seat, customer_id))


def customer_screen(app: Stage) -> CustomerScreen:
    """The screen in front."""
    assert isinstance(app.screen, CustomerScreen)
    return app.screen


async def test_a_question_right_behind_another_keeps_the_keys(page: Stage) -> None:
    async with page.run_test(size=(80, 24)) as pilot:
        await settled(page)
        screen, answers = customer_screen(page), list[str]()
        screen.ask(Question("First", answers.append))
        screen.query_one(AskPanel).give_up()
        # That the first one has ended is heard when the second one is asked already.
        screen.ask(Question("Second", answers.append))
        await settled(page)
        await pilot.press("y", "enter")
        await settled(page)
        assert answers == ["y"]
        assert screen.query_one(AskPanel).asking is None
        assert page.focused is screen.lines


async def test_a_click_beside_a_question_leaves_it_the_keys(page: Stage) -> None:
    async with page.run_test(size=(80, 24)) as pilot:
        await settled(page)
        screen = customer_screen(page)
        screen.ask(Question("First", print))
        await settled(page)
        await pilot.click(screen.lines)
        await settled(page)
        await pilot.press("escape")
        await settled(page)
        assert screen.query_one(AskPanel).asking is None


async def test_what_was_mistaken_is_typed_on_where_it_ends(page: Stage) -> None:
    answers: list[str] = []

    def three(text: str) -> None:
        if len(text) < 3:
            raise BadInput("Too short", "Type three letters.")
        answers.append(text)

    async with page.run_test(size=(80, 24)) as pilot:
        await settled(page)
        screen = customer_screen(page)
        screen.ask(Question("A word", three))
        await settled(page)
        await pilot.press("a", "b", "enter")
        await settled(page)
        assert "Too short" in screen.query_one(AskPanel).reading
        await pilot.press("c", "enter")
        await settled(page)
        assert answers == ["abc"]
