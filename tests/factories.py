"""One-line makers of rows, in plain SQL, so that a test says only what it is about."""

import json

from desk.identifiers import normal_form
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.times import SECOND
from storage.connect import Connection

# 2026-03-02 09:00 UTC, a Monday: the present of every test that needs one.
NOW = 1_772_442_000 * SECOND
HELPDESKS = ("rt", "redmine", "zendesk", "zammad", "freshdesk", "helpscout")
EVERYTHING = "reply note merge tick status priority assignee queue tags"


def make_agent(connection: Connection, *, handle: str = "bo", name: str = "Bo Lind") -> int:
    """An agent; the answer is its id, as with every maker here."""
    return _insert(connection, "agent", uid=new_uid(), handle=handle, name=name, email="", role="agent", created_at=NOW)


def make_team(connection: Connection, name: str = "Billing") -> int:
    return _insert(connection, "team", uid=new_uid(), name=name, created_at=NOW)


def make_queue(connection: Connection, name: str = "Refunds", *, team_id: int | None = None) -> int:
    return _insert(connection, "queue", uid=new_uid(), name=name, team_id=team_id, created_at=NOW)


def make_source(connection: Connection, kind: str = "mailbox", name: str = "support", takes: str = EVERYTHING) -> int:
    """A source; `takes` is what it takes where it is a helpdesk."""
    settings = json.dumps({"takes": takes} if kind in HELPDESKS else {})
    return _insert(connection, "source", uid=new_uid(), kind=kind, name=name, settings=settings, created_at=NOW)


def make_customer(
    connection: Connection, name: str = "Li Wei", *, email: str = "", contacted_at: int | None = None
) -> int:
    """A customer, not yet in the look-up (`storage.search.index` puts it there)."""
    recency = connection.execute("SELECT coalesce(max(recency), 0) + 1 FROM customer").fetchone()[0]
    customer_id = _insert(
        connection,
        "customer",
        uid=new_uid(),
        name=name,
        plan="",
        note="",
        mood=0,
        flags="[]",
        details="{}",
        contacted_at=contacted_at,
        recency=recency,
        created_at=NOW,
        updated_at=NOW,
    )
    make_identity(connection, customer_id, IdentityKind.NAME, name)
    if email:
        make_identity(connection, customer_id, IdentityKind.EMAIL, email)
    return customer_id


def make_identity(
    connection: Connection, customer_id: int, kind: IdentityKind, value: str, *, known: bool = True
) -> int:
    return _insert(
        connection,
        "identity",
        customer_id=customer_id,
        kind=int(kind),
        value=value,
        normal=normal_form(kind, value),
        known=known,
    )


def make_ticket(
    connection: Connection,
    *,
    subject: str = "Where is my order?",
    customer_id: int | None = None,
    status: int = 0,
    channel: str = "email",
    created_at: int = NOW,
    **columns: object,
) -> int:
    """A ticket without messages; its number counts up from 1001, and any further column can be given by name."""
    number = connection.execute("SELECT coalesce(max(number), 1000) + 1 FROM ticket").fetchone()[0]
    values: dict[str, object] = {
        "uid": new_uid(),
        "number": number,
        "subject": subject,
        "preview": "",
        "status": status,
        "priority": 1,
        "channel_id": make_channel(connection, channel),
        "customer_id": customer_id,
        "mood": 0,
        "contacts": 0,
        "unread": False,
        "goal": "",
        "summary": "",
        "choice": "",
        "details": "{}",
        "message_count": 0,
        "created_at": created_at,
        "updated_at": created_at,
        "solved_at": created_at if status >= 3 else None,
    }
    return _insert(connection, "ticket", **values | columns)


def make_message(
    connection: Connection,
    ticket_id: int,
    *,
    kind: str = "inbound",
    body: str = "My parcel has not come.",
    at: int = NOW,
    **columns: object,
) -> int:
    """A message; the ticket's own counts are left as they are."""
    values: dict[str, object] = {
        "uid": new_uid(),
        "ticket_id": ticket_id,
        "kind": kind,
        "at": at,
        "sender": "",
        "recipients": "",
        "copies": "",
        "subject": "",
        "body": body,
        "folds": "[]",
        "html": False,
        "automatic": "",
        "bounce": "",
        "unparsed": False,
        "trackers": 0,
    }
    return _insert(connection, "message", **values | columns)


def make_standing(
    connection: Connection, ticket_id: int, source_id: int, url: str = "", label: str = "stalled"
) -> None:
    """That a ticket is a helpdesk's, which calls it 42."""
    connection.execute("UPDATE ticket SET source_id = ? WHERE id = ?", (source_id, ticket_id))
    _insert(
        connection, "remote_ticket", ticket_id=ticket_id, source_id=source_id, number="42", label=label, status=0,
        category=2, labels="{}", priority_label="", version="1", url=url, final=0, digest=b"\0", base="{}",
        updated_at=NOW,
    )  # fmt: skip


def make_channel(connection: Connection, key: str) -> int:
    """The channel of that key, made where the workspace has none."""
    found = connection.execute("SELECT id FROM channel WHERE key=?", (key,)).fetchone()
    return int(found[0]) if found else _insert(connection, "channel", key=key, label=key.capitalize())


def make_tag(connection: Connection, ticket_id: int, name: str) -> None:
    """Mark a ticket with a tag, which is made where it is new."""
    connection.execute("INSERT OR IGNORE INTO tag(name) VALUES(?)", (name,))
    connection.execute(
        "INSERT INTO ticket_tag(ticket_id, tag_id) SELECT ?, id FROM tag WHERE name=?", (ticket_id, name)
    )


def _insert(connection: Connection, table: str, **values: object) -> int:
    marks = ",".join("?" * len(values))
    row = connection.execute(f"INSERT INTO {table}({','.join(values)}) VALUES({marks})", tuple(values.values()))
    assert row.lastrowid is not None
    return row.lastrowid
