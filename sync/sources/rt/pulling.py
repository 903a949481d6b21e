"""News and past of one Request Tracker, page by page.

The invariants: news begin at the present, so that nothing that happens while the past is read is missed; whatever has
happened up to a page's version shows in the tickets that it tells; a ticket that comes back into sight is told with all
that was ever said on it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.times import HOUR, SECOND
from sync.protocol import Page
from sync.sources.rt.answers import TICKETS, Rows, Ticket, Transaction, rows_of
from sync.sources.rt.cursor import NewsCursor, PastCursor, read_news, read_past, write_cursor
from sync.sources.rt.people import People
from sync.sources.rt.queries import ACTIVE, INACTIVE, changed_within
from sync.sources.rt.reading import History, Reading, tickets_of
from sync.sources.rt.telling import DELETED, MERGED, Teller, is_said, linked
from sync.sources.rt.vocabulary import Vocabulary
from sync.tickets import HelpdeskRecord, MessageNews, Passed, TicketGone

# The first tickets are few, so that one can begin to work.
FIRST = 20
# More transactions than this come in several pages.
MOST_NEWS = 500
# RT reckons spans over a change to summer time in its user's zone.
_SUMMER = HOUR // SECOND + 60


@dataclass(frozen=True, slots=True)
class _Changes:
    """What news mean for tickets. `whole`: those whose history has to be read anew."""

    touched: frozenset[str]
    whole: frozenset[str]
    merged: Mapping[str, str]


class Pulling:
    """Reads one Request Tracker. `version` is the number of the newest transaction that everything told includes."""

    def __init__(
        self, reading: Reading, people: People, vocabulary: Vocabulary, teller: Teller, clock: Callable[[], int],
        page: int,
    ) -> None:  # fmt: skip
        self._reading = reading
        self._people = people
        self._vocabulary = vocabulary
        self._teller = teller
        self._clock = clock
        self._page = page
        self._version = 0
        # What a page has left over: the cursor behind it, the rest, and whether some is hidden.
        self._left: tuple[str, list[Transaction], bool] | None = None
        # Tickets that were asked for ahead, behind which cursor, and the version that they were of.
        self._ahead: tuple[PastCursor, Rows[Ticket], int] | None = None

    def news(self, text: str) -> Page:
        """What has happened since; nothing at first."""
        cursor = read_news(text)
        if cursor is None:
            self._version = max(self._version, self._reading.newest())
            return Page((), write_cursor(NewsCursor(self._version)), more=False)
        passed, rows, hides = self._upcoming(text, cursor)
        some, left = rows[:MOST_NEWS], rows[MOST_NEWS:]
        after = write_cursor(cursor.after((row.id for row in some), self._now(), hides=hides))
        self._left = (after, left, hides) if left else None
        self._version = max([self._version, *(row.id for row in rows)])
        if some:
            # What was asked for ahead would be older than what is told now.
            self._ahead = None
        records = self._changed(some) if some else []
        return Page((*passed, *records), after, more=bool(left), remaining=len(left))

    def past(self, text: str) -> Page:
        """The next tickets of the past, with all that was said on them; those after them are asked for meanwhile."""
        cursor = read_past(text, self._now())
        if cursor.done:
            return Page((), write_cursor(cursor), more=False, remaining=0)
        if not self._version:
            self._version = self._reading.newest()
        if text == "":
            cursor = replace(cursor, others=self._reading.count(INACTIVE))
        page, version = self._tickets(cursor)
        if not page.count:
            after = cursor.over()
            return Page(page.passed, write_cursor(after), more=not after.done)
        after = replace(cursor, below=min(page.numbers))
        numbers = [str(number) for number in page.numbers]
        history, answers = self._reading.history(numbers, [tickets_of(self._query(after), self._page)])
        self._ahead = (after, rows_of(answers[0], TICKETS), self._version)
        self._reading.add_parts(history)
        records = self._told(page.rows, history, version)
        left = max(0, (page.total or 0) - page.count) + (cursor.others if cursor.active else 0)
        return Page((*page.passed, *records), write_cursor(after), more=True, remaining=left)

    def _tickets(self, cursor: PastCursor) -> tuple[Rows[Ticket], int]:
        """The next tickets, and what is newer than they are; those that were asked for meanwhile, if they are those."""
        ahead, self._ahead = self._ahead, None
        if ahead and ahead[0] == cursor:
            return ahead[1], ahead[2]
        most = min(FIRST, self._page) if cursor.active and not cursor.below else self._page
        return self._reading.tickets(self._query(cursor), most), self._version

    def _upcoming(self, text: str, cursor: NewsCursor) -> tuple[list[Passed], list[Transaction], bool]:
        """What has happened since, whether the last page has left it or not, and whether some of it is hidden."""
        left, self._left = self._left, None
        if left and left[0] == text:
            return [], left[1], left[2]
        read = self._reading.news(_since(cursor), hides=cursor.hides)
        return read.passed, read.rows, read.hides

    def _query(self, cursor: PastCursor) -> str:
        since = max(0, self._now() - cursor.since) + _SUMMER
        wanted = ACTIVE if cursor.active else f"({INACTIVE} OR {changed_within(since)})"
        return f"{wanted} AND id < {cursor.below}" if cursor.below else wanted

    def _changed(self, rows: Sequence[Transaction]) -> list[HelpdeskRecord]:
        """The tickets of these transactions as they stand now, and what was said."""
        changes = _changes(rows)
        tickets, passed = self._reading.numbered(changes.touched)
        gone = self._gone(sorted(changes.touched - tickets.keys(), key=int), changes.merged)
        merged = {each.external_id: each.merged_into for each in gone if each.merged_into}
        anew = sorted((changes.whole & tickets.keys()) | merged.keys(), key=int)
        history = self._reading.history(anew)[0] if anew else History()
        history.merged |= merged
        fresh = {row.id for row in rows}
        history.rows = sorted([row for row in history.rows if row.id not in fresh] + list(rows), key=lambda row: row.id)
        self._reading.add_parts(history)
        return [*passed, *self._told(list(tickets.values()), history, self._version, gone)]

    def _gone(self, missing: Sequence[str], merged: Mapping[str, str]) -> list[TicketGone]:
        """What became of tickets that searches don't find any more; those out of sight stay as they were."""
        standing = self._reading.standing([number for number in missing if number not in merged])
        gone = [TicketGone(number, heir) for number, heir in merged.items() if number in missing]
        for number, found in standing.items():
            if found.id != number:
                gone.append(TicketGone(number, found.id))
            elif found.status == DELETED:
                gone.append(TicketGone(number))
        return gone

    def _told(
        self, tickets: Sequence[Ticket], history: History, version: int, gone: Sequence[TicketGone] = ()
    ) -> list[HelpdeskRecord]:
        """Agents, tickets, those that are gone, and what was said and done, in this order."""
        heirs = {ticket.id: ticket for ticket in tickets}
        rows = [(row, heirs[heir]) for row in history.rows if (heir := history.heir(row.object_id)) in heirs]
        self._vocabulary.learn(tickets)
        self._meet(tickets, (row for row, _ in rows))
        owners = self._owners(row for row, _ in rows)
        told = [self._teller.ticket(ticket, version) for ticket in tickets]
        lines = (self._line(row, ticket, history, owners) for row, ticket in rows)
        return [*self._people.untold(), *told, *gone, *filter(None, lines), *history.passed]

    def _line(
        self, row: Transaction, ticket: Ticket, history: History, owners: Mapping[str, str]
    ) -> MessageNews | None:
        if is_said(row):
            return self._teller.said(row, ticket, history.parts.get(row.id, ()))
        return self._teller.event(row, ticket, owners)

    def _meet(self, tickets: Iterable[Ticket], rows: Iterable[Transaction]) -> None:
        askers = {asker.id for ticket in tickets for asker in ticket.requestor}
        owners = {ticket.owner.id for ticket in tickets}
        self._people.meet({*owners, *(row.creator.id for row in rows)}, askers - owners)

    def _owners(self, rows: Iterable[Transaction]) -> dict[str, str]:
        """The names of users whom tickets were given to, by their numbers."""
        return self._people.numbered({row.new_value for row in rows if row.type == "Set" and row.field == "Owner"})

    def _now(self) -> int:
        return self._clock() // SECOND


def _since(cursor: NewsCursor) -> str:
    late = [f"(id >= {gap.first} AND id <= {gap.last})" for gap in cursor.gaps]
    return " OR ".join([f"id > {cursor.top}", *late])


def _changes(rows: Iterable[Transaction]) -> _Changes:
    touched, whole, merged = set(), set(), {}
    for row in rows:
        touched.add(row.object_id)
        if row.type == "AddLink" and row.field == MERGED and linked(row.new_value) != row.object_id:
            merged[row.object_id] = linked(row.new_value)
            touched.add(merged[row.object_id])
        if (row.type == "Status" and row.old_value == DELETED) or (row.type == "Set" and row.field == "Queue"):
            whole.add(row.object_id)
    return _Changes(frozenset(touched), frozenset(whole), merged)
