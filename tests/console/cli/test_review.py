"""`heard review`: marks with their places, a status for editors, with a workspace and without one."""

import io
import json
from pathlib import Path

import pytest

from console.__main__ import main
from storage import rules
from storage.connect import Connection
from storage.workspace import Workspace
from tests.loaded import command, loaded

DRAFT = "Hi Ana,\n\nIt should work now.\n"
HEAVY = {"alembic", "phonenumbers", "pydantic", "rich", "sqlalchemy", "sqlmodel", "textual"}


@pytest.fixture(autouse=True)
def no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(tmp_path / "none"))


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft.txt"
    file.write_text(DRAFT, encoding="utf-8")
    return file


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_json_is_as_the_contract_says(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(draft), "--json"]) == 1
    (mark,) = json.loads(capsys.readouterr().out)
    assert {key: mark[key] for key in ("rule", "start", "end", "text")} == {
        "rule": "certainty", "start": 9, "end": 23, "text": "It should work",
    }  # fmt: skip
    assert mark["reason"]
    assert mark["suggestion"]
    assert (mark["replacement"], mark["asks"]) == ("It works", False)


def test_a_line_says_where_as_compilers_do(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(draft)]) == 1
    assert capsys.readouterr().out.startswith(f"{draft}:3:1: certainty: “It should work” ")


def test_standard_input_and_a_good_draft(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, "Your refund left us today.")
    assert main(["review"]) == 0
    assert capsys.readouterr().out == ""
    typed(monkeypatch, "Your refund left us today.")
    assert main(["review", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_what_is_known_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def found(text: str, *options: str) -> set[str]:
        typed(monkeypatch, text)
        main(["review", "--json", *options])
        return {mark["rule"] for mark in json.loads(capsys.readouterr().out)}

    assert found("Hi Sam,\nit left.", "--customer", "Ana Ruiz") == {"wrong-name"}
    assert found("I have attached it.") == {"attachment"}
    assert found("I have attached it.", "--attached", "1") == set()
    assert found("Hi Ana,\nit left.", "--kind", "note", "--customer", "Ana Ruiz") == {"note-as-reply"}
    assert found("Creo que sí.", "--language", "es") == {"guess"}


def test_what_cant_be_done_is_refused(draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path / "gone.txt")]) == 1
    assert "No such file" in capsys.readouterr().err
    draft.write_bytes(b"\xff\xfe\x00")
    assert main(["review", str(draft)]) == 1
    assert "not UTF-8" in capsys.readouterr().err
    assert main(["review", str(draft), "--language", "fr"]) == 1
    assert "no pack for the language" in capsys.readouterr().err
    assert main(["--workspace", str(tmp_path / "nowhere"), "review", str(draft)]) == 1
    assert "no workspace" in capsys.readouterr().err
    assert main(["review", "--kind", "letter"]) == 2


def test_the_teams_rules_hold(workspace: Workspace, connection: Connection, draft: Path) -> None:
    rules.write(connection, "review", '[[rule]]\nkey = "certainty"\noff = true\n')
    assert main(["--workspace", str(workspace.folder), "review", str(draft)]) == 0
    assert main(["review", str(draft)]) == 1


def test_it_stays_light(draft: Path, tmp_path: Path) -> None:
    draft.write_text("It left us today.", encoding="utf-8")
    modules = loaded(command("review", str(draft)), tmp_path / "none")
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert len(modules) <= 150, sorted(modules)
