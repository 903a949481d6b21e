"""An erased customer: nothing that tells of them is left in rows, files or unused pages, and what is counted stays."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from desk.erasure import ERASED, NAME
from desk.errors import NotFound, Refused
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.statuses import Status
from storage import attachments, contacts, models
from storage.connect import Connection, connect
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.change import change
from storage.deeds.customer_merge import merge
from storage.deeds.journal import Journal
from storage.deeds.plan import Change
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.erasing import cleaning
from storage.erasing.cleaning import clean_up, pending
from storage.erasing.erase import erase
from storage.erasing.rows import STATEMENTS
from storage.erasing.traces import find
from storage.imports.reading import MailRules
from storage.imports.run import Wish, import_files
from storage.merges import parts
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_customer, make_identity, make_message, make_tag, make_ticket

# Words that stand nowhere else; whatever of a person holds one of these must be gone.
CANARY = "xylophonist"
MAIL = f"""From: Quentin {CANARY.title()} <quentin@{CANARY}.example>
To: support@shop.example
Cc: Bo Berg <bo@berg.example>
Subject: My {CANARY} order
Message-ID: <first@{CANARY}.example>
Date: Mon, 02 Mar 2026 08:00:00 +0000
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain

The {CANARY} of mine has broken into two.
Please send another one to my house.
--part
Content-Type: text/plain
Content-Disposition: attachment; filename={CANARY}.txt

a file about a {CANARY}
--part--
"""
ANSWER = f"""From: Bo Berg <bo@berg.example>
To: support@shop.example, quentin@{CANARY}.example
Subject: Re: My {CANARY} order
Message-ID: <second@berg.example>
In-Reply-To: <first@{CANARY}.example>
Date: Mon, 02 Mar 2026 08:30:00 +0000

I have the same trouble as Quentin, with a green one.

> The {CANARY} of mine has broken into two.
"""


@pytest.fixture
def mails(tmp_path: Path) -> tuple[Path, ...]:
    """The customer's mail, and what somebody else answered."""
    files = []
    for name, text in (("first", MAIL), ("second", ANSWER)):
        files.append(tmp_path / f"{name}.eml")
        files[-1].write_text(text, "utf-8")
    return tuple(files)


def _take(workspace: Workspace, connection: Connection, *files: Path) -> int:
    rules = MailRules(frozenset({"support@shop.example"}), Status.OPEN)
    return import_files(workspace, connection, Wish(files, rules=rules), NOW).added


@pytest.fixture
def quentin(workspace: Workspace, connection: Connection, engine: Engine, by: By, mails: tuple[Path, ...]) -> int:
    """A customer with all that somebody can have: two records, mails, a reply that waits, a call, history."""
    _take(workspace, connection, *mails)
    (found,) = connection.execute(
        "SELECT customer_id FROM identity WHERE normal = ?", (f"quentin@{CANARY}.example",)
    ).fetchone()
    customer_id = int(found)
    (ticket,) = connection.execute("SELECT id FROM ticket WHERE customer_id = ?", (customer_id,)).fetchone()
    other = make_customer(connection, f"Q. {CANARY.title()}")
    make_identity(connection, other, IdentityKind.PHONE, "+14155550134")
    alone = make_ticket(connection, subject=f"Another {CANARY}", customer_id=other, status=3)
    make_message(connection, alone, customer_id=other, body=f"A second {CANARY}")
    make_message(connection, alone, kind="note", body=f"Gave him a {CANARY}")
    make_tag(connection, alone, "late")
    word = f"Quentin {CANARY.title()}"
    with deed_session(engine) as session:
        session.add_all(_hanging_on(customer_id, ticket, word))
    deeds: tuple[Callable[[Session], object], ...] = (
        lambda session: customers.note(session, by, customer_id, f"Plays the {CANARY}"),
        lambda session: customers.flag(session, by, customer_id, f"abusive: threw a {CANARY}"),
        lambda session: merge(session, by, other, customer_id),
        lambda session: write(
            session,
            by,
            ticket,
            Outgoing("reply", f"Dear Quentin, your {CANARY}", f"quentin@{CANARY}.example", "", f"Re: {CANARY}"),
        ),
    )
    for deed in deeds:
        with deed_session(engine) as session:
            deed(session)
    return customer_id


def _hanging_on(customer_id: int, ticket: int, word: str) -> list[models.SQLModel]:
    """A row of each table that hangs on a customer, with their name wherever there is a text."""
    return [
        models.Call(
            customer_id=customer_id, ticket_id=ticket, state="done", way="pop", external_id=f"call of {word}",
            number="+14155550134", caller=word, rang_at=1, answered_at=2, ended_at=60, goal=word, notes=word,
            outcome=word, follow_up=word,
        ),
        models.Gesture(
            customer_id=customer_id, ticket_id=ticket, kind="voucher", amount=500, currency="EUR", reason=word,
            answer=word, state="given", made_at=1,
        ),
        models.Promise(ticket_id=ticket, words=word, made_at=1, due_at=2, target_at=2),
        models.Rating(ticket_id=ticket, score=1, words=word, way="word", at=1, action=word),
        models.SnippetUse(
            snippet_id=1, title="Refund", ticket_id=ticket, message_id=1, at=1, changed=0, inserted=word, text=word
        ),
        models.Task(id=77, title=f"Ask {word}", cause=word, created_at=1),
        models.TaskTicket(task_id=77, ticket_id=ticket),
        models.KnownAnswer(snippet_id=1, question=f"What does {word} want?", ticket_id=ticket, captured_at=1),
        models.Draft(ticket_id=ticket, kind="note", body=word, updated_at=1),
        models.ChecklistRun(id=78, ticket_id=ticket, checklist_key="heard", started_at=1),
        models.ChecklistTick(run_id=78, step="hear", state="done", at=1, reason=word, text=word),
        models.CustomerValue(customer_id=customer_id, amount=1, currency="EUR", updated_at=1),
    ]  # fmt: skip


def _left(workspace: Workspace) -> list[str]:
    """The files of the workspace in which the canary stands, in any case."""
    return [
        file.name
        for file in sorted(workspace.folder.rglob("*"))
        if file.is_file() and CANARY.encode() in file.read_bytes().lower()
    ]


def test_no_byte_is_left_of_an_erased_customer(
    workspace: Workspace, connection: Connection, engine: Engine, by: By, quentin: int
) -> None:
    counts = "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM message), (SELECT count(*) FROM call), (SELECT sum(amount) FROM gesture)"  # noqa: E501
    before = connection.execute(counts).fetchone()
    times = connection.execute("SELECT id, kind, at, agent_id, ticket_id FROM message ORDER BY id").fetchall()
    connection.execute("UPDATE promise SET state = 'open', settled_at = NULL")
    traced = find(connection, quentin)
    assert (len(traced.tickets), len(traced.records), traced.files, traced.calls, traced.waiting) == (2, 2, 1, 1, 1)
    erase(connection, by, traced)
    assert pending(connection)
    assert clean_up(connection)
    assert not pending(connection)
    connection.close()
    assert _left(workspace) == []
    with closing(open_to_write(workspace)) as again:
        assert again.execute(counts).fetchone() == before
        assert again.execute("SELECT id, kind, at, agent_id, ticket_id FROM message ORDER BY id").fetchall() == times
        assert again.execute("SELECT name, note, flags FROM customer WHERE id = ?", (quentin,)).fetchone() == (
            NAME,
            "",
            "[]",
        )
        assert again.execute("SELECT state FROM outbox WHERE kind = 'reply'").fetchall() == [("dropped",)]
        assert again.execute("SELECT state, words FROM promise").fetchall() == [("withdrawn", "")]
        assert again.execute("SELECT count(*) FROM draft").fetchone() == (0,)
        assert {row[0] for row in again.execute("SELECT status FROM ticket").fetchall()} == {3, 4}
        assert again.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert again.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_others_wrote_stays_readable(connection: Connection, by: By, quentin: int) -> None:
    erase(connection, by, find(connection, quentin))
    body, sender, recipients = connection.execute(
        "SELECT body, sender, recipients FROM message WHERE sender LIKE 'Bo%'"
    ).fetchone()
    assert body.strip() == f"I have the same trouble as {ERASED}, with a green one."
    assert sender == "Bo Berg <bo@berg.example>"
    assert recipients == f"support@shop.example, {ERASED}"
    finder = Finder(connection, ("US",))
    assert [hit.name for hit in finder.find("bo berg")] == ["Bo Berg"]
    for question in (CANARY, "quentin", "0134", f"quentin@{CANARY}.example"):
        assert finder.find(question) == []
    assert NAME not in [contact.name for contact in contacts.recent(connection, 20)]


def test_the_same_mails_stay_erased_and_a_new_one_is_a_new_customer(
    workspace: Workspace, connection: Connection, by: By, quentin: int, mails: tuple[Path, ...], tmp_path: Path
) -> None:
    erase(connection, by, find(connection, quentin))
    assert _take(workspace, connection, *mails) == 0
    # The same mail from another folder has other bytes.
    copy = tmp_path / "copy.eml"
    copy.write_text("X-Folder: Archive\n" + MAIL, "utf-8")
    assert _take(workspace, connection, copy) == 0
    table = tmp_path / "customers.jsonl"
    table.write_text(json.dumps({"name": "Quentin", "emails": [f"quentin@{CANARY}.example"]}), "utf-8")
    assert _take(workspace, connection, table) == 0
    later = tmp_path / "later.eml"
    later.write_text(MAIL.replace("<first@", "<third@").replace("08:00", "12:00"), "utf-8")
    assert _take(workspace, connection, later) == 1
    writer = connection.execute(
        "SELECT customer_id, name FROM message JOIN customer c ON c.id = customer_id ORDER BY message.id DESC"
    )
    customer_id, name = writer.fetchone()
    assert customer_id != quentin
    assert name == f"Quentin {CANARY.title()}"
    # Whoever is back is brought up by lists like anybody else.
    assert _take(workspace, connection, table) == 0
    assert [hit.customer_id for hit in Finder(connection).find("quentin")] == [customer_id]


def test_tickets_of_a_table_stay_erased(workspace: Workspace, connection: Connection, by: By, tmp_path: Path) -> None:
    table = tmp_path / "tickets.jsonl"
    said = {"kind": "inbound", "at": "2026-03-01T08:00:00Z", "from": "Li", "text": f"a {CANARY}"}
    table.write_text(json.dumps({"subject": "x", "customer": {"email": "li@example.org"}, "messages": [said]}), "utf-8")
    assert _take(workspace, connection, table) == 1
    (customer_id,) = connection.execute("SELECT id FROM customer").fetchone()
    erase(connection, by, find(connection, customer_id))
    assert _take(workspace, connection, table) == 0
    assert connection.execute("SELECT count(*), sum(length(body)) FROM message").fetchone() == (1, 0)


def test_a_file_that_somebody_else_sent_too_stays(
    workspace: Workspace, connection: Connection, by: By, quentin: int
) -> None:
    (digest,) = connection.execute("SELECT digest FROM attachment").fetchone()
    ticket = make_ticket(connection)
    message = make_message(connection, ticket)
    connection.execute(
        "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline) "
        "VALUES(?,?,'a','b',1,?,'',0)",
        (new_uid(), message, digest),
    )
    erase(connection, by, find(connection, quentin))
    clean_up(connection)
    assert attachments.path(workspace, digest).exists()
    assert connection.execute("SELECT message_id FROM attachment").fetchall() == [(message,)]


def test_it_is_final(connection: Connection, engine: Engine, by: By, quentin: int) -> None:
    traced = find(connection, quentin)
    erase(connection, by, traced)
    with pytest.raises(Refused, match="nothing to undo"), deed_session(engine) as session:
        undo(session, by)
    with pytest.raises(NotFound, match="erased already"):
        find(connection, quentin)
    events = connection.execute("SELECT count(*) FROM event WHERE kind = 'erased'").fetchone()
    # Another console that had asked before is harmless.
    erase(connection, by, traced)
    assert connection.execute("SELECT count(*) FROM event WHERE kind = 'erased'").fetchone() == events
    with pytest.raises(Refused, match="was erased"), deed_session(engine) as session:
        customers.flag(session, by, quentin, "vip")
    assert parts(connection, quentin) == ()
    other = make_customer(connection, "Li Wei")
    with pytest.raises(Refused, match="erased customer can't be merged"), deed_session(engine) as session:
        merge(session, by, other, quentin)


def test_history_keeps_what_is_counted(connection: Connection, engine: Engine, by: By, quentin: int) -> None:
    (ticket,) = connection.execute("SELECT id FROM ticket WHERE customer_id = ? ORDER BY id", (quentin,)).fetchone()
    with deed_session(engine) as session:
        change(session, by, [ticket], Change(status=Status.HOLD))
        journal = Journal(session, by)
        journal.tell("changed", {"field": "goal", "before": "", "after": f"A new {CANARY}"}, ticket_id=ticket)
        journal.done(f"Wrote down {CANARY}", ticket)
    erase(connection, by, find(connection, quentin))
    found = connection.execute("SELECT data FROM event WHERE ticket_id = ? AND kind = 'changed'", (ticket,)).fetchall()
    told = [json.loads(data) for (data,) in found]
    assert {"field": "status", "before": 0, "after": 2} in told
    assert {"field": "goal"} in told


def test_a_crash_in_between_leaves_a_mark_and_whoever_opens_next_goes_on(
    workspace: Workspace, connection: Connection, by: By, quentin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    traced = find(connection, quentin)
    with monkeypatch.context() as patched:
        patched.setattr("storage.erasing.erase.keep", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(connection, by, traced)
    assert connection.execute("SELECT name FROM customer WHERE id = ?", (quentin,)).fetchone() != (NAME,)
    assert not pending(connection)
    erase(connection, by, traced)
    for step in ("_remove_files", "_merge", "_written_anew"):
        with monkeypatch.context() as patched:
            patched.setattr(cleaning, step, killed)
            with pytest.raises(KeyboardInterrupt):
                clean_up(connection)
        assert pending(connection)
    connection.close()
    open_to_write(workspace).close()
    assert _left(workspace) == []


def test_a_console_that_reads_just_then_leaves_the_last_step_for_later(
    workspace: Workspace, connection: Connection, by: By, quentin: int
) -> None:
    erase(connection, by, find(connection, quentin))
    with closing(connect(workspace.database)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM ticket").fetchone()
        connection.execute("PRAGMA busy_timeout=1")
        assert not clean_up(connection)
        assert pending(connection)
        other.execute("COMMIT")
    assert clean_up(connection)


def test_every_text_that_hangs_on_a_customer_is_thought_of(connection: Connection) -> None:
    """A new column with words must be emptied by storage.erasing.rows, or be named here as telling nobody."""
    harmless = {
        "call.direction", "call.state", "call.way", "checklist_tick.state", "checklist_tick.step", "event.kind",
        "checklist_run.checklist_key", "customer_merge.since", "customer_value.currency", "draft.kind", "gesture.kind",
        "gesture.currency", "gesture.state", "incident_ticket.state", "known_answer.question", "merged_row.kind",
        "message.kind", "message.automatic", "outbox.kind", "outbox.state", "promise.state", "rating.way",
        "snippet_use.title", "mail_copy.stream", "mail_copy.flags", "event.data", "event.patch",
    }  # fmt: skip
    emptied = {
        f"{table}.{column}"
        for statement in STATEMENTS
        for table in re.findall(r"UPDATE (\w+) SET", statement)
        for column in re.findall(r"(\w+) = (?:''|NULL|'\[\]'|'\{\}'|'\(erased\)'|:name)", statement)
    }
    gone = set(re.findall(r"DELETE FROM (\w+)", " ".join(STATEMENTS))) | {"identity"}
    hanging = {
        f"{table}.{column}"
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        if table not in gone and _hangs_on(connection, table)
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall()
        if kind in ("VARCHAR", "TEXT")
    }
    assert hanging - emptied - harmless == set()


def _hangs_on(connection: Connection, table: str) -> bool:
    others = {row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()}
    return table == "customer" or bool(others & {"customer", "ticket", "message", "checklist_run"})


def test_what_came_between_the_question_and_the_yes_goes_too(
    workspace: Workspace, connection: Connection, by: By, quentin: int, tmp_path: Path
) -> None:
    traced = find(connection, quentin)
    late = tmp_path / "late.eml"
    late.write_text(MAIL.replace("<first@", "<late@").replace("08:00", "12:00"), "utf-8")
    assert _take(workspace, connection, late) == 1
    erase(connection, by, traced)
    assert connection.execute("SELECT count(*) FROM message WHERE instr(lower(body), ?)", (CANARY,)).fetchone() == (0,)


def test_a_deed_on_somebody_else_that_names_an_address_forgets_it(
    connection: Connection, engine: Engine, by: By, quentin: int
) -> None:
    other = make_customer(connection, "Li Wei")
    with deed_session(engine) as session:
        customers.note(session, by, other, f"Ask Quentin@{CANARY}.example, he knows")
    erase(connection, by, find(connection, quentin))
    (told, patch) = connection.execute("SELECT data, patch FROM event WHERE customer_id = ?", (other,)).fetchone()
    assert CANARY not in told.lower()
    assert patch == ""
    (note,) = connection.execute("SELECT note FROM customer WHERE id = ?", (other,)).fetchone()
    assert note == f"Ask {ERASED}, he knows"


def test_a_name_is_typed_as_it_looks(connection: Connection) -> None:
    traced = find(connection, make_customer(connection, "Jos\u00e9  Ru\u00a0Iz"))
    assert traced.is_named(" jos\u00e9 ru iz ")
    assert not traced.is_named("jos\u00e9 ruiz")
    assert not traced.is_named("")
