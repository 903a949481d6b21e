"""A sync that has no secret, or one that is good no more: told in words, and mended without being started again."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from storage import sources
from storage.connect import writing
from tests.servers.keyring import SecretService, missing
from tests.servers.processes import PATIENCE, until
from tests.sync.commands import ROOT, until_told
from tests.sync.office import NAME, VARIABLE, Office, mail

needs_keyring = pytest.mark.skipif(bool(missing()), reason=missing() or "a keyring can be started")


@pytest.fixture
def connected(office: Office) -> Office:
    """A mailbox with a mail, whose secret is in no variable."""
    office.account.put(mail("Pump"))
    office.connect()
    return office


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for the socket of a bus."""
    with tempfile.TemporaryDirectory(prefix="ring-") as short:
        yield Path(short)


def session(office: Office, given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a session, without the secret."""
    left = {name: value for name, value in given.items() if name != VARIABLE}
    return {**left, "HEARD_WORKSPACE": str(office.workspace.folder)}


@contextmanager
def watching(environment: Mapping[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """`heard sync --watch` in that session; it ends well, and without having complained."""
    with subprocess.Popen(
        [sys.executable, "-m", "console", "sync", "--watch", "--json"], env=environment, cwd=ROOT, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def store(environment: Mapping[str, str], secret: str, *how: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "console", "secret", "store", NAME, *how], env=environment, cwd=ROOT, text=True,
        input=secret, check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip


def ask_for_a_round(office: Office) -> None:
    """What F5 does."""
    with writing(office.connection):
        sources.ask_for_a_round(office.connection, office.clock())


def comes_in(office: Office) -> None:
    """Wait until the mail is there, and all is well."""
    until(lambda: "Pump" in office.tickets(), "the coming in of mail")
    until(lambda: office.state() == ("idle", "", 0, None), "a state that is well")


@needs_keyring
def test_a_locked_keyring_is_named_and_opened_meanwhile(connected: Office, folder: Path) -> None:
    with SecretService(folder) as service:
        store(session(connected, service.environment), connected.account.password)
    with ExitStack() as ended:
        locked = ended.enter_context(SecretService(folder, None))
        with watching(session(connected, locked.environment)) as process:
            told = until_told(process, "error")
            assert "locked" in f"{told['what']} {told['mend']}"
            until(lambda: connected.state()[:1] == ("denied",), "the word of it")
            assert connected.tickets() == {}
            # What unlocks a running one is a dialog alone; whoever logs in anew has it open.
            ended.close()
            ended.enter_context(SecretService(folder))
            ask_for_a_round(connected)
            comes_in(connected)


def test_without_a_keyring_the_next_rung_serves(connected: Office) -> None:
    """As over ssh, where no session has a bus."""
    bare = {name: value for name, value in os.environ.items() if name not in ("XDG_RUNTIME_DIR", "DISPLAY")}
    environment = session(connected, {**bare, "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"})
    with watching(environment) as process:
        told = until_told(process, "error")
        words = f"{told['what']} {told['mend']}"
        assert f"heard secret store {NAME}" in words
        assert VARIABLE in words
        until(lambda: connected.state()[:1] == ("denied",), "the word of it")
        store(environment, connected.account.password, "--plain")
        ask_for_a_round(connected)
        comes_in(connected)


def test_a_token_that_expires_is_told_and_the_next_one_taken(office: Office, tmp_path: Path) -> None:
    office.account.put(mail("Pump"))
    token = tmp_path / "token"
    token.write_text(office.account.token(-60), encoding="ascii")
    office.connect(token_command=f"cat {token}", login="token")
    with watching(session(office, os.environ)) as process:
        told = until_told(process, "error")
        assert "token" in str(told["what"])
        assert "expired" in str(told["mend"])
        assert token.read_text(encoding="ascii")[:40] not in f"{told}"
        until(lambda: office.state()[:1] == ("denied",), "the word of it")
        token.write_text(office.account.token(), encoding="ascii")
        ask_for_a_round(office)
        comes_in(office)
