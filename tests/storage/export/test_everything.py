"""The team's whole data leaves, and comes back into an empty workspace as it was."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from desk import flags
from desk.errors import BadInput
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.times import DAY, iso
from storage import attachments, models, rules
from storage.connect import Connection
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.merge import merge
from storage.engine import deed_session
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.export import everything, tables
from storage.export.everything import FILES, Exported, export_everything
from storage.imports.run import Wish, import_files
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_identity, make_message, make_tag, make_ticket
from tests.hostile import HOSTILE
from tests.screens.stage import storable

TOLD = (
    """SELECT c.name, plan, c.note, since, flags, details, o.name, amount, currency FROM customer c
        LEFT JOIN organization o ON o.id = organization_id LEFT JOIN customer_value ON customer_id = c.id ORDER BY 1""",
    "SELECT c.name, kind, normal, known FROM identity JOIN customer c ON c.id = customer_id ORDER BY 1, 2, 3",
    """SELECT subject, status, priority, h.key, c.name, a.handle, t.created_at, t.details FROM ticket t
        JOIN channel h ON h.id = channel_id LEFT JOIN customer c ON c.id = customer_id
        LEFT JOIN agent a ON a.id = assignee_id ORDER BY 1""",
    """SELECT t.subject, m.kind, m.at, m.sender, m.body, c.name FROM message m JOIN ticket t ON t.id = ticket_id
        LEFT JOIN customer c ON c.id = m.customer_id ORDER BY 1, m.at, m.body""",
    """SELECT t.subject, g.name FROM ticket_tag x JOIN ticket t ON t.id = ticket_id JOIN tag g ON g.id = tag_id
        ORDER BY 1, 2""",
    "SELECT title, trigger, folder, keywords, body FROM snippet ORDER BY 1, 2",
)


@pytest.fixture
def team(workspace: Workspace, connection: Connection) -> Connection:
    """Two customers with all that they can have, one alone in a name, tickets of each kind."""
    ana = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    make_identity(connection, ana, IdentityKind.PHONE, "+14155550134", known=False)
    make_identity(connection, ana, IdentityKind.NAME, "Anita")
    make_identity(connection, ana, IdentityKind.ORDER, "8841")
    connection.execute(
        "UPDATE customer SET plan = 'pro', note = 'Calls early', since = ?, flags = ?, details = ? WHERE id = ?",
        (
            NOW - 900 * DAY,
            flags.write([flags.Flag("vip", "first of all", NOW, "Bo"), flags.Flag("press")]),
            json.dumps({"Zürich?": "ja", "size": "XL"}, ensure_ascii=False, sort_keys=True),
            ana,
        ),
    )
    connection.execute("INSERT INTO customer_value VALUES(?, 123450, 'EUR', ?)", (ana, NOW))
    li = make_customer(connection, "Li Wei")
    bo = make_agent(connection)
    first = make_ticket(
        connection, subject="A matter", customer_id=ana, status=3, priority=2, assignee_id=bo, details='{"shop": "2"}'
    )
    make_tag(connection, first, "late")
    message = make_message(connection, first, customer_id=ana, sender="Ana <ana@example.org>", body="Where?\n\nAna")
    make_message(connection, first, kind="outbound", at=NOW + 5, agent_id=bo, sender="Bo", body="Here.")
    make_message(connection, first, kind="inbound", at=NOW + 6, customer_id=li, sender="Li", body="Mine too.")
    second = make_ticket(connection, subject="Called", customer_id=li, channel="phone")
    make_message(connection, second, kind="call", customer_id=li, sender="Li", body="Talked.")
    make_ticket(connection, subject="Of nobody")
    digest = attachments.keep(workspace, b"bytes")
    connection.execute(
        "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline) "
        "VALUES(?,?,'a.txt','text/plain',5,?,'',0)",
        (new_uid(), message, digest),
    )
    index_customers(connection, [ana, li])
    return connection


def _written(workspace: Workspace, connection: Connection, folder: Path) -> Exported:
    return export_everything(workspace, connection, By(None, NOW), folder, lambda what, count: None)


def _told(connection: Connection) -> list[object]:
    """What a workspace says, without its own numbers."""
    return [connection.execute(statement).fetchall() for statement in TOLD]


def test_it_comes_back_as_it_was(workspace: Workspace, team: Connection, tmp_path: Path) -> None:
    written = _written(workspace, team, tmp_path / "out")
    assert (written.customers, written.tickets, written.attachments, written.missing) == (2, 3, 1, ())
    files = [tmp_path / "out" / name for name in FILES]
    with closing(open_to_write(Workspace(tmp_path / "other"))) as other:
        report = import_files(Workspace(tmp_path / "other"), other, Wish(files), NOW)
        assert (report.problems, report.updated) == ([], 0)
        assert _told(other) == _told(team)
        assert [hit.name for hit in Finder(other).find("0134")] == ["Ana Ruiz"]
        # A second time brings nothing new.
        again = import_files(Workspace(tmp_path / "other"), other, Wish(files), NOW)
        assert (again.added, again.updated) == (0, 0)


def test_few_rows_are_in_memory_at_a_time(
    workspace: Workspace, team: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _written(workspace, team, tmp_path / "whole")
    monkeypatch.setattr(everything, "CHUNK", 1)
    parts = _written(workspace, team, tmp_path / "parts")
    assert (whole.customers, whole.tickets) == (parts.customers, parts.tickets)
    for name in FILES:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_every_table_of_the_schema_is_in_it_or_says_why_not(connection: Connection) -> None:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    own = {name for (name,) in found if not name.startswith(("lookup", "message_text", "sqlite_"))}
    assert own == {*tables.tables(connection), *tables.LEFT_OUT}
    assert not set(tables.tables(connection)) & set(tables.LEFT_OUT)


def test_what_no_import_takes_is_in_it_whole(
    workspace: Workspace, team: Connection, by: By, engine: Engine, tmp_path: Path
) -> None:
    ticket, ana, uid = team.execute(
        "SELECT t.id, c.id, t.uid FROM ticket t JOIN customer c ON c.id = t.customer_id WHERE t.subject = 'A matter'"
    ).fetchone()
    words = "by Friday, in full"
    with deed_session(engine) as session:
        session.add_all(
            [
                models.Promise(ticket_id=ticket, words=words, made_at=NOW, due_at=NOW, target_at=NOW),
                models.Rating(ticket_id=ticket, score=1, words=words, way="word", at=NOW, action=words),
                models.Gesture(
                    ticket_id=ticket, customer_id=ana, kind="voucher", amount=500, currency="EUR", reason=words,
                    state="given", made_at=NOW,
                ),
                models.Call(
                    customer_id=ana, ticket_id=ticket, state="done", way="pop", number="+1", rang_at=NOW, notes=words
                ),
                models.Task(id=1, title=words, cause=words, created_at=NOW),
                models.TaskTicket(task_id=1, ticket_id=ticket),
                models.Incident(id=1, title=words, state="over", notice=words, created_at=NOW),
                models.IncidentUpdate(incident_id=1, text=words, at=NOW, tickets=1),
                models.ChecklistRun(id=1, ticket_id=ticket, checklist_key="heard", started_at=NOW),
                models.ChecklistTick(run_id=1, step="hear", state="skipped", at=NOW, reason=words),
                models.Draft(ticket_id=ticket, kind="note", body=words, updated_at=NOW),
            ]
        )  # fmt: skip
    with deed_session(engine) as session:
        customers.note(session, by, ana, words)
    rules.write(team, "gestures", rules.read(team, "gestures"))
    written = _written(workspace, team, tmp_path / "out")
    told = {
        file.stem: [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        for file in (tmp_path / "out" / "tables").iterdir()
    }
    assert written.rows == sum(map(len, told.values()))
    for table in (
        "promise", "rating", "gesture", "call", "task", "incident", "incident_update", "checklist_tick", "draft",
        "event",
    ):  # fmt: skip
        assert words in json.dumps(told[table]), table
    (promise,) = told["promise"]
    assert promise["ticket"] == uid.hex()
    assert promise["due_at"] == iso(NOW)
    assert told["checklist_tick"][0]["at"] == iso(NOW)
    assert all(told.values()), "of what a team doesn't use there is no file"
    assert told["event"][0]["data"]["after"] == words
    assert (tmp_path / "out" / "rules" / "gestures.toml").read_text("utf-8") == rules.read(team, "gestures")
    assert len(list((tmp_path / "out" / "rules").iterdir())) == 1, "only the team's own"
    first = json.loads((tmp_path / "out" / "tickets.jsonl").read_text("utf-8").split("\n")[0])
    assert first["external_id"] == uid.hex()
    assert ["customer" in message for message in first["messages"]] == [False, False, True], (
        "only who isn't the ticket's"
    )
    assert {row["uid"] for row in told["message"]} >= {message["external_id"] for message in first["messages"]}
    assert "tombstone_key" not in "".join(file.read_text("utf-8") for file in (tmp_path / "out").rglob("*.jsonl"))


def test_a_merged_ticket_is_told_of_once(
    workspace: Workspace, team: Connection, by: By, engine: Engine, tmp_path: Path
) -> None:
    into, other = (row[0] for row in team.execute("SELECT id FROM ticket ORDER BY id LIMIT 2").fetchall())
    with deed_session(engine) as session:
        merge(session, by, [other], into)
    assert _written(workspace, team, tmp_path / "out").tickets == 2
    lines = (tmp_path / "out" / "tables" / "ticket.jsonl").read_text("utf-8").splitlines()
    numbers = {row["uid"]: row["number"] for row in map(json.loads, lines)}
    assert [numbers[row["merged_into"]] for row in map(json.loads, lines) if "merged_into" in row] == [1001]


def test_merged_and_erased_customers_are_not_in_it(
    workspace: Workspace, team: Connection, by: By, tmp_path: Path
) -> None:
    (ana,) = team.execute("SELECT id FROM customer WHERE name = 'Ana Ruiz'").fetchone()
    erase(team, by, find(team, ana))
    assert _written(workspace, team, tmp_path / "out").customers == 1
    text = "".join(file.read_text("utf-8") for file in (tmp_path / "out").rglob("*.*l") if file.is_file())
    # An agent has the same name.
    for words in ("Anita", "ana@example.org", '"8841"', "Calls early", "first of all"):
        assert words not in text


def test_hostile_texts_come_back_as_they_are(workspace: Workspace, connection: Connection, tmp_path: Path) -> None:
    for _, text in HOSTILE:
        ticket = make_ticket(connection, subject="x")
        make_message(connection, ticket, body=storable(text), sender=storable(text))
    _written(workspace, connection, tmp_path / "out")
    lines = (tmp_path / "out" / "tickets.jsonl").read_text("utf-8").split("\n")
    assert [json.loads(line)["messages"][0].get("text", "") for line in lines if line] == [
        storable(text) for _, text in HOSTILE
    ]


def test_nothing_is_overwritten_and_nothing_half_stays(
    workspace: Workspace, team: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="something at"):
        _written(workspace, team, tmp_path / "out")

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(everything, "_ticket", broken)
    with pytest.raises(KeyboardInterrupt):
        _written(workspace, team, tmp_path / "half")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "workspace"]
