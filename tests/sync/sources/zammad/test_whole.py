"""A Zammad in the queue: its tickets come into the workspace, and what an agent does here stands there."""

from collections.abc import Iterator

import pytest

from desk.statuses import Status
from storage.connect import Connection, writing
from storage.deeds.checklist import tick
from storage.deeds.plan import Change
from storage.engine import deed_session, engine_over
from storage.search.query import Finder
from storage.workspace import Workspace
from sync.engine import Engine
from tests.servers.zammad import Zammad as Fake
from tests.sync.branch import Branch
from tests.sync.sources.zammad.stage import connected


class ZammadBranch(Branch):
    """A workspace with one Zammad."""

    def __init__(self, workspace: Workspace, connection: Connection, fake: Fake) -> None:
        super().__init__(workspace, connection)
        self.fake = fake
        with writing(connection):
            connection.execute("UPDATE source SET kind = 'zammad' WHERE id = ?", (self.source_id,))

    def begin(self) -> Engine:
        engine = super().begin()
        return Engine(engine.desk, lambda _row: connected(self.fake))


@pytest.fixture
def there(workspace: Workspace, connection: Connection) -> Iterator[ZammadBranch]:
    """A workspace beside a Zammad that has nothing in it."""
    with Fake() as fake:
        yield ZammadBranch(workspace, connection, fake)


def test_what_is_done_here_stands_there_once(there: ZammadBranch) -> None:
    """A reply, a note, fields, tags, a step of its checklist, and a merge; none of it comes back as something new."""
    case = there.fake.desk.opens(10, "Brake", "It squeaks.")
    other = there.fake.desk.opens(10, "Bike", "It is old.")
    checklist = there.fake.desk.lists(case.id, "Repair", "Look", "Mend")
    there.sync()
    there.writes("Brake", "Turn it.")
    there.writes("Brake", "He is angry.", "note")
    there.changes("Brake", Change(status=Status.HOLD, add_tags=("bike",)))
    with deed_session(engine_over(there.connection)) as session:
        key = there.rows("SELECT key FROM checklist WHERE ticket_id IS NOT NULL")[0][0]
        tick(session, there.by(), there.tickets()["Brake"], str(key), str(checklist.items[0].id))
    for _ in range(3):
        there.sync()
    assert there.states() == ["sent"] * 4
    assert [(one.type, one.body, one.to) for one in there.fake.desk.of(case.id)[1:]] == [
        ("email", "Turn it.", "ana@customer.example"),
        ("note", "He is angry.", ""),
    ]
    assert (case.state_id, case.tags) == (8, ["bike"])
    assert [item.checked for item in checklist.items] == [True, False]
    assert there.said("Brake") == [("inbound", "It squeaks."), ("outbound", "Turn it."), ("note", "He is angry.")]
    there.merges("Bike", "Brake")
    there.sync()
    there.sync()
    assert other.parent == case.id
    assert list(there.tickets()) == ["Brake"]


def test_a_reply_is_held_where_the_customer_wrote_meanwhile(there: ZammadBranch) -> None:
    """By a hair: between the news and the write."""
    case = there.fake.desk.opens(10, "Brake", "It squeaks.")
    there.sync()
    there.writes("Brake", "Turn it.")

    def somebody_writes() -> None:
        there.fake.desk.says(case.id, 10, "It is mended!")

    there.fake.faults.meanwhile(somebody_writes, path=f"by_ticket/{case.id}")
    there.sync()
    assert there.fake.desk.sent == []
    assert there.states() == ["held"]
    assert ("inbound", "It is mended!") in there.said("Brake")


def test_a_caller_who_never_wrote_is_found_by_their_number(there: ZammadBranch) -> None:
    """Entered there while we were connected already."""
    there.sync()
    there.fake.desk.knows("Kim Caller", "kim@x.org", mobile="+14155550177")
    there.sync()
    assert [hit.name for hit in Finder(there.connection).find("0177")] == ["Kim Caller"]
