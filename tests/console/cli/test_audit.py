"""`heard audit`: what commands put on record, who may read it, and in which forms."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer


@pytest.fixture(autouse=True)
def customer(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> str:
    """A customer's id, with Ana at the keys."""
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    monkeypatch.setenv("HEARD_AGENT", "ana")
    make_agent(connection, handle="ana", name="Ana Ruiz")
    key = make_customer(connection, "Li Wei\x1b[31m", email="li@example.org")
    index_customers(connection, [key])
    (uid,) = connection.execute("SELECT lower(hex(uid)) FROM customer").fetchone()
    return str(uid)


def test_who_was_shown_exported_and_erased_is_told_newest_first(
    customer: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["show", customer]) == 0
    assert main(["export", customer, "--out", str(tmp_path / "out")]) == 0
    assert main(["erase", customer, "--yes"]) == 0
    capsys.readouterr()
    assert main(["audit", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in rows] == ["erased", "exported", "looked"]
    assert {row["agent"] for row in rows} == {"ana"}
    assert main(["audit", "--since", "today", "--kind", "looked", "--agent", "ana"]) == 0
    told = capsys.readouterr().out
    assert "Ana Ruiz looked at" in told
    assert "Li Wei" not in told, "whoever is erased has no name"


def test_one_customer_is_asked_for_by_anything(customer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", customer]) == 0
    capsys.readouterr()
    assert main(["audit", "--customer", "li@example.org"]) == 0
    told = capsys.readouterr().out
    assert "Ana Ruiz looked at Li Wei" in told
    assert "\x1b" not in told


def test_only_a_supervisor_reads_it(
    customer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, connection: Connection
) -> None:
    make_agent(connection, handle="mei", name="Mei Tanaka")
    assert main(["agents", "role", "mei", "supervisor"]) == 0
    for command in (["audit"], ["agents", "role", "ana", "supervisor"], ["rules", "reset", "targets"]):
        capsys.readouterr()
        assert main(command) == 1
        assert "Only a supervisor may" in capsys.readouterr().err
    monkeypatch.setenv("HEARD_AGENT", "mei")
    assert main(["audit"]) == 0
    assert "Ana Ruiz changed a role to mei: supervisor" in capsys.readouterr().out


def test_a_search_that_showed_customers_leaves_a_line_and_never_what_was_typed(
    connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_customer(connection, "Li Na", email="na@example.org")
    index_customers(connection, [other])
    for typed in (["li@example.org", "--json"], ["li"], ["qqqqqq"]):
        assert main(["find", *typed]) == 0
    capsys.readouterr()
    assert main(["audit", "--json", "--kind", "searched"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["agent"], row["words"], row["customer"] is None) for row in rows] == [
        ("ana", "2 customers", True), ("ana", "", False),
    ]  # fmt: skip
    assert main(["audit", "--customer", "na@example.org"]) == 0
    assert "searched" not in capsys.readouterr().out
    assert main(["audit", "--customer", "li@example.org"]) == 0
    assert "Ana Ruiz searched and was shown Li Wei" in capsys.readouterr().out


def test_a_number_of_lines_below_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--limit", "0"]) == 1
    assert "above zero" in capsys.readouterr().err
