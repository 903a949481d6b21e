"""How customers of a Help Scout are known where little comes with them."""

from contextlib import closing

from desk.lookup import IdentityKind
from storage.ingest.records import IdentityRecord
from sync.conformance.kept import Kept
from sync.sources.helpscout.source import PAST, HelpScout
from sync.sources.walks import PEOPLE
from sync.tickets import CustomerNews
from tests.servers import helpscout
from tests.servers.service import Json
from tests.sync.sources.helpscout.stage import account

ZOE = (
    IdentityRecord(IdentityKind.EMAIL, "zoe@customer.example"), IdentityRecord(IdentityKind.EMAIL, "zoe@home.example"),
    IdentityRecord(IdentityKind.PHONE, "+49 30 1234567"),
)  # fmt: skip


def test_how_they_are_reached_is_asked_for_where_it_does_not_come_with_them() -> None:
    """Once for each of them; those who have it with them aren't asked about."""
    with helpscout.HelpScout(bare=True) as fake, closing(HelpScout(account(fake.url))) as source:
        fake.desk.add_mailbox("Support")
        zoe = fake.desk.add_customer(
            "Zoe", "Wells", "zoe@customer.example", "zoe@home.example", phones=[{"value": "+49 30 1234567"}]
        )
        number = fake.desk.add_conversation(zoe, "Pump", "It drips.")
        fake.desk.add_conversation(zoe, "Valve", "It leaks.")
        kept = Kept()
        kept.take(source.pull(PAST, ""))
        asked = [request.path.rpartition("/")[2] for request in fake.asked_for(f"/customers/{zoe}/")]
        people = source.pull(PEOPLE, "").records
    assert [each.customer.identities for each in people if isinstance(each, CustomerNews)] == [ZOE]
    customer = kept.tickets[str(number)].customer
    assert customer is not None
    assert (customer.name, customer.identities) == ("Zoe Wells", ZOE)
    assert sorted(asked) == ["emails", "phones"]


def test_profiles_are_known_by_any_of_their_names(fake: helpscout.HelpScout) -> None:
    """The vendor writes them in three ways."""
    fake.desk.add_mailbox("Support")
    profiles: Json = [{"type": "twitter", "value": "@li"}]
    for name in ("social_profiles", "social-profiles", "socialProfiles"):
        fake.desk.add_conversation(fake.desk.add_customer(name, "", **{name: profiles}), name, "It drips.")
    with closing(HelpScout(account(fake.url))) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    known = [ticket.customer.identities for ticket in kept.tickets.values() if ticket.customer is not None]
    assert known == [(IdentityRecord(IdentityKind.HANDLE, "@li"),)] * 3


def test_the_address_on_the_conversation_counts_too(fake: helpscout.HelpScout) -> None:
    """Whatever is told of its customer by itself."""
    fake.desk.add_mailbox("Support")
    zoe = fake.desk.add_customer("Zoe", "Wells", "zoe@customer.example")
    number = fake.desk.add_conversation(zoe, "Pump", "It drips.")
    fake.desk.customers[zoe]["_embedded"] = {"emails": [], "phones": None}
    with closing(HelpScout(account(fake.url))) as source:
        kept = Kept()
        kept.take(source.pull(PAST, ""))
    customer = kept.tickets[str(number)].customer
    assert customer is not None
    assert customer.identities == ZOE[:1]
