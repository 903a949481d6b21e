"""Replies and notes on their way to a helpdesk: what is asked for, when they are held, and how they are met again."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.statuses import Status
from desk.times import HOUR, MINUTE
from storage import outbox
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.outbox import retry
from storage.deeds.plan import Change
from storage.deeds.write import Kind, Outgoing, write
from storage.delivery import Job
from storage.engine import deed_session
from storage.helpdesk import settling
from storage.helpdesk.records import ChangeTicket, FileNews, TicketGone, WriteMessage
from storage.workspace import Workspace
from tests.factories import NOW
from tests.storage.helpdesk.far import BO, Far, make_far, said, ticket

WORDS = "Here is your parcel, with our apologies."


def answer(
    engine: Engine, by: By, far: Far, body: str = WORDS, *, kind: Kind = "reply", to: str = "li@example.org",
    copies: str = "", at: int = NOW, files: tuple[Path, ...] = (),
) -> None:  # fmt: skip
    """Write on the ticket here."""
    with deed_session(engine) as session:
        write(session, By(by.agent_id, at, 0), far.ticket_id(), Outgoing(kind, body, to, copies, attachments=files))


def message(far: Far) -> tuple[Job, WriteMessage]:
    """What leaves next, which is a message."""
    job, asked = far.asks()
    assert isinstance(asked, WriteMessage)
    return job, asked


def test_a_reply_says_what_was_known_when_it_leaves(far: Far, engine: Engine, by: By, tmp_path: Path) -> None:
    far.tell(ticket(version="4"), said("m1"), said("m2", "Soon.", kind="note", at=NOW - 1))
    file = tmp_path / "label.pdf"
    file.write_bytes(b"%PDF")
    answer(engine, by, far, files=(file,))
    job, asked = message(far)
    assert (asked.key, asked.ticket, asked.kind, asked.body) == (job.uid.hex(), "1", "reply", WORDS)
    assert (asked.version, asked.seen, asked.begun_at) == ("4", "m2", NOW)
    assert [(each.name, each.type, each.path.read_bytes()) for each in asked.files] == [
        ("label.pdf", "application/pdf", b"%PDF")
    ]
    asked.files[0].path.unlink()
    with pytest.raises(BadInput, match=r"label\.pdf isn't here any more"):
        far.asks()


@pytest.mark.parametrize(
    ("to", "copies", "expected"),
    [
        ("Li Wei <LI@example.org>", "", ((), ())),
        ("Li Wei", "", ((), ())),
        ("li@example.org", "Boss <boss@example.org>", (("li@example.org",), ("boss@example.org",))),
        ("other@example.org", "", (("other@example.org",), ())),
    ],
)
def test_addresses_are_told_where_they_are_not_the_tickets_own(
    far: Far, engine: Engine, by: By, to: str, copies: str, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far, to=to, copies=copies)
    asked = message(far)[1]
    assert (asked.recipients, asked.copies) == expected


def test_who_was_in_copy_and_is_left_out_is_told_by_naming_the_others(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), replace(said("m1"), copies="Boss <boss@example.org>"))
    answer(engine, by, far)
    assert (message(far)[1].recipients, message(far)[1].copies) == (("li@example.org",), ())


def test_our_message_is_known_there_by_its_name(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    far.does("m2")
    assert far.tell(said("m2", f"{WORDS}\n\n-- \nAcme", kind="outbound", at=NOW)) == 0
    assert far.all("SELECT body, external_id FROM message ORDER BY id") == [("It hasn't come.", "m1"), (WORDS, "m2")]


@pytest.mark.parametrize("how", ["key", "words"])
def test_what_may_have_arrived_has_arrived_where_it_is_met_again(
    far: Far, engine: Engine, by: By, how: str
) -> None:  # fmt: skip
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    job, _ = message(far)
    far.connection.execute("UPDATE outbox SET state = 'handed'")
    key = job.uid.hex() if how == "key" else ""
    body = "<p>Something else</p>" if how == "key" else f"{WORDS}\n--\nAcme, we care"
    assert far.tell(said("m2", body, kind="outbound", at=NOW, operation=key, html=how == "key")) == 0
    assert far.all("SELECT state FROM outbox") == [("sent",)]
    assert far.all("SELECT body FROM message ORDER BY id")[1:] == [(WORDS,)]


@pytest.mark.parametrize("used", [False, True], ids=["untouched", "somebody has done something with it"])
def test_what_came_in_as_a_colleagues_before_it_was_found_is_ours(
    far: Far, engine: Engine, by: By, used: bool
) -> None:  # fmt: skip
    far.tell(BO, ticket(), said("m1"))
    answer(engine, by, far)
    far.connection.execute("UPDATE outbox SET state = 'handed'")
    file = FileNews("f1", "a.txt", "text/plain", 3)
    far.tell(said("m2", "See the enclosed file", kind="outbound", agent="7", at=NOW, files=(file,)))
    far.connection.execute("UPDATE outbox SET state = 'waiting'")
    if used:
        far.connection.execute("UPDATE event SET message_id = (SELECT max(id) FROM message)")
    far.does("m2")
    kept = [(WORDS, "m2"), ("See the enclosed file", "m2")]
    assert far.all("SELECT body, external_id FROM message ORDER BY id")[1:] == kept[: 1 + used]
    assert far.stands("message_count") == (2 + used,)
    assert far.all("PRAGMA foreign_key_check") == []
    assert far.tell(said("m2", "See the enclosed file", kind="outbound", agent="7", at=NOW + 1)) == 0


def test_what_a_person_was_to_look_for_has_arrived_where_it_is_told(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    held = "UPDATE outbox SET state = 'held', payload = json_set(payload, '$.doubtful', json(?))"
    far.connection.execute(held, ("false",))
    assert far.tell(said("m2", WORDS, kind="outbound", at=NOW)) == 1, "it has surely not left: a colleague's words"
    far.connection.execute(held, ("true",))
    assert far.tell(said("m3", WORDS, kind="outbound", at=NOW)) == 0
    assert far.all("SELECT state FROM outbox") == [("sent",)]


def test_of_one_second_the_message_with_the_higher_number_is_the_newest(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("9"), said("10", "And now?"), said("8", "An older one"))
    answer(engine, by, far)
    assert message(far)[1].seen == "10"


def test_the_same_words_twice_are_two_messages(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far, "Thanks!", kind="note")
    answer(engine, by, far, "Thanks!", kind="note")
    far.does()
    far.connection.execute("UPDATE outbox SET state = 'handed' WHERE state = 'waiting'")
    far.tell(said("m2", "Thanks!", kind="note", at=NOW))
    assert far.all("SELECT state FROM outbox ORDER BY id") == [("sent",), ("handed",)]
    answer(engine, by, far, "Thanks!", kind="note")
    far.connection.execute("UPDATE outbox SET state = 'handed' WHERE state = 'waiting'")
    far.tell(*(said(name, "Thanks!", kind="note", at=NOW) for name in ("m2", "m3", "m4")))
    assert far.all("SELECT external_id FROM message ORDER BY id") == [("m1",), ("m2",), ("m3",), ("m4",)]
    assert far.all("SELECT state FROM outbox ORDER BY id") == [("sent",)] * 3


def test_a_colleagues_words_are_not_ours_because_they_begin_alike(far: Far, engine: Engine, by: By) -> None:
    far.tell(BO, ticket(), said("m1"))
    answer(engine, by, far, "Yes", kind="note")
    far.connection.execute("UPDATE outbox SET state = 'handed'")
    assert far.tell(said("m2", "Yes, but not today", kind="note", agent="7", at=NOW)) == 1
    assert far.all("SELECT state FROM outbox") == [("handed",)]


def overtaken(far: Far) -> str:
    """Why what is next is held."""
    job = far.job()
    assert job is not None
    return settling.overtaken(far.connection, job)


def test_a_reply_is_held_when_its_customer_wrote(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    assert overtaken(far) == ""
    far.tell(said("m2", "Never mind, it came!", at=NOW + MINUTE))
    assert overtaken(far) == settling.CUSTOMER_WROTE


def test_a_reply_is_held_when_a_colleague_answered_there(far: Far, engine: Engine, by: By) -> None:
    """Also where that was before it was written here, while there was no line."""
    far.tell(BO, ticket(), said("m1", at=NOW - HOUR))
    answer(engine, by, far)
    far.tell(said("m0", "An older answer", kind="outbound", agent="7", at=NOW - 2 * HOUR))
    far.tell(said("m2", "For agents", kind="note", agent="7", at=NOW - 2 * MINUTE))
    assert overtaken(far) == ""
    far.tell(said("m3", "It is on its way.", kind="outbound", agent="7", at=NOW - MINUTE))
    assert overtaken(far) == settling.COLLEAGUE_WROTE
    job = far.job()
    assert job is not None
    with writing(far.connection):
        far.connection.execute("UPDATE outbox SET state = 'held'")
    told = outbox.overtaken(far.connection, job.id)
    assert told is not None
    assert [(heard.sender, heard.body) for heard in told.heard] == [("Bo Lind", "It is on its way.")]
    with deed_session(engine) as session:
        retry(session, by, [job.id])
    assert overtaken(far) == ""
    far.tell(said("m4", "Third time.", kind="outbound", agent="7", at=NOW + MINUTE))
    assert overtaken(far) == settling.COLLEAGUE_WROTE


def test_our_own_words_overtake_nothing(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    answer(engine, by, far, "And another thing that we forgot.")
    far.does("m2")
    far.tell(said("m2", WORDS, kind="outbound", at=NOW))
    assert overtaken(far) == ""


def test_words_on_a_closed_ticket_lie_on_the_one_that_they_began(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(status=Status.CLOSED, label="closed", final=True), said("m1"))
    answer(engine, by, far)
    far.does("m2", found=ticket("2", at=NOW))
    assert far.stands("message_count", "status") == (1, Status.CLOSED)
    assert far.stands("message_count", "outbound_at", ticket="2") == (1, NOW)
    assert far.tell(ticket("2", at=NOW + 1), said("m2", WORDS, kind="outbound", at=NOW, of="2")) == 0


def test_what_was_to_follow_words_on_a_closed_ticket_follows_them(far: Far, engine: Engine, by: By) -> None:
    """A reply that solves, and one that was written after it: all of it is about the ticket that the first began."""
    far.tell(ticket(status=Status.CLOSED, label="closed", final=True, tags=("old",)), said("m1"))
    solves = Outgoing(
        "reply", WORDS, "li@example.org", after=Change(status=Status.SOLVED, add_tags=("late",), remove_tags=("old",))
    )
    with deed_session(engine) as session:
        write(session, By(by.agent_id, NOW, 0), far.ticket_id(), solves)
    answer(engine, by, far, "One more thing.")
    far.does("m2", found=ticket("2", at=NOW, tags=("old",)))
    assert (far.stands("status"), far.tags()) == ((Status.CLOSED,), {"old"})
    assert (far.stands("status", ticket="2"), far.tags("2")) == ((Status.SOLVED,), {"late"})
    assert far.all("SELECT state, ticket_id = ? FROM outbox ORDER BY id", far.ticket_id("2")) == [
        ("sent", 1), ("waiting", 1), ("waiting", 1)
    ]  # fmt: skip
    change = far.does(found=ticket("2", at=NOW, status=Status.SOLVED, label="solved", tags=("late",)))
    assert isinstance(change, ChangeTicket)
    assert (change.ticket, change.status, change.add_tags, change.remove_tags) == (
        "2", Status.SOLVED, ("late",), ("old",)
    )  # fmt: skip
    last = message(far)[1]
    assert (last.ticket, last.seen, last.body) == ("2", "m2", "One more thing.")


def test_on_a_ticket_that_was_deleted_nothing_is_written(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    answer(engine, by, far)
    far.tell(TicketGone("1"))
    with pytest.raises(BadInput, match="was deleted at acme"):
        far.asks()


@pytest.mark.parametrize(("kind", "words"), [("reply", "takes no replies"), ("forward", "takes no forwarded messages")])
def test_what_nobody_would_send_is_refused(
    connection: Connection, workspace: Workspace, engine: Engine, by: By, kind: Kind, words: str
) -> None:
    far = make_far(connection, workspace, takes="note status")
    far.tell(ticket(), said("m1"))
    with pytest.raises(Refused, match=words):
        answer(engine, by, far, kind=kind)
    answer(engine, by, far, kind="note")
    assert message(far)[1].kind == "note"
