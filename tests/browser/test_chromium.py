"""The console in a real browser: it loads, keys and clipboard work, a change is seen, and the token is needed."""

import re
import signal
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.browser.chromium import Window, chromium, window
from tests.browser.served import Served, until
from tests.browser.test_board import TAKEN, unassigned
from tests.servers.processes import free_port

# One browser for all of them.
pytestmark = [pytest.mark.terminal, pytest.mark.xdist_group("chromium")]
MINE = re.compile(r"Mine (\d+)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def ana(browser: Browser, served: Served) -> Iterator[Window]:
    with window(browser, served) as ana:
        ana.enter()
        ana.wait_for(lambda ana: MINE.search(ana.text) is not None and "keys" in ana.text)
        yield ana
        assert ana.complaints == []
        assert [url for url in ana.asked if not url.startswith((served.address + "/", "data:"))] == []


def colours(picture: bytes) -> set[tuple[int, ...]]:
    """The colours of a picture."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    found = image.getcolors(maxcolors=1 << 20)
    assert found is not None
    return {colour for count, colour in found if count > 100 and isinstance(colour, tuple)}


def test_the_token_is_needed_and_leaves_the_address(browser: Browser, served: Served) -> None:
    with window(browser, served) as stranger:
        page = stranger.page
        page.goto(served.address)
        page.fill("#token", "a token that somebody made up")
        page.click("button")
        page.wait_for_selector("text=This token isn't the one")
        page.goto(f"{served.address}/#token=wrong")
        page.wait_for_selector("text=This token isn't the one")
        assert page.url == f"{served.address}/"
        assert served.consoles() == []
        page.fill("#token", served.token)
        page.keyboard.press("Enter")
        page.wait_for_selector("body.-begun", state="attached")
        assert page.url == f"{served.address}/"
        # No script of a page can read what stands for the token now.
        assert page.evaluate("() => document.cookie") == ""
        (cookie,) = page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert not any(served.token in url for url in stranger.asked)


def test_an_agent_works_in_it(ana: Window, served: Served) -> None:
    before = MINE.search(ana.text)
    assert before is not None
    # It is drawn in colours, and by a terminal: the page has more to show than its ground.
    assert len(colours(ana.page.screenshot())) > 5
    with closing(connect(served.workspace.database)) as connection, writing(connection):
        connection.execute(
            "UPDATE ticket SET assignee_id = (SELECT id FROM agent WHERE handle = 'ana'), updated_at = updated_at + 1"
            " WHERE id = (SELECT id FROM ticket WHERE assignee_id IS NULL AND status = 0 LIMIT 1)"
        )
        connection.execute("UPDATE ticket SET updated_at = (SELECT max(updated_at) + 1 FROM ticket) WHERE id = 1")
    ana.wait_for(f"Mine {int(before[1]) + 1}")
    ana.press("y", "n")
    ana.wait_for("sent to the browser's clipboard")
    until(lambda: ana.page.evaluate("() => navigator.clipboard.readText()").startswith("#1"), "nothing was copied")
    ana.step("F5", then="Nothing is connected")
    ana.step("Control+f", then="Find name, email")
    ana.press("Escape")
    ana.wait_for(lambda ana: "Find name, email" not in ana.text)
    ana.press("Enter")
    ana.wait_for(lambda ana: "#" in ana.lines[0])
    ana.step("r", then="Reply ·")
    ana.page.keyboard.type("Hello, the réfund is on its weg")
    ana.wait_for("its weg")
    # Ctrl+W would close the tab: Alt has its meaning here.
    ana.press("Alt+w")
    ana.wait_for(lambda ana: "its weg" not in ana.text)
    # A paste comes as the browser's own, in one piece.
    ana.page.evaluate("() => navigator.clipboard.writeText('way\\nand soon')")
    ana.press("Control+v")
    ana.wait_for("and soon")
    # Keys that a browser would print, search and reload with are the console's.
    ana.step("Control+p", then="In the composer: Send")
    ana.press("Escape")
    ana.wait_for(lambda ana: "In the composer: Send" not in ana.text)
    ana.step("Control+s", then="Replied to #")
    body = "Hello, the réfund is on its way\nand soon"
    with closing(connect(served.workspace.database, read_only=True)) as connection:
        assert connection.execute("SELECT count(*) FROM message WHERE body = ?", (body,)).fetchone() == (1,)


def test_a_paste_longer_than_a_message_comes_whole(ana: Window, served: Served) -> None:
    ana.press("Enter")
    ana.wait_for(lambda ana: "#" in ana.lines[0])
    ana.step("n", then="NOTE Internal note")
    text = "".join(f"{line} 日本 \U0001f600 and so on\n" for line in range(8000)) + "END"
    assert len(text.encode("utf-16")) // 2 > 150_000
    ana.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    ana.press("Control+v")
    ana.wait_for("END")

    def kept() -> bool:
        with closing(connect(served.workspace.database, read_only=True)) as connection:
            return (text,) in connection.execute("SELECT body FROM draft").fetchall()

    until(kept, "the draft is not what was pasted")


def test_what_has_ended_says_so_and_begins_again(ana: Window, served: Served) -> None:
    ana.step("Control+q", then="Leave Heard?")
    ana.press("Enter")
    ana.page.wait_for_selector("text=Heard has ended. Drafts are kept.")
    ana.page.click("text=Open again")
    ana.page.wait_for_selector("body.-begun", state="attached")
    assert len(served.consoles()) == 1
    served.end(signal.SIGKILL)
    ana.page.wait_for_selector("text=The line to Heard is cut. What was written is kept.")
    # The browser complains of the line that is gone, as it should.
    ana.complaints.clear()


def test_a_link_that_a_stranger_wrote_opens_no_window(ana: Window) -> None:
    ana.page.evaluate("() => { window.opened = window.open('https://example.com') }")
    assert ana.page.evaluate("() => window.opened") is None
    assert len(ana.page.context.pages) == 1
    ana.complaints[:] = [each for each in ana.complaints if "allow-popups" not in each]


def test_a_board_follows_the_team_and_comes_back_by_itself(browser: Browser, demo: Workspace, tmp_path: Path) -> None:
    port, token = str(free_port()), str(tmp_path / "token")
    words = ("--board", "--wall", "--token-file", token, "--port", port)
    with Served(demo, *words) as served, window(browser, served) as wall:
        wall.enter()
        wall.wait_for(lambda wall: "Unassigned" in wall.text and unassigned(wall) > 0)
        before = unassigned(wall)
        assert len(colours(wall.page.screenshot())) > 5
        with closing(connect(demo.database)) as connection, writing(connection):
            connection.execute(TAKEN)
        wall.wait_for(lambda wall: unassigned(wall) == before - 1)
        served.end(signal.SIGKILL)
        wall.page.wait_for_selector("text=The line to Heard is cut")
        with Served(demo, *words) as again:
            # Nobody is there who would show the token again, or press a button.
            wall.page.wait_for_selector("body.-begun", state="attached")
            until(lambda: len(again.consoles()) == 1, "the wall stays dark")
