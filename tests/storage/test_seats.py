"""The consoles of a workspace: seen while they run, gone when they are killed, and never a commit."""

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.presence import Seated, State, said, state_of
from storage import seats
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.calls import Begun, begin, hang_up
from storage.presence import team
from storage.seats import Others, Seat
from storage.workspace import Workspace
from tests.factories import NOW, make_agent

SITTING = """
import sys
from pathlib import Path
from desk.presence import Seated
from storage.seats import Seat
seat = Seat(Path(sys.argv[1]))
seat.tell(Seated(7, since=5, ticket_id=3))
print(seat.key, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look tries the locks."""
    monkeypatch.setattr(seats, "TRIED_EVERY", 0.0)


def test_what_a_console_tells_is_seen_by_the_others_and_not_by_itself(tmp_path: Path) -> None:
    ana, bo = Seat(tmp_path), Seat(tmp_path)
    at_ana, at_bo = Others(tmp_path, ana.key), Others(tmp_path, bo.key)
    assert at_ana.look() == ()
    ana.tell(Seated(1, since=NOW, ticket_id=9, writing="reply"))
    assert at_ana.look() == ()
    assert at_bo.look() == (Seated(1, ana.key, since=NOW, ticket_id=9, writing="reply"),)
    ana.tell(Seated(1, state=State.AWAY, since=NOW + 1, words="lunch"))
    assert at_bo.look() == (Seated(1, ana.key, State.AWAY, NOW + 1, "lunch"),)
    ana.leave()


@pytest.mark.usefixtures("looking")
def test_who_leaves_is_gone_and_it_is_known_since_when(tmp_path: Path) -> None:
    ana, others = Seat(tmp_path), Others(tmp_path, "")
    ana.tell(Seated(1))
    ana.leave()
    (left,) = others.look()
    assert not left.there
    assert state_of([left], None)[:2] == (State.OFFLINE, left.seen_at)
    # The lock was tried by others meanwhile, and by nobody is it held for good.
    assert others.look() == (left,)


@pytest.mark.usefixtures("looking")
def test_a_killed_console_is_gone(tmp_path: Path) -> None:
    others = Others(tmp_path, "")
    command = [sys.executable, "-c", SITTING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sitting:
        assert sitting.stdout is not None
        key = sitting.stdout.readline().strip()
        assert others.look() == (Seated(7, key, since=5, ticket_id=3),)
        os.kill(sitting.pid, signal.SIGKILL)
        sitting.wait()
        (left,) = others.look()
    assert left.seen_at is not None


def test_nothing_is_read_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, others = Seat(tmp_path), Others(tmp_path, "")
    ana.tell(Seated(1))
    first = others.look()
    monkeypatch.setattr(seats, "_read", _never)
    assert others.look() is first
    ana.leave()


def _never(*_: object) -> None:
    raise AssertionError("read again")


def test_what_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / seats.FOLDER
    folder.mkdir()
    texts = (b"", b"{", b"[]", b'{"agent": "x"}', b"\xff" * 3000, b"[" * 3000)
    for number, text in enumerate(texts):
        (folder / f"{number}.seat").write_bytes(text)
    assert seats.seats(tmp_path) == ()
    seats.clear(tmp_path)
    assert len(list(folder.iterdir())) == len(texts)


def test_each_agent_leaves_one_file_behind(tmp_path: Path) -> None:
    for agent in (1, 2, 1, 1):
        seat = Seat(tmp_path)
        seat.tell(Seated(agent))
        seat.leave()
    running = Seat(tmp_path)
    running.tell(Seated(1))
    seats.clear(tmp_path)
    kept = seats.seats(tmp_path)
    assert sorted((seat.agent_id, seat.there) for seat in kept) == [(1, False), (1, True), (2, False)]
    running.leave()


def test_telling_who_is_there_commits_nothing(workspace: Workspace, connection: Connection) -> None:
    before = connection.execute("PRAGMA data_version").fetchone(), connection.total_changes
    seat = Seat(workspace.folder)
    seat.tell(Seated(1))
    seat.touch()
    seat.leave()
    assert (connection.execute("PRAGMA data_version").fetchone(), connection.total_changes) == before


def test_a_call_is_told_by_itself_and_gives_back_what_was_said(connection: Connection) -> None:
    ana, bo = make_agent(connection, handle="ana", name="Ana Bell"), make_agent(connection)
    away = Seated(ana, "k", State.AWAY, NOW - 5, "lunch")
    by = By(ana, NOW)
    call = begin(connection, by, Begun("+14155550134"))
    first, second = team(connection, [away])
    assert (first.agent_id, first.state, first.since, first.words) == (ana, State.CALL, NOW, "")
    assert (second.agent_id, second.state, second.since) == (bo, State.OFFLINE, 0)
    hang_up(connection, By(ana, NOW + 9), call.id)
    assert team(connection, [away])[0].state is State.CALL, "it waits to be written down"
    connection.execute("UPDATE call SET state = 'done'")
    assert team(connection, [away])[0].words == "lunch"


def test_a_call_that_a_crash_left_open_makes_nobody_present(connection: Connection) -> None:
    ana = make_agent(connection, handle="ana")
    begin(connection, By(ana, NOW), Begun("+14155550134"))
    assert team(connection, [Seated(ana, "k", seen_at=NOW + 1)])[0].state is State.OFFLINE


_SEATS = st.lists(
    st.builds(
        Seated, st.just(1), st.uuids().map(str), st.sampled_from((State.AVAILABLE, State.AWAY)), st.integers(0, 9),
        seen_at=st.none() | st.integers(1, 9),
    ),
    max_size=5, unique_by=lambda seat: seat.key,
)  # fmt: skip


@given(_SEATS, st.none() | st.integers(0, 9))
def test_one_of_the_four_whatever_the_consoles_say(found: list[Seated], call: int | None) -> None:
    state, since, _ = state_of(found, call)
    running = [seat for seat in found if seat.there]
    assert (state is State.OFFLINE) == (not running)
    if running and call is None:
        last = said(found)
        assert last is not None
        assert (state, since) == (last.state, max(seat.since for seat in running))
    assert state_of([replace(seat, seen_at=3) for seat in found], call)[0] is State.OFFLINE


@pytest.mark.usefixtures("looking")
def test_what_can_not_be_told_any_more_is_not_told_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, others = Seat(tmp_path), Others(tmp_path, "")
    ana.tell(Seated(1, ticket_id=9, writing="reply"))
    with monkeypatch.context() as full:
        full.setattr(os, "write", no_space)
        with pytest.raises(OSError, match="No space"):
            ana.tell(Seated(1))
    assert [seat.there for seat in others.look()] == [False], "nobody writes on that ticket"
    ana.tell(Seated(1))
    assert [(seat.there, seat.ticket_id) for seat in others.look()] == [(True, None)]
    ana.leave()


def no_space(_descriptor: int, _text: bytes) -> int:
    """A disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
