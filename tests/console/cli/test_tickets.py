"""`heard tickets`: for people and for scripts, with its statuses."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from desk.ids import uid_text
from desk.times import now
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_message, make_tag, make_ticket


@pytest.fixture(autouse=True)
def _nobody_in_particular(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('handle = "ana"\ntime_zone = "UTC"\n')
    monkeypatch.setenv("HEARD_CONFIG", str(file))
    monkeypatch.delenv("HEARD_AGENT", raising=False)


def test_one_document_with_what_a_script_needs(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = make_agent(connection, handle="ana", name="Ana Ruiz")
    customer = make_customer(connection, "Li Wei")
    uid = connection.execute("SELECT uid FROM customer").fetchone()[0]
    make_ticket(connection, created_at=NOW - 9)
    ticket_id = make_ticket(
        connection, subject="Kettle", assignee_id=agent, customer_id=customer, due_at=NOW, status=1, priority=3,
        channel="phone",
    )  # fmt: skip
    make_tag(connection, ticket_id, "refund")
    assert main(["--workspace", str(workspace.folder), "tickets", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "ticket": uid_text(connection.execute("SELECT uid FROM ticket WHERE id=?", (ticket_id,)).fetchone()[0]),
        "number": 1002,
        "subject": "Kettle",
        "status": "pending",
        "channel": "phone",
        "customer": {"customer": uid_text(uid), "name": "Li Wei"},
        "assignee": "ana",
        "priority": "urgent",
        "tags": ["refund"],
        "due_at": "2026-03-02T09:00:00+00:00",
        "updated_at": "2026-03-02T09:00:00+00:00",
    }
    assert (second["customer"], second["assignee"], second["tags"], second["due_at"]) == (None, None, [], None)


def test_an_empty_query_lists_all_and_a_filter_some(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = make_agent(connection, handle="ana", name="Ana")
    for status in range(5):
        make_message(connection, make_ticket(connection, status=status, assignee_id=mine), body=f"word{status} all")
    make_ticket(connection)

    def numbers(*query: str) -> list[int]:
        assert main(["tickets", "--workspace", str(workspace.folder), "--json", *query]) == 0
        return [each["number"] for each in json.loads(capsys.readouterr().out)]

    assert numbers() == numbers("") == [1006, 1005, 1004, 1003, 1002, 1001]
    assert numbers("--limit", "2") == [1006, 1005]
    assert numbers("status:active") == [1006, 1003, 1002, 1001]
    assert numbers("status:active assignee:me") == numbers("status:active", "assignee:me") == [1003, 1002, 1001]
    assert numbers("word4") == [1005]
    assert numbers('"word1 all"') == [1002]
    assert numbers("--", "-assignee:me") == [1006]
    assert numbers("--sort", "oldest", "status:solved") == [1004]
    assert numbers("nothing") == []


def test_lines_for_people_name_the_number_first(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ticket(connection, subject="Kettle [red] \x1b[31m", customer_id=make_customer(connection, "Li Wei"))
    assert main(["tickets", "--workspace", str(workspace.folder)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("  #1001 ")
    assert "Li Wei" in printed
    assert "Kettle [red]" in printed
    assert "\x1b" not in printed
    assert printed.count("\n") == 1


def test_more_tickets_than_one_piece_are_one_list(
    workspace: Workspace, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in range(600):
        make_ticket(connection, created_at=now() + place)
    assert main(["tickets", "--workspace", str(workspace.folder), "--json", "--limit", "599"]) == 0
    assert [each["number"] for each in json.loads(capsys.readouterr().out)] == list(range(1600, 1001, -1))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        (["assigne:bo"], 1, "Did you mean assignee:?"),
        (["assignee:nobody"], 1, "There is no agent “nobody”"),
        (["status:opne"], 1, "Did you mean open?"),
        (["--limit", "0"], 2, "must be 1 or more"),
        (["--limit", "x"], 2, "invalid"),
        (["--sort", "age"], 2, "invalid choice"),
        (["--nonsense"], 2, "unrecognized"),
    ],
)
def test_what_is_refused_says_why_in_one_line(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], query: list[str], status: int, said: str
) -> None:
    assert main(["tickets", "--workspace", str(workspace.folder), *query]) == status
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
    if status == 1:
        assert printed.err.count("\n") == 1


def test_a_workspace_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tickets", "--workspace", str(tmp_path / "none")]) == 1
    assert "There is no workspace" in capsys.readouterr().err
