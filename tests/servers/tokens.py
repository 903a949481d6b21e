"""A server that makes OAuth tokens, as far as a client that refreshes them can tell.

with TokenServer() as server:
    server.good = "the refresh token"     # what it takes; others are refused
    server.answers.append((503, b""))     # what it says next, instead of a token
"""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.servers.processes import HOST


class TokenServer:
    """Makes `access-1`, `access-2` …; with `rotates` each brings a new refresh token, and the old one is void."""

    def __init__(self, good: str, *, seconds: int = 3600, rotates: bool = False) -> None:
        self.good, self.seconds, self.rotates = good, seconds, rotates
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[dict[str, str]] = []
        self.moved_to = ""
        self._made = 0
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self._server.server_port}/token"

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes]:
        """What it says to a form."""
        self.asked.append(asked)
        if self.answers:
            return self.answers.pop(0)
        if asked.get("refresh_token") != self.good or asked.get("grant_type") != "refresh_token":
            told = {"error": "invalid_grant", "error_description": f"Token {asked.get('refresh_token')} was revoked"}
            return 400, json.dumps(told).encode()
        self._made += 1
        made = {"access_token": f"access-{self._made}", "token_type": "Bearer", "expires_in": self.seconds}
        if self.rotates:
            self.good = f"{self.good}+"
            made["refresh_token"] = self.good
        return 200, json.dumps(made).encode()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Form(BaseHTTPRequestHandler):
            """Reads a form and answers it."""

            def do_POST(self) -> None:
                """One form."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, said = outer.answer(dict(urllib.parse.parse_qsl(body)))
                self.send_response(status)
                if outer.moved_to:
                    self.send_header("Location", outer.moved_to)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Says nothing on the terminal."""

        return Form
