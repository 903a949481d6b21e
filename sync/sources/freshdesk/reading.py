"""Reading the tickets of a Freshdesk: what changed since, and the past, window by window.

The invariants: a ticket comes with all that was said on it, in one page; what isn't shown in lists any more, because it
was deleted or is spam, is told as gone; a page asks so little that what an agent wrote need not wait long for its turn.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.errors import Broken
from sync.http import Answer, Ask, Http
from sync.protocol import Page, Record
from sync.sources.freshdesk import answers, cursor, telling
from sync.sources.freshdesk.answers import Conversation, Ticket
from sync.sources.freshdesk.cursor import OVERLAP, News, Past
from sync.sources.freshdesk.directory import Directory, Known
from sync.sources.lenient import one
from sync.sources.moments import in_seconds
from sync.tickets import Passed, TicketGone

C = TypeVar("C", News, Past)

LARGEST_PAGE = 100
# Freshdesk gives no page of a list beyond this one.
LAST_PAGE = 300
# So many tickets come at once: two requests for each, and one for each customer who is new.
CHUNK = 10


@dataclass(frozen=True, slots=True)
class _Listed:
    """Tickets that a list had and that are still to be read, behind a cursor; `more`: the list went on."""

    cursor: str
    tickets: list[Ticket]
    passed: list[Passed]
    more: bool


class Reading:
    """Reads one Freshdesk. `site` is its address, for people; what was deleted is asked for every `gone_every`."""

    def __init__(self, http: Http, directory: Directory, site: str, clock: Callable[[], int], gone_every: int) -> None:
        self._http = http
        self._directory = directory
        self._site = site
        self._clock = clock
        self._gone_every = gone_every
        self._listed: dict[type[News] | type[Past], _Listed] = {}
        self._told: Known | None = None
        self._unreadable: set[Passed] = set()

    def news(self, text: str) -> Page:
        """What changed since the cursor; from the overlap before now on where there is none."""
        # First of all, since any answer tells what time it is there.
        self._directory.known()
        at = cursor.read_news(text)
        if at is None:
            at = News(since=self._now(), gone=self._now())
        listed = self._next(text, at, at.since - OVERLAP)
        chunk = listed.tickets[:CHUNK]
        # What changes from here on is read once more: it may have been too late for the answers that now come.
        now = self._now()
        records = [*listed.passed, *self._tickets(chunk)]
        following = at.having(chunk, now)
        more = listed.more or len(listed.tickets) > CHUNK
        if not more and not 0 <= now - at.gone < self._gone_every:
            records += self._gone(at.gone - OVERLAP)
            following = replace(following, gone=now)
        return self._page(records, following, listed, more=more)

    def past(self, text: str) -> Page:
        """What was there when it was first asked for, the newest window first."""
        self._directory.known()
        at = cursor.read_past(text)
        if at is None:
            at = Past(began=self._now())
            at = replace(at, since=at.first)
        if at.over:
            return Page((), text, more=False)
        listed = self._next(text, at, at.since)
        chunk = listed.tickets[:CHUNK]
        records = [*listed.passed, *self._tickets(chunk)]
        following = at.having(chunk)
        if not listed.more and len(listed.tickets) <= CHUNK:
            following = following.next_window()
        return self._page(records, following, listed, more=not following.over)

    def everything_said(self, ticket: int, first: Answer | None = None) -> list[Conversation]:
        """All conversations of a ticket, the oldest first; `first`: the answer for the first page of them."""
        found: list[Conversation] = []
        for page in range(1, LAST_PAGE + 1):
            answer = first if first is not None and page == 1 else self._http.ask(_conversations(ticket, page))
            if answer.status != 200:
                break
            found += answers.readable(answer, answers.CONVERSATION)
            if len(answers.listed(answer)) < LARGEST_PAGE:
                break
        return sorted(found, key=lambda said: (said.created_at, said.id))

    def _page(self, records: Iterable[Record], following: C, listed: _Listed, *, more: bool) -> Page:
        text = cursor.write(following)
        self._listed[type(following)] = replace(listed, cursor=text, tickets=listed.tickets[CHUNK:], passed=[])
        return Page((*self._agents(), *records), text, more=more, ahead=self._http.ahead)

    def _agents(self) -> Iterable[Record]:
        known = self._directory.known()
        if known is self._told:
            return ()
        self._told = known
        return known.told()

    def _now(self) -> int:
        return self._clock() + self._http.ahead

    def _next(self, text: str, at: News | Past, since: int) -> _Listed:
        """What is to be read behind a cursor: what is left of the last list, or a new one."""
        kept = self._listed.get(type(at))
        if kept is not None and kept.cursor == text and kept.tickets:
            return kept
        passed: list[Passed] = []
        for page in range(1, LAST_PAGE + 1):
            answer = self._http.ask(_changed(since, page))
            tickets, unreadable = answers.parted(answer, answers.TICKET, "ticket")
            passed += self._new(unreadable)
            lacking = [ticket for ticket in tickets if at.lacks(ticket)]
            is_last = len(answers.listed(answer)) < LARGEST_PAGE or (isinstance(at, Past) and _is_beyond(at, tickets))
            if page > 1 and (same := [ticket for ticket in lacking if ticket.updated_at == at.since]):
                # A ticket that leaves the first page draws one of the second there: look at all of that second again.
                return _Listed(text, same, passed, more=True)
            if lacking or is_last:
                return _Listed(text, lacking, passed, more=not is_last)
        raise Broken("Freshdesk shows more than 30,000 tickets of the same time, and gives no more of a list")

    def _new(self, passed: Iterable[Passed]) -> list[Passed]:
        """Those of them that weren't told yet: a list shows them again and again."""
        new = [one for one in passed if one not in self._unreadable]
        self._unreadable.update(new)
        return new

    def _tickets(self, listed: list[Ticket]) -> list[Record]:
        """These tickets with all that was said on them; whoever is named there is told first."""
        asks = [ask for ticket in listed for ask in (_whole(ticket.id), _conversations(ticket.id, 1))]
        told = self._http.ask_all(asks) if asks else []
        records: list[Record] = []
        whole: list[tuple[Ticket, list[Conversation]]] = []
        for number, ticket in enumerate(listed):
            answer, said = told[2 * number], told[2 * number + 1]
            if answer.status == 404:
                records.append(TicketGone(str(ticket.id)))
            elif answer.status != 200:
                records.append(Passed(f"ticket {ticket.id}", "the API key may not read it"))
            else:
                # Where the whole can't be read, the list's part of it can.
                read = one(answer, answers.TICKET) or ticket
                whole.append((read, self.everything_said(ticket.id, said)))
        return [*records, *self._records(whole)]

    def _records(self, whole: list[tuple[Ticket, list[Conversation]]]) -> list[Record]:
        known = self._directory.known(named=(ticket.responder_id for ticket, _ in whole if ticket.responder_id))
        named = {ticket.requester_id for ticket, _ in whole} | {each.user_id for _, said in whole for each in said}
        people = self._directory.customers(person for person in named if person and person not in known.agents)
        records: list[Record] = []
        for ticket, said in whole:
            merged = telling.merged_into(ticket, said)
            if ticket.deleted or ticket.spam or merged:
                records.append(TicketGone(str(ticket.id), merged))
                continue
            who = people.get(ticket.requester_id or 0) or _somebody(ticket.requester_id, known)
            records.append(telling.ticket_news(ticket, said, known, who, self._site))
            records += telling.messages(ticket, said, known, people)
        return records

    def _gone(self, since: int) -> list[Record]:
        """What was deleted, or marked as spam, since a time."""
        found: list[Record] = []
        for which in ("deleted", "spam"):
            for page in range(1, LAST_PAGE + 1):
                answer = self._http.ask(_changed(since, page, which))
                found += [TicketGone(str(ticket.id)) for ticket in answers.readable(answer, answers.TICKET)]
                if len(answers.listed(answer)) < LARGEST_PAGE:
                    break
        return found


def _changed(since: int, page: int, which: str = "") -> Ask:
    """A page of what changed since, the oldest first. Without a time only tickets of the last 30 days are listed."""
    params: dict[str, str | int] = {
        "updated_since": in_seconds(max(0, since)),
        "order_by": "updated_at",
        "order_type": "asc",
        "page": page,
        "per_page": LARGEST_PAGE,
    }
    if not which:
        return Ask("/tickets", params, what="tickets")
    # Whether it takes both at once isn't documented; news must go on where it doesn't.
    return Ask("/tickets", params | {"filter": which}, accept=(400, 403), what="deleted tickets")


def _whole(ticket: int) -> Ask:
    return Ask(f"/tickets/{ticket}", accept=(403, 404), what="a ticket")


def _conversations(ticket: int, page: int) -> Ask:
    params = {"page": page, "per_page": LARGEST_PAGE}
    return Ask(f"/tickets/{ticket}/conversations", params, accept=(403, 404), what="what was said")


def _is_beyond(at: Past, tickets: list[Ticket]) -> bool:
    return bool(tickets) and tickets[-1].updated_at >= at.end


def _somebody(number: int | None, known: Known) -> CustomerRecord | None:
    """A requester who is no customer there: an agent who asked, or somebody who was deleted."""
    if number is None:
        return None
    agent = known.agents.get(number)
    if agent is None:
        return CustomerRecord("", external_id=str(number))
    email = (IdentityRecord(IdentityKind.EMAIL, agent.contact.email),) if agent.contact.email else ()
    return CustomerRecord(agent.contact.name, email, external_id=str(number))
