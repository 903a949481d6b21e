"""`heard report`: one report in four forms, to the screen or into a file, for a time in words."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from desk.times import now
from storage.connect import Connection
from storage.reports import KINDS
from storage.workspace import Workspace
from tests.factories import make_ticket


@pytest.fixture
def folder(workspace: Workspace, connection: Connection) -> str:
    make_ticket(connection, created_at=now())
    return str(workspace.folder)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"], ["--html"]])
def test_every_kind_reads_well_in_every_form(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], kind: str, form: list[str]
) -> None:
    assert main(["--workspace", str(workspace.folder), "report", kind, *form]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip()
    assert printed.err == ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_formula_is_a_sentence(workspace: Workspace, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    """It stands behind the number of cases and a full stop."""
    assert main(["--workspace", str(workspace.folder), "report", kind, "--json"]) == 0
    formulas = [figure["formula"] for figure in json.loads(capsys.readouterr().out)["figures"].values()]
    assert formulas
    assert [formula for formula in formulas if not formula[0].isupper()] == []


def test_it_goes_into_a_file(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    assert main(["--workspace", folder, "report", "checklists", "--html", "--out", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_time_is_that_of_the_zone_in_the_configuration(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('time_zone = "Asia/Kathmandu"')
    monkeypatch.setenv("HEARD_CONFIG", str(config))
    words = ["--workspace", folder, "report", "checklists", "--since", "2026-11-01", "--until", "2026-11-02", "--json"]
    assert main(words) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["since"], whole["until"]) == ("2026-11-01T00:00:00+05:45", "2026-11-03T00:00:00+05:45")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["checklists", "--since", "soon"], 1, "was not understood as a time"),
        (["checklists", "--since", "today", "--until", "yesterday"], 1, "ends before it begins"),
        (["checklists", "--table", "steps"], 1, "Add --csv"),
        (["checklists", "--csv", "--table", "stepps"], 1, "Did you mean steps"),
        (["checklists", "--csv", "--json"], 2, "not allowed with"),
        (["weather"], 2, "invalid choice"),
        ([], 2, "KIND"),
    ],
)
def test_what_is_refused_says_why(
    folder: str, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    assert main(["--workspace", folder, "report", *words]) == status
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
