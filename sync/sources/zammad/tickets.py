"""Tickets that a search has found, whole: with their articles, tags and checklists, and with whoever wrote them.

The invariants: whatever names an agent comes after that agent; a ticket that vanishes while it is read is told as gone;
one that can't be read is passed over, and the page goes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from storage.ingest.records import CustomerRecord
from sync.http import Answer, Ask, Json
from sync.sources.zammad.answers import (
    ARTICLE,
    FOUND,
    LINKS,
    LIST,
    ROWS,
    TAGS,
    TICKET,
    USER,
    Article,
    Found,
    ListFound,
    Raw,
    Ticket,
    lenient,
    one,
)
from sync.sources.zammad.asking import each
from sync.sources.zammad.people import NOBODY, agent, customer
from sync.sources.zammad.site import ZammadSite
from sync.sources.zammad.telling import Names, checklist_news, message_news, ticket_news
from sync.tickets import AgentNews, HelpdeskRecord, Passed, TicketGone

ABSENT = (403, 404)
Condition = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A ticket with all that is on it. `spoilt`: which of its articles can't be read, in words; empty: none.

    `tags`: None where nobody says. `checklist`: None where it has none.
    """

    ticket: Ticket
    raw: Raw
    articles: tuple[Article, ...]
    spoilt: str
    tags: tuple[str, ...] | None
    checklist: ListFound | None

    def people(self) -> set[int]:
        """Everybody who is named on it."""
        ticket = self.ticket
        authors = {who for article in self.articles for who in (article.author, article.created_by_id or 0)}
        return {ticket.owner_id or 0, ticket.customer_id or 0, *authors} - {0, NOBODY}


def search(site: ZammadSite, condition: Condition, order: str, **more: str | int) -> Found:
    """Tickets by a condition, which Zammad's database answers itself: no index lags, and none is needed."""
    asked: dict[str, Json] = {
        "condition": condition,
        "sort_by": "updated_at,id",
        "order_by": f"{order},{order}",
        "full": True,
        **more,
    }
    return site.http.ask(Ask("/tickets/search", method="POST", json=asked, what="tickets")).read(FOUND)


def records(site: ZammadSite, found: Found, ids: Sequence[int]) -> tuple[HelpdeskRecord, ...]:
    """These tickets of a page, whole, in that order."""
    site.remember(found.assets.users)
    read, passed = _read(found, ids)
    groups = (ticket.group_id for ticket, _ in read if ticket.group_id is not None)
    names = site.names((ticket.state_id for ticket, _ in read), groups)
    names = site.with_organizations(names, found.assets.organizations)
    merged = [ticket for ticket, _ in read if names.is_merged(ticket)]
    wholes, gone = _wholes(site, [(ticket, raw) for ticket, raw in read if not names.is_merged(ticket)])
    people = site.people(who for whole in wholes for who in whole.people())
    customers = _Customers(people, names)
    said = [record for whole in wholes for record in _of(whole, names, customers, site.url)]
    lists = [checklist_news(str(whole.ticket.id), whole.checklist) for whole in wholes if whole.checklist is not None]
    # What a ticket became is told last: it may be on this page, too.
    return (*_agents(wholes, people), *said, *lists, *passed, *gone, *_merged(site, merged))


def parent(site: ZammadSite, ticket: int) -> str:
    """What a ticket was merged into; empty where nobody says."""
    return _parent(site.http.ask(_asked_for_links(ticket)))


def articles_of(answer: Answer) -> tuple[tuple[Article, ...], int]:
    """A ticket's articles, the oldest first, and how many more of them can't be read."""
    rows = lenient(ROWS, answer)
    if rows is None:
        return (), 1
    read = [article for raw in rows if (article := one(ARTICLE, raw)) is not None]
    return tuple(sorted(read, key=lambda article: article.id)), len(rows) - len(read)


def asked_for_articles(ticket: int | str) -> Ask:
    """The request for a ticket's articles."""
    return Ask(f"/ticket_articles/by_ticket/{ticket}", {"expand": "true"}, accept=ABSENT, what="articles")


def asked_for_tags(ticket: int | str) -> Ask:
    """The request for a ticket's tags."""
    params: dict[str, str | int] = {"object": "Ticket", "o_id": ticket}
    return Ask("/tags", params, accept=ABSENT, what="tags")


def _read(found: Found, ids: Sequence[int]) -> tuple[list[tuple[Ticket, Raw]], list[Passed]]:
    """The tickets, and what is to be said of those that can't be read."""
    read: list[tuple[Ticket, Raw]] = []
    passed: list[Passed] = []
    for number in ids:
        raw = found.assets.tickets.get(str(number), {})
        ticket = one(TICKET, raw)
        if ticket is None:
            passed.append(Passed(f"ticket {number}", "it is in a form that is not known here"))
        else:
            read.append((ticket, raw))
    return read, passed


def _wholes(site: ZammadSite, read: Sequence[tuple[Ticket, Raw]]) -> tuple[list[Whole], list[TicketGone]]:
    asks: list[Ask] = []
    for ticket, _ in read:
        asks += (asked_for_articles(ticket.id), asked_for_tags(ticket.id))
    lists = [ticket.checklist_id for ticket, _ in read if ticket.checklist_id]
    asks += (Ask(f"/checklists/{number}", {"full": "true"}, accept=ABSENT, what="a checklist") for number in lists)
    answers = each(site, asks)
    checklists = dict(zip(lists, answers[2 * len(read) :], strict=True))
    gone: list[TicketGone] = []
    wholes: list[Whole] = []
    for place, (ticket, raw) in enumerate(read):
        said, tagged = answers[2 * place], answers[2 * place + 1]
        if said is not None and said.status == 404:
            gone.append(TicketGone(str(ticket.id)))
        if said is None or said.status == 200:
            articles, spoilt = _articles(said)
            tags = lenient(TAGS, tagged) if _has_come(tagged) else None
            listed = checklists.get(ticket.checklist_id or 0)
            checklist = lenient(LIST, listed) if _has_come(listed) else None
            wholes.append(Whole(ticket, raw, articles, spoilt, tags.tags if tags else None, checklist))
    return wholes, gone


def _articles(answer: Answer | None) -> tuple[tuple[Article, ...], str]:
    if answer is None:
        return (), "Zammad fails when it is asked for them, or they are too large"
    articles, spoilt = articles_of(answer)
    return articles, f"{spoilt} of them are in a form that is not known here" if spoilt else ""


def _has_come(answer: Answer | None) -> TypeGuard[Answer]:
    return answer is not None and answer.status == 200


class _Customers:
    """Who is who on a page, each read once."""

    def __init__(self, people: Mapping[int, Raw], names: Names) -> None:
        self._people = people
        self._names = names
        self._read: dict[int, CustomerRecord | None] = {}

    def of(self, number: int | None) -> CustomerRecord | None:
        """A user as a customer; None where that one isn't known, or is Zammad itself."""
        if number is None or number == NOBODY or number not in self._people:
            return None
        if number not in self._read:
            self._read[number] = customer(self._people[number], self._names.organizations)
        return self._read[number]


def _agents(wholes: Iterable[Whole], people: Mapping[int, Raw]) -> list[AgentNews]:
    """Who has these tickets, or wrote on them as an agent."""
    named: set[int] = set()
    for whole in wholes:
        named.add(whole.ticket.owner_id or 0)
        for article in whole.articles:
            if article.sender == "Agent":
                named.add(article.author)
            elif article.created_by_id != article.author:
                named.add(article.created_by_id or 0)
    known = (one(USER, people[number]) for number in sorted(named - {0, NOBODY}) if number in people)
    return [agent(user) for user in known if user is not None]


def _of(whole: Whole, names: Names, customers: _Customers, url: str) -> list[HelpdeskRecord]:
    ticket = whole.ticket
    told: list[HelpdeskRecord] = [
        ticket_news(
            ticket, whole.raw, names, url, customer=customers.of(ticket.customer_id), tags=whole.tags,
            articles=whole.articles,
        )
    ]  # fmt: skip
    told += (message_news(article, ticket, customers.of(article.author)) for article in whole.articles)
    if whole.spoilt:
        told.append(Passed(f"articles of ticket {ticket.number}", whole.spoilt))
    return told


def _merged(site: ZammadSite, merged: Sequence[Ticket]) -> list[TicketGone]:
    answers = site.http.ask_all([_asked_for_links(ticket.id) for ticket in merged])
    return [TicketGone(str(ticket.id), _parent(answer)) for ticket, answer in zip(merged, answers, strict=True)]


def _asked_for_links(ticket: int) -> Ask:
    return Ask("/links", {"link_object": "Ticket", "link_object_value": ticket}, accept=ABSENT, what="links")


def _parent(answer: Answer) -> str:
    if answer.status != 200:
        return ""
    told = lenient(LINKS, answer)
    links = told.links if told is not None else ()
    parents = [link for link in links if link.link_type == "parent" and link.link_object == "Ticket"]
    # The link of the merge is the newest one.
    return str(parents[-1].link_object_value) if parents else ""
