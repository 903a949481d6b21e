"""Acknowledgements through a real Dovecot and a real sink: one for each new ticket, and none where one would harm."""

import email
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import partial
from pathlib import Path
from subprocess import Popen

import pytest

from desk.mail.answerable import why_not
from desk.times import DAY, HOUR, MINUTE, SECOND, now
from storage.connect import writing
from storage.workspace import Workspace, open_to_write
from sync.mailing import DOUBT
from tests.servers.processes import until
from tests.sync.commands import started
from tests.sync.office import Office, mail


def fresh(
    subject: str = "Pump", *, name: str = "m1", sender: str = "Ana Ruiz <ana@example.org>", more: str = ""
) -> bytes:
    """A mail of just now."""
    return mail(subject, name=name, sender=sender, at=formatdate(now() / SECOND)[5:-6], more=more)


@pytest.fixture
def kind(office: Office) -> Office:
    """An office that acknowledges."""
    office.connect(acknowledge="12h", hours="Mon-Sun 0-24")
    return office


def test_a_new_ticket_is_acknowledged_once_and_nothing_else_moves(kind: Office) -> None:
    kind.account.put(fresh())
    columns = "status, unread, outbound_at, first_response_at, preview, updated_at, inbound_at, contacts"
    kind.sync()
    (left,) = kind.sent()
    told = email.message_from_bytes(left.raw)
    assert left.recipients == ("ana@example.org",)
    assert (told["Auto-Submitted"], told["Precedence"], told["X-Auto-Response-Suppress"]) == (
        "auto-replied", "auto_reply", "All",
    )  # fmt: skip
    assert (told["In-Reply-To"], told["References"]) == ("<m1@example.org>", "<m1@example.org>")
    assert why_not(left.raw, ()), "another Heard, or any of its kind, answers it with nothing"
    words = left.raw.decode()
    assert "Hello Ana," in words
    assert "#1001" in words
    assert "hello" not in words.partition("\r\n\r\n")[2].replace("Hello", ""), "the customer's words are not sent back"
    status, unread, outbound, first, preview, updated, inbound, contacts = kind.ticket("Pump", columns)
    assert (status, unread, outbound, first, preview, contacts) == (0, 1, None, None, "hello", 1)
    assert updated == inbound
    promised = int(str(kind.ticket("Pump", "promised_at")[0]))
    assert 12 * HOUR <= promised - now() + MINUTE < 13 * HOUR
    assert [what for what, _ in kind.messages("Pump")] == ["inbound", "outbound"]
    assert kind.outbox() == [("sent", "")]
    kind.sync()
    assert len(kind.sent()) == 1
    assert len(kind.messages("Pump")) == 2, "its copy among the sent is no message of its own"


def test_the_mails_of_a_first_sync_get_none(office: Office) -> None:
    office.account.put(*(fresh(f"Old {n}", name=f"m{n}", sender=f"n{n}@example.org") for n in range(3)), at=past())
    office.connect(acknowledge="12h")
    assert office.sync().pulled == 3
    assert office.outbox() == []


def past() -> datetime:
    """An hour ago."""
    return datetime.now(UTC) - timedelta(hours=1)


def test_two_of_one_sender_within_the_hour_are_one(kind: Office) -> None:
    kind.account.put(fresh(), fresh("Tap", name="m2"), fresh("Li's", name="m3", sender="li@example.org"))
    kind.sync()
    assert sorted(each.recipients for each in kind.sent()) == [("ana@example.org",), ("li@example.org",)]


def test_two_that_answer_by_themselves_come_to_rest(kind: Office) -> None:
    """Another program that marks nothing, answers everything, and begins a new matter each time."""
    ours = 0
    for day_hour in range(10):
        kind.account.put(fresh(f"We got it {day_hour}", name=f"r{day_hour}"))
        kind.sync()
        ours = len(kind.sent())
    assert ours == 1


def test_two_of_our_own_kind_end_with_one(kind: Office, workspace_template: Workspace, tmp_path: Path) -> None:
    folder = shutil.copytree(workspace_template.folder, tmp_path / "other")
    with closing(open_to_write(Workspace(folder))) as connection:
        other = Office(Workspace(folder), connection, kind.account.server.account())
        other.connect(acknowledge="2d")
        kind.account.put(fresh(sender=f"Other <{other.account.user}>"))
        for _ in range(3):
            kind.sync()
            other.sync()
        assert (len(kind.sent()), len(other.sent())) == (1, 0)
        assert other.rows("SELECT automatic FROM message") == [("Auto-Submitted: auto-replied",)]


def test_one_that_marks_its_answers_gets_none(kind: Office) -> None:
    for number, mark in enumerate(("Auto-Submitted: auto-replied", "Precedence: bulk", "X-Loop: yes")):
        kind.account.put(
            fresh(f"Away {number}", name=f"a{number}", sender=f"n{number}@example.org", more=mark + "\r\n")
        )
    kind.sync()
    assert kind.outbox() == []


def test_an_answer_that_is_faster_makes_it_needless_and_waits_for_none(kind: Office) -> None:
    kind.account.put(fresh(sender="defer@example.test"))
    kind.sync()
    assert kind.states() == ["waiting"]
    kind.reply(kind.tickets()["Pump"])
    assert kind.sync().pushed == 1, "it isn't held up"
    kind.ahead = HOUR
    kind.sync()
    assert kind.outbox() == [("dropped", "A person has answered first."), ("sent", "")]


@pytest.mark.parametrize("who", ["reject@example.test", "spam@example.test"])
def test_one_that_is_refused_is_nobody_s_work(kind: Office, who: str) -> None:
    kind.account.put(fresh(sender=who))
    assert kind.sync().failed == 0
    assert kind.states() == ["dropped"]


def test_an_unclear_end_is_never_tried_twice(kind: Office) -> None:
    kind.account.put(fresh(sender="drop@example.test"))
    kind.sync()
    assert kind.states() == ["handed"]
    kind.ahead = 3 * MINUTE
    kind.sync()
    assert kind.outbox() == [("dropped", DOUBT)]
    assert len(kind.sent()) == 1


def test_one_that_another_workspace_has_sent_is_not_sent_again(kind: Office) -> None:
    kind.account.put(fresh())
    kind.sync()
    with writing(kind.connection):
        kind.connection.execute("UPDATE outbox SET state = 'waiting'")
    kind.sync()
    assert kind.states() == ["sent"]
    assert len(kind.sent()) == 1


def test_another_workspace_sees_it_on_its_ticket(kind: Office) -> None:
    kind.account.put(fresh())
    kind.sync()
    (sent,) = kind.sent()
    with writing(kind.connection):
        kind.connection.execute("DELETE FROM outbox")
        kind.connection.execute("DELETE FROM event")
        kind.connection.execute("DELETE FROM mail_copy")
        kind.connection.execute("DELETE FROM promise")
        kind.connection.execute("DELETE FROM message WHERE kind = 'outbound'")
        kind.connection.execute("DELETE FROM cursor WHERE stream = 'Sent'")
    kind.sync()
    assert [what for what, _ in kind.messages("Pump")] == ["inbound", "outbound"]
    assert kind.ticket("Pump", "status, first_response_at, outbound_at") == (0, None, None)
    assert b"X-Heard-Loop" in sent.raw


def has_come_to(kind: Office, count: int, states: tuple[str, ...], process: "Popen[str]") -> bool:
    """Whether so many have come so far, or the process has ended."""
    return sum(state in states for state in kind.states()) >= count or process.poll() is not None


def test_whoever_is_killed_at_it_sends_it_once(kind: Office) -> None:
    server = kind.account.server
    for number in range(6):
        kind.account.put(fresh(f"Order {number}", name=f"k{number}", sender=f"k{number}@example.org"))
        states = ("handed", "sent") if number % 2 else ("waiting", "sending", "handed", "sent")
        with started(kind, "sync") as process:
            until(partial(has_come_to, kind, number + 1, states, process), "its writing")
            process.kill()
    for minutes in (0, 3):
        kind.ahead = minutes * MINUTE
        kind.sync()
    left = [each.recipients[0] for each in server.sent() if each.sender == kind.account.user]
    assert len(left) == len(set(left)), "a customer has got one twice"
    assert len(kind.outbox()) == 6
    for state, error in kind.outbox():
        assert state == "sent" or error == DOUBT, (state, error)
    assert kind.states().count("sent") + [error for _, error in kind.outbox()].count(DOUBT) == 6
    assert kind.rows("SELECT count(*) FROM message WHERE kind = 'outbound'") == [(6,)]


def test_a_day_has_few_for_each_sender(kind: Office) -> None:
    for hours in range(8):
        kind.ahead = hours * 2 * HOUR
        kind.account.put(fresh(f"Order {hours}", name=f"h{hours}"))
        kind.sync()
    assert len(kind.sent()) == 3
    assert 8 * 2 * HOUR < DAY
