"""What is asked of RT to know tickets and what happened to them: few large requests, each list read to its end.

The invariant: tickets are those that this user may see, and a history is that of these and of those that were merged
into them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sync.http import Answer, Ask, Http
from sync.sources.rt.answers import STANDING, TICKETS, TRANSACTIONS, Part, Rows, Standing, Ticket, Transaction, rows_of
from sync.sources.rt.paging import Listing, Read, Span, read_all
from sync.sources.rt.parts import read_parts
from sync.sources.rt.queries import (
    ALTERNATIVES,
    HISTORY,
    HISTORY_FIELDS,
    MOST,
    NEWS,
    NEWS_FIELDS,
    PERSON_FIELDS,
    TICKET_FIELDS,
    any_of,
    between,
)
from sync.sources.rt.telling import MERGED, is_said, linked
from sync.tickets import Passed

Value = TypeVar("Value", str, int)
_LINK = re.compile(r"[\w.:/-]+")


@dataclass(slots=True)
class History:
    """What happened to some tickets. `parts`: of each that holds words. `merged`: into which ticket others went."""

    rows: list[Transaction] = field(default_factory=list)
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)

    def heir(self, number: str) -> str:
        """The ticket that has this one's history now."""
        seen = {number}
        while (onward := self.merged.get(number, number)) not in seen:
            number = onward
            seen.add(number)
        return number


class Reading:
    """Asks one Request Tracker."""

    def __init__(self, http: Http) -> None:
        self._http = http
        # How much happened to a ticket, in the mean of the last ones.
        self._a_ticket = 0.0

    def tickets(self, query: str, most: int = MOST) -> Rows[Ticket]:
        """The newest tickets that fit, with all that is told of them; the newest first."""
        return rows_of(self._http.ask(tickets_of(query, most)), TICKETS)

    def count(self, query: str) -> int:
        """How many tickets fit."""
        params: dict[str, str | int] = {"query": query, "per_page": 1, "fields": "Status,Created,LastUpdated"}
        return rows_of(self._http.ask(Ask("/tickets", params, what="tickets")), TICKETS).total or 0

    def numbered(self, numbers: Iterable[str]) -> tuple[dict[str, Ticket], list[Passed]]:
        """Tickets by their numbers; those that are deleted, merged or out of sight don't come."""
        queries = [any_of("id", some) for some in chunks(sorted(set(numbers), key=int), MOST)]
        pages = [rows_of(answer, TICKETS) for answer in self._http.ask_all([tickets_of(query) for query in queries])]
        return {row.id: row for page in pages for row in page.rows}, [each for page in pages for each in page.passed]

    def standing(self, numbers: Sequence[str]) -> dict[str, Standing]:
        """Tickets by themselves, those that can be seen; one that was merged stands as the one that it is part of."""
        answers = self._http.ask_all([standing_of(number) for number in numbers])
        found = ((number, as_standing(answer)) for number, answer in zip(numbers, answers, strict=True))
        return {number: standing[0] for number, standing in found if standing is not None}

    def newest(self) -> int:
        """The number of the newest transaction that can be seen."""
        newest = _transactions(NEWS, "Type,ObjectId,Created").ask(Span(0, backwards=True))
        page = rows_of(self._http.ask(newest), TRANSACTIONS)
        if page.count:
            return max(page.numbers)
        # All of the newest may be hidden from this user.
        tickets = self.tickets("id > 0", 1).rows
        standing = as_standing(self._http.ask(standing_of(tickets[0].id))) if tickets else None
        return standing[1] if standing else 0

    def news(self, condition: str, *, hides: bool) -> Read[Transaction]:
        """What has happened to tickets, with the keys of ours in it."""
        listing = _transactions(f"({condition}) AND {NEWS}", NEWS_FIELDS, hides=hides)
        return self._read(listing)

    def happened(self, ticket: str, condition: str) -> list[Transaction]:
        """What of that sort happened to a ticket."""
        return self._read(_transactions(f"TicketId = {int(ticket)} AND {condition}", NEWS_FIELDS)).rows

    def history(self, numbers: Sequence[str], beside: Sequence[Ask] = ()) -> tuple[History, list[Answer]]:
        """All that happened to these tickets, and to those that were merged into them; and what is asked besides."""
        found = History()
        expected = int(self._a_ticket * len(numbers)) // MOST
        listing = _transactions(_of(numbers), HISTORY_FIELDS, expected=expected, filled=True)
        reads, others = read_all(self._http, [listing], beside=beside)
        self._a_ticket = len(reads[0].rows) / len(numbers)
        merged = self._keep(reads[0], found)
        while unread := sorted(merged.keys() - found.merged.keys(), key=int):
            found.merged |= merged
            for some in chunks(unread, ALTERNATIVES):
                merged = merged | self._keep(self._read(_transactions(_of(some), HISTORY_FIELDS)), found)
        return found, others

    def add_parts(self, history: History) -> None:
        """The words of all that was said in a history, and what is to be known of its files."""
        said = [row.id for row in history.rows if is_said(row)]
        parts: dict[int, Sequence[Part]] = {}
        for some in chunks(said, ALTERNATIVES):
            found, passed = read_parts(self._http, some)
            parts |= found
            history.passed += passed
        history.parts = parts

    def _keep(self, read: Read[Transaction], found: History) -> dict[str, str]:
        """Keep what has happened; the tickets that were merged into those that it happened to."""
        found.rows += read.rows
        found.passed += read.passed
        merges = (row for row in read.rows if row.field == MERGED and row.type == "AddLink")
        return self._merged_into({row.new_value for row in merges if linked(row.new_value) == row.object_id})

    def _read(self, listing: Listing[Transaction]) -> Read[Transaction]:
        return read_all(self._http, [listing])[0][0]

    def _merged_into(self, links: Iterable[str]) -> dict[str, str]:
        """Which tickets went where these links lead to."""
        wanted = sorted(link for link in links if _LINK.fullmatch(link))
        if not wanted:
            return {}
        same = " OR ".join(f"NewValue = '{link}'" for link in wanted)
        listing = _transactions(f"Type = 'AddLink' AND Field = '{MERGED}' AND ({same})", HISTORY_FIELDS)
        rows = self._read(listing).rows
        return {row.object_id: linked(row.new_value) for row in rows if linked(row.new_value) != row.object_id}


def standing_of(number: str) -> Ask:
    """Asks for a ticket by itself."""
    return Ask(f"/ticket/{int(number)}", accept=(403, 404), what="a ticket")


def as_standing(answer: Answer) -> tuple[Standing, int] | None:
    """A ticket by itself, and the number of the newest thing that this user sees on it; None where it isn't seen."""
    if answer.status >= 300:
        return None
    mark = answer.headers.get("etag", "").strip('"')
    return answer.read(STANDING), int(mark) if mark.isdecimal() else 0


def chunks(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """These, so many at a time."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some


def tickets_of(query: str, most: int = MOST) -> Ask:
    """Asks for the newest tickets that fit."""
    params: dict[str, str | int] = {
        "query": query, "fields": TICKET_FIELDS, "fields[Requestor]": PERSON_FIELDS, "fields[Queue]": "Name",
        "orderby": "id", "order": "DESC", "per_page": most,
    }  # fmt: skip
    return Ask("/tickets", params, what="tickets")


def _of(numbers: Sequence[str]) -> str:
    # `TicketId` would join the tickets, which takes RT half as long again.
    return f"{any_of('ObjectId', numbers)} AND {HISTORY}"


def _transactions(
    query: str, fields: str, *, hides: bool = False, expected: int = 0, filled: bool = False
) -> Listing[Transaction]:
    """Transactions that fit; some of them may be hidden from this user."""

    def ask(span: Span) -> Ask:
        within = between(span.low, span.high)
        params = {**span.params, "query": f"{within} AND {query}", "fields": fields}
        return Ask("/transactions", params, what="what happened to tickets")

    return Listing(ask, TRANSACTIONS, whole=False, hides=hides, expected=expected, filled=filled)
