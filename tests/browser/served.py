"""`heard serve` as a process of its own, and a tab on it that speaks as textual.js does, drawn by pyte."""

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import pyte
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from storage.workspace import Workspace
from tests.terminal.desk import HEARD
from tests.terminal.term import DEADLINE, FRAME_BEGIN, FRAME_END, KEYS, UNDRAWN


class Served:
    """A front that runs. Use it as a context: its end ends it."""

    def __init__(
        self, workspace: Workspace, *words: str, agent: str = "ana", environment: Mapping[str, str] | None = None
    ) -> None:
        self.workspace = workspace
        self.process = subprocess.Popen(
            [HEARD, "--workspace", workspace.folder, "serve", "--port", "0", "--json", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HEARD_AGENT": agent, **(environment or {})},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        place = json.loads(line)
        self.address: str = place["address"]
        self.token: str = place["token"]
        self.host = urlsplit(self.address).netloc

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(signal.SIGTERM)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """End it by a signal; its status, and what it printed since it began."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        printed = "".join(part for part in self.process.communicate(timeout=DEADLINE) if part)
        return self.process.returncode, printed

    def ask(
        self, path: str, *, method: str = "GET", body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request; its status, headers and body."""
        with closing(http.client.HTTPConnection(self.host, timeout=DEADLINE)) as line:
            line.request(method, path, body=body.encode() or None, headers=dict(headers or {}))
            answer = line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def enter(self, token: str, origin: str | None = None) -> tuple[int, str]:
        """Show a token; the status, and the cookie that came for it."""
        headers = {"Origin": self.address if origin is None else origin}
        status, answered, _ = self.ask("/enter", method="POST", body=token, headers=headers)
        return status, answered.get("set-cookie", "").partition(";")[0]

    def tab(self, *, columns: int = 120, rows: int = 36, headers: Mapping[str, str] | None = None) -> "Tab":
        """A tab, let in by the token unless it brings headers of its own."""
        if headers is None:
            headers = {"Origin": self.address, "Cookie": self.enter(self.token)[1]}
        url = f"{self.address.replace('http', 'ws', 1)}/terminal?width={columns}&height={rows}"
        line = connect(url, additional_headers=dict(headers), open_timeout=DEADLINE, max_size=None, compression=None)
        return Tab(line, columns, rows)

    def consoles(self) -> list[int]:
        """The processes of its tabs."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(number) for number in children.split()]


def ended(process: int) -> bool:
    """Whether a process is there no more."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def until(fact: Callable[[], object], words: str) -> None:
    """Until the fact holds."""
    end = time.monotonic() + DEADLINE
    while not fact():
        assert time.monotonic() < end, words
        time.sleep(0.01)


class Drawing:
    """A screen on which what came is drawn; `raw` keeps every byte."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.raw = bytearray()
        self._stream = pyte.ByteStream(self.screen)

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        columns = range(self.screen.columns)
        return ["".join(self.screen.buffer[y][x].data for x in columns).rstrip() for y in range(self.screen.lines)]

    @property
    def text(self) -> str:
        """The screen, in one string."""
        return "\n".join(self.lines)

    @property
    def whole(self) -> bool:
        """Whether the frame that was begun has ended."""
        return self.raw.rfind(FRAME_BEGIN) <= self.raw.rfind(FRAME_END)

    def draw(self, data: bytes) -> None:
        """What one message held: the console writes no sequence in two."""
        self.raw += data
        self._stream.feed(UNDRAWN.sub(b"", data))

    def shows(self, wanted: str | Callable[[Self], bool]) -> bool:
        """Whether these words are on the screen, or the fact holds."""
        return self.whole and (wanted in self.text if isinstance(wanted, str) else wanted(self))


class Tab(Drawing):
    """A tab without a browser. Use it as a context: its end closes it."""

    def __init__(self, line: ClientConnection, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self._open = ExitStack()
        self.line = self._open.enter_context(line)
        self.others: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab."""
        with suppress(ConnectionClosed):
            self._open.close()

    def say(self, *words: object) -> None:
        """Send a message."""
        self.line.send(json.dumps(words))

    def send(self, text: str) -> None:
        """Type it as it is."""
        self.say("stdin", text)

    def press(self, *keys: str) -> None:
        """Press keys by name (`enter`, `ctrl+s`), or type single characters."""
        for key in keys:
            self.send(chr(ord(key[5:]) & 0x1F) if key.startswith("ctrl+") else KEYS.get(key, key.encode()).decode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self.screen.resize(rows, columns)
        self.say("resize", {"width": columns, "height": rows})

    def read(self, seconds: float) -> None:
        """Take in one message, where one comes in time."""
        with suppress(TimeoutError):
            message = self.line.recv(timeout=seconds)
            if isinstance(message, str):
                self.others.append(message)
            else:
                self.draw(message)

    def wait_for(self, wanted: str | Callable[[Self], bool]) -> None:
        """Read until these words are on the screen, or the fact holds."""
        end = time.monotonic() + DEADLINE
        while not self.shows(wanted):
            assert time.monotonic() < end, f"{wanted!r} did not come; the screen was:\n{self.text}"
            self.read(0.25)

    def step(self, *keys: str, then: str) -> None:
        """Press keys, and wait for the words that follow from them."""
        self.press(*keys)
        self.wait_for(then)

    def wait_until_live(self) -> None:
        """Until the queue is there with its keys."""
        self.wait_for(lambda tab: "Queue" in tab.lines[0] and "keys" in tab.lines[-1])

    def wait_for_end(self) -> tuple[int, str]:
        """Read until the other end closes it; the number and the words of the close."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                self.read(0.25)
            except ConnectionClosed as closed:
                frame = closed.rcvd
                return (frame.code, frame.reason) if frame is not None else (1006, "")
        raise AssertionError(f"it was not closed; the screen was:\n{self.text}")
