"""Everything about one person, as they may ask for it: one JSON, one page to read, and their files.

The invariant: what the workspace knows of them by their records, tickets, calls and gestures is in it, team-internal
notes included; of tickets that are others', only what this person wrote there.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desk import flags
from desk.lookup import IdentityKind
from desk.money import shown
from desk.statuses import Priority, Status
from desk.times import iso
from storage import attachments
from storage.audit import note
from storage.connect import Connection
from storage.deeds.by import By
from storage.export.files import copy_file, new_folder
from storage.history import event_words
from storage.merges import listed, tree
from storage.workspace import Workspace, open_to_write

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Told = dict[str, Json]

_RECORDS = """
    SELECT lower(hex(c.uid)) AS customer, c.name, coalesce(o.name, '') AS organization, c.since, c.plan, c.note,
           c.flags, c.details, c.contacted_at, c.created_at, v.amount, v.currency
      FROM customer c LEFT JOIN organization o ON o.id = c.organization_id
      LEFT JOIN customer_value v ON v.customer_id = c.id
     WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.merged_into_id IS NOT NULL, c.id"""
_IDENTITIES = """
    SELECT i.kind, i.value, i.known, coalesce(s.name, '') AS source FROM identity i
      LEFT JOIN source s ON s.id = i.source_id
     WHERE i.customer_id IN (SELECT value FROM json_each(?)) GROUP BY i.kind, i.normal ORDER BY i.kind, i.id"""
_TICKETS = """
    SELECT t.id, t.number, t.subject, h.key AS channel, t.status, t.priority, coalesce(a.name, '') AS assignee,
           t.mood, t.goal, t.summary, t.choice, t.details, t.created_at, t.updated_at, t.solved_at,
           t.customer_id IN (SELECT value FROM json_each(?1)) AS own
      FROM ticket t JOIN channel h ON h.id = t.channel_id LEFT JOIN agent a ON a.id = t.assignee_id
     WHERE t.customer_id IN (SELECT value FROM json_each(?1))
        OR t.id IN (SELECT ticket_id FROM message WHERE customer_id IN (SELECT value FROM json_each(?1)))
     ORDER BY t.created_at DESC, t.id DESC"""
_MESSAGES = """
    SELECT m.id, m.kind, m.at, coalesce(nullif(m.sender, ''), a.name, '') AS "from", m.recipients AS "to", m.copies,
           m.subject, m.body AS text
      FROM message m LEFT JOIN agent a ON a.id = m.agent_id
     WHERE m.ticket_id = ?1 AND m.kind <> 'event'
       AND (?2 OR m.customer_id IN (SELECT value FROM json_each(?3))) ORDER BY m.at, m.id"""
_FILES = """
    SELECT a.name, a.type, a.size, a.digest, ifnull(s.name, '') FROM attachment a
      LEFT JOIN remote_file r ON r.attachment_id = a.id LEFT JOIN source s ON s.id = r.source_id
     WHERE a.message_id = ? ORDER BY a.id"""
_CALLS = """
    SELECT k.direction, k.state, k.number, k.caller, k.rang_at, k.answered_at, k.ended_at, k.goal, k.notes, k.outcome,
           k.follow_up, k.follow_up_at, coalesce(a.name, '') AS agent
      FROM call k LEFT JOIN agent a ON a.id = k.agent_id
     WHERE k.customer_id IN (SELECT value FROM json_each(?)) ORDER BY k.rang_at"""
_GESTURES = """
    SELECT g.kind, g.amount, g.currency, g.reason, g.state, g.answer, g.made_at, g.decided_at,
           coalesce(a.name, '') AS agent FROM gesture g
      LEFT JOIN agent a ON a.id = g.agent_id
     WHERE g.customer_id IN (SELECT value FROM json_each(?)) ORDER BY g.made_at"""
_PROMISES = "SELECT words, made_at, due_at, state, settled_at FROM promise WHERE ticket_id = ? ORDER BY made_at"
_RATINGS = "SELECT score, words, way, at, action, acted_at FROM rating WHERE ticket_id = ? ORDER BY at"
_STEPS = """
    SELECT r.checklist_key AS checklist, k.step, k.state, k.at, k.reason, k.text FROM checklist_run r
      JOIN checklist_tick k ON k.run_id = r.id WHERE r.ticket_id = ? ORDER BY k.at"""
_TAGS = """
    SELECT g.name FROM ticket_tag x JOIN tag g ON g.id = x.tag_id WHERE x.ticket_id = ? ORDER BY g.name"""
_TASKS = """
    SELECT k.title, k.cause, k.state, k.created_at, k.due_at, k.done_at FROM task_ticket x
      JOIN task k ON k.id = x.task_id WHERE x.ticket_id = ? ORDER BY k.created_at, k.id"""
_INCIDENTS = """
    SELECT i.title, i.state, i.notice, k.at FROM incident_ticket k JOIN incident i ON i.id = k.incident_id
     WHERE k.ticket_id = ? AND k.state = 'linked' ORDER BY k.at, i.id"""
_DRAFTS = """
    SELECT d.kind, d.subject, d.body AS text, d.updated_at, coalesce(a.name, '') AS agent FROM draft d
      LEFT JOIN agent a ON a.id = d.agent_id WHERE d.ticket_id = ? AND d.body <> '' ORDER BY d.updated_at"""
_FORMS = """
    SELECT f.form, f.field, f.typed AS text, f.updated_at, coalesce(a.name, '') AS agent FROM form_draft f
      LEFT JOIN agent a ON a.id = f.agent_id
     WHERE f.typed <> '' AND (json_extract(f.about, '$.customer') IN (SELECT value FROM json_each(?1))
        OR EXISTS(SELECT 1 FROM json_each(f.about, '$.tickets') n JOIN ticket t ON t.id = n.value
                   WHERE t.customer_id IN (SELECT value FROM json_each(?1)))) ORDER BY f.updated_at, f.id"""
_TICKET_EVENTS = """
    SELECT e.kind, e.at, e.data, coalesce(a.name, '') AS agent FROM event e LEFT JOIN agent a ON a.id = e.agent_id
     WHERE e.ticket_id = ? AND e.undone_by IS NULL ORDER BY e.at, e.id"""
_EVENTS = """
    SELECT e.kind, e.at, e.data, coalesce(a.name, '') AS agent FROM event e LEFT JOIN agent a ON a.id = e.agent_id
     WHERE e.customer_id IN (SELECT value FROM json_each(?)) AND e.ticket_id IS NULL AND e.undone_by IS NULL
     ORDER BY e.at, e.id"""
# What hangs on a ticket of theirs, and is told in the same way.
_BESIDE = (
    ("promises", _PROMISES), ("ratings", _RATINGS), ("checklists", _STEPS), ("tasks", _TASKS),
    ("incidents", _INCIDENTS), ("drafts", _DRAFTS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonExport:
    """What was written: the files in `folder`, and names of attachments whose bytes were missing."""

    folder: Path
    files: tuple[str, ...]
    attachments: int
    missing: tuple[str, ...]


def person(connection: Connection, customer_id: int, now: int) -> Told:
    """Everything, as one JSON document. An attachment's `file` is where its bytes lie in the export."""
    records = listed(tree(connection, customer_id))
    rows = list(_rows(connection, _RECORDS, records))
    return {
        "exported_at": iso(now),
        "name": rows[0]["name"],
        "records": [_record(row) for row in rows],
        "identities": [
            {**row, "kind": IdentityKind(int(str(row["kind"]))).name.lower(), "known": bool(row["known"])}
            for row in _rows(connection, _IDENTITIES, records)
        ],
        "tickets": [_ticket(connection, row, records) for row in _rows(connection, _TICKETS, records)],
        "calls": [_timed(row) for row in _rows(connection, _CALLS, records)],
        "gestures": [_gesture(row) for row in _rows(connection, _GESTURES, records)],
        "forms": [_timed(row) for row in _rows(connection, _FORMS, records)],
        "events": _events(connection, _EVENTS, records),
    }


def export_person(
    workspace: Workspace, connection: Connection, by: By, customer_id: int, folder: Path, *, json_too: bool = True,
    page: "Callable[[Told], str] | None" = None,
) -> PersonExport:  # fmt: skip
    """Write it into a new folder: person.json, person.html where there is a `page`, and attachments/.

    It is on record before anything is written.
    """
    told = person(connection, customer_id, by.at)
    files: list[str] = []
    missing: list[str] = []
    count = 0
    with new_folder(folder) as target:
        with closing(open_to_write(workspace)) as record:
            note(record, by, "exported", customer_id)
        for name, text in (
            ("person.json", json.dumps(told, ensure_ascii=False, indent=2) if json_too else ""),
            ("person.html", page(told) if page else ""),
        ):
            if text:
                (target / name).write_text(text, "utf-8", "xmlcharrefreplace")
                (target / name).chmod(0o600)
                files.append(name)
        for name, digest in _attached(told):
            if digest and copy_file(attachments.path(workspace, bytes.fromhex(digest)), target / name):
                count += 1
            else:
                missing.append(name)
    return PersonExport(folder, tuple(files), count, tuple(missing))


def _attached(told: Told) -> Iterator[tuple[str, str]]:
    """Where each file goes, and by which digest it is kept."""
    tickets = told["tickets"]
    for ticket in tickets if isinstance(tickets, list) else ():
        messages = ticket["messages"] if isinstance(ticket, dict) else ()
        for message in messages if isinstance(messages, list) else ():
            files = message["attachments"] if isinstance(message, dict) else ()
            for file in files if isinstance(files, list) else ():
                if isinstance(file, dict):
                    yield str(file["file"]), str(file["sha256"])


def _rows(connection: Connection, statement: str, *asked: object) -> Iterator[Told]:
    cursor = connection.execute(statement, asked)
    names = [column[0] for column in cursor.description]
    yield from (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def _timed(row: Told) -> Told:
    """A row with its times as people and programs read them."""
    return {
        name: iso(value) if isinstance(value, int) and (name == "at" or name.endswith("_at")) else value
        for name, value in row.items()
    }


def _record(row: Told) -> Told:
    amount, currency = row.pop("amount"), row.pop("currency")
    row["since"] = iso(row["since"]) if isinstance(row["since"], int) else None
    put = [{"kind": f.kind, "reason": f.reason, "at": iso(f.at), "by": f.by} for f in flags.read(str(row["flags"]))]
    return _timed(row) | {
        "flags": list(put),
        "details": json.loads(str(row["details"])),
        "pays_a_year": shown(amount, str(currency)) if isinstance(amount, int) else None,
    }


def _ticket(connection: Connection, row: Told, records: str) -> Told:
    key, own = row.pop("id"), bool(row.pop("own"))
    row |= {"status": Status(int(str(row["status"]))).key, "priority": Priority(int(str(row["priority"]))).key}
    row["details"] = json.loads(str(row["details"]))
    told = _timed(row) if own else {"number": row["number"], "channel": row["channel"]}
    told["messages"] = [_message(connection, message) for message in _rows(connection, _MESSAGES, key, own, records)]
    if own:
        told["tags"] = [name for (name,) in connection.execute(_TAGS, (key,))]
        for name, statement in _BESIDE:
            told[name] = [_timed(each) for each in _rows(connection, statement, key)]
        told["events"] = _events(connection, _TICKET_EVENTS, key)
    return told


def _message(connection: Connection, row: Told) -> Told:
    key = int(str(row.pop("id")))
    files: list[Json] = []
    for place, (name, kind, size, digest, lies_at) in enumerate(connection.execute(_FILES, (key,)).fetchall(), 1):
        at = f"attachments/{key}-{place}-{attachments.safe_name(name)}"
        files.append({"name": name, "type": kind, "size": size, "sha256": digest.hex(), "file": at, "lies_at": lies_at})
    return _timed(row) | {"attachments": files}


def _events(connection: Connection, statement: str, asked: object) -> list[Json]:
    return [
        {"at": iso(int(str(row["at"]))), "what": event_words(str(row["kind"]), str(row["data"]), str(row["agent"]))}
        for row in _rows(connection, statement, asked)
    ]


def _gesture(row: Told) -> Told:
    amount, currency = int(str(row.pop("amount"))), str(row.pop("currency"))
    return _timed(row) | {"value": shown(amount, currency)}
