"""`heard show`: one ticket or one customer, whole."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from desk.ids import new_uid, uid_text
from desk.lookup import IdentityKind
from desk.times import DAY, HOUR
from storage import rules
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.promises import Said, promise
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace
from tests.factories import (
    NOW,
    make_agent,
    make_customer,
    make_identity,
    make_message,
    make_source,
    make_standing,
    make_tag,
    make_ticket,
)


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('time_zone = "UTC"\n')
    monkeypatch.setenv("HEARD_CONFIG", str(file))


@pytest.fixture
def customer(connection: Connection) -> int:
    customer_id = make_customer(connection, "Li Wei", email="li@example.org")
    make_identity(connection, customer_id, IdentityKind.PHONE, "+14155550134", known=False)
    return customer_id


@pytest.fixture
def told(connection: Connection, customer: int) -> int:
    """A ticket with a quoted mail, an answer, a note, an event, a run and a file."""
    ana = make_agent(connection, handle="ana", name="Ana Ruiz")
    ticket_id = make_ticket(connection, subject="Kettle [/red]", customer_id=customer, assignee_id=ana, goal="hot tea")
    make_tag(connection, ticket_id, "vip")
    first = make_message(
        connection, ticket_id, sender="Li Wei <li@example.org>", customer_id=customer,
        body="It leaks.\n\n> How is it?\n> Ana", folds='[[2, 4, "quote"]]',
    )  # fmt: skip
    make_message(
        connection,
        ticket_id,
        kind="outbound",
        agent_id=ana,
        body="A new one is\x1b[2J on its way.",
        at=NOW + 60_000_000,
    )
    make_message(
        connection, ticket_id, kind="note", agent_id=ana, body="Second kettle\nthis year", at=NOW + 120_000_000
    )
    connection.execute(
        "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)"
        " VALUES(?,?,'leak.png','image/png',2048,?,'',0)",
        (new_uid(), first, b"d" * 32),
    )
    connection.execute(
        "INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch) VALUES(?,'changed',?,?,?,?,'')",
        (new_uid(), NOW + 1, ana, ticket_id, '{"field": "priority", "before": 1, "after": 2}'),
    )
    connection.execute(
        "INSERT INTO checklist_run(id, uid, ticket_id, checklist_key, started_at) VALUES(5,?,?,'heard',0)",
        (new_uid(), ticket_id),
    )
    connection.execute(
        "INSERT INTO checklist_tick(run_id, step, state, agent_id, at, reason, text) VALUES(5,'hear','done',?,?,'','')",
        (ana, NOW),
    )
    return ticket_id


def show(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["show", "--workspace", str(workspace.folder), *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("told")
def test_a_ticket_as_json(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    ticket = json.loads(show(workspace, capsys, "1001", "--json"))
    assert (ticket["number"], ticket["subject"], ticket["assignee"]) == (1001, "Kettle [/red]", "ana")
    assert (ticket["status"], ticket["goal"], ticket["tags"]) == ("open", "hot tea", ["vip"])
    note, answer, mail = ticket["messages"]
    assert (mail["kind"], mail["from"], mail["at"]) == (
        "inbound",
        "Li Wei <li@example.org>",
        "2026-03-02T09:00:00+00:00",
    )
    assert (mail["text"], mail["quoted"]) == ("It leaks.", "> How is it?\n> Ana")
    assert mail["attachments"] == [{"name": "leak.png", "size": 2048, "type": "image/png"}]
    assert (answer["kind"], answer["from"], answer["quoted"]) == ("outbound", "Ana Ruiz", "")
    assert note["kind"] == "note"
    assert [event["text"] for event in ticket["events"]] == ["Ana Ruiz set the priority to high"]
    assert ticket["checklists"][0]["checklist"] == "heard"
    assert ticket["checklists"][0]["steps"][0] == {
        "step": "hear",
        "state": "done",
        "agent": "Ana Ruiz",
        "at": "2026-03-02T09:00:00+00:00",
        "reason": "",
        "text": "",
    }


@pytest.mark.usefixtures("told")
def test_a_ticket_to_read(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(workspace, capsys, "#1001").splitlines() == [
        "#1001  Kettle [/red]",
        "Open · Normal priority · email · with Ana Ruiz",
        "Customer: Li Wei",
        "Tags: vip",
        "Created: Mon 02 Mar 2026 09:00",
        "Clock: first response by Tue 03 Mar 2026 09:00",
        "Goal: hot tea",
        "",
        "Checklist HEARD",
        "  ✓ Hear  (Ana Ruiz)",
        "",
        "── from Li Wei · Mon 02 Mar 2026 09:00",
        "  It leaks.",
        "  [2 quoted lines folded]",
        "  [attached: leak.png, image/png, 2,048 bytes]",
        "",
        "· Mon 02 Mar 2026 09:00  Ana Ruiz set the priority to high",
        "",
        "── sent by Ana Ruiz · Mon 02 Mar 2026 09:01",
        "  A new one is on its way.",
        "",
        "── NOTE by Ana Ruiz · Mon 02 Mar 2026 09:02",
        "┃ Second kettle",
        "┃ this year",
    ]


@pytest.mark.usefixtures("told")
def test_folded_lines_are_shown_where_asked_for(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    printed = show(workspace, capsys, "1001", "--folded")
    assert "  > > How is it?\n  > > Ana\n" in printed
    assert "folded" not in printed


@pytest.mark.usefixtures("told")
def test_a_customer_as_json(
    workspace: Workspace, connection: Connection, customer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    uid = uid_text(connection.execute("SELECT uid FROM customer WHERE id=?", (customer,)).fetchone()[0])
    shown = json.loads(show(workspace, capsys, uid, "--json"))
    assert (shown["customer"], shown["name"], shown["open_tickets"]) == (uid, "Li Wei", 1)
    assert shown["identities"] == [
        {"kind": "email", "value": "li@example.org", "known": True},
        {"kind": "phone", "value": "+14155550134", "known": False},
    ]
    assert [ticket["number"] for ticket in shown["tickets"]] == [1001]
    assert [note["text"] for note in shown["notes"]] == ["Second kettle\nthis year"]
    assert shown["calls"] == []


@pytest.mark.usefixtures("told")
def test_a_customer_to_read(
    workspace: Workspace, connection: Connection, customer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    uid = uid_text(connection.execute("SELECT uid FROM customer WHERE id=?", (customer,)).fetchone()[0])
    lines = show(workspace, capsys, uid).splitlines()
    assert lines[:5] == [
        "Li Wei",
        "Tickets: 1 open of 1",
        "  email: li@example.org",
        "  phone: +14155550134  (maybe)",
        "",
    ]
    assert "  #1001  Open     Mon 02 Mar 2026 09:00  Kettle [/red]" in lines


def test_a_checklist_that_was_dropped_is_told_by_its_keys(
    workspace: Workspace, connection: Connection, told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    connection.execute("UPDATE checklist_run SET checklist_key='gone' WHERE ticket_id=?", (told,))
    assert "Checklist gone\n  ✓ hear  (Ana Ruiz)\n" in show(workspace, capsys, "1001")


def test_a_quote_on_top_leaves_no_gap(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket_id = make_ticket(connection)
    make_message(connection, ticket_id, body="> You said:\n> no.\n\n  Yes.\n", folds='[[0, 2, "quote"]]', sender="li")
    assert show(workspace, capsys, "1001").splitlines()[-3:] == [
        "── from li · Mon 02 Mar 2026 09:00",
        "    Yes.",
        "  [2 quoted lines folded]",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1005", "There is no ticket #1005. The nearest: #1001."),
        ("0" * 32, "There is no ticket or customer with the id"),
        ("kettle", "“kettle” is neither a ticket's number nor an id"),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_is_not_there_is_refused(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert main(["show", "--workspace", str(workspace.folder), text]) == 1
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_clocks_and_promises_of_a_ticket(
    workspace: Workspace, connection: Connection, told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    by = By(1, NOW)
    rules.write(connection, "targets", '[[target]]\ntitle = "All"\nresolution = "3d"\n')
    with deed_session(engine_over(connection)) as session:
        promise(session, by, told, Said("by tomorrow", NOW, NOW + DAY))
    with deed_session(engine_over(connection)) as session:
        change(session, By(1, NOW + HOUR), [told], Change(status=1))
    lines = show(workspace, capsys, "1001").splitlines()
    assert "Clock: resolution, paused with 2 d 23 h left" in lines
    assert "Promised: Tue 03 Mar 2026 09:00, aim Mon 02 Mar 2026 21:00: by tomorrow" in lines
    ticket = json.loads(show(workspace, capsys, "1001", "--json"))
    (paused,) = [clock for clock in ticket["clocks"] if clock["name"] == "resolution"]
    assert (paused["paused"], paused["due_at"], paused["left"]) == (True, None, 71 * 3600)
    assert [(each["words"], each["by"]) for each in ticket["promises"]] == [("by tomorrow", "Ana Ruiz")]


def test_a_helpdesk_s_ticket_is_told_in_its_own_words_too(
    workspace: Workspace, connection: Connection, told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(show(workspace, capsys, "1001", "--json"))["helpdesk"] is None
    make_standing(connection, told, make_source(connection, "rt", "rt"), "https://rt.example.test/42")
    connection.execute("UPDATE ticket SET details = ? WHERE id = ?", (json.dumps({"Order": "8841"}), told))
    there = json.loads(show(workspace, capsys, "1001", "--json"))["helpdesk"]
    assert (there["source"], there["number"], there["status"]) == ("rt", "42", "stalled")
    assert (there["url"], there["fields"]) == ("https://rt.example.test/42", {"Order": "8841"})
    printed = show(workspace, capsys, "1001")
    assert "At rt: 42 · stalled\nIts own page: https://rt.example.test/42\n  Order: 8841\n" in printed
