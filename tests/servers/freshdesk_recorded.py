"""The recorded answers of a real Freshdesk, told again on the loopback; they lie beside the project.

    with Recorded(shared_data("recorded/freshdesk.json")) as recorded: …

Tickets and what was said on them are answered to the letter. The invariant: nothing is told that was not recorded; what
was recorded as a list and is asked for one by one is that part of the list, and what wasn't recorded is not there.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.service import Json, Request, Response, Service

_HOLE = "<IMPORT_FRESHDESK_ENDPOINT_SUBDOMAIN>"
_LISTS = ("contacts", "companies")
Row = dict[str, Json]


class Recorded(Service):
    """The account that was recorded; `rows` are its answers, by path."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.rows: dict[str, Json] = {}
        # The name of the account was taken out of its addresses.
        for each in json.loads(path.read_text().replace(_HOLE, "recorded")):
            place = each["uri"].replace("<IMPORT_FRESHDESK_ENDPOINT>", "/api/v2")
            if place.startswith("/api/v2") and "state=" not in place:
                self.rows[urlsplit(place).path] = each["json"]

    def listed(self, path: str) -> list[Row]:
        """The rows of a list."""
        found = self.rows.get(f"/api/v2/{path}", [])
        assert isinstance(found, list)
        return [row for row in found if isinstance(row, dict)]

    def answer(self, request: Request) -> Response:
        """What was answered then. Tickets were asked for since 1970; a later time leaves out the first of them."""
        path, _, last = request.path.rpartition("/")
        name = path.removeprefix("/api/v2/")
        if request.path == "/api/v2/tickets":
            since, which = request.params.get("updated_since", ""), request.params.get("filter")
            rows = [] if which else [row for row in self.listed("tickets") if str(row["updated_at"]) >= since]
            return Response.of(list[Json](rows))
        if last in _LISTS:
            since = request.params.get("_updated_since", "")
            return Response.of([row for row in self.listed(last) if str(row["updated_at"]) >= since])
        if name in _LISTS:
            found = [row for row in self.listed(name) if str(row["id"]) == last]
            return Response.of(found[0]) if found else Response(404)
        told = self.rows.get(request.path)
        return Response(404) if told is None else Response.of(told)
