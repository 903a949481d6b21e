"""One tab's process: begun with an argument list, spoken to in packets, and gone when the tab is gone.

The invariants: no shell; every way out of `running` leaves no process behind; a process that ends late is given time
to save what was being written, and none that hangs is waited for longer than `POLITE` and `STERN` together.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from console.serving.packets import BEGIN, DATA, FACT, Packets, Said, is_end, told

# A console saves for at most two seconds when its line is lost, and ends half a second later at the latest.
POLITE = 5.0
STERN = 2.0
CHUNK = 1 << 16
# Of what a process says on standard error, its last lines; a traceback is longer than a page of a browser wants.
KEPT_LINES = 40
# Sizes are told in packets, and the rest would make Textual or an own library draw for another terminal than the page.
NOT_FOR_TABS = ("COLUMNS", "LINES", "ROWS", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY", "WINDOWID")


class Tab:
    """A process that runs, as its front sees it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._errors = asyncio.get_running_loop().create_task(self._read_errors())

    async def pictures(self) -> AsyncIterator[bytes]:
        """What it draws, piece by piece, until it ends."""
        assert self._process.stdout is not None
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            if await self._process.stdout.readuntil(b"\n") != BEGIN:
                return
            packets = Packets()
            while data := await self._process.stdout.read(CHUNK):
                for kind, payload in packets.feed(data):
                    if kind == DATA:
                        yield payload
                    elif kind == FACT and is_end(payload):
                        return

    async def tell(self, said: Said) -> None:
        """Tell it what the tab said; one that has just ended hears nothing more."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(told(said))
            await self._process.stdin.drain()

    async def ended_well(self) -> bool:
        """Whether it has ended by itself, as somebody wanted; one that takes long about it is given time."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._process.wait(), POLITE) == 0
        return False

    async def words(self) -> str:
        """What it said last on standard error, once it has said all."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._errors), STERN)
        return "\n".join(self._lines)

    async def end(self) -> None:
        """End it: by the end of its line, so that it saves; then by a signal; then for good."""
        process = self._process
        assert process.stdin is not None
        process.stdin.close()
        drained = asyncio.get_running_loop().create_task(self._drain())
        for patience, next_word in ((POLITE, process.terminate), (STERN, process.kill)):
            try:
                await asyncio.wait_for(process.wait(), patience)
                break
            except TimeoutError:
                with suppress(ProcessLookupError):
                    next_word()
        await process.wait()
        for task in (drained, self._errors):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _drain(self) -> None:
        """Nobody looks any more, and a full pipe would keep it from ending."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(CHUNK):
            pass

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        held = b""
        while data := await self._process.stderr.read(CHUNK):
            *lines, held = (held + data)[-CHUNK:].split(b"\n")
            self._lines.extend(line.decode("utf-8", "replace") for line in lines)
        if held:
            self._lines.append(held.decode("utf-8", "replace"))


@asynccontextmanager
async def running(command: Sequence[str]) -> AsyncIterator[Tab]:
    """A tab's process, for as long as the tab is there. OSError where none can be made."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment(), start_new_session=True
    )
    tab = Tab(process)
    try:
        yield tab
    finally:
        # Whoever is told to stop meanwhile stops once the process is gone.
        await asyncio.shield(tab.end())


def command(folder: Path, size: tuple[int, int], shown: Sequence[str]) -> tuple[str, ...]:
    """What a tab runs; `shown` says what it shows.

    -P: a folder that happens to be named like a package of ours must not be run.
    """
    columns, rows = size
    words = ("serve", "--tab", f"{columns}x{rows}", *shown)
    return (sys.executable, "-P", "-m", "console", "--workspace", str(folder.absolute()), *words)


def environment() -> dict[str, str]:
    """A browser's terminal shows every colour; NO_COLOR holds there too."""
    ours = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TABS}
    return {**ours, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "truecolor"}
