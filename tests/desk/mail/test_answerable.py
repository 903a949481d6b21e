"""Which mails a machine may answer by itself: people's, and nobody else's."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mail_accuracy import mbox
from desk.mail.answerable import is_answered, is_spam, why_not
from desk.mail.message import read_mail
from tests.hostile import HOSTILE
from tests.shared import shared_data

OWN = frozenset({"help@example.com", "shop@example.com"})
MAIL = "From: Ana Ruiz <ana@example.org>\r\nTo: help@example.com\r\nSubject: Refund\r\nMessage-ID: <1@example.org>\r\n"


def reason(more: str = "", **instead: str) -> str:
    head = MAIL
    for name, value in instead.items():
        lines = [line for line in head.split("\r\n") if not line.startswith(name.title() + ":")]
        head = "\r\n".join([f"{name.title()}: {value}", *lines])
    return why_not((head + more + "\r\nhello\r\n").encode(), OWN)


def test_a_person_s_mail_is_answered() -> None:
    assert reason() == ""
    assert reason("Return-Path: <ana@example.org>\r\nAuto-Submitted: no\r\nX-Spam-Status: No, score=1\r\n") == ""
    assert reason("Reply-To: Ana <ana@work.example>\r\n") == ""


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (cron)", "auto-submitted: AUTO-NOTIFIED; x=1",
        "X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: OOF, AutoReply", "X-Auto-Response-Suppress: DR",
        "Precedence: bulk", "Precedence: list", "Precedence: Junk", "Precedence: auto_reply",
        "List-Id: <news.example>", "List-Unsubscribe: <mailto:a@b>", "List-Post: <mailto:a@b>", "List-Help: x",
        "X-Loop: somebody", "X-Autoreply: yes", "X-Heard-Loop: yes", "X-FC-MachineGenerated: true", "X-BeenThere: a@b",
        "Return-Path: <>", "Return-Path: <MAILER-DAEMON>", "Return-Path:", "X-Spam-Flag: YES", "X-Spam-Status: Yes, 9",
        "X-Failed-Recipients: li@example.org", "Feedback-ID: 1:campaign", "Reply-To: help@example.com",
        "Sender: shop@example.com", "Reply-To: no-reply@example.org", "Return-Path: <bounce-77@lists.example>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "Content-Type: message/disposition-notification",
    ],
)  # fmt: skip
def test_the_marks_of_machines(line: str) -> None:
    assert reason(line + "\r\n")


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@example.org", "postmaster@example.org", "no-reply@example.org", "noreply@example.org",
        "NoReply+17@example.org", "billing-noreply@example.org", "do-not-reply@x.example",
        "donotreply@example.org", "bounces@example.org", "bounce+abc@example.org", "owner-list@example.org",
        "list-request@example.org", "list-owner@example.org", "autoresponder@example.org", "nobody@example.org",
        "help@example.com", "HELP@Example.COM", "Ana", "", "ana@example.org, li@example.org",
    ],
)  # fmt: skip
def test_nobody_there_or_ourselves(sender: str) -> None:
    assert reason(**{"from": sender})


@pytest.mark.parametrize(
    "sender", ["owen@example.org", "bo.unces@example.org", "norep@example.org", "daemonica@x.example"]
)
def test_people_with_such_names_are_people(sender: str) -> None:
    assert reason(**{"from": sender}) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Automatic reply: Refund", "Auto: Refund", "Auto-Reply: Refund", "Autoreply", "Out of office", "OOO: Ana",
        "Out of the office: Re: Refund", "Automatische Antwort: Refund", "Abwesenheitsnotiz", "Réponse automatique : x",
        "Respuesta automática: x", "Risposta automatica: x", "Undeliverable: Refund", "Read: Refund", "Gelesen: Refund",
        "Mail delivery failed: returning message to sender", "Delivery Status Notification (Failure)",
        "Undelivered Mail Returned to Sender", "failure notice",
    ],
)  # fmt: skip
def test_titles_of_automatic_answers(title: str) -> None:
    assert reason(subject=title)


@pytest.mark.parametrize(
    "title",
    ["Read this please", "Auto insurance", "Lunch?", "Out of stock", "Automatic doors", "Re: Out of office?", ""],
)
def test_titles_of_people(title: str) -> None:
    assert reason(subject=title) == ""


def test_our_own_mail_on_its_way_back() -> None:
    assert reason(**{"message-id": "<heard." + "0a" * 16 + "@elsewhere.example>"}) == "our own mail"


def test_spam_and_what_somebody_has_answered() -> None:
    assert is_spam((), "INBOX.Junk")
    assert is_spam((), "[Gmail]/Spam")
    assert is_spam(("\\Seen", "$Junk"), "INBOX")
    assert not is_spam(("\\Seen", "$NotJunk"), "INBOX")
    assert is_answered(("\\Seen", "\\Answered"))
    assert not is_answered(("\\Seen",))


@given(st.binary(max_size=300) | st.sampled_from([text.encode("utf-8", "replace") for _, text in HOSTILE]))
def test_no_bytes_stop_it_and_none_without_a_sender_are_answered(raw: bytes) -> None:
    assert isinstance(why_not(b"From: " + raw, OWN), str)
    assert isinstance(why_not(b"From: a@b.example\nSubject: " + raw, OWN), str)
    assert why_not(b"Subject: " + raw.replace(b"\n", b" ").replace(b"\r", b" "), OWN)


def _nasty() -> Iterator[bytes]:
    for folder in ("mail/zammad", "mail/rt-emails"):
        for path in sorted(shared_data(folder).rglob("*")):
            if path.is_file() and path.suffix != ".yml":
                yield path.read_bytes()


@pytest.mark.shared_data
def test_no_machine_s_mail_of_the_real_ones_is_answered() -> None:
    seen = 0
    for raw in (*_nasty(), *mbox(shared_data("mail/easy-ham.mbox.gz"))):
        mail = read_mail(raw)
        head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
        machine = mail.automatic or mail.bounce or b"vacation" in head or b"auto-submitted: auto" in head
        if machine or b"out of office" in head or b"precedence: bulk" in head or b"list-id" in head:
            seen += 1
            assert why_not(raw, OWN), mail.subject
    assert seen > 1_000, "most of these are mails of lists"


@pytest.mark.shared_data
def test_people_s_mails_of_the_real_ones_are() -> None:
    answered = [raw for raw in _nasty() if not why_not(raw, OWN)]
    assert len(answered) > 20
