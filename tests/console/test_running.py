"""The way from a command to the console that runs: only the same user's, bounded, and past what a crash left behind."""

import asyncio
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import listening
from console.listening import AT_ONCE, Listening, close_socket, open_socket, request, used
from console.running import FOLDER, LONGEST_LINE, LONGEST_TEXT, answers, consoles, tell, whose, within_reach
from desk.calls import CallState, Popped
from storage.workspace import Workspace

PROJECT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from console.listening import open_socket
from storage.workspace import Workspace
listening, path = open_socket(Workspace(Path(sys.argv[1])), "ana")
print(path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    """A workspace's folder is all that a socket needs."""
    return Workspace(tmp_path)


@contextmanager
def opened(workspace: Workspace, handle: str = "ana") -> Iterator[tuple[socket.socket, Path]]:
    made = open_socket(workspace, handle)
    try:
        yield made
    finally:
        close_socket(*made)


def told(workspace: Workspace, ask: Callable[[], object], *, at_least: int = 1) -> list[Popped]:
    """What a console hears while `ask` runs in another thread."""
    return asyncio.run(_told(workspace, lambda _: asyncio.to_thread(ask), at_least))


async def _told(workspace: Workspace, ask: Callable[[Path], Awaitable[object]], at_least: int = 1) -> list[Popped]:
    heard: list[Popped] = []
    listens = Listening(*open_socket(workspace, "ana"), heard.append)
    await listens.begin()
    try:
        await ask(listens.path)
        async with asyncio.timeout(60):
            while len(heard) < at_least:
                await asyncio.sleep(0)
    finally:
        listens.end()
    return heard


def test_a_pop_arrives_cleaned_and_the_sender_knows(folder: Workspace) -> None:
    said: list[bool] = []
    sent = Popped("+4930123456\x1b[31m\n", "Erika\u202e", 7, CallState.TALKING)
    (heard,) = told(folder, lambda: said.append(tell(folder.folder, "Ana", sent)))
    assert (heard.text, heard.caller, heard.call_id, heard.state) == ("+4930123456", "Erika", 7, CallState.TALKING)
    assert heard.at > 0
    assert said == [True]
    assert list((folder.folder / FOLDER).iterdir()) == []


def test_nobody_else_gets_in(folder: Workspace) -> None:
    with opened(folder) as (_, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_without_a_console_nobody_is_told(folder: Workspace) -> None:
    assert not tell(folder.folder, "ana", Popped("1"))
    with opened(folder, "bo"):
        assert consoles(folder.folder, "ana") == []
        assert not tell(folder.folder, "ana", Popped("1"))


def test_what_a_killed_console_left_is_in_nobody_s_way(folder: Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder.folder)], cwd=PROJECT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    left = Path(done.stdout.strip())
    assert left.is_socket()
    # As though it had been used later than the one that lives.
    os.utime(left, (4e9, 4e9))
    (heard,) = told(folder, lambda: tell(folder.folder, "ana", Popped("+4930123456")))
    assert heard.text == "+4930123456"
    assert not left.exists()


def test_of_several_the_one_that_was_used_last_is_told(folder: Workspace) -> None:
    with opened(folder) as (_, mine):
        other = mine.with_name(f"{whose('ana')}1.sock")
        with closing(socket.socket(socket.AF_UNIX)) as second:
            second.bind(str(other))
            os.utime(mine, (1, 1))
            assert consoles(folder.folder, "ana") == [other, mine]
            os.utime(other, (1, 1))
            used(mine)
            assert consoles(folder.folder, "ana") == [mine, other]


def test_a_console_that_does_not_answer_is_left(folder: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.running.PATIENCE", 0.05)
    with opened(folder) as (_, path):
        assert not tell(folder.folder, "ana", Popped("1"))
        assert path.exists(), "it is busy, and not gone"


@pytest.mark.parametrize("length", [60, 90, 150])
def test_a_path_that_is_too_long_for_a_socket_is_reached_by_a_shorter_one(tmp_path: Path, length: int) -> None:
    deep = tmp_path / "a" / ("b" * length) / ("c" * length)
    deep.mkdir(parents=True)
    workspace = Workspace(deep)
    (heard,) = told(workspace, lambda: tell(workspace.folder, "ana", Popped("Erika")))
    assert heard.text == "Erika"


@pytest.mark.parametrize(
    "line",
    [b"\n", b"{}\n",
     b"[]\n", b"null\n", b'{"pop": 1}\n', b'{"pop": {"text": "1"}}\n', b"\xff\xfe\n", b"[" * 3000 + b"\n",
     b'{"pop": {"text": 1, "caller": "", "call": null, "state": "ringing"}}\n',
     b'{"pop": {"text": "1", "caller": "", "call": true, "state": "ringing"}}\n',
     b'{"pop": {"text": "1", "caller": "", "call": null, "state": "flying"}}\n',
     b"x" * (LONGEST_LINE * 3)],
)  # fmt: skip
def test_what_is_no_request_does_nothing(folder: Workspace, line: bytes) -> None:
    def ask() -> None:
        (path,) = consoles(folder.folder, "ana")
        with closing(socket.socket(socket.AF_UNIX)) as end, within_reach(path.parent, path.name) as near:
            end.connect(near)
            try:
                end.sendall(line)
                end.shutdown(socket.SHUT_WR)
                assert b'"ok"' not in end.recv(1000)
            except (BrokenPipeError, ConnectionResetError):
                pass  # shown the door before it had ended
        assert tell(folder.folder, "ana", Popped("after"))

    assert [each.text for each in told(folder, ask)] == ["after"]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_none(line: bytes) -> None:
    assert request(line) is None


@given(st.text(max_size=400), st.text(max_size=400), st.integers(1, 1 << 61) | st.none(), st.sampled_from(CallState))
def test_whatever_is_asked_for_comes_through_bounded(
    text: str, caller: str, call_id: int | None, state: CallState
) -> None:
    import json

    line = json.dumps({"pop": {"text": text, "caller": caller, "call": call_id, "state": state}}).encode()
    popped = request(line)
    assert popped is not None
    assert (popped.call_id, popped.state) == (call_id, state)
    assert max(len(popped.text), len(popped.caller)) <= LONGEST_TEXT
    assert popped.text.isprintable() or not popped.text.isascii()


def test_who_says_nothing_keeps_nobody_waiting(folder: Workspace) -> None:
    def ask() -> None:
        silent = [socket.socket(socket.AF_UNIX) for _ in range(AT_ONCE - 1)]
        (path,) = consoles(folder.folder, "ana")
        with within_reach(path.parent, path.name) as near:
            for end in silent:
                end.connect(near)
        assert tell(folder.folder, "ana", Popped("through"))
        for end in silent:
            end.close()

    assert [each.text for each in told(folder, ask)] == ["through"]


def test_more_than_a_few_at_once_are_shown_the_door(folder: Workspace) -> None:
    said: list[bool] = []

    def ask() -> None:
        with ExitStack() as stack:
            (path,) = consoles(folder.folder, "ana")
            near = stack.enter_context(within_reach(path.parent, path.name))
            for _ in range(AT_ONCE):
                stack.enter_context(closing(socket.socket(socket.AF_UNIX))).connect(near)
            said.append(tell(folder.folder, "ana", Popped("one too many")))

    assert told(folder, ask, at_least=0) == []
    assert said == [False]


def test_another_user_s_request_is_not_read(folder: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bool] = []
    user = os.getuid()
    monkeypatch.setattr("console.listening.os.getuid", lambda: user + 1)
    assert told(folder, lambda: said.append(tell(folder.folder, "ana", Popped("x"))), at_least=0) == []
    assert said == [False]


def test_whatever_a_softphone_hands_over_is_short_enough_to_arrive(folder: Workspace) -> None:
    (heard,) = told(folder, lambda: tell(folder.folder, "ana", Popped("☎" * 9000, "🙂" * 9000)))
    assert (heard.text, heard.caller) == ("☎" * LONGEST_TEXT, "🙂" * LONGEST_TEXT)


def test_a_flood_is_told_to_stop(folder: Workspace) -> None:
    said: list[bool] = []

    def flood() -> None:
        said.extend(tell(folder.folder, "ana", Popped(str(number))) for number in range(listening.A_SECOND + 5))

    clock = iter(range(1000))
    with pytest.MonkeyPatch.context() as patch:
        # All of it in one moment, however slow the machine is.
        patch.setattr(listening, "monotonic", lambda: 1.0 + next(clock) / 1e6)
        heard = told(folder, flood)
    assert len(heard) == listening.A_SECOND
    assert said == [True] * listening.A_SECOND + [False] * 5


def test_who_asks_whether_it_is_there_shows_nothing(folder: Workspace) -> None:
    said: list[bool] = []

    def ask() -> None:
        said.extend(map(answers, consoles(folder.folder, "ana")))

    assert told(folder, ask, at_least=0) == []
    assert said == [True]
