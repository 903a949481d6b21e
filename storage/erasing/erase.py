"""Erasing a customer: one transaction, after which nothing that they wrote, or are known by, is in any row.

The invariants: what is counted stays (tickets, messages and calls with their times, channel, status, agent); other
people's messages stay readable; nothing of it can be undone; the same mails never come back. What lies outside of the
rows, in files and in the file's unused pages, is cleaned after it (`storage.erasing.cleaning`), and `PENDING` stands in
the same transaction, so that whoever comes after a crash goes on.
"""

import json
from collections.abc import Iterator, Mapping

from desk.erasure import NAME, Traces, lines_of, names_of, without
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.roles import Right
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.erasing import rows
from storage.erasing.traces import WRITTEN, Traced, as_of_now
from storage.inbound import after_inbound
from storage.merges import listed
from storage.search.index import forget
from storage.supervisors import require
from storage.tombstones import Kind, is_erased, keep

# A setting: the digests of files that may have to go from the disk, as long as the cleaning isn't done.
PENDING = "erasing"

_TEXTS = (
    "SELECT id, subject, body, sender, recipients, copies FROM message WHERE id IN (SELECT value FROM json_each(?))"
)
_REWRITE = "UPDATE message SET subject=?, body=?, sender=?, recipients=?, copies=?, folds='[]' WHERE id=?"
_RENAME = "SELECT id, subject, preview, goal, summary, choice FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
_RENAMED = "UPDATE ticket SET subject=?, preview=?, goal=?, summary=?, choice=? WHERE id=?"
_UNSENT = """
    UPDATE outbox SET state = 'dropped', payload = '{}', error = '' WHERE state NOT IN ('sent', 'dropped')
       AND message_id IN (SELECT value FROM json_each(?))"""
_TASKS = """
    SELECT k.id, k.title, k.cause FROM task k JOIN task_ticket x ON x.task_id = k.id
     WHERE x.ticket_id IN (SELECT value FROM json_each(?))"""
_QUESTIONS = "SELECT snippet_id, question FROM known_answer WHERE ticket_id IN (SELECT value FROM json_each(?))"
_HISTORY = "SELECT id, data FROM event WHERE id IN (SELECT value FROM json_each(?))"
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
    traces = _traces(connection, traced, places)
    files = [digest.hex() for (digest,) in connection.execute(rows.RAW_FILES, places)]
    connection.execute(_PEND, (PENDING, json.dumps(files)))
    keep(connection, traced.customer_id, by.at, list(_told(connection, traced, places)))
    _forget_history(connection, places)
    _rewrite(connection, traced, traces)
    for statement in rows.STATEMENTS:
        connection.execute(statement, places)
    for customer_id in traced.records:
        forget(connection, customer_id)
    _sweep_history(connection, traced, traces)
    _sweep_written(connection, traced, traces)
    after_inbound(connection, traced.shared)
    connection.execute(_EVENT, (new_uid(), by.at, by.agent_id, traced.customer_id))


def _traces(connection: Connection, traced: Traced, places: Mapping[str, object]) -> Traces:
    names = [value for kind, value, _ in traced.identities if kind == IdentityKind.NAME]
    others = [
        text
        for kind, *both in traced.identities
        if kind not in (IdentityKind.NAME, IdentityKind.COMPANY)
        for text in both
    ]
    bodies = (body for (body,) in connection.execute(rows.BODIES, places))
    return Traces((*names_of([traced.name, *names]), *others), lines_of(bodies))


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


def _rewrite(connection: Connection, traced: Traced, traces: Traces) -> None:
    """What others go on reading, without this person."""
    connection.execute(_UNSENT, (listed(traced.mentions),))
    read = connection.execute(_TEXTS, (listed(traced.mentions),)).fetchall()
    for key, *texts in read:
        left = [without(text, traces) for text in texts]
        if left != texts:
            connection.execute(_REWRITE, (*left, key))
    around = listed((*traced.tickets, *traced.shared))
    for asked, write, where in (
        (_RENAME, _RENAMED, listed(traced.shared)),
        (_TASKS, "UPDATE task SET title=?, cause=? WHERE id=?", around),
        (_QUESTIONS, "UPDATE known_answer SET question=? WHERE snippet_id=?", around),
    ):
        for key, *texts in connection.execute(asked, (where,)).fetchall():
            connection.execute(write, (*(without(text, traces) for text in texts), key))


def _sweep_history(connection: Connection, traced: Traced, traces: Traces) -> None:
    """Deeds on others may name them too: a merge, a bulk change, an address that was typed."""
    for key, data in connection.execute(_HISTORY, (listed(traced.events),)).fetchall():
        facts = {name: _cleared(said, traces) for name, said in json.loads(data).items()}
        row = (json.dumps(facts, ensure_ascii=False), key)
        connection.execute("UPDATE event SET data = ?, patch = '' WHERE id = ?", row)


def _sweep_written(connection: Connection, traced: Traced, traces: Traces) -> None:
    """What colleagues wrote elsewhere stays, without the addresses and numbers."""
    for table, key in traced.written:
        columns = WRITTEN[table]
        row = connection.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?", (key,)).fetchone()  # noqa: S608  names of ours
        if row is not None:
            assignments = ", ".join(f"{column} = ?" for column in columns)
            texts = [without(text, traces) for text in row]
            connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*texts, key))  # noqa: S608  as above


def _cleared(value: object, traces: Traces) -> object:
    if isinstance(value, list):
        return [_cleared(each, traces) for each in value]
    return without(value, traces) if isinstance(value, str) else value
