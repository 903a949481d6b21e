"""A workspace beside the fake Zendesk: what agents do here is done there once, and what comes back is known again."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from typing_extensions import override

from desk.statuses import Status
from storage import sources
from storage.connect import Connection, writing
from storage.deeds.plan import Change
from storage.search.query import Finder
from storage.workspace import Workspace
from sync.engine import Engine
from sync.sources.zendesk import KIND
from sync.worker import Desk
from tests.factories import make_agent
from tests.servers.zendesk import Zendesk
from tests.sync.branch import NAME, Branch
from tests.sync.sources.zendesk.stage import ZendeskStage, connected


@dataclass
class Front(Branch):
    """A workspace that works a Zendesk."""

    stage: ZendeskStage = field(kw_only=True)

    @override
    def __post_init__(self) -> None:
        self.agent = make_agent(self.connection)
        told = {"url": self.stage.fake.url, "takes": " ".join(sorted(KIND.takes))}
        with writing(self.connection):
            self.source_id = sources.add(self.connection, "zendesk", NAME, told, self.clock())

    @override
    def begin(self) -> Engine:
        """A sync that has not begun."""
        desk = Desk(self.workspace, self.clock, Random(1), self.told.append)
        return Engine(desk, lambda _row: connected(self.stage.fake))

    def there(self, ticket: str) -> list[str]:
        """What stands on a ticket there."""
        return [said.body for said in self.stage.said(ticket)]


@pytest.fixture
def front(workspace: Workspace, connection: Connection, fake: Zendesk) -> Front:
    """One that knows of one ticket."""
    front = Front(workspace, connection, stage=ZendeskStage(fake))
    front.stage.add_ticket("Pump", "It drips.")
    front.sync()
    return front


def only(front: Front) -> str:
    """The ticket's name there."""
    return str(next(iter(front.stage.account.tickets)))


@pytest.mark.parametrize("fault", ["none", "cut", "fail"])
def test_a_reply_is_there_once_whatever_becomes_of_its_answer(front: Front, fault: str) -> None:
    front.writes("Pump", "Turn it off.")
    faults = front.stage.fake.faults
    if fault == "cut":
        faults.cut(after=True, method="PUT")
    elif fault == "fail":
        faults.fail_after(502, method="PUT")
    front.sync()
    front.sync()
    assert front.states() == ["sent"]
    assert faults.left == 0
    assert front.there(only(front))[1:] == ["<div>Turn it off.</div>"]
    assert front.said("Pump") == [("inbound", "It drips."), ("outbound", "Turn it off.")]


def test_a_reply_is_held_where_the_customer_was_first_by_a_hair(front: Front) -> None:
    ticket = only(front)
    front.writes("Pump", "Turn it off.")
    front.stage.fake.faults.meanwhile(lambda: front.stage.customer_writes(ticket, "It burns!"), method="PUT")
    assert front.sync().held == 1
    assert front.states() == ["held"]
    assert ("inbound", "It burns!") in front.said("Pump")
    assert len(front.there(ticket)) == 2


def test_all_that_is_done_to_a_ticket_is_done_there(front: Front) -> None:
    front.changes("Pump", Change(status=Status.SOLVED, add_tags=("refund",)))
    front.writes("Pump", "He is a friend of the house.", "note")
    front.sync()
    front.sync()
    row = front.stage.account.tickets[int(only(front))]
    assert front.states() == ["sent", "sent"]
    assert (row["status"], row["tags"], row["assignee_id"]) == ("solved", ["refund"], front.stage.fake.agent)
    assert not front.stage.said(only(front))[-1].public
    assert front.ticket("Pump", "status") == (Status.SOLVED,)


def test_what_is_written_to_a_closed_ticket_stands_on_its_follow_up(front: Front) -> None:
    ticket = only(front)
    with front.stage.turn():
        front.stage.account.tickets[int(ticket)]["status"] = "closed"
        front.stage.account.touch(int(ticket))
    front.sync()
    front.writes("Pump", "Once more: turn it off.")
    front.sync()
    front.sync()
    follow_up = str(max(front.stage.account.tickets))
    assert follow_up != ticket
    assert front.there(follow_up) == ["<div>Once more: turn it off.</div>"]
    assert front.there(ticket) == ["<p>It drips.</p>"]
    said = front.rows("SELECT t.external_id, m.body FROM message m JOIN ticket t ON t.id = m.ticket_id ORDER BY m.id")
    assert said == [(ticket, "It drips."), (follow_up, "Once more: turn it off.")]


def test_a_file_comes_when_it_is_asked_for(front: Front, tmp_path: Path) -> None:
    front.stage.add_file(only(front), "drip.png", b"\x89PNG" * 1000)
    front.sync()
    assert not front.stage.fake.files.asked
    front.asks_for_file("drip.png")
    front.sync()
    assert front.rows("SELECT size, digest IS NOT NULL FROM attachment") == [(4000, 1)]


def test_a_caller_who_never_wrote_is_found_by_their_number(front: Front) -> None:
    with front.stage.turn():
        front.stage.account.add_user("Kim Caller", "kim@x.org", phone="+14155550177")
    front.sync()
    assert [hit.name for hit in Finder(front.connection).find("0177")] == ["Kim Caller"]
