"""A console can be reached once its workspace is there, says so where it can't be, and leaves nothing behind."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from console.config import Config
from console.phone_process import PhoneProcess
from console.reachable import Reachable
from console.running import FOLDER, consoles, tell
from console.telephony.settings import PhoneSettings
from desk.calls import Popped
from desk.errors import HeardError
from screens.jobs import Jobs
from storage.connect import Connection
from storage.workspace import Workspace, open_to_write
from tests.servers.processes import PATIENCE


class Office:
    """What a console hears, and what it was told went wrong."""

    def __init__(self, workspace: Workspace, phone: PhoneSettings | None = None) -> None:
        self.heard: list[Popped] = []
        self.errors: list[HeardError] = []
        self.jobs = Jobs(workspace, asyncio.get_running_loop().call_soon_threadsafe, self.errors.append)
        self.jobs.start(lambda: None)
        self.reachable = Reachable(self.jobs, Config(handle="ana", phone=phone), self.heard.append, self.errors.append)

    async def until(self, fact: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not fact():
                await asyncio.sleep(0.005)

    async def end(self) -> None:
        self.reachable.leave()
        await self.jobs.stop()


def test_a_workspace_that_is_made_meanwhile_is_waited_for(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")

    async def walk() -> None:
        office = Office(workspace)
        await office.until(lambda: not office.jobs.busy)
        open_to_write(workspace).close()
        office.reachable.attend(0.0)
        await office.until(lambda: consoles(workspace.folder, "ana"))
        await office.until(lambda: not office.jobs.busy)
        assert await asyncio.to_thread(tell, workspace.folder, "ana", Popped("Erika"))
        await office.end()
        assert ([each.text for each in office.heard], office.errors) == (["Erika"], [])
        assert consoles(workspace.folder, "ana") == []

    asyncio.run(walk())


def test_a_key_makes_it_the_console_that_was_used_last(workspace: Workspace) -> None:
    async def walk() -> None:
        office = Office(workspace)
        await office.until(lambda: consoles(workspace.folder, "ana") and not office.jobs.busy)
        (path,) = consoles(workspace.folder, "ana")
        before = path.stat().st_mtime_ns
        office.reachable.attend(0.0)
        await office.until(lambda: not office.jobs.busy)
        assert path.stat().st_mtime_ns == before, "no key came"
        office.reachable.attend(5.0)
        await office.until(lambda: path.stat().st_mtime_ns > before)
        await office.end()

    asyncio.run(walk())


def test_a_folder_that_holds_no_socket_is_said_once(workspace: Workspace) -> None:
    (workspace.folder / FOLDER).write_text("in the way")

    async def walk() -> None:
        office = Office(workspace)
        await office.until(lambda: office.errors)
        office.reachable.attend(1.0)
        await office.until(lambda: not office.jobs.busy)
        await office.end()
        (error,) = office.errors
        assert "Telephones can't reach this console" in error.message

    asyncio.run(walk())


def test_a_watch_that_ends_by_itself_is_said_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    in_trouble = iter((False, False, False, True, True, True))
    monkeypatch.setattr(PhoneProcess, "attend", lambda _: None)
    monkeypatch.setattr(PhoneProcess, "in_trouble", property(lambda _: next(in_trouble)))

    async def walk() -> None:
        office = Office(workspace, PhoneSettings("baresip", 4444))
        for _ in range(3):
            office.reachable.attend(0.0)
        await office.end()
        assert [error.message for error in office.errors] == [
            "The telephone isn't watched: the process for it ends by itself"
        ]

    asyncio.run(walk())


def test_one_that_leaves_at_once_leaves_nothing(workspace: Workspace, connection: Connection) -> None:
    async def walk() -> None:
        office = Office(workspace)
        await office.end()

        # Its reader came to it only now.
        office.reachable._open(connection)

    asyncio.run(walk())
    assert consoles(workspace.folder, "ana") == []
