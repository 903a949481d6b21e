"""Sending against a real server with faults, and against one that says what it is told: one outcome for each fault."""

import base64
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from desk.endpoints import Endpoint, parse_endpoint
from sync.errors import Broken, Denied, Offline, SourceError, Unreachable
from sync.protocol import DeliverMail, Later, Outcome, Receipt, Refused, Step, Unclear
from sync.secret import Secret
from sync.sources.mailbox.smtp import MailSender
from sync.sources.mailbox.smtp_line import Submission
from tests.canary import all_of
from tests.servers.mail import PASSWORD, Account, MailServer
from tests.servers.processes import HOST, free_port, until
from tests.servers.scripted import CUT, SILENCE, ScriptedSmtp

RAW = b"Message-ID: <1@desk.example>\r\nSubject: hi\r\n\r\n.dot\r\n..\r\nFrom here\r\n.\r\nlast\r\n"
CANARY = "canary-0451"


def nothing() -> None:
    """What a hand-over does where nobody keeps a record."""


def mail_to(*recipients: str, sender: str = "support@desk.example", raw: bytes = RAW) -> DeliverMail:
    return DeliverMail("key", "<1@desk.example>", raw, sender, recipients, 0)


def submission(port: int, password: str = PASSWORD, **changes: object) -> Submission:
    endpoint = Endpoint("smtp", "none", HOST, port)
    given = Submission(endpoint, "support@example.test", lambda: Secret(password), patience=60, after_text=60)
    return replace(given, **changes)  # type: ignore[arg-type]  # each test names fields of Submission


def trusting(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.certificate))


def once(way: Submission, mail: DeliverMail, hand_over: Callable[[], None] = nothing) -> Outcome:
    sender = MailSender(way)
    try:
        return sender.send(mail, hand_over)
    finally:
        sender.close()


# ---- the real server ----


def test_it_arrives_whole_and_says_so(account: Account) -> None:
    server = account.server
    before = len(server.sent())
    told: list[int] = []
    mail = mail_to("a@x.example", "b@x.example")
    outcome = once(submission(server.smtp_port), mail, lambda: told.append(len(server.sent())))
    assert outcome == Receipt("<1@desk.example>")
    sent = server.sent()[before:]
    assert [mail.raw for mail in sent] == [RAW]
    assert (sent[0].sender, sent[0].recipients) == ("support@desk.example", ("a@x.example", "b@x.example"))
    assert sent[0].logged_in
    assert told == [before]


def test_encrypted_from_the_second_word_on(account: Account) -> None:
    server = account.server
    endpoint = parse_endpoint(f"smtp+starttls://localhost:{server.smtp_port}", "smtp")
    way = submission(server.smtp_port, endpoint=endpoint, context=trusting(server))
    assert isinstance(once(way, mail_to("a@x.example")), Receipt)
    assert server.sent()[-1].tls
    sender = MailSender(way)
    assert sender.check() == Step("sending", True, f"localhost:{server.smtp_port} takes mails of up to 64 MB")
    sender.close()


def test_a_certificate_that_nobody_knows_is_no_way_in(account: Account) -> None:
    endpoint = parse_endpoint(f"smtp+starttls://localhost:{account.server.smtp_port}", "smtp")
    with pytest.raises(Broken) as caught:
        once(submission(0, endpoint=endpoint), mail_to("a@x.example"))
    assert "certificate" in str(caught.value)


def test_the_wrong_name_in_a_certificate_is_no_way_in(account: Account) -> None:
    endpoint = Endpoint("smtp", "starttls", "127.0.0.2", account.server.smtp_port)
    with pytest.raises(SourceError):
        once(submission(0, endpoint=endpoint, context=trusting(account.server)), mail_to("a@x.example"))


@pytest.mark.parametrize(
    ("recipients", "kind", "words"),
    [
        (("reject@x.example",), Refused, "550 5.1.1 <reject@x.example>"),
        (("reject@x.example", "reject@y.example"), Refused, "reject@y.example"),
        (("defer@x.example",), Later, "Greylisted"),
        (("reject@x.example", "defer@x.example"), Later, "Greylisted"),
        (("spam@x.example",), Refused, "554 5.7.1"),
        (("cut@x.example",), Unclear, "broke"),
        (("drop@x.example",), Unclear, "broke"),
    ],
)
def test_each_fault_of_the_sink(account: Account, recipients: tuple[str, ...], kind: type, words: str) -> None:
    outcome = once(submission(account.server.smtp_port), mail_to(*recipients))
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Refused | Later | Unclear)
    assert words in outcome.why


def test_greylisting_says_when() -> None:
    with ScriptedSmtp({"RCPT": "451 4.7.1 try again in 7 minutes"}) as server:
        assert once(submission(server.port), mail_to("a@x.example")) == Later(
            420, "Not taken yet: a@x.example: 451 4.7.1 try again in 7 minutes"
        )


def test_the_others_get_it_and_the_refused_are_named(account: Account) -> None:
    server = account.server
    outcome = once(submission(server.smtp_port), mail_to("a@x.example", "reject@x.example", "defer@x.example"))
    assert isinstance(outcome, Receipt)
    found = [(each.recipient, each.why.split()[0], each.again_in) for each in outcome.missed]
    assert found == [("reject@x.example", "550", None), ("defer@x.example", "451", 300)]
    assert server.sent()[-1].recipients == ("a@x.example",)


def test_a_sender_that_may_not_send(account: Account) -> None:
    outcome = once(submission(account.server.smtp_port), mail_to("a@x.example", sender="nosender@desk.example"))
    assert isinstance(outcome, Refused)
    assert "553 5.1.8" in outcome.why


def test_addresses_beyond_ascii(account: Account) -> None:
    outcome = once(submission(account.server.smtp_port), mail_to("jörg@x.example"))
    assert isinstance(outcome, Receipt)
    assert account.server.sent()[-1].recipients == ("jörg@x.example",)
    with ScriptedSmtp({}) as server:
        refused = once(submission(server.port), mail_to("jörg@x.example"))
    assert isinstance(refused, Refused)
    assert "ASCII" in refused.why


def test_a_slow_server_is_waited_for_and_one_line_serves_several(account: Account) -> None:
    server = account.server
    sender = MailSender(submission(server.smtp_port))
    before = len(server.sent())
    assert isinstance(sender.send(mail_to("slow@x.example"), nothing), Receipt)
    assert isinstance(sender.send(mail_to("a@x.example"), nothing), Receipt)
    assert isinstance(sender.send(mail_to("reject@x.example"), nothing), Refused)
    assert isinstance(sender.send(mail_to("b@x.example"), nothing), Receipt)
    sender.close()
    assert [mail.recipients for mail in server.sent()[before:]] == [
        ("slow@x.example",), ("a@x.example",), ("b@x.example",),
    ]  # fmt: skip


def test_a_slow_server_beyond_all_patience_is_unclear(account: Account) -> None:
    outcome = once(submission(account.server.smtp_port, after_text=0.05), mail_to("slow@x.example"))
    assert isinstance(outcome, Unclear)


def test_killed_before_the_end_of_the_text_left(account: Account) -> None:
    server = account.server
    before = len(server.sent())
    outcome = once(submission(server.smtp_port), mail_to("a@x.example"), server.smtp.kill)
    # The record of the hand-over stands already: only a look can tell.
    assert isinstance(outcome, Unclear)
    assert len(server.sent()) == before


def test_killed_while_it_takes_the_mail(account: Account) -> None:
    server = account.server
    before = len(server.sent())
    outcomes: list[Outcome] = []
    handed = threading.Event()
    sending = threading.Thread(
        target=lambda: outcomes.append(once(submission(server.smtp_port), mail_to("slow@x.example"), handed.set))
    )
    sending.start()
    assert handed.wait(60)
    server.smtp.kill()
    sending.join(60)
    assert isinstance(outcomes[0], Unclear)
    assert len(server.sent()) == before


def test_a_kept_line_that_died_is_replaced(account: Account) -> None:
    server = account.server
    sender = MailSender(submission(server.smtp_port))
    assert isinstance(sender.send(mail_to("a@x.example"), nothing), Receipt)
    server.smtp.kill()
    with pytest.raises(Unreachable):
        sender.send(mail_to("b@x.example"), nothing)
    server.start()
    assert isinstance(sender.send(mail_to("c@x.example"), nothing), Receipt)
    sender.close()
    assert server.sent()[-1].recipients == ("c@x.example",)


def test_what_the_hand_over_raises_keeps_the_mail_back(account: Account) -> None:
    server = account.server
    before = len(server.sent())

    def full() -> None:
        raise OSError("the disk is full")

    sender = MailSender(submission(server.smtp_port))
    with pytest.raises(OSError, match="disk is full"):
        sender.send(mail_to("a@x.example"), full)
    assert isinstance(sender.send(mail_to("b@x.example"), nothing), Receipt)
    sender.close()
    assert [mail.recipients for mail in server.sent()[before:]] == [("b@x.example",)]


def test_the_wrong_password(account: Account) -> None:
    with pytest.raises(Denied) as caught:
        once(submission(account.server.smtp_port, CANARY), mail_to("a@x.example"))
    assert CANARY not in str(caught.value)
    assert "support@example.test" in caught.value.message


def test_a_check_says_what_is_wrong(account: Account) -> None:
    step = MailSender(submission(account.server.smtp_port, "wrong")).check()
    assert not step.works
    assert "refused the password" in step.said
    assert step.mend


def test_nobody_there() -> None:
    with pytest.raises(Unreachable) as caught:
        once(submission(free_port()), mail_to("a@x.example"))
    assert "Nobody listens" in caught.value.message
    assert isinstance(caught.value, Offline)


# ---- the scripted server ----


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"MAIL": "421 4.3.2 closing"}, Later),
        ({"MAIL": "550 5.7.1 not you"}, Refused),
        ({"MAIL": CUT}, Later),
        ({"RCPT": "421 4.3.2 closing"}, Later),
        ({"RCPT": CUT}, Later),
        ({"RCPT": "250 fine", "DATA": "451 4.3.0 not now"}, Later),
        ({"DATA": "554 5.5.1 no valid recipients"}, Refused),
        ({"DATA": CUT}, Later),
        ({".": "451 4.3.0 not now"}, Later),
        ({".": "552 5.3.4 too big"}, Refused),
        ({".": CUT}, Unclear),
        ({".": "999 what"}, Unclear),
    ],
)
def test_each_word_that_can_go_wrong(answers: dict[str, str | list[str]], kind: type) -> None:
    with ScriptedSmtp(answers) as server:
        assert isinstance(once(submission(server.port), mail_to("a@x.example")), kind)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_silence_before_the_end_is_later(word: str) -> None:
    with ScriptedSmtp({word: SILENCE}) as server:
        assert isinstance(once(submission(server.port, patience=0.2), mail_to("a@x.example")), Later)


def test_silence_after_the_end_is_unclear() -> None:
    with ScriptedSmtp({".": SILENCE}) as server:
        assert isinstance(once(submission(server.port, after_text=0.2), mail_to("a@x.example")), Unclear)


def test_a_line_that_breaks_in_the_text_has_sent_nothing() -> None:
    told: list[bool] = []
    big = mail_to("a@x.example", raw=RAW + b"\r\n" * 2**23)
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH PLAIN"}, cut_after=100_000) as server:
        assert isinstance(once(submission(server.port), big, lambda: told.append(True)), Later)
        assert (told, server.texts) == ([], [])


def test_too_large_is_known_before_anything_is_sent() -> None:
    with ScriptedSmtp({}) as server:
        outcome = once(submission(server.port), mail_to("a@x.example", raw=RAW + b"x" * 1_100_000))
        assert isinstance(outcome, Refused)
        assert "1 MB" in outcome.why
        assert not any(line.startswith("MAIL") for line in server.heard)


def test_no_address_is_two_commands() -> None:
    with ScriptedSmtp({}) as server:
        outcome = once(submission(server.port), mail_to("a@x.example>\r\nRCPT TO:<b@y.example"))
        assert isinstance(outcome, Refused)
        assert not any("y.example" in line for line in server.heard)


def test_size_and_eight_bits_are_announced_where_offered() -> None:
    with ScriptedSmtp({}) as server:
        once(submission(server.port), mail_to("a@x.example", raw=RAW + "é\r\n".encode()))
        assert f"MAIL FROM:<support@desk.example> SIZE={len(RAW) + 4} BODY=8BITMIME" in server.heard
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH LOGIN"}) as server:
        once(submission(server.port), mail_to("a@x.example"))
        assert "MAIL FROM:<support@desk.example>" in server.heard


def test_dots_are_doubled_on_the_line_and_the_last_line_ends() -> None:
    with ScriptedSmtp({}) as server:
        once(submission(server.port), mail_to("a@x.example", raw=b".a: b\r\n\r\n.\r\n..x\r\nend"))
        until(lambda: server.texts, "the text")
        assert server.texts == [b"..a: b\r\n\r\n..\r\n...x\r\nend\r\n"]


def test_a_token_that_was_refused_is_asked_for_once_more() -> None:
    tokens = iter([Secret("old-token"), Secret("new-token")])
    answers = ["334 eyJzdGF0dXMiOiI0MDAifQ==", "535 5.7.8 expired", "235 2.7.0 welcome"]
    with ScriptedSmtp({"AUTH": answers}) as server:
        way = submission(server.port, login="token", secret=lambda: next(tokens))
        assert isinstance(once(way, mail_to("a@x.example")), Receipt)
        spoken = [line for line in server.heard if line.startswith("AUTH")]
        assert [base64.b64decode(line.split(" ")[2]) for line in spoken] == [
            b"user=support@example.test\x01auth=Bearer old-token\x01\x01",
            b"user=support@example.test\x01auth=Bearer new-token\x01\x01",
        ]


def test_a_token_that_stays_refused_is_denied_without_being_told() -> None:
    asked: list[int] = []

    def token() -> Secret:
        asked.append(1)
        return Secret(CANARY)

    with ScriptedSmtp({"AUTH": f"535 5.7.8 {CANARY} is no good"}) as server:
        with pytest.raises(Denied) as caught:
            once(submission(server.port, login="token", secret=token), mail_to("a@x.example"))
        assert len(asked) == 2
    assert CANARY not in str(caught.value)
    assert "token" in caught.value.message


@pytest.mark.parametrize(
    ("answers", "login", "kind"),
    [
        ({"": "554 5.3.2 no service"}, "password", Unreachable),
        ({"": CUT}, "password", Unreachable),
        ({"": "* OK IMAP4 ready"}, "password", SourceError),
        ({"EHLO": "250 nothing offered"}, "password", Broken),
        ({"EHLO": "250-x\r\n250 AUTH GSSAPI"}, "password", Broken),
        ({"EHLO": "250-x\r\n250 AUTH PLAIN"}, "token", Broken),
        ({"EHLO": "502 what", "HELO": "502 what"}, "password", Broken),
        ({"AUTH": "454 4.7.0 too many logins"}, "password", Unreachable),
        ({"AUTH": CUT}, "password", Unreachable),
        ({"AUTH": "534 5.7.9 application-specific password required"}, "password", Denied),
    ],
)
def test_each_way_not_to_get_in(answers: dict[str, str | list[str]], login: str, kind: type[SourceError]) -> None:
    with ScriptedSmtp(answers) as server, pytest.raises(kind) as caught:
        once(submission(server.port, login=login), mail_to("a@x.example"))
    assert not isinstance(caught.value, Offline), "it was reached: nobody hurries it"


def test_login_in_two_steps_and_without_any() -> None:
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH LOGIN", "AUTH": ["334 VXNlcm5hbWU6", "235 2.7.0 welcome"]}) as server:
        assert isinstance(once(submission(server.port), mail_to("a@x.example")), Receipt)
    with ScriptedSmtp({"EHLO": "250 x"}) as server:
        assert isinstance(once(submission(server.port, user=""), mail_to("a@x.example")), Receipt)
        assert not any(line.startswith("AUTH") for line in server.heard)


def test_no_password_in_plain_text_to_another_machine() -> None:
    asked: list[int] = []
    way = submission(0, endpoint=Endpoint("smtp", "none", "mail.example.com", 25), secret=lambda: asked.append(1))
    with pytest.raises(Broken):
        once(way, mail_to("a@x.example"))
    assert asked == []


def test_no_encryption_offered_means_no_login() -> None:
    with ScriptedSmtp({}) as server:
        endpoint = Endpoint("smtp", "starttls", HOST, server.port)
        with pytest.raises(Broken) as caught:
            once(submission(0, endpoint=endpoint), mail_to("a@x.example"))
        assert "STARTTLS" in str(caught.value)
        assert not any(line.startswith("AUTH") for line in server.heard)


@pytest.mark.parametrize("login", ["password", "token"])
def test_no_error_holds_the_secret_nor_what_is_made_of_it(login: str) -> None:
    """All that hangs on the error is searched: its words, its causes, and the values in every frame."""
    user = "support@example.test"
    spoken = {"password": f"\0{user}\0{CANARY}", "token": f"user={user}\1auth=Bearer {CANARY}\1\1"}[login]
    coded = [base64.b64encode(text.encode()).decode() for text in (spoken, CANARY)]
    for said in (f"535 5.7.8 bad {CANARY}", f"535 5.7.8 {coded[0]}", f"535 {coded[1]}", CUT):
        with ScriptedSmtp({"AUTH": said}) as server:
            try:
                once(submission(server.port, CANARY, login=login), mail_to("a@x.example"))
            except SourceError as error:
                shown = all_of(error, __file__)
            else:
                raise AssertionError("it was let in")
        assert CANARY not in shown
        assert not any(code in shown for code in coded)
