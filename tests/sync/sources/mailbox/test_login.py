"""Logging in, and being refused: in words that say what to do, and without the secret in any of them."""

import logging
import ssl
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from desk.endpoints import Endpoint, Security
from desk.errors import HeardError
from sync.conformance.canary import all_of
from sync.errors import Broken, Denied, Offline, SourceError, Unreachable
from sync.secret import Secret
from sync.sources.mailbox.server import Server
from tests.servers.mail import Account
from tests.servers.processes import HOST, free_port
from tests.servers.scripted_imap import ScriptedImap
from tests.sync.sources.mailbox.reader import inbox, mailbox_of, opened, plain

CANARY = "canary-99-grün"


def trusting(account: Account) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(account.server.certificate))


@contextmanager
def logged_in(
    account: Account, endpoint: Endpoint, secret: Callable[[], Secret], token: bool = False
) -> Iterator[Server]:
    server = Server(endpoint, account.user, token, secret, trusting(account))
    try:
        yield server
    finally:
        server.close()


def refusal(endpoint: Endpoint, secret: Callable[[], Secret], token: bool = False, user: str = "ana") -> SourceError:
    """What is said to a login that fails; no secret is anywhere in it."""
    with pytest.raises(SourceError) as caught:
        Server(endpoint, user, token, secret)
    for shown in (*traceback.format_exception(caught.value), all_of(caught.value, __file__)):
        assert secret().reveal() not in shown
    return caught.value


@pytest.mark.parametrize(("security", "secure"), [("none", False), ("starttls", False), ("tls", True)])
def test_it_logs_in_over_every_kind_of_line(account: Account, security: Security, secure: bool) -> None:
    port = account.server.imaps_port if secure else account.server.imap_port
    endpoint = Endpoint("imap", security, "localhost", port)
    with logged_in(account, endpoint, lambda: Secret(account.password)) as server:
        assert server.examine("INBOX").present == 0


def test_a_token_lets_in(account: Account) -> None:
    with logged_in(account, plain(account.server.imap_port), lambda: Secret(account.token()), token=True) as server:
        assert server.examine("INBOX").present == 0


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_a_token_travels_in_the_way_the_server_knows(mechanism: str) -> None:
    known = f"* CAPABILITY IMAP4rev1 AUTH={mechanism}\r\n@ OK done\r\n".encode()
    with ScriptedImap({"CAPABILITY": known, "AUTHENTICATE": b"+ \r\n", "ANSWER": b"@ OK done\r\n"}) as scripted:
        Server(plain(scripted.port), "ana", True, lambda: Secret("t")).close()
        assert scripted.count(f"AUTHENTICATE {mechanism}") == 1


def test_a_wrong_password_is_denied(account: Account) -> None:
    error = refusal(plain(account.server.imap_port), lambda: Secret("wrong-" + CANARY), user=account.user)
    assert isinstance(error, Denied)
    assert "refused the password of " + account.user in error.message
    assert error.mend


def test_an_expired_token_is_denied_and_called_so(account: Account) -> None:
    error = refusal(plain(account.server.imap_port), lambda: Secret(account.token(-60)), token=True, user=account.user)
    assert isinstance(error, Denied)
    assert "token" in error.message
    assert "expired" in error.mend


def test_a_token_that_expired_on_the_way_is_fetched_anew(account: Account) -> None:
    tokens = iter([account.token(-60), account.token()])
    with logged_in(account, plain(account.server.imap_port), lambda: Secret(next(tokens)), token=True) as server:
        assert server.open


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"@ NO [UNAVAILABLE] come back later\r\n", Unreachable),
        (b"@ NO [ALERT] Too many simultaneous connections. (Failure)\r\n", Unreachable),
        (b"@ NO [AUTHENTICATIONFAILED] you said canary-99-gr\xc3\xbcn\r\n", Denied),
        (b"@ BAD what?\r\n", Denied),
        (b"* BYE enough of you\r\n", Unreachable),
        (b"HTTP/1.1 400 Bad Request\r\n", Broken),
        (b"", Unreachable),
    ],
)
def test_each_refusal_means_something(answer: bytes, kind: type[SourceError]) -> None:
    with ScriptedImap({"ANSWER": answer or b"* BYE\r\n"}) as scripted:
        assert type(refusal(plain(scripted.port), lambda: Secret(CANARY))) is kind


def test_a_login_in_plain_words_takes_only_plain_letters() -> None:
    with ScriptedImap({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n@ OK done\r\n"}) as scripted:
        assert isinstance(refusal(plain(scripted.port), lambda: Secret(CANARY)), Denied)
        Server(plain(scripted.port), "ana", False, lambda: Secret('a "quoted" \\ one')).close()
        assert scripted.count('LOGIN ANA "A \\"QUOTED\\" \\\\ ONE"') == 1
        assert scripted.count("LOGIN") == 1


@pytest.mark.parametrize("words", [b"* BYE overloaded\r\n", b"220 mail.test ESMTP\r\n", b"SSH-2.0-OpenSSH\r\n"])
def test_what_is_no_mail_server_is_told_from_one_that_is_busy(words: bytes) -> None:
    with ScriptedImap({"": words}) as scripted:
        error = refusal(plain(scripted.port), lambda: Secret(CANARY))
    assert isinstance(error, Unreachable if b"BYE" in words else Broken)


def test_a_certificate_that_nobody_vouches_for_is_not_taken(account: Account) -> None:
    endpoint = Endpoint("imap", "tls", "localhost", account.server.imaps_port)
    error = refusal(endpoint, lambda: Secret(CANARY))
    assert isinstance(error, Broken)
    assert "certificate" in error.message
    starttls = Endpoint("imap", "starttls", "localhost", account.server.imap_port)
    assert "certificate" in refusal(starttls, lambda: Secret(CANARY)).message


def test_a_certificate_of_another_name_is_not_taken(account: Account) -> None:
    # The name localhost stands in it, and so does 127.0.0.1, but not 127.0.0.2.
    endpoint = Endpoint("imap", "tls", "127.0.0.2", account.server.imaps_port)
    with pytest.raises((Broken, Unreachable)) as caught:
        Server(endpoint, account.user, False, lambda: Secret(CANARY), trusting(account))
    assert "certificate" in caught.value.message or "listens" in caught.value.message


def test_a_server_without_encryption_gets_no_password() -> None:
    with ScriptedImap({}) as scripted:
        error = refusal(Endpoint("imap", "starttls", "localhost", scripted.port), lambda: Secret(CANARY))
        assert isinstance(error, Broken)
        assert scripted.count("AUTHENTICATE") == 0


def test_what_was_said_before_the_encryption_is_not_believed() -> None:
    known = b"* CAPABILITY IMAP4rev1 STARTTLS\r\n@ OK done\r\n"
    answers = {"CAPABILITY": known, "STARTTLS": b"@ OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"}
    with ScriptedImap(answers) as scripted:
        error = refusal(Endpoint("imap", "starttls", "localhost", scripted.port), lambda: Secret(CANARY))
    assert "encryption" in error.message


def test_no_plain_text_leaves_this_machine() -> None:
    error = refusal(Endpoint("imap", "none", "mail.example.org", 143), lambda: Secret(CANARY))
    assert "plain text" in error.message


def test_nobody_there_and_no_such_name() -> None:
    nobody = refusal(plain(free_port()), lambda: Secret(CANARY))
    assert "Nobody listens" in nobody.message
    nowhere = refusal(Endpoint("imap", "tls", "mail.invalid", 993), lambda: Secret(CANARY))
    assert isinstance(nobody, Offline)
    assert isinstance(nowhere, Offline)


def test_a_check_says_step_by_step_what_works(account: Account) -> None:
    with opened(account) as mailbox:
        health = mailbox.check()
    assert health.works
    assert [step.name for step in health.steps] == ["login", "folders", "inbox", "sending"]
    assert "INBOX, Sent" in health.steps[1].said
    wrong = mailbox_of(account, folders=("Ordres",))
    steps = wrong.check().steps
    wrong.close()
    assert [step.works for step in steps] == [True, False]
    assert "Ordres" in steps[1].said


def test_nothing_is_logged(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with opened(account) as mailbox:
        inbox(mailbox).read(mailbox)
        assert account.password not in repr(vars(mailbox))
    assert account.password not in caplog.text


def test_a_secret_that_cannot_be_had_is_told_as_it_is() -> None:
    def locked() -> Secret:
        raise HeardError("The keyring is locked")

    with ScriptedImap({}) as scripted, pytest.raises(HeardError, match="keyring is locked"):
        Server(Endpoint("imap", "none", HOST, scripted.port), "ana", False, locked)
