"""One queue of a mailbox, a Request Tracker and a Zendesk: each ticket is answered where it came from, and once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import mail as mail_servers
from tests.servers import rt_setup
from tests.servers.mail import Account
from tests.servers.rt import RtServer
from tests.servers.zendesk import AGENT, SECRET, Zendesk
from tests.servers.zendesk_rows import texts
from tests.terminal.desk import Desk
from tests.terminal.shop import Shop, answer, opened, words_of

missing = mail_servers.missing() or rt_setup.missing()
pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing), reason=missing or "the servers are there"),
]
MAIL = (
    b"From: Rosa Lima <rosa@example.org>\r\nSubject: Tarpaulin by post\r\nMessage-ID: <tarpaulin.1@example.org>\r\n"
    b"\r\nIs it in?\r\n"
)
OUT = "SELECT count(*) FROM outbox WHERE state = 'sent' AND kind = 'reply'"
OF = """
    SELECT s.kind FROM ticket t JOIN source s ON s.id = t.source_id
     WHERE t.subject LIKE 'Tarpaulin%' AND t.merged_into_id IS NULL ORDER BY t.subject"""
HEARD = "SELECT count(*) FROM message WHERE kind = 'inbound' AND body LIKE ?"


@pytest.fixture
def zendesk() -> Iterator[Zendesk]:
    """A Zendesk with one ticket."""
    with Zendesk() as fake:
        with fake.turn:
            fake.account.groups[1] = {"id": 1, "name": "Support"}
            zoe = fake.account.add_user("Zoe Lind", "zoe@customer.example")
            fake.account.add_ticket(zoe, "Tarpaulin torn", "It tore in the wind.")
        yield fake


@pytest.fixture
def counter(account: Account, rt: RtServer, zendesk: Zendesk, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose workspace has all three, none of them read yet."""
    account.put(MAIL)
    rt.mail("max@customer.example", "Where is mine?", subject="Tarpaulin lost")
    with opened(account, tmp_path / "workspace") as shop:
        yield shop


def answered(desk: Desk, subject: str, words: str) -> None:
    """Find the ticket, answer it, and let the undo time be over."""
    desk.press("/", "ctrl+u")
    desk.send(f"{subject}\r")
    desk.wait_for(lambda desk: re.search(rf"^.*{subject}", desk.text, re.MULTILINE) is not None)
    desk.press("enter")
    desk.gone("Views")
    desk.step("r", then="Reply ·")
    desk.send(words)
    desk.wait_for(words)
    desk.press("ctrl+s")
    desk.comes_true("SELECT count(*) FROM message WHERE kind = 'outbound' AND body = ?", words)
    desk.end_undo_time()
    desk.press("q")
    desk.wait_for("Views")


def test_one_queue_of_three(
    counter: Shop, account: Account, rt: RtServer, zendesk: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"HEARD_RT_TOKEN": rt.agent("ana").token, "HEARD_ZENDESK_TOKEN": SECRET}
    for name, secret in secrets.items():
        monkeypatch.setenv(name, secret)
    counter.connect()
    counter.heard("connect", "rt", "--no-input", "--url", rt.url)
    counter.heard("connect", "zendesk", "--no-input", "--url", zendesk.url, "--user", AGENT)
    with counter.console(undo_seconds=600) as desk:
        desk.wait_until_live()
        desk.comes_true(f"SELECT count(*) = 3 FROM ({OF})")
        assert desk.ask(OF) == [("mailbox",), ("rt",), ("zendesk",)]
        desk.press("/")
        desk.send("tarpaulin\r")
        desk.wait_for(lambda desk: all(f"Tarpaulin {each}" in desk.text for each in ("by post", "lost", "torn")))
        marks = {each: marked(desk, each) for each in ("by post", "lost", "torn")}
        assert len(set(marks.values())) == 3, desk.text

        answered(desk, "Tarpaulin by post", "It is in.")
        answered(desk, "Tarpaulin lost", "It is at the gate.")
        answered(desk, "Tarpaulin torn", "We send another one.")
        desk.comes_true(f"SELECT ({OUT}) = 3")

        assert [words_of(each) for each in counter.wait_for_sent(1)] == ["It is in."]
        tracked = str(desk.one("SELECT external_id FROM ticket WHERE subject = 'Tarpaulin lost'"))
        assert [text.strip() for text in rt.as_agent("ana").messages(tracked)] == ["It is at the gate."]
        (kept,) = zendesk.account.comments
        assert sum("We send another one." in str(each["body"]) for each in zendesk.account.comments[kept]) == 1

        # Each customer writes again, each in their own way.
        sent = counter.sent()[0]
        account.put(answer("Rosa Lima <rosa@example.org>", sent["Message-ID"], "Lovely, by post"))
        rt.mail("max@customer.example", "Lovely, at the gate", tracked)
        with zendesk.turn:
            zoe = next(key for key, user in zendesk.account.users.items() if user["name"] == "Zoe Lind")
            zendesk.account.now = zendesk.now()
            zendesk.account.add_comment(kept, zoe, {"body": "Lovely, another one", "public": True}, {})
        for words in ("by post", "at the gate", "another one"):
            desk.press("f5")
            desk.comes_true(f"SELECT ({HEARD}) = 1", f"%Lovely, {words}%")
        desk.comes_true("SELECT count(*) = 3 FROM ticket WHERE subject LIKE 'Tarpaulin%' AND status = 0 AND unread")

        # A change goes where its ticket lives, by the word that is used there.
        desk.press("/", "ctrl+u")
        desk.send("tarpaulin\r")
        desk.wait_for(lambda desk: all(f"Tarpaulin {each}" in desk.text for each in ("by post", "lost", "torn")))
        desk.press("x", "x", "x")
        desk.wait_for("3 selected")
        desk.press("s", "p")
        desk.wait_for("Change 3 tickets?")
        desk.press("enter")
        desk.gone("Change 3 tickets?")
        desk.end_undo_time()
        desk.comes_true("SELECT count(*) = 0 FROM outbox WHERE state NOT IN ('sent','dropped')")
        assert rt.as_agent("ana").ticket(tracked)["Status"] == "stalled"
        assert zendesk.account.tickets[kept]["status"] == "pending"
        assert texts(zendesk.account.tickets[kept]["tags"]) == []
        assert len(counter.sent()) == 1
        assert desk.quit() == 0
        assert not any(secret.encode() in desk.raw for secret in secrets.values())


def marked(desk: Desk, subject: str) -> str:
    """The two letters of the source in the row of a ticket."""
    row = next(line for line in desk.lines if f"Tarpaulin {subject}" in line)
    found = re.search(r"\b([A-Za-z]{2})\b", row)
    assert found is not None, row
    return found[1]
