"""Customers whom a helpdesk knows without a ticket: known by their number, one person each, and below whoever wrote."""

from dataclasses import replace

from desk.lookup import IdentityKind
from storage.deeds.by import By
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.helpdesk.records import CustomerNews
from storage.ingest.recency import SETTING
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.search.index import exchange_places
from storage.search.query import Finder
from tests.factories import NOW, make_customer, make_identity
from tests.storage.helpdesk.far import LI, Far, said, ticket

ZOE = CustomerRecord(
    "Zoe Wells",
    (IdentityRecord(IdentityKind.EMAIL, "zoe@example.org"), IdentityRecord(IdentityKind.PHONE, "+1 415 555 0134")),
    organization="Acme",
    external_id="c7",
)


def people(far: Far) -> list[tuple[object, ...]]:
    """Name and place of everyone, the last in contact first."""
    return far.all("SELECT name, recency > 0 FROM customer ORDER BY recency DESC")


def test_a_caller_who_never_wrote_is_found_by_their_number(far: Far) -> None:
    assert far.tell(CustomerNews(ZOE)) == 1
    for text in ("0134", "+14155550134", "zoe", "acme"):
        assert [hit.name for hit in Finder(far.connection).find(text)] == ["Zoe Wells"], text
    assert far.all("SELECT 1 FROM ticket") == []


def test_whoever_is_told_again_changes_nothing_and_what_is_new_of_them_is_added(far: Far) -> None:
    far.tell(CustomerNews(ZOE))
    before = far.connection.total_changes
    assert far.tell(CustomerNews(ZOE), CustomerNews(ZOE)) == 0
    assert far.connection.total_changes == before
    order = IdentityRecord(IdentityKind.ORDER, "A-1001")
    assert far.tell(CustomerNews(replace(ZOE, identities=(*ZOE.identities, order)))) == 0
    assert [hit.name for hit in Finder(far.connection).find("A-1001")] == ["Zoe Wells"]


def test_a_customer_of_a_list_is_the_one_of_the_tickets(far: Far) -> None:
    far.tell(ticket(), said("m1"), CustomerNews(LI), CustomerNews(ZOE), ticket("2", customer=ZOE))
    kim = make_customer(far.connection, name="Kim Ek")
    make_identity(far.connection, kim, IdentityKind.EMAIL, "kim@x.org")
    far.tell(CustomerNews(CustomerRecord("K. Ek", (IdentityRecord(IdentityKind.EMAIL, "Kim@x.org"),), external_id="9")))
    assert sorted(far.all("SELECT name FROM customer")) == [("Kim Ek",), ("Li Wei",), ("Zoe Wells",)]


def test_whoever_never_wrote_stands_below_whoever_did_until_they_do(far: Far) -> None:
    far.tell(ticket(), said("m1"))
    others = [CustomerNews(replace(LI, name=f"Li {each}", identities=(), external_id=each)) for each in ("c2", "c3")]
    far.tell(CustomerNews(ZOE), *others)
    assert [name for name, _ in people(far)] == ["Li Wei", "Zoe Wells", "Li c2", "Li c3"]
    assert far.all("SELECT 1 FROM setting WHERE key = ?", SETTING) == [], "nobody has to be put in order"
    far.tell(ticket("2", customer=ZOE), said("m2", of="2", at=NOW))
    assert [name for name, _ in people(far)][:2] == ["Zoe Wells", "Li Wei"]


def test_places_below_everyone_can_be_exchanged(far: Far) -> None:
    others = [CustomerNews(replace(LI, name=f"Bo {each}", identities=(), external_id=f"b{each}")) for each in range(6)]
    far.tell(ticket(), said("m1"), *others)
    ids = {str(name): int(str(number)) for name, number in far.all("SELECT name, id FROM customer")}
    exchange_places(far.connection, ids["Li Wei"], ids["Bo 0"])
    assert [name for name, _ in people(far)] == ["Bo 0", "Li Wei", *(f"Bo {each}" for each in range(1, 6))]


def test_whoever_was_erased_does_not_come_back_by_a_list(far: Far, by: By) -> None:
    far.tell(CustomerNews(ZOE))
    (customer_id,) = far.one("SELECT id FROM customer WHERE name = 'Zoe Wells'")
    erase(far.connection, by, find(far.connection, int(str(customer_id))))
    before = far.all("SELECT id, name FROM customer")
    assert far.tell(CustomerNews(ZOE), CustomerNews(replace(ZOE, external_id="c8"))) == 0
    assert far.all("SELECT id, name FROM customer") == before
    assert Finder(far.connection).find("0134") == []
    far.tell(ticket(customer=ZOE))
    far.tell(CustomerNews(replace(ZOE, plan="Pro")))
    assert far.one("SELECT plan FROM customer WHERE name = 'Zoe Wells'") == ("Pro",), "who wrote anew is known anew"


def test_nobody_comes_of_a_record_that_tells_nothing(far: Far) -> None:
    assert far.tell(CustomerNews(CustomerRecord(" ", external_id="c9"))) == 0
    assert far.all("SELECT 1 FROM customer") == []
