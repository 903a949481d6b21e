"""Every text of the schema says a customer's name, address and number, then they are erased: no byte of it is left.

Each column is filled on their own ticket, on one of somebody else's on which they wrote, and elsewhere. A new column
with words fails here until erasing reaches it, or until it is named below as one that can't tell of anybody.
"""

import json
from contextlib import closing
from dataclasses import dataclass

import pytest

from desk.erasure import ERASED
from desk.ids import new_uid
from desk.lookup import IdentityKind
from storage import attachments
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.erasing import cleaning
from storage.erasing.cleaning import clean_up
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.inbound import after_inbound
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_identity, make_message, make_source, make_ticket

NAME, ADDRESS, NUMBER = "Quentin Xylophonist", "quentin@zwieback.example", "+14155550134"
ASKED = "Why does my glockenspiel hum at night?"
SUBJECT = "A glockenspiel that hums"
SAYS = f"{NAME}, {ADDRESS}, {NUMBER}"
TELLING = ("xylophonist", "zwieback", "5550134", "glockenspiel", "quentin")
# Words of the program or of the team alone: codes, and names of what the team itself has.
CODED = frozenset(
    f"{table}.{column}"
    for table, columns in {
        # The record has numbers of customers, and words of the program: which rules, which role, which alert.
        "agent": "handle name email role", "attachment": "type content_id", "audit": "kind words",
        "call": "direction state way outcome external_id", "channel": "key label",
        "checklist": "key", "checklist_run": "checklist_key",
        "checklist_tick": "step state", "cursor": "stream value", "customer": "plan external_id",
        "customer_merge": "gave since", "customer_value": "currency", "draft": "kind", "event": "kind",
        "form_draft": "form about field",
        "gesture": "kind currency state", "incident": "state", "incident_ticket": "state", "mail_copy": "stream flags",
        "merged_row": "kind", "message": "kind folds automatic external_id", "outbox": "kind state",
        "promise": "state", "queue": "name", "rating": "way", "setting": "key",
        # Names of things there, and the team's own words: states, queues, tags.
        "remote_agent": "external_id", "remote_file": "external_id", "remote_piece": "kind external_id",
        "remote_step": "checklist_key step checklist item",
        "remote_ticket": "number label labels priority_label version url base",
        # The library's own texts; what was learnt from a customer is looked through by way of its ticket.
        "snippet": "trigger folder actions", "source": "kind name settings", "source_state": "state", "tag": "name",
        "task": "state", "team": "name", "ticket": "external_id", "view": "sort",
        # What stood in the library when it was put in.
        "writing": "kind snippets",
    }.items()
    for column in columns.split()
)  # fmt: skip
CODES = {
    "call.direction": "in", "call.state": "missed", "call.way": "pop", "draft.kind": "note", "event.kind": "changed",
    "form_draft.about": "{}",
    "gesture.kind": "voucher", "gesture.currency": "EUR", "gesture.state": "given", "incident.state": "found",
    "incident_ticket.state": "linked", "outbox.kind": "reply", "outbox.state": "sent", "promise.state": "open",
    "rating.way": "word", "task.state": "open", "checklist_tick.state": "done", "source_state.state": "idle",
    "attachment.content_id": "", "customer_value.currency": "EUR",
}  # fmt: skip
JSON = {"event.data", "event.patch", "outbox.payload", "ticket.details", "customer.details"}
OWN, SHARED, ELSEWHERE = "own", "shared", "elsewhere"


@dataclass
class Room:
    """A workspace with the customer's ticket, one of Li's on which they wrote, and one that isn't theirs at all."""

    connection: Connection
    customer_id: int
    li: int
    tickets: dict[str, int]
    messages: dict[str, int]
    filled: set[str]

    def fill(self, table: str, place: str, words: str, **known: object) -> int:
        """A row of this table with these words in every text that isn't a code."""
        row: dict[str, object] = {}
        for _, column, kind, needed, default, key in self.connection.execute(f"PRAGMA table_info({table})").fetchall():
            name = f"{table}.{column}"
            if column in known:
                row[column] = known[column]
            elif kind in ("VARCHAR", "TEXT"):
                row[column] = _coded(name) if name in CODED else _said(name, words)
                self.filled |= set() if name in CODED else {name}
            elif column == "uid":
                row[column] = new_uid()
            elif column in ("ticket_id", "message_id") and needed | (column == "ticket_id"):
                row[column] = self.tickets[place] if column == "ticket_id" else self.messages[place]
            elif needed and default is None and not key:
                row[column] = NOW
        names, places = ", ".join(row), ", ".join("?" * len(row))
        made = self.connection.execute(f"INSERT INTO {table}({names}) VALUES({places})", tuple(row.values()))
        return int(made.lastrowid or 0)


def _coded(name: str) -> str:
    return new_uid().hex() if name == "call.external_id" else CODES.get(name, "x")


def _said(name: str, words: str) -> str:
    return json.dumps({"reason": words}) if name in JSON else words


@pytest.fixture
def room(workspace: Workspace, connection: Connection) -> Room:
    customer_id = make_customer(connection, NAME, email=ADDRESS)
    make_identity(connection, customer_id, IdentityKind.PHONE, NUMBER)
    li = make_customer(connection, "Li Wei", email="li@wei.example")
    tickets = {
        OWN: make_ticket(connection, subject=SUBJECT, customer_id=customer_id, preview=ASKED),
        SHARED: make_ticket(connection, subject=f"About {SAYS}", customer_id=li),
        ELSEWHERE: make_ticket(connection, subject="Of somebody else", customer_id=li),
    }
    raw = attachments.keep(workspace, f"From: {ADDRESS}\n\n{ASKED}".encode())
    messages = {
        OWN: make_message(
            connection, tickets[OWN], customer_id=customer_id, body=ASKED, subject=SUBJECT, sender=SAYS, bounce=SAYS,
            message_id="<q@zwieback.example>",
        ),
        SHARED: make_message(
            connection, tickets[SHARED], kind="outbound", body=f"Dear Li, {SAYS}\n> {ASKED}", subject=f"Re: {SUBJECT}",
            recipients=SAYS, copies=SAYS, bounce=SAYS, raw=raw, in_reply_to="<q@zwieback.example>",
        ),
        ELSEWHERE: make_message(connection, tickets[ELSEWHERE], body=f"It is {SAYS}", sender=SAYS, customer_id=li),
    }  # fmt: skip
    make_message(connection, tickets[SHARED], customer_id=customer_id, body=ASKED, sender=SAYS)
    connection.execute("INSERT INTO message_reference VALUES('<q@zwieback.example>', ?)", (messages[SHARED],))
    index_customers(connection, [customer_id, li])
    return Room(connection, customer_id, li, tickets, messages, {"message_reference.message_id"})


def _fill_all(room: Room) -> None:
    connection, tickets, messages = room.connection, room.tickets, room.messages
    agent, source = make_agent(connection, handle="kim", name="Kim Stein"), make_source(connection)
    for place in (OWN, SHARED, ELSEWHERE):
        for table in ("draft", "event", "outbox", "call", "gesture", "rating", "promise"):
            room.fill(table, place, SAYS)
        room.fill("snippet_use", place, SAYS, message_id=messages[place])
        room.fill("writing", place, SAYS, agent_id=agent)
        room.fill("suggestion", place, SAYS, other_ticket_id=tickets[place], dismissed_at=None)
        run = room.fill("checklist_run", place, SAYS)
        room.fill("checklist_tick", place, SAYS, run_id=run)
        file = room.fill("attachment", place, SAYS, digest=b"x" * 32, message_id=messages[place])
        room.fill("remote_file", place, SAYS, attachment_id=file, source_id=source)
        room.fill("remote_ticket", place, SAYS, source_id=source, ticket_id=tickets[place])
        room.fill("checklist", place, SAYS, key=place)
        room.fill("remote_step", place, SAYS, checklist_key=place, source_id=source)
        # What was made out of their ticket took over what they asked.
        words = ASKED if place == OWN else SAYS
        incident, task = (room.fill(table, place, words) for table in ("incident", "task"))
        room.fill("incident_update", place, words, incident_id=incident)
        room.fill("incident_ticket", place, words, incident_id=incident)
        room.fill("event", place, words, ticket_id=None, kind="incident_begun", data=json.dumps({"title": words}))
        room.fill("event", place, words, ticket_id=None, kind="task_made", data=json.dumps({"title": words}), patch="")
        room.fill("task_ticket", place, words, task_id=task)
        snippet = room.fill("snippet", place, words, trigger="")
        room.fill("known_answer", place, words, snippet_id=snippet)
        room.fill("view", place, SAYS)
        room.fill("form_draft", place, SAYS, about="{}")
        room.fill("form_draft", place, SAYS, about=json.dumps({"tickets": [tickets[place]]}))
        for made, number in (("incident", incident), ("task", task), ("snippet", snippet)):
            room.fill("form_draft", place, words, about=json.dumps({made: number}))
        # Nobody knew whose call it was: the number says it.
        room.fill("call", ELSEWHERE, SAYS, number="04155550134", customer_id=None, ticket_id=None)
    room.fill("setting", OWN, SAYS, key="first_page")
    room.fill("banner", OWN, SAYS, agent_id=agent)
    room.fill("source_state", OWN, SAYS, source_id=source)
    room.fill("form_draft", OWN, ASKED, about=json.dumps({"customer": room.customer_id}))
    room.fill("customer_value", OWN, "", customer_id=room.customer_id)
    alone = room.fill("organization", OWN, SAYS)
    both = room.fill("organization", ELSEWHERE, "Kettles", domain="")
    connection.execute("UPDATE customer SET organization_id = ?, note = ?, flags = ?, details = ? WHERE id = ?",
                       (alone, SAYS, json.dumps([SAYS]), json.dumps({"x": SAYS}), room.customer_id))  # fmt: skip
    connection.execute("UPDATE customer SET organization_id = ?, note = ?, details = ? WHERE id = ?",
                       (both, SAYS, json.dumps({"x": SAYS}), room.li))  # fmt: skip
    said = {"field": "customer", "before": NAME, "after": None}
    room.fill("event", OWN, "", ticket_id=None, customer_id=room.li, kind="customers_told_apart", data=json.dumps(said))
    room.filled |= {"customer.name", "customer.note", "customer.flags", "customer.details"}
    room.filled |= {"identity.value", "identity.normal"}
    room.filled |= {f"ticket.{name}" for name in ("subject", "preview", "goal", "summary", "choice", "details")}
    for place, words in ((OWN, SAYS), (SHARED, SAYS), (ELSEWHERE, SAYS)):
        connection.execute("UPDATE ticket SET goal = ?, summary = ?, choice = ?, details = ?, preview = ? WHERE id = ?",
                           (words, words, words, json.dumps({"x": words}), words, tickets[place]))  # fmt: skip
    columns = ("sender", "recipients", "copies", "subject", "body", "bounce", "message_id", "in_reply_to")
    room.filled |= {f"message.{name}" for name in columns}


def _texts(connection: Connection) -> set[str]:
    """Every column with words; the look-up's and the full text's tables are searched byte by byte and by terms."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        f"{table}.{column}"
        for (table,) in tables
        if not table.startswith(("lookup", "message_text", "sqlite_", "alembic_"))
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall()
        if kind in ("VARCHAR", "TEXT")
    }


def test_nothing_is_left_in_any_text_of_the_schema(workspace: Workspace, room: Room, by: By) -> None:
    connection = room.connection
    _fill_all(room)
    assert _texts(connection) - CODED == room.filled
    counted = "SELECT (SELECT count(*) FROM call), (SELECT count(*) FROM task), (SELECT count(*) FROM incident)"
    before = connection.execute(counted).fetchone()
    erase(connection, by, find(connection, room.customer_id))
    assert clean_up(connection)
    connection.close()
    left = {
        (file.name, word)
        for file in sorted(workspace.folder.rglob("*"))
        if file.is_file()
        for word in TELLING
        if word.encode() in file.read_bytes().lower()
    }
    if left:
        pytest.fail(f"{left}: {_where(workspace)}")
    with closing(open_to_write(workspace)) as again:
        assert again.execute(counted).fetchone() == before
        assert again.execute("SELECT name FROM organization ORDER BY 1").fetchall() == [("",), ("Kettles",)]
        assert _terms(again) == set()
        # What isn't about them stands as it did.
        assert again.execute("SELECT subject FROM ticket WHERE id = ?", (room.tickets[ELSEWHERE],)).fetchone() == (
            "Of somebody else",
        )


def _where(workspace: Workspace) -> list[tuple[str, str, str]]:
    """In which columns words are left."""
    with closing(open_to_write(workspace)) as connection:
        return [
            (name, word, str(text))
            for name in sorted(_texts(connection))
            for (text,) in connection.execute("SELECT {1} FROM {0}".format(*name.split("."))).fetchall()
            for word in TELLING
            if word in str(text).lower()
        ]


def _terms(connection: Connection) -> set[str]:
    """Terms of the full texts that tell: in their pages a term may lack the beginning that it shares with another."""
    found = set()
    for table in ("message_text", "lookup", "lookup_part"):
        connection.execute(f"CREATE VIRTUAL TABLE temp.terms_{table} USING fts5vocab(main, {table}, 'row')")
        for (term,) in connection.execute(f"SELECT term FROM temp.terms_{table}").fetchall():
            found |= {term for word in TELLING if len(term) >= 5 and (word in term or term in word)}
    return found


def test_a_reply_to_somebody_else_on_a_shared_ticket_still_leaves(room: Room, by: By) -> None:
    for words in ("Dear Li, it is done.", f"Dear Li, {NAME} has it."):
        message = make_message(room.connection, room.tickets[SHARED], kind="outbound", body=words)
        room.fill("outbox", SHARED, "", message_id=message, state="waiting", payload="{}")
    erase(room.connection, by, find(room.connection, room.customer_id))
    states = room.connection.execute("SELECT state FROM outbox ORDER BY id").fetchall()
    assert states == [("waiting",), ("dropped",)]


def test_a_namesake_keeps_their_name(room: Room, by: By) -> None:
    shared = room.tickets[SHARED]
    ana = make_customer(room.connection, "Quentin Berg", email="quentin@berg.example")
    told = make_message(
        room.connection, shared, customer_id=ana, body=f"Quentin here, not {NAME}.",
        sender="Quentin Berg <quentin@berg.example>",
    )  # fmt: skip
    erase(room.connection, by, find(room.connection, room.customer_id))
    row = room.connection.execute("SELECT body, sender FROM message WHERE id = ?", (told,)).fetchone()
    assert row == (f"Quentin here, not {ERASED}.", "Quentin Berg <quentin@berg.example>")


def test_their_own_name_beside_their_address_is_no_namesakes(room: Room, by: By) -> None:
    told = make_message(
        room.connection, room.tickets[SHARED], customer_id=room.li, body="Thanks, Quentin!",
        sender="Li Wei <li@wei.example>", recipients=f"{NAME} <quentin+shop@zwieback.example>",
    )  # fmt: skip
    erase(room.connection, by, find(room.connection, room.customer_id))
    row = room.connection.execute("SELECT body, sender, recipients FROM message WHERE id = ?", (told,)).fetchone()
    assert row == (f"Thanks, {ERASED}!", "Li Wei <li@wei.example>", f"{ERASED} <{ERASED}>")


def test_a_company_and_short_codes_are_anybodys_words(room: Room, by: By) -> None:
    shared, connection = room.tickets[SHARED], room.connection
    kinds = (
        (IdentityKind.COMPANY, "Kettles Ltd"), (IdentityKind.ORDER, "12"), (IdentityKind.ORDER, "88-41"),
        (IdentityKind.HANDLE, "@sunny"), (IdentityKind.ACCOUNT, "q_x9"),
    )  # fmt: skip
    for kind, value in kinds:
        make_identity(connection, room.customer_id, kind, value)
    text = "At Kettles Ltd 12 are sunny; @sunny has 88-41, 8841 and q_x9."
    told = make_message(connection, shared, customer_id=room.li, body=text)
    erase(connection, by, find(connection, room.customer_id))
    (body,) = connection.execute("SELECT body FROM message WHERE id = ?", (told,)).fetchone()
    assert body == f"At Kettles Ltd 12 are sunny; {ERASED} has {ERASED}, {ERASED} and {ERASED}."


@pytest.mark.parametrize("number", ["(415) 555-0134", "04155550134", "0014155550134", "415.555.0134"])
def test_a_number_is_found_elsewhere_in_another_notation(room: Room, by: By, number: str) -> None:
    elsewhere, connection = room.tickets[ELSEWHERE], room.connection
    bare = "".join(filter(str.isdigit, number))
    told = make_message(connection, elsewhere, customer_id=room.li, body=f"Ring {number}.")
    rang = room.fill("call", ELSEWHERE, "", number=bare, customer_id=None, ticket_id=None)
    erase(connection, by, find(connection, room.customer_id))
    (body,) = connection.execute("SELECT body FROM message WHERE id = ?", (told,)).fetchone()
    assert body.replace("(", "") == f"Ring {ERASED}."
    # Nobody dials words.
    assert connection.execute("SELECT number FROM call WHERE id = ?", (rang,)).fetchone() == ("",)


def test_a_shared_ticket_shows_what_is_left_on_it(room: Room, by: By) -> None:
    shared, connection = room.tickets[SHARED], room.connection
    make_message(connection, shared, customer_id=room.customer_id, body="Ring me", at=NOW + 1)
    after_inbound(connection, [shared])
    asked = "SELECT preview, message_count FROM ticket WHERE id = ?"
    assert connection.execute(asked, (shared,)).fetchone()[0] == "Ring me"
    erase(connection, by, find(connection, room.customer_id))
    assert connection.execute(asked, (shared,)).fetchone()[0] == ""


def test_freed_space_is_overwritten_before_the_file_is_written_anew(
    workspace: Workspace, connection: Connection, by: By
) -> None:
    customer_id = make_customer(connection, "Bo Berg")
    connection.execute("UPDATE customer SET note = ? WHERE id = ?", ("zymurgy " * 40, customer_id))
    erase(connection, by, find(connection, customer_id))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"zymurgy" not in workspace.database.read_bytes()


def test_a_company_in_which_others_are_stays(room: Room, by: By) -> None:
    firm = room.fill("organization", OWN, "Kettles")
    room.connection.execute("UPDATE customer SET organization_id = ?", (firm,))
    erase(room.connection, by, find(room.connection, room.customer_id))
    asked = "SELECT c.name, o.name FROM customer c LEFT JOIN organization o ON o.id = c.organization_id ORDER BY c.id"
    assert room.connection.execute(asked).fetchall() == [("Erased customer", None), ("Li Wei", "Kettles")]


def test_the_full_text_is_cleaned_in_as_many_steps_as_it_takes(
    workspace: Workspace, connection: Connection, by: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_id, other = make_customer(connection, "Bo Berg"), make_customer(connection, "Li Wei")
    # Few of many that are in one part of the full text: SQLite itself has no reason to bring it in order.
    with writing(connection):
        for owner, word in ((other, "abacus"), (customer_id, "zymurgy"), (other, "zyzzyva")):
            ticket = make_ticket(connection, customer_id=owner)
            for number in range(3 if owner == customer_id else 150):
                body = " ".join(f"{word}{number}x{each}" for each in range(40))
                make_message(connection, ticket, customer_id=owner, body=body)
    monkeypatch.setattr(cleaning, "STEP", 1)
    erase(connection, by, find(connection, customer_id))
    assert clean_up(connection)
    connection.close()
    assert b"zymurgy" not in workspace.database.read_bytes()


def test_a_large_file_is_left_to_the_command(room: Room, by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "SMALL", 0)
    erase(room.connection, by, find(room.connection, room.customer_id))
    assert not clean_up(room.connection)
    assert cleaning.pending(room.connection)
    assert clean_up(room.connection, whatever_size=True)
    assert not cleaning.pending(room.connection)


def test_deeds_in_which_nothing_tells_can_still_be_undone(room: Room, by: By) -> None:
    rows = [
        room.fill("event", SHARED, "", data='{"field": "status"}', patch=patch) for patch in ('["x"]', f'["{NAME}"]')
    ]
    erase(room.connection, by, find(room.connection, room.customer_id))
    asked = "SELECT patch FROM event WHERE id IN (?, ?) ORDER BY id"
    assert room.connection.execute(asked, rows).fetchall() == [('["x"]',), ("",)]
