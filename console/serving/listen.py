"""Listening: where, under which names, with which token; and the server, from its start to its clean end.

The invariants: plain text is spoken on this machine alone; the port is had before anything is said of it; when it ends,
by whatever signal, the consoles of all tabs are saved and ended first.
"""

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from console.serving.door import COOKIE_SECONDS, Door, checked_token, host_of, hosts_here, new_token
from console.serving.front import Front
from console.serving.lines import WAITING, Line, Listening
from desk.errors import BadInput, Refused

# Of one message of a browser's: a paste, mostly.
LONGEST_MESSAGE = 1 << 20
# A browser that says nothing for so long is gone; a laptop that wakes up comes again by itself.
PING_SECONDS = 20.0
# A tab's process may take seven seconds to end.
END_SECONDS = 10
HERE = ("127.0.0.1", "::1", "localhost")
NO_TLS = "A browser elsewhere would get customers' data, and the token, in plain text"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How it is to be reached. `address` is what browsers use where a proxy or a certificate speaks TLS."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    address: str = ""
    token_file: Path | None = None
    cookie_seconds: int = COOKIE_SECONDS


@dataclass(frozen=True, slots=True)
class Place:
    """A port that is had, the door behind it, and the address that a browser opens."""

    socket: socket.socket
    door: Door
    url: str


def take(wanted: Wanted) -> Place:
    """Take the port and find the token. BadInput or Refused where either can't be."""
    _check(wanted)
    token = new_token() if wanted.token_file is None else token_in(wanted.token_file)
    listening = _listening(wanted.host, wanted.port)
    port: int = listening.getsockname()[1]
    secure = bool(wanted.address or wanted.certificate)
    scheme = "https" if secure else "http"
    # Behind a proxy this machine's own names are spoken without TLS: under them nothing is served.
    hosts = frozenset({host_of(wanted.address)}) if wanted.address else hosts_here(port, scheme)
    here = "[::1]" if listening.family is socket.AF_INET6 else "127.0.0.1"
    url = wanted.address.rstrip("/") if wanted.address else f"{scheme}://{here}:{port}"
    # Cookies know no ports: two of these on one machine must not take each other's.
    return Place(listening, Door(token, hosts, f"heard-{port}", secure, wanted.cookie_seconds), url)


def token_in(file: Path) -> str:
    """The token of a file that only its owner reads; made where there is none."""
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
                made.write(new_token() + "\n")
        elif file.stat().st_mode & 0o077:
            raise BadInput(f"{file} can be read by others", f"`chmod 600 {file}`, or name one that isn't there yet.")
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The token in {file} can't be read: {error.strerror}", "Name another file.") from error
    except UnicodeDecodeError:
        text = ""
    return checked_token(text, str(file))


def serve(place: Place, front: Front, wanted: Wanted, begun: Callable[[], object]) -> None:
    """Serve until a signal; `begun` is called once connections are taken."""
    asyncio.run(Server(configured(front.app(), wanted), begun).serve(sockets=[place.socket]))


def configured(app: ASGIApp, wanted: Wanted) -> uvicorn.Config:
    """How it is served. BadInput where the certificate can't be used."""
    config = uvicorn.Config(
        app,
        http=Line,
        backlog=WAITING,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=END_SECONDS,
        ssl_certfile=wanted.certificate,
        ssl_keyfile=wanted.key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise BadInput(f"The certificate can't be used: {error}", "A PEM chain, and its key by --key.") from error
    return config


class Server(uvicorn.Server):
    """Ends well by a signal; uvicorn's own would raise it anew when all is done."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], object]) -> None:
        super().__init__(config)
        self._begun = begun

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._begun()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in numbers:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
        for number in numbers:
            loop.remove_signal_handler(number)


def _check(wanted: Wanted) -> None:
    if bool(wanted.certificate) != bool(wanted.key):
        raise BadInput("A certificate and its key go together", "Name both --certificate and --key.")
    if wanted.address:
        host_of(wanted.address)
    if wanted.host not in HERE:
        if wanted.certificate is None:
            mend = "Listen on 127.0.0.1 behind a proxy or ssh, or name --certificate and --key."
            raise Refused(NO_TLS, mend)
        if not wanted.address:
            raise BadInput("Nobody knows under which name browsers reach it", "Say it: --address https://NAME:PORT.")


def _listening(host: str, port: int) -> socket.socket:
    name = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    listening = Listening(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((name, port))
    except (OSError, OverflowError) as error:
        listening.close()
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Refused(f"{name}, port {port} can't be listened on: {why}", "--port 0 takes any that is free.") from error
    listening.set_inheritable(False)
    return listening
