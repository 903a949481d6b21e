"""The sync process of a console: one for all, started again, and gone with the last of them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from console.companion import LONGEST_PAUSE, SETTLED_SECONDS
from console.sync_process import SyncProcess
from desk.errors import Refused
from storage.workspace import Workspace
from sync.conformance.canary import all_of
from sync.lock import anyone_seated, only_one
from sync.secret import Secret
from tests.console.credentials.given import CANARY

# Holds the lock until its input ends, as the real one does until the last console has gone.
HOLDS = """
import sys
from pathlib import Path
from storage.workspace import Workspace
from sync.lock import only_one
with only_one(Workspace(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


# Says what it is told, line by line.
REPEATS = """
import sys
from pathlib import Path
from storage.workspace import Workspace
from sync.lock import only_one
with only_one(Workspace(Path(sys.argv[1]))):
    print("held", flush=True)
    for line in sys.stdin:
        print(line, end="", flush=True)
"""


class Starts:
    """Starts small processes in the place of real ones, and remembers what was asked for; its clock stands still."""

    def __init__(self, workspace: Workspace, code: str = HOLDS) -> None:
        self.workspace, self.code = workspace, code
        self.commands: list[Sequence[str]] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.now = 1000.0

    def __call__(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        self.commands.append(command)
        process = subprocess.Popen(
            [sys.executable, "-c", self.code, str(self.workspace.folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def told(self) -> object:
        """What the newest one was told next."""
        pipe = self.processes[-1].stdout
        assert pipe is not None
        return json.loads(pipe.readline())

    def kill(self) -> None:
        """End the newest one as a crash does."""
        process = self.processes[-1]
        process.kill()
        process.wait()

    def end(self) -> None:
        """End them all."""
        for process in self.processes:
            with process:
                process.kill()


@pytest.fixture
def starts(workspace: Workspace) -> Iterator[Starts]:
    starts = Starts(workspace)
    yield starts
    starts.end()


def console(workspace: Workspace, starts: Starts) -> SyncProcess:
    return SyncProcess(workspace, start=starts, seconds=lambda: starts.now)


def test_it_is_started_once_with_the_workspace_and_no_more(workspace: Workspace, starts: Starts) -> None:
    sync = console(workspace, starts)
    for _ in range(3):
        sync.attend()
    assert len(starts.commands) == 1
    assert starts.commands[0][1:] == (
        "-P", "-m", "console", "--workspace", str(workspace.folder), "sync", "--for-consoles"
    )  # fmt: skip
    assert anyone_seated(workspace)
    sync.leave()
    assert not anyone_seated(workspace)


def test_several_consoles_share_one(workspace: Workspace, starts: Starts) -> None:
    first, second = console(workspace, starts), console(workspace, starts)
    first.attend()
    second.attend()
    assert len(starts.processes) == 1
    first.leave()
    assert anyone_seated(workspace)
    starts.kill()
    second.attend()
    assert len(starts.processes) == 2
    second.leave()


def test_somebody_else_may_be_syncing_already(workspace: Workspace, starts: Starts) -> None:
    sync = console(workspace, starts)
    with only_one(workspace):
        sync.attend()
        assert starts.processes == []
    sync.attend()
    assert len(starts.processes) == 1
    sync.leave()


def test_one_that_dies_is_started_again_after_a_pause_that_grows(workspace: Workspace, starts: Starts) -> None:
    sync = console(workspace, starts)
    pauses = []
    for _ in range(9):
        sync.attend()
        died_at = starts.now
        starts.kill()
        count = len(starts.processes)
        while len(starts.processes) == count:
            sync.attend()
            starts.now += 0.5
        pauses.append(starts.now - died_at - 0.5)
    assert pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    troubles = [sync.in_trouble]
    starts.now += SETTLED_SECONDS
    starts.kill()
    sync.attend()
    # It had run well for long: its end begins a new count.
    assert [*troubles, sync.in_trouble] == [True, False]
    starts.now += 1
    sync.attend()
    assert len(starts.processes) == 11
    sync.leave()


def test_a_person_who_asks_waits_for_no_pause(workspace: Workspace, starts: Starts) -> None:
    sync = console(workspace, starts)
    sync.attend()
    starts.kill()
    sync.attend()
    assert len(starts.processes) == 1
    sync.hurry()
    sync.attend()
    assert len(starts.processes) == 2
    sync.leave()


def test_a_secret_reaches_it_and_each_that_takes_its_place(workspace: Workspace) -> None:
    starts = Starts(workspace, REPEATS)
    sync = console(workspace, starts)
    with ExitStack() as ending:
        ending.callback(starts.end)
        ending.callback(sync.leave)
        sync.give("support", Secret(CANARY))
        assert starts.told() == ["support", CANARY], "the first one is started for it"
        sync.give("sales", Secret("another"))
        assert starts.told() == ["sales", "another"]
        starts.kill()
        sync.attend()
        starts.now += LONGEST_PAUSE
        sync.attend()
        assert [starts.told(), starts.told()] == [["support", CANARY], ["sales", "another"]]
        assert CANARY not in str(starts.commands) + repr(vars(sync))


def test_a_process_of_somebody_else_s_can_t_be_told(workspace: Workspace, starts: Starts) -> None:
    sync = console(workspace, starts)
    with only_one(workspace), pytest.raises(Refused, match="give it there") as refused:
        sync.give("support", Secret(CANARY))
    assert CANARY not in all_of(refused.value, __file__)
    assert starts.processes == []
    sync.leave()


def test_a_folder_that_has_gone_is_no_crash(workspace: Workspace, starts: Starts) -> None:
    sync = SyncProcess(Workspace(workspace.folder / "gone"), start=starts, seconds=lambda: starts.now)
    sync.attend()
    assert starts.processes == []
    sync.leave()


def test_a_share_is_got_while_somebody_looks_whether_one_is_held(workspace: Workspace, starts: Starts) -> None:
    """Looking takes the whole lock for an instant; a console that comes just then must still count."""
    looking = (
        "import fcntl, os, sys, threading\n"
        "held = os.open(sys.argv[1] + '/consoles.lock', os.O_CREAT | os.O_RDWR, 0o600)\n"
        "fcntl.flock(held, fcntl.LOCK_EX)\n"
        "print('looks', flush=True)\n"
        "threading.Event().wait(0.2)\n"
    )
    looker = Starts(workspace, looking)
    with ExitStack() as stack:
        looker(())
        stack.callback(looker.end)
        sync = console(workspace, starts)
        sync.attend()
        looker.processes[0].wait()
        assert anyone_seated(workspace)
        sync.leave()
