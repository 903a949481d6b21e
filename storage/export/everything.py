"""The team's whole data as files that `heard import` takes back: JSON Lines, TOML, and the files of messages.

What an import doesn't take stands beside it, table by table (`storage.export.tables`), so that it is complete.

The invariants: one snapshot, however long it takes; a bounded number of rows in memory; what was erased isn't in it;
customers come before their tickets, so that reading them in the order of `FILES` joins all again.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from desk import flags
from desk.checklists import to_toml as checklists_toml
from desk.ids import uid_text
from desk.lookup import IdentityKind
from desk.money import Money
from desk.roles import Right
from desk.snippets import Snippet, format_actions
from desk.snippets import to_toml as snippets_toml
from desk.statuses import Priority, Status
from desk.times import iso
from storage import attachments, library, rules
from storage.audit import note
from storage.connect import Connection
from storage.deeds.by import By
from storage.export.files import CHUNK, Record, copy_file, new_folder, write_lines
from storage.export.tables import write_tables
from storage.merges import listed
from storage.supervisors import require
from storage.workspace import Workspace, open_to_write

FILES = ("customers.jsonl", "tickets.jsonl", "snippets.jsonl")

_CUSTOMERS = """
    SELECT c.id, c.uid, c.name, coalesce(o.name, ''), c.since, c.plan, c.note, c.flags, c.details, v.amount, v.currency
      FROM customer c LEFT JOIN organization o ON o.id = c.organization_id
      LEFT JOIN customer_value v ON v.customer_id = c.id
     WHERE c.id > ? AND c.merged_into_id IS NULL AND NOT EXISTS(SELECT 1 FROM tombstone x WHERE x.customer_id = c.id)
     ORDER BY c.id LIMIT ?"""
_IDENTITIES = """
    SELECT customer_id, kind, value, known FROM identity WHERE customer_id IN (SELECT value FROM json_each(?))
     ORDER BY id"""
_TICKETS = """
    SELECT t.id, t.uid, t.number, t.subject, h.key, t.status, t.priority, coalesce(a.handle, ''), t.created_at,
           t.details, t.goal, t.summary, t.choice, c.id, c.uid, c.name
      FROM ticket t JOIN channel h ON h.id = t.channel_id LEFT JOIN agent a ON a.id = t.assignee_id
      LEFT JOIN customer c ON c.id = t.customer_id
       AND NOT EXISTS(SELECT 1 FROM tombstone x WHERE x.customer_id = c.id)
     WHERE t.id > ? AND t.merged_into_id IS NULL ORDER BY t.id LIMIT ?"""
_TAGS = """
    SELECT x.ticket_id, g.name FROM ticket_tag x JOIN tag g ON g.id = x.tag_id
     WHERE x.ticket_id IN (SELECT value FROM json_each(?)) ORDER BY g.name"""
_MESSAGES = """
    SELECT m.id, m.ticket_id, m.kind, m.at, CASE WHEN m.sender <> '' THEN m.sender ELSE coalesce(a.name, '') END,
           m.body, m.uid, m.recipients, m.copies, m.subject, c.id, c.uid, c.name
      FROM message m LEFT JOIN agent a ON a.id = m.agent_id LEFT JOIN customer c ON c.id = m.customer_id
       AND NOT EXISTS(SELECT 1 FROM tombstone x WHERE x.customer_id = c.id)
     WHERE m.ticket_id IN (SELECT value FROM json_each(?)) AND m.kind <> 'event' ORDER BY m.at, m.id"""
_FILES = """
    SELECT a.message_id, a.name, a.type, a.size, a.digest, s.name FROM attachment a
      LEFT JOIN remote_file r ON r.attachment_id = a.id LEFT JOIN source s ON s.id = r.source_id
     WHERE a.message_id IN (SELECT value FROM json_each(?)) ORDER BY a.id"""
# Identities that the lists of a customer's record can say.
_LISTS = {
    IdentityKind.EMAIL: "emails", IdentityKind.PHONE: "phones", IdentityKind.ACCOUNT: "accounts",
    IdentityKind.ORDER: "orders", IdentityKind.HANDLE: "handles",
}  # fmt: skip

Row = TypeVar("Row", bound="_CustomerRow | _TicketRow")


class _CustomerRow(NamedTuple):
    id: int
    uid: bytes
    name: str
    organization: str
    since: int | None
    plan: str
    note: str
    flags: str
    details: str
    amount: int | None
    currency: str | None


class _TicketRow(NamedTuple):
    id: int
    uid: bytes
    number: int
    subject: str
    channel: str
    status: int
    priority: int
    assignee: str
    created_at: int
    details: str
    goal: str
    summary: str
    choice: str
    customer_id: int | None
    customer_uid: bytes | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and which files of messages were missing."""

    folder: Path
    customers: int
    tickets: int
    snippets: int
    attachments: int
    rows: int
    missing: tuple[str, ...]


def export_everything(
    workspace: Workspace, connection: Connection, by: By, folder: Path, watch: Callable[[str, int], object]
) -> Exported:
    """Write all of it into a new folder; BadInput where there is something of that name already.

    Refused for who may not; it is on record before anything is written.
    """
    require(connection, by.agent_id, Right.EXPORT_ALL)
    digests: dict[bytes, None] = {}
    with new_folder(folder) as target:
        with closing(open_to_write(workspace)) as record:
            note(record, by, "exported_all")
        connection.execute("BEGIN")
        try:
            customers = write_lines(target / FILES[0], _customers(connection), lambda count: watch("customers", count))
            tickets = write_lines(
                target / FILES[1], _tickets(connection, digests), lambda count: watch("tickets", count)
            )
            snippets = write_lines(target / FILES[2], _snippets(connection), _unwatched)
            (target / "checklists.toml").write_text(checklists_toml(library.templates(connection)), "utf-8")
            (target / "snippets.toml").write_text(snippets_toml(library.snippets(connection)), "utf-8")
            _write_rules(connection, target / "rules")
            rows = write_tables(connection, target, watch)
        finally:
            connection.execute("COMMIT")
        missing = [digest.hex() for digest in digests if not _copied(workspace, digest, target)]
    return Exported(folder, customers, tickets, snippets, len(digests) - len(missing), rows, tuple(missing))


def _write_rules(connection: Connection, folder: Path) -> None:
    """The team's own, as `heard rules import` takes them."""
    for kind in rules.KINDS:
        if rules.is_own(connection, kind):
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / f"{kind}.toml").write_text(rules.read(connection, kind), "utf-8")


def _customers(connection: Connection) -> Iterator[Record]:
    for rows in _chunks(connection, _CUSTOMERS, _CustomerRow):
        identities: dict[int, list[tuple[int, str, int]]] = {}
        for customer_id, *identity in connection.execute(_IDENTITIES, (listed(row.id for row in rows),)):
            identities.setdefault(customer_id, []).append((identity[0], identity[1], identity[2]))
        for row in rows:
            yield _customer(row, identities.get(row.id, []))


def _customer(row: _CustomerRow, identities: list[tuple[int, str, int]]) -> Record:
    record: Record = {"external_id": uid_text(row.uid), "name": row.name, "organization": row.organization}
    lists: dict[str, list[str]] = {}
    others: list[Record] = []
    for number, value, known in identities:
        kind = IdentityKind(number)
        if kind in _LISTS and known:
            lists.setdefault(_LISTS[kind], []).append(value)
        elif (kind, value) not in ((IdentityKind.NAME, row.name), (IdentityKind.COMPANY, row.organization)):
            others.append({"kind": kind.name.lower(), "value": value, "known": bool(known)})
    worth = None if row.amount is None else Money(row.amount, row.currency or "")
    return record | {
        **lists,
        "identities": others,
        "since": iso(row.since),
        "plan": row.plan,
        "note": row.note,
        "value": None if worth is None else worth.plain,
        "currency": row.currency,
        "flags": [
            {"kind": flag.kind, "reason": flag.reason, "at": iso(flag.at), "by": flag.by}
            for flag in flags.read(row.flags)
        ],
        "details": json.loads(row.details),
    }


def _tickets(connection: Connection, digests: dict[bytes, None]) -> Iterator[Record]:
    for rows in _chunks(connection, _TICKETS, _TicketRow):
        asked = listed(row.id for row in rows)
        tags: dict[int, list[str]] = {}
        for ticket_id, name in connection.execute(_TAGS, (asked,)):
            tags.setdefault(ticket_id, []).append(name)
        messages = _messages(connection, asked, {row.id: row.customer_id for row in rows}, digests)
        for row in rows:
            yield _ticket(row, tags.get(row.id, []), messages.get(row.id, []))


def _ticket(row: _TicketRow, tags: list[str], messages: list[Record]) -> Record:
    written = {name: text for name in ("goal", "summary", "choice") if (text := str(getattr(row, name)))}
    named = None if row.customer_uid is None else {"external_id": uid_text(row.customer_uid), "name": row.customer}
    return {
        "external_id": uid_text(row.uid),
        "number": row.number,
        "subject": row.subject,
        "channel": row.channel,
        "status": Status(row.status).key,
        "priority": Priority(row.priority).key,
        "tags": tags,
        "assignee": row.assignee,
        "customer": named,
        "created_at": iso(row.created_at),
        "messages": messages,
        "details": {**json.loads(row.details), **written},
    }


def _messages(
    connection: Connection, asked: str, owners: Mapping[int, int | None], digests: dict[bytes, None]
) -> dict[int, list[Record]]:
    rows = connection.execute(_MESSAGES, (asked,)).fetchall()
    files: dict[int, list[Record]] = {}
    for message_id, name, kind, size, digest, lies_at in connection.execute(_FILES, (listed(row[0] for row in rows),)):
        told: Record = {"name": name, "type": kind, "size": size}
        if digest:
            digests[digest] = None
            told["file"] = f"attachments/{digest.hex()}"
        else:
            told["lies_at"] = lies_at
        files.setdefault(message_id, []).append(told)
    found: dict[int, list[Record]] = {}
    for message_id, ticket_id, kind, at, sender, body, own, recipients, copies, subject, writer, uid, name in rows:
        record: Record = {
            "external_id": uid_text(own), "kind": kind, "at": iso(at), "from": sender, "to": recipients, "cc": copies,
            "subject": subject, "text": body,
        }  # fmt: skip
        if writer is not None and writer != owners[ticket_id]:
            record["customer"] = {"external_id": uid_text(uid), "name": name}
        if message_id in files:
            record["attachments"] = files[message_id]
        found.setdefault(ticket_id, []).append(record)
    return found


def _snippets(connection: Connection) -> Iterator[Record]:
    """What is text alone; macros stand in the TOML, which `heard snippets import` takes with all that they do."""
    plain = (each for each in library.snippets(connection) if each.body.strip() and not format_actions(each.actions))
    return map(_snippet, plain)


def _snippet(snippet: Snippet) -> Record:
    return {
        "title": snippet.title, "trigger": snippet.trigger, "folder": snippet.folder,
        "keywords": list(snippet.keywords), "body": snippet.body,
    }  # fmt: skip


def _chunks(connection: Connection, statement: str, made: type[Row]) -> Iterator[list[Row]]:
    last = 0
    while rows := [made(*row) for row in connection.execute(statement, (last, CHUNK))]:
        yield rows
        last = rows[-1].id


def _copied(workspace: Workspace, digest: bytes, target: Path) -> bool:
    return copy_file(attachments.path(workspace, digest), target / "attachments" / digest.hex())


def _unwatched(_: int) -> None:
    """Snippets are few."""
