"""The guards, in a real terminal: what strangers write, odd bytes, lost lines, and the way out."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.term import DEADLINE, Term

APP = Path(__file__).parent / "apps" / "guarded.py"
pytestmark = pytest.mark.terminal


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return tmp_path / "draft"


@pytest.fixture
def term(draft: Path) -> Iterator[Term]:
    with Term([sys.executable, APP, draft]) as term:
        term.wait_for("typed:")
        term.send("ab")
        term.wait_for("typed: ab")
        yield term


def test_no_control_byte_of_data_reaches_the_terminal(term: Term) -> None:
    raw = bytes(term.raw)
    assert "hostile" in term.text
    # OSC 22, the shape of the mouse pointer, is Textual's own.
    assert raw.count(b"\x1b]") == raw.count(b"\x1b]22;default\x07")
    assert b"\x1b[2J" not in raw
    assert b"\xc2\x9b" not in raw
    assert "\u202e".encode() not in raw


def test_a_fault_is_told_without_what_the_program_held(term: Term, draft: Path) -> None:
    term.send("!")
    assert term.wait_for_exit() == 1
    assert draft.read_text(encoding="utf-8") == "ab"
    assert not term.on_alternate_screen
    assert term.modes_left_on == set()
    assert "ValueError: hostile" in term.text
    assert "Please report" in term.text
    # The line of the program is shown, the value is not.
    assert "canaryab" not in term.text
    assert b"\x1b]52" not in term.raw
    assert b"\xc2\x9b" not in term.raw


@pytest.mark.parametrize(
    "bytes_typed",
    [b"\xff", b"caf\xe9", b"\xc3", b"\x1b[M\x20\xff\xfe", b"\x1b[M \xc3\xa9"],
    ids=["0xff", "latin-1", "half a character", "X10 mouse past column 95", "X10 mouse that looks like UTF-8"],
)
def test_odd_bytes_on_the_line_change_nothing(term: Term, bytes_typed: bytes) -> None:
    term.send(bytes_typed)
    term.send("z")
    term.wait_for(lambda term: "z" in term.text.partition("typed: ab")[2].partition("\n")[0])


def test_a_mouse_report_in_pieces_is_dropped_whole(term: Term) -> None:
    for piece in (b"\x1b[M", b"\x20", b"\xff\xfe", b"z"):
        term.send(piece)
    term.wait_for("typed: abz")


def test_paste_arrives_whole(term: Term) -> None:
    term.send("\x1b[200~réfund 日本\x1b[201~")
    term.wait_for("typed: ab[réfund 日本]")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_the_draft_and_leaves_the_terminal_clean(
    term: Term, draft: Path, number: signal.Signals
) -> None:
    term.signal(number)
    assert term.wait_for_exit() == 128 + number
    assert draft.read_text(encoding="utf-8") == "ab"
    assert not term.on_alternate_screen
    assert term.modes_left_on == set()
    assert term.modes() == term.modes_before


def test_a_lost_line_saves_the_draft_and_ends(term: Term, draft: Path) -> None:
    term.hang_up()
    assert term.process.wait(DEADLINE) == 128 + signal.SIGHUP
    assert draft.read_text(encoding="utf-8") == "ab"


@pytest.mark.parametrize("trouble", ["hang", "block", "fail"])
def test_trouble_with_saving_does_not_keep_the_terminal(draft: Path, trouble: str) -> None:
    with Term([sys.executable, APP, draft, trouble]) as term:
        term.wait_for("typed:")
        term.signal(signal.SIGTERM)
        assert term.wait_for_exit() == 128 + signal.SIGTERM
        assert not term.on_alternate_screen
        assert term.modes_left_on == set()
        assert term.modes() == term.modes_before


def test_quit_restores_the_terminal(term: Term) -> None:
    term.send("q")
    assert term.wait_for_exit() == 0
    assert not term.on_alternate_screen
    assert term.modes_left_on == set()
    assert term.modes() == term.modes_before
    assert b"\x1b[<u" in term.raw


def stopped(term: Term) -> bool:
    return Path(f"/proc/{term.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not Path("/proc").exists(), reason="only /proc tells that a process has stopped")
def test_stop_and_continue_keep_the_console(term: Term) -> None:
    term.signal(signal.SIGTSTP)
    # Continuing before it has stopped itself would be lost.
    term.wait_for(lambda term: stopped(term) and not term.on_alternate_screen)
    assert term.modes() == term.modes_before
    term.signal(signal.SIGCONT)
    term.wait_for(lambda term: term.on_alternate_screen)
    term.send("c")
    term.wait_for("typed: abc")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_inside_tmux_it_works_and_leaves_no_trace(tmp_path: Path, draft: Path) -> None:
    command: list[str | Path] = ["tmux", "-f", os.devnull, "new-session", sys.executable, APP, draft]
    with Term(command, environment={"TMUX_TMPDIR": str(tmp_path)}) as term:
        term.wait_for("typed:")
        term.send("ab")
        term.wait_for("typed: ab")
        term.send("q")
        assert term.wait_for_exit() == 0
        assert not term.on_alternate_screen
        assert term.modes() == term.modes_before
