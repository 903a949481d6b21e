"""A Freshdesk and a Help Scout, each worked by the sync: what is done here is done there, once, and stays so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest

from desk.statuses import Status
from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import change
from storage.deeds.plan import Change
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.search.query import Finder
from storage.workspace import Workspace
from sync.engine import Engine
from sync.kinds import Kind
from sync.protocol import Source
from sync.sources import freshdesk, helpscout
from sync.sources.freshdesk.source import Freshdesk
from sync.sources.helpscout.source import HelpScout
from sync.sources.words import as_html
from sync.worker import Desk
from tests.factories import make_agent
from tests.servers import freshdesk as freshdesk_service
from tests.servers import helpscout as helpscout_service
from tests.servers.faults import Faults
from tests.sync.sources.freshdesk import stage as freshdesk_stage
from tests.sync.sources.helpscout import stage as helpscout_stage


class Workplace:
    """A workspace with one helpdesk."""

    def __init__(self, workspace: Workspace, connection: Connection, kind: Kind, opened: Callable[[], Source]) -> None:
        self._workspace, self.connection, self._opened = workspace, connection, opened
        self.agent = make_agent(connection, name="Ana Agent", handle="ana")
        with writing(connection):
            sources.add(connection, kind.key, "desk", {"takes": " ".join(sorted(kind.takes))}, now())

    def sync(self) -> None:
        """A round that goes well."""
        told: list[object] = []
        desk = Desk(self._workspace, now, Random(1), told.append)
        _, well = Engine(desk, lambda row: self._opened()).once()
        assert well, told

    def replies(self, words: str) -> None:
        """Ana writes."""
        with deed_session(engine_over(self.connection)) as session:
            write(session, By(self.agent, now(), 0), self.ticket, Outgoing("reply", words))

    def sets(self, status: Status, *tags: str) -> None:
        """Ana changes the ticket."""
        with deed_session(engine_over(self.connection)) as session:
            change(session, By(self.agent, now(), 0), [self.ticket], Change(status=status, add_tags=tags))

    @property
    def ticket(self) -> int:
        """The one ticket."""
        ((number,),) = self.connection.execute("SELECT id FROM ticket").fetchall()
        assert isinstance(number, int)
        return number

    @property
    def status(self) -> Status:
        """Where it stands here."""
        ((status,),) = self.connection.execute("SELECT status FROM ticket").fetchall()
        return Status(status)

    def said(self) -> list[tuple[object, object]]:
        """What stands on it here."""
        found = self.connection.execute("SELECT kind, body FROM message ORDER BY at, id").fetchall()
        return [(kind, str(body).strip()) for kind, body in found]

    def outbox(self) -> list[tuple[object, object]]:
        """State and error of what was done here."""
        return [
            (state, error) for state, error in self.connection.execute("SELECT state, error FROM outbox ORDER BY id")
        ]


@dataclass
class There:
    """The service: its faults, what stands on its one ticket, and what its people do there."""

    work: Workplace
    faults: Faults
    bodies: Callable[[], list[str]]
    status: Callable[[], object]
    tags: Callable[[], list[object]]
    zoe_writes: Callable[[str], object]
    kim_is_entered: Callable[[str], object]


def at_freshdesk(workspace: Workspace, connection: Connection) -> Iterator[There]:
    """A Freshdesk with one ticket of Zoe's."""
    with freshdesk_service.Freshdesk() as fake:
        zoe = fake.desk.add_contact("Zoe", "zoe@customer.example")
        number = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", age=60)

        def tags() -> list[object]:
            found = fake.desk.tickets[number]["tags"]
            return list(found) if isinstance(found, list) else []

        yield There(
            Workplace(
                workspace,
                connection,
                freshdesk.KIND,
                lambda: Freshdesk(freshdesk_stage.account(fake.url), people_every=0),
            ),
            fake.faults,
            lambda: [str(row["body"]) for row in fake.desk.said[number]],
            lambda: fake.desk.tickets[number]["status"],
            tags,
            lambda words: fake.desk.say(number, zoe, f"<div>{words}</div>", incoming=True, private=False),
            lambda phone: fake.desk.add_contact("Kim Caller", None, mobile=phone),
        )


def at_help_scout(workspace: Workspace, connection: Connection) -> Iterator[There]:
    """A Help Scout with one conversation of Zoe's."""
    with helpscout_service.HelpScout() as fake:
        fake.desk.add_mailbox("Support")
        zoe = fake.desk.add_customer("Zoe", "Wells", "zoe@customer.example")
        number = fake.desk.add_conversation(zoe, "Pump", "<div>It drips.</div>", age=60)

        def tags() -> list[object]:
            found = fake.desk.conversations[number]["tags"]
            return [each["tag"] for each in found if isinstance(each, dict)] if isinstance(found, list) else []

        yield There(
            Workplace(
                workspace,
                connection,
                helpscout.KIND,
                lambda: HelpScout(helpscout_stage.account(fake.url), people_every=0),
            ),
            fake.faults,
            lambda: [str(row["body"]) for row in fake.desk.threads[number][1:] if row["type"] != "lineitem"],
            lambda: fake.desk.conversations[number]["status"],
            tags,
            lambda words: fake.desk.say(number, zoe, "customer", f"<div>{words}</div>"),
            lambda phone: fake.desk.add_customer("Kim", "Caller", phones=[{"value": phone, "type": "work"}]),
        )


PENDING = {"at_freshdesk": 7, "at_help_scout": "pending"}
SOLVED = {"at_freshdesk": 4, "at_help_scout": "closed"}


@pytest.fixture(params=[at_freshdesk, at_help_scout], ids=lambda begin: begin.__name__)
def there(request: pytest.FixtureRequest, workspace: Workspace, connection: Connection) -> Iterator[There]:
    """Each of the two, read once."""
    begin: Callable[[Workspace, Connection], Iterator[There]] = request.param
    for there in begin(workspace, connection):
        there.work.sync()
        yield there


def test_an_answer_that_also_solves_arrives_whole(there: There, request: pytest.FixtureRequest) -> None:
    """The reply, then the status and a tag; and what comes back by the next reading is the same, once."""
    there.work.replies("Turn the valve.")
    there.work.sets(Status.SOLVED, "leak")
    there.work.sync()
    assert there.bodies() == ["<div>Turn the valve.</div>"]
    assert there.status() == SOLVED[request.node.callspec.id]
    assert there.tags() == ["leak"]
    there.work.sync()
    assert [said for said in there.work.said() if said[0] != "event"] == [
        ("inbound", "It drips."), ("outbound", "Turn the valve."),
    ]  # fmt: skip
    assert there.work.status is Status.SOLVED
    assert {state for state, _ in there.work.outbox()} == {"sent"}, there.work.outbox()


@pytest.mark.parametrize(
    "words", ["Turn the valve.", "It said:\n> It drips.\n>\n> Much.\n\n1. Turn <it>\n2. www.example.com"]
)
def test_a_reply_whose_answer_is_lost_stands_there_once(there: There, words: str) -> None:
    """It is found by its words, and not written again."""
    there.faults.cut(after=True, method="POST", path="/reply")
    there.work.replies(words)
    there.work.sync()
    there.work.sync()
    assert there.bodies() == [as_html(words)]
    assert [state for state, _ in there.work.outbox()] == ["sent"]
    assert [kind for kind, _ in there.work.said()].count("outbound") == 1


def test_a_reply_that_crosses_with_the_customers_word_is_held(there: There) -> None:
    """The agent decides."""
    there.work.replies("Turn the valve.")
    there.zoe_writes("It is the pipe.")
    there.work.sync()
    assert "<div>Turn the valve.</div>" not in there.bodies()
    assert [state for state, _ in there.work.outbox()] == ["held"]


def test_what_waits_for_others_stays_so_here(there: There, request: pytest.FixtureRequest) -> None:
    """Where the service knows no such thing its own word is kept with ours, and doesn't come back as another."""
    there.work.sets(Status.HOLD)
    there.work.sync()
    assert there.status() == PENDING[request.node.callspec.id]
    statuses = []
    for words in ("", "And now?"):
        if words:
            there.zoe_writes(words)
        there.work.sync()
        statuses.append(there.work.status)
    assert statuses == [Status.HOLD, Status.OPEN]


def test_a_caller_who_never_wrote_is_found_by_their_number(there: There) -> None:
    """Entered there while we were connected already."""
    there.kim_is_entered("+14155550177")
    there.work.sync()
    assert [hit.name for hit in Finder(there.work.connection).find("0177")] == ["Kim Caller"]
