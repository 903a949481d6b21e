"""A terminal for tests: runs a command in a pseudo-terminal, draws what it writes, and answers like a real one.

Waiting is always for a fact with a deadline, never for time; as on a real terminal, a frame is seen when all of it has
come, so that what stands beside the fact belongs to it. `raw` keeps every byte that the command wrote, so that a
test can look for what must not be there.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

# Only a test that fails waits so long; a busy machine takes ten times as long as a quiet one for everything.
DEADLINE = 60.0
FRAME_BEGIN, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"
KEYS = {
    "enter": b"\r", "escape": b"\x1b", "tab": b"\t", "shift+tab": b"\x1b[Z", "backspace": b"\x7f", "space": b" ",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D", "home": b"\x1b[H", "end": b"\x1b[F",
    "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~", "delete": b"\x1b[3~", "f3": b"\x1bOR", "f5": b"\x1b[15~",
    "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f10": b"\x1b[21~",
}  # fmt: skip
# What a real terminal answers to the questions that programs ask at their start.
ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>41;354;0c",
    b"\x1b[>0c": b"\x1b[>41;354;0c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
LONGEST_QUESTION = max(map(len, ANSWERS))
QUESTION = re.compile(b"|".join(re.escape(question) for question in ANSWERS))
# Sequences that pyte would draw or mistake: kitty keys, modes, reports, strings.
UNDRAWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*\$[a-z]|\x1b[P\]][^\x07\x1b]*(?:\x07|\x1b\\)")
UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P\]][^\x07\x1b]*\x1b?)?\Z")


class Term:
    """A command in a terminal of its own. Use it as a context: its end ends the command too."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        draw: bool = True,
    ) -> None:
        """`draw` can be left out where only bytes and times count: drawing takes longer than most of what is timed."""
        self.draw = draw
        self.screen = pyte.Screen(columns, rows)
        self.raw = bytearray()
        self._stream = pyte.ByteStream(self.screen)
        self._undrawn = b""
        self._answered = 0
        self.master, self.slave = pty.openpty()
        self._size(columns, rows)
        given = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self.modes_before = self.modes()
        self.started = self.last_read = time.perf_counter()
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=_own_terminal,  # noqa: PLW1509 - one system call, no lock taken
            env={**os.environ, **given, **(environment or {})},
            cwd=folder,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def lines(self) -> list[str]:
        """The screen as it stands, line by line."""
        return [str(line).rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as it stands, in one string."""
        return "\n".join(self.lines)

    @property
    def on_alternate_screen(self) -> bool:
        """Whether the command last entered the alternate screen rather than left it."""
        return self.raw.rfind(b"\x1b[?1049h") > self.raw.rfind(b"\x1b[?1049l")

    @property
    def amid_a_frame(self) -> bool:
        """Whether the command has begun a frame and not ended it yet."""
        return self.raw.rfind(FRAME_BEGIN) > self.raw.rfind(FRAME_END)

    @property
    def modes_left_on(self) -> set[str]:
        """The private modes that were set and not reset since, but for wrapping (7) and the cursor (25)."""
        on: set[str] = set()
        for modes, action in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", bytes(self.raw)):
            for mode in modes.decode().split(";"):
                (on.add if action == b"h" else on.discard)(mode)
        return on - {"7", "25"}

    def modes(self) -> list[object]:
        """The line's own modes (echo, line editing, signals), as termios has them."""
        return list(termios.tcgetattr(self.slave))

    def send(self, data: bytes | str) -> None:
        """Type `data` as it is."""
        rest = data.encode() if isinstance(data, str) else data
        while rest:
            rest = rest[os.write(self.master, rest) :]

    def press(self, *keys: str) -> None:
        """Press keys by name (`enter`, `ctrl+s`), or type single characters."""
        for key in keys:
            self.send(bytes([ord(key[5:]) & 0x1F]) if key.startswith("ctrl+") else KEYS.get(key, key.encode()))

    def wait_for(self, wanted: str | Callable[[Self], bool], seconds: float = DEADLINE) -> float:
        """Read until `wanted` is on the screen, or holds; seconds from the start to the last byte read."""
        end = time.perf_counter() + seconds
        while self.amid_a_frame or not (wanted in self.text if isinstance(wanted, str) else wanted(self)):
            left = end - time.perf_counter()
            alive = self.read(min(left, 0.25)) if left > 0 else False
            if left <= 0 or (not alive and self.process.poll() is not None and not self.read(0)):
                raise AssertionError(f"{wanted!r} did not come; the screen was:\n{self.text}")
        return self.last_read - self.started

    def wait_for_raw(self, wanted: bytes, start: int = 0, seconds: float = DEADLINE) -> float:
        """Read until the command has written these very bytes after `start`."""
        return self.wait_for(lambda term: term.raw.find(wanted, start) >= 0, seconds)

    def wait_until_quiet(self, seconds: float = 0.1, at_most: float = DEADLINE) -> None:
        """Read until nothing has come for `seconds`; for measurements, tests wait for facts."""
        end = time.perf_counter() + at_most
        while self.read(seconds) and time.perf_counter() < end:
            continue

    def wait_for_exit(self, seconds: float = DEADLINE) -> int:
        """Read until the command has ended; its status."""
        end = time.perf_counter() + seconds
        while self.process.poll() is None:
            if time.perf_counter() > end:
                raise AssertionError(f"{self.process.args!r} did not end; the screen was:\n{self.text}")
            self.read(0.005)
        while self.read(0):
            continue
        return self.process.returncode

    def read(self, seconds: float) -> bool:
        """Take in what the command writes within `seconds`; whether something came."""
        ready, _, _ = select.select([self.master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.last_read = time.perf_counter()
        self.raw += data
        self._answer()
        if self.draw:
            self.show(data)
        return True

    def show(self, data: bytes) -> None:
        """Draw what came; `read` does it, unless `draw` was left out."""
        data = UNDRAWN.sub(b"", self._undrawn + data)
        unfinished = UNFINISHED.search(data)
        self._undrawn = unfinished.group() if unfinished else b""
        self._stream.feed(data[: unfinished.start()] if unfinished else data)

    def after(self, raw: bytes) -> list[str]:
        """The screen as it stood when no more than these bytes were written, line by line."""
        screen = pyte.Screen(self.screen.columns, self.screen.lines)
        pyte.ByteStream(screen).feed(UNDRAWN.sub(b"", raw))
        return [str(line).rstrip() for line in screen.display]

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._size(columns, rows)
        self.screen.resize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the line, as a lost connection does."""
        for end in (self.slave, self.master):
            os.close(end)
        self.master = self.slave = -1

    def close(self) -> None:
        """End the command, gently first, and close the line."""
        for end in (self.process.terminate, self.process.kill):
            if self.process.poll() is None:
                end()
                try:
                    self.process.wait(5)
                except subprocess.TimeoutExpired:
                    continue
        self.process.wait()
        if self.master >= 0:
            self.hang_up()

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * 8, rows * 16))

    def _answer(self) -> None:
        for question in QUESTION.finditer(self.raw, self._answered):
            self._answered = question.end()
            os.write(self.master, ANSWERS[question.group()])
        # Half a question may have come; what stands before it is not searched again at each read.
        self._answered = max(self._answered, len(self.raw) - LONGEST_QUESTION + 1)


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
