"""What everybody is told: shown on each screen without moving the keys, put away, taken back, and seen by whom."""

from contextlib import closing

from screens.action import Place
from screens.ask import AskPanel
from screens.banners import BannersScreen
from screens.board import BoardScreen
from storage.banners import standing
from storage.connect import Connection
from storage.deeds.by import By
from storage.supervisors import set_role
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, notice, place, press

WORDS = "The printer is down"


def banner(connection: Connection, words: str = WORDS, until_at: int | None = None) -> None:
    """As another console tells it."""
    connection.execute(
        "INSERT INTO banner(uid, agent_id, words, at, until) VALUES(randomblob(16), 2, ?, ?, ?)",
        (words, NOW, until_at),
    )


def second_line(app: object) -> str:
    return seen(app).split("\n")[1]  # type: ignore[arg-type]  # the console


async def test_who_writes_goes_on_writing_while_it_comes_and_puts_it_away_with_one_key(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "Enter", "r")
        composer = desk(app).composer
        await app._press_keys("H")
        await settled(app)
        before = composer.size.height
        banner(connection)
        await until(app, lambda: "Bo Lind: " + WORDS in second_line(app))
        await settled(app)
        assert place(app) is Place.COMPOSER
        assert "F10 noted" in second_line(app)
        assert desk(app).composer.size.height == before
        await press(app, "F10")
        assert WORDS not in seen(app)
        assert place(app) is Place.COMPOSER
        assert connection.execute("SELECT banner_id, agent_id FROM banner_seen").fetchall() == [(1, 1)]


async def test_a_supervisor_tells_everybody_and_takes_it_back(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    set_role(connection, By(1, NOW), "ana", "supervisor")
    async with console(workspace) as app:
        await press(app, "@")
        panel = app.screen.query_one(AskPanel)
        panel.input.value = "30m " + WORDS
        await settled(app)
        assert "every console shows for 30 m: " + WORDS in seen(app)
        panel.answer()
        await until(app, lambda: WORDS in second_line(app))
        await settled(app)
        assert "N noted" in second_line(app)
        assert notice(app) == "Told everybody: " + WORDS + ".  u undoes"
        await press(app, "u")
        await until(app, lambda: WORDS not in second_line(app))
        assert not standing(connection, 1, NOW)


async def test_an_agent_hears_who_may_before_they_write_it(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    set_role(connection, By(2, NOW), "bo", "supervisor")
    async with console(workspace) as app:
        await press(app, "@")
        assert "Only a supervisor may tell every console something" in notice(app)
        assert "Ask Bo Lind" in notice(app)
        desk(app).do("banner.tell", WORDS)
        await settled(app)
        assert "Only a supervisor" in notice(app)
    assert connection.execute("SELECT count(*) FROM banner").fetchone() == (0,)


async def test_the_page_says_who_has_seen_it_and_ends_it(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    make_agent(connection, handle="cy", name="Cy Lund")
    banner(connection, "Lunch")
    banner(connection)
    async with console(workspace) as app:
        await press(app, "g", "b")
        page = app.screen
        assert isinstance(page, BannersScreen)
        assert page.titles[0] == "2 stand"
        await until(app, lambda: "and 1 more" in second_line(app))
        await settled(app)
        assert "seen by 0 of 2" in seen(app)
        with closing(open_to_write(workspace)) as other:
            other.execute("INSERT INTO banner_seen VALUES(2, 3, ?)", (NOW,))
        await until(app, lambda: "seen by 1 of 2" in seen(app))
        assert "Cy Lund " in seen(app)
        await press(app, "N")
        assert "seen by 2 of 2" in seen(app)
        assert "Bo Lind: Lunch" in second_line(app)
        await press(app, "d")
        assert page.titles[0] == "1 stands"
        await press(app, "d")
        assert page.notices.text.startswith("Take back: ")
        await press(app, "u")
        assert page.titles[0] == "2 stand"


async def test_it_takes_its_lines_from_the_board_and_gives_them_back(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace, size=(80, 24)) as app:
        await press(app, "g", "s")
        board = app.screen
        assert isinstance(board, BoardScreen)
        await settled(app)
        last = seen(app).split("\n")[-3:]
        banner(connection, "Please " * 20)
        await until(app, lambda: "Bo Lind: Please" in second_line(app))
        await settled(app)
        lines = seen(app).split("\n")
        assert "Overdue" in lines[1 + board.told_lines]
        assert board.told_lines == 3
        assert board.view.virtual_size.height == 24 - 3 - board.told_lines
        await press(app, "N")
        await settled(app)
        assert seen(app).split("\n")[-3:] == last
