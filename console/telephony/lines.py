"""Telephones that are listened to over a line: baresip's and an exchange's; connect, log in, follow, and again.

The invariant: a line that breaks, in any place, is made anew after a pause that grows; a refused login waits longest,
and the password is asked for anew each time.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress

from console.telephony import asterisk, baresip
from console.telephony.telephone import LONGEST_PAUSE, Telephone
from sync.errors import Denied
from sync.secret import Secret

HOST = "127.0.0.1"
CONNECTING = 5.0
# An exchange that says nothing is asked whether it is there, and left when it doesn't answer that either.
SILENCE = 30.0
PIECE = 16 * 1024


class Line:
    """One kind of line. `follow` returns or raises when it has ended."""

    @abstractmethod
    async def follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Log in where that is needed, and hear what is told until the line ends. Raises Denied, Garbled, OSError."""

    def unreachable(self) -> None:
        """Nobody is there at all."""


async def hold(line: Line, name: str, port: int, telephone: Telephone) -> None:
    """Keep such a line to a port of this machine for good."""
    while True:
        try:
            async with asyncio.timeout(CONNECTING):
                reader, writer = await asyncio.open_connection(HOST, port)
        except (OSError, TimeoutError):
            line.unreachable()
            pause = telephone.lost(f"{name} doesn't answer at {HOST}:{port}", "Start it, or mend [phone] address.")
        else:
            pause = await _followed(line, name, telephone, reader, writer)
        await asyncio.sleep(pause)


async def _followed(
    line: Line, name: str, telephone: Telephone, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> float:
    try:
        await line.follow(reader, writer)
    except Denied as error:
        telephone.lost(error.message, error.mend)
        return LONGEST_PAUSE
    except (baresip.Garbled, OSError, TimeoutError):
        pass
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return telephone.lost(f"The line to {name} broke", "It is tried again by itself.")


class BaresipLine(Line):
    """baresip tells of every call without being asked."""

    def __init__(self, telephone: Telephone) -> None:
        self._telephone = telephone

    async def follow(self, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        """Hear what it tells."""
        self._telephone.connected("baresip is listened to")
        netstrings = baresip.Netstrings()
        while data := await reader.read(PIECE):
            for document in netstrings.feed(data):
                if event := baresip.event_of(document, self._telephone.now):
                    self._telephone.hear(event)

    def unreachable(self) -> None:
        """A softphone that has gone took its calls along."""
        self._telephone.still(frozenset(), self._telephone.now)


class AsteriskLine(Line):
    """An exchange wants a login, and then tells of every call in the house."""

    def __init__(self, telephone: Telephone, user: str, extension: str, secret: Callable[[], Secret]) -> None:
        """`secret` is called at each login; it raises Denied where there is none."""
        self._telephone = telephone
        self._user = user
        self._exchange = asterisk.Exchange(extension)
        self._secret = secret
        self._asked_at = 0

    async def follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Log in by a challenge, ask which calls go on, and hear what follows."""
        messages = asterisk.Messages()
        writer.write(asterisk.action("Challenge", AuthType="MD5", ActionID="challenge"))
        quiet = False
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    data = await reader.read(PIECE)
            except TimeoutError:
                if quiet:
                    raise
                quiet = True
                writer.write(asterisk.action("Ping", ActionID="ping"))
                continue
            if not data:
                return
            quiet = False
            for message in messages.feed(data):
                self._take(message, writer)

    def _take(self, message: asterisk.Message, writer: asyncio.StreamWriter) -> None:
        if "Response" in message:
            self._answered(message, writer)
            return
        if (alive := self._exchange.alive(message)) is not None:
            self._telephone.still(alive, self._asked_at)
        for event in self._exchange.events(message, self._telephone.now):
            self._telephone.hear(event)

    def _answered(self, message: asterisk.Message, writer: asyncio.StreamWriter) -> None:
        asked = message.get("ActionID", "")
        if asked not in ("challenge", "login"):
            return
        if message["Response"] != "Success":
            raise Denied("The exchange refused the login", "Check [phone] user and `heard secret store phone`.")
        if asked == "challenge":
            key = asterisk.answer_to(message.get("Challenge", ""), self._secret().reveal())
            login = {"AuthType": "MD5", "Username": self._user, "Key": key, "Events": "call"}
            writer.write(asterisk.action("Login", ActionID="login", **login))
        else:
            self._telephone.connected("the exchange is listened to")
            self._asked_at = self._telephone.now
            writer.write(asterisk.action("CoreShowChannels", ActionID="calls"))
