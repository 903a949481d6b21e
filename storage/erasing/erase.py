"""Erasing a customer: one transaction, after which nothing that they wrote, or are known by, is in any row.

The invariants: what is counted stays (tickets, messages and calls with their times, channel, status, agent); other
people's messages stay readable; nothing of it can be undone; the same mails never come back. What lies outside of the
rows, in files and in the file's unused pages, is cleaned after it (`storage.erasing.cleaning`), and `PENDING` stands in
the same transaction, so that whoever comes after a crash goes on.
"""

import json
from collections.abc import Iterator, Mapping

from desk.erasure import NAME
from desk.ids import new_uid
from desk.roles import Right
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.erasing import rows
from storage.erasing.rewriting import Rewriting, traces_of
from storage.erasing.traces import Traced, as_of_now
from storage.inbound import after_inbound
from storage.merges import listed
from storage.search.index import forget
from storage.supervisors import require
from storage.tombstones import Kind, is_erased, keep

# A setting: the digests of files that may have to go from the disk, as long as the cleaning isn't done.
PENDING = "erasing"

_EVENT = "INSERT INTO event(deed, kind, at, agent_id, customer_id, data, patch) VALUES(?, 'erased', ?, ?, ?, '{}', '')"
_PEND = """
    INSERT INTO setting(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE
    SET value = (SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(setting.value) UNION SELECT value FROM json_each(?2)))"""


def erase(connection: Connection, by: By, traced: Traced) -> None:
    """Erase what was found; nothing is done where somebody else has done so meanwhile. Refused for who may not."""
    with writing(connection):
        require(connection, by.agent_id, Right.ERASE)
        # Freed space is overwritten in the same write; `cleaning` finds what older writes left.
        connection.execute("PRAGMA secure_delete=ON")
        if not is_erased(connection, traced.customer_id):
            _erase(connection, by, as_of_now(connection, traced))


def _erase(connection: Connection, by: By, traced: Traced) -> None:
    places: dict[str, object] = {
        "people": listed(traced.records), "tickets": listed(traced.tickets), "messages": listed(traced.messages),
        "at": by.at, "name": NAME,
    }  # fmt: skip
    rewriting = Rewriting(connection, traced, traces_of(connection, traced, places))
    files = [digest for (digest,) in connection.execute(rows.RAW_FILES, places)]
    keep(connection, traced.customer_id, by.at, list(_told(connection, traced, places)))
    _forget_history(connection, places)
    rewriting.run()
    connection.execute(_PEND, (PENDING, json.dumps([digest.hex() for digest in (*files, *rewriting.files)])))
    for statement in rows.STATEMENTS:
        connection.execute(statement, places)
    for customer_id in traced.records:
        forget(connection, customer_id)
    connection.execute(rows.EMPTY_HOUSEHOLDS, (listed(traced.households),))
    after_inbound(connection, traced.shared)
    connection.execute(_EVENT, (new_uid(), by.at, by.agent_id, traced.customer_id))


def _told(connection: Connection, traced: Traced, places: Mapping[str, object]) -> Iterator[tuple[Kind, str]]:
    """What a source may bring again."""
    for digest, message_id, source_id, external_id in connection.execute(rows.MAILS, places):
        yield "mail", (digest or "").lower()
        yield "message-id", message_id or ""
        yield "message", f"{source_id} {external_id}" if external_id else ""
    for source_id, external_id, uid in connection.execute(rows.CUSTOMERS, places):
        # Everyone has an uid: so that whoever was erased has a tombstone, were there nothing else to know them by.
        yield "customer", uid
        yield "customer", f"{source_id} {external_id}" if external_id else ""
    for source_id, external_id in connection.execute(rows.TICKETS, places):
        yield "ticket", f"{source_id} {external_id}"
    for kind, _, normal in traced.identities:
        yield "identity", f"{kind} {normal}"


def _forget_history(connection: Connection, places: Mapping[str, object]) -> None:
    """History keeps what happened and when, with numbers and the team's names; no words, and nothing to undo."""
    found = connection.execute(rows.EVENTS, places).fetchall()
    connection.executemany(
        "UPDATE event SET data = ?, patch = '' WHERE id = ?", [(_counted(data), key) for key, data in found]
    )


def _counted(data: str) -> str:
    facts = json.loads(data)
    kept = {name: facts[name] for name in rows.COUNTED_KEYS & facts.keys()}
    if facts.get("field") in rows.COUNTED_FIELDS:
        kept |= {name: facts[name] for name in ("before", "after") if name in facts}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
