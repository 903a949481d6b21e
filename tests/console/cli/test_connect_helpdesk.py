"""`heard connect KIND` on a helpdesk's fake: what its kind wants is asked, tried and kept, and the first work fetched.

The fake is Zammad's; which kind it is makes no difference here.
"""

import builtins
import getpass
import io
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.__main__ import main
from storage.connect import connect
from storage.workspace import Workspace
from sync.lock import only_one
from tests.servers.zammad import TOKEN, Zammad

VARIABLE = "HEARD_ZAMMAD_TOKEN"
CUSTOMER = 10


class Shell:
    """A person at a shell, with a Zammad, and a workspace that isn't there yet."""

    def __init__(
        self, fake: Zammad, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.fake, self.folder, self._monkeypatch, self._capsys = fake, folder, monkeypatch, capsys
        monkeypatch.setenv("HEARD_WORKSPACE", str(folder))

    def knows(self, secret: str = TOKEN) -> None:
        """The environment has the token."""
        self._monkeypatch.setenv(VARIABLE, secret)

    def answers(self, *lines: str, secrets: tuple[str, ...] = (TOKEN,)) -> list[str]:
        """They are there, and answer; what they are asked is kept. No more answers: Ctrl+D."""
        asked: list[str] = []
        waiting, hidden = list(lines), list(secrets)

        def answer(question: str) -> str:
            asked.append(question)
            if not waiting:
                raise EOFError
            return waiting.pop(0)

        def answer_hidden(question: str) -> str:
            asked.append(question)
            return hidden.pop(0)

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        self._monkeypatch.setattr(sys, "stdin", Terminal())
        self._monkeypatch.setattr(builtins, "input", answer)
        self._monkeypatch.setattr(getpass, "getpass", answer_hidden)
        return asked

    def connects(self, *given: str, kind: str = "zammad") -> tuple[int, str]:
        """The command's status, and all that it printed, in which no token is."""
        self._capsys.readouterr()
        status = main(["connect", kind, *given])
        printed = "".join(self._capsys.readouterr())
        assert TOKEN not in printed
        assert "Traceback" not in printed
        return status, printed

    def kept(self, query: str = "SELECT kind, name, settings FROM source") -> list[tuple[str, ...]]:
        """What is connected, or what else is there."""
        if not (self.folder / "heard.db").exists():
            return []
        with closing(connect(self.folder / "heard.db", read_only=True)) as connection:
            found: list[tuple[str, ...]] = connection.execute(query).fetchall()
        return found


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with Zammad() as fake:
        yield Shell(fake, tmp_path / "new", monkeypatch, capsys)


def test_what_works_is_kept_without_the_secret_and_nothing_is_fetched_unasked(shell: Shell) -> None:
    shell.knows()
    status, printed = shell.connects("--no-input", "--url", f"{shell.fake.url}/", "--option", "days=30")
    assert (status, printed.count("✓") > 1, "✗" in printed) == (0, True, False)
    ((kind, name, settings),) = shell.kept()
    assert (kind, name) == ("zammad", "zammad")
    assert json.loads(settings) == {
        "url": shell.fake.url, "days": "30", "takes": "assignee merge note priority queue reply status tags tick",
    }  # fmt: skip
    assert shell.kept("SELECT 1 FROM ticket") == []
    assert not [path for path in shell.folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def test_a_person_is_asked_and_sees_tickets_come(shell: Shell) -> None:
    with shell.fake.turn:
        for number in range(60):
            shell.fake.desk.opens(CUSTOMER, f"Lamp {number}", "It flickers.")
    asked = shell.answers(shell.fake.url.partition("://")[2], "n")
    status, printed = shell.connects("--name", "desk")
    # An address without its beginning is meant to be encrypted, which this service isn't.
    assert (status, shell.kept()) == (1, [])
    assert asked[0] == "The address of your Zammad (such as https://support.example.com): "
    asked = shell.answers(shell.fake.url, "n")
    status, printed = shell.connects("--name", "desk")
    assert status == 0
    assert asked[1:] == ["Access token of desk: ", "Keep the access token in the keyring of this machine? [Y/n] "]
    assert "tickets are here after" in printed
    assert ("Lamp 59",) in shell.kept("SELECT subject FROM ticket")


def test_a_helpdesk_without_tickets_is_told_to_be_empty(shell: Shell) -> None:
    shell.answers("n")
    status, printed = shell.connects("--url", shell.fake.url)
    assert (status, len(shell.kept())) == (0, 1)
    assert "There is no ticket yet" in printed


def test_a_token_that_is_refused_keeps_nothing_and_can_be_typed_once_more(shell: Shell) -> None:
    shell.knows("wrong-canary-5")
    status, printed = shell.connects("--no-input", "--url", shell.fake.url)
    assert (status, shell.kept()) == (1, [])
    assert "✗ login" in printed
    assert "wrong-canary-5" not in printed
    shell.knows("")
    asked = shell.answers("", "n", secrets=("typed-canary-7", TOKEN))
    status, printed = shell.connects("--url", shell.fake.url)
    assert (status, len(shell.kept())) == (0, 1)
    assert asked[1].endswith("Type it once more? [Y/n] ")
    assert "typed-canary-7" not in printed + "".join(asked)


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("zammad", (), "is missing. Give it with --url."),
        ("zammad", ("--url", "http://support.example.com"), "https"),
        ("zammad", ("--url", "URL", "--option", "dais=3"), "Zammad has no option “dais”. Did you mean days?"),
        ("zammad", ("--url", "URL", "--option", "password=x"), "Zammad has no option “password”"),
        ("zammad", ("--url", "URL", "--imap", "imaps://x:993"), "Only a mailbox has --imap"),
        ("zammad", ("--url", "URL", "--ca", "/nowhere.pem"), "There is no certificate at /nowhere.pem"),
        ("zammda", ("--url", "URL"), "There is no kind of source “zammda”. Did you mean zammad?"),
        ("zammad", ("--change", "--name", "zammad", "--option", "acknowledge=1h"), "There is no workspace"),
    ],
)
def test_every_refusal_keeps_nothing(shell: Shell, kind: str, given: tuple[str, ...], words: str) -> None:
    shell.knows()
    status, printed = shell.connects("--no-input", *(each.replace("URL", shell.fake.url) for each in given), kind=kind)
    assert status == 1
    assert words in printed
    assert shell.kept() == []


def test_a_helpdesk_is_no_mailbox_that_acknowledges(shell: Shell) -> None:
    shell.knows()
    assert shell.connects("--no-input", "--url", shell.fake.url)[0] == 0
    status, printed = shell.connects("--change", "--name", "zammad", "--option", "acknowledge=1h", kind="mailbox")
    assert (status, "Only a mailbox can be changed" in printed) == (1, True)
    assert "acknowledge" not in shell.kept()[0][2]


def test_where_a_console_syncs_already_its_progress_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.cli.first_sync.PATIENCE", 0.3)
    shell.knows()
    assert shell.connects("--no-input", "--url", shell.fake.url)[0] == 0
    with only_one(Workspace(shell.folder)):
        shell.answers("n", secrets=(TOKEN,))
        status, printed = shell.connects("--url", shell.fake.url, "--name", "second")
    assert (status, len(shell.kept())) == (0, 2)
    assert "Nothing is here yet. The rest comes in while a console is open" in printed


def test_a_source_that_was_connected_is_synced_and_looked_at(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    with shell.fake.turn:
        shell.fake.desk.opens(CUSTOMER, "Lamp", "It flickers.")
    shell.knows()
    assert shell.connects("--no-input", "--url", shell.fake.url)[0] == 0
    assert main(["sync", "--json"]) == 0
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (done["event"], done["failed"]) == ("done", 0)
    assert shell.kept("SELECT subject FROM ticket") == [("Lamp",)]
    main(["doctor", "--json"])
    checks = {each["check"]: each for each in json.loads(capsys.readouterr().out)}
    assert checks["source zammad"]["ok"]
    assert VARIABLE in checks["source zammad"]["detail"]
    assert "claims zammad" not in checks
