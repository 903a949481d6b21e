"""The driver of a console whose terminal is a browser's: as Textual's own for the web, with the guards of a terminal.

What Textual's lacks: its writes are whole and never mixed, what comes in can't end the app by being no UTF-8 or no
packet, its thread sleeps until something comes, and the end of the line (the tab was closed, the front has died) saves
what is being written. The invariants: nothing but packets goes out; no address is opened and no file is handed out.
"""

import asyncio
import json
import os
import selectors
import signal
import sys
from collections.abc import Iterable
from threading import Lock, Thread

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message
from typing_extensions import override

from console.guards import LAST_SECONDS, GuardedApp, TolerantDecoder, WakingEvent
from console.hearing import around, heard
from console.serving.packets import BEGIN, DATA, END, FACT, Packets, packet
from console.terminal import FATAL

# The alternate screen without a cursor, brackets around a paste, and whether frames can be drawn whole.
SCREEN = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?2026$p"
MOUSE = "\x1b[?1000h\x1b[?1003h\x1b[?1006h"


class ServedDriver(Driver):
    """Speaks packets on the two ends that `take_line` has kept for it."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event = WakingEvent()
        self._thread = Thread(target=self._listen, name="heard keys")
        self._turn = Lock()
        self._lost = False

    @property
    @override
    def is_web(self) -> bool:
        return True

    @override
    def write(self, data: str) -> None:
        """Draw it."""
        self._send(packet(DATA, data.encode("utf-8", "replace")))

    @override
    def open_url(self, *_: object, **__: object) -> None:
        """No address is opened for a stranger's text."""

    @override
    def deliver_binary(self, *_: object, **__: object) -> None:
        """No file leaves this way."""

    @override
    def start_application_mode(self) -> None:
        """Say that it begins, and what the browser's terminal should send."""
        for number in FATAL:
            self._loop.add_signal_handler(number, self._line_lost, number)
        self._send(BEGIN)
        self.write(SCREEN + (MOUSE if self._mouse else ""))
        self._resize(*(self._size or (80, 24)))
        self._thread.start()

    @override
    def disable_input(self) -> None:
        """What is typed from now on is for nobody."""
        self.exit_event.set()

    @override
    def stop_application_mode(self) -> None:
        """Say that it ends."""
        self.exit_event.set()
        self._send(packet(FACT, json.dumps(END).encode()))

    def _listen(self) -> None:
        """Feed what comes to the app, until the exit event or the end of the line."""
        event = self.exit_event
        parser, packets, decoder = XTermParser(self._debug), Packets(), TolerantDecoder()
        with selectors.SelectSelector() as selector:
            selector.register(LINE.incoming, selectors.EVENT_READ)
            selector.register(event.reader, selectors.EVENT_READ)
            while not event.is_set():
                ready = {key.fd for key, _ in selector.select(None if parser._timeout_time is None else 0.01)}
                if LINE.incoming in ready:
                    try:
                        data = os.read(LINE.incoming, 1 << 16)
                        for kind, payload in packets.feed(data):
                            if kind == DATA:
                                self._take(parser.feed(text) if (text := decoder.decode(payload)) else ())
                            elif kind == FACT:
                                self._hear(payload)
                    except (OSError, ValueError):
                        data = b""
                    if not data:
                        # By the same way as keys, or it would overtake them.
                        asyncio.run_coroutine_threadsafe(self._tab_closed(), loop=self._loop)
                        return
                self._take(parser.tick())

    def _take(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def _hear(self, payload: bytes) -> None:
        """A fact from the front, which has checked it."""
        said: dict[str, object] = json.loads(payload)
        width, height = said.get("width"), said.get("height")
        if said["type"] == "resize" and isinstance(width, int) and isinstance(height, int):
            self._resize(width, height)
        elif said["type"] == "focus":
            self._app.post_message(events.AppFocus())
        elif said["type"] == "blur":
            self._app.post_message(events.AppBlur())

    def _resize(self, width: int, height: int) -> None:
        self._size = (width, height)
        event = events.Resize(Size(width, height), Size(width, height))
        asyncio.run_coroutine_threadsafe(self._app._post_message(event), loop=self._loop)

    def _send(self, data: bytes) -> None:
        """All of it, at once: copying writes from a thread of its own."""
        with self._turn:
            try:
                while data and not self._lost:
                    data = data[os.write(LINE.outgoing, data) :]
            except OSError:
                # The front has died; what is being written here is saved all the same.
                self._lost = True
                self._loop.call_soon_threadsafe(self._line_lost, signal.SIGHUP)

    async def _tab_closed(self) -> None:
        """What was typed before it comes first, however short before; unless that takes as long as a save may."""
        self._app.call_later(self._typed_out)
        self._loop.call_later(LAST_SECONDS, self._line_lost, signal.SIGHUP)

    async def _typed_out(self) -> None:
        focused = self._app.focused
        if focused is not None:
            await heard(*around(focused))
        self._line_lost(signal.SIGHUP)

    def _line_lost(self, number: int) -> None:
        app = self._app
        if isinstance(app, GuardedApp):
            app.line_lost(number)
        else:
            app.exit(return_code=128 + number)


class Line:
    """The two ends of the pipe to the front."""

    incoming = 0
    outgoing = 1

    def keep(self) -> None:
        """Keep the pipe to oneself: whatever else prints goes to standard error, and whatever else reads gets nothing.

        A line that some library prints would otherwise be taken for a packet.
        """
        self.incoming, self.outgoing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout.flush()


LINE = Line()
