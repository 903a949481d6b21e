"""Asterisk's manager interface (AMI): messages of `Key: Value` lines, and what they mean for one agent's telephone.

The parsers are pure. Whose a channel is, its name says (`PJSIP/101-0000002a`); a call is named by its Linkedid, which
all its channels share, so that one that rings twice in a queue is one. The invariant: nothing is kept that grows
without end.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from desk.calls import CallEvent, CallEventKind

LARGEST = 64 * 1024
MOST_CALLS = 500

Message = Mapping[str, str]


class Messages:
    """Messages out of a stream of bytes; `feed` takes what came, in any pieces. What is endless is thrown away."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._greeted = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are whole now; the greeting (`Asterisk Call Manager/5.0`) is none."""
        self._rest += data.replace(b"\r", b"")
        if not self._greeted:
            line, end, rest = self._rest.partition(b"\n")
            if not end:
                self._shorten()
                return
            self._greeted = True
            if b":" not in line:
                self._rest = rest
        while True:
            block, end, rest = self._rest.partition(b"\n\n")
            if not end:
                break
            self._rest = rest
            if message := _message(bytes(block)):
                yield message
        self._shorten()

    def _shorten(self) -> None:
        if len(self._rest) > LARGEST:
            self._rest.clear()


def _message(block: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value.strip()[:500])
    return found


def action(name: str, **values: str) -> bytes:
    """A request as it is sent; what could begin a line of its own is taken out."""
    lines = [f"Action: {name}", *(f"{key}: {_one_line(value)}" for key, value in values.items())]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def answer_to(challenge: str, secret: str) -> str:
    """What logs in without the password being sent."""
    return hashlib.md5(f"{challenge}{secret}".encode(), usedforsecurity=False).hexdigest()


def _one_line(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


@dataclass(slots=True)
class _Call:
    """A call as far as it concerns this telephone; `own` is the Uniqueid of its channel.

    `number` and `caller` are the other side's, where the call began before anybody listened.
    """

    own: str
    direction: Literal["in", "out"] = "in"
    answered: bool = False
    number: str = ""
    caller: str = ""


class Exchange:
    """What an exchange's messages mean for the telephone with this extension."""

    def __init__(self, extension: str) -> None:
        self._extension = extension.casefold()
        self._calls: dict[str, _Call] = {}
        self._listed: set[str] | None = None

    def events(self, message: Message, at: int) -> Iterator[CallEvent]:
        """What a message tells of this telephone's calls."""
        name = message.get("Linkedid") or message.get("DestLinkedid", "")
        match message.get("Event"):
            case "DialBegin":
                yield from self._dialled(message, name or message.get("DestUniqueid", ""), at)
            case "DialEnd":
                yield from self._answered(message, name or message.get("DestUniqueid", ""), at)
            case "Hangup":
                yield from self._hung_up(message, name, at)
            case "Hold" | "Unhold" if name in self._calls and self._is_own(message.get("Channel", "")):
                yield self._event(name, "held" if message["Event"] == "Hold" else "resumed", at)

    def alive(self, message: Message) -> frozenset[str] | None:
        """The names of all calls that go on, once the list of them that was asked for has ended.

        Those of this telephone are known from then on, though they began before anybody listened.
        """
        match message.get("Event"):
            case "CoreShowChannel":
                self._listed = self._listed or set()
                name, own = message.get("Linkedid", ""), self._is_own(message.get("Channel", ""))
                # A house may have more calls than that; those of this telephone are never left out.
                if own or name in self._calls or len(self._listed) < MOST_CALLS:
                    self._listed.add(name)
                if own and name not in self._calls:
                    self._remember(name, _listed(message))
            case "CoreShowChannelsComplete":
                listed, self._listed = frozenset(self._listed or ()), None
                return listed
        return None

    def _dialled(self, message: Message, name: str, at: int) -> Iterator[CallEvent]:
        if not name:
            return
        if self._is_own(message.get("DestChannel", "")):
            self._remember(name, _Call(message.get("DestUniqueid", "")))
            number, caller = message.get("CallerIDNum", ""), message.get("CallerIDName", "")
            yield CallEvent("asterisk", name, "ringing", at, _shown(number), _shown(caller), "in")
        elif self._is_own(message.get("Channel", "")):
            self._remember(name, _Call(message.get("Uniqueid", ""), "out"))
            number = message.get("Exten") or message.get("DestExten") or message.get("DestCallerIDNum", "")
            yield CallEvent("asterisk", name, "ringing", at, _shown(number), "", "out")

    def _answered(self, message: Message, name: str, at: int) -> Iterator[CallEvent]:
        call = self._calls.get(name)
        if call is None or message.get("DialStatus") != "ANSWER" or call.answered:
            return
        if call.direction == "out" or self._is_own(message.get("DestChannel", "")):
            call.answered = True
            yield self._event(name, "answered", at)
        else:
            yield self._event(name, "elsewhere", at)

    def _hung_up(self, message: Message, name: str, at: int) -> Iterator[CallEvent]:
        call = self._calls.get(name)
        if call is None:
            return
        # Of a call that nobody took, the caller's own channel says when it is over: a queue may ring here again.
        over = call.own if call.answered or call.direction == "out" else name
        if message.get("Uniqueid") == over:
            yield self._event(name, "ended", at)
            del self._calls[name]

    def _event(self, name: str, kind: CallEventKind, at: int) -> CallEvent:
        call = self._calls[name]
        return CallEvent("asterisk", name, kind, at, call.number, call.caller, call.direction)

    def _remember(self, name: str, call: _Call) -> None:
        known = self._calls.get(name)
        if known is not None and known.answered:
            return
        self._calls[name] = call
        while len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]

    def _is_own(self, channel: str) -> bool:
        """Whether a channel is this telephone's: `PJSIP/101-0000002a` is that of `PJSIP/101` and of `101`."""
        endpoint = channel.rpartition("-")[0].casefold()
        return bool(endpoint) and self._extension in (endpoint, endpoint.partition("/")[2])


def _listed(message: Message) -> _Call:
    """A call that goes on, as the list has it: for its own channel the other side is the connected line."""
    number, caller = message.get("ConnectedLineNum", ""), message.get("ConnectedLineName", "")
    up = message.get("ChannelStateDesc") == "Up"
    return _Call(message.get("Uniqueid", ""), answered=up, number=_shown(number), caller=_shown(caller))


def _shown(text: str) -> str:
    """Asterisk writes <unknown> where nothing is shown."""
    return "" if text == "<unknown>" else text
