"""What Freshdesk's numbers and oddities mean in the words that all helpdesks share."""

from dataclasses import replace

import pytest

from desk.errors import BadInput
from desk.statuses import Status
from storage.ingest.records import CustomerRecord
from sync.sources.freshdesk import KIND, site, telling, vocabulary
from sync.sources.freshdesk.answers import Agent, Attachment, Conversation, Ticket
from sync.sources.freshdesk.directory import Known

ANA, ZOE, LI = 1, 2, 3
KNOWN = Known(agents={ANA: Agent(ANA)})
PEOPLE = {ZOE: CustomerRecord("Zoe"), LI: CustomerRecord("Li")}


def ticket(**more: object) -> Ticket:
    """Zoe's."""
    drips = Ticket(
        8, 2, 1, 0, 0, "Pump", requester_id=ZOE, description="<p>It drips.</p>", description_text="It drips."
    )
    return replace(drips, **more)  # type: ignore[arg-type]  # each test gives what it needs


def said(user: int, body: str, **more: object) -> Conversation:
    """Something that was said."""
    return Conversation(100, 10, user, f"<p>{body}</p>", body, **more)  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize(
    ("conversation", "kind", "agent"),
    [
        (said(ANA, "Turn it."), "outbound", "1"),
        (said(ANA, "He is cross.", private=True), "note", "1"),
        (said(ZOE, "It hisses.", incoming=True), "inbound", ""),
        (said(ZOE, "It hisses.", incoming=False), "inbound", ""),
        (said(ANA, "To the maker.", source=8), "note", "1"),
        (said(ANA, "He called.", source=9), "call", "1"),
        (said(ZOE, "", incoming=True, source=6), "event", ""),
        (said(ZOE, "Well done.", incoming=True, source=6), "inbound", ""),
    ],
)
def test_a_word_is_whose_it_is(conversation: Conversation, kind: str, agent: str) -> None:
    """By what is told of it, and by who wrote it where that is told wrongly."""
    told = telling.messages(ticket(), [conversation], KNOWN, PEOPLE)[1]
    assert (told.kind, told.agent, told.customer) == (kind, agent, None)


def test_another_customers_word_is_theirs() -> None:
    """Known there, or by their address alone."""
    by_li, by_mail = (
        telling.messages(ticket(), [said(user, "Me too.", incoming=True, from_email="bo@home.example")], KNOWN, PEOPLE)[
            1
        ]
        for user in (LI, 99)
    )
    assert by_li.customer == PEOPLE[LI]
    assert by_mail.customer is not None
    assert [identity.value for identity in by_mail.customer.identities] == ["bo@home.example"]


@pytest.mark.parametrize(
    ("source", "requester", "kind", "agent"),
    [(1, ZOE, "inbound", ""), (2, ZOE, "inbound", ""), (3, ANA, "call", "1"), (3, ZOE, "call", ""),
     (10, ZOE, "outbound", "1")],
)  # fmt: skip
def test_a_description_is_the_first_word(source: int, requester: int, kind: str, agent: str) -> None:
    """A customer's, an agent's about a call, or an agent's mail."""
    first = telling.messages(ticket(source=source, requester_id=requester, responder_id=ANA), [], KNOWN, PEOPLE)[0]
    assert (first.kind, first.agent, first.external_id) == (kind, agent, "ticket-8")


def test_a_chats_first_word_comes_once() -> None:
    """Its description is that word again, unless there is a file with it."""
    begun = [said(ZOE, "It  drips.", incoming=True)]
    assert [each.external_id for each in telling.messages(ticket(source=15), begun, KNOWN, PEOPLE)] == ["100"]
    with_file = ticket(source=15, attachments=(Attachment(7, "a.png"),))
    assert len(telling.messages(with_file, begun, KNOWN, PEOPLE)) == 2
    assert len(telling.messages(ticket(source=1), begun, KNOWN, PEOPLE)) == 2


@pytest.mark.parametrize(
    ("status", "words", "incoming", "into"),
    [
        (5, "This ticket is closed and merged into ticket 20", False, "20"),
        (5, "This ticket is closed\n and merged into ticket #20 by Ana", False, "20"),
        (2, "This ticket is closed and merged into ticket 20", False, ""),
        (5, "This ticket is closed and merged into ticket 20", True, ""),
        (5, "This ticket is closed and merged into ticket 8", False, ""),
        (5, "Was it closed and merged into ticket 20?", False, ""),
    ],
)
def test_a_merged_ticket_is_known_by_its_closing_note(status: int, words: str, incoming: bool, into: str) -> None:
    """Freshdesk says it nowhere else; a customer's word, or a ticket that was opened again, is none."""
    assert telling.merged_into(ticket(status=status), [said(ANA, words, incoming=incoming)]) == into


def test_every_status_of_a_team_has_a_category() -> None:
    """By what customers are shown, and by the words; what nobody knows is open."""
    told = vocabulary.statuses({
        "2": ["Offen", "Being Processed"], "6": ["Waiting on Customer", "Awaiting your Reply"],
        "7": ["Waiting on Third Party", "Being Processed"], "8": ["With the vendor", "Being Processed"],
        "9": ["In the workshop", "Being Processed"], "x": 5,
    })  # fmt: skip
    assert {number: told.status(number) for number in (2, 3, 4, 5, 6, 7, 8, 9, 10)} == {
        2: Status.OPEN, 3: Status.PENDING, 4: Status.SOLVED, 5: Status.CLOSED, 6: Status.PENDING, 7: Status.HOLD,
        8: Status.HOLD, 9: Status.OPEN, 10: Status.OPEN,
    }  # fmt: skip
    assert (told.label(2), told.label(10)) == ("Offen", "Status 10")
    assert told.number(Status.HOLD) == 7
    assert told.number(Status.HOLD, "With the vendor") == 8
    assert told.number(Status.SOLVED, "With the vendor") == 4


def test_where_nothing_waits_for_others_it_is_pending() -> None:
    """And back again by the word that is kept with it."""
    assert vocabulary.statuses(None).number(Status.HOLD) == 3


def test_a_state_is_told_from_another_of_the_same_second() -> None:
    """By its fields and by the newest word."""
    states = [
        telling.version(ticket(), []), telling.version(ticket(), [said(ZOE, "And.")]),
        telling.version(ticket(status=3), []), telling.version(ticket(tags=("x",)), []),
    ]  # fmt: skip
    assert len(set(states)) == 4
    assert telling.version(ticket(tags=("a", "b")), []) == telling.version(ticket(tags=("b", "a")), [])


@pytest.mark.parametrize(
    "typed", ["wells.freshdesk.com", "https://wells.freshdesk.com/a/tickets/8", " wells.freshdesk.com/ "]
)
def test_any_page_of_it_is_its_address(typed: str) -> None:
    """Whatever was copied from the browser."""
    assert site({"url": typed}) == "https://wells.freshdesk.com"


@pytest.mark.parametrize(
    "typed", ["", "http://wells.freshdesk.com", "https://ana:secret@wells.freshdesk.com", "ftp://x.example"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    """And so is one that would send the key in plain text."""
    with pytest.raises(BadInput):
        KIND.check({"url": typed})
