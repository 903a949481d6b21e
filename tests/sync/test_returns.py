"""What left and did not arrive, on real servers: who is named, who gets it again, and that nobody gets it twice."""

from email.utils import formatdate

import pytest

from desk.times import DAY, MINUTE
from storage import tickets
from storage.connect import writing
from storage.deeds.outbox import drop, retry, write_anew
from storage.deeds.undo import redo, undo
from storage.engine import deed_session, engine_over
from sync.mailing import DOUBT
from tests.sync.office import Office, mail

SAID = "there is no such address (Recipient address rejected: User unknown)"


@pytest.fixture
def pump(office: Office) -> int:
    """A ticket that a customer has opened by mail."""
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    return office.tickets()["Pump"]


def newest(office: Office) -> int:
    """The newest operation."""
    return int(str(office.rows("SELECT max(id) FROM outbox")[0][0]))


def again(office: Office, row: int) -> None:
    with deed_session(engine_over(office.connection)) as session:
        retry(session, office.by(), [row])


def how(office: Office, ticket: int) -> tuple[str, str]:
    """What the conversation says of the reply."""
    (reply,) = [each for each in tickets.messages(office.connection, [ticket]) if each.kind == "outbound"]
    return reply.delivery, reply.trouble


def report(
    office: Office, *blocks: str, action: str = "failed", about: str = "", name: str = "b1", status: str = "5.1.1"
) -> bytes:  # fmt: skip
    """What a mail server sends back; each block is a recipient and what was said."""
    about = about or str(office.rows("SELECT message_id FROM message WHERE kind = 'outbound'")[0][0])
    recipients = "".join(
        f"\r\nFinal-Recipient: rfc822; {block.partition(' ')[0]}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {block.partition(' ')[2]}\r\n"
        for block in blocks
    )
    return (
        f"From: MAILER-DAEMON@example.test\r\nTo: {office.account.user}\r\nSubject: Undelivered Mail\r\n"
        f"Date: {formatdate(office.clock() / 1e6)}\r\nMessage-ID: <{name}@example.test>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.test\r\n{recipients}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\nSubject: Re: Pump\r\n\r\n--b--\r\n"
    ).encode()


def test_who_is_refused_is_named_and_the_others_have_it(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, reject@example.test")
    tally = office.sync()
    assert (tally.pushed, tally.failed) == (1, 0)
    assert office.outbox() == [("bounced", f"It did not arrive at reject@example.test: {SAID}")]
    assert how(office, pump) == ("bounced", f"It did not arrive at reject@example.test: {SAID}")
    office.reply(pump, "second")
    assert office.sync().pushed == 1, "it holds nobody up"
    assert [each.recipients for each in office.sent()] == [("ana@example.org",), ("ana@example.org",)]


def test_it_is_sent_again_to_them_alone(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, reject@example.test, li@example.org")
    office.sync()
    again(office, 1)
    assert office.states() == ["sent", "waiting"]
    assert how(office, pump)[0] == "waiting"
    office.sync()
    assert office.states() == ["sent", "failed"]
    assert how(office, pump)[0] == "bounced", "the others have it"
    # Their server has come to know them.
    with writing(office.connection):
        office.connection.execute(
            "UPDATE message SET recipients = replace(recipients, 'reject@', 'Reject@') WHERE kind = 'outbound'"
        )
        office.connection.execute("UPDATE outbox SET payload = replace(payload, 'reject@', 'Reject@')")
    again(office, 2)
    office.sync()
    first, second = office.sent()
    assert first.recipients == ("ana@example.org", "li@example.org")
    assert second.recipients == ("Reject@example.test",)
    assert first.raw.replace(b"reject@", b"Reject@") == second.raw, "the same mail, under the same Message-ID"
    assert how(office, pump) == ("sent", "")
    assert office.rows("SELECT count(*) FROM mail_copy WHERE stream = 'Sent'") == [(1,)]


def test_what_is_put_off_for_some_goes_to_those_alone_later(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, defer@example.test")
    assert office.sync().pushed == 1
    assert office.states() == ["sent", "waiting"]
    state, trouble = how(office, pump)
    assert (state, "Not taken yet by defer@example.test: Greylisted" in trouble) == ("waiting", True)
    office.account.put(mail("Re: Pump", name="m2", before="m1", at="20 Nov 2026 11:00:00"))
    office.sync()
    office.reply(pump, "second")
    assert office.sync().pushed == 1, "what most have got holds nobody up"
    tries = "SELECT tries FROM outbox WHERE kind = 'resend'"
    office.sync()
    assert office.rows(tries) == [(0,)], "the server has said when"
    office.ahead = 6 * MINUTE
    office.sync()
    assert office.rows(tries) == [(1,)], "nobody has overtaken what others have got already"
    office.ahead = DAY + 20 * MINUTE
    assert office.sync().failed == 1
    assert office.states() == ["sent", "failed", "sent"]
    assert how_first(office, pump)[0] == "bounced"
    assert {each.recipients for each in office.sent()} == {("ana@example.org",)}


def how_first(office: Office, ticket: int) -> tuple[str, str]:
    reply = next(each for each in tickets.messages(office.connection, [ticket]) if each.kind == "outbound")
    return reply.delivery, reply.trouble


def test_refused_and_put_off_in_one(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, defer@example.test, reject@example.test")
    office.sync()
    assert office.states() == ["bounced", "waiting"]
    state, trouble = how(office, pump)
    assert state == "bounced"
    assert "did not arrive at reject@example.test" in trouble
    assert "Not taken yet by defer@example.test" in trouble


def test_a_process_that_ends_sends_it_to_nobody_twice(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, defer@example.test")
    office.sync()
    with writing(office.connection):
        office.connection.execute("UPDATE outbox SET state = 'handed', ready_at = ? WHERE id = 2", (office.clock(),))
    office.sync()
    assert office.states() == ["sent", "handed"], "the copy that others have says nothing of it"
    office.ahead = 3 * MINUTE
    office.sync()
    assert office.outbox()[1] == ("held", DOUBT)
    office.reply(pump, "second")
    assert office.sync().pushed == 1


def test_what_came_back_says_so_at_whom_and_why(office: Office, pump: int) -> None:
    office.reply(pump, to="Gone@example.org, ana@example.org")
    office.sync()
    office.ahead = MINUTE
    said = "550 5.1.1 <gone@example.org>: Recipient address rejected: User unknown"
    office.account.put(report(office, f"gone@example.org {said}"))
    office.sync()
    words = f"It did not arrive at gone@example.org: {SAID}"
    assert office.outbox() == [("bounced", words)]
    assert how(office, pump) == ("bounced", words)
    assert office.ticket("Pump", "status, unread") == (0, 1)
    again(office, 1)
    office.sync()
    assert office.sent()[-1].recipients == ("Gone@example.org",)
    assert office.states() == ["sent", "sent"]
    office.account.put(report(office, f"gone@example.org {said}", name="b2"))
    office.sync()
    assert office.states() == ["sent", "bounced"]


def test_a_report_that_comes_again_changes_nothing(office: Office, pump: int) -> None:
    office.reply(pump, to="gone@example.org")
    office.sync()
    raw = report(office, "gone@example.org 550 User unknown")
    office.account.put(raw)
    office.sync()
    with deed_session(engine_over(office.connection)) as session:
        drop(session, office.by(), [1])
    assert office.states() == ["sent"]
    office.account.renumber("Archive")
    office.account.delete("1:*")
    office.account.put(mail("Pump"), raw)
    office.sync()
    assert office.states() == ["sent"], "a person has dealt with it"
    assert how(office, pump)[1].startswith("It did not arrive at gone@example.org")


def test_an_address_that_is_forwarded_elsewhere(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org")
    office.sync()
    office.account.put(report(office, "ana@inner.example 552 5.2.2 Mailbox full", status="5.2.2"))
    office.sync()
    assert "ana@inner.example: the mailbox is full" in how(office, pump)[1]
    again(office, 1)
    office.sync()
    assert office.sent()[-1].recipients == ("ana@example.org",)


def test_a_delay_is_only_told(office: Office, pump: int) -> None:
    office.reply(pump, to="slowly@example.org")
    office.sync()
    with writing(office.connection):
        office.connection.execute("UPDATE ticket SET status = 1, unread = 0")
    office.ahead = MINUTE
    office.account.put(report(office, "slowly@example.org 451 4.4.1 no answer", action="delayed", status="4.4.1"))
    office.sync()
    assert office.outbox() == [("sent", "")]
    assert office.ticket("Pump", "status, unread") == (1, 0)
    assert office.rows("SELECT ticket_id, bounce FROM message WHERE bounce <> ''") == [
        (pump, "delayed, still being tried: 4.4.1 slowly@example.org: their server does not answer (no answer)")
    ]


def test_what_is_done_about_it_can_be_taken_back(office: Office, pump: int) -> None:
    office.reply(pump, to="ana@example.org, reject@example.test")
    office.sync()
    again(office, 1)
    by = office.by()
    with deed_session(engine_over(office.connection)) as session:
        undo(session, by)
    assert office.states() == ["bounced", "dropped"]
    with deed_session(engine_over(office.connection)) as session:
        redo(session, by)
    assert office.states() == ["sent", "dropped", "waiting"]
    assert office.rows("SELECT message_id FROM outbox WHERE id IN (1, 3)") == [(2,), (2,)]
    assert office.rows("SELECT count(*) FROM draft") == [(0,)]


def test_a_wrong_address_is_changed_in_the_composer(office: Office, pump: int) -> None:
    office.reply(pump, to="reject@example.test, ana@example.org")
    office.sync()
    with deed_session(engine_over(office.connection)) as session:
        _, kind = write_anew(session, office.by(), 1)
    assert kind == "reply"
    assert office.rows("SELECT recipients FROM draft") == [("reject@example.test, ana@example.org",)]
    assert office.states() == ["sent"]


def test_an_acknowledgement_that_comes_back_is_nobody_s_work(office: Office) -> None:
    office.connect(acknowledge="12h")
    office.account.put(mail("Pump", at=formatdate(office.clock() / 1e6)[5:-6]))
    office.sync()
    office.account.put(report(office, "ana@example.org 550 5.1.1 User unknown"))
    office.sync()
    assert office.outbox() == [
        ("sent", "It did not arrive at ana@example.org: there is no such address (User unknown)")
    ]
    assert office.ticket("Pump", "first_response_at, outbound_at") == (None, None)
