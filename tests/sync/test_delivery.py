"""Replies on their way out, through a real sink: each once, in order, and never without the agent's knowledge."""

from collections.abc import Callable
from contextlib import closing
from email.utils import formatdate

import pytest

from desk.errors import HeardError
from desk.times import MINUTE, SECOND
from storage import sources
from storage.connect import writing
from storage.deeds.outbox import drop, retry
from storage.engine import deed_session, engine_over
from sync import mailing
from sync.conformance.canary import all_of
from sync.protocol import DeliverMail, Unclear
from sync.sources.mailbox.smtp import MailSender, Sent
from tests.sync.office import NAME, Office, mail


def again(office: Office) -> None:
    """The agent sends what was held, or failed."""
    rows = [int(str(row)) for (row,) in office.rows("SELECT id FROM outbox WHERE state IN ('held','failed')")]
    with deed_session(engine_over(office.connection)) as session:
        retry(session, office.by(), rows)


def _bounce(office: Office, message_id: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@example.test\r\nTo: {office.account.user}\r\nSubject: Undelivered Mail\r\n"
        f"Date: {formatdate(office.clock() / 1e6)}\r\nMessage-ID: <bounce@example.test>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.test\r\n\r\n"
        "Final-Recipient: rfc822; gone@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\nSubject: Re: Pump\r\n\r\n--b--\r\n"
    ).encode()


def test_a_reply_leaves_once_and_its_copy_is_no_news(office: Office, pump: int) -> None:
    office.reply(pump)
    assert office.sync().pushed == 1
    assert office.sync() == office.sync(), "nothing is left to do"
    (left,) = office.sent()
    assert left.recipients == ("ana@example.org",)
    assert b"In-Reply-To: <m1@example.org>" in left.raw
    assert office.outbox() == [("sent", "")]
    assert office.messages("Pump") == [("inbound", "hello"), ("outbound", "We are on it.")]
    assert office.rows("SELECT count(*) FROM mail_copy WHERE stream = 'Sent'") == [(1,)]


def test_an_answer_to_our_answer_stays_on_its_ticket(office: Office, pump: int) -> None:
    office.reply(pump)
    office.sync()
    (ours,) = office.rows("SELECT message_id FROM message WHERE kind = 'outbound'")[0]
    office.account.put(mail("Re: Pump", name="m2", more=f"In-Reply-To: {ours}\r\n", words="thanks"))
    office.sync()
    assert {words for _, words in office.messages("Pump")} == {"hello", "We are on it.", "thanks"}


def test_a_ticket_s_replies_leave_in_their_order(office: Office, pump: int) -> None:
    office.reply(pump, "first", to="defer@example.test")
    office.reply(pump, "second")
    assert office.sync().pushed == 0, "the first one has to wait, and so does what follows it"
    assert office.states() == ["waiting", "waiting"]
    with writing(office.connection):
        office.connection.execute("UPDATE message SET recipients = 'ana@example.org'")
    office.ahead = 20 * MINUTE
    assert office.sync().pushed == 2
    assert office.words() == ["first", "second"]


def test_what_can_be_taken_back_never_leaves(office: Office, pump: int) -> None:
    office.reply(pump, undo=15)
    assert office.sync().pushed == 0
    assert office.states() == ["undoable"]
    office.ahead = 16 * SECOND
    assert office.sync().pushed == 1


def test_one_that_leaves_takes_none_along_that_can_be_taken_back(office: Office, pump: int) -> None:
    office.account.put(mail("Other", name="o"))
    office.sync()
    office.reply(pump, undo=50)
    office.reply(office.tickets()["Other"], "at once")
    assert office.sync().pushed == 1
    assert office.words() == ["at once"]
    assert office.states() == ["undoable", "sent"]


def test_what_was_dropped_never_leaves(office: Office, pump: int) -> None:
    office.reply(pump)
    with deed_session(engine_over(office.connection)) as session:
        drop(session, office.by(), [1])
    assert office.sync().pushed == 0
    assert office.sent() == []


@pytest.mark.parametrize(
    ("who", "words"), [("reject", "User unknown"), ("spam", "Message looks like spam")], ids=["recipient", "text"]
)
def test_a_refusal_is_told_in_the_server_s_words(office: Office, pump: int, who: str, words: str) -> None:
    office.reply(pump, to=f"{who}@example.test")
    assert office.sync().failed == 1
    ((state, error),) = office.outbox()
    assert state == "failed"
    assert words in str(error)
    office.reply(pump, "to somebody else")
    assert office.sync().pushed == 1, "what failed holds nobody up"


@pytest.mark.parametrize(("to", "words"), [("", "no recipient"), ("nobody at all", "is no mail address")])
def test_a_reply_that_is_no_mail_fails(office: Office, pump: int, to: str, words: str) -> None:
    office.reply(pump, to=to)
    assert office.sync().failed == 1
    assert words in str(office.outbox()[0][1])


def test_a_deferred_one_leaves_later(office: Office, pump: int) -> None:
    office.reply(pump, to="defer@example.test")
    office.sync()
    ((state, error),) = office.outbox()
    assert state == "waiting"
    assert "Greylisted" in str(error)
    tries = office.rows("SELECT tries FROM outbox")
    office.sync()
    assert office.rows("SELECT tries FROM outbox") == tries, "the server has said when"
    office.ahead = 6 * MINUTE
    office.sync()
    assert office.rows("SELECT tries FROM outbox") == [(2,)]


def test_a_reply_that_its_customer_has_overtaken_is_held(office: Office, pump: int) -> None:
    """Though the mail is read in the very round in which the reply would leave."""
    office.reply(pump)
    office.account.put(mail("Re: Pump", name="m2", before="m1", at="20 Nov 2026 11:00:00", words="solved itself"))
    tally = office.sync()
    assert (tally.held, tally.pushed) == (1, 0)
    assert office.outbox() == [("held", mailing.OVERTAKEN)]
    assert office.sync().held == 0
    assert office.sent() == []
    office.reply(pump, "and another thing")
    assert office.sync().pushed == 0, "what follows it waits too"
    again(office)
    assert office.sync().pushed == 2
    assert office.words() == ["We are on it.", "and another thing"]


@pytest.mark.parametrize(
    ("at", "more"),
    [("19 Nov 2026 11:00:00", ""), ("20 Nov 2026 11:00:00", "Auto-Submitted: auto-replied\r\n")],
    ids=["the past", "a machine"],
)
def test_what_is_no_word_of_the_customer_s_overtakes_nothing(office: Office, pump: int, at: str, more: str) -> None:
    office.reply(pump)
    office.account.put(mail("Re: Pump", name="m2", before="m1", at=at, more=more))
    assert office.sync().pushed == 1


def test_an_unclear_end_is_found_in_the_mailbox(office: Office, pump: int) -> None:
    """The server took it and fell silent; a copy for ourselves shows that it has left."""
    office.reply(pump, to=f"drop@example.test, {office.account.user}")
    assert office.sync().pushed == 0
    assert office.states() == ["handed"]
    assert office.sync().pushed == 1
    assert office.states() == ["sent"]
    assert len(office.sent()) == 1
    assert len(office.messages("Pump")) == 2


def test_an_unclear_end_is_found_among_the_sent(office: Office, pump: int) -> None:
    office.reply(pump, to="drop@example.test")
    office.sync()
    office.account.put(office.sent()[0].raw, folder="Sent")
    assert office.sync().pushed == 1


def test_an_unclear_end_is_settled_by_an_answer(office: Office, pump: int) -> None:
    office.reply(pump, to="drop@example.test")
    office.sync()
    (ours,) = office.rows("SELECT message_id FROM message WHERE kind = 'outbound'")[0]
    office.account.put(mail("Re: Pump", name="m2", more=f"In-Reply-To: {ours}\r\n", words="thanks"))
    assert office.sync().pushed == 1


def test_where_a_doubt_stays_a_person_decides(office: Office, pump: int) -> None:
    office.reply(pump, to="drop@example.test")
    office.reply(pump, "second")
    office.sync()
    assert office.states() == ["handed", "waiting"]
    office.sync()
    assert office.states() == ["handed", "waiting"], "it may still turn up, and nothing overtakes it"
    office.ahead = 3 * MINUTE
    assert office.sync().held == 1
    assert office.outbox()[0] == ("held", mailing.DOUBT)
    assert len(office.sent()) == 1
    with deed_session(engine_over(office.connection)) as session:
        drop(session, office.by(), [1])
    assert office.sync().pushed == 1


def test_a_server_that_keeps_all_it_took_leaves_no_doubt(office: Office) -> None:
    office.account.put(mail("Pump"))
    office.connect(keeps_sent="yes")
    office.sync()
    office.reply(office.tickets()["Pump"], to="cut@example.test")
    office.sync()
    assert office.states() == ["handed"]
    with writing(office.connection):
        office.connection.execute("UPDATE message SET recipients = 'ana@example.org'")
    office.ahead = 3 * MINUTE
    assert office.sync().pushed == 1
    assert len(office.sent()) == 1


def test_a_process_that_ended_before_it_handed_over_sends_it_anew(office: Office, pump: int) -> None:
    office.reply(pump)
    with writing(office.connection):
        office.connection.execute("UPDATE outbox SET state = 'sending'")
    assert office.sync().pushed == 1


def test_what_bounced_is_on_the_ticket_of_the_reply(office: Office, pump: int) -> None:
    office.reply(pump, to="gone@example.org")
    office.sync()
    with writing(office.connection):
        office.connection.execute("UPDATE ticket SET status = 3, solved_at = 1, unread = 0")
    (ours,) = office.rows("SELECT message_id FROM message WHERE kind = 'outbound'")[0]
    office.ahead = MINUTE
    office.account.put(_bounce(office, str(ours)))
    office.sync()
    assert len(office.tickets()) == 1
    assert office.rows("SELECT ticket_id, bounce FROM message WHERE bounce <> ''") == [
        (pump, "5.1.1 gone@example.org: there is no such address")
    ]
    assert office.ticket("Pump", "status, unread") == (0, 1), "the agent has to know"


def test_a_mail_to_ourselves_is_no_new_message(office: Office, pump: int) -> None:
    office.reply(pump, to=office.account.user)
    office.sync()
    office.sync()
    assert len(office.messages("Pump")) == 2
    assert len(office.tickets()) == 1
    assert office.rows("SELECT count(*) FROM mail_copy WHERE message_id = 2") == [(2,)]


def test_heard_s_own_machine_mail_is_no_ticket(office: Office, pump: int) -> None:
    own = mail("Test of the mailbox", name="t", sender=office.account.user, more="X-Heard-Loop: yes\r\n")
    theirs = mail("Forwarded", name="u", words="X-Heard-Loop: yes")
    office.account.put(own, theirs)
    office.account.put(own, folder="Sent")
    assert office.sync().pulled == 1
    assert set(office.tickets()) == {"Pump", "Forwarded"}


def test_a_lost_file_fails_its_reply_alone(office: Office, pump: int) -> None:
    office.reply(pump)
    with writing(office.connection):
        office.connection.execute(
            "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline) "
            "VALUES(x'01', 2, 'plan.pdf', 'application/pdf', 3, x'0102', '', 0)"
        )
    office.reply(pump, "second")
    tally = office.sync()
    assert (tally.failed, tally.pushed) == (1, 1)
    assert "plan.pdf" in str(office.outbox()[0][1])


def test_the_row_says_handed_before_the_server_has_it(
    office: Office, pump: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def send(_self: MailSender, _mail: DeliverMail, hand_over: Callable[[], None]) -> Sent:
        seen.append(office.states())
        hand_over()
        seen.append(office.states())
        return Unclear("the line broke")

    monkeypatch.setattr(MailSender, "send", send)
    office.reply(pump)
    office.sync()
    assert seen == [["sending"], ["handed"]]


def test_no_secret_in_what_a_source_raises(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_SUPPORT_TOKEN", "wrong-canary-8")
    office.connect()
    with closing(office.engine().open_source(sources.source_named(office.connection, NAME))) as source:
        with pytest.raises(HeardError) as raised:
            source.streams()
        assert "wrong-canary-8" not in all_of(raised.value, __file__)
