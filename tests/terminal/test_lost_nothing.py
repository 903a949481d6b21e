"""Whatever happens to the console: the terminal comes back, a clear line says why, and what was typed is there."""

import os
import random
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from screens.workspace_writing import SAVE_AFTER
from storage.workspace import Workspace
from tests.terminal.desk import HEARD, Desk, strangers_bytes

pytestmark = pytest.mark.terminal
DRAFTS = "SELECT body FROM draft ORDER BY updated_at DESC"


def begin_a_reply(desk: Desk, words: str) -> None:
    """Open Ana's first ticket and write."""
    desk.step("1", then="Queue · Mine")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0])
    desk.send("r" + words)
    desk.wait_for(words)


def paste(desk: Desk, text: str) -> None:
    """Paste it in pieces, reading in between: a line holds no more than some kilobytes."""
    desk.send("\x1b[200~")
    for start in range(0, len(text), 2048):
        desk.send(text[start : start + 2048])
        while desk.read(0):
            continue
    desk.send("\x1b[201~")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_draft_is_there_at_the_next_start(demo: Workspace, number: signal.Signals) -> None:
    with Desk(demo) as desk:
        desk.wait_until_live()
        begin_a_reply(desk, "Dear Ana, I have looked")
        if number == signal.SIGKILL:
            # The draft is on the disk without another key, within the second that may be lost.
            assert SAVE_AFTER < 1
            desk.comes_true("SELECT 1 FROM draft WHERE body LIKE '%I have looked'")
        desk.signal(number)
        desk.wait_for_exit()
        assert number == signal.SIGKILL or desk.restored
    with Desk(demo) as desk:
        desk.wait_until_live()
        desk.press("enter")
        desk.wait_for(lambda desk: "#" in desk.lines[0])
        desk.press("r")
        desk.wait_for("Dear Ana, I have looked")


def test_what_stands_in_a_form_is_there_at_the_next_start_until_it_is_saved(demo: Workspace) -> None:
    kept = "SELECT count(*) FROM form_draft"
    with Desk(demo) as desk:
        desk.wait_until_live()
        desk.step("g", "i", then="Incidents")
        desk.step("+", then="New incident")
        desk.send("Mail is late")
        desk.comes_true(f"{kept} WHERE typed = 'Mail is late'")
        desk.signal(signal.SIGKILL)
        desk.wait_for_exit()
    with Desk(demo) as desk:
        desk.wait_until_live()
        desk.step("g", "i", then="Incidents")
        # Typed on before the form has come: it goes behind what comes back.
        desk.send("+, since noon\x13")
        desk.comes_true("SELECT count(*) FROM incident WHERE title = 'Mail is late, since noon'")
        desk.wait_for("Mail is late, since noon")
        assert desk.one(kept) == 0


def test_a_form_that_is_left_at_once_is_kept_and_says_so(desk: Desk) -> None:
    desk.step("g", "i", then="Incidents")
    desk.send("+Mail is late")
    desk.wait_for("Mail is late")
    desk.press("escape")
    desk.wait_for("What you wrote is kept")
    desk.comes_true("SELECT count(*) FROM form_draft WHERE typed = 'Mail is late'")
    desk.step("+", then="What you had written is back")
    desk.step("ctrl+g", then="Throw away what you wrote here?")
    desk.press("enter")
    desk.comes_true("SELECT count(*) = 0 FROM form_draft")
    desk.gone("Mail is late")


def test_what_was_typed_in_one_go_before_escape_is_kept(desk: Desk) -> None:
    begin_a_reply(desk, "A")
    desk.send("nd all of this\x1b")
    desk.comes_true("SELECT 1 FROM draft WHERE body = 'And all of this'")


def test_two_consoles_see_each_other_and_keep_their_own_drafts(demo: Workspace) -> None:
    with Desk(demo) as ana, Desk(demo, agent="ben") as ben:
        for each in (ana, ben):
            each.wait_until_live()
            # Enter comes right behind the digit, and still opens a ticket of the new view.
            each.press("7", "enter")
            each.wait_for(lambda desk: "All open" in desk.lines[0] and "#" in desk.lines[0])
        assert ana.open_number == ben.open_number
        ana.send("rThis is Ana")
        ben.send("rThis is Ben")
        ana.wait_for("This is Ana")
        ben.wait_for("This is Ben")
        # A busy machine may save a draft before its last words have come.
        ana.comes_true("SELECT count(*) = 2 FROM draft WHERE body IN ('This is Ana', 'This is Ben')")
        assert {body for (body,) in ana.ask(DRAFTS)} == {"This is Ana", "This is Ben"}
        ben.press("escape")
        ben.wait_for("The draft is kept")
        ana.press("ctrl+s")
        ana.wait_for("Replied to #")
        # The watcher looks several times a second; the other console shows it without a key.
        ben.wait_for("This is Ana")
        assert ben.ask(DRAFTS) == [("This is Ben",)]


LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_a_full_disk_is_said_and_the_words_stay_on_the_screen(demo: Workspace) -> None:
    # No file may grow beyond a few pages of the database's log, which fails as on a full disk.
    with Desk(demo, command=(sys.executable, "-c", LIMITED, "50000", HEARD)) as desk:
        desk.wait_until_live()
        begin_a_reply(desk, "Words")
        paste(desk, "\nand more words" * 5000)
        desk.send(" at the end")
        desk.wait_for("The draft is not saved, but still here")
        desk.wait_for("and more words at the end")
        assert b"Traceback" not in desk.raw


def test_a_folder_that_may_not_be_written_is_said(demo: Workspace) -> None:
    # Root may write everywhere, unless it gives that right away.
    humbly: tuple[str | Path, ...] = ()
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may write everywhere, and setpriv is not there to change that")
        humbly = (setpriv, "--bounding-set=-dac_override,-dac_read_search")
    for file in demo.folder.iterdir():
        file.chmod(0o500 if file.is_dir() else 0o400)
    demo.folder.chmod(0o500)
    try:
        # As wide as the longest path of a folder for tests: a sentence is broken anywhere.
        with Desk(demo, command=(*humbly, HEARD), columns=400) as desk:
            desk.wait_for("can't be opened or written")
            assert b"Traceback" not in desk.raw
    finally:
        demo.folder.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_said_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no folder", encoding="utf-8")
    with Desk(Workspace(tmp_path / "notes")) as desk:
        assert desk.wait_for_exit() == 1
        assert desk.restored
        assert b"Traceback" not in desk.raw
        assert "heard:" in desk.text


def test_a_workspace_that_vanishes_is_no_crash(desk: Desk) -> None:
    begin_a_reply(desk, "Words")
    shutil.rmtree(desk.workspace.folder)
    desk.send(" and more words")
    desk.wait_for("Words and more words")
    desk.press("escape")
    desk.gone("Ctrl+S send")
    desk.step("ctrl+q", then="Leave Heard?")
    desk.press("enter")
    desk.wait_for_exit()
    assert desk.restored
    assert b"Traceback" not in desk.raw


@pytest.mark.parametrize("name", ["linux", "screen-256color", "tmux-256color", "vt100", "xterm"])
def test_every_terminal_gets_a_console(demo: Workspace, name: str) -> None:
    with Desk(demo, columns=80, rows=24, environment={"TERM": name, "COLORTERM": ""}) as desk:
        desk.wait_until_live()
        desk.step("1", then="Queue · Mine")
        assert desk.quit() == 0
        assert desk.restored


def test_it_needs_no_network(demo: Workspace) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("only root may take the network away")
    with Desk(demo, command=(unshare, "--net", HEARD)) as desk:
        try:
            desk.wait_until_live()
        except AssertionError:
            if "unshare" in desk.text:
                pytest.skip("the machine lets nobody take the network away")
            raise
        begin_a_reply(desk, "Offline")
        desk.step("ctrl+s", then="Replied to #")


def test_a_tiny_window_and_every_other_size_while_it_is_open(desk: Desk) -> None:
    begin_a_reply(desk, "Hello")
    for columns, rows in ((40, 10), (20, 5), (1, 1), (200, 60), (80, 24), (300, 8), (120, 36)):
        desk.resize(columns, rows)
        desk.wait_until_quiet(0.15)
    desk.send(" again")
    desk.wait_for("Hello again")
    assert b"Traceback" not in desk.raw


def test_a_megabyte_is_pasted_and_kept(desk: Desk) -> None:
    begin_a_reply(desk, "Log: ")
    line = "2026-03-02 09:00:00 the grinder was started and then it stopped again\n"
    text = line * (1_000_000 // len(line))
    paste(desk, text)
    desk.send("the end")
    desk.comes_true(f"SELECT length(body) >= {len(text)} FROM draft")
    desk.wait_for("the end")
    assert str(desk.one(DRAFTS)).count("grinder") == len(text) // len(line)


KEYS = (
    *"abcdefghijklmnoprstuvwxyzCDEGHMPQRSVW0123456789;/:.,*-+=[]{}?!~ ",
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "home", "end"),
    *("backspace", "delete", "f5", "ctrl+s", "ctrl+p", "ctrl+f", "ctrl+d", "ctrl+u", "ctrl+r", "ctrl+t", "ctrl+l"),
    *("ctrl+g", "ctrl+o", "ctrl+n"),
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mashed_keys_never_break_it(demo: Workspace, seed: int) -> None:
    dice = random.Random(seed)
    with Desk(demo, columns=dice.choice((80, 120, 200)), rows=dice.choice((24, 36, 60)), undo_seconds=1) as desk:
        desk.wait_until_live()
        pressed: list[str] = []
        for _ in range(120):
            keys = dice.choices(KEYS, k=dice.randrange(1, 6))
            pressed += keys
            desk.press(*keys)
            desk.read(0.02)
            assert desk.process.poll() is None, (desk.text, pressed[-40:])
        desk.wait_until_quiet(0.3)
        assert b"Traceback" not in desk.raw, pressed[-40:]
        assert strangers_bytes(bytes(desk.raw)) == b""
        for _ in range(9):
            # Esc closes what is open, the question too. A key right behind it would be taken for Alt, as it may be on
            # a busy machine even after the rest; and what is still on its way may close the question, or open
            # something over it. Then the next round asks.
            desk.press("escape")
            desk.wait_until_quiet(0.2)
            desk.press("ctrl+q")
            with suppress(AssertionError):
                desk.wait_for("Leave Heard?", 5)
                desk.press("enter")
                desk.wait_for_exit(5)
                break
        assert desk.wait_for_exit() == 0
        assert desk.restored
