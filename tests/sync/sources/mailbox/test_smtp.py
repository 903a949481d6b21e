"""Sending against a real server with faults: one outcome for each of them."""

import threading

import pytest

from desk.endpoints import Endpoint, parse_endpoint
from sync.errors import Broken, Denied, Offline, SourceError, Unreachable
from sync.protocol import Later, Outcome, Receipt, Refused, Step, Unclear
from sync.sources.mailbox.smtp import MailSender
from tests.servers.mail import Account
from tests.servers.processes import free_port
from tests.servers.scripted import ScriptedSmtp
from tests.sync.sources.mailbox.sending import CANARY, RAW, mail_to, nothing, once, submission, trusting


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
