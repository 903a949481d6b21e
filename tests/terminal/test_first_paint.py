"""The first paint in a real terminal: before Textual is imported, with every key kept, and no trace left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.connect import Connection
from storage.first_page import remember
from storage.workspace import Workspace
from tests.factories import make_customer, make_ticket
from tests.terminal.term import DEADLINE, Term

APP = Path(__file__).parent / "apps" / "painted.py"
ROOT = Path(__file__).parents[2]
QUERY = "SELECT id FROM ticket WHERE status < 3 AND id > ? ORDER BY id"
pytestmark = pytest.mark.terminal


@pytest.fixture
def remembered(workspace: Workspace, connection: Connection) -> Path:
    customer = make_customer(connection, "李伟 Li Wei")
    make_ticket(connection, subject="Refund for\x1b]0;owned\x07 order 8841", customer_id=customer)
    remember(connection, view_id=1, title="Mine", ids_query=QUERY, parameters=(0,), counts={1: 12}, footer="j/k move")
    return workspace.database


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    go = tmp_path / "go"
    os.mkfifo(go)
    return tmp_path / "told", go


@pytest.fixture
def term(remembered: Path, files: tuple[Path, Path]) -> Iterator[Term]:
    with Term([sys.executable, APP, remembered, *files], environment={"PYTHONPATH": str(ROOT)}) as term:
        term.wait_for("j/k move")
        yield term


def go_on(files: tuple[Path, Path]) -> None:
    files[1].write_bytes(b"go")


def test_the_queue_is_painted_before_anything_heavy_is_imported(term: Term, files: tuple[Path, Path]) -> None:
    assert "Refund for order 8841" in term.text
    assert "李伟 Li Wei" in term.text
    assert b"\x1b]" not in term.raw
    term.wait_for(lambda _: files[0].exists() and bool(files[0].read_text(encoding="utf-8")))
    loaded = set(files[0].read_text(encoding="utf-8").split())
    for heavy in (
        "textual",
        "rich",
        "sqlmodel",
        "sqlalchemy",
        "pydantic",
        "alembic",
        "asyncio",
        "dataclasses",
        "argparse",
    ):
        assert heavy not in loaded
    go_on(files)


def test_keys_typed_before_the_app_is_there_arrive(term: Term, files: tuple[Path, Path]) -> None:
    term.send("ab\x03c")
    go_on(files)
    term.wait_for("typed: ab")
    term.wait_for(lambda term: "c" in term.text.partition("typed: ab")[2])
    # Echoed keys would show that the line was not raw yet; Ctrl+C would have ended the start.
    assert "^C" not in term.text
    # Entering the alternate screen a second time would clear it in some terminals.
    assert term.raw.count(b"\x1b[?1049h") == 1


def test_a_signal_before_the_app_is_there_leaves_no_trace(term: Term, files: tuple[Path, Path]) -> None:
    term.signal(signal.SIGTERM)
    assert term.wait_for_exit() == 128 + signal.SIGTERM
    assert not term.on_alternate_screen
    assert term.modes_left_on == set()
    assert term.modes() == term.modes_before


def test_quit_after_the_first_paint_restores_the_modes_from_before_it(term: Term, files: tuple[Path, Path]) -> None:
    go_on(files)
    term.wait_for("typed:")
    term.send("q")
    assert term.wait_for_exit() == 0
    assert not term.on_alternate_screen
    assert term.modes_left_on == set()
    assert term.modes() == term.modes_before


def test_an_editor_gets_the_terminal_as_it_was_before_the_first_paint(term: Term, files: tuple[Path, Path]) -> None:
    go_on(files)
    term.wait_for("typed:")
    term.send("eb")
    term.wait_for("typed: eb")
    modes = Path(f"{files[0]}.modes").read_text(encoding="utf-8").replace(";", " ").split()
    assert {"icanon", "echo", "isig", "icrnl", "ixon"} <= set(modes)
    assert term.on_alternate_screen


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_told_so(name: str, remembered: Path) -> None:
    with Term([sys.executable, "-m", "console"], environment={"TERM": name}, folder=ROOT) as term:
        assert term.wait_for_exit() == 1
        assert "needs a terminal" in term.text
        assert b"\x1b" not in term.raw


def test_without_a_terminal_the_console_says_what_works(remembered: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console"], capture_output=True, text=True, check=False, timeout=DEADLINE
    )
    assert done.returncode == 1
    assert "heard --help" in done.stderr
    assert done.stderr.count("\n") == 1
