"""`heard secret` and what `heard doctor` says of secrets; and that no secret is ever seen, wherever one looks.

The search is for a canary: through what commands print, and through every file that they leave behind.
"""

import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.__main__ import main
from console.paths import secrets_folder
from desk.times import now
from storage.connect import Connection, writing
from storage.sources import add, asked_at, source_named
from storage.workspace import Workspace
from tests.console.credentials.given import CANARY
from tests.servers.keyring import SecretService, missing
from tests.terminal.term import Term

ROOT = Path(__file__).parents[3]
SETTINGS = {"user": "support@example.test", "address": "support@example.test", "imap": "imap://127.0.0.1:1"}


@pytest.fixture
def source(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> str:
    """A connected mailbox named Support, in the workspace that commands take."""
    with writing(connection):
        add(connection, "mailbox", "Support", SETTINGS, now())
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    return "Support"


@pytest.fixture
def session() -> Iterator[SecretService]:
    """A real keyring, in a folder whose path is short enough for its socket."""
    if missing():
        pytest.skip(missing())
    with tempfile.TemporaryDirectory(prefix="ring-") as folder, SecretService(Path(folder)) as service:
        yield service


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def doctor(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str | bool]]:
    capsys.readouterr()
    main(["doctor", "--json"])
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
    return {each["check"]: each for each in json.loads(printed.out)}


def files_with(secret: str, *folders: Path) -> list[Path]:
    """Every file below those folders that holds it."""
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


def test_what_was_stored_is_tried_at_once(source: str, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    row = source_named(connection, source)
    give(monkeypatch, f"{CANARY}\n".encode())
    assert main(["secret", "store", "--plain", source]) == 0
    assert asked_at(connection, row.id) > 0


def test_a_plain_file_only_when_it_is_asked_for(
    source: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, f"{CANARY}\n".encode())
    assert main(["secret", "store", source]) == 1
    refused = capsys.readouterr().err
    assert "no message bus" in refused
    assert "--plain" in refused
    assert not secrets_folder().exists()

    give(monkeypatch, f"{CANARY}\n".encode())
    assert main(["secret", "store", source, "--plain"]) == 0
    printed = capsys.readouterr()
    [path] = secrets_folder().iterdir()
    assert str(path) in printed.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == CANARY

    found = doctor(capsys)["source Support"]
    assert found["ok"]
    assert "plain file" in str(found["detail"])
    assert "heard secret store Support" in str(found["mend"])
    assert CANARY not in printed.out + printed.err + refused
    assert files_with(CANARY, workspace.folder) == []

    assert main(["secret", "remove", source]) == 0
    assert str(path) in capsys.readouterr().out
    assert list(secrets_folder().iterdir()) == []


def test_the_doctor_says_which_rung_served_and_why_the_others_did_not(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = doctor(capsys)
    assert found["keyring"] == {
        "check": "keyring", "ok": True, "detail": "This session has no message bus, so no keyring", "mend": "",
    }  # fmt: skip
    none = found["source Support"]
    assert not none["ok"]
    assert "environment: neither HEARD_SUPPORT_TOKEN nor HEARD_SUPPORT_TOKEN_FILE is set" in str(none["detail"])
    assert "HEARD_SUPPORT_TOKEN" in str(none["mend"])

    monkeypatch.setenv("HEARD_SUPPORT_TOKEN", CANARY)
    served = doctor(capsys)["source Support"]
    assert (served["ok"], served["detail"]) == (True, "secret from environment: HEARD_SUPPORT_TOKEN")


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb\n", b"\xff"])
def test_what_is_no_secret_is_not_kept(
    source: str, content: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, content)
    assert main(["secret", "store", source, "--plain"]) == 1
    assert "as one line" in capsys.readouterr().err
    assert not secrets_folder().exists()


def test_an_unknown_source_names_the_nearest(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secret", "store", "Suport"]) == 1
    assert "Did you mean Support?" in capsys.readouterr().err


def test_in_the_keyring_and_out_again(source: str, workspace: Workspace, session: SecretService) -> None:
    environment = {**session.environment, "HEARD_WORKSPACE": str(workspace.folder)}
    shown: list[str] = []

    def heard(*words: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "ignore", "-m", "console", *words], env=environment, input=given,
            capture_output=True, text=True, check=False, cwd=ROOT, timeout=110,
        )  # fmt: skip
        shown.extend((done.stdout, done.stderr))
        return done.stdout

    assert heard("secret", "store", source, given=CANARY) == "Kept in the keyring.\n"
    assert "secret from keyring" in heard("doctor")
    heard("tickets", CANARY[:3])
    heard("outbox", "list", "--json")
    home = Path(os.environ["XDG_CONFIG_HOME"]).parent
    assert files_with(CANARY, workspace.folder, home) == []
    assert heard("secret", "remove", source) == "Removed from the keyring.\n"
    assert "no secret" in heard("doctor")
    assert not any(CANARY in each for each in shown)


def test_it_is_typed_without_being_shown(source: str, workspace: Workspace) -> None:
    command = [sys.executable, "-m", "console", "secret", "store", source, "--plain"]
    with Term(command, folder=ROOT) as term:
        term.wait_for("Password or token of Support:")
        term.send(f"{CANARY}\r")
        term.wait_for("Kept in plain text")
        assert term.wait_for_exit() == 0
        assert CANARY.encode() not in term.raw
    assert files_with(CANARY, workspace.folder) == []
