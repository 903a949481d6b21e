"""A gate before a real HTTP server: what goes wrong at a fake can go wrong at a real one too (tests/servers/faults.py).

The invariant: but for its faults, a request comes to the server as it was sent, and its answer as it was given.
"""

import http.client
from urllib.parse import quote, urlencode

from tests.servers.processes import HOST
from tests.servers.service import Request, Response, Service

# What belongs to one line and not to what is said on it; the gate has lines of its own.
_OF_THE_LINE = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})


class Gate(Service):
    """Passes everything on to a port of the loopback. `refused`: what the server says to who isn't logged in."""

    def __init__(self, target: int, refused: Response | None = None) -> None:
        super().__init__()
        self._target = target
        self._refused = refused or Response(401)

    def answer(self, request: Request) -> Response:
        """What the server says."""
        if self.faults.expired:
            return self._refused
        asked = quote(request.path, safe="/") + (f"?{urlencode(request.params)}" if request.params else "")
        headers = {name: value for name, value in request.headers.items() if name not in _OF_THE_LINE}
        connection = http.client.HTTPConnection(HOST, self._target, timeout=60)
        try:
            connection.request(request.method, asked, request.body or None, headers)
            said = connection.getresponse()
            body = said.read()
        finally:
            connection.close()
        told = {name: value for name, value in said.getheaders() if name.lower() not in _OF_THE_LINE}
        return Response(said.status, body, told)
