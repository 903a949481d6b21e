"""Threads: the newest read wins, writes keep their order, nothing that was to be written is lost at the end."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from desk.errors import HeardError, Refused
from screens.jobs import InternalError, Jobs
from storage.connect import Connection, connect, writing
from storage.workspace import Workspace
from tests.rest import DEADLINE


class Desk:
    """A loop's side of the jobs: what came back, and waiting for it."""

    def __init__(self, workspace: Workspace) -> None:
        loop = asyncio.get_running_loop()
        self.failures: list[HeardError] = []
        self.jobs = Jobs(workspace, loop.call_soon_threadsafe, self.failures.append)
        self.answers: list[object] = []
        self.changes = asyncio.Event()
        self.over = threading.Event()

    def forever(self, connection: Connection) -> object:
        """A question that only an interrupt ends, or the end of the test."""
        connection.set_progress_handler(self.over.is_set, 10_000)
        counting = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT count(*) FROM n"
        return connection.execute(counting).fetchone()

    async def idle(self) -> None:
        while self.jobs.busy:
            await asyncio.sleep(0.001)


@pytest_asyncio.fixture
async def desk(workspace: Workspace) -> AsyncIterator[Desk]:
    desk = Desk(workspace)
    desk.jobs.start(desk.changes.set)
    yield desk
    await desk.jobs.stop()


def one(connection: Connection) -> object:
    return connection.execute("SELECT 1").fetchone()[0]


async def test_an_answer_comes_back_on_the_loop(desk: Desk) -> None:
    threads: list[threading.Thread] = []

    def hear(answer: object) -> None:
        threads.append(threading.current_thread())
        desk.answers.append(answer)

    desk.jobs.read("count", one, hear)
    await desk.idle()
    assert desk.answers == [1]
    assert threads == [threading.current_thread()]


async def test_the_newest_read_of_a_key_interrupts_the_older_and_alone_is_answered(desk: Desk) -> None:
    running, interrupted = threading.Event(), threading.Event()

    def first(connection: Connection) -> object:
        running.set()
        try:
            return desk.forever(connection)
        finally:
            interrupted.set()

    desk.jobs.read("find", first, desk.answers.append)
    await asyncio.to_thread(running.wait)
    desk.jobs.read("find", one, desk.answers.append)
    # Until the driver has begun the statement an interrupt does nothing, so ask again while it runs on.
    while not interrupted.is_set():
        desk.jobs.read("find", one, desk.answers.append)
        await asyncio.sleep(0.005)
    await desk.idle()
    assert desk.answers
    assert set(desk.answers) == {1}
    assert desk.failures == []


async def test_reads_of_other_keys_do_not_disturb_each_other(desk: Desk) -> None:
    for number in range(20):
        desk.jobs.read("key " + str(number), one, desk.answers.append)
    await desk.idle()
    assert desk.answers == [1] * 20


async def test_a_forgotten_key_is_not_answered(desk: Desk) -> None:
    desk.jobs.read("find", one, desk.answers.append)
    desk.jobs.forget("find")
    await desk.idle()
    assert desk.answers == []


async def test_failures_come_as_words_to_whoever_asked(desk: Desk) -> None:
    def refuse(_connection: Connection) -> object:
        raise Refused("It is closed")

    heard: list[HeardError] = []
    desk.jobs.read("one", refuse, desk.answers.append, heard.append)
    desk.jobs.read("two", lambda connection: connection.execute("SELECT nonsense").fetchone(), desk.answers.append)
    desk.jobs.read("three", lambda _: 1 // 0, desk.answers.append)
    await desk.idle()
    assert [str(error) for error in heard] == ["It is closed"]
    assert len(desk.failures) == 2
    assert any(isinstance(error, InternalError) for error in desk.failures)
    assert desk.answers == []


async def test_writes_are_done_in_order_and_deeds_beside_plain_ones(desk: Desk) -> None:
    from sqlalchemy import text
    from sqlmodel import Session

    def plain(connection: Connection) -> None:
        with writing(connection):
            connection.execute("INSERT INTO setting VALUES('a', '1')")

    def deed(session: Session) -> str:
        session.execute(text("UPDATE setting SET value = value || '2' WHERE key='a'"))
        return "done"

    desk.jobs.keep(plain)
    desk.jobs.deed(deed, desk.answers.append)
    desk.jobs.keep(
        lambda connection: connection.execute("SELECT value FROM setting WHERE key='a'").fetchone()[0],
        desk.answers.append,
    )
    await desk.idle()
    assert desk.answers == ["done", "12"]


async def test_a_deed_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    from sqlalchemy import text
    from sqlmodel import Session

    def deed(session: Session) -> None:
        session.execute(text("INSERT INTO setting VALUES('a', '1')"))
        raise Refused("No")

    desk.jobs.deed(deed, desk.answers.append)
    desk.jobs.read("left", lambda c: c.execute("SELECT count(*) FROM setting").fetchone()[0], desk.answers.append)
    await desk.idle()
    assert [str(error) for error in desk.failures] == ["No"]
    assert desk.answers == [0]


async def test_stop_waits_for_all_that_was_to_be_written(workspace: Workspace) -> None:
    desk = Desk(workspace)
    desk.jobs.start(desk.changes.set)

    def insert(key: str, connection: Connection) -> None:
        with writing(connection):
            connection.execute("INSERT INTO setting VALUES(?, '1')", (key,))

    for number in range(50):
        desk.jobs.keep(lambda connection, key=str(number): insert(key, connection))  # type: ignore[misc]  # mypy can't infer a lambda's default
    assert await desk.jobs.stop() == ()
    left = connect(workspace.database, read_only=True)
    assert left.execute("SELECT count(*) FROM setting").fetchone() == (50,)
    left.close()


async def test_stop_tells_what_could_not_be_written(workspace: Workspace) -> None:
    desk = Desk(workspace)
    desk.jobs.start(desk.changes.set)

    def fail(_connection: Connection) -> None:
        raise Refused("The disk is full")

    release = threading.Event()
    desk.jobs.keep(lambda _: release.wait())
    desk.jobs.keep(fail)
    stopping = asyncio.create_task(desk.jobs.stop())
    await asyncio.sleep(0)
    release.set()
    assert [str(error) for error in await stopping] == ["The disk is full"]


async def test_a_long_read_does_not_hold_up_the_end(workspace: Workspace) -> None:
    desk = Desk(workspace)
    desk.jobs.start(desk.changes.set)
    desk.jobs.read("long", desk.forever, desk.answers.append)
    try:
        assert await asyncio.wait_for(desk.jobs.stop(), DEADLINE) == ()
    finally:
        desk.over.set()


async def test_what_a_reader_finds_after_the_end_is_told_to_nobody(workspace: Workspace) -> None:
    # The loop may be closed by then, and the thread would die of it, with a traceback over the agent's terminal.
    desk = Desk(workspace)
    running, release = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> object:
        running.set()
        return release.wait()

    before = set(threading.enumerate())
    desk.jobs.start(desk.changes.set)
    desk.jobs.read("slow", slow, desk.answers.append)
    await asyncio.to_thread(running.wait)
    assert await desk.jobs.stop() == ()
    release.set()
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("heard "):
            await asyncio.to_thread(thread.join)
    await asyncio.sleep(0)  # what a thread hands over before it ends is called now
    assert desk.answers == []


async def test_the_end_may_come_at_any_moment_of_a_read(workspace: Workspace) -> None:
    # A reader that closes its connection while it is being interrupted once made the end fail.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(60):
            desk = Desk(workspace)
            desk.jobs.start(desk.changes.set)
            desk.jobs.read("one", one, desk.answers.append)
            desk.jobs.read("two", one, desk.answers.append)
            while not desk.answers:
                await asyncio.sleep(0)
            assert await desk.jobs.stop() == ()
    finally:
        sys.setswitchinterval(usual)


async def test_what_another_console_commits_is_noticed(desk: Desk, workspace: Workspace) -> None:
    desk.jobs.read("settle", one, desk.answers.append)
    await desk.idle()
    other = connect(workspace.database)
    # What is committed before the watch's first look is no change, so commit until it says so.
    async with asyncio.timeout(DEADLINE):
        while not desk.changes.is_set():
            with writing(other):
                other.execute("INSERT OR REPLACE INTO setting VALUES('seen', '1')")
            await asyncio.sleep(0.02)
    other.close()


async def test_a_workspace_that_is_not_there_is_a_failure_in_words(tmp_path: Path) -> None:
    desk = Desk(Workspace(tmp_path / "missing"))
    desk.jobs.start(desk.changes.set)
    desk.jobs.read("one", one, desk.answers.append)
    await desk.idle()
    await desk.jobs.stop()
    assert len(desk.failures) == 1
    assert "There is no workspace" in desk.failures[0].message


WARM_AND_WRITE = """
import asyncio, sys
from pathlib import Path
from screens.jobs import Jobs
from storage.workspace import Workspace

async def main():
    failures = []
    jobs = Jobs(Workspace(Path(sys.argv[1])), asyncio.get_running_loop().call_soon_threadsafe, failures.append)
    jobs.start(lambda: None)
    warm = asyncio.Event()
    jobs.warm(warm.set)
    jobs.deed(lambda session: session.connection().exec_driver_sql("SELECT 1").scalar(), lambda answer: None)
    while jobs.busy:
        await asyncio.sleep(0.001)
    await warm.wait()
    await jobs.stop()
    # Nor does the first caller wait for what their page is made of.
    failures += {"screens.call", "screens.call_reading", "widgets.ring_bar"} - set(sys.modules)
    sys.exit(str(getattr(failures[0], '__cause__', None) or failures[0]) if failures else 0)

asyncio.run(main())
"""


def test_a_deed_at_the_moment_of_warming_up_waits_for_it(workspace: Workspace) -> None:
    # Two threads that imported SQLAlchemy at the same time once saw halves of it, and a reply wasn't sent.
    command = [sys.executable, "-c", WARM_AND_WRITE, str(workspace.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)
    assert (done.returncode, done.stderr) == (0, "")


async def test_what_deeds_need_is_imported_by_one_thread_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[str] = []
    second, warm = threading.Event(), asyncio.Event()

    def slowly(name: str) -> None:
        inside.append(name)
        if len(inside) > 1:
            second.set()
        # As long as a second thread would need to come in.
        second.wait(0.05)
        inside.remove(name)

    monkeypatch.setattr("screens.jobs.import_module", slowly)
    desk.jobs.warm(warm.set)
    desk.jobs.deed(lambda session: 1, desk.answers.append)
    await warm.wait()
    await desk.idle()
    assert desk.answers == [1]
    assert not second.is_set()
