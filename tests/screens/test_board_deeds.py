"""Acting from the board: the letters of the queue on the line under the cursor, a yes or no to a gesture, and undo."""

import pytest

from console.app import HeardApp
from screens.ask import AskPanel
from screens.board import BoardScreen
from screens.board_lines import gesture_words
from screens.confirm import ConfirmScreen
from storage import rules
from storage.connect import Connection
from storage.deeds.by import By
from storage.gestures import GestureRow
from storage.supervisors import set_role
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_team, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.room import console, press
from widgets.cells import harmless

BOARD = """
[[board]]
title = "Desk"
[[board.row]]
tile = [{ metric = "late", form = "list" }, { metric = "load", form = "list" }]
[[board.row]]
tile = [{ metric = "gestures_waiting", form = "list" }, { metric = "backlog", form = "bars" }]
"""
PRIORITIES = "SELECT priority FROM ticket ORDER BY id"
HOLDERS = "SELECT assignee_id FROM ticket ORDER BY id"
TEAMS = "SELECT team_id FROM ticket ORDER BY id"


@pytest.fixture
def team(connection: Connection) -> tuple[int, int]:
    """Ana has two tickets that are late, Bo one; Ana is a supervisor."""
    ana, bo = make_agent(connection, handle="ana", name="Ana Bell"), make_agent(connection, handle="bo", name="Bo Lind")
    set_role(connection, By(ana, NOW), "ana", "supervisor")
    rules.write(connection, "boards", BOARD)
    make_team(connection, "Returns")
    for place, agent in enumerate((ana, ana, bo)):
        make_ticket(
            connection, subject=f"Matter {place}", customer_id=make_customer(connection), assignee_id=agent,
            due_at=NOW + place,
        )  # fmt: skip
    return ana, bo


def asks(connection: Connection, ticket_id: int | None, reason: str, agent_id: int) -> None:
    """A gesture beyond the budget of whoever asks."""
    connection.execute(
        "INSERT INTO gesture(uid, ticket_id, customer_id, agent_id, kind, amount, currency, reason, state, made_at,"
        " answer) VALUES(randomblob(16), ?, 1, ?, 'voucher', 20000, 'EUR', ?, 'waiting', ?, '')",
        (ticket_id, agent_id, reason, NOW),
    )


def values(connection: Connection, statement: str) -> list[object]:
    return [row[0] for row in connection.execute(statement)]


async def board(app: HeardApp) -> BoardScreen:
    await press(app, "g", "s")
    screen = app.screen
    assert isinstance(screen, BoardScreen)
    return screen


async def answer(app: HeardApp, words: str) -> None:
    panel = app.screen.query_one(AskPanel)
    panel.input.value = words
    await settled(app)
    panel.answer()
    await settled(app)


async def test_a_ticket_on_the_board_is_given_raised_and_moved_where_it_stands(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    ana, bo = team
    async with console(workspace) as app:
        screen = await board(app)
        await press(app, "a", "a")
        assert screen.notices.text == "To me: no ticket here"
        await press(app, "j", "j", "a", "o")
        await answer(app, "Bo")
        assert values(connection, HOLDERS) == [ana, bo, bo]
        await press(app, "p")
        await answer(app, "urgent")
        assert values(connection, PRIORITIES) == [1, 3, 1]
        await press(app, "V")
        await answer(app, "Returns")
        assert [each is not None for each in values(connection, TEAMS)] == [False, True, False]
        assert screen.view.part_key == "2"
        assert screen.notices.text.endswith("u undoes")
        await press(app, "u", "u", "u")
        assert values(connection, HOLDERS) == [ana, ana, bo]
        assert values(connection, PRIORITIES) == [1, 1, 1]
        assert values(connection, TEAMS) == [None, None, None]


async def test_an_agents_line_is_all_their_tickets_after_a_preview(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    ana, bo = team
    async with console(workspace) as app:
        screen = await board(app)
        await press(app, "Right", "j")
        assert screen.view.part_key == str(ana)
        await press(app, "a", "o")
        await answer(app, "Bo")
        question = app.screen
        assert isinstance(question, ConfirmScreen)
        assert "Change 2 tickets?" in seen(app)
        await press(app, "Esc")
        assert values(connection, HOLDERS) == [ana, ana, bo]
        await press(app, "a", "n", "Enter")
        assert values(connection, HOLDERS) == [None, None, bo]
        assert screen.view.spot.tile == 1
        await press(app, "u")
        assert values(connection, HOLDERS) == [ana, ana, bo]


async def test_a_deed_is_about_the_line_that_it_was_begun_on(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    ana, _ = team
    async with console(workspace) as app:
        await board(app)
        await press(app, "j", "p")
        # While the question stands the ticket leaves the tile, and the cursor is on another one.
        connection.execute("UPDATE ticket SET due_at = NULL WHERE id = 1")
        connection.execute("UPDATE ticket SET updated_at = updated_at + 1 WHERE id = 1")
        app.changed()
        await settled(app)
        await answer(app, "urgent")
        assert values(connection, PRIORITIES) == [3, 1, 1]
        assert values(connection, HOLDERS)[0] == ana


async def test_a_part_of_other_numbers_is_opened_first(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    async with console(workspace) as app:
        screen = await board(app)
        await press(app, "G", "j", "a", "a")
        assert screen.notices.text == "To me: no ticket here"
    assert values(connection, HOLDERS) == [team[0], team[0], team[1]]


async def test_a_gesture_is_approved_or_refused_in_its_line_with_its_reason_in_sight(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    _, bo = team
    asks(connection, 3, "waited two weeks", bo)
    asks(connection, None, "a broken kettle", bo)
    states = "SELECT state || ' ' || answer FROM gesture ORDER BY id"
    async with console(workspace) as app:
        screen = await board(app)
        await press(app, "Tab", "Tab")
        await press(app, "Y")
        assert screen.notices.text == "Approve: the cursor is on nothing that waits"
        await press(app, "j")
        assert "asks for 200 EUR: waited two weeks · " in screen.notices.text
        assert "200 EUR · waited two weeks" in seen(app)
        await press(app, "Y")
        assert values(connection, states) == ["approved ", "waiting "]
        await press(app, "u")
        assert values(connection, states) == ["waiting ", "waiting "]
        await press(app, "j", "d")
        await answer(app, "ask for a new one")
        assert values(connection, states) == ["waiting ", "refused ask for a new one"]


async def test_enter_on_a_gesture_opens_its_ticket_in_the_list_and_comes_back_to_it(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    asks(connection, 3, "waited two weeks", team[1])
    async with console(workspace) as app:
        await board(app)
        await press(app, "Tab", "Tab", "j", "Enter")
        assert app.workspace.queue.cursor_id == 3
        await press(app, "Esc")
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.view.spot.tile == 2
        assert screen.view.part_key == "1"


async def test_who_decides_nothing_is_refused_by_the_deed(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    ana, bo = team
    set_role(connection, By(ana, NOW), "bo", "supervisor")
    set_role(connection, By(ana, NOW), "ana", "agent")
    asks(connection, 3, "waited two weeks", bo)
    async with console(workspace) as app:
        screen = await board(app)
        await press(app, "Tab", "Tab", "j", "Y")
        assert screen.notices.text.startswith("You don't decide about gestures")
    assert values(connection, "SELECT state FROM gesture") == ["waiting"]


async def test_behind_a_number_many_are_moved_and_raised_and_one_comes_back_to_its_tile(
    workspace: Workspace, connection: Connection, team: tuple[int, int]
) -> None:
    async with console(workspace) as app:
        await board(app)
        await press(app, "Enter", "*", "V")
        await answer(app, "Returns")
        assert "Change 3 tickets?" in seen(app)
        await press(app, "Enter")
        assert None not in values(connection, TEAMS)
        await press(app, "*", "p")
        await answer(app, "high")
        await press(app, "Enter")
        assert values(connection, PRIORITIES) == [2, 2, 2]
        await press(app, "u", "u", "Esc")
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        assert screen.view.spot.tile == 0
        assert values(connection, TEAMS) == [None, None, None]


def test_all_that_it_takes_to_decide_is_said_whatever_strangers_are_called() -> None:
    for _, text in HOSTILE:
        row = GestureRow(1, 2, 1001, 3, text, 4, text, "", "gone", 9, "EUR", text, "waiting", NOW, "", "", text)
        assert harmless(text) in harmless(gesture_words(row))
