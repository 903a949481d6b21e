"""The live board in a whole console: numbers that open their tickets and explain themselves, kept fresh by anybody."""

import re
from datetime import UTC

import pytest

from console.app import HeardApp
from desk.boards import Form
from desk.filters import parse
from desk.statuses import Status
from desk.times import MINUTE, SECOND, now
from screens.action import Place
from screens.board import TIME_PASSES, WALL_TURNS, BoardScreen
from screens.board_reading import known_boards, read_board, tickets_of
from screens.explanation import ExplanationScreen
from screens.reading import Behind, listing
from storage import rules
from storage.connect import Connection, writing
from storage.queue import Scope
from storage.statistics.settling import settle, waiting
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_ticket
from tests.hostile import FORBIDDEN, HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, press
from widgets.board_frame import Spot

DESK = """
[[board]]
title = "Desk"

[[board.row]]
tile = [{ metric = "late", alarm = "1" }, { metric = "unassigned" }, { metric = "solved" }]

[[board.row]]
tile = [{ metric = "waiting", form = "list" }, { metric = "load", form = "list" }]

[[board]]
title = "Other"

[[board.row]]
tile = [{ metric = "open" }]
"""


@pytest.fixture
def ids(connection: Connection) -> list[int]:
    """Five tickets of this moment: two late, of which Ana has one; one solved; customers wait on all that are open."""
    at = now() - 5 * MINUTE
    ana = make_agent(connection, handle="ana", name="Ana Bell")
    found = []
    for number in range(5):
        customer = make_customer(connection, "Customer " + str(number))
        due_at = at + (MINUTE if number < 2 else 90 * MINUTE)
        ticket = make_ticket(
            connection, subject="Number " + str(number), customer_id=customer, created_at=at, updated_at=at,
            due_at=due_at, assignee_id=ana if number == 0 else None, status=Status.OPEN,
        )  # fmt: skip
        make_message(connection, ticket, body="Where is it?", customer_id=customer, at=at)
        found.append(ticket)
    rules.write(connection, "boards", DESK)
    return found


def board(app: HeardApp) -> BoardScreen:
    assert isinstance(app.screen, BoardScreen)
    return app.screen


def tile(app: HeardApp, number: int) -> str:
    """What a number says."""
    return board(app).view._tiles[number].words


def asked_of(app: HeardApp) -> list[str]:
    """What is asked of the threads from here on."""
    asked: list[str] = []
    read = app.jobs.read

    def reading(key: str, *arguments: object, **named: object) -> None:
        asked.append(key)
        read(key, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

    app.jobs.read = reading  # type: ignore[method-assign]  # of this console alone
    return asked


def set_due(connection: Connection, ticket: int, at: int) -> None:
    with writing(connection):
        connection.execute("UPDATE ticket SET due_at = ?, updated_at = ? WHERE id = ?", (at, now(), ticket))


async def test_the_board_shows_the_numbers_of_this_moment(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s")
        assert app.screen.place is Place.BOARD  # type: ignore[attr-defined]  # every screen of ours has one
        shown = seen(app)
        assert "Live board · Desk · 1 of 2" in shown
        assert [tile(app, number) for number in range(5)] == ["2", "4", "0", "5", "1"]
        assert " ! " in shown.split("\n")[3]
        assert "Number 0" in shown
        # Who is there is told also where nobody else is.
        await until(app, lambda: re.search(r"Ana Bell +available +1 ", seen(app)))
        # What had changed is settled by whoever looks.
        assert waiting(connection) == 0


async def test_what_another_process_commits_is_shown_and_says_by_how_much(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s")
        set_due(connection, ids[2], now() - SECOND)
        await until(app, lambda: tile(app, 0) == "3")
        assert "▲1" in seen(app)


async def test_enter_opens_exactly_the_tickets_and_escape_comes_back_to_the_number(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "Right", "Enter")
        assert app.screen is desk(app)
        assert desk(app).list_count == 4
        assert "Unassigned 4" in seen(app).split("\n")[0]
        assert "Tickets that nobody has taken. Esc goes back" in seen(app)
        await press(app, "x", "x", "a", "a")
        assert "2 tickets" in seen(app)
        await press(app, "Enter", "u", "Esc")
        assert board(app).view.spot == Spot(1)
        assert tile(app, 1) == "4"


async def test_a_line_opens_its_own_tickets_and_a_ticket_is_under_the_cursor(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "Tab", "Tab", "Tab", "Tab", "Down", "Enter")
        assert "Tickets on agents: Ana Bell 1" in seen(app).split("\n")[0]
        assert "Tickets that somebody has: Ana Bell" in seen(app)
        assert desk(app).queue.cursor_id == ids[0]
        await press(app, "Esc")
        assert board(app).view.spot == Spot(4, 0)
        await press(app, "Left", "Down", "Down", "Down", "Enter")
        assert desk(app).list_count == 5
        assert desk(app).queue.cursor_id == ids[2]
        await press(app, "Esc")
        assert board(app).view.part_key == str(ids[2])


async def test_the_board_is_open_once_and_undo_works_on_it(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "a", "n", "g", "s", "Right", "i", "g", "s")
        assert [type(screen) for screen in app.screen_stack[1:]] == [BoardScreen]
        assert board(app).view.spot == Spot(1)
        before = tile(app, 1)
        await press(app, "u")
        assert "Ctrl+R does it again" in board(app).notices.text
        await until(app, lambda: tile(app, 1) != before)
        await press(app, "Esc")
        assert app.screen is desk(app)


async def test_where_nothing_is_behind_a_number_it_says_so(workspace: Workspace, ids: list[int]) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "Right", "Right", "Enter")
        assert "No tickets are behind this number" in seen(app)
        assert board(app).view.spot == Spot(2)
        await press(app, "i", "Enter")
        assert isinstance(app.screen, ExplanationScreen)
        assert "No tickets are behind this number" in seen(app)


async def test_i_explains_the_number_and_enter_opens_what_it_tells_of(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "Right", "i")
        assert isinstance(app.screen, ExplanationScreen)
        assert "How it is counted" in seen(app)
        assert "4 tickets; Enter opens them: Tickets that nobody has taken" in seen(app)
        await press(app, "Enter")
        assert desk(app).list_count == 4
        await press(app, "Esc")
        await press(app, "i", "G")
        with writing(connection):
            connection.execute("UPDATE ticket SET assignee_id = 1, updated_at = ? WHERE id = ?", (now(), ids[4]))
        await until(app, lambda: "3 tickets; Enter opens them" in seen(app))
        await press(app, "Enter")
        assert "Unassigned: No team 3" in seen(app).split("\n")[0]
        await press(app, "Esc", "i", "Esc")
        assert board(app).view.spot == Spot(1)


async def test_a_part_that_is_explained_opens_also_where_a_ticket_under_the_cursor_has_its_number(
    workspace: Workspace, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "Tab", "Tab", "Tab", "Down")
        figure = board(app).figure
        assert figure is not None
        (part,) = figure.parts
        assert int(part.key) in ids
        board(app).view.go_to(3, part.key)
        await press(app, "i", "G", "Enter")
        assert "Waiting for us: " + part.label in seen(app).split("\n")[0]


async def test_boards_change_by_bracket_digit_and_name(workspace: Workspace, ids: list[int]) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "]")
        assert "Live board · Other · 2 of 2" in seen(app)
        assert tile(app, 0) == "5"
        await press(app, "]")
        assert "Live board · Desk" in seen(app)
        await press(app, "2", "[", "3")
        assert "There is no board 3" in seen(app)
        board(app).do("go.board", "oth")
        await settled(app)
        assert board(app).number == 1
        board(app).do("go.board", "otter")
        assert "There is no board “otter”" in board(app).notices.text
        assert "Other" in board(app).notices.text
        await press(app, "Esc")
        desk(app).do("go.board", "dusk")
        await settled(app)
        assert "There is no board “dusk”" in board(app).notices.text
        assert tile(app, 1) == "4"


async def test_on_a_wall_the_boards_turn_by_themselves_until_a_key(workspace: Workspace, ids: list[int]) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "P")
        assert "▸" not in seen(app)
        assert "⏎" not in seen(app)
        at = app.seat.clock()
        app.seat.clock = lambda: at
        board(app).tick()
        await settled(app)
        assert "Live board · Desk" in seen(app)
        app.seat.clock = lambda: at + WALL_TURNS
        board(app).tick()
        await settled(app)
        assert "Live board · Other" in seen(app)
        app.seat.clock = lambda: at + 2 * WALL_TURNS
        board(app).tick()
        await settled(app)
        assert "Live board · Desk" in seen(app)
        await press(app, "Esc")
        assert "▸" in seen(app)
        assert isinstance(app.screen, BoardScreen)


async def test_clocks_run_out_without_anybody_committing_anything(workspace: Workspace, ids: list[int]) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s")
        at = app.seat.clock()
        asked = asked_of(app)
        app.seat.clock = lambda: at + TIME_PASSES - SECOND
        board(app).tick()
        await settled(app)
        # Nothing is read while nothing has changed.
        assert "board" not in asked
        app.seat.clock = lambda: at + 100 * MINUTE
        board(app).tick()
        await settled(app)
        assert tile(app, 0) == "5"


async def test_boards_that_are_changed_are_shown_also_where_nobody_presses_a_key(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    async with console(workspace) as app:
        await press(app, "g", "s", "2")
        rules.write(connection, "boards", DESK.replace('{ metric = "open" }', '{ metric = "late" }'))
        at = app.seat.clock()
        app.seat.clock = lambda: at + TIME_PASSES
        board(app).tick()
        await settled(app)
        assert "Live board · Other" in seen(app)
        assert tile(app, 0) == "2"


async def test_a_teams_board_that_names_no_number_says_so(
    workspace: Workspace, connection: Connection, ids: list[int]
) -> None:
    with writing(connection):
        # Written by a version that knew another number.
        connection.execute("UPDATE setting SET value = replace(value, '\"late\"', '\"latte\"')")
    async with console(workspace) as app:
        await press(app, "g", "s")
        assert "“latte” is not known" in seen(app)
        await press(app, "Enter", "i", "]", "P", "Esc", "Esc")
        assert app.screen is desk(app)


@pytest.mark.parametrize("size", [(30, 8), (80, 24), (200, 60)])
async def test_names_of_strangers_stay_text_on_any_screen(
    workspace: Workspace, connection: Connection, ids: list[int], size: tuple[int, int]
) -> None:
    for number, (_, given) in enumerate(HOSTILE):
        # A database holds no lone surrogates; everything else goes in uncleaned.
        text = given.encode("utf-8", "replace").decode()
        agent = make_agent(connection, handle="agent" + str(number), name=text)
        customer = make_customer(connection, text)
        ticket = make_ticket(
            connection, subject=text, customer_id=customer, assignee_id=agent, due_at=now() - number, status=Status.OPEN
        )
        make_message(connection, ticket, customer_id=customer, at=now() - MINUTE)
    async with console(workspace, size=size) as app:
        await press(app, "g", "s")
        for _ in range(4):
            await press(app, "Tab")
            assert not FORBIDDEN & set(seen(app).replace("\n", ""))
        assert len(seen(app).split("\n")) == size[1]


# Every tile of the boards that a team begins with


def test_every_tile_has_as_many_tickets_as_its_list(connection: Connection, ids: list[int]) -> None:
    rules.write(connection, "boards", None)
    with writing(connection):
        connection.execute("UPDATE ticket SET status = 3, solved_at = ? WHERE id = ?", (now(), ids[4]))
    at = now()
    settle(connection, at)
    zone = UTC
    known = known_boards(connection)
    counted = 0
    for each in known.boards:
        reading = read_board(connection, known, each, at, zone)
        for plan in each.tiles:
            figure = reading.snapshot.figures[plan.metric]
            parts = [("", figure.tickets), *((part.key, part.tickets) for part in figure.parts)]
            for part, tickets in parts:
                behind = Behind("", "", tickets_of(plan.metric, part, zone), "due", lambda: None)
                scope = Scope(parse(""), "due", None, at, zone)
                assert len(listing(connection, scope, behind=behind).ids) == tickets, (plan.metric, part)
                counted += tickets
            if plan.form is Form.LIST and plan.metric in reading.tickets:
                assert len(reading.tickets[plan.metric]) == figure.tickets
    assert counted > len(ids)


def test_a_list_on_the_board_has_the_most_pressing_first(connection: Connection, ids: list[int]) -> None:
    settle(connection, now())
    known = known_boards(connection)
    reading = read_board(connection, known, known.boards[0], now(), UTC)
    due = [row.due_at or 0 for row in reading.tickets["waiting"]]
    assert due == sorted(due)
    assert len(due) == 5
