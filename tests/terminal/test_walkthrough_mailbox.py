"""The morning at the queue on a real mailbox: from `heard connect mailbox` to what the customers get, and get once."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.conversations import Conversation, conversations
from tests.servers.mail import Account, missing
from tests.servers.processes import HOST
from tests.terminal.desk import Desk, write_the_refund
from tests.terminal.shop import Shop, answer, opened, words_of

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a mail server"),
]
STATUS = "SELECT status FROM ticket WHERE number = ?"
HEARD_LAST = """
    SELECT m.message_id, m.sender FROM message m JOIN ticket t ON t.id = m.ticket_id
     WHERE t.number = ? AND m.kind = 'inbound' ORDER BY m.at DESC LIMIT 1"""
OUT = "SELECT count(*) FROM outbox WHERE state = 'sent' AND kind = 'reply'"


def test_the_conversations_are_the_same_ones_each_time() -> None:
    until = datetime(2026, 11, 22, tzinfo=UTC)
    made = list(conversations(60, until))
    assert made == list(conversations(60, until))
    assert {len(each.mails) for each in made} == {1, 2, 3, 4, 5, 6}
    raw = b"".join(mail.raw for each in made for mail in each.mails)
    assert all(what in raw for what in (b"text/html", b"application/pdf", b"image/png", b"iso-8859-1", b"koi8-r"))


def take_three(desk: Desk) -> None:
    """Give the first three tickets of the list to whoever sits here, after a look."""
    desk.press("x", "x", "x")
    desk.wait_for("3 selected")
    desk.press("a", "a")
    desk.wait_for("Change 3 tickets?")
    desk.press("enter")
    desk.gone("Change 3 tickets?")


def test_the_queue_on_a_mailbox_with_a_thousand_conversations(shop: Shop, thousand: tuple[Conversation, ...]) -> None:
    assert "Connected “support”" in shop.connect()
    with shop.console(undo_seconds=600) as desk:
        desk.wait_for(lambda desk: re.search(r"◌ syncing \d+ %", desk.lines[0]) is not None)
        desk.wait_for("● synced")
        # What came in has nobody's name on it, so that is the list that opens.
        assert "Queue · Unassigned" in desk.lines[0]
        assert desk.one("SELECT count(*) FROM ticket WHERE merged_into_id IS NULL") == len(thousand)
        assert desk.one("SELECT count(*) FROM message") == sum(len(each.mails) for each in thousand)
        take_three(desk)

        desk.step("1", then="Queue · Mine 3")
        desk.press("enter")
        desk.wait_for(lambda desk: "#" in desk.lines[0])
        first = desk.open_number
        write_the_refund(desk)
        desk.step("ctrl+s", then="Replied to #")
        desk.step("u", then="Your draft, as you left it")
        desk.send("Ana")
        desk.step("ctrl+s", then="Replied to #")
        assert shop.sent() == []
        desk.end_undo_time()
        desk.comes_true(OUT)

        desk.press("E")
        desk.wait_for(lambda desk: "#" in desk.lines[0] and desk.open_number != first)
        assert desk.one(STATUS, first) == 3
        second = desk.open_number
        desk.step("r", then="Reply ·")
        desk.send("The second one.")
        desk.wait_for("The second one.")
        desk.step("ctrl+s", then="Replied to #")
        desk.end_undo_time()
        desk.comes_true(f"SELECT ({OUT}) = 2")

        desk.step("1", then="Queue · Mine 2")
        desk.press("P")
        desk.wait_for(lambda desk: "Playing Mine" in desk.text and "#" in desk.lines[0])
        skipped = desk.open_number
        desk.step("S", then="Skip because")
        desk.send("asks for Chiara\r")
        desk.wait_for(lambda desk: "#" in desk.lines[0] and desk.open_number != skipped)
        played = desk.open_number
        desk.press("E")
        desk.comes_true("SELECT status = 3 FROM ticket WHERE number = ?", played)

        # Its own copies come in from Sent, and are nothing new.
        desk.press("f5")
        desk.comes_true("SELECT count(*) = 2 FROM mail_copy c JOIN outbox o ON o.message_id = c.message_id")
        assert desk.one("SELECT count(*) FROM message WHERE kind = 'outbound' AND body LIKE '%second one%'") == 1
        assert desk.one(STATUS, first) == 3
        sent = shop.sent()
        assert [words_of(mail).partition(" ")[0] for mail in sent] == ["Hi", "The"]
        assert "your refund of 18 EUR for order 8841 left us today" in sent[0].as_string()
        for mail, number in zip(sent, (first, second), strict=True):
            ((asked, customer),) = desk.ask(HEARD_LAST, number)
            assert mail["In-Reply-To"].strip("<>") == str(asked).strip("<>")
            assert str(asked) in mail["References"]
            assert f"<{mail['To'].addresses[0].addr_spec}>" in str(customer)
            assert shop.kept(mail["Message-ID"]) == 1

        # The first customer answers, and the ticket is back without a key.
        desk.step("1", then="Queue · Mine 1")
        ((_, customer),) = desk.ask(HEARD_LAST, first)
        shop.account.put(answer(str(customer), sent[0]["Message-ID"], "It has come, thank you."))
        desk.wait_for("Queue · Mine 2")
        assert desk.one(STATUS, first) == 0
        assert desk.quit() == 0
        assert desk.restored


def test_the_welcome_connects_a_mailbox_in_this_terminal(account: Account, tmp_path: Path) -> None:
    account.put(b"From: Rosa <rosa@example.org>\r\nSubject: Filters\r\n\r\nDo you sell filters?\r\n")
    with opened(account, tmp_path / "workspace") as shop, shop.console(columns=80, rows=24) as desk:
        desk.wait_for("Connect a mailbox")
        desk.step("j", then="asks for what it needs")
        # Given up, it has changed nothing.
        desk.step("enter", then="The mailbox's address")
        desk.send("\x04")
        desk.wait_for("Enter goes back to Heard")
        desk.press("enter")
        desk.wait_for(lambda desk: desk.on_alternate_screen and "keys" in desk.lines[-1])
        desk.gone("Enter goes back to Heard")
        desk.step("enter", then="The mailbox's address")
        desk.send(shop.account.user + "\r")
        desk.wait_for("The IMAP server of")
        desk.send(f"imap://{HOST}:{shop.imap.port}\r")
        desk.wait_for("Its SMTP server")
        desk.send(f"smtp://{HOST}:{shop.smtp.port}\r")
        desk.wait_for("Enter goes back to Heard")
        desk.press("enter")
        desk.wait_for("Queue · Unassigned")
        desk.wait_for("● synced")
        desk.wait_for("Filters")
        assert shop.account.password.encode() not in desk.raw
        assert desk.quit() == 0
        assert desk.restored
