"""`heard rules`: what it prints, what it keeps, and what it says of a file that can't be used."""

import io
import json
from pathlib import Path

import pytest

from console.__main__ import main
from storage import content
from storage.workspace import Workspace

OWN = '[[target]]\ntitle = "Mail"\nfirst_response = "4h"\n'


@pytest.fixture(autouse=True)
def _here(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))


def test_rules_go_out_and_come_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "targets.toml"
    assert main(["rules", "export", "targets", str(file)]) == 0
    assert file.read_text() == content.read("targets.toml")
    file.write_text(OWN)
    assert main(["rules", "import", "targets", str(file)]) == 0
    assert main(["rules", "list", "--json"]) == 0
    listed = capsys.readouterr().out.splitlines()[-1]
    assert {"kind": "targets", "own": True} in [
        {"kind": each["kind"], "own": each["own"]} for each in json.loads(listed)
    ]
    assert main(["rules", "show", "targets"]) == 0
    assert capsys.readouterr().out == OWN
    assert main(["rules", "reset", "targets"]) == 0
    assert main(["rules", "list"]) == 0
    assert "targets        starter" in capsys.readouterr().out


def test_a_bad_file_changes_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(OWN.replace("4h", "soon").encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert main(["rules", "import", "targets", "-"]) == 1
    told = capsys.readouterr().err
    assert "standard input: target 1 (“Mail”), first_response: “soon” says no time" in told
    assert main(["rules", "show", "targets"]) == 0
    assert capsys.readouterr().out == content.read("targets.toml")
    stream.detach()
