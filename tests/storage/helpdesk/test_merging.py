"""A ticket that was changed there and here: field by field, the newest writer wins, and what gave way is told."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput
from desk.statuses import Priority, Status
from desk.times import HOUR, MINUTE
from storage import outbox
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.outbox import drop
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.helpdesk.records import ChangeTicket, WriteMessage
from tests.factories import NOW, make_customer
from tests.storage.helpdesk.far import BO, LI, Far, said, ticket


def do(engine: Engine, by: By, far: Far, wanted: Change, *, at: int = NOW) -> None:
    """Change the ticket here."""
    with deed_session(engine) as session:
        change(session, By(by.agent_id, at, 0), [far.ticket_id()], wanted)


def waiting(far: Far) -> list[object]:
    """What has not left."""
    rows = far.all("SELECT payload FROM outbox WHERE state NOT IN ('sent', 'dropped') ORDER BY id")
    return [payload for (payload,) in rows]


def test_what_was_changed_there_is_changed_here_and_told(far: Far) -> None:
    far.tell(BO, ticket())
    other = replace(LI, name="", external_id="c2", identities=())
    far.tell(
        ticket(
            label="pending", status=Status.PENDING, priority=Priority.URGENT, queue="Parcels", assignee="7",
            tags=("vip",), at=NOW, subject="Where is it?", customer=other,
        )
    )  # fmt: skip
    assert far.stands("status", "priority", "subject") == (1, 3, "Where is it?")
    assert far.changes() == [
        ("status", 0, 1, "acme"),
        ("priority", 1, 3, "acme"),
        ("queue", "General", "Parcels", "acme"),
        ("assignee", None, "Bo Lind", "acme"),
        ("tags", "[]", '["vip"]', "acme"),
    ]
    assert far.one("SELECT c.external_id FROM ticket t JOIN customer c ON c.id = t.customer_id") == ("c2",)


def test_who_it_was_given_to_here_keeps_it_until_it_is_another_customers_there(far: Far) -> None:
    far.tell(ticket())
    ana = make_customer(far.connection, "Ana Ruiz")
    far.connection.execute("UPDATE ticket SET customer_id = ?", (ana,))
    far.tell(ticket(at=NOW, priority=Priority.HIGH))
    assert far.stands("customer_id", "priority") == (ana, 2)


def test_different_fields_don_t_meet(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(tags=("a", "b")))
    do(engine, by, far, Change(priority=Priority.HIGH, add_tags=("mine",), remove_tags=("a",)))
    far.tell(ticket(status=Status.PENDING, label="pending", tags=("a", "b", "theirs"), at=NOW + MINUTE, version="2"))
    assert far.stands("status", "priority") == (1, 2)
    assert far.tags() == {"b", "mine", "theirs"}
    _, asked = far.asks()
    assert isinstance(asked, ChangeTicket)
    assert (asked.status, asked.priority, asked.add_tags, asked.remove_tags) == (None, Priority.HIGH, ("mine",), ("a",))
    assert asked.version == "2"


@pytest.mark.parametrize(("later", "kept"), [(MINUTE, Status.PENDING), (-MINUTE, Status.SOLVED)])
def test_of_two_changes_of_a_field_the_newer_is_kept(
    far: Far, engine: Engine, by: By, later: int, kept: Status
) -> None:
    far.tell(ticket(at=NOW - HOUR))
    do(engine, by, far, Change(status=Status.SOLVED))
    far.tell(ticket(status=Status.PENDING, label="pending", at=NOW + later))
    assert far.stands("status") == (kept,)
    gave_way = kept is Status.PENDING
    assert waiting(far) == ([] if gave_way else ['{"status": [0, 3]}'])
    lost = far.all("SELECT data ->> '$.lost', agent_id FROM event WHERE kind = 'overridden'")
    assert lost == ([("status", by.agent_id)] if gave_way else [])


def test_a_clock_that_is_ahead_there_wins_nothing(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(at=NOW - HOUR))
    do(engine, by, far, Change(status=Status.SOLVED))
    far.tell(ticket(status=Status.PENDING, label="pending", at=NOW + MINUTE), ahead=2 * MINUTE)
    assert far.stands("status") == (Status.SOLVED,)


def test_what_was_taken_there_is_where_both_begin(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket())
    do(engine, by, far, Change(status=Status.SOLVED))
    far.does(found=ticket(status=Status.SOLVED, label="resolved", at=NOW, version="8"))
    assert waiting(far) == []
    far.tell(ticket(status=Status.SOLVED, label="resolved", at=NOW + 1, version="9"))
    assert far.stands("status") == (Status.SOLVED,)
    far.tell(ticket(at=NOW + MINUTE, version="10"))
    assert far.stands("status", "solved_at") == (Status.OPEN, None)
    assert far.changes()[1:] == [("status", 3, 0, "acme")]


def test_a_status_that_the_service_has_not_comes_back_as_what_it_was(far: Far, engine: Engine, by: By) -> None:
    """On hold given to a service that only knows pending: its word means on hold here until it says another."""
    far.tell(ticket())
    do(engine, by, far, Change(status=Status.HOLD))
    far.does(found=ticket(status=Status.PENDING, label="Waiting", at=NOW))
    assert far.stands("status") == (Status.HOLD,)
    far.tell(ticket(status=Status.PENDING, label="Waiting", at=NOW + MINUTE, priority=Priority.LOW))
    assert far.stands("status", "priority") == (Status.HOLD, 0)
    far.tell(ticket(status=Status.OPEN, label="open", at=NOW + 2 * MINUTE))
    far.tell(ticket(status=Status.PENDING, label="Waiting", at=NOW + 3 * MINUTE))
    assert far.stands("status") == (Status.PENDING,)


def test_without_an_answer_the_next_news_say_what_became_of_a_status(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket())
    do(engine, by, far, Change(status=Status.HOLD))
    far.does()
    far.tell(ticket(status=Status.PENDING, label="Waiting", at=NOW + 1))
    assert far.stands("status") == (Status.HOLD,)
    far.tell(ticket(status=Status.OPEN, label="open", at=NOW + MINUTE))
    assert far.stands("status") == (Status.OPEN,)


def test_a_change_that_was_taken_and_not_made_is_told_by_the_same_news_as_before(
    far: Far, engine: Engine, by: By
) -> None:  # fmt: skip
    """As by a service that says yes to what its rules forbid: the ticket stands as it says, and no longer as we did."""
    far.tell(ticket())
    do(engine, by, far, Change(status=Status.SOLVED))
    far.does()
    assert far.stands("status") == (Status.SOLVED,)
    far.tell(ticket())
    assert far.stands("status") == (Status.OPEN,)


def test_the_word_that_a_status_had_is_used_again(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(label="In progress"))
    do(engine, by, far, Change(status=Status.SOLVED))
    far.does(found=ticket(status=Status.SOLVED, label="Done", at=NOW))
    do(engine, by, far, Change(status=Status.OPEN), at=NOW + MINUTE)
    far.now = NOW + MINUTE
    _, asked = far.asks()
    assert isinstance(asked, ChangeTicket)
    assert (asked.status, asked.label) == (Status.OPEN, "In progress")


def test_what_stands_there_already_is_not_asked_for(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(tags=("Needs Review",)))
    do(engine, by, far, Change(status=Status.SOLVED, add_tags=("done",), remove_tags=("needs-review",)))
    _, asked = far.asks()
    assert isinstance(asked, ChangeTicket)
    assert (asked.add_tags, asked.remove_tags) == (("done",), ("Needs Review",))
    far.tell(ticket(status=Status.SOLVED, label="resolved", at=NOW - 1, tags=("Done",)))
    job, asked = far.asks()
    assert asked is None
    assert job.kind == "change"


def test_a_reply_that_solves_is_not_undone_by_what_the_service_makes_of_the_reply(
    far: Far, engine: Engine, by: By
) -> None:
    far.tell(ticket(at=NOW - HOUR), said("m1"))
    reply = Outgoing("reply", "Here it is.", "li@example.org", after=Change(status=Status.SOLVED))
    with deed_session(engine) as session:
        write(session, By(by.agent_id, NOW, 0), far.ticket_id(), reply)
    far.now = NOW + MINUTE
    asked = far.does("m2")
    assert isinstance(asked, WriteMessage)
    far.tell(ticket(status=Status.PENDING, label="waiting", at=NOW + MINUTE + 2))
    assert far.stands("status") == (Status.SOLVED,)
    _, next_ = far.asks()
    assert isinstance(next_, ChangeTicket)
    assert next_.status is Status.SOLVED


def test_a_refused_change_that_is_dropped_goes_back_to_what_stands_there(far: Far, engine: Engine, by: By) -> None:
    far.tell(BO, ticket(assignee="7", tags=("a",)))
    wanted = Change(status=Status.SOLVED, assignee=by.agent_id, queue=None, add_tags=("b",), remove_tags=("a",))
    do(engine, by, far, wanted)
    far.connection.execute("UPDATE outbox SET state = 'failed'")
    with deed_session(engine) as session:
        drop(session, by, [outbox.listed(far.connection)[0].id])
    assert far.stands("status", "solved_at") == (Status.OPEN, None)
    assert far.one("SELECT a.handle, q.name FROM ticket t JOIN agent a ON a.id = t.assignee_id "
                   "JOIN queue q ON q.id = t.queue_id") == ("bo", "General")  # fmt: skip
    assert far.tags() == {"a"}
    assert waiting(far) == []
    with deed_session(engine) as session:
        undo(session, by)
    assert far.stands("status", "queue_id") == (Status.SOLVED, None)
    assert far.tags() == {"b"}


def test_of_a_dropped_change_only_what_still_stands_goes_back(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket())
    do(engine, by, far, Change(status=Status.PENDING, priority=Priority.HIGH))
    far.connection.execute("UPDATE outbox SET state = 'failed'")
    do(engine, by, far, Change(status=Status.SOLVED), at=NOW + MINUTE)
    with deed_session(engine) as session:
        drop(session, By(by.agent_id, NOW + MINUTE, 0), [outbox.listed(far.connection)[0].id])
    assert far.stands("status", "priority") == (Status.SOLVED, Priority.NORMAL)


def test_who_is_unknown_there_is_said(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket())
    do(engine, by, far, Change(assignee=by.agent_id))
    with pytest.raises(BadInput, match="isn't known at acme"):
        far.asks()
