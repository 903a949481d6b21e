"""Copying says what is known: a tool that took it, a terminal that may have, a file that has it."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console.clipboard import OSC52_LIMIT, copy, osc52, ways
from tests.rest import DEADLINE

TEXT = "ana@example.com 日本"
OSC52 = f"\x1b]52;c;{base64.b64encode(TEXT.encode()).decode()}\x07"


class Desk:
    """A machine with the tools that a test gives it, and a terminal that keeps what it is sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: list[str] = []
        self.environment = {"PATH": str(folder), "TERM": "xterm-256color"}

    def tool(self, name: str, status: int = 0) -> Path:
        taken = self.folder / f"{name}.taken"
        script = self.folder / name
        script.write_text(f"#!/bin/sh\n/bin/cat > {taken}\nexit {status}\n", encoding="utf-8")
        script.chmod(0o755)
        return taken

    def copy(self, text: str = TEXT) -> tuple[bool, str]:
        copied = copy(text, self.sent.append, self.environment, lambda: self.folder / "state")
        return copied.sure, copied.words

    @property
    def kept(self) -> Path:
        return self.folder / "state" / "copied.txt"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("tool", "display"), [("wl-copy", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY")]
)
def test_a_local_tool_takes_it(desk: Desk, tool: str, display: str) -> None:
    taken = desk.tool(tool)
    desk.environment[display] = ":0"
    assert desk.copy() == (True, f"copied with {tool}")
    assert taken.read_text(encoding="utf-8") == TEXT
    assert desk.sent == []


def test_a_tool_without_its_display_is_not_asked(desk: Desk) -> None:
    desk.tool("xclip")
    assert desk.copy()[0] is False


def test_over_ssh_the_terminal_is_asked_and_not_the_far_machine(desk: Desk) -> None:
    taken = desk.tool("xclip")
    desk.environment |= {"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    sure, words = desk.copy()
    assert not sure
    assert desk.sent == [OSC52]
    assert not taken.exists()
    assert words.startswith("sent to the terminal, which may not take it; it is in ")


def test_a_tool_that_fails_is_followed_by_the_terminal_and_a_private_file(desk: Desk) -> None:
    desk.tool("xclip", status=1)
    desk.environment["DISPLAY"] = ":0"
    assert desk.copy() == (False, f"sent to the terminal, which may not take it; it is in {desk.kept}")
    assert desk.sent == [OSC52]
    assert desk.kept.read_text(encoding="utf-8") == TEXT
    assert desk.kept.stat().st_mode & 0o777 == 0o600


def test_a_terminal_known_for_it_needs_no_file(desk: Desk) -> None:
    desk.environment["TERM"] = "xterm-kitty"
    assert desk.copy() == (False, "sent to the terminal's clipboard")
    assert not desk.kept.exists()


def test_what_is_too_long_for_a_terminal_goes_to_a_file_alone(desk: Desk) -> None:
    sure, words = desk.copy("x" * OSC52_LIMIT)
    assert (sure, desk.sent) == (False, [])
    assert words == f"too long for the terminal's clipboard; it is in {desk.kept}"


def test_a_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    (desk.folder / "state").write_text("a file is in the way", encoding="utf-8")
    assert "no file could be written: File exists" in desk.copy()[1]


def test_screen_needs_the_sequence_wrapped() -> None:
    assert osc52("a", {"TERM": "screen-256color"}).startswith("\x1bP\x1b]52;")
    assert osc52("a", {"TERM": "screen-256color", "TMUX": "x"}).startswith("\x1b]52;")


def test_doctor_hears_the_same(desk: Desk) -> None:
    assert ways(desk.environment)[0] is False
    desk.tool("wl-copy")
    assert ways({**desk.environment, "WAYLAND_DISPLAY": "w"}) == (True, "with wl-copy")
    assert ways({**desk.environment, "TMUX": "x"}) == (True, "through tmux")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_real_tmux_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A socket's path must be short; the server ends with its only session.
    monkeypatch.setenv("TMUX_TMPDIR", str(tmp_path))
    tmux = ["tmux", "-f", os.devnull]
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    subprocess.run([*tmux, "new-session", "-d", "-s", "heard"], check=True, env=environment, timeout=DEADLINE)
    try:
        socket = subprocess.check_output(
            [*tmux, "display-message", "-p", "#{socket_path}"], text=True, timeout=DEADLINE
        )
        monkeypatch.setenv("TMUX", f"{socket.strip()},1,0")
        sent: list[str] = []
        copied = copy(TEXT, sent.append, {"TMUX": "x", "SSH_TTY": "y"}, lambda: tmp_path)
        assert (copied.sure, sent) == (True, [])
        assert subprocess.check_output([*tmux, "show-buffer"], text=True, timeout=DEADLINE) == TEXT
    finally:
        subprocess.run([*tmux, "kill-session", "-t", "heard"], check=False, timeout=DEADLINE)
