"""The line to a service: one request at a time per connection, its answer whole or piece by piece.

The invariants: certificates are verified; no proxy, cookie or redirect comes in between; an answer is held to a size
and a time, packed or not; an error is a `SourceError` in our own words.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from pathlib import Path

import httpx

from desk.text import clean
from sync.errors import Broken
from sync.http import quiet
from sync.http.addresses import target
from sync.http.asking import Answer, Ask, Site
from sync.http.failures import of_line

# Seconds until a line must have come about, and until a whole answer must have come, however slowly it drips; of a file
# its head, and each of its pieces.
CONNECT = 15.0
LONGEST = 300.0
# Seconds until a whole file must have come or gone.
FILE = 3_600.0
# Seconds for which a line is kept that nobody speaks on.
KEPT = 15.0
# Bytes of an answer, unpacked. The largest page that any of the services gives is a tenth of it.
LARGEST = 64 << 20
_PIECE = 1 << 16

Trace = Callable[[str, Mapping[str, object]], Awaitable[None]]


@cache
def user_agent() -> str:
    """How we call ourselves."""
    return f"Heard/{version('heard')}"


@dataclass
class Opened:
    """An answer of which only the head has come. `close` it, whatever was read of it."""

    answer: Answer
    pieces: AsyncIterator[bytes]
    close: Callable[[], Coroutine[None, None, None]] = field(repr=False)


class Line:
    """The connections to one service, within one event loop."""

    def __init__(self, site: Site) -> None:
        quiet.keep_quiet()
        self._site = site
        self._client = httpx.AsyncClient(
            verify=site.context,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(site.patience, connect=min(CONNECT, site.patience), pool=None),
            # One more than are used side by side: a file may be half read while something else is asked.
            limits=httpx.Limits(
                max_connections=site.connections + 1,
                max_keepalive_connections=site.connections,
                keepalive_expiry=KEPT,
            ),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip"},
        )

    async def send(self, ask: Ask, login: Mapping[str, str], trace: Trace | None = None) -> Answer:
        """One request and its whole answer, whatever its status."""
        async with self._in_time(FILE if ask.files or ask.upload else LONGEST):
            opened = await self._open(ask, login, trace)
            try:
                body = await _whole(opened.pieces)
            finally:
                await opened.close()
        return Answer(opened.answer.status, opened.answer.headers, body)

    async def open(self, ask: Ask, login: Mapping[str, str]) -> Opened:
        """One request and the head of its answer."""
        async with self._in_time(LONGEST):
            return await self._open(ask, login)

    async def piece(self, opened: Opened) -> bytes:
        """The next piece that holds anything; empty at the end."""
        async with self._in_time(LONGEST):
            async for piece in opened.pieces:
                if piece:
                    return piece
        return b""

    @asynccontextmanager
    async def _in_time(self, limit: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(limit):
                yield
        except TimeoutError as error:
            raise of_line(error, self.host) from None

    async def _open(self, ask: Ask, login: Mapping[str, str], trace: Trace | None = None) -> Opened:
        stack = AsyncExitStack()
        try:
            request = self._request(ask, login, stack, trace)
            response = await self._client.send(request, stream=True)
            stack.push_async_callback(response.aclose)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
            await stack.aclose()
            raise of_line(error, self.host) from None
        except OSError:
            # Those of the network have other names here: it is a file of ours.
            await stack.aclose()
            raise Broken("A file that goes along can't be read here", "Attach it again.") from None
        except BaseException:
            await stack.aclose()
            raise
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Opened(Answer(response.status_code, headers, b""), self._pieces(response), stack.aclose)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.aclose()

    @property
    def host(self) -> str:
        """What the service is called in errors."""
        return clean(httpx.URL(self._site.url).host, lines=False)[:80]

    def _request(self, ask: Ask, login: Mapping[str, str], stack: AsyncExitStack, trace: Trace | None) -> httpx.Request:
        headers = {**ask.headers, **login}
        if ask.upload is not None:
            headers = {
                "Content-Length": str(ask.upload.path.stat().st_size),
                "Content-Type": ask.upload.type,
                **headers,
            }
        return self._client.build_request(
            ask.method,
            target(self._site.url, ask.path, ask.params),
            headers=headers,
            json=ask.json,
            data=None if ask.form is None else dict(ask.form),
            files=[
                (name, (file.name, stack.enter_context(file.path.open("rb")), file.type)) for name, file in ask.files
            ]
            or None,
            content=None if ask.upload is None else _read(ask.upload.path),
            extensions=None if trace is None else {"trace": trace},
        )

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """The bytes of an answer, unpacked, in pieces of a bounded size."""
        coding = response.headers.get("content-encoding", "").strip().lower() or "identity"
        if coding not in ("identity", "gzip", "x-gzip"):
            raise Broken(f"{self.host} packed its answer in a way that it was not asked to")
        packed = None if coding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
        begun = False
        try:
            async for raw in response.aiter_raw(_PIECE):
                begun = True
                if packed is None:
                    yield raw
                    continue
                while raw and not packed.eof:
                    yield packed.decompress(raw, _PIECE)
                    raw = packed.unconsumed_tail
        except zlib.error:
            raise Broken(f"{self.host} sent an answer that can't be unpacked") from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise of_line(error, self.host) from None
        if packed is not None and begun and (not packed.eof or packed.unused_data):
            raise Broken(f"{self.host} sent an answer that can't be unpacked")


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > LARGEST:
            raise Broken(f"An answer was larger than {LARGEST >> 20} MB", "Please report it.")
    return bytes(body)


async def _read(path: Path) -> AsyncIterator[bytes]:
    """A file's bytes. The disk is near, and nothing else waits in this loop."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
