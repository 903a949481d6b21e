"""Processes that are at work within milliseconds, for being killed: forked from one that has imported everything.

    with Warm(environment) as warm:
        victim = warm.start("sync", "--workspace", folder)     # `heard …`
        victim.kill()

A cold start takes longer than all that a sync does, so that most ends would hit imports. The invariant: the process
that forks never opens a database, since SQLite may not be taken along into a child; what is signalled was started here
and not waited for yet.
"""

import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.processes import PATIENCE, until

ROOT = Path(__file__).parents[2]
# What a sync and a deed import; whatever is not named here is imported by each child, only later.
NEEDED = (
    "console.__main__", "console.cli.sync", "console.config", "console.connecting", "console.credentials.access",
    "console.credentials.ladder", "console.paths", "desk.mail.message", "sqlcipher3", "storage.agents",
    "storage.deeds.write", "storage.drafts", "storage.engine", "storage.imports.mail", "storage.imports.reading",
    "storage.ingest.batch", "storage.ingest.recency", "storage.mailbox", "storage.models", "storage.search.index",
    "storage.workspace", "sync.engine", "sync.lock", "sync.sources.mailbox.smtp", "sync.sources.mailbox.source",
    "tests.sync.writer", "widgets.cells",
)  # fmt: skip


class Victim:
    """A process that was forked. `out` is what it has printed so far."""

    def __init__(self, warm: "Warm", pid: int, folder: Path) -> None:
        self._warm = warm
        self._pid = pid
        self._folder = folder
        self.status: int | None = None

    @property
    def out(self) -> str:
        """What it has printed."""
        return (self._folder / "out").read_text(encoding="utf-8")

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        if self.status is None:
            self.status = self._warm.ask("look", str(self._pid))
        return self.status is None

    @property
    def place(self) -> str:
        """Where in the program it is right now, as Python writes tracebacks; empty where it has ended meanwhile."""
        stack = self._folder / "stack"
        if not self.runs:
            return ""
        os.kill(self._pid, signal.SIGUSR1)
        until(lambda: stack.stat().st_size or not self.runs, "a traceback")
        return stack.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> bool:
        """End it as a crash does; False where it had ended by itself."""
        if not self.runs:
            return False
        os.kill(self._pid, signal.SIGKILL)
        self.status = self._warm.ask("wait", str(self._pid))
        return self.status == -signal.SIGKILL

    def wait(self) -> int:
        """Its status, once it has ended by itself."""
        until(lambda: not self.runs, "the end of a process", 2 * PATIENCE)
        assert self.status is not None
        return self.status


class Warm:
    """The process that forks; `needed` is what it imports first."""

    def __init__(self, environment: Mapping[str, str], needed: Sequence[str] = NEEDED) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="heard-warm-")
        self._started = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.warm", *needed], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def start(self, *arguments: str) -> Victim:
        """Fork one that runs `heard` with these arguments, or the writer where they begin so."""
        self._started += 1
        folder = Path(self._folder.name) / str(self._started)
        folder.mkdir()
        for name in ("out", "stack"):
            (folder / name).touch()
        pid = self.ask("start", str(folder), *arguments)
        assert pid is not None
        return Victim(self, pid, folder)

    def ask(self, *order: str) -> int | None:
        """What the process that forks answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Its end kills those that are left.
        self._process.communicate(timeout=PATIENCE)
        self._folder.cleanup()


def _serve() -> None:
    for name in sys.argv[1:]:
        import_module(name)
    children: set[int] = set()
    for line in sys.stdin:
        print(json.dumps(_obey(json.loads(line), children)), flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _obey(order: Sequence[str], children: set[int]) -> int | None:
    """Start one, or learn what became of one."""
    if order[0] == "start":
        child = _fork(order[2:], Path(order[1]))
        children.add(child)
        return child
    child, status = os.waitpid(int(order[1]), 0 if order[0] == "wait" else os.WNOHANG)
    children.discard(child)
    return os.waitstatus_to_exitcode(status) if child else None


def _fork(arguments: Sequence[str], folder: Path) -> int:
    seen, ready = os.pipe()
    pid = os.fork()
    if pid:
        # Before that the signal that asks where it is would end it.
        os.close(ready)
        os.read(seen, 1)
        os.close(seen)
        return pid
    status = 70
    try:
        _become(folder)
        os.close(seen)
        os.close(ready)
        status = _run(arguments)
    except Exception:  # noqa: BLE001 - the border of a process, whose status tells of it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _become(folder: Path) -> None:
    """Read nothing, print into a file, and write where it is on demand."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(folder / "out", os.O_WRONLY | os.O_APPEND)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    stack = os.open(folder / "stack", os.O_WRONLY | os.O_APPEND)
    faulthandler.register(signal.SIGUSR1, file=stack, all_threads=True)
    time.tzset()


def _run(arguments: Sequence[str]) -> int:
    from console.__main__ import main
    from tests.sync import writer

    return writer.main(arguments[1:]) if arguments[0] == "writer" else main(list(arguments))


if __name__ == "__main__":
    _serve()
