"""Ratings through the mails that come in: kept once, beside the answer that they are about, and moving nothing else."""

from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.filters import parse
from desk.ratings import BAD, FINE, GREAT, token
from desk.times import HOUR, SECOND
from storage import content, mailbox, queue, rules, sources, tickets
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import Change
from storage.deeds.gestures import Given, give
from storage.deeds.merge import merge
from storage.deeds.ratings import act
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.mailbox import Copy, Mailbox
from storage.ratings import asking_lines, of_ticket, rating_marks
from storage.workspace import Workspace
from tests.factories import NOW

OURS = "help@shop.example"
ON = content.read("ratings.toml").replace("on = false", "on = true")
LATER = NOW + 2 * HOUR
STATE = "SELECT status, unread, inbound_at, contacts, due_at, preview, updated_at, mood FROM ticket WHERE id = 1"
RATINGS = "SELECT ticket_id, answer_id, agent_id, score, words, way FROM rating ORDER BY id"


@dataclass
class Box:
    """A mailbox, a ticket in it that Ana has answered and solved, and that answer's own row."""

    workspace: Workspace
    connection: Connection
    source: int
    uid: int = 0
    answer: int = 0
    answer_uid: bytes = b""

    def take(
        self, body: str, *, subject: str = "Pump", name: str = "m1", parent: str = "", at: int = NOW,
        who: str = "Rosa Bianchi <rosa@example.org>",
    ) -> None:  # fmt: skip
        """One mail comes in."""
        self.uid += 1
        more = (f"In-Reply-To: {parent}",) if parent else ()
        lines = (f"From: {who}", f"To: {OURS}", f"Subject: {subject}", f"Message-ID: <{name}@example.org>",
                 f"Date: {formatdate(at / SECOND)}", *more)  # fmt: skip
        self.again("\r\n".join((*lines, "", body, "")).encode(), at)

    def again(self, raw: bytes, at: int, folder: str = "INBOX") -> None:
        """These very bytes come in, once more perhaps."""
        self.raw = raw
        row = sources.source_named(self.connection, "help")
        box = Mailbox(self.workspace, row, frozenset({OURS}), ())
        copy = Copy(folder, 1, self.uid, (), at, raw, "here")
        mailbox.take(self.connection, box, [copy], at, sent=False)

    def token(self, score: int) -> str:
        return token(score, self.answer, self.answer_uid)

    def ratings(self) -> list[tuple[object, ...]]:
        return self.connection.execute(RATINGS).fetchall()

    def state(self) -> tuple[object, ...]:
        found: tuple[object, ...] = self.connection.execute(STATE).fetchone()
        return found


@pytest.fixture
def box(workspace: Workspace, connection: Connection, engine: Engine, by: By) -> Box:
    """Ratings are on."""
    rules.write(connection, "ratings", ON)
    with writing(connection):
        source = sources.add(connection, "mailbox", "help", {"address": OURS}, NOW - HOUR)
    made = Box(workspace, connection, source)
    made.take("the pump leaks")
    with deed_session(engine) as session:
        outgoing = Outgoing("reply", "It is on its way.", "rosa@example.org", after=Change(status=3))
        write(session, By(by.agent_id, NOW + HOUR), 1, outgoing)
    made.answer, made.answer_uid = connection.execute("SELECT id, uid FROM message WHERE kind = 'outbound'").fetchone()
    connection.execute("UPDATE message SET message_id = '<ours@shop.example>' WHERE id = ?", (made.answer,))
    connection.execute("UPDATE outbox SET state = 'sent'")
    return made


def marks(box: Box) -> list[str]:
    return [mark.words for mark in rating_marks(of_ticket(box.connection, 1))]


def test_the_one_word_is_a_rating_and_moves_nothing(box: Box, by: By) -> None:
    before = box.state()
    box.take("Bad\r\n\r\n> It is on its way.", subject="Re: Pump", name="m2", parent="<ours@shop.example>", at=LATER)
    assert box.ratings() == [(1, box.answer, by.agent_id, BAD, "", "word")]
    assert box.state() == before
    shown = tickets.messages(box.connection, (1,))[-1]
    assert (shown.kind, shown.body) == ("event", "Rosa Bianchi rated the answer: bad")
    assert box.connection.execute("SELECT count(*) FROM ticket").fetchone()[0] == 1
    assert box.connection.execute("SELECT message_count FROM ticket").fetchone()[0] == 3


def test_the_press_of_a_link_is_a_rating_from_whatever_address(box: Box, by: By) -> None:
    before = box.state()
    box.take("", subject="Great " + box.token(GREAT), name="m2", at=LATER, who="rosa@elsewhere.example")
    assert box.ratings() == [(1, box.answer, by.agent_id, GREAT, "", "link")]
    assert box.state() == before
    assert box.connection.execute("SELECT count(*) FROM customer").fetchone()[0] == 1


def test_a_word_to_what_a_machine_sent_rates_nothing(box: Box) -> None:
    box.connection.execute("UPDATE message SET automatic = 'auto' WHERE id = ?", (box.answer,))
    box.take("Bad", subject="Re: Pump", name="m2", parent="<ours@shop.example>", at=LATER)
    assert box.ratings() == []
    assert tickets.messages(box.connection, (1,))[-1].kind == "inbound"


def test_a_bad_one_on_which_nothing_was_done_stands_before_a_newer_one(box: Box, engine: Engine, by: By) -> None:
    box.take("", subject=box.token(BAD), name="m2", at=LATER)
    with deed_session(engine) as session:
        write(session, By(by.agent_id, LATER + HOUR), 1, Outgoing("reply", "A new one comes.", "rosa@example.org"))
    newer, uid = box.connection.execute("SELECT id, uid FROM message WHERE body = 'A new one comes.'").fetchone()
    box.take("", subject=token(GREAT, newer, uid), name="m3", at=LATER + 2 * HOUR)
    assert marks(box) == ["rated bad; A notes what was done"]
    with deed_session(engine) as session:
        act(session, by, 1, "called her")
    assert marks(box) == ["rated great"]


def test_a_word_with_a_file_beside_it_is_a_mail_as_well(box: Box) -> None:
    box.uid += 1
    lines = (
        "From: Rosa Bianchi <rosa@example.org>", f"To: {OURS}", "Subject: Bad " + box.token(BAD),
        "Message-ID: <m2@example.org>", f"Date: {formatdate(LATER / SECOND)}", "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: text/plain", "", "Bad", "--b",
        'Content-Type: image/png; name="pump.png"', 'Content-Disposition: attachment; filename="pump.png"', "",
        "leaks", "--b--", "",
    )  # fmt: skip
    box.again("\r\n".join(lines).encode(), LATER)
    assert [row[3] for row in box.ratings()] == [BAD]
    shown = tickets.messages(box.connection, (1,))[-1]
    assert (shown.kind, [each.name for each in shown.attachments]) == ("inbound", ["pump.png"])
    assert box.state()[0] == 0, "somebody has to look at it"


def test_what_comes_again_changes_nothing(box: Box) -> None:
    box.take("", subject="Great " + box.token(GREAT), name="m2", at=LATER)
    whole = box.connection.execute("SELECT * FROM rating").fetchall()
    count = "SELECT count(*) FROM message"
    messages = box.connection.execute(count).fetchone()
    box.again(box.raw, LATER)
    box.again(box.raw, LATER, "Archive")
    with writing(box.connection):
        mailbox.renumber(box.connection, box.source, "INBOX")
    box.again(box.raw + b"\r\n", LATER)
    assert box.connection.execute("SELECT * FROM rating").fetchall() == whole
    assert box.connection.execute(count).fetchone() == messages


def test_who_thinks_better_of_it_has_one_rating_the_newest(box: Box, engine: Engine, by: By) -> None:
    box.take("", subject=box.token(BAD), name="m2", at=LATER)
    with deed_session(engine) as session:
        act(session, by, 1, "called her")
    box.take("", subject=box.token(GREAT), name="m3", at=LATER + HOUR)
    box.take("", subject=box.token(FINE), name="m4", at=LATER - HOUR)
    assert [(row[3], row[5]) for row in box.ratings()] == [(GREAT, "link")]
    row = of_ticket(box.connection, 1)
    assert row is not None
    assert (row.score, row.action) == (GREAT, "")


def test_words_beside_it_are_a_message_like_any_other(box: Box) -> None:
    box.take("Bad\r\n\r\nNobody called me back.", subject="Re: Pump", name="m2", parent="<ours@shop.example>", at=LATER)
    assert [(row[3], row[4]) for row in box.ratings()] == [(BAD, "Nobody called me back.")]
    status, unread, inbound, *_ = box.state()
    assert (status, unread, inbound) == (0, 1, LATER)
    assert [message.kind for message in tickets.messages(box.connection, (1,))] == ["inbound", "outbound", "inbound"]


def test_a_word_on_an_open_ticket_may_answer_a_question_and_is_a_message_too(box: Box) -> None:
    box.connection.execute("UPDATE ticket SET status = 1, solved_at = NULL WHERE id = 1")
    box.take("Fine", subject="Re: Pump", name="m2", parent="<ours@shop.example>", at=LATER)
    assert [(row[3], row[4]) for row in box.ratings()] == [(FINE, "")]
    assert box.state()[:3] == (0, 1, LATER)
    assert tickets.messages(box.connection, (1,))[-1].kind == "inbound"


def test_words_in_the_mail_of_a_link_come_to_the_ticket_that_it_is_about(box: Box) -> None:
    box.take("It still leaks!", subject="Bad " + box.token(BAD), name="m2", at=LATER)
    assert [(row[0], row[3], row[4]) for row in box.ratings()] == [(1, BAD, "It still leaks!")]
    assert box.connection.execute("SELECT count(*) FROM ticket").fetchone()[0] == 1
    assert box.state()[0] == 0


@pytest.mark.parametrize("score", [1, 3])
def test_a_forged_or_old_link_is_a_mail_like_any_other(box: Box, score: int) -> None:
    forged = (token(score, box.answer, bytes(16)), token(score, 10**9, box.answer_uid), token(score, 1, box.answer_uid))
    for number, subject in enumerate(forged):
        box.take("", subject=subject, name=f"f{number}", at=LATER)
    assert box.ratings() == []
    assert box.connection.execute("SELECT count(*) FROM ticket").fetchone()[0] == 4


def test_a_word_that_answers_nothing_of_ours_or_while_it_is_off_is_a_mail(box: Box) -> None:
    box.take("Great", subject="Hello", name="m2", at=LATER)
    box.take("Great", subject="Re: Pump", name="m3", parent="<m1@example.org>", at=LATER)
    rules.write(box.connection, "ratings", None)
    box.take("Great", subject="Re: Pump", name="m4", parent="<ours@shop.example>", at=LATER)
    assert box.ratings() == []
    # A link that is out there still counts.
    box.take("", subject=box.token(FINE), name="m5", at=LATER)
    assert len(box.ratings()) == 1


def test_what_a_machine_answers_is_no_rating(box: Box) -> None:
    row = sources.source_named(box.connection, "help")
    raw = (
        b"From: rosa@example.org\r\nTo: help@shop.example\r\nSubject: Re: Pump\r\nMessage-ID: <auto@example.org>\r\n"
        b"In-Reply-To: <ours@shop.example>\r\nAuto-Submitted: auto-replied\r\n\r\nGreat\r\n"
    )
    mailbox.take(
        box.connection, Mailbox(box.workspace, row, frozenset({OURS}), ()), [Copy("INBOX", 1, 99, (), LATER, raw, "")],
        LATER, sent=False,
    )  # fmt: skip
    assert box.ratings() == []


def test_a_reply_asks_and_nothing_else_does(box: Box) -> None:
    lines, presses = asking_lines(box.connection, box.answer, OURS, "de")
    assert lines.startswith("Wie war diese Antwort?")
    assert [word for word, _ in presses] == ["Sehr gut", "In Ordnung", "Schlecht"]
    assert box.token(BAD) in presses[2][1]
    # The customer's own message.
    assert asking_lines(box.connection, 1, OURS, "en") == ("", ())
    rules.write(box.connection, "ratings", None)
    assert asking_lines(box.connection, box.answer, OURS, "en") == ("", ())


def test_what_was_done_stands_beside_it_and_can_be_taken_back(box: Box, engine: Engine, by: By) -> None:
    with pytest.raises(Refused, match="no rating"), deed_session(engine) as session:
        act(session, by, 1, "called her")
    box.take("", subject=box.token(BAD), name="m2", at=LATER)
    with pytest.raises(BadInput), deed_session(engine) as session:
        act(session, by, 1, "  ")
    with deed_session(engine) as session:
        act(session, By(by.agent_id, LATER + HOUR), 1, "called her, sent a new seal")
    assert marks(box) == ["rated bad; done: called her, sent a new seal (Ana Ruiz)"]
    assert tickets.events(box.connection, 1)[-1].body.endswith("the rating: called her, sent a new seal")
    with deed_session(engine) as session:
        undo(session, by)
    assert marks(box) == ["rated bad; A notes what was done"]


def found(box: Box, query: str) -> list[int]:
    return list(queue.snapshot(box.connection, queue.Scope(parse(query), "due", 1, LATER, UTC)))


def test_the_queue_is_filtered_by_them(box: Box, engine: Engine, by: By) -> None:
    assert found(box, "rating:bad") == []
    box.take("", subject=box.token(BAD), name="m2", at=LATER)
    box.take("a tap", subject="Tap", name="m3", at=LATER)
    assert found(box, "rating:bad") == found(box, "rating:unacted") == [1]
    assert found(box, "status:active rating:bad") == []
    assert found(box, "-rating:bad") == [2]
    assert found(box, "rating:great rating:bad") == [1]
    with deed_session(engine) as session:
        act(session, by, 1, "called her")
    assert found(box, "rating:bad") == [1]
    assert found(box, "rating:unacted") == []


def test_the_filter_is_read_from_an_index(box: Box) -> None:
    for query, index in (("rating:bad", "rating_score"), ("status:active rating:unacted", "rating_")):
        sql, values = queue.ids_query(box.connection, queue.Scope(parse(query), "due", 1, LATER, UTC))
        plan = str(box.connection.execute("EXPLAIN QUERY PLAN " + sql, values).fetchall())
        assert f"INDEX {index}" in plan
        assert "SCAN rating" not in plan


def test_merging_takes_ratings_and_gestures_along(box: Box, engine: Engine, by: By) -> None:
    box.take("", subject=box.token(BAD), name="m2", at=LATER)
    box.take("a tap", subject="Tap", name="m3", at=LATER)
    with deed_session(engine) as session:
        give(session, by, Given("voucher", 100, "late", ticket_id=1))
    with deed_session(engine) as session:
        merge(session, by, [1], 2)
    of = "SELECT ticket_id FROM rating UNION ALL SELECT ticket_id FROM gesture"
    assert box.connection.execute(of).fetchall() == [(2,), (2,)]
    with deed_session(engine) as session:
        undo(session, by)
    assert box.connection.execute(of).fetchall() == [(1,), (1,)]
