"""`heard find`: what it prints, and that it stays light."""

import json
import subprocess
import sys

import pytest

from console.__main__ import main
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.workspace import Workspace
from tests.storage.search.desk_of_people import add


@pytest.fixture
def ana(connection: Connection) -> str:
    """Ana's uid as it is printed."""
    customer = add(connection, "Ana Ruiz", (IdentityKind.PHONE, "+1 415 555 4471"), known=False)
    add(connection, "Ana Wei")
    uid: bytes = connection.execute("SELECT uid FROM customer WHERE id = ?", (customer,)).fetchone()[0]
    return uid.hex()


def test_json_is_as_the_contract_says(workspace: Workspace, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(workspace.folder), "find", "4471", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    score = found.pop("score")
    assert isinstance(score, float)
    assert found == {
        "customer": ana,
        "name": "Ana Ruiz",
        "match": "digits",
        "identity": {"kind": "phone", "value": "+1 415 555 4471", "known": False},
    }


def test_lines_name_who_and_how(workspace: Workspace, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(workspace.folder), "find", "ana", "ruiz"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["Ana", "Ruiz", "exact", "name:", "Ana", "Ruiz"]
    assert main(["--workspace", str(workspace.folder), "find", "4471"]) == 0
    assert "(maybe)" in capsys.readouterr().out


def test_the_limit(workspace: Workspace, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(workspace.folder), "find", "ana", "--limit", "1", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1
    assert main(["--workspace", str(workspace.folder), "find", "ana", "--limit", "0"]) == 2
    assert main(["--workspace", str(workspace.folder), "find"]) == 2


def test_nobody_is_no_failure(workspace: Workspace, ana: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(workspace.folder), "find", "qqqqqq", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["--workspace", str(workspace.folder), "find", "qqqqqq"]) == 0
    assert "Nobody was found" in capsys.readouterr().out


def test_a_cold_find_loads_nothing_heavy(workspace: Workspace, ana: str) -> None:
    program = (
        "import sys; from console.__main__ import main; "
        f"status = main(['--workspace', {str(workspace.folder)!r}, 'find', 'ana', '--limit', '2', '--json']); "
        "heavy = {'sqlmodel', 'sqlalchemy', 'pydantic', 'textual', 'rich', 'phonenumbers', 'rapidfuzz', 'alembic'}; "
        "sys.exit(status or ' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [hit["name"] for hit in json.loads(done.stdout)] == ["Ana Wei", "Ana Ruiz"]
