"""One tab: the console behind it works, ends cleanly whatever ends it, and reaches nothing that isn't the browser's."""

import base64
import os
import re
import signal
import socket
from contextlib import ExitStack, closing, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from console.serving.lines import MOST
from console.serving.listen import LONGEST_MESSAGE
from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.browser.served import Served, Tab, ended, until
from tests.terminal.desk import strangers_bytes
from tests.terminal.test_hostile_terminal import MARK

pytestmark = pytest.mark.terminal
MINE = re.compile(r"Mine (\d+)")
DRAFT = "SELECT count(*) FROM draft WHERE body = ?"


def one(workspace: Workspace, query: str, *values: str | int) -> object:
    """The first value that the database says now."""
    with closing(connect(workspace.database, read_only=True)) as connection:
        found = connection.execute(query, values).fetchone()
        return found[0] if found else None


def mine(tab: Tab) -> int:
    """How many tickets are Ana's, as the title says."""
    found = MINE.search(tab.lines[0])
    return int(found[1]) if found is not None else -1


def begin_a_reply(tab: Tab, words: str) -> None:
    """Open Ana's first ticket and write."""
    tab.step("1", then="Queue · Mine")
    tab.press("enter")
    tab.wait_for(lambda tab: "#" in tab.lines[0])
    tab.send("r" + words)
    tab.wait_for(words)


def test_keys_work_and_the_work_is_done(served: Served, tab: Tab) -> None:
    begin_a_reply(tab, "Hello, the réfund 日本 is on its way")
    # A paste comes in one piece, and its Enter sends nothing.
    tab.send("\x1b[200~\nand\nmore\x1b[201~")
    tab.wait_for("more")
    tab.step("ctrl+s", then="Replied to #")
    body = "Hello, the réfund 日本 is on its way\nand\nmore"
    assert one(served.workspace, "SELECT count(*) FROM message WHERE body = ?", body) == 1
    tab.resize(80, 24)
    tab.wait_for(lambda tab: "keys" in tab.lines[23] and "Heard" in tab.lines[0])


def test_what_another_process_commits_is_seen_without_a_key(served: Served, tab: Tab) -> None:
    tab.wait_for(lambda tab: MINE.search(tab.lines[0]) is not None)
    before = mine(tab)
    with closing(connect(served.workspace.database)) as connection, writing(connection):
        connection.execute(
            "UPDATE ticket SET assignee_id = (SELECT id FROM agent WHERE handle = 'ana'), updated_at = updated_at + 1"
            " WHERE id = (SELECT id FROM ticket WHERE assignee_id IS NULL AND status = 0 LIMIT 1)"
        )
        connection.execute("UPDATE ticket SET updated_at = (SELECT max(updated_at) + 1 FROM ticket) WHERE id = 1")
    tab.wait_for(lambda tab: mine(tab) == before + 1)


def test_a_closed_tab_saves_and_leaves_no_process(served: Served, tab: Tab) -> None:
    (console,) = served.consoles()
    begin_a_reply(tab, "the last words")
    tab.send(" and more")
    tab.close()
    until(lambda: ended(console), "the console of a closed tab goes on")
    assert one(served.workspace, DRAFT, "the last words and more") == 1
    assert served.end(signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_however_the_front_ends_its_consoles_save_and_end(demo: Workspace, number: signal.Signals) -> None:
    with Served(demo) as served, served.tab() as tab, served.tab() as other:
        tab.wait_until_live()
        other.wait_until_live()
        consoles = served.consoles()
        assert len(consoles) == 2
        begin_a_reply(tab, "the last words")
        status, printed = served.end(number)
        assert (status, printed) == ((0, "") if number != signal.SIGKILL else (-signal.SIGKILL, ""))
        # Of a front that was killed its consoles hear by the end of their pipes.
        until(lambda: all(map(ended, consoles)), "a console outlives its front")
        assert one(demo, DRAFT, "the last words") == 1


def test_a_console_that_hangs_is_ended_all_the_same(served: Served, tab: Tab) -> None:
    (console,) = served.consoles()
    os.kill(console, signal.SIGSTOP)
    tab.close()
    until(lambda: ended(console), "a console that hangs was left behind")


def test_leaving_says_so(served: Served, tab: Tab) -> None:
    tab.step("ctrl+q", then="Leave Heard?")
    tab.press("enter")
    assert tab.wait_for_end() == (1000, "Heard has ended. Drafts are kept.")
    until(lambda: served.consoles() == [], "the console is left behind")


def test_no_more_tabs_than_were_allowed(demo: Workspace) -> None:
    with Served(demo, "--tabs", "1") as served:
        with served.tab() as first:
            first.wait_until_live()
            with served.tab() as second:
                number, words = second.wait_for_end()
            assert number == 4001
            assert words.startswith("1 tabs are open already")
            first.step("?", then="Keys of this screen")
        until(lambda: served.consoles() == [], "the console is left behind")
        with served.tab() as third:
            third.wait_until_live()


def test_who_hangs_on_all_lines_takes_nothing_from_a_tab_that_is_open(served: Served, tab: Tab) -> None:
    host, _, port = served.host.rpartition(":")
    with ExitStack() as stack:
        hanging = [stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(MOST)]
        # The tab has the one line that is hung up on here.
        until(lambda: any(gone(line) for line in hanging), "all of them are there")
        tab.step("?", then="Keys of this screen")
    # Who comes when they have gone is served.
    until(lambda: answers(served), "nobody else is served any more")


def gone(line: socket.socket) -> bool:
    """Whether the other end has hung up."""
    line.setblocking(False)
    with suppress(BlockingIOError):
        return line.recv(1) == b""
    return False


def answers(served: Served) -> bool:
    """Whether a page comes."""
    with suppress(OSError, HTTPException):
        return served.ask("/")[0] == 200
    return False


def test_what_keeps_a_console_from_starting_is_told(demo: Workspace, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('colour = "red"\n', encoding="utf-8")
    with Served(demo, environment={"HEARD_CONFIG": str(config)}) as served:
        with served.tab() as tab:
            number, words = tab.wait_for_end()
        assert number == 4002
        assert "'colour' is no setting" in words or words.startswith(str(config)[:60])
        status, printed = served.end(signal.SIGTERM)
        assert status == 0
        assert "'colour' is no setting" in printed
        assert "Traceback" not in printed


def test_nothing_that_a_browser_sends_ends_the_console(served: Served, tab: Tab) -> None:
    for message in ("", "{", "[" * 50_000, '["resize", {"width": -1, "height": 1e99}]', '["quit"]', '["stdin", 7]'):
        tab.line.send(message)
    tab.line.send(b"\x00\xff")
    tab.say("resize", {"width": 10**9, "height": 0})
    tab.say("resize", {"width": 120, "height": 36})
    for kind in ("blur", "focus"):
        tab.say(kind)
    for odd in ("\x00", "\ud800", "\x1b[M\x20\xff\xfe", "\x1b[<0;9999;9999M", "\x1b]52;c;eA==\x07", "\x1b[?2026;2$y"):
        tab.send(odd)
    tab.send("\x1b")
    tab.step("?", then="Keys of this screen")
    assert served.consoles()


def test_a_message_longer_than_any_paste_ends_the_line(tab: Tab) -> None:
    tab.line.send("x" * (LONGEST_MESSAGE + 1))
    assert tab.wait_for_end()[0] == 1009


def test_what_is_no_browsers_business_says_so(served: Served, tab: Tab, homes: Path) -> None:
    before = sorted(homes.rglob("*"))
    tab.press("y", "n")
    tab.wait_for("sent to the browser's clipboard")
    found = re.search(rb"\x1b\]52;c;([^\x07]*)\x07", bytes(tab.raw))
    assert found is not None
    assert base64.b64decode(found[1]).decode().startswith("#1")
    begin_a_reply(tab, "Words")
    tab.step("ctrl+e", then="Your editor can't be reached from the browser")
    tab.step("ctrl+o", then="Files can't be reached from the browser")
    tab.press("escape")
    tab.wait_for("The draft is kept")
    tab.step("D", then="Folders can't be reached from the browser")
    tab.step("g", "k", then="Snippets")
    tab.step("ctrl+s", then="Files can't be reached from the browser")
    tab.send(":export /tmp/x.toml\r")
    tab.wait_for("Files can't be reached from the browser")
    assert sorted(homes.rglob("*")) == before
    assert not Path("/tmp/x.toml").exists()


def test_nothing_that_a_stranger_wrote_reaches_the_browsers_terminal(poisoned: Workspace) -> None:
    with Served(poisoned) as served, served.tab(columns=140, rows=40) as tab:
        tab.wait_until_live()
        tab.step("7", then="Queue · All open")
        tab.wait_for(MARK)
        tab.press("enter")
        for _ in range(24):
            before = tab.lines[0]
            tab.wait_for(lambda tab: "#" in tab.lines[0])
            tab.press("]")
            tab.wait_for(lambda tab: tab.lines[0] != before)  # noqa: B023  # asked before the next round
        tab.step("r", then="Your draft, as you left it")
        tab.press("escape")
        tab.wait_for("The draft is kept")
        tab.send(f"c{MARK}")
        tab.wait_for("found")
        assert strangers_bytes(bytes(tab.raw)) == b""
        # Nor is the page told anything beside what to draw.
        assert tab.others == []
