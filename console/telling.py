"""Telling somebody outside of the terminal: a program that reads what is told as JSON, for a limited time.

The invariants: no shell, ever; the event loop never waits for a program; one that takes too long is ended with all that
it started; what it prints goes nowhere near the terminal.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO

from desk.alerts import Alerts, Told, headline
from desk.times import iso

NOTE_SECONDS = 10


def document(folder: Path, lines: Sequence[Told], at: int) -> str:
    """What programs read: one JSON document."""
    alerts = [asdict(line) for line in lines]
    return json.dumps({"workspace": str(folder), "at": iso(at), "words": headline(lines), "alerts": alerts})


def ways(rules: Alerts) -> list[tuple[tuple[str, ...], int]]:
    """The programs that are run, and how long each may take: a desktop's note is a process of its own too."""
    note = ((sys.executable, "-P", "-m", "console", "alerts", "note"), NOTE_SECONDS)
    return [*([note] if rules.desktop else []), *([(rules.command, rules.command_seconds)] if rules.command else [])]


@dataclass(slots=True)
class Running:
    """A program that was started."""

    process: "subprocess.Popen[bytes]"
    until: float
    name: str


@dataclass(slots=True)
class Tellings:
    """The programs that run now. `attend` is called every second, and never waits."""

    _running: list[Running] = field(default_factory=list)

    def start(self, command: Sequence[str], seconds: int, text: str) -> None:
        """Run it with this on its standard input. OSError where it can't be started."""
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True
        )
        self._running.append(Running(process, monotonic() + seconds, command[0]))
        if process.stdin is not None:
            # A pipe holds little, and what doesn't go in at once waits for the program.
            Thread(target=_give, args=(process.stdin, text.encode()), name="heard telling", daemon=True).start()

    def attend(self) -> list[str]:
        """End what takes too long; what went wrong, in words."""
        wrong: list[str] = []
        for run in tuple(self._running):
            status = run.process.poll()
            if status is None and monotonic() >= run.until:
                self._end(run)
                wrong.append(f"{run.name} took too long and was ended")
            elif status is not None:
                self._running.remove(run)
                if status:
                    wrong.append(f"{run.name} ended with status {status}")
        return wrong

    def leave(self) -> None:
        """The console ends: nothing of it stays behind."""
        for run in tuple(self._running):
            self._end(run)

    def _end(self, run: Running) -> None:
        with suppress(OSError):
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
        self._running.remove(run)


def _give(pipe: IO[bytes], text: bytes) -> None:
    """Whoever reads not all of it, or is ended, ends this too."""
    with suppress(OSError), pipe:
        pipe.write(text)
