"""The small web server to which an exchange tells its calls, on this machine alone.

The invariants: a request has so long and so much, and there are so many at once; without the token nothing is read of
what it says.
"""

import asyncio
from collections.abc import Callable

from console.telephony import cti
from console.telephony.telephone import Telephone
from sync.errors import SourceError
from sync.secret import Secret

HOST = "127.0.0.1"
PATIENCE = 5.0
AT_ONCE = 16
RETRY = 10.0


class Requests:
    """What comes in by web requests."""

    def __init__(self, telephone: Telephone, extension: str, token: Callable[[], Secret]) -> None:
        """`token` is asked for once, before anything is taken; it raises SourceError where there is none."""
        self._telephone = telephone
        self._extension = extension
        self._token = token
        self._secret = Secret("")
        self._at_once = 0

    async def serve(self, port: int) -> None:
        """Take requests for good; where the port or the token can't be had, try again."""
        while True:
            try:
                self._secret = self._token()
                server = await asyncio.start_server(self._take, HOST, port, limit=cti.LARGEST_HEAD)
            except SourceError as error:
                self._telephone.lost(error.message, error.mend)
            except OSError as error:
                said = f"Web requests can't be taken at {HOST}:{port}: {error.strerror}"
                self._telephone.lost(said, "Give another port as [phone] address.")
            else:
                self._telephone.connected(f"web requests are taken at {HOST}:{port}")
                async with server:
                    await server.serve_forever()
            await asyncio.sleep(RETRY)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._at_once += 1
        try:
            async with asyncio.timeout(PATIENCE):
                status = "503 Service Unavailable" if self._at_once > AT_ONCE else await self._status(reader)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        except (OSError, EOFError, TimeoutError):
            pass  # it has gone, or never came to its end
        finally:
            self._at_once -= 1
            writer.close()

    async def _status(self, reader: asyncio.StreamReader) -> str:
        try:
            head = cti.head_of((await reader.readuntil(b"\r\n\r\n")).rstrip(b"\r\n"))
            if not cti.knows(head.target, self._secret.reveal()):
                return "403 Forbidden"
            fields = cti.fields_of(await reader.readexactly(head.length), form=head.form)
            event = cti.event_of(fields, self._extension, self._telephone.now)
        except asyncio.LimitOverrunError:
            return "431 Request Header Fields Too Large"
        except cti.Wrong as wrong:
            return wrong.status
        if event is not None:
            # The house's other calls are told of too; which are this agent's, only their beginning says.
            self._telephone.hear(event, only_known=bool(self._extension) and event.kind != "ringing")
        return "200 OK"
