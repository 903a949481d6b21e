"""`heard sync` as a person and as a program read it."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from tests.servers.mail import PASSWORD
from tests.sync.office import VARIABLE, Office, mail


@pytest.fixture
def connected(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose workspace commands take, with a mail to read and signals that stay the test's."""
    monkeypatch.setenv("HEARD_WORKSPACE", str(office.workspace.folder))
    monkeypatch.setattr("console.cli.sync._end_cleanly", lambda _stopping: None)
    office.account.put(mail("Pump"))
    office.connect()
    return office


def test_it_says_what_it_does(connected: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first == "support: 1 from INBOX"
    assert last.startswith("1 new, 0 sent, 0 held, 0 failed, in ")
    connected.reply(connected.tickets()["Pump"])
    assert main(["sync", "support"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "support: 1 sent, 0 held, 0 failed"


def test_a_program_reads_events(connected: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[0] == {"event": "page", "source": "support", "stream": "INBOX", "records": 1, "remaining": 0}
    assert told[-1].pop("seconds") >= 0
    assert told[-1] == {"event": "done", "pulled": 1, "pushed": 0, "held": 0, "failed": 0}


def test_what_goes_wrong_is_told_without_the_secret(
    connected: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "wrong-canary-2")
    assert main(["sync"]) == 1
    printed = "".join(capsys.readouterr())
    assert "wrong-canary-2" not in printed
    assert printed.startswith("support: ")
    assert PASSWORD not in printed
    monkeypatch.delenv(VARIABLE)
    assert main(["sync", "--json"]) == 1
    (error, done) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert error["event"] == "error"
    assert VARIABLE in error["what"] + error["mend"]
    assert done["pulled"] == 0
    assert connected.state()[0] == "denied"


def test_an_unknown_source_and_a_workspace_that_is_not_there(
    connected: Office, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["sync", "suport"]) == 1
    assert "support" in capsys.readouterr().err
    assert main(["--workspace", str(tmp_path / "none"), "sync"]) == 1
    assert "There is no workspace" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
