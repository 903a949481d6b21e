"""What a browser talks to: two pages, the files that they need, a way in by the token, and a WebSocket for each tab.

The invariants: whatever came under another name or from another site's page is refused before anything is done; beside
the pages' own files nothing is given out without a cookie of the door's; nothing of the token is written anywhere; no
file of this machine has an address, and none can be sent here.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.serving.door import LONGEST_TOKEN, Door
from console.serving.packets import heard, size
from console.serving.pages import Files, entry_page, terminal_page
from console.serving.settler import Settler
from console.serving.tab import Tab, command, running
from desk.text import clean
from storage.workspace import Workspace

# What a close of the WebSocket means; page.js knows these numbers.
LEFT, FULL, BROKEN = 1000, 4001, 4002
# A close frame has room for 123 bytes.
LONGEST_REASON = 120
LOG = logging.getLogger("heard.serve")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
}


@dataclass(slots=True)
class Front:
    """One front; `most` tabs at once on the workspace. `shown` is what a tab's command says of what it shows."""

    door: Door
    workspace: Workspace
    most: int
    shown: tuple[str, ...] = ()
    files: Files = field(default_factory=Files.read)
    open_tabs: int = 0
    settler: Settler | None = None

    def __post_init__(self) -> None:
        """What only reads needs somebody who settles."""
        if self.shown:
            self.settler = Settler(self.workspace)

    def app(self) -> ASGIApp:
        """The ASGI application."""
        routes = [
            Route("/", self.page),
            Route("/enter", self.enter, methods=["POST"]),
            Route("/alive", self.alive),
            Route("/files/{version}/{name}", self.file),
            WebSocketRoute("/terminal", self.terminal),
        ]
        return Guarded(Starlette(routes=routes), self.door)

    async def page(self, request: Request) -> Response:
        """The terminal for whoever is let in, else the page that takes the token."""
        files = self.files
        page = terminal_page(files, board=bool(self.shown)) if self._let_in(request) else entry_page(files)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def enter(self, request: Request) -> Response:
        """A cookie for the token."""
        if not self.door.knows_origin(request.headers.get("origin", ""), request.headers.get("host", "")):
            return PlainTextResponse("Another site's page can't ask this.\n", 403)
        token = b""
        with suppress(ClientDisconnect):
            async for piece in request.stream():
                token += piece
                if len(token) > LONGEST_TOKEN:
                    break
        if not self.door.fits(token.decode("utf-8", "replace")):
            return PlainTextResponse("This token isn't the one of this Heard.\n", 403)
        headers = {"Set-Cookie": self.door.set_cookie(int(time.time())), "Cache-Control": "no-store"}
        return Response(status_code=204, headers=headers)

    async def alive(self, request: Request) -> Response:
        """Whether a page that was cut off may begin anew."""
        return Response(status_code=204 if self._let_in(request) else 403, headers={"Cache-Control": "no-store"})

    async def file(self, request: Request) -> Response:
        """A file of the pages, which are public; its address changes with what stands in it."""
        found = self.files.by_name.get(request.path_params["name"])
        if found is None or request.path_params["version"] != self.files.version:
            return PlainTextResponse("There is nothing here.\n", 404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.content, media_type=found.media_type, headers=headers)

    async def terminal(self, socket: WebSocket) -> None:
        """One tab, from its first picture to its end."""
        origin, host = socket.headers.get("origin", ""), socket.headers.get("host", "")
        if not self.door.knows_origin(origin, host) or not self._let_in(socket):
            await socket.close(BROKEN)
            return
        await socket.accept()
        if self.open_tabs >= self.most:
            await _close(socket, FULL, f"{self.most} tabs are open already. Close one, or serve with more --tabs.")
            return
        self.open_tabs += 1
        try:
            if self.settler is not None:
                self.settler.begin()
            wanted = size(socket.query_params.get("width", ""), socket.query_params.get("height", ""))
            async with running(command(self.workspace.folder, wanted, self.shown)) as tab:
                await _relay(socket, tab)
        except OSError as error:
            await _close(socket, BROKEN, f"No process can be started: {error.strerror}")
        finally:
            self.open_tabs -= 1
            if self.settler is not None:
                self.settler.end()

    def _let_in(self, asked: Request | WebSocket) -> bool:
        return self.door.lets_in(asked.cookies.get(self.door.cookie_name, ""), int(time.time()))


class Guarded:
    """Around everything: the name under which it was asked, and the headers of every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if self._door.knows_host(host):
            await self._app(scope, receive, _with_headers(send, policy(host, self._door)))
        elif scope["type"] == "http":
            nobody = PlainTextResponse("Nothing is served under this name.\n", 421)
            await nobody(scope, receive, _with_headers(send, "default-src 'none'"))
        else:
            await receive()
            await send({"type": "websocket.close", "code": BROKEN})


def policy(host: str, door: Door) -> str:
    """What a page may do: its own files, its own WebSocket, and nothing else; no window, no download, no form's way.

    xterm.js puts its styles into the page by itself, so that these can't be told apart from others.
    """
    socket = ("wss" if door.secure else "ws") + "://" + host
    return "; ".join(
        (
            "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "font-src 'self'",
            "img-src 'self' data:", f"connect-src 'self' {socket}", "base-uri 'none'", "form-action 'none'",
            "frame-ancestors 'none'", "sandbox allow-scripts allow-same-origin allow-modals allow-forms",
        )
    )  # fmt: skip


def _with_headers(send: Send, content_policy: str) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**HEADERS, "Content-Security-Policy": content_policy})
        await send(message)

    return with_headers


async def _relay(socket: WebSocket, tab: Tab) -> None:
    """Between a tab and its process, until either is gone."""
    begin = asyncio.get_running_loop().create_task
    listening, drawing = begin(_listen(socket, tab)), begin(_draw(socket, tab))
    try:
        await asyncio.wait((listening, drawing), return_when=asyncio.FIRST_COMPLETED)
        if not listening.done():
            await _say_why(socket, tab)
    finally:
        for task in (listening, drawing):
            task.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, OSError):
                await task


async def _listen(socket: WebSocket, tab: Tab) -> None:
    """What the tab says."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if (text := message.get("text")) and (said := heard(text)):
            await tab.tell(said)


async def _draw(socket: WebSocket, tab: Tab) -> None:
    """What the process draws."""
    async for picture in tab.pictures():
        await socket.send_bytes(picture)


async def _say_why(socket: WebSocket, tab: Tab) -> None:
    """The process has ended: well, or with words that the server's terminal is told too."""
    if await tab.ended_well():
        await _close(socket, LEFT, "Heard has ended. Drafts are kept.")
        return
    words = clean(await tab.words()).strip()
    LOG.error("A tab's console ended:\n%s", words or "it said nothing")
    last = words.rpartition("\n")[2].removeprefix("heard serve: ")
    await _close(socket, BROKEN, last or "Heard has ended without a word.")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    cut = reason.encode()[:LONGEST_REASON].decode("utf-8", "ignore")
    with suppress(RuntimeError, WebSocketDisconnect, OSError):
        await socket.close(code, cut)
