"""`heard export` and `heard erase`: what they write, what they ask, and what they refuse."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from console.__main__ import main
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_read
from tests.factories import make_customer, make_identity, make_message, make_ticket


@pytest.fixture
def ana(connection: Connection) -> int:
    """Ana and a namesake, each with a ticket."""
    ids = [make_customer(connection, "Ana Ruiz", email=f"ana{number}@example.org") for number in (1, 2)]
    for customer_id in ids:
        make_message(connection, make_ticket(connection, customer_id=customer_id), customer_id=customer_id)
    make_identity(connection, ids[0], IdentityKind.PHONE, "+14155550134")
    index_customers(connection, ids)
    return ids[0]


def run(workspace: Workspace, *words: str) -> int:
    return main([words[0], "--workspace", str(workspace.folder), *words[1:]])


def test_one_person_by_anything(
    workspace: Workspace, ana: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "export", "0134", "--out", str(tmp_path / "both")) == 0
    assert "person.json, person.html and 0 attachments" in capsys.readouterr().out
    assert run(workspace, "export", "ana1@example.org", "--html", "--out", str(tmp_path / "page")) == 0
    assert [file.name for file in (tmp_path / "page").iterdir()] == ["person.html"]
    assert json.loads((tmp_path / "both" / "person.json").read_text("utf-8"))["name"] == "Ana Ruiz"


def test_who_could_be_two_is_not_guessed(workspace: Workspace, ana: int, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("export", "ana ruiz"), ("erase", "ana ruiz", "--yes"), ("export", "nobody here"), ("export",)):
        assert run(workspace, *command) in (1, 2)
        assert capsys.readouterr().err.count("\n") == 1
    with closing(open_to_read(workspace)) as connection:
        assert connection.execute("SELECT count(*) FROM tombstone").fetchone() == (0,)


def test_all_of_the_team(workspace: Workspace, ana: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "export", "--all", str(tmp_path / "all"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["customers"], told["tickets"]) == (2, 2)
    assert (tmp_path / "all" / "customers.jsonl").read_text("utf-8").count("\n") == 2


def test_erasing_asks_unless_told_not_to(workspace: Workspace, ana: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "erase", "0134") == 1
    assert "nobody is here to answer" in capsys.readouterr().err
    assert run(workspace, "erase", "0134", "--yes") == 0
    told = capsys.readouterr().out
    assert "1 ticket" in told
    assert "Erased." in told
    with closing(open_to_read(workspace)) as connection:
        assert connection.execute("SELECT name FROM customer WHERE id = ?", (ana,)).fetchone() == ("Erased customer",)
    assert run(workspace, "erase", "--finish") == 0


def test_only_the_name_itself_erases(
    workspace: Workspace, ana: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ["ana", "", " ANA  ruiz"]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: answers.pop(0))
    assert [run(workspace, "erase", "0134") for _ in range(3)] == [1, 1, 0]
    assert capsys.readouterr().err == "heard erase: Nothing was erased\n" * 2
    assert answers == []
