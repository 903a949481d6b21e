"""Customers who never wrote: told page by page, with all that they are known by; later only those who changed."""

import re
from contextlib import closing

import pytest

from desk.lookup import IdentityKind
from desk.times import HOUR
from sync.conformance.kept import Kept
from sync.sources.walks import PEOPLE
from tests.servers.zendesk import Zendesk
from tests.sync.sources.zendesk.stage import connected


@pytest.fixture
def busy(fake: Zendesk) -> Zendesk:
    """An account with more customers than a page has, one deleted and one suspended."""
    account = fake.account
    account.organizations[7] = {"id": 7, "name": "Acme"}
    for number in range(103):
        account.add_user(f"Kim {number}", f"kim{number}@x.org", phone=f"+1415555{number:04}", organization_id=7)
    account.add_user("Gone", "gone@x.org", active=False)
    account.add_user("Spam", "spam@x.org", suspended=True)
    return fake


def lists(fake: Zendesk) -> list[str]:
    """Which lists of people were asked for."""
    return [request.path for request in fake.asked if request.path.endswith(("/users", "/search/export"))]


def test_all_are_told_with_all_that_they_are_known_by(busy: Zendesk) -> None:
    kept = Kept()
    with closing(connected(busy, people_every=HOUR)) as source:
        page = source.pull(PEOPLE, "")
        assert page.more
        kept.take(page)
        kept.take(last := source.pull(PEOPLE, page.cursor))
        assert not last.more
        asked = len(busy.asked)
        assert source.pull(PEOPLE, last.cursor).records == ()
        assert len(busy.asked) == asked, "they are asked for again within the hour"
    assert sorted(record.name for record in kept.customers.values()) == sorted(f"Kim {each}" for each in range(103))
    kim = next(record for record in kept.customers.values() if record.name == "Kim 7")
    assert {(each.kind, each.value) for each in kim.identities} == {
        (IdentityKind.EMAIL, "kim7@x.org"),
        (IdentityKind.PHONE, "+14155550007"),
    }
    assert kim.organization == "Acme"


def test_later_only_those_who_changed_are_told(busy: Zendesk) -> None:
    with busy.turn:
        for user in busy.account.users.values():
            user["updated_at"] = "2020-01-01T00:00:00Z"
    with closing(connected(busy)) as source:
        cursor = source.pull(PEOPLE, source.pull(PEOPLE, "").cursor).cursor
        with busy.turn:
            busy.account.now = busy.now()
            new = busy.account.add_user("Zoe", "zoe@x.org", phone="+14155559999")
            busy.account.add_user("Cy", "cy@x.org", "agent")
        kept = Kept()
        kept.take(source.pull(PEOPLE, cursor))
    (told,) = kept.customers.values()
    assert told.external_id == str(new)
    assert {each.value for each in told.identities} == {"zoe@x.org", "+14155559999"}
    assert lists(busy) == ["/api/v2/users", "/api/v2/users", "/api/v2/search/export"]
    assert busy.asked_for("/search/export")[0].params["query"].startswith("role:end-user ")


def test_a_place_that_is_known_no_more_begins_again(busy: Zendesk) -> None:
    with closing(connected(busy)) as source:
        cursor = source.pull(PEOPLE, "").cursor
        lost = re.sub('"place":"[^"]+"', '"place":"lost"', cursor)
        assert lost != cursor
        assert len(source.pull(PEOPLE, lost).records) == 100


def test_who_may_not_list_customers_is_told_of_nobody(busy: Zendesk) -> None:
    busy.faults.refuse(403, path="/users")
    with closing(connected(busy)) as source:
        page = source.pull(PEOPLE, "")
    assert (page.records, page.more) == ((), False)
