"""The traffic of a real Zendesk comes in with the counts that the recording holds, on an agent's way and an admin's."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from desk.lookup import IdentityKind
from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace
from sync.conformance.kept import Kept
from sync.engine import Engine
from sync.sources.zendesk import KIND
from sync.worker import Desk
from tests.servers.zendesk import Zendesk
from tests.servers.zendesk_recorded import recorded
from tests.servers.zendesk_rows import Row, number, rows
from tests.shared import shared_data
from tests.sync.sources.zendesk.stage import connected

pytestmark = pytest.mark.shared_data

EXPORT = {"export": "yes"}


@pytest.fixture(scope="module", params=["agent", "admin"])
def fake(request: pytest.FixtureRequest) -> Iterator[Zendesk]:
    """The account, as it was, read by somebody of that role."""
    with recorded(shared_data("recorded/zendesk.json"), request.param) as fake:
        yield fake


def comments(fake: Zendesk) -> list[Row]:
    """All that was said."""
    return [row for said in fake.account.comments.values() for row in said]


def settings(fake: Zendesk) -> dict[str, str]:
    """Admins use the export."""
    return EXPORT if fake.account.users[fake.agent]["role"] == "admin" else {}


@pytest.fixture(scope="module")
def kept(fake: Zendesk) -> Kept:
    """All that is told; read once, since nothing here changes it."""
    kept = Kept()
    with closing(connected(fake, settings(fake))) as source:
        kept.read(source)
    return kept


def people(fake: Zendesk) -> set[object]:
    """Those who asked, and the customers who had a word in it."""
    asked = {row["requester_id"] for row in fake.account.tickets.values()}
    authors = {number(row, "author_id") for row in comments(fake)}
    return asked | {author for author in authors if fake.account.is_customer(author)}


def test_the_recording_is_the_one_that_is_meant(fake: Zendesk) -> None:
    """143 tickets and a deleted one, 151 comments with 3 files, 139 customers and 3 of the staff."""
    held = fake.account
    staff = [user for user in held.users.values() if user["role"] in ("agent", "admin") and user["id"] != fake.agent]
    files = [file for row in comments(fake) for file in rows(row["attachments"])]
    counts = [len(held.tickets), len(held.deleted), len(comments(fake)), len(files), len(held.users) - 1, len(staff)]
    assert counts == [143, 1, 151, 3, 142, 3]


def test_every_thing_is_told_once(fake: Zendesk, kept: Kept) -> None:
    """Each ticket, each comment, each file, each of the staff; and nothing can't be read."""
    assert {number: (ticket.subject, ticket.customer and ticket.customer.external_id) for number, ticket in
            kept.tickets.items()} == {
        str(row["id"]): (row["subject"], str(row["requester_id"])) for row in fake.account.tickets.values()
    }  # fmt: skip
    assert {number for _, number in kept.messages} == {str(row["id"]) for row in comments(fake)}
    assert sum(len(message.files) for message in kept.messages.values()) == 3
    assert len(kept.agents) == 4
    assert kept.passed == []


def test_what_was_deleted_long_ago_is_told_by_the_export(fake: Zendesk, kept: Kept) -> None:
    """An agent is told only of what is deleted from then on."""
    assert set(kept.gone) == ({"73"} if settings(fake) else set())


def test_what_is_told_is_what_was_recorded(fake: Zendesk, kept: Kept) -> None:
    """Channels, states, who spoke, tags, and custom fields by the names that people know."""
    tickets, messages = kept.tickets.values(), kept.messages.values()
    assert Counter(ticket.channel for ticket in tickets) == {"x": 137, "facebook": 2, "web": 3, "email": 1}
    assert Counter(ticket.label for ticket in tickets) == {"New": 139, "Pending": 3, "Closed": 1}
    private = sum(not row["public"] for row in comments(fake))
    assert Counter(message.kind for message in messages) == {"inbound": 145, "outbound": 2, "note": private}
    handles = [each for ticket in tickets if ticket.customer for each in ticket.customer.identities]
    assert Counter(each.kind for each in handles) == {
        IdentityKind.HANDLE: 137,
        IdentityKind.EMAIL: 4,
        IdentityKind.PHONE: 2,
    }
    second = kept.tickets["2"]
    assert second.tags == ("anothertag", "import", "key2", "newtag", "otrs", "znuny")
    assert (second.fields["Custom DropDown"], second.fields["Test Checkbox"], second.queue) == (
        "Value 2", "yes", "Support",
    )  # fmt: skip


def test_every_customer_is_told_whether_they_wrote_or_not(fake: Zendesk, kept: Kept) -> None:
    """139 in two pages of the list, four of whom never had a word in it."""
    known = {str(number) for number in fake.account.users if fake.account.is_customer(number)}
    assert set(kept.customers) == known
    assert len(known - {str(number) for number in people(fake)}) == 4


def test_all_of_it_stands_in_a_workspace(workspace: Workspace, connection: Connection, fake: Zendesk) -> None:
    """What a round of the sync brings in, counted in the database."""
    with writing(connection):
        takes = " ".join(sorted(KIND.takes))
        sources.add(connection, "zendesk", "desk", {"url": fake.url, "takes": takes, **settings(fake)}, now())
    desk = Desk(workspace, now, Random(1), lambda happening: None)
    tally, well = Engine(desk, lambda row: connected(fake, settings(fake))).once()
    assert well, tally

    def count(table: str, where: str = "TRUE") -> object:
        return connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    assert (count("ticket"), count("message"), count("attachment")) == (143, 151, 3)
    known = {number for number in fake.account.users if fake.account.is_customer(number)}
    assert count("customer") == len(people(fake) | known) == 140
