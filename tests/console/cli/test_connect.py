"""`heard connect mailbox` on a real server: what works is kept, and every refusal keeps nothing."""

import builtins
import getpass
import io
import json
import sys
from pathlib import Path

import pytest

from console.__main__ import main
from storage.connect import connect
from tests.servers.mail import PASSWORD, Account
from tests.servers.processes import HOST, free_port

VARIABLE = "HEARD_SUPPORT_TOKEN"


class Shell:
    """A person at a shell, with a workspace that isn't there yet."""

    def __init__(
        self, account: Account, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.account, self.folder, self._monkeypatch, self._capsys = account, folder, monkeypatch, capsys
        monkeypatch.setenv("HEARD_WORKSPACE", str(folder))

    def knows(self, secret: str) -> None:
        """The environment has the secret."""
        self._monkeypatch.setenv(VARIABLE, secret)

    def answers(self, *lines: str, secret: str | tuple[str, ...] = PASSWORD) -> list[str]:
        """They are there, and answer; what they are asked is kept. No more answers: Ctrl+D."""
        asked: list[str] = []
        waiting = list(lines)

        def answer(question: str) -> str:
            asked.append(question)
            if not waiting:
                raise EOFError
            return waiting.pop(0)

        secrets = list(secret) if isinstance(secret, tuple) else [secret]

        def hidden(question: str) -> str:
            asked.append(question)
            return secrets.pop(0)

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        self._monkeypatch.setattr(sys, "stdin", Terminal())
        self._monkeypatch.setattr(builtins, "input", answer)
        self._monkeypatch.setattr(getpass, "getpass", hidden)
        return asked

    def servers(self) -> list[str]:
        """The options that name the account's servers."""
        server = self.account.server
        return ["--imap", f"imap://{HOST}:{server.imap_port}", "--smtp", f"smtp://{HOST}:{server.smtp_port}"]

    def connects(self, *given: str, address: bool = True) -> tuple[int, str]:
        """`heard connect mailbox`: its status, and all that it printed, in which no secret is."""
        who = ["--address", self.account.user] if address else []
        self._capsys.readouterr()
        status = main(["connect", "mailbox", "--name", "support", *who, *given])
        printed = "".join(self._capsys.readouterr())
        assert PASSWORD not in printed
        assert "Traceback" not in printed
        return status, printed

    def kept(self) -> list[tuple[str, str]]:
        """Names and settings of what is connected."""
        if not (self.folder / "heard.db").exists():
            assert not self.folder.exists()
            return []
        connection = connect(self.folder / "heard.db", read_only=True)
        found: list[tuple[str, str]] = connection.execute("SELECT name, settings FROM source").fetchall()
        connection.close()
        return found


@pytest.fixture
def shell(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return Shell(account, tmp_path / "new", monkeypatch, capsys)


def test_what_works_is_kept_without_the_secret(shell: Shell) -> None:
    shell.knows(PASSWORD)
    status, printed = shell.connects("--no-input", *shell.servers())
    assert status == 0
    assert [line.split(":")[0].strip() for line in printed.splitlines() if "✓" in line] == [
        "✓ login", "✓ folders", "✓ inbox", "✓ sending",
    ]  # fmt: skip
    ((name, settings),) = shell.kept()
    assert name == "support"
    assert shell.account.user in settings
    assert not [path for path in shell.folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert shell.account.user not in [each.sender for each in shell.account.server.sent()]


def test_a_test_mail_goes_to_the_mailbox_itself(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.knows(PASSWORD)
    status, printed = shell.connects("--no-input", "--test-mail", *shell.servers())
    assert (status, "test mail" in printed) == (0, True)
    (sent,) = [each for each in shell.account.server.sent() if each.sender == shell.account.user]
    assert sent.recipients == (shell.account.user,)
    assert main(["sync"]) == 0
    assert "0 new" in capsys.readouterr().out
    assert main(["tickets", "", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--imap", f"imap://{HOST}:1"], "its login failed"),
        (["--smtp", f"smtp://{HOST}:1"], "its sending failed"),
        (["--address", "support.example.test"], "“support.example.test” is no mail address"),
        (["--imap", "imap://mail.example.test:143"], "imap"),
        (["--imap", "nonsense"], "nonsense"),
        (["--option", "folders=Nowhere"], "There is no folder “Nowhere”"),
        (["--option", "password=x"], "no option “password”"),
        (["--option", "folders"], "has no value"),
        (["--option", "language=dee"], "There is no language “dee”. Did you mean de?"),
        (["--option", "quoting=middle"], "There is no quoting “middle”"),
        (["--option", "zone=Berlin"], "There is no time zone “Berlin”"),
        (["--ca", "/nowhere/ca.pem"], "There is no certificate"),
        (["--test-mail", "--address", "nosender@example.test"], "its test mail didn't leave"),
        (["--test-mail", "--address", "not an address"], "no mail address"),
    ],
    ids=[
        "imap",
        "smtp",
        "no address",
        "plain",
        "endpoint",
        "folder",
        "option",
        "value",
        "language",
        "quoting",
        "zone",
        "certificate",
        "test mail",
        "address",
    ],
)
def test_every_refusal_keeps_nothing(shell: Shell, given: list[str], words: str) -> None:
    shell.knows(PASSWORD)
    user = ["--user", shell.account.user]
    status, printed = shell.connects("--no-input", *user, *shell.servers(), *given)
    assert status == 1
    assert words in printed
    assert shell.kept() == []


def test_a_wrong_password_keeps_nothing(shell: Shell) -> None:
    shell.knows("wrong-canary-5")
    status, printed = shell.connects("--no-input", *shell.servers())
    assert (status, shell.kept()) == (1, [])
    assert "wrong-canary-5" not in printed
    assert "its login failed" in printed


def test_without_input_nothing_is_asked(shell: Shell) -> None:
    asked = shell.answers()
    status, printed = shell.connects("--no-input", *shell.servers())
    assert (status, shell.kept(), asked) == (1, [], [])
    assert VARIABLE in printed
    status, printed = shell.connects("--no-input")
    assert (status, shell.kept(), asked) == (1, [], [])
    assert "--imap" in printed
    status, printed = shell.connects("--no-input", address=False)
    assert (status, shell.kept(), asked) == (1, [], [])
    assert "--address" in printed


def test_a_name_is_given_once(shell: Shell) -> None:
    shell.knows(PASSWORD)
    assert shell.connects("--no-input", *shell.servers())[0] == 0
    status, printed = shell.connects("--no-input", *shell.servers())
    assert status == 1
    assert "There is a source “support” already" in printed
    assert len(shell.kept()) == 1


def test_a_person_is_asked_for_what_is_missing(shell: Shell) -> None:
    server = shell.account.server
    asked = shell.answers(
        shell.account.user, f"imap://{HOST}:{server.imap_port}", f"smtp://{HOST}:{server.smtp_port}", "n"
    )
    status, printed = shell.connects(address=False)
    assert status == 0
    assert len(asked) == 5
    assert asked[0] == "The mailbox's address: "
    assert "The password was not kept" in printed
    assert len(shell.kept()) == 1


def test_a_password_that_nothing_can_keep_is_told_and_fetches_the_first_mails(shell: Shell) -> None:
    """There is no keyring here, and a plain file only for who asks for one."""
    shell.account.put(
        b"From: rosa@example.org\r\nSubject: Grinder\r\nMessage-ID: <g1@example.org>\r\n\r\nIs it in?\r\n"
    )
    shell.answers("")
    status, printed = shell.connects(*shell.servers())
    assert status == 0
    assert "One ticket is here after" in printed
    assert "`heard secret store --plain support`" in printed


def test_a_wrong_typed_password_keeps_nothing(shell: Shell) -> None:
    asked = shell.answers("n", secret="typed-canary-3")
    status, printed = shell.connects(*shell.servers())
    assert (status, shell.kept()) == (1, [])
    assert "typed-canary-3" not in printed + "".join(asked)


def test_a_port_where_nobody_speaks(shell: Shell) -> None:
    shell.knows(PASSWORD)
    status, printed = shell.connects("--no-input", *shell.servers(), "--imap", f"imap://{HOST}:{free_port()}")
    assert (status, shell.kept()) == (1, [])
    assert "Nobody listens" in printed


def test_a_connected_mailbox_is_told_to_acknowledge_and_to_stop(shell: Shell) -> None:
    shell.knows(PASSWORD)
    assert shell.connects("--no-input", *shell.servers())[0] == 0
    status, printed = shell.connects(
        "--change", "--option", "acknowledge=12h", "--option", "hours=Mon-Fri 9-17", address=False
    )
    assert (status, printed) == (
        0, "“support” acknowledges new mails from now on, with an answer within 12h.\n",
    )  # fmt: skip
    assert int(json.loads(shell.kept()[0][1])["acknowledge_since"]) > 0
    for refused, words in (
        ("acknowledge=soon", "says no time"),
        ("user=bo", "can't be changed"),
        ("hours", "no value"),
    ):
        status, printed = shell.connects("--change", "--option", refused, address=False)
        assert (status, words in printed) == (1, True)
    assert shell.connects("--change", address=False)[0] == 1
    assert json.loads(shell.kept()[0][1])["acknowledge"] == "12h"
    assert shell.connects("--change", "--option", "acknowledge=", address=False) == (
        0, "“support” acknowledges nothing.\n",
    )  # fmt: skip
    assert "acknowledge_since" not in shell.kept()[0][1]


def test_a_slip_in_the_password_costs_no_more_than_the_password(shell: Shell) -> None:
    asked = shell.answers("", "n", secret=("typed-canary-7", PASSWORD))
    status, printed = shell.connects(*shell.servers())
    assert (status, len(shell.kept())) == (0, 1)
    assert asked[1].startswith("Check the user and the password; ")
    assert asked[1].endswith(" Type it once more? [Y/n] ")
    assert "typed-canary-7" not in printed + "".join(asked)


def test_a_slip_in_a_provider_s_name_is_seen(shell: Shell) -> None:
    """Nobody is asked twice where it was none, and what can't be asked is not guessed."""
    asked = shell.answers("n")
    status, _ = shell.connects("--address", "support@gmial.com", address=False)
    assert (status, shell.kept()) == (1, [])
    assert asked[0] == "Did you mean support@gmail.com? [Y/n] "
    assert asked[1].startswith("The IMAP server of gmial.com")
    asked = shell.answers()
    shell.connects("--address", "support@example.test", address=False)
    assert len(asked) == 1
    asked = shell.answers()
    assert "The IMAP server of gmial.com" in shell.connects("--no-input", "--address", "support@gmial.com")[1]
    assert asked == []


@pytest.mark.parametrize("given", [0, 1, 2])
def test_who_leaves_at_a_question_has_done_nothing(shell: Shell, given: int) -> None:
    answers = [shell.account.user, shell.servers()[1]]
    shell.answers(*answers[:given])
    status, printed = shell.connects(address=False)
    assert (status, shell.kept()) == (1, [])
    assert printed.endswith("heard connect: No answer was given. Nothing was done.\n")


def test_who_leaves_at_the_last_question_is_connected(shell: Shell) -> None:
    shell.answers()
    status, printed = shell.connects(*shell.servers())
    assert (status, len(shell.kept())) == (0, 1)
    assert "The password was not kept" in printed
    assert "Nothing was done" not in printed


def test_a_server_of_another_kind_is_told(shell: Shell) -> None:
    shell.knows(PASSWORD)
    imap, smtp = shell.account.server.imap_port, shell.account.server.smtp_port
    status, printed = shell.connects("--no-input", *shell.servers(), "--smtp", f"smtp://{HOST}:{imap}")
    assert status == 1
    assert "its sending failed. Is this the address of an SMTP server?" in printed
    status, printed = shell.connects("--no-input", *shell.servers(), "--imap", f"imap://{HOST}:{smtp}")
    assert status == 1
    assert "its login failed. Is this the address of an IMAP server?" in printed
    assert shell.kept() == []
