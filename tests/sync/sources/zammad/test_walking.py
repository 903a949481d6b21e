"""Customers who never wrote: all by the list, later those who changed; and nobody who works there among them."""

from contextlib import closing

from desk.lookup import IdentityKind
from sync.conformance.kept import Kept
from sync.sources.walks import PEOPLE
from sync.sources.zammad.source import Zammad
from tests.servers.zammad import Zammad as Fake
from tests.sync.sources.zammad.stage import connected


def walked(source: Zammad, cursor: str = "") -> tuple[Kept, str]:
    """A whole walk, and where it ended."""
    kept, more = Kept(), True
    while more:
        page = source.pull(PEOPLE, cursor)
        kept.take(page)
        cursor, more = page.cursor, page.more
    return kept, cursor


def test_all_are_told_and_later_only_those_who_changed() -> None:
    with Fake() as fake:
        for number in range(203):
            fake.desk.knows(f"Kim {number}", f"kim{number}@x.org", mobile=f"+1415555{number:04}").updated_at = 1.0
        with closing(connected(fake)) as source:
            kept, cursor = walked(source)
            names = {record.name for record in kept.customers.values()}
            assert names == {"Ana Ruiz", "Ben Ode", *(f"Kim {number}" for number in range(203))}
            ana = kept.customers["10"]
            assert (ana.organization, ana.details) == ("Harbour Bikes", {"Account number": "A-7781"})
            kim = next(record for record in kept.customers.values() if record.name == "Kim 7")
            assert {(each.kind, each.value) for each in kim.identities} == {
                (IdentityKind.EMAIL, "kim7@x.org"),
                (IdentityKind.PHONE, "+14155550007"),
            }
            new = fake.desk.knows("Zoe Wells", "zoe@x.org")
            before = len(fake.asked)
            kept, _ = walked(source, cursor)
            assert list(kept.customers) == [str(new.id)]
            assert [request.path for request in fake.asked[before:]] == ["/api/v1/users/search"]


def test_a_user_who_cannot_be_read_is_passed_over() -> None:
    with Fake() as fake:
        fake.desk.people[10].more["id"] = "ten"
        with closing(connected(fake)) as source:
            kept, _ = walked(source)
    assert list(kept.customers) == ["11"]
    assert [passed.what for passed in kept.passed] == ["a user"]
