"""Marks and what waits: a ticket follows what its mails say elsewhere, and nothing else of it is touched."""

import json
from dataclasses import dataclass

import pytest

from desk.claims import mark_of
from desk.statuses import Status
from storage import claims, mailbox, sources
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.undo import undo
from storage.elsewhere import gave_way
from storage.engine import deed_session, engine_over
from storage.mailbox import Mailbox
from storage.tickets import events
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_message, make_ticket


@dataclass
class Shared:
    """A ticket with three mails on a shared mailbox, the oldest first; `at` counts up with what is read."""

    connection: Connection
    box: Mailbox
    ticket: int
    ana: int
    cleo: int
    at: int = NOW

    def say(self, uid: int, *flags: str) -> None:
        """A mail has these flags now."""
        self.at += 10
        with writing(self.connection):
            mailbox.mark(self.connection, self.box, ("INBOX", 7, uid), flags, self.at)

    def give(self, agent: int | None, status: int | None = None) -> None:
        """Ana gives the ticket to somebody."""
        self.at += 10
        with deed_session(engine_over(self.connection)) as session:
            change(session, By(self.ana, self.at), [self.ticket], Change(assignee=agent, status=status))

    def leave(self) -> None:
        """Everything that waits has left."""
        self.connection.execute("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'")

    def one(self, statement: str) -> object:
        """What a statement finds."""
        return self.connection.execute(statement).fetchone()[0]

    def who(self) -> object:
        """The handle of who has it."""
        return self.one("SELECT a.handle FROM ticket t LEFT JOIN agent a ON a.id = t.assignee_id")

    def next(self) -> claims.Claim | None:
        """What the newest row of the outbox wants to be said."""
        row = int(str(self.one("SELECT max(id) FROM outbox")))
        return claims.next_claim(self.connection, self.box.row.id, self.ticket, row)

    def told(self) -> list[str]:
        """The ticket's history."""
        return [event.body for event in events(self.connection, self.ticket)]


@pytest.fixture
def shared(workspace: Workspace, connection: Connection) -> Shared:
    with writing(connection):
        source_id = sources.add(connection, "mailbox", "support", {"address": "support@example.test"}, NOW)
    ticket = make_ticket(connection, source_id=source_id)
    for uid in (1, 2, 3):
        message = make_message(connection, ticket, at=NOW + uid, kind="inbound" if uid < 3 else "outbound")
        connection.execute("INSERT INTO mail_copy VALUES(?, 'INBOX', 7, ?, ?, '')", (source_id, uid, message))
    box = Mailbox(workspace, sources.source_named(connection, "support"), frozenset(), ())
    ana = make_agent(connection, handle="ana", name="Ana Ruiz")
    return Shared(connection, box, ticket, ana, make_agent(connection, handle="cleo", name="Cleo"))


def test_a_taking_is_said_on_the_customer_s_newest_mail(shared: Shared) -> None:
    shared.give(shared.ana)
    assert shared.next() == claims.Claim(("INBOX", 7, 2), "", "heard-claim-ana")


def test_where_it_is_said_already_nothing_is_left_to_say(shared: Shared) -> None:
    shared.say(1, "\\Seen", "heard-claim-ana")
    shared.give(shared.cleo)
    wanted = shared.next()
    assert wanted == claims.Claim(("INBOX", 7, 1), "heard-claim-ana", "heard-claim-cleo"), "it is said in its place"
    claims.keep(shared.connection, shared.box.row.id, wanted)
    assert shared.next() is None
    assert shared.one("SELECT flags FROM mail_copy WHERE uid = 1") == "\\Seen heard-claim-cleo"


def test_of_what_a_mailbox_knows_nothing_nothing_is_said(shared: Shared) -> None:
    with deed_session(engine_over(shared.connection)) as session:
        change(session, By(shared.ana, NOW), [shared.ticket], Change(status=Status.PENDING))
    assert shared.next() is None


def test_a_mark_on_a_newer_mail_counts_for_nothing(shared: Shared) -> None:
    shared.say(1, "heard-claim-ana")
    shared.give(shared.cleo)
    shared.leave()
    shared.say(2, "heard-claim-ben")
    assert shared.who() == "cleo"
    shared.say(1, "heard-claim-ana", "\\Seen")
    assert shared.who() == "cleo"


@pytest.mark.parametrize("state", ["undoable", "waiting", "failed", "held"])
def test_whatever_has_not_left_gives_way_to_who_was_first(shared: Shared, state: str) -> None:
    shared.give(shared.cleo, status=Status.PENDING)
    shared.connection.execute("UPDATE outbox SET state = ?", (state,))
    shared.say(2, "heard-claim-ben")
    assert shared.who() == "ben"
    assert shared.one("SELECT status FROM ticket") == Status.PENDING
    assert json.loads(str(shared.one("SELECT payload FROM outbox"))) == {"status": [0, 1]}
    assert shared.one("SELECT state FROM outbox") == state
    assert shared.told()[2:] == [
        "Ben has it now, says the mailbox support@example.test",
        "Ana Ruiz changed the assignee too, and came second",
    ]


def test_what_has_left_gives_way_to_a_later_taking_without_a_word(shared: Shared) -> None:
    shared.give(shared.cleo)
    shared.leave()
    shared.say(2, "heard-claim-ben")
    assert shared.who() == "ben"
    assert gave_way(shared.connection, shared.ana, 0) is None


def test_the_agent_whose_change_gave_way_learns_who_has_it(shared: Shared) -> None:
    shared.give(shared.cleo)
    shared.say(2, "heard-claim-ben")
    found = gave_way(shared.connection, shared.ana, shared.at - 1)
    assert found is not None
    assert (found.at, found.assignee) == (shared.at, "Ben")
    assert gave_way(shared.connection, shared.ana, shared.at) is None, "it is told once"
    assert gave_way(shared.connection, shared.cleo, 0) is None, "it was Ana's deed"


def test_two_takings_that_wait_both_give_way(shared: Shared) -> None:
    shared.give(shared.ana)
    shared.give(None)
    shared.give(shared.cleo)
    shared.say(2, "heard-claim-ben")
    assert shared.who() == "ben"
    states = shared.connection.execute("SELECT DISTINCT state, payload FROM outbox").fetchall()
    assert states == [("dropped", "{}")]


def test_a_taking_that_gave_way_is_not_undone_over_the_other_s_head(shared: Shared) -> None:
    shared.give(shared.ana)
    shared.say(2, "heard-claim-ben")
    with (
        pytest.raises(Exception, match="was changed since by Ben"),
        deed_session(engine_over(shared.connection)) as session,
    ):
        undo(session, By(shared.ana, shared.at + 1))
    assert shared.who() == "ben"


def test_news_of_who_has_it_leave_the_ticket_s_time_alone(shared: Shared) -> None:
    """A mail that the customer wrote before the news came in must still open the ticket again."""
    before = shared.one("SELECT updated_at FROM ticket")
    shared.say(2, "heard-claim-ben")
    assert shared.one("SELECT updated_at FROM ticket") == before


@pytest.mark.parametrize("handle", ["ö" * 30, "=20", "[/x]", "a\u202eb"])
def test_any_mark_names_one_agent_and_always_the_same(shared: Shared, handle: str) -> None:
    mark = mark_of(handle)
    shared.say(2, mark)
    shared.say(2)
    shared.say(2, mark.upper())
    agents = shared.connection.execute("SELECT handle, name FROM agent WHERE handle NOT IN ('ana','cleo')").fetchall()
    assert len(agents) == 1
    assert "\u202e" not in "".join(agents[0])
    assert shared.who() == agents[0][0]
