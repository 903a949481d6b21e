"""Something in front of a Request Tracker that lets things go wrong, as a proxy does that people have before theirs.

    with Front(rt.port) as front:
        front.faults.cut(after=True, method="POST")     # done, and nobody is told

The invariant: what is passed on reaches RT as it came, and so does the answer the client; one request at a time.
"""

import http.client
from urllib.parse import urlencode

from typing_extensions import override

from tests.servers.processes import HOST
from tests.servers.service import Request, Response, Service

_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive", "server", "date")


class Front(Service):
    """Passes everything on to a port of the loopback."""

    def __init__(self, target: int) -> None:
        super().__init__()
        self._target = target

    @override
    def answer(self, request: Request) -> Response:
        """What RT answers."""
        if self.faults.expired:
            return Response.of({"message": "Unauthorized"}, 401)
        connection = http.client.HTTPConnection(HOST, self._target, timeout=60)
        try:
            path = f"{request.path}?{urlencode(dict(request.params))}" if request.params else request.path
            headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
            connection.request(request.method, path, request.body or None, headers)
            said = connection.getresponse()
            kept = {name: value for name, value in said.getheaders() if name.lower() not in _HOP}
            return Response(said.status, said.read(), kept)
        finally:
            connection.close()
