"""The streams: what changes, then the past, newest first; then agents, snippets and calls, what was deleted, customers.

The invariants: each page of tickets begins where the last one ended by time, never by a page's number, so that nothing
is skipped when tickets move while they are read; a ticket is told of again only when it has changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from desk.times import DAY, HOUR, MINUTE
from sync.http import Ask
from sync.protocol import Page, Record, Role, Stream
from sync.sources import walks
from sync.sources.walks import PEOPLE
from sync.sources.zammad import calls, cursors, snippets, statuses, tickets
from sync.sources.zammad.answers import CALL_LOG, MACRO, MOMENT, TEXT_MODULE, USER, Found, Named, one
from sync.sources.zammad.cursors import News, Past, Watched
from sync.sources.zammad.people import agent
from sync.sources.zammad.site import LISTED, ZammadSite
from sync.sources.zammad.walking import Walking
from sync.tickets import ChecklistNews, TicketGone

NEWS = Stream("news", "what changes", Role.INBOX)
PAST = Stream("past", "the past", Role.OTHER)
TEAM = Stream("team", "agents and snippets", Role.OTHER)
CALLS = Stream("calls", "calls", Role.OTHER)
GONE = Stream("gone", "deleted tickets", Role.OTHER)
STREAMS = (NEWS, PAST, TEAM, CALLS, GONE, PEOPLE)

# Tickets a page: each is two requests more.
SIZE = 25
FIRST = 100
TEAM_EVERY, CALLS_EVERY, GONE_EVERY = HOUR, MINUTE, 15 * MINUTE
_DISTANT = 100 * 365 * DAY
_MOST_PAGES = 50


class Reading:
    """Reads one Zammad. `days`: so far back the past goes; 0: to its beginning. `gone_every`, `people_every`: µs."""

    def __init__(self, site: ZammadSite, days: int, gone_every: int, people_every: int) -> None:
        self._site = site
        self._days = days
        self._gone_every = gone_every
        self._people_every = people_every
        self._walking = Walking(site)

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next page of a stream."""
        reads = {
            NEWS: self._news, PAST: self._past, TEAM: self._team, CALLS: self._calls, GONE: self._gone,
            PEOPLE: self._people,
        }  # fmt: skip
        page = reads[stream](cursor)
        return replace(page, ahead=self._site.http.ahead)

    def _news(self, cursor: str) -> Page:
        here = cursors.read(cursors.NEWS, cursor)
        if here is None:
            return Page((), cursors.write(cursors.NEWS, self._beginning()), more=False)
        condition = {"ticket.updated_at": {"operator": "after (absolute)", "value": cursors.moment(here.begins)}}
        found = tickets.search(self._site, condition, "asc", per_page=SIZE, page=here.page)
        times = _times(found)
        fresh = [number for number in found.ids if number not in times or here.seen.get(str(number)) != times[number]]
        records = tickets.records(self._site, found, fresh) if fresh else ()
        seen = {**here.seen, **{str(number): at for number, at in times.items()}}
        more = len(found.ids) >= SIZE
        newest = self._not_ahead(max((here.since, *times.values())))
        if not more:
            kept = {number: at for number, at in seen.items() if at >= newest - cursors.OVERLAP}
            return Page(records, cursors.write(cursors.NEWS, News(newest, seen=kept)), more=False)
        last = max((here.begins, *times.values()))
        page = here.page + 1 if last == here.begins else 1
        kept = {number: at for number, at in seen.items() if at >= last - cursors.OVERLAP}
        return Page(records, cursors.write(cursors.NEWS, News(here.since, last, page, kept)), more=True)

    def _beginning(self) -> News:
        """Where the news begin: at the newest change, by Zammad's own clock. The past tells of what was before."""
        times = _times(tickets.search(self._site, self._until(self._site.clock() + _DISTANT), "desc", per_page=FIRST))
        newest = self._not_ahead(max(times.values(), default=0))
        return News(newest, seen={str(number): at for number, at in times.items() if at >= newest - cursors.OVERLAP})

    def _not_ahead(self, at: int) -> int:
        """A time, but never later than it is there: what a wrong clock wrote once would hide all that follows."""
        return min(at, self._site.clock() + self._site.http.ahead)

    def _past(self, cursor: str) -> Page:
        here = cursors.read(cursors.PAST, cursor) or Past(self._site.clock() + _DISTANT)
        if here.over:
            return Page((), cursor, more=False)
        found = tickets.search(self._site, self._until(here.before), "desc", per_page=SIZE, page=here.page)
        times = _times(found)
        oldest = min(times.values(), default=here.before)
        wanted = [number for number in found.ids if number not in here.seen and not self._is_too_old(times.get(number))]
        records = tickets.records(self._site, found, wanted) if wanted else ()
        if len(found.ids) < SIZE or self._is_too_old(oldest):
            return Page(records, cursors.write(cursors.PAST, replace(here, over=True, seen=frozenset())), more=False)
        stays = oldest >= here.before
        border = frozenset(number for number, at in times.items() if at == oldest)
        following = Past(oldest, here.page + 1, here.seen | border) if stays else Past(oldest, 1, border)
        left = (
            None if found.total_count is None else max(0, found.total_count - (here.page - 1) * SIZE - len(found.ids))
        )
        return Page(records, cursors.write(cursors.PAST, following), more=True, remaining=left)

    def _until(self, before: int) -> tickets.Condition:
        return {"ticket.updated_at": {"operator": "before (absolute)", "value": cursors.moment(before)}}

    def _is_too_old(self, at: int | None) -> bool:
        return bool(self._days) and at is not None and at < self._site.clock() - self._days * DAY

    def _team(self, cursor: str) -> Page:
        """Who works there, and the texts and macros that they use."""
        here = cursors.read(cursors.WATCHED, cursor)
        if not self._is_due(here, TEAM_EVERY):
            return Page((), cursor, more=False)
        params: dict[str, str | int] = {"per_page": LISTED}
        users = [one(USER, raw) for raw in self._site.agents()]
        agents = [agent(user) for user in users if user is not None]
        called = {news.external_id: news.name for news in agents}
        names = self._site.names()
        records: list[Record] = [*agents]
        for raw in self._site.rows("/text_modules", params, "text modules"):
            module = one(TEXT_MODULE, raw)
            if module is not None and module.active:
                records.append(snippets.text_module(module))
        for raw in self._site.rows("/macros", params, "macros"):
            found = one(MACRO, raw)
            if found is not None and found.active:
                records.append(snippets.macro(found, names, called))
        return Page(tuple(records), self._watched({}), more=False)

    def _calls(self, cursor: str) -> Page:
        """The newest calls, where the token may see the caller log."""
        here = cursors.read(cursors.WATCHED, cursor)
        if not self._is_due(here, CALLS_EVERY):
            return Page((), cursor, more=False)
        answer = self._site.http.ask(Ask("/cti/log", accept=tickets.ABSENT, what="the caller log"))
        rows = answer.read(CALL_LOG).calls if answer.status == 200 else ()
        known = here.seen if here is not None else {}
        records, seen = calls.news(rows, known)
        return Page(records, self._watched(seen), more=False)

    def _gone(self, cursor: str) -> Page:
        """Tickets that were being worked on and are there no more, or not for us, and lost checklists: nobody tells.

        Those that are back, since a right was given again, are told whole; their time hasn't moved.
        """
        here = cursors.read(cursors.WATCHED, cursor)
        if not self._is_due(here, self._gone_every):
            return Page((), cursor, more=False)
        active = self._active()
        standing = {number: _checklist(found, number) for number, found in active.items()}
        if here is None:
            return Page((), self._watched(standing), more=False)
        missing = sorted(set(here.seen) - set(active), key=int)
        answers = self._site.http.ask_all([Ask(f"/tickets/{number}", accept=tickets.ABSENT) for number in missing])
        gone = [TicketGone(number) for number, said in zip(missing, answers, strict=True) if said.status != 200]
        back = sorted(set(active) - set(here.seen), key=int)
        told = [record for number in back[:SIZE] for record in self._again(active[number], number)]
        without = [
            ChecklistNews(number, was, "", ())
            for number, was in here.seen.items()
            if was and number in standing and standing[number] != was
        ]
        following = Watched(0 if back[SIZE:] else self._site.clock(), _without(standing, back[SIZE:]))
        return Page((*told, *without, *gone), cursors.write(cursors.WATCHED, following), more=bool(back[SIZE:]))

    def _again(self, found: Found, number: str) -> tuple[Record, ...]:
        return tickets.records(self._site, found, (int(number),))

    def _people(self, cursor: str) -> Page:
        """Customers, whether they have a ticket or not."""
        now = self._site.clock() + self._site.http.ahead
        return walks.step(cursor, now, self._people_every, self._walking.stretch)

    def _active(self) -> dict[str, Found]:
        """Every ticket that somebody still has to do something about, and the page of the search that it is on."""
        states = self._site.names().states
        working = [str(key) for key, state in states.items() if _is_worked_on(state)]
        condition = {"ticket.state_id": {"operator": "is", "value": working}}
        active: dict[str, Found] = {}
        for page in range(1, _MOST_PAGES + 1):
            found = tickets.search(
                self._site, condition, "asc", per_page=LISTED, page=page, sort_by="id", order_by="asc"
            )
            active.update(dict.fromkeys(map(str, found.ids), found))
            if len(found.ids) < LISTED:
                break
        return active

    def _is_due(self, here: Watched | None, every: int) -> bool:
        return here is None or not 0 <= self._site.clock() - here.at < every

    def _watched(self, seen: dict[str, str]) -> str:
        return cursors.write(cursors.WATCHED, Watched(self._site.clock(), seen))


def _checklist(found: Found, number: str) -> str:
    """The id of a ticket's checklist; empty where it has none."""
    told = found.assets.tickets.get(number, {}).get("checklist_id")
    return str(told) if isinstance(told, int) else ""


def _without(standing: Mapping[str, str], left: Collection[str]) -> dict[str, str]:
    return {number: checklist for number, checklist in standing.items() if number not in left}


def _is_worked_on(state: Named) -> bool:
    return statuses.category(state).active and state.state_type != statuses.MERGED


def _times(found: Found) -> dict[int, int]:
    """When each ticket of a page was changed last, be the rest of it as it may."""
    told = ((number, one(MOMENT, found.assets.tickets.get(str(number), {}).get("updated_at"))) for number in found.ids)
    return {number: at for number, at in told if at is not None}
