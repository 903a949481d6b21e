"""What is connected in a picture, and whose tickets it shows: said to be so, as a sync process would tell of it.

A word is `NAME STATE` for a mailbox, `KIND:NAME STATE` for a helpdesk, or `mixed`: the demo's tickets are divided among
what is connected. The invariant: nothing is synced, and no server is asked.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from desk.times import MINUTE, SECOND, now
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace, open_to_write
from sync.kinds import kind_named
from sync.lock import only_one
from tests.factories import make_standing

HOSTS = {"rt": "rt.shop.example", "zendesk": "shop.zendesk.com", "zammad": "desk.shop.example"}
# The star of the guide is Request Tracker's, where she waits under a word of its own.
_STAR = "UPDATE remote_ticket SET number = '4207', label = 'stalled' WHERE ticket_id = ?"
_FIND_STAR = """
    SELECT t.id FROM ticket t JOIN message m ON m.ticket_id = t.id
     WHERE m.body LIKE '%8841%' ORDER BY t.updated_at DESC LIMIT 1"""


@contextmanager
def connected(folder: Path, told: tuple[str, ...]) -> Iterator[None]:
    """Sources as they were told; being the one that syncs keeps others from starting."""
    if not told:
        yield
        return
    with only_one(Workspace(folder)), closing(open_to_write(Workspace(folder))) as connection:
        with writing(connection):
            found = [_connect(connection, *each.split()) for each in told if each != "mixed"]
            if "mixed" in told:
                _mix(connection, found)
        yield


def _connect(connection: Connection, name: str, state: str) -> tuple[int, str]:
    """Connect one; its id and its kind."""
    kind, _, named = name.rpartition(":")
    if kind:
        settings = {"url": f"https://{HOSTS[kind]}", "takes": " ".join(sorted(kind_named(kind).takes))}
    else:
        settings = {
            "address": f"{named}@shop.example", "user": f"{named}@shop.example",
            "imap": "imaps://imap.shop.example:993", "smtp": "smtps://smtp.shop.example:465",
        }  # fmt: skip
    source_id = sources.add(connection, kind or sources.MAILBOX, named, settings, now())
    sources.tell(connection, source_id, **_standing(state))
    return source_id, kind


def _standing(state: str) -> dict[str, int | str | None]:
    match state:
        case "idle":
            return {"state": state, "synced_at": now() - 4 * SECOND}
        case "away":
            return {
                "state": state, "said": "imap.shop.example can't be reached: no route to it", "failures": 7,
                "synced_at": now() - 12 * MINUTE, "next_at": now() + 2 * MINUTE,
            }  # fmt: skip
        case "denied":
            return {
                "state": state, "said": "Zendesk refused the login", "synced_at": now() - 12 * MINUTE,
                "mend": "`heard secret store zendesk` takes a new token.", "next_at": now() + 9 * MINUTE, "failures": 1,
            }  # fmt: skip
        case "throttled":
            return {
                "state": "idle", "said": "Zammad is asked too often", "synced_at": now() - 2 * MINUTE,
                "next_at": now() + MINUTE, "failures": 1,
            }  # fmt: skip
        case _:
            return {"state": state, "done": 1200, "total": 5000}


def _mix(connection: Connection, found: Sequence[tuple[int, str]]) -> None:
    """Divide the tickets among the sources, in turn."""
    tickets = [ticket for (ticket,) in connection.execute("SELECT id FROM ticket ORDER BY id")]
    (star,) = connection.execute(_FIND_STAR).fetchone()
    for place, ticket in enumerate(tickets):
        source_id, kind = found[1] if ticket == star else found[place % len(found)]
        if kind:
            make_standing(connection, ticket, source_id, f"https://{HOSTS[kind]}/{ticket}", label="")
        else:
            connection.execute("UPDATE ticket SET source_id = ? WHERE id = ?", (source_id, ticket))
    connection.execute(_STAR, (star,))
