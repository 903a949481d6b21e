"""Which of the mails that come in are acknowledged, and what that leaves as it was."""

from dataclasses import dataclass, field
from email.utils import formatdate

import pytest

from desk.flags import typed
from desk.flags import write as write_flags
from desk.times import DAY, HOUR, MINUTE, SECOND
from storage import mailbox, sources
from storage.acknowledging import needless, switch
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.mailbox import Copy, Mailbox
from storage.workspace import Workspace
from tests.factories import NOW

OURS = "help@shop.example"
SETTINGS = {"address": OURS, "acknowledge": "12h"}


@dataclass
class Box:
    """A mailbox that is connected since an hour before NOW."""

    workspace: Workspace
    connection: Connection
    settings: dict[str, str] = field(default_factory=SETTINGS.copy)
    uid: int = 0

    def __post_init__(self) -> None:
        with writing(self.connection):
            self.id = sources.add(self.connection, "mailbox", "help", self.settings, NOW - HOUR)

    def take(
        self, *more: str, name: str = "m1", who: str = "Ana Ruiz <ana@example.org>", at: int = NOW,
        now: int | None = None, written: int | None = None, flags: tuple[str, ...] = (),
        folder: str = "INBOX", sent: bool = False,
    ) -> None:  # fmt: skip
        """One mail comes in."""
        self.uid += 1
        lines = (f"From: {who}", f"To: {OURS}", "Subject: Pump", f"Message-ID: <{name}@example.org>",
                 f"Date: {formatdate((at if written is None else written) / SECOND)}", *more)  # fmt: skip
        raw = "\r\n".join((*lines, "", f"hello {name}", "")).encode()
        copy = Copy(folder, 1, self.uid, flags, at, raw, "here")
        row = sources.source_named(self.connection, "help")
        box = Mailbox(self.workspace, row, frozenset({OURS}), ())
        mailbox.take(self.connection, box, [copy], at if now is None else now, sent=sent)

    def written(self) -> list[tuple[object, ...]]:
        """To whom something is on its way by itself."""
        return self.connection.execute(
            "SELECT m.recipients FROM outbox o JOIN message m ON m.id = o.message_id "
            "WHERE o.kind = 'acknowledgement' ORDER BY o.id"
        ).fetchall()


@pytest.fixture
def box(workspace: Workspace, connection: Connection) -> Box:
    return Box(workspace, connection)


def test_without_the_setting_nothing_is_written(workspace: Workspace, connection: Connection) -> None:
    box = Box(workspace, connection, {"address": OURS})
    box.take()
    assert box.written() == []


def test_the_first_mail_of_a_ticket_is_and_what_follows_is_not(box: Box) -> None:
    box.take()
    box.take("In-Reply-To: <m1@example.org>", name="m2", at=NOW + 2 * HOUR)
    assert box.written() == [("Ana Ruiz <ana@example.org>",)]


def test_a_mail_that_comes_again_is_not(box: Box) -> None:
    box.take()
    box.take(folder="Archive", at=NOW + 2 * HOUR, written=NOW)
    with writing(box.connection):
        mailbox.renumber(box.connection, box.id, "INBOX")
    box.take(at=NOW + 3 * HOUR, written=NOW)
    assert len(box.written()) == 1


@pytest.mark.parametrize(
    ("at", "written", "now"),
    [
        (NOW - 2 * HOUR, NOW - 2 * HOUR, NOW),  # before the mailbox was connected
        (NOW, NOW - 3 * DAY, NOW),  # moved in from elsewhere
        (NOW, NOW, NOW + 2 * DAY),  # read late, as after a week of holidays
    ],
    ids=["before", "moved", "late"],
)
def test_old_mails_are_not(box: Box, at: int, written: int, now: int) -> None:
    box.take(at=at, written=written, now=now)
    assert box.written() == []
    box.take(name="m2", at=now)
    assert len(box.written()) == 1


def test_what_came_before_it_was_switched_on_is_not(workspace: Workspace, connection: Connection) -> None:
    box = Box(workspace, connection, {"address": OURS})
    switch(connection, "help", {"acknowledge": "2d"}, NOW + 10 * MINUTE)
    box.take(at=NOW, now=NOW + 20 * MINUTE)
    box.take(name="m2", at=NOW + 15 * MINUTE, now=NOW + 20 * MINUTE)
    assert len(box.written()) == 1
    switch(connection, "help", {"acknowledge": ""}, NOW + 30 * MINUTE)
    box.take(name="m3", who="li@example.org", at=NOW + 40 * MINUTE)
    assert len(box.written()) == 1
    assert set(sources.source_named(connection, "help").settings) == {"address"}


@pytest.mark.parametrize(
    ("who", "more", "flags", "folder"),
    [
        ("Ana <ana@example.org>", "Auto-Submitted: auto-replied", (), "INBOX"),
        ("Ana <ana@example.org>", "Precedence: bulk", (), "INBOX"),
        ("Ana <ana@example.org>", "X-Spam-Flag: YES", (), "INBOX"),
        ("noreply@example.org", "X-Mailer: x", (), "INBOX"),
        ("MAILER-DAEMON@example.org", "X-Mailer: x", (), "INBOX"),
        ("Ana <ana@example.org>", "X-Mailer: x", ("$Junk",), "INBOX"),
        ("Ana <ana@example.org>", "X-Mailer: x", ("\\Answered",), "INBOX"),
        ("Ana <ana@example.org>", "X-Mailer: x", (), "Junk"),
        ("Other <sales@shop.example>", "X-Mailer: x", (), "INBOX"),
    ],
)
def test_machines_spam_and_ourselves_are_not(
    box: Box, who: str, more: str, flags: tuple[str, ...], folder: str
) -> None:
    with writing(box.connection):
        sources.add(box.connection, "mailbox", "sales", {"address": "sales@shop.example"}, NOW)
    box.take(more, who=who, flags=flags, folder=folder)
    assert box.written() == []
    box.take(name="m2", who="Li <li@example.org>")
    assert len(box.written()) == 1


@pytest.mark.parametrize(("flag", "count"), [("spam", 0), ("Blocked by Bo", 0), ("loyal since 2019", 1)])
def test_who_is_flagged_as_unwanted_is_not(box: Box, flag: str, count: int) -> None:
    box.take("Auto-Submitted: auto-replied")
    with writing(box.connection):
        box.connection.execute("UPDATE customer SET flags = ?", (write_flags([typed(flag)]),))
    box.take(name="m2")
    assert len(box.written()) == count


def test_two_within_the_hour_are_one(box: Box) -> None:
    for minutes in (0, 5, 59, 61):
        box.take(name=f"m{minutes}", who=f"Ana <ana+{minutes}@example.org>", at=NOW + minutes * MINUTE)
    assert len(box.written()) == 2


def test_an_answer_given_elsewhere_makes_it_needless(box: Box) -> None:
    box.take("In-Reply-To: <m1@example.org>", name="a1", who=f"Bo <{OURS}>", sent=True)
    box.take(name="m1", at=NOW + MINUTE, written=NOW - MINUTE)
    assert box.written() == []


def test_it_counts_as_no_answer_and_no_contact(box: Box) -> None:
    box.take(now=NOW + 10 * MINUTE)
    box.take("In-Reply-To: <m1@example.org>", name="m2", at=NOW + 5 * MINUTE, now=NOW + 15 * MINUTE)
    columns = "message_count, contacts, preview, status, unread, outbound_at, first_response_at, due_at, updated_at"
    found = box.connection.execute(f"SELECT {columns} FROM ticket").fetchall()
    # Half of the time until 21:30, which is what the customer was told.
    raised = NOW + 10 * MINUTE + (12 * HOUR + 20 * MINUTE) // 2
    assert found == [(3, 2, "hello m2", 0, 1, None, None, raised, NOW + 5 * MINUTE)]


def test_its_promise_stands_on_the_ticket_until_the_first_answer(box: Box, by: By) -> None:
    box.take()
    promised = "SELECT promised_at, first_response_at FROM ticket"
    assert box.connection.execute(promised).fetchone() == (NOW + 12 * HOUR, None)
    later = By(by.agent_id, NOW + HOUR, 15)
    with deed_session(engine_over(box.connection)) as session:
        write(session, later, 1, Outgoing("reply", "It is on its way.", recipients="ana@example.org"))
    assert box.connection.execute(promised).fetchone() == (None, NOW + HOUR)
    with deed_session(engine_over(box.connection)) as session:
        undo(session, later)
    assert box.connection.execute(promised).fetchone() == (NOW + 12 * HOUR, None)
    box.take("In-Reply-To: <m1@example.org>", name="a1", who=f"Bo <{OURS}>", at=NOW + 2 * HOUR, sent=True)
    assert box.connection.execute(promised).fetchone() == (None, NOW + 2 * HOUR)


def test_the_agent_s_undo_doesn_t_know_of_it(box: Box, by: By) -> None:
    box.take()
    rows = box.connection.execute("SELECT agent_id, patch FROM event WHERE kind = 'acknowledged'").fetchall()
    assert rows == [(None, "")]


def test_one_that_has_not_left_may_become_needless(box: Box, by: By) -> None:
    box.take()
    assert needless(box.connection, 1, NOW, NOW + HOUR) == ""
    assert "within a day" in needless(box.connection, 1, NOW, NOW + DAY + 1)
    with deed_session(engine_over(box.connection)) as session:
        write(session, by, 1, Outgoing("note", "Who knows?"))
    assert needless(box.connection, 1, NOW, NOW + HOUR) == ""
    with deed_session(engine_over(box.connection)) as session:
        write(session, by, 1, Outgoing("reply", "On its way.", recipients="ana@example.org"))
    assert "answered first" in needless(box.connection, 1, NOW, NOW + HOUR)
