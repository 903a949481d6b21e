"""Zammad's articles, users and states in our words."""

import pytest

from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from storage.ingest.records import CustomerRecord
from sync.sources.zammad import statuses
from sync.sources.zammad.answers import ARTICLE, Article, Named, Ticket, one
from sync.sources.zammad.calls import news
from sync.sources.zammad.people import customer
from sync.sources.zammad.telling import MARK, message_kind, message_news

TICKET = Ticket(5, "31005", "Brake", 2, 0, 0, "", customer_id=10)


def article(**told: object) -> Article:
    """An article with these fields."""
    read = one(ARTICLE, {"id": 7, "ticket_id": 5, "created_at": "2026-05-04T10:00:00.000Z", **told})
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("sender", "kind", "internal", "ours"),
    [
        ("Customer", "email", False, "inbound"),
        ("Customer", "web", False, "inbound"),
        ("Customer", "note", False, "inbound"),
        ("Customer", "phone", False, "call"),
        ("Agent", "email", False, "outbound"),
        ("Agent", "email", True, "note"),
        ("Agent", "note", True, "note"),
        ("Agent", "note", False, "note"),
        ("Agent", "phone", False, "call"),
        ("System", "note", True, "event"),
        ("System", "email", False, "outbound"),
    ],
)
def test_an_article_is_what_its_sender_and_its_way_say(sender: str, kind: str, internal: bool, ours: str) -> None:
    """Nothing internal is ever a message to the customer."""
    assert message_kind(article(sender=sender, type=kind, internal=internal)) == ours


def test_who_wrote_is_told_where_it_is_another_customer() -> None:
    """The ticket's own one is known by the ticket."""
    writer = CustomerRecord("Ben")
    own = message_news(article(sender="Customer", type="email", created_by_id=10), TICKET, writer)
    other = message_news(article(sender="Customer", type="email", created_by_id=3, origin_by_id=11), TICKET, writer)
    agent = message_news(article(sender="Agent", type="email", created_by_id=3), TICKET, writer)
    assert (own.customer, other.customer, agent.customer) == (None, writer, None)
    assert (own.agent, other.agent, agent.agent) == ("", "", "3")


def test_who_wrote_down_a_call_is_its_agent() -> None:
    """The words are the customer's."""
    told = message_news(article(sender="Customer", type="phone", created_by_id=3, origin_by_id=10), TICKET, None)
    assert (told.kind, told.agent) == ("call", "3")
    assert message_news(article(sender="System", type="email", created_by_id=1), TICKET, None).agent == ""


def test_what_no_person_wrote_says_so() -> None:
    """Automatic replies of customers, and what Zammad sends by itself."""
    reply = article(sender="Customer", type="email", preferences={"is-auto-response": True})
    assert message_news(reply, TICKET, None).automatic == "an automatic reply"
    assert message_news(article(sender="System", type="email"), TICKET, None).automatic == "sent by Zammad itself"
    assert message_news(article(sender="Agent", type="email", preferences=None), TICKET, None).automatic == ""
    assert message_news(article(preferences={MARK: "abc"}), TICKET, None).operation == "abc"


def test_files_are_told_without_the_article_once_more() -> None:
    """Zammad keeps the mail's HTML as it came as a file."""
    told = message_news(
        article(
            attachments=[
                {"id": 1, "filename": "a.pdf", "size": "12", "preferences": {"Content-Type": "application/pdf; x=1"}},
                {
                    "id": 2,
                    "filename": "b.png",
                    "size": None,
                    "preferences": {"Mime-Type": "image/png", "Content-ID": "i"},
                },
                {"id": 3, "filename": "message.html", "size": "9", "preferences": {"content-alternative": True}},
            ]
        ),
        TICKET,
        None,
    )
    assert [(file.external_id, file.type, file.size, file.inline) for file in told.files] == [
        ("5/7/1", "application/pdf", 12, False),
        ("5/7/2", "image/png", 0, True),
    ]


def test_a_customer_without_name_or_address_is_told_all_the_same() -> None:
    """A login that Zammad made up is no identity."""
    caller = customer({"id": 20, "login": "auto-1700", "firstname": None, "lastname": "", "phone": "+49 30 1"}, {})
    assert caller is not None
    assert [(one.kind, one.value) for one in caller.identities] == [(IdentityKind.PHONE, "+49 30 1")]
    named = customer({"id": 21, "login": "ruiz", "email": None, "organization_id": 7}, {7: "Harbour"})
    assert named is not None
    assert (named.name, named.organization, named.identities[0].kind) == ("ruiz", "Harbour", IdentityKind.HANDLE)
    assert customer({"id": "?"}, {}) is None


@pytest.mark.parametrize(
    ("name", "kind", "ours"),
    [
        ("new", "new", Status.OPEN),
        ("warten", "pending reminder", Status.PENDING),
        ("pending close", "pending action", Status.PENDING),
        ("On Hold", "open", Status.HOLD),
        ("household", "open", Status.OPEN),
        ("put on hold for good", "closed", Status.SOLVED),
        ("removed", "removed", Status.CLOSED),
        ("what", "of a later release", Status.OPEN),
    ],
)
def test_a_state_is_of_its_types_category(name: str, kind: str, ours: Status) -> None:
    """And a name that says hold is one."""
    assert statuses.category(Named(1, name, kind)) is ours


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("1 low", Priority.LOW),
        ("2 normal", Priority.NORMAL),
        ("3 high", Priority.HIGH),
        ("4 very high", Priority.URGENT),
    ],
)
def test_priorities_are_ranks(name: str, ours: Priority) -> None:
    """By their names; a team may have more than Zammad brings along."""
    assert statuses.priority(name) is ours


def test_a_team_without_pending_states_has_no_pending() -> None:
    """What can't be said there is refused, and not guessed."""
    states = {1: Named(1, "open", "open"), 2: Named(2, "pending reminder", "pending reminder", active=False)}
    assert statuses.wanted(states, Status.PENDING, "") is None
    assert statuses.wanted_priority([], Priority.LOW) is None


def test_a_call_in_an_unknown_form_is_passed_over() -> None:
    """The others are told."""
    told, seen = news([{"id": 1, "from": "49"}], {})
    assert [type(one).__name__ for one in told] == ["Passed"]
    assert seen == {}
