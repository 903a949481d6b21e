"""A small exchange that speaks Asterisk's manager interface, written from the protocol's documents; for tests alone.

    with Exchange(password="s3cret") as exchange: …

It knows its calls, tells whoever is logged in of what happens to them, and lists them when asked. `refuses` makes every
login fail, `piece` sends so few bytes at a time, `cut` breaks all lines, and `cut_within` the line that is told next,
after so many bytes.
"""

import hashlib
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.servers.processes import HOST, PATIENCE

GREETING = b"Asterisk Call Manager/9.0.0\r\n"
CHALLENGE = "840415273"


@dataclass
class Call:
    """A call from outside to one telephone of the house."""

    name: str
    number: str
    caller: str
    telephone: str
    answered: bool = False


class Exchange:
    """Listens on `port`; `logins` counts those that came through, `said` holds every line that it was told."""

    def __init__(self, *, user: str = "heard", password: str = "s3cret") -> None:
        self._user, self._password = user, password
        self.refuses = False
        self.piece = 0
        self.cut_within: int | None = None
        self.logins = 0
        self.said: list[str] = []
        self._calls: dict[str, Call] = {}
        self._listening: list[socket.socket] = []
        self._open: list[socket.socket] = []
        self._turn = threading.Lock()
        self._sending = threading.Lock()
        self._socket = socket.create_server((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()
        for thread in self._threads:
            thread.join(PATIENCE)

    def rings(
        self, name: str, number: str = "+4930123456", caller: str = "Erika", telephone: str = "PJSIP/101"
    ) -> None:
        """Somebody calls a telephone of the house; a second time under one name is a queue that rings again."""
        self._calls[name] = Call(name, number, caller, telephone)
        self._tell(Event="DialBegin", **self._dial(name))

    def answers(self, name: str) -> None:
        """The telephone is picked up."""
        self._calls[name].answered = True
        self._tell(Event="DialEnd", **self._dial(name), DialStatus="ANSWER")

    def hangs_up(self, name: str) -> None:
        """The call is over: both of its channels go, the telephone's first."""
        call = self._calls.pop(name)
        for uniqueid, channel in ((f"{name}.1", f"{call.telephone}-{name}"), (name, f"PJSIP/trunk-{name}")):
            self._tell(Event="Hangup", Channel=channel, Uniqueid=uniqueid, Linkedid=name, Cause="16")

    def forgets(self, name: str) -> None:
        """The call ends while nobody is told of it."""
        del self._calls[name]

    def cut(self) -> None:
        """Every line breaks."""
        with self._turn:
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()
            self._open.clear()
            self._listening.clear()

    def _dial(self, name: str) -> dict[str, str]:
        call = self._calls[name]
        return {
            "Privilege": "call,all", "Channel": f"PJSIP/trunk-{name}", "CallerIDNum": call.number,
            "CallerIDName": call.caller, "Uniqueid": name, "Linkedid": name,
            "DestChannel": f"{call.telephone}-{name}", "DestUniqueid": f"{name}.1", "DestLinkedid": name,
        }  # fmt: skip

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(line)
            self._threads.append(threading.Thread(target=self._serve, args=(line,), daemon=True))
            self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line.makefile("rb") as coming:
            self._send(line, GREETING)
            asked: dict[str, str] = {}
            for raw in coming:
                text = raw.decode().rstrip("\r\n")
                if text:
                    self.said.append(text)
                    key, _, value = text.partition(": ")
                    asked[key] = value
                else:
                    self._answer(line, asked)
                    asked = {}

    def _answer(self, line: socket.socket, asked: dict[str, str]) -> None:
        again = {"ActionID": asked.get("ActionID", "")}
        match asked.get("Action"):
            case "Challenge":
                self._say(line, Response="Success", **again, Challenge=CHALLENGE)
            case "Login" if not self.refuses and self._fits(asked):
                # First, so that nothing is missed by whoever hears that it is logged in.
                with self._turn:
                    self._listening.append(line)
                self.logins += 1
                self._say(line, Response="Success", **again, Message="Authentication accepted")
                self._say(line, Event="FullyBooted", Privilege="system,all", Status="Fully Booted")
            case "Login":
                self._say(line, Response="Error", **again, Message="Authentication failed")
            case "CoreShowChannels":
                self._say(line, Response="Success", **again, EventList="start", Message="Channels will follow")
                for call in tuple(self._calls.values()):
                    self._say(
                        line, Event="CoreShowChannel", **again, Channel=f"{call.telephone}-{call.name}",
                        ChannelStateDesc="Up" if call.answered else "Ringing", Uniqueid=f"{call.name}.1",
                        Linkedid=call.name, ConnectedLineNum=call.number, ConnectedLineName=call.caller,
                    )  # fmt: skip
                self._say(line, Event="CoreShowChannelsComplete", **again, EventList="Complete")
            case _:
                self._say(line, Response="Success", **again, Ping="Pong")

    def _fits(self, asked: dict[str, str]) -> bool:
        key = hashlib.md5(f"{CHALLENGE}{self._password}".encode()).hexdigest()
        return (asked.get("Username"), asked.get("AuthType"), asked.get("Key")) == (self._user, "MD5", key)

    def _tell(self, **fields: str) -> None:
        with self._turn:
            lines = tuple(self._listening)
        for line in lines:
            with suppress(OSError):
                self._say(line, **fields)

    def _say(self, line: socket.socket, **fields: str) -> None:
        self._send(line, "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n")

    def _send(self, line: socket.socket, data: bytes) -> None:
        if self.cut_within is not None and line in self._listening:
            line.sendall(data[: self.cut_within])
            self.cut_within = None
            self.cut()
            return
        with self._sending:
            for start in range(0, len(data), self.piece or len(data)):
                line.sendall(data[start : start + (self.piece or len(data))])
