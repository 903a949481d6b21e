"""Reading a Zendesk: what is new, the past, what was archived, and what agents there have at hand.

An agent's own token may use no export, and the search knows of a change only minutes later: so news are read from the
list of tickets, the newest change first, which is right at once. The same list, read on, is the past; it holds no
archived tickets, which the search, or an admin's export, tells of afterwards.

The invariants: news begin at the moment of the first look, and the past is read after it, so that nothing lies between
them; a walk that shifts while it goes on shows a ticket twice, never not at all, since what is changed moves to the
walk's beginning, where the next look meets it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desk.times import DAY, MINUTE, SECOND
from sync.errors import PartGone
from sync.http import Ask, Http
from sync.protocol import Page, Record
from sync.sources.moments import in_seconds
from sync.sources.zendesk import answers, cursor, library, telling, vocabulary
from sync.sources.zendesk.answers import LISTED, Listed, Ticket, fitting
from sync.sources.zendesk.arrangements import MACRO, VIEW
from sync.sources.zendesk.asking import LARGEST_PAGE, Asking
from sync.sources.zendesk.cursor import OVERLAP, Export, Library, News, Old, Past
from sync.tickets import TicketGone

# Every ticket's comments are a request of their own: the first page is small, so that work can begin with it, and none
# needs more than the smallest plan allows in a minute.
FIRST_PAGE, NEXT_PAGE = 20, 50
# What was deleted may be listed ten times a minute, and the export may be asked as often.
EVERY = MINUTE
MOST_DELETED = 5
# Closed tickets are archived, and missing in the list, after 120 days.
ARCHIVED = 100 * DAY
LIBRARY_EVERY = 30 * MINUTE
# Where a change moved `updated_at` not at all, the export's own stamp is later than it.
UNTOLD = 5 * SECOND


class Reading:
    """Reads one Zendesk.

    `days`: how much of the past is wanted, 0: all. `exports`: whether the export may be used. `every`: how often it,
    or what was deleted, is asked for.
    """

    def __init__(self, http: Http, asking: Asking, site: str, days: int, *, exports: bool, every: int) -> None:
        self._http = http
        self._asking = asking
        self._site = site
        self._days = days
        self._exports = exports
        self._every = every

    def news(self, kept: str) -> Page:
        """What changed since the last look, the newest first."""
        at = cursor.read(kept, cursor.NEWS)
        if at is None:
            return self._page((), cursor.write(self._begun(), cursor.NEWS), more=False)
        page = self._walk(at.after, NEXT_PAGE)
        tickets, passed = fitting(page.tickets, answers.TICKET, "Ticket")
        now = self._asking.now()
        is_over = not page.after or any(each.updated_at < at.reach for each in tickets)
        lacking = [ticket for ticket in tickets if at.lacks(ticket)]
        following = at.having(lacking, "" if is_over else page.after, now)
        records: list[Record] = [*passed, *self._told(lacking)]
        if is_over and not self._exports and not 0 <= now - following.looked < self._every:
            records += self._gone(following.gone - OVERLAP)
            following = replace(following, gone=now, looked=now)
        return self._page(records, cursor.write(following, cursor.NEWS), more=not is_over)

    def _begun(self) -> News:
        """News from now on. What is listed already is left to the past, which is read later."""
        self._asking.house()
        now = self._asking.now()
        listed, _ = fitting(self._walk("", LARGEST_PAGE).tickets, answers.TICKET, "Ticket")
        at = News(now // SECOND * SECOND, gone=now, looked=now)
        return replace(at.having([each for each in listed if at.lacks(each)], "", now), since=at.since)

    def past(self, kept: str) -> Page:
        """All tickets that aren't archived, the newest change first."""
        at = cursor.read(kept, cursor.PAST) or Past()
        if at.over:
            return Page((), kept, more=False)
        total = at.total or self._http.ask(Ask("/tickets/count", what="tickets")).read(answers.COUNT).count.value
        page = self._walk(at.after, NEXT_PAGE if at.after else FIRST_PAGE)
        tickets, passed = fitting(page.tickets, answers.TICKET, "Ticket")
        wanted = [ticket for ticket in tickets if ticket.updated_at >= self._oldest()]
        is_over = not page.after or len(wanted) < len(tickets)
        told = at.told + len(tickets)
        following = Past(page.after, told, total, over=is_over)
        left = 0 if is_over else max(0, total - told)
        records = [*passed, *self._told(wanted)]
        return self._page(records, cursor.write(following, cursor.PAST), more=not is_over, remaining=left)

    def old(self, kept: str) -> Page:
        """What was archived: by the search, which shows it in the order of its creation."""
        if self._exports:
            return self._export(kept)
        at = cursor.read(kept, cursor.OLD) or Old(began=self._asking.now())
        if at.over:
            return Page((), kept, more=False)
        query = f"status:closed updated<{in_seconds(at.began - ARCHIVED)}{at.bound}"
        if self._days:
            query += f" updated>={in_seconds(at.began - self._days * DAY)}"
        asked: dict[str, str | int] = {"query": query, "filter[type]": "ticket", "page[size]": NEXT_PAGE}
        if at.after:
            asked["page[after]"] = at.after
        answer = self._http.ask(Ask("/search/export", asked, accept=(400,) if at.after else (), what="old tickets"))
        if answer.status == 400:
            # A cursor lives for an hour: on from the last ticket that it showed.
            return self._page((), cursor.write(Old(at.began, "", at.bound), cursor.OLD), more=True)
        page = answer.read(LISTED)
        tickets, passed = fitting(page.results, answers.TICKET, "Ticket")
        following = Old(at.began, page.after, _bound(tickets) or at.bound, over=not page.after)
        records = [*passed, *self._told(tickets)]
        return self._page(records, cursor.write(following, cursor.OLD), more=bool(page.after))

    def _export(self, kept: str) -> Page:
        """What was archived, and from then on what was deleted, and what changed without being seen to change."""
        at = cursor.read(kept, cursor.EXPORT) or Export(began=self._asking.now())
        now = self._asking.now()
        if at.following and 0 <= now - at.asked < self._every:
            return Page((), kept, more=False)
        start = max(1, (at.began - self._days * DAY) // SECOND) if self._days else 1
        place: dict[str, str | int] = {"cursor": at.cursor} if at.cursor else {"start_time": start}
        ask = Ask("/incremental/tickets/cursor", {"per_page": LARGEST_PAGE, **place}, accept=(403,), what="the export")
        answer = self._http.ask(ask)
        if answer.status == 403:
            raise PartGone(
                "Zendesk gives its export to admins alone", "Connect without the option export, or as an admin."
            )
        page = answer.read(LISTED)
        tickets, passed = fitting(page.tickets, answers.TICKET, "Ticket")
        wanted = [ticket for ticket in tickets if _only_exported(ticket, at)]
        gone = [TicketGone(str(ticket.id)) for ticket in tickets if ticket.status == vocabulary.DELETED]
        following = Export(at.began, page.after_cursor or at.cursor, at.following or page.end_of_stream, now)
        records = [*passed, *gone, *self._told(wanted)]
        return self._page(records, cursor.write(following, cursor.EXPORT), more=not page.end_of_stream)

    def library(self, kept: str) -> Page:
        """Agents, macros and views, now and then."""
        at = cursor.read(kept, cursor.LIBRARY) or Library()
        now = self._asking.now()
        if at.read and 0 <= now - at.read < LIBRARY_EVERY:
            return Page((), kept, more=False)
        working = self._asking.all_of("users", lambda page: page.users, **{"role[]": ("agent", "admin")})
        users, _ = fitting(working, answers.USER, "User")
        staff = [user for user in users if user.is_staff]
        names = {str(user.id): user.name or "" for user in staff}
        house = self._asking.house()
        at_hand = self._asking.all_of("macros", lambda page: page.macros, active="true")
        macros, passed = fitting(at_hand, MACRO, "Macro")
        shown = self._asking.all_of("views", lambda page: page.views, active="true")
        views, unread = fitting(shown, VIEW, "View")
        snippets = (library.snippet(macro, names) for macro in macros)
        lists = (library.view(view, house, names) for view in views)
        records: list[Record] = [*map(telling.agent, staff), *passed, *unread]
        records += [record for record in (*snippets, *lists) if record is not None]
        return self._page(records, cursor.write(Library(now), cursor.LIBRARY), more=False)

    def _walk(self, after: str, size: int) -> Listed:
        """A page of all tickets, the newest change first: the first one where the place isn't known any more."""
        asked: dict[str, str | int] = {"sort": "-updated_at", "page[size]": size}
        if after:
            answer = self._http.ask(Ask("/tickets", {**asked, "page[after]": after}, accept=(400,), what="tickets"))
            if answer.status != 400:
                return answer.read(LISTED)
        return self._http.ask(Ask("/tickets", asked, what="tickets")).read(LISTED)

    def _oldest(self) -> int:
        return self._asking.now() - self._days * DAY if self._days else 0

    def _told(self, tickets: Sequence[Ticket]) -> Iterable[Record]:
        """These tickets and all that was said on them; who has a part in it comes first."""
        if not tickets:
            return
        house = self._asking.knows(tickets)
        said, passed = self._asking.comments(tickets)
        yield from passed
        named = {user for ticket in tickets for user in (ticket.requester_id or 0, ticket.assignee_id or 0)}
        named |= {comment.author_id for comments in said.values() for comment in comments}
        named |= {user for ticket in tickets for user in ticket.email_cc_ids}
        people = self._asking.people(named)
        yield from (telling.agent(user) for user in people.users.values() if user.is_staff and user.id in named)
        for ticket in tickets:
            comments = said.get(ticket.id)
            into = telling.merged_into(ticket, comments or ())
            if comments is None or into:
                yield TicketGone(str(ticket.id), into)
                continue
            yield telling.ticket_news(ticket, house, people, self._site)
            yield from telling.messages(ticket, comments, people)

    def _gone(self, since: int) -> list[Record]:
        """What was deleted since a time. Not every agent may know, and nobody more than ten pages a minute."""
        found: list[Record] = []
        for number in range(1, MOST_DELETED + 1):
            asked: dict[str, str | int] = {"sort_by": "deleted_at", "sort_order": "desc", "page": number}
            answer = self._http.ask(
                Ask("/deleted_tickets", {**asked, "per_page": LARGEST_PAGE}, accept=(403,), what="deleted tickets")
            )
            if answer.status == 403:
                break
            page = answer.read(LISTED)
            gone, _ = fitting(page.deleted_tickets, answers.DELETED_TICKET, "Deleted ticket")
            found += [TicketGone(str(each.id)) for each in gone if each.deleted_at >= since]
            # Where they don't come as they were asked for, the last one tells nothing of the rest.
            falls = bool(gone) and gone[0].deleted_at > gone[-1].deleted_at
            if not page.next_page or (falls and gone[-1].deleted_at < since):
                break
        return found

    def _page(self, records: Iterable[Record], kept: str, *, more: bool, remaining: int | None = None) -> Page:
        return Page(tuple(records), kept, more, remaining, self._http.ahead)


def _bound(tickets: Sequence[Ticket]) -> str:
    """Where a search goes on without its cursor: it shows tickets in the order of their creation, or against it."""
    if not tickets:
        return ""
    falls = tickets[0].created_at >= tickets[-1].created_at
    last = tickets[-1].created_at
    return f" created<={in_seconds(last)}" if falls else f" created>={in_seconds(last)}"


def _only_exported(ticket: Ticket, at: Export) -> bool:
    """Whether neither the list nor the news tell of it."""
    if ticket.status == vocabulary.DELETED:
        return False
    if ticket.generated_timestamp * SECOND > max(at.began, ticket.updated_at + UNTOLD):
        return True
    return not at.following and ticket.status == vocabulary.CLOSED and ticket.updated_at < at.began - ARCHIVED
