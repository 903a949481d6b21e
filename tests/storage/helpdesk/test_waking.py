"""What a customer says at a helpdesk brings the ticket back to the queue, and what is gone there leaves it."""

import pytest
from sqlalchemy import Engine

from desk.statuses import Status
from desk.times import DAY, HOUR, MINUTE
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.engine import deed_session
from storage.helpdesk.records import ChangeTicket, MergeTicket, TicketGone
from tests.factories import NOW, make_ticket
from tests.storage.helpdesk.far import Far, said, ticket


def do(engine: Engine, by: By, far: Far, wanted: Change, *, at: int = NOW) -> None:
    """Change the ticket here."""
    with deed_session(engine) as session:
        change(session, By(by.agent_id, at, 0), [far.ticket_id()], wanted)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SOLVED])
def test_a_ticket_that_nobody_there_opened_again_is_open_here(far: Far, status: Status) -> None:
    far.tell(ticket(status=status, label="waits"), said("m1"), said("m0", "Sent.", kind="outbound", at=NOW - MINUTE))
    far.tell(ticket(status=status, label="waits", at=NOW), said("m2", "Hello?", at=NOW))
    assert far.stands("status", "unread", "solved_at", "due_at IS NOT NULL") == (Status.OPEN, 1, None, 1)
    far.tell(ticket(status=status, label="waits", at=NOW + MINUTE, queue="Parcels"))
    assert far.stands("status") == (Status.OPEN,)


def test_where_somebody_there_answered_since_it_stands_as_there(far: Far) -> None:
    far.tell(ticket(status=Status.PENDING, label="waits"), said("m1"))
    far.tell(ticket(status=Status.PENDING, label="waits", at=NOW + MINUTE), said("m2", "Hello?", at=NOW))
    assert far.stands("status") == (Status.PENDING,)


def test_what_waits_for_somebody_else_goes_on_waiting_unread(far: Far) -> None:
    far.tell(ticket(status=Status.HOLD, label="stalled"), said("m1"))
    far.connection.execute("UPDATE ticket SET unread = 0")
    far.tell(ticket(status=Status.HOLD, label="stalled", at=NOW), said("m2", "Hello?", at=NOW))
    assert far.stands("status", "unread") == (Status.HOLD, 1)


def test_so_does_what_waits_by_a_word_that_means_something_else_there(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    do(engine, by, far, Change(status=Status.HOLD))
    far.does(found=ticket(status=Status.PENDING, label="Waiting", at=NOW))
    far.tell(said("m2", "Hello?", at=NOW + MINUTE))
    assert far.stands("status", "unread") == (Status.HOLD, 1)


def test_a_word_means_again_what_it_means_there_once_the_customer_wrote(far: Far, engine: Engine, by: By) -> None:
    """Pending given to a service that only knows open and closed, then open again, then pending anew."""
    far.tell(ticket(), said("m1"))
    do(engine, by, far, Change(status=Status.PENDING))
    far.does(found=ticket(at=NOW))
    assert far.stands("status") == (Status.PENDING,)
    far.tell(said("m2", "Hello?", at=NOW + MINUTE))
    assert far.stands("status") == (Status.OPEN,)
    do(engine, by, far, Change(status=Status.PENDING), at=NOW + 2 * MINUTE)
    far.now = NOW + 2 * MINUTE
    asked = far.asks()[1]
    assert isinstance(asked, ChangeTicket)
    assert asked.status is Status.PENDING


def test_what_is_from_before_the_helpdesk_was_connected_opens_nothing(far: Far) -> None:
    far.tell(ticket(status=Status.PENDING, label="waits", at=NOW - 5 * HOUR), said("m1", at=NOW - 5 * HOUR))
    far.tell(said("m2", "Hello?", at=NOW - 3 * HOUR))
    assert far.stands("status", "message_count") == (Status.PENDING, 2)


def test_a_sleeping_ticket_wakes(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket(), said("m1"))
    do(engine, by, far, Change(snoozed_until=NOW + DAY))
    far.tell(said("m2", "Out of office", at=NOW + 1, automatic="an automatic answer"))
    assert far.stands("snoozed_until") == (NOW + DAY,)
    far.tell(said("m3", "Hello?", at=NOW + MINUTE))
    assert far.stands("snoozed_until", "unread") == (None, 1)


@pytest.mark.parametrize("at", [NOW - MINUTE, NOW + MINUTE])
def test_who_solved_it_without_having_read_that_has_not_solved_it(far: Far, engine: Engine, by: By, at: int) -> None:
    far.tell(ticket(), said("m1"))
    do(engine, by, far, Change(status=Status.SOLVED))
    far.now = NOW + 2 * MINUTE
    far.tell(ticket(at=at, version="2"), said("m2", "Something else:", at=at))
    assert far.stands("status", "unread") == (Status.OPEN, 1)
    assert far.job() is None
    assert far.all("SELECT data ->> '$.lost' FROM event WHERE kind = 'overridden'") == [("status",)]


def test_what_was_deleted_there_is_closed_and_comes_back_with_it(far: Far) -> None:
    far.tell(ticket(), said("m1"))
    far.tell(TicketGone("1"), TicketGone("99"))
    assert far.stands("status", "unread") == (Status.CLOSED, 0)
    assert far.all("SELECT gone_at FROM remote_ticket") == [(NOW,)]
    far.tell(ticket())
    assert far.stands("status") == (Status.OPEN,)
    assert far.all("SELECT gone_at FROM remote_ticket") == [(None,)]


def test_what_came_back_on_the_same_page_is_there(far: Far) -> None:
    far.tell(ticket(), said("m1"))
    far.tell(TicketGone("1"), ticket(at=NOW))
    assert far.stands("status") == (Status.OPEN,)


def test_a_merge_with_a_ticket_of_elsewhere_is_this_workspaces_own(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket("1"))
    with deed_session(engine) as session:
        merge(session, By(by.agent_id, NOW, 0), [far.ticket_id("1")], make_ticket(far.connection))
    assert far.job() is None


def test_what_was_merged_there_is_merged_here(far: Far) -> None:
    far.tell(ticket("1"), said("m1"), ticket("2"), said("m2", of="2"))
    gone = TicketGone("1", merged_into="2")
    far.tell(gone, gone)
    into = far.ticket_id("2")
    assert far.stands("status", "merged_into_id") == (Status.CLOSED, into)
    assert far.all("SELECT ticket_id FROM message") == [(into,), (into,)]
    assert far.stands("message_count", ticket="2") == (2,)
    assert far.tell(said("m3", of="1", at=NOW)) == 1
    assert far.stands("message_count", ticket="2") == (3,)
    assert far.all("SELECT kind FROM event ORDER BY id") == [("merged",), ("merged_in",)]


def test_merged_into_one_that_is_not_here_it_is_gone(far: Far) -> None:
    far.tell(ticket(), said("m1"), TicketGone("1", merged_into="77"))
    assert far.stands("status", "merged_into_id") == (Status.CLOSED, None)


def test_what_was_merged_into_one_that_comes_later_is_merged_then(far: Far) -> None:
    """News come before the past: the ticket that the other one became may be told long after the merge."""
    far.tell(ticket(), said("m1"), TicketGone("1", merged_into="77"))
    assert far.tell(ticket("77"), said("m2", "And where is it?", of="77")) == 2
    assert far.stands("merged_into_id") == (far.ticket_id("77"),)
    assert far.stands("message_count", ticket="77") == (2,)
    assert far.tell(ticket("77", at=NOW), TicketGone("1", merged_into="77")) == 0
    assert far.stands("message_count", ticket="77") == (2,)


def test_what_came_back_before_that_stays(far: Far) -> None:
    far.tell(ticket(), said("m1"), TicketGone("1", merged_into="77"))
    far.tell(ticket(at=NOW))
    far.tell(ticket("77"))
    assert far.stands("status", "merged_into_id") == (Status.OPEN, None)


def test_a_merge_of_ours_is_asked_for_and_comes_back_as_what_it_is(far: Far, engine: Engine, by: By) -> None:
    far.tell(ticket("1"), ticket("2"))
    with deed_session(engine) as session:
        merge(session, By(by.agent_id, NOW, 0), [far.ticket_id("1")], far.ticket_id("2"))
    asked = far.does()
    assert isinstance(asked, MergeTicket)
    assert (asked.ticket, asked.into) == ("1", "2")
    events = far.all("SELECT kind FROM event")
    far.tell(TicketGone("1", merged_into="2"))
    assert far.all("SELECT kind FROM event") == events
