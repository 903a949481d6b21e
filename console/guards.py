"""What stock Textual lets through, kept out: data that acts on the terminal, bytes that end the app, lost terminals.

Each guard names the upstream issue that it stands in for and has a test in tests/terminal, so that it can go when
upstream mends it. The invariants: no control byte of anybody's text reaches the terminal; no byte on the keyboard
line ends the app; a hang-up or a TERM saves what is being written and leaves the terminal as it was.
"""

import asyncio
import codecs
import os
import re
import selectors
import signal
import threading
from collections.abc import Iterable
from contextlib import suppress
from traceback import format_exception
from typing import TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.message import Message
from typing_extensions import override

from console.terminal import FATAL, TERMINAL

ReturnType = TypeVar("ReturnType")

# Rich counts each of these as no cell at all, so taking them out moves nothing on the line.
ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# An X10 mouse report carries its three numbers as raw bytes, which are no UTF-8 past column 95 (textual #6668).
X10_REPORT = re.compile(rb"\x1b\[M[\x00-\xff]{3}")
X10_BEGUN = re.compile(rb"\x1b\[M[\x00-\xff]{0,2}\Z")
# How long a save may take once the line is lost, before the process ends without it.
LAST_SECONDS = 2.0
ENTER_SCREEN = "\x1b[?1049h"
FAULT = "A fault of Heard's own ended it; drafts are kept. Please report the lines above."


class NoActingText(LineFilter):
    """Takes out of every line what could act on the terminal: even `markup=False` writes ESC (no issue upstream)."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line, in text alone."""
        return [_tame(segment) if _acts(segment) else segment for segment in segments]


class TolerantDecoder:
    """Bytes of a keyboard line to text, without ever failing (textual #6456, #6668).

    X10 mouse reports are dropped, also where they come in pieces; what else is no UTF-8 becomes the replacement sign.
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = b""

    def decode(self, data: bytes) -> str:
        """The text of `data`, as far as it is whole."""
        data = X10_REPORT.sub(b"", self._held + data)
        begun = X10_BEGUN.search(data)
        self._held = begun.group() if begun else b""
        return self._decode(data[: begun.start()] if begun else data)


class WakingEvent(threading.Event):
    """An event that a selector can wait for: Textual's input thread looks at its own only every 100 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.reader, self._writer = os.pipe()

    @override
    def set(self) -> None:
        """Set it, and wake whoever selects on `reader`."""
        if not self.is_set():
            super().set()
            os.write(self._writer, b"\0")

    @override
    def clear(self) -> None:
        """Make it wait again."""
        if self.is_set():
            os.read(self.reader, 1)
            super().clear()


class GuardedDriver(LinuxDriver):
    """Textual's driver for a terminal, on top of `console.terminal` and with the guards of this module."""

    @override
    def start_application_mode(self) -> None:
        """Take over the screen of the first paint, and watch for the end of the line."""
        if not isinstance(self.exit_event, WakingEvent):
            self.exit_event = WakingEvent()
        TERMINAL.hold()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual leaves its return type out
        TERMINAL.up = True
        self.attrs_before = TERMINAL.attributes_before

        for number in FATAL:
            self._loop.add_signal_handler(number, self._line_lost, number)

    @override
    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        TERMINAL.up = False

    @override
    def write(self, data: str) -> None:
        """Write, but don't enter the alternate screen twice: some terminals clear it, and the first paint with it."""
        if data != ENTER_SCREEN or not TERMINAL.up:
            super().write(data)

    @override
    def run_input_thread(self) -> None:
        """Feed keys to the app until the exit event, which wakes this thread at once."""
        event = self.exit_event
        assert isinstance(event, WakingEvent)
        parser = XTermParser(self._debug)
        decoder = TolerantDecoder()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(event.reader, selectors.EVENT_READ)
            while not event.is_set():
                # Only a begun escape sequence has a time limit; otherwise there is nothing to wake up for.
                ready = {key.fd for key, _ in selector.select(None if parser._timeout_time is None else 0.01)}
                if self.fileno in ready:
                    data = self._read()
                    if not data:
                        self._loop.call_soon_threadsafe(self._line_lost, signal.SIGHUP)
                        return
                    self._take(parser.feed(text) if (text := decoder.decode(data)) else ())
                self._take(parser.tick())

    def _take(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def _read(self) -> bytes:
        """What was typed; nothing once the line is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _line_lost(self, number: int) -> None:
        app = self._app
        if isinstance(app, GuardedApp):
            app.line_lost(number)
        else:
            app.exit(return_code=128 + number)


class GuardedApp(App[ReturnType]):
    """An app that has the guards: subclass it, and override `save_before_leaving`."""

    # Set while the work in hand is being saved on the way out.
    _leaving: asyncio.Task[None] | None = None

    @override
    def get_driver_class(self) -> type[Driver]:
        """The guarded driver; headless runs take their own."""
        return GuardedDriver

    @override
    def get_line_filters(self) -> list[LineFilter]:
        """Every filter of Textual's, and the one against acting text after them."""
        return [*super().get_line_filters(), _NO_ACTING_TEXT]

    @override
    def _fatal_error(self) -> None:
        """Say after the end where the fault was. Textual would print every local too: customers, words, passwords."""
        lines = "".join(format_exception(self._exception)).splitlines()
        told = "\n".join(ACTING.sub("", line) for line in lines)
        self._exit_renderables.append(Text(f"{told}\n\n{FAULT}"))
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._save_and_close())

    async def save_before_leaving(self) -> None:
        """Bring what is being written to disk; called when the line is lost, with `LAST_SECONDS` to do it."""

    def line_lost(self, number: int) -> None:
        """Save and leave: the line was hung up, or the process was told to end. A second signal changes nothing."""
        if self._leaving is None:
            # Writing to a dead line can block Textual's own way out (its queue holds 30 writes), so this ends it.
            deadline = threading.Timer(LAST_SECONDS + 0.5, TERMINAL.leave, (128 + number,))
            deadline.daemon = True
            deadline.start()
            self._leaving = asyncio.get_running_loop().create_task(self._save_and_exit(number))

    async def _save_and_close(self) -> None:
        try:
            # What is broken may break this too; the fault that is told is the first one.
            with suppress(Exception):
                await asyncio.wait_for(self.save_before_leaving(), LAST_SECONDS)
        finally:
            self._close_messages_no_wait()

    async def _save_and_exit(self, number: int) -> None:
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.save_before_leaving(), LAST_SECONDS)
        finally:
            self.exit(return_code=128 + number)


_NO_ACTING_TEXT = NoActingText()


def _acts(segment: Segment) -> bool:
    style = segment.style
    return bool(ACTING.search(segment.text) or (style is not None and style.link and ACTING.search(style.link)))


def _tame(segment: Segment) -> Segment:
    style = segment.style
    if style is not None and style.link and ACTING.search(style.link):
        style = style + Style(link=ACTING.sub("", style.link))
    return Segment(ACTING.sub("", segment.text), style, segment.control)
