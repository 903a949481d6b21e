"""The terminal's own state: raw mode from the first moment on, and back to what it was, whatever happens.

The invariant: after `hold()` every way out of the process goes through `release()`, which may be called any number of
times and never raises. Loaded before the first paint, so it imports nothing heavy.
"""

import os
import signal
import sys
import termios
from types import FrameType

IFLAG, LFLAG, CC = 0, 3, 6
ENTER = "\x1b[?1049h\x1b[?25l"
# Mouse (five modes), bracketed paste, focus, in-band resize and kitty keys off, wrap on, main screen, cursor on.
LEAVE = (
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[<u\x1b[?7h"
    "\x1b[0m\x1b[?1049l\x1b[?25h"
)
FATAL = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)

Attributes = list[int | list[bytes | int]]


class Terminal:
    """The one terminal of this process. `up`: the alternate screen is shown, by the first paint or by Textual."""

    def __init__(self) -> None:
        self.up = False
        self.attributes_before: Attributes | None = None

    def hold(self) -> None:
        """Make it raw, so that keys typed from now on wait for the console instead of being echoed or lost.

        The flags are those that Textual sets; ISIG goes too, so that Ctrl+C is a key like any other.
        """
        if self.attributes_before is not None:
            return
        raw = termios.tcgetattr(0)
        self.attributes_before = termios.tcgetattr(0)
        raw[LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        raw[IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        raw[CC][termios.VMIN] = 1
        termios.tcsetattr(0, termios.TCSANOW, raw)
        for number in FATAL:
            signal.signal(number, self._end)

    def show(self, picture: str) -> None:
        """Draw `picture` on the alternate screen."""
        self.up = True
        _write(ENTER + picture)

    def release(self) -> None:
        """Give it back as it was found. Leaving the alternate screen twice would move the shell's cursor: see `up`."""
        if self.up:
            self.up = False
            _write(LEAVE)
        attributes, self.attributes_before = self.attributes_before, None
        if attributes is None:
            return
        try:
            termios.tcsetattr(0, termios.TCSANOW, attributes)
        except termios.error:
            return  # the line is gone, and its modes with it

    def leave(self, status: int) -> None:
        """End the process at once. Textual's own way out takes 270 ms, most of it taking the interpreter apart."""
        self.release()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                continue
        os._exit(status)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self.leave(128 + number)


TERMINAL = Terminal()


def usable() -> bool:
    """Whether this process has a terminal that can be drawn on."""
    return os.isatty(0) and os.isatty(1) and os.environ.get("TERM", "dumb") not in {"", "dumb"}


def _write(text: str) -> None:
    data = text.encode("utf-8", "replace")
    try:
        while data:
            data = data[os.write(1, data) :]
    except OSError:
        return  # the line is gone; there is nobody to draw for
