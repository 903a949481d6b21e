"""The traffic of a real Freshdesk, recorded in 2021, comes in with the counts that it holds."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace
from sync.conformance.kept import Kept
from sync.engine import Engine
from sync.sources.freshdesk import KIND
from sync.sources.freshdesk.source import Freshdesk
from sync.worker import Desk
from tests.servers.freshdesk_recorded import Recorded, Row
from tests.shared import shared_data
from tests.sync.sources.freshdesk.stage import account

pytestmark = pytest.mark.shared_data


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    """The account, as it was."""
    with Recorded(shared_data("recorded/freshdesk.json")) as recorded:
        yield recorded


def conversations(recorded: Recorded) -> list[Row]:
    """All that was said on all tickets after their descriptions."""
    return [said for path in recorded.rows if path.endswith("/conversations") for said in recorded.listed(path[8:])]


def files(recorded: Recorded) -> int:
    """How many files are attached to anything."""
    tickets = [recorded.rows[f"/api/v2/tickets/{row['id']}"] for row in recorded.listed("tickets")]
    holders = [row for row in (*tickets, *conversations(recorded)) if isinstance(row, dict)]
    return sum(len(row["attachments"]) for row in holders if isinstance(row["attachments"], list))


def requesters(recorded: Recorded) -> set[object]:
    """Who asked."""
    return {row["requester_id"] for row in recorded.listed("tickets")}


def read(recorded: Recorded) -> Kept:
    """All that is told."""
    kept = Kept()
    with closing(Freshdesk(account(recorded.url))) as source:
        kept.read(source)
    return kept


def test_the_recording_is_the_one_that_is_meant(recorded: Recorded) -> None:
    """13 tickets of 9 people, 12 words on them, 3 files, 2 agents."""
    counts = [len(recorded.listed("tickets")), len(requesters(recorded)), len(conversations(recorded))]
    assert [*counts, files(recorded), len(recorded.listed("agents"))] == [13, 9, 12, 3, 2]


def test_every_thing_is_told_once(recorded: Recorded) -> None:
    """Each ticket with its description and all that was said, each file, each agent; and nothing can't be read."""
    kept = read(recorded)
    assert {number: (ticket.subject, ticket.customer and ticket.customer.external_id) for number, ticket in
            kept.tickets.items()} == {
        str(row["id"]): (row["subject"], str(row["requester_id"])) for row in recorded.listed("tickets")
    }  # fmt: skip
    firsts = {f"ticket-{row['id']}" for row in recorded.listed("tickets")}
    assert {number for _, number in kept.messages} == firsts | {str(row["id"]) for row in conversations(recorded)}
    assert sum(len(message.files) for message in kept.messages.values()) == files(recorded)
    assert set(kept.agents) == {str(row["id"]) for row in recorded.listed("agents")}
    assert kept.passed == []
    assert kept.gone == {}


def test_every_customer_is_told_whether_they_asked_or_not(recorded: Recorded) -> None:
    """17, nine of whom never had a ticket; and the one agent who asked for something is none of them."""
    kept = read(recorded)
    contacts = {row["id"] for row in recorded.listed("contacts")}
    assert (len(contacts), len(contacts - requesters(recorded))) == (17, 9)
    assert set(kept.customers) == {str(number) for number in contacts}
    assert not kept.customers.keys() & kept.agents.keys()


def test_what_is_said_is_whose_it_is(recorded: Recorded) -> None:
    """Six answers, three notes, two surveys without a word, two calls; one customer's word was entered by an agent."""
    kept = read(recorded)
    kinds = [message.kind for message in kept.messages.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "inbound": 12, "outbound": 6, "note": 3, "event": 2, "call": 2,
    }  # fmt: skip


def test_all_of_it_stands_in_a_workspace(workspace: Workspace, connection: Connection, recorded: Recorded) -> None:
    """What a round of the sync brings in, counted in the database."""
    with writing(connection):
        sources.add(
            connection, "freshdesk", "desk", {"url": recorded.url, "takes": " ".join(sorted(KIND.takes))}, now()
        )
    desk = Desk(workspace, now, Random(1), lambda happening: None)
    tally, well = Engine(desk, lambda row: Freshdesk(account(recorded.url))).once()
    assert well, tally

    def count(table: str, where: str = "TRUE") -> object:
        return connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    people = requesters(recorded) | {row["id"] for row in recorded.listed("contacts")}
    words = len(recorded.listed("tickets")) + len(conversations(recorded))
    assert (count("ticket"), count("message"), count("attachment")) == (13, words, files(recorded))
    assert (count("customer"), words) == (len(people), 25) == (18, 25)
    assert not Path(workspace.folder / "attachments").exists() or not any((workspace.folder / "attachments").iterdir())
