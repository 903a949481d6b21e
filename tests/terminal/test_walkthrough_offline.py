"""A day without a network, on a real mailbox: all goes on, and what was written leaves once, in order, when it is back.

The network is two lines between Heard and its servers, which a test takes away; the servers go on, and so do the
customers.
"""

import signal
from collections import Counter

import pytest

from tests.servers.conversations import Conversation
from tests.servers.mail import missing
from tests.servers.processes import until
from tests.terminal.desk import Desk
from tests.terminal.shop import Shop, answer, words_of

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a mail server"),
]
HEARD_LAST = """
    SELECT m.message_id, m.sender FROM message m JOIN ticket t ON t.id = m.ticket_id
     WHERE t.number = ? AND m.kind = 'inbound' ORDER BY m.at DESC LIMIT 1"""
WAITING = "SELECT count(*) = 4 FROM outbox WHERE kind = 'reply' AND state = 'waiting'"
SOUND = "SELECT integrity_check = 'ok' FROM pragma_integrity_check"


def wait_until_synced(desk: Desk) -> None:
    """The sync process runs, and has just looked."""
    desk.wait_for(lambda desk: "● synced" in desk.lines[0] and "keys" in desk.lines[-1])


def go_offline(desk: Desk, shop: Shop) -> None:
    """Take the network away; the console says so by itself."""
    shop.go_down()
    desk.wait_for("Offline since")
    assert "○ offline" in desk.lines[0]


def open_one(desk: Desk, customer: str) -> int:
    """Open the newest ticket of a customer's, found by their address; its number."""
    desk.step("c", then="Find")
    desk.send(customer)
    desk.wait_for(lambda desk: customer in "".join(desk.lines[2:]))
    desk.press("enter")
    desk.wait_for("Known by")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0])
    return desk.open_number


def reply(desk: Desk, words: str) -> None:
    """Answer the ticket that is open."""
    desk.step("r", then="Reply ·")
    desk.send(words)
    desk.wait_for(words)
    desk.press("ctrl+s")
    desk.comes_true("SELECT count(*) FROM message WHERE body = ?", words)
    desk.gone("Ctrl+S send")


def come_back(desk: Desk, shop: Shop) -> None:
    """Give the network back, and don't wait for the next try."""
    shop.come_back()
    desk.press("f5")
    desk.gone("Offline since")
    wait_until_synced(desk)


def unanswered(thousand: tuple[Conversation, ...]) -> list[str]:
    """The addresses of customers who wrote last, and about one thing alone, the newest first."""
    matters = Counter(each.customer for each in thousand)
    newest = reversed(thousand)
    return [each.customer for each in newest if len(each.mails) % 2 and matters[each.customer] == 1]


def test_a_day_without_a_network(synced: Shop, thousand: tuple[Conversation, ...]) -> None:
    shop, customers = synced, unanswered(thousand)
    with shop.console(columns=80, rows=24) as desk:
        wait_until_synced(desk)
        go_offline(desk, shop)

        first = open_one(desk, customers[0])
        reply(desk, "One.")
        desk.step("n", then="the customer won't see this")
        desk.send("Ask the courier.")
        desk.step("ctrl+s", then="Noted on #")
        second = open_one(desk, customers[1])
        reply(desk, "Overtaken.")
        third = open_one(desk, customers[2])
        reply(desk, "Two.")
        desk.step("t", then="Tags")
        desk.send("courier\r")
        desk.comes_true("SELECT 1 FROM tag WHERE name = 'courier'")
        desk.press("e")
        desk.comes_true("SELECT status = 3 FROM ticket WHERE number = ?", third)
        assert open_one(desk, customers[0]) == first
        reply(desk, "Three.")
        fourth = open_one(desk, customers[3])
        desk.step("r", then="Reply ·")
        desk.send("Not finished")
        desk.comes_true("SELECT 1 FROM draft WHERE body = 'Not finished'")
        desk.comes_true(WAITING)
        # The note, the tag and the status are nothing that a mailbox takes: they wait for nothing.
        desk.wait_for(lambda desk: "↑4 " in desk.lines[0])
        assert shop.sent() == []
        desk.press("escape")
        assert desk.quit() == 0

    # While nobody is there, the customer whose answer waits writes again.
    until(lambda: not shop.sync_processes(), "the end of the sync process")
    with shop.console(columns=80, rows=24) as desk:
        desk.wait_for("Offline since")
        desk.comes_true(WAITING)
        ((asked, customer),) = desk.ask(HEARD_LAST, second)
        shop.account.put(answer(str(customer), str(asked), "Never mind, it has come."))
        assert open_one(desk, customers[3]) == fourth
        desk.press("r")
        desk.wait_for("Not finished")
        desk.press("escape")

        come_back(desk, shop)
        shop.wait_for_sent(3)
        desk.comes_true("SELECT count(*) = 1 FROM outbox WHERE state = 'held'")
        assert [words_of(mail) for mail in shop.sent()] == ["One.", "Two.", "Three."]

        # The agent reads both, and sends it all the same.
        desk.press("g", "o")
        desk.wait_for("Never mind, it has come.")
        desk.wait_for("Overtaken.")
        desk.press("f5")
        desk.wait_for("Send it all the same?")
        desk.press("enter")
        desk.wait_for("↑0")
        desk.comes_true("SELECT count(*) = 0 FROM outbox WHERE state <> 'sent'")

        # Another look changes nothing, and nothing is there twice.
        desk.press("f5")
        desk.comes_true(
            "SELECT count(DISTINCT o.message_id) = 4 FROM mail_copy c JOIN outbox o ON o.message_id = c.message_id"
        )
        sent = shop.sent()
        assert [words_of(mail) for mail in sent] == ["One.", "Two.", "Three.", "Overtaken."]
        assert [shop.kept(mail["Message-ID"]) for mail in sent] == [1, 1, 1, 1]
        assert desk.one("SELECT count(*) FROM message WHERE body = 'Ask the courier.' AND kind = 'note'") == 1
        assert desk.one("SELECT body FROM draft") == "Not finished"
        assert desk.one(SOUND)
        assert desk.quit() == 0
        assert desk.restored


def test_a_console_that_is_killed_offline_loses_nothing(synced: Shop, thousand: tuple[Conversation, ...]) -> None:
    shop, customers = synced, unanswered(thousand)
    with shop.console() as desk:
        wait_until_synced(desk)
        go_offline(desk, shop)
        open_one(desk, customers[0])
        reply(desk, "Sent before the end.")
        open_one(desk, customers[1])
        desk.step("r", then="Reply ·")
        desk.send("Begun before the end")
        desk.comes_true("SELECT 1 FROM draft WHERE body = 'Begun before the end'")
        desk.signal(signal.SIGKILL)
        desk.wait_for_exit()
    until(lambda: not shop.sync_processes(), "the end of the sync process")
    shop.come_back()
    with shop.console() as desk:
        wait_until_synced(desk)
        assert [words_of(mail) for mail in shop.wait_for_sent(1)] == ["Sent before the end."]
        open_one(desk, customers[1])
        desk.press("r")
        desk.wait_for("Begun before the end")
        assert desk.one(SOUND)
        desk.comes_true("SELECT count(*) = 1 FROM outbox WHERE state = 'sent'")
        assert len(shop.sent()) == 1
