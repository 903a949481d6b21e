"""What Freshdesk's lists leave out, cut off and repeat, and that nothing of it is lost here."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from desk.lookup import IdentityKind
from desk.times import SECOND, now
from storage.ingest.records import IdentityRecord
from sync.conformance.kept import Kept
from sync.errors import PartGone, Throttled
from sync.protocol import Page
from sync.sources.freshdesk.source import CANNED_EVERY, NEWS, PAST, Freshdesk
from sync.tickets import Passed, SnippetNews, TicketGone
from tests.servers import freshdesk
from tests.servers.freshdesk_rows import iso
from tests.sync.sources.freshdesk.stage import account

DAY = 86_400.0


@contextmanager
def opened(fake: freshdesk.Freshdesk) -> Iterator[Freshdesk]:
    """The source, closed in the end."""
    with closing(Freshdesk(account(fake.url))) as source:
        yield source


def read(fake: freshdesk.Freshdesk) -> Kept:
    """All that is told."""
    kept = Kept()
    with opened(fake) as source:
        kept.read(source)
    return kept


@pytest.fixture
def zoe(fake: freshdesk.Freshdesk) -> int:
    """A customer."""
    return fake.desk.add_contact("Zoe", "zoe@customer.example")


def test_tickets_older_than_thirty_days_come_too(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """A list that names no time leaves them out."""
    old = fake.desk.add_ticket(zoe, "Long ago", "<div>Still drips.</div>", age=4_000 * DAY)
    assert str(old) in read(fake).tickets


def test_more_tickets_of_one_second_than_a_page_holds_come_all(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """As a rule for many at once leaves them; there is nothing but the second to go on by.

    Meanwhile a ticket of the first page changes, which draws one of the second page up to it.
    """
    numbers = [fake.desk.add_ticket(zoe, f"Ticket {number}", "<div>It drips.</div>") for number in range(115)]
    for number in numbers:
        fake.desk.tickets[number]["updated_at"] = iso(fake.now() - DAY / 2)
    kept = Kept()

    def change_the_first() -> None:
        if len(kept.tickets) == 100:
            fake.desk.touch(numbers[0])

    fake.faults.after_page = change_the_first
    with opened(fake) as source:
        kept.read(source)
    assert len(kept.tickets) == 115


def test_a_page_beyond_the_last_one_is_never_asked_for(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Freshdesk ends every list at its 300th page: each is begun anew at the time that was reached."""
    for number in range(105):
        fake.desk.add_ticket(zoe, f"Ticket {number}", "<div>It drips.</div>", age=DAY * 2 + number)
    assert len(read(fake).tickets) == 105
    assert {asked.params["page"] for asked in fake.asked if asked.path == "/api/v2/tickets"} == {"1"}


def test_the_newest_window_comes_first(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """What was touched within two hours is told before what is a year old."""
    ages = {"year": 300 * DAY, "week": 5 * DAY, "day": DAY / 2, "hour": DAY / 24}
    numbers = {
        str(fake.desk.add_ticket(zoe, name, "<div>It drips.</div>", age=age)): name for name, age in ages.items()
    }
    assert [numbers[number] for number in read(fake).tickets] == ["hour", "day", "week", "year"]


def test_a_ticket_that_changes_twice_in_a_second_is_read_twice(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Its time is the same both times."""
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>")
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        with fake.turn:
            stood = fake.desk.tickets[ticket]["updated_at"]
            fake.desk.say(ticket, zoe, "<div>And hisses.</div>", incoming=True, private=False)
            fake.desk.tickets[ticket]["updated_at"] = stood
        kept.read(source)
    assert "hisses" in kept.bodies(str(ticket))


def test_a_settled_ticket_is_not_read_again(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """It stands in the overlap of every look at the news; once was enough."""
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", age=60)
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        before = len(fake.asked_for(f"/tickets/{ticket}"))
        kept.read(source)
    assert before > 0
    assert len(fake.asked_for(f"/tickets/{ticket}")) == before


def test_a_clock_that_is_ahead_loses_nothing(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Places are times of the service's clock."""
    fake.faults.clock_ahead = -7_000.0
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>")
        page = source.pull(NEWS, kept.cursors[NEWS.key])
        kept.take(page)
    assert str(ticket) in kept.tickets
    assert abs(page.ahead + 7_000 * SECOND) < 30 * SECOND


def test_what_is_deleted_or_spam_is_told_later(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Lists leave both out, so that they are asked for: not at each look, since every request counts."""
    tickets = [fake.desk.add_ticket(zoe, name, "<div>It drips.</div>", age=60) for name in ("one", "two")]
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        fake.desk.delete(tickets[0])
        fake.desk.tickets[tickets[1]]["spam"] = True
        fake.desk.touch(tickets[1])
        kept.read(source)
        assert kept.gone == {}
        fake.faults.clock_ahead = 310.0
        kept.read(source)
    assert kept.gone == {str(ticket): "" for ticket in tickets}


def test_news_go_on_where_what_was_deleted_can_not_be_asked_for(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Whether a filter may stand beside a time isn't known: where it may not, nothing else is lost by that."""
    with closing(Freshdesk(account(fake.url), gone_every=0)) as source:
        kept = Kept()
        kept.read(source)
        lists = fake.asked_for("/api/v2/tickets")
        fake.faults.meanwhile(lambda: fake.faults.refuse(400, path="/tickets", times=2), path="/tickets")
        assert not source.pull(NEWS, kept.cursors[NEWS.key]).more
        assert (fake.faults.left, len(fake.asked_for("/api/v2/tickets")) - len(lists)) == (0, 3)
        ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>")
        kept.read(source)
    assert str(ticket) in kept.tickets


def test_a_ticket_that_goes_while_it_is_read_is_gone(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """The list has it, and nobody else."""
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", age=60)
    fake.faults.refuse(404, path=f"/tickets/{ticket}")
    with opened(fake) as source:
        assert TicketGone(str(ticket)) in source.pull(NEWS, "").records


def test_what_cannot_be_read_is_passed_over_once(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """And the others come."""
    broken = fake.desk.add_ticket(zoe, "Odd", "<div>It drips.</div>", age=60, priority="rather high")
    whole = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", age=60)
    with opened(fake) as source:
        first = source.pull(NEWS, "")
        passed = [record for record in first.records if isinstance(record, Passed)]
        assert [each.what for each in passed] == [f"ticket {broken}"]
        assert "rather high" not in passed[0].why
        again = source.pull(NEWS, first.cursor)
        assert not any(isinstance(record, Passed) for record in again.records)
    assert set(read(fake).tickets) == {str(whole)}


def test_what_is_said_beyond_a_page_comes_too(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Freshdesk gives 100 conversations at once."""
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>")
    for number in range(205):
        fake.desk.say(ticket, zoe, f"<div>Drop {number}.</div>", incoming=True, private=False)
    assert len(read(fake).messages) == 206


def test_a_key_that_may_not_list_people_still_knows_their_names(zoe: int) -> None:
    """The fields of tickets name agents and groups for everybody."""
    with freshdesk.Freshdesk(administrator=False) as fake:
        ben, group = fake.desk.add_agent("Ben Agent", "ben@example.test"), fake.desk.add_group("Billing")
        customer = fake.desk.add_contact("Zoe", "zoe@customer.example")
        ticket = fake.desk.add_ticket(customer, "Pump", "<div>It drips.</div>", responder_id=ben, group_id=group)
        kept = read(fake)
    assert kept.agents[str(ben)].name == "Ben Agent"
    assert (kept.tickets[str(ticket)].assignee, kept.tickets[str(ticket)].queue) == (str(ben), "Billing")


def test_an_agent_who_is_new_is_told_before_their_ticket(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """Agents are listed once an hour, and sooner where somebody unknown is named."""
    at = now()
    with closing(Freshdesk(account(fake.url), clock=lambda: at)) as source:
        kept = Kept()
        kept.read(source)
        at += 400 * SECOND
        new = fake.desk.add_agent("Cy New", "cy@example.test")
        ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", responder_id=new)
        kept.read(source)
    assert kept.tickets[str(ticket)].assignee == str(new)


def test_a_customer_comes_with_all_that_they_are_known_by(fake: freshdesk.Freshdesk) -> None:
    """Addresses, numbers, names elsewhere, and numbers in the team's own fields."""
    fake.desk.companies[77] = "Wells Ltd"
    fake.desk.fields.append({"name": "cf_order_number", "label": "Order number", "type": "custom_text"})
    zoe = fake.desk.add_contact(
        "Zoe", "zoe@customer.example", mobile="+49 30 1234567", other_emails=["zoe@home.example"], twitter_id="zoe_w",
        unique_external_id="K-4711", company_id=77, custom_fields={"customer_number": "88-21", "vip": True},
    )  # fmt: skip
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", custom_fields={"cf_order_number": "A-5512"})
    customer = read(fake).tickets[str(ticket)].customer
    assert customer is not None
    assert set(customer.identities) == {
        IdentityRecord(IdentityKind.EMAIL, "zoe@customer.example"),
        IdentityRecord(IdentityKind.EMAIL, "zoe@home.example"),
        IdentityRecord(IdentityKind.PHONE, "+49 30 1234567"),
        IdentityRecord(IdentityKind.HANDLE, "zoe_w"),
        IdentityRecord(IdentityKind.ACCOUNT, "K-4711"),
        IdentityRecord(IdentityKind.ACCOUNT, "88-21"),
        IdentityRecord(IdentityKind.ORDER, "A-5512"),
    }
    assert (customer.organization, customer.details["vip"]) == ("Wells Ltd", "yes")


def test_a_file_is_fetched_by_an_address_that_is_fresh(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """The one that was told is good for five minutes, and lies at another host, which is told no login."""
    file = fake.desk.attach("drip.png", b"\x89PNG", "image/png")
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", attachments=[file])
    kept = read(fake)
    told = kept.messages[str(ticket), f"ticket-{ticket}"].files[0]
    assert (told.name, told.type, told.size) == ("drip.png", "image/png", 4)
    fake.faults.clock_ahead = 3_600.0
    with opened(fake) as source:
        assert b"".join(source.fetch(told.external_id)) == b"\x89PNG"
        with pytest.raises(PartGone):
            next(source.fetch(f"{ticket}/0/1"))


def test_the_last_requests_of_a_minute_are_left_to_what_agents_write(zoe: int) -> None:
    """Reading pauses by itself before the service says so."""
    with freshdesk.Freshdesk(most=9) as fake, opened(fake) as source:
        source.check()
        with pytest.raises(Throttled) as caught:
            source.pull(NEWS, "")
        assert 0 < caught.value.again_in <= 60
        assert len(fake.asked) == 6


def test_canned_responses_are_snippets_and_are_asked_for_now_and_then(fake: freshdesk.Freshdesk) -> None:
    """What is filled in there is filled in here; what isn't known is asked of the agent."""
    fake.desk.folders[5] = ("Refunds", [
        {"id": 9, "title": "Refund", "content": "x",
         "content_html": "<p>Hi {{ticket.requester.firstname}}, order {{ticket.cf_order}} is paid back.</p>"},
    ])  # fmt: skip
    at = now()
    with closing(Freshdesk(account(fake.url), clock=lambda: at)) as source:
        kept: list[Page] = [source.pull(source.streams()[2], "")]
        asked = len(fake.asked)
        kept.append(source.pull(source.streams()[2], kept[0].cursor))
        assert len(fake.asked) == asked
        at += CANNED_EVERY
        kept.append(source.pull(source.streams()[2], kept[0].cursor))
    told = [record for record in kept[0].records if isinstance(record, SnippetNews)]
    assert [(each.external_id, each.snippet.title, each.snippet.folder) for each in told] == [
        ("9", "Refund", "Refunds")
    ]
    assert told[0].snippet.body.strip() == "Hi {{customer.first_name}}, order {{ask: ticket.cf_order}} is paid back."
    assert (kept[1].records, kept[2].records) == ((), kept[0].records)


def test_a_place_that_cannot_be_read_begins_anew(fake: freshdesk.Freshdesk, zoe: int) -> None:
    """All comes again then, and none is lost."""
    ticket = fake.desk.add_ticket(zoe, "Pump", "<div>It drips.</div>", age=DAY)
    kept = Kept(cursors={PAST.key: "{]", NEWS.key: "?"})
    with opened(fake) as source:
        kept.read(source)
    assert str(ticket) in kept.tickets
