"""What no list of Zendesk's holds: archived tickets, by an agent's search or by an admin's export, and its own news."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from desk.statuses import Status
from sync.conformance.kept import Kept
from sync.errors import PartGone
from sync.sources.zendesk.source import OLD, PAST
from tests.servers.zendesk import Zendesk
from tests.servers.zendesk_rows import iso
from tests.sync.sources.zendesk.stage import ZendeskStage, connected

DAY = 86400.0
EXPORT = {"export": "yes"}


@pytest.fixture
def stage(fake: Zendesk) -> ZendeskStage:
    """The fake, with people in it."""
    return ZendeskStage(fake)


@pytest.fixture
def admin() -> Iterator[ZendeskStage]:
    """An account whose Ana is an admin."""
    with Zendesk("admin", most=100_000, leap=3.0) as fake:
        yield ZendeskStage(fake, EXPORT)


def archived(stage: ZendeskStage, count: int, days: float = 300) -> list[str]:
    """Tickets that were closed long ago and are in no list any more."""
    tickets = [stage.add_ticket(f"Old {number}", f"It was word{number}.") for number in range(count)]
    for number, ticket in enumerate(tickets):
        row, then = stage.account.tickets[int(ticket)], stage.fake.now() - (days + number) * DAY
        row |= {"status": "closed", "created_at": iso(then - DAY), "updated_at": iso(then)}
        stage.account.archived.add(int(ticket))
    return tickets


def test_the_archive_is_searched(stage: ZendeskStage) -> None:
    """No list has it; a search's cursor that is too old is gone on from where it was."""
    old, young = archived(stage, 60), stage.add_ticket("Pump", "It drips.")
    with closing(stage.source()) as source:
        kept = Kept()
        page = source.pull(OLD, "")
        kept.take(page)
        stage.fake.faults.refuse(400, path="/search/export")
        pages = 1
        while page.more:
            page, pages = source.pull(OLD, page.cursor), pages + 1
            kept.take(page)
        assert source.pull(OLD, page.cursor).records == ()
    # The first one, the refused one, and the rest from the first one's last ticket on.
    assert pages == 3
    assert kept.tickets.keys() == {*old} - {young}
    assert all(kept.tickets[ticket].final and kept.tickets[ticket].status is Status.CLOSED for ticket in old)


def test_days_limit_the_past(stage: ZendeskStage) -> None:
    """Neither older tickets nor older archives are read."""
    old = [*archived(stage, 1, days=200), *archived(stage, 1, days=500)]
    recent, quiet = stage.add_ticket("Pump", "It drips."), stage.add_ticket("Valve", "It leaks.")
    stage.account.tickets[int(quiet)]["updated_at"] = iso(stage.fake.now() - 400 * DAY)
    with closing(connected(stage.fake, {"days": "365"})) as source:
        kept = Kept()
        kept.read(source)
    assert kept.tickets.keys() == {recent, old[0]}


def test_an_admin_reads_the_export(admin: ZendeskStage) -> None:
    """Archives, what was deleted before, and a change that moved no time."""
    old = archived(admin, 3)
    ticket, deleted = admin.add_ticket("Pump", "It drips."), admin.add_ticket("Spam", "Buy!")
    admin.delete(deleted)
    admin.fake.leap = 200.0
    admin.fake.changed()
    with closing(admin.source()) as source:
        kept = Kept()
        kept.read(source)
        assert kept.tickets.keys() == {ticket, *old}
        assert deleted in kept.gone
        row = admin.account.tickets[int(ticket)]
        row |= {
            "tags": ["swept"],
            "updated_at": iso(admin.fake.now()),
            "generated_timestamp": int(admin.fake.now()) + 9,
        }
        admin.fake.changed()
        admin.account.tickets[int(ticket)] = row
        page = source.pull(OLD, kept.cursors["old"])
        kept.take(page)
    assert kept.tickets[ticket].tags == ("swept",)


def test_what_a_rule_changes_while_the_export_is_read_is_told(admin: ZendeskStage) -> None:
    """It moves no time that the list goes by, and the export's end is still to come."""
    # A page and one more, of which the list tells.
    for quiet in archived(admin, 101):
        admin.account.tickets[int(quiet)]["status"] = "solved"
    ticket = admin.add_ticket("Pump", "It drips.")
    with closing(admin.source()) as source:
        kept = Kept()
        first = source.pull(OLD, "")
        assert first.more
        admin.account.tickets[int(ticket)] |= {"tags": ["swept"], "generated_timestamp": int(admin.fake.now()) + 9}
        admin.fake.leap = 200.0
        admin.fake.changed()
        kept.take(source.pull(OLD, first.cursor))
    assert kept.tickets[ticket].tags == ("swept",)


def test_the_export_tells_nothing_that_the_list_tells(admin: ZendeskStage) -> None:
    """Every ticket costs requests: only what was archived is read from it."""
    old, young = archived(admin, 1), admin.add_ticket("Pump", "It drips.")
    admin.account.tickets[int(young)]["status"] = "closed"
    admin.fake.leap = 200.0
    admin.fake.changed()
    with closing(admin.source()) as source:
        kept = Kept()
        kept.take(source.pull(OLD, ""))
    assert [*kept.tickets] == old


def test_an_agent_is_told_that_the_export_is_for_admins(stage: ZendeskStage) -> None:
    """All else goes on."""
    ticket = stage.add_ticket("Pump", "It drips.")
    with closing(connected(stage.fake, EXPORT)) as source:
        health = source.check()
        assert [step.name for step in health.steps if not step.works] == ["export"]
        kept = Kept()
        kept.take(source.pull(PAST, ""))
        with pytest.raises(PartGone):
            source.pull(OLD, "")
    assert ticket in kept.tickets
