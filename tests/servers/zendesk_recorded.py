"""The recorded answers of a real Zendesk, laid into the fake, which tells them again; they lie beside the project.

    with recorded(shared_data("recorded/zendesk.json")) as fake: …

The account was recorded by its old export, an admin's. The rows of tickets, comments, people, groups and fields are
told to the letter; that they come by the list, or by the newer export, is the fake's. The invariant: nothing is laid in
that was not recorded.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.service import Json
from tests.servers.zendesk import Zendesk
from tests.servers.zendesk_rows import Row, number, rows

_COMMENTS = re.compile(r"/api/v2/tickets/(\d+)/comments")


def recorded(path: Path, role: str = "agent") -> Zendesk:
    """The account, with one more agent who reads it."""
    fake = Zendesk(role, most=100_000)
    account = fake.account
    for each in json.loads(path.read_text()):
        place, told = urlsplit(each["uri"]).path.removesuffix(".json"), each["json"]
        found = _COMMENTS.fullmatch(place)
        if found:
            account.comments[int(found[1])] = rows(told["comments"])
        elif place.startswith("/api/v2/"):
            _lay(fake, told)
    for ticket in account.tickets:
        account.audits.setdefault(ticket, [])
    return fake


def _lay(fake: Zendesk, told: dict[str, Json]) -> None:
    account = fake.account
    account.users |= {number(row, "id"): row for row in rows(told.get("users"))}
    account.organizations |= {number(row, "id"): row for row in rows(told.get("organizations"))}
    account.groups |= {number(row, "id"): row for row in rows(told.get("groups"))}
    account.fields = rows(told.get("ticket_fields")) or account.fields
    for row in rows(told.get("tickets")):
        if row["status"] == "deleted":
            gone: Row = {"id": row["id"], "subject": row["subject"], "deleted_at": row["updated_at"]}
            account.deleted[number(row, "id")] = {**gone, "previous_state": "new"}
        else:
            account.tickets[number(row, "id")] = row
