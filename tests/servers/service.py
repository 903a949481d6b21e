"""A small HTTP service on the loopback, which the fakes of helpdesks are built on; for tests alone.

    class Fake(Service):
        def answer(self, request: Request) -> Response: …

    with Fake() as fake: …                          # fake.url, fake.faults, fake.asked

The invariant: `answer` is called for one request at a time, so that a fake's state needs no lock of its own but `turn`,
which a test takes that changes it from outside. It speaks HTTP/1.1 and keeps lines open, as the real ones do.
"""

import json
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, time
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.faults import Fault, Faults, Way
from tests.servers.processes import HOST, PATIENCE

# Seconds after which it is looked again whether somebody still waits.
_LOOK = 0.02

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `path` is without its query and not quoted; names of `headers` are in lower case."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Json:
        """The body; None where it isn't JSON."""
        try:
            read: Json = json.loads(self.body)
        except ValueError:
            return None
        return read

    def fields(self) -> dict[str, Json]:
        """The body where it is an object, an empty one otherwise."""
        read = self.json()
        return read if isinstance(read, dict) else {}


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Json, status: int = 200, **headers: str) -> "Response":
        """JSON; in names of headers `_` stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(told).encode(), {"Content-Type": "application/json; charset=utf-8", **named})


class Service:
    """Listens on `port`; `asked` holds every request that came whole, those that met a fault included."""

    def __init__(self, port: int = 0) -> None:
        self.faults = Faults()
        self.asked: list[Request] = []
        self.turn = threading.RLock()
        self.ended = threading.Event()
        self._server = _Server((HOST, port), self)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._server.shutdown()
        self.cut()
        self._server.server_close()
        self._thread.join(PATIENCE)

    def answer(self, request: Request) -> Response:
        """What this service says to a request; each fake's own."""
        raise NotImplementedError

    def now(self) -> float:
        """The service's clock, in seconds since 1970."""
        return time() + self.faults.clock_ahead

    def cut(self) -> None:
        """Break every line that is open; new ones may be made."""
        self._server.cut()

    def asked_for(self, part: str, method: str = "") -> list[Request]:
        """The requests whose path has this part."""
        return [request for request in self.asked if part in request.path and method in ("", request.method)]


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, place: tuple[str, int], service: Service) -> None:
        super().__init__(place, _Line)
        self.service = service
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        line, place = super().get_request()
        self._open.add(line)
        return line, place

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        assert isinstance(request, socket.socket)
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that broke is what tests do; a mistake of the fake's is told on standard error."""
        error = sys.exception()
        if not isinstance(error, OSError):
            traceback.print_exception(error)

    def cut(self) -> None:
        for line in tuple(self._open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class _Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if not self.parse_request():
            return
        with suppress(OSError):
            self._serve(self._request())
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self.server.service.now() if timestamp is None else timestamp, usegmt=True)

    def _request(self) -> Request:
        asked = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionResetError("the line broke within a request")
        headers = {name.lower(): value for name, value in self.headers.items()}
        params = dict(parse_qsl(asked.query, keep_blank_values=True))
        return Request(self.command, unquote(asked.path), params, headers, body)

    def _serve(self, request: Request) -> None:
        service = self.server.service
        fault = service.faults.of(request.method, request.path)
        with service.turn:
            service.asked.append(request)
        match fault:
            case Fault(way=Way.REFUSE):
                self._send(_fault(fault))
                return
            case Fault(way=Way.CUT_BEFORE):
                self._break()
                return
            case Fault(way=Way.SLOW):
                self._wait(fault.seconds)
            case Fault(way=Way.MEANWHILE):
                fault.happens()
        with service.turn:
            said = service.answer(request)
        match fault:
            case Fault(way=Way.CUT_AFTER):
                self._break()
            case Fault(way=Way.CUT_WITHIN):
                self._send(said, len(said.body) // 2)
                self._break()
            case Fault(way=Way.FAIL_AFTER):
                self._send(_fault(fault))
            case _:
                self._send(said)

    def _wait(self, seconds: float) -> None:
        """So long at most: whoever has hung up waits for nothing any more."""
        end = monotonic() + seconds
        while monotonic() < end and not self._hung_up() and not self.server.service.ended.wait(_LOOK):
            pass

    def _hung_up(self) -> bool:
        try:
            return not bytes(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False

    def _send(self, said: Response, until: int | None = None) -> None:
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said.body[:until])

    def _break(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


def _fault(fault: Fault) -> Response:
    body = json.dumps({"error": HTTPStatus(fault.status).phrase}).encode() if fault.body is None else fault.body
    return Response(fault.status, body, {"Content-Type": "application/json", **fault.headers})
