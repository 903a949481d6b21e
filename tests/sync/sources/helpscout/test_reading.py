"""What Help Scout's lists leave out, cut short and shift, and that nothing of it is lost here."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.lookup import IdentityKind
from desk.statuses import Status
from desk.times import now
from storage.ingest.records import IdentityRecord
from sync.conformance.kept import Kept
from sync.errors import Denied, PartGone, Throttled
from sync.secret import Secret
from sync.sources.helpscout import KIND
from sync.sources.helpscout.answers import PageInfo
from sync.sources.helpscout.cursor import News, Past
from sync.sources.helpscout.source import GONE, NEWS, PAST, SAVED, SAVED_EVERY, HelpScout
from sync.tickets import Passed, SnippetNews, TicketNews
from tests.servers import helpscout
from tests.sync.sources.helpscout.stage import account

DAY = 86_400.0


@contextmanager
def opened(fake: helpscout.HelpScout) -> Iterator[HelpScout]:
    """The source, closed in the end."""
    with closing(HelpScout(account(fake.url), gone_every=0)) as source:
        yield source


def read(fake: helpscout.HelpScout) -> Kept:
    """All that is told."""
    kept = Kept()
    with opened(fake) as source:
        kept.read(source)
    return kept


@pytest.fixture
def zoe(fake: helpscout.HelpScout) -> int:
    """A customer."""
    fake.desk.add_mailbox("Support")
    return fake.desk.add_customer("Zoe", "Wells", "zoe@customer.example")


def test_closed_and_pending_conversations_come_too(fake: helpscout.HelpScout, zoe: int) -> None:
    """A list that isn't asked for all has active ones alone; spam is nobody's work."""
    numbers = {
        status: str(fake.desk.add_conversation(zoe, status, "It drips.", age=DAY)) for status in helpscout.STATUSES
    }
    for status, number in numbers.items():
        fake.desk.conversations[int(number)]["status"] = status
    kept = read(fake)
    assert {number: ticket.status for number, ticket in kept.tickets.items()} == {
        numbers["active"]: Status.OPEN, numbers["pending"]: Status.PENDING, numbers["closed"]: Status.SOLVED,
    }  # fmt: skip
    assert kept.tickets[numbers["closed"]].label == "closed"


def test_a_conversation_that_becomes_spam_is_gone(fake: helpscout.HelpScout, zoe: int) -> None:
    """It is listed as what it is now."""
    number = fake.desk.add_conversation(zoe, "Win", "You won.")
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        fake.desk.happens(number, status="spam")
        kept.read(source)
    assert kept.gone == {str(number): ""}


def test_what_is_gone_is_told_once_the_service_says_so(fake: helpscout.HelpScout, zoe: int) -> None:
    """Deleted, merged, and closed ones are no longer open: each is asked for by itself, or known as closed."""
    names = ("deleted", "merged", "closed", "stays")
    numbers = {name: fake.desk.add_conversation(zoe, name, "It drips.") for name in names}
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        fake.desk.delete(numbers["deleted"])
        fake.desk.merge(numbers["merged"], numbers["stays"])
        fake.desk.happens(numbers["closed"], status="closed")
        before = len(fake.asked)
        kept.take(source.pull(GONE, kept.cursors[GONE.key]))
        asked = [request.path for request in fake.asked[before:] if not request.path.endswith("/conversations")]
    assert kept.gone == {str(numbers["deleted"]): "", str(numbers["merged"]): str(numbers["stays"])}
    assert asked == [f"/v2/conversations/{numbers[name]}" for name in ("deleted", "merged")]


def test_what_is_gone_is_not_looked_for_all_the_time(fake: helpscout.HelpScout, zoe: int) -> None:
    """It takes a request for each page of open conversations."""
    with closing(HelpScout(account(fake.url))) as source:
        kept = Kept()
        kept.read(source)
        before = len(fake.asked)
        source.pull(GONE, kept.cursors[GONE.key])
    assert len(fake.asked) == before


def test_a_list_that_becomes_shorter_loses_nothing(fake: helpscout.HelpScout, zoe: int) -> None:
    """What is deleted on a page that was read draws the next page's first up to it."""
    numbers = [fake.desk.add_conversation(zoe, f"Number {number}", "It drips.", age=DAY) for number in range(23)]
    doomed = iter(sorted(numbers, reverse=True)[:4])

    def delete_two() -> None:
        fake.faults.after_page = None
        for number in (next(doomed), next(doomed)):
            fake.desk.delete(number)

    with opened(fake) as source:
        cursor, told, more = "", set[str](), True
        while more:
            fake.faults.after_page = delete_two if len(told) in (5, 10) else None
            page = source.pull(PAST, cursor)
            told |= {record.external_id for record in page.records if isinstance(record, TicketNews)}
            cursor, more = page.cursor, page.more
    assert {str(number) for number in fake.desk.conversations} <= told


@given(st.lists(st.text("dn", max_size=4), max_size=30), st.integers(1, 4))
def test_every_page_comes_however_a_list_shifts(deeds: list[str], size: int) -> None:
    """Things are deleted from the front, or are new there, between one page and the next; what stays is read."""
    things = list(range(100, 100 - 9, -1))
    at, read, number = Past(), set[int](), 101
    steps = iter(deeds)
    while at.page:
        pages = max(1, -(-len(things) // size))
        read |= set(things[(at.page - 1) * size : at.page * size])
        at = at.having(PageInfo(size, len(things), pages, at.page))
        for deed in next(steps, ""):
            if deed == "d":
                del things[:1]
            else:
                things.insert(0, number)
                number += 1
    assert set(range(92, 101)) & set(things) <= read


@given(st.lists(st.text("dm", max_size=3), max_size=30), st.integers(1, 4))
def test_every_change_comes_however_a_look_shifts(deeds: list[str], size: int) -> None:
    """What changed last comes first: things change once more, or are deleted, between one page and the next."""
    things, changed = list(range(9)), set[int]()
    at, read = News(since=1), set[int]()
    steps = iter(deeds)
    while True:
        pages = max(1, -(-len(things) // size))
        page = things[(at.page - 1) * size : at.page * size]
        read |= set(page)
        at = at.having(dict.fromkeys(page, "x"), PageInfo(size, len(things), pages, at.page), began=2)
        if at.begins:
            break
        for deed in next(steps, ""):
            if deed == "d":
                del things[:1]
            elif things:
                changed.add(things[-1])
                things.insert(0, things.pop())
    assert set(things) - changed <= read
    assert at.since == 2


def test_the_past_tells_how_much_is_left(fake: helpscout.HelpScout, zoe: int) -> None:
    """The newest come first."""
    for number in range(12):
        fake.desk.add_conversation(zoe, f"Number {number}", "It drips.", age=(20 - number) * DAY)
    with opened(fake) as source:
        pages = [source.pull(PAST, "")]
        while pages[-1].more:
            pages.append(source.pull(PAST, pages[-1].cursor))
    told = [record for page in pages for record in page.records if isinstance(record, TicketNews)]
    assert [page.remaining for page in pages] == [7, 2, 0]
    assert [ticket.subject for ticket in told] == [f"Number {number}" for number in range(11, -1, -1)]


def test_the_same_state_is_not_told_again(fake: helpscout.HelpScout, zoe: int) -> None:
    """Though it stands in the overlap of every look; a change within the same second is told."""
    number = fake.desk.add_conversation(zoe, "Pump", "It drips.")
    with opened(fake) as source:
        first = source.pull(NEWS, "")
        again = source.pull(NEWS, first.cursor)
        stood = fake.desk.modified[number]
        fake.desk.say(number, zoe, "customer", "And hisses.")
        fake.desk.modified[number] = stood
        third = source.pull(NEWS, again.cursor)
    assert (len(first.records), again.records) == (3, ())
    assert "hisses" in str(third.records)


def test_what_is_listed_a_minute_late_is_not_lost(fake: helpscout.HelpScout, zoe: int) -> None:
    """Each look goes back a while before the one that was."""
    with opened(fake) as source:
        fake.desk.add_conversation(zoe, "Seen", "It drips.")
        first = source.pull(NEWS, "")
        late = fake.desk.add_conversation(zoe, "Late", "It leaks.", age=60)
        told = source.pull(NEWS, first.cursor).records
    assert [record.external_id for record in told if isinstance(record, TicketNews)] == [str(late)]


def test_a_long_look_goes_on_where_it_was(fake: helpscout.HelpScout, zoe: int) -> None:
    """Pages of what changed; whatever changes meanwhile is in the next look."""
    for number in range(13):
        fake.desk.add_conversation(zoe, f"Number {number}", "It drips.")
    with opened(fake) as source:
        kept = Kept()
        pages = [source.pull(NEWS, "")]
        while pages[-1].more:
            kept.take(pages[-1])
            fake.desk.say(next(iter(fake.desk.conversations)), zoe, "customer", f"Drop {len(pages)}.")
            pages.append(source.pull(NEWS, pages[-1].cursor))
        kept.take(pages[-1])
        kept.cursors[NEWS.key] = pages[-1].cursor
        kept.read(source)
    assert len(pages) == 3
    assert len(kept.tickets) == 13
    assert "Drop 2." in kept.bodies(str(next(iter(fake.desk.conversations))))


def test_a_chat_is_whole(fake: helpscout.HelpScout, zoe: int) -> None:
    """What a list holds of it is cut short."""
    number = fake.desk.add_conversation(zoe, "Chat", "Hello?", type="chat")
    fake.desk.threads[number][0]["type"] = "chat"
    for who, words in ((fake.user, "Hello."), (zoe, "It drips."), (fake.user, "Turn it.")):
        fake.desk.say(number, who, "chat", words)
    kept = read(fake)
    said = sorted(kept.messages.values(), key=lambda message: int(message.external_id))
    assert [(each.kind, each.body) for each in said] == [
        ("inbound", "Hello?"), ("outbound", "Hello."), ("inbound", "It drips."), ("outbound", "Turn it."),
    ]  # fmt: skip
    assert kept.tickets[str(number)].channel == "chat"


def test_drafts_and_lines_are_not_told(fake: helpscout.HelpScout, zoe: int) -> None:
    """Nobody has said them."""
    number = fake.desk.add_conversation(zoe, "Pump", "It drips.")
    fake.desk.say(number, fake.user, "message", "Not yet.", state="draft")
    fake.desk.happens(number, subject="Pump again")
    fake.desk.say(number, fake.user, "phone", "He called.")
    kept = read(fake)
    assert [message.kind for message in kept.messages.values()] == ["inbound", "call"]
    assert kept.tickets[str(number)].subject == "Pump again"


def test_a_customer_comes_with_all_that_they_are_known_by(fake: helpscout.HelpScout, zoe: int) -> None:
    """Addresses, numbers, profiles, and numbers in the team's own fields; another's word is theirs."""
    li = fake.desk.add_customer(
        "Li", "Wei", "li@one.example", "li@two.example", phones=[{"value": "+49 30 1234567"}],
        social_profiles=[{"type": "twitter", "value": "@li"}, {"type": "linkedin", "value": "https://l.example/li"}],
        properties=[{"name": "Customer number", "value": "K-4711"}, {"name": "Plan", "value": "Pro"}],
        organization="Wells Ltd",
    )  # fmt: skip
    number = fake.desk.add_conversation(
        li, "Pump", "It drips.", customFields=[{"id": 1, "name": "Order ID", "value": "A-5512", "text": ""}]
    )
    said = fake.desk.say(number, zoe, "customer", "Here too.")
    kept = read(fake)
    customer = kept.tickets[str(number)].customer
    assert customer is not None
    assert customer.identities == (
        IdentityRecord(IdentityKind.EMAIL, "li@one.example"),
        IdentityRecord(IdentityKind.EMAIL, "li@two.example"),
        IdentityRecord(IdentityKind.PHONE, "+49 30 1234567"),
        IdentityRecord(IdentityKind.HANDLE, "@li"),
        IdentityRecord(IdentityKind.ACCOUNT, "K-4711"),
        IdentityRecord(IdentityKind.ORDER, "A-5512"),
    )
    assert (customer.name, customer.organization, customer.details["Plan"]) == ("Li Wei", "Wells Ltd", "Pro")
    other = kept.messages[str(number), str(said["id"])].customer
    assert other is not None
    assert other.name == "Zoe Wells"


def test_what_cannot_be_read_is_passed_over_once(fake: helpscout.HelpScout, zoe: int) -> None:
    """And the others come."""
    odd = fake.desk.add_conversation(zoe, "Odd", "It drips.")
    fake.desk.conversations[odd]["number"] = "the first"
    whole = fake.desk.add_conversation(zoe, "Pump", "It drips.")
    with opened(fake) as source:
        first = source.pull(NEWS, "")
        again = source.pull(NEWS, first.cursor)
    passed = [record for record in first.records if isinstance(record, Passed)]
    assert [each.what for each in passed] == [f"conversation {odd}"]
    assert "the first" not in passed[0].why
    assert not again.records
    assert set(read(fake).tickets) == {str(whole)}


def test_a_token_that_has_expired_is_made_anew(fake: helpscout.HelpScout, zoe: int) -> None:
    """After two days; the app's secret is sent for a token, and to nothing else."""
    with opened(fake) as source:
        kept = Kept()
        kept.read(source)
        fake.faults.clock_ahead = 3 * DAY
        kept.read(source)
    assert len(fake.tokens) == 2
    holding = [request.path for request in fake.asked if helpscout.SECRET.encode() in request.body]
    assert holding == ["/v2/oauth2/token"] * 2
    assert not any(helpscout.SECRET in str(request.headers) for request in fake.asked)


def test_a_wrong_secret_is_told_with_what_to_do(fake: helpscout.HelpScout) -> None:
    """Without the secret in it."""
    right = account(fake.url)
    wrong = type(right)(right.name, right.settings, lambda: Secret("wrong-secret-1"), right.context)
    with closing(HelpScout(wrong)) as source:
        with pytest.raises(Denied) as caught:
            source.pull(NEWS, "")
        assert caught.value.mend
        assert not source.check().works
    assert "wrong-secret-1" not in str(caught.value)


def test_a_file_comes_unpacked(fake: helpscout.HelpScout, zoe: int) -> None:
    """Help Scout sends it as text."""
    number = fake.desk.add_conversation(zoe, "Pump", "It drips.")
    file = fake.desk.attach("drip.png", b"\x89PNG", "image/png")
    said = fake.desk.say(number, zoe, "customer", "See.", files=(file,))
    told = read(fake).messages[str(number), str(said["id"])].files[0]
    assert (told.name, told.type, told.size) == ("drip.png", "image/png", 4)
    with opened(fake) as source:
        assert b"".join(source.fetch(told.external_id)) == b"\x89PNG"
        with pytest.raises(PartGone):
            next(source.fetch(f"{number}/1"))


def test_the_last_requests_of_a_minute_are_left_to_what_agents_write(zoe: int) -> None:
    """Reading pauses by itself before the service says so; and it keeps to the pause that it is told."""
    with helpscout.HelpScout(most=10) as fake, opened(fake) as source:
        source.check()
        source.pull(NEWS, "")
        with pytest.raises(Throttled) as caught:
            source.pull(PAST, "")
    assert 0 < caught.value.again_in <= 60


def test_saved_replies_are_snippets_and_are_asked_for_now_and_then(fake: helpscout.HelpScout) -> None:
    """What is filled in there is filled in here, with its fallback; what isn't known is asked of the agent."""
    mailbox = fake.desk.add_mailbox("Support")
    fake.desk.saved[mailbox] = [
        {
            "id": 9,
            "name": "Refund",
            "text": "Hi {%customer.firstName,fallback=there%}, {%order.id%} is <b>paid</b> back.",
        }
    ]
    at = now()
    with closing(HelpScout(account(fake.url), clock=lambda: at)) as source:
        first = source.pull(SAVED, "")
        asked = len(fake.asked)
        assert source.pull(SAVED, first.cursor).records == ()
        assert len(fake.asked) == asked
        at += SAVED_EVERY
        assert source.pull(SAVED, first.cursor).records == first.records
    (told,) = first.records
    assert isinstance(told, SnippetNews)
    assert (told.external_id, told.snippet.title, told.snippet.folder) == ("9", "Refund", "Support")
    assert told.snippet.body.strip() == "Hi {{customer.first_name|there}}, {{ask: order.id}} is paid back."


@pytest.mark.parametrize("settings", [{}, {"app": "a b"}, {"app": "a1", "url": "http://api.helpscout.net"}])
def test_settings_that_cannot_be_right_are_refused(settings: dict[str, str]) -> None:
    """No app, no ID, and what would send the secret in plain text."""
    with pytest.raises(BadInput):
        KIND.check(settings)
    KIND.check({"app": helpscout.APP})
