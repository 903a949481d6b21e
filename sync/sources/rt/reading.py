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
from sync.sources.rt.paging import Listing, Read, read_all
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

    def tickets(self, queries: Sequence[str], most: int = MOST) -> list[Rows[Ticket]]:
        """The tickets of some searches, side by side, with all that is told of them; the newest first."""
        params: dict[str, str | int] = {
            "fields": TICKET_FIELDS, "fields[Requestor]": PERSON_FIELDS, "fields[Queue]": "Name", "orderby": "id",
            "order": "DESC", "per_page": most,
        }  # fmt: skip
        asks = [Ask("/tickets", {"query": query, **params}, what="tickets") for query in queries]
        return [rows_of(answer, TICKETS) for answer in self._http.ask_all(asks)]

    def numbered(self, numbers: Iterable[str]) -> tuple[dict[str, Ticket], list[Passed]]:
        """Tickets by their numbers; those that are deleted, merged or out of sight don't come."""
        pages = self.tickets([any_of("id", some) for some in chunks(sorted(set(numbers), key=int), MOST)])
        return {row.id: row for page in pages for row in page.rows}, [each for page in pages for each in page.passed]

    def standing(self, numbers: Sequence[str]) -> dict[str, Standing]:
        """Tickets by themselves, those that can be seen; one that was merged stands as the one that it is part of."""
        answers = self._http.ask_all([standing_of(number) for number in numbers])
        found = ((number, as_standing(answer)) for number, answer in zip(numbers, answers, strict=True))
        return {number: standing[0] for number, standing in found if standing is not None}

    def newest(self) -> int:
        """The number of the newest transaction that can be seen."""
        page = rows_of(self._http.ask(_transactions(NEWS, "Type,ObjectId,Created").ask(0, None, True)), TRANSACTIONS)
        if page.count:
            return max(page.numbers)
        # All of the newest may be hidden from this user.
        tickets = self.tickets(["id > 0"], 1)[0].rows
        standing = as_standing(self._http.ask(standing_of(tickets[0].id))) if tickets else None
        return standing[1] if standing else 0

    def news(self, condition: str, *, hides: bool) -> Read[Transaction]:
        """What has happened to tickets, with the keys of ours in it."""
        return read_all(self._http, [_transactions(f"({condition}) AND {NEWS}", NEWS_FIELDS, hides=hides)])[0]

    def happened(self, ticket: str, condition: str) -> list[Transaction]:
        """What of that sort happened to a ticket."""
        return read_all(self._http, [_transactions(f"TicketId = {int(ticket)} AND {condition}", NEWS_FIELDS)])[0].rows

    def history(self, numbers: Sequence[str]) -> History:
        """All that happened to these tickets, and to those that were merged into them."""
        found = History()
        unread = list(numbers)
        while unread:
            rows = self._rows(unread, found)
            heirs = {row.new_value for row in rows if row.field == MERGED and linked(row.new_value) == row.object_id}
            parts = self._merged_into(heirs)
            unread = sorted(parts.keys() - found.merged.keys(), key=int)
            found.merged |= parts
        return found

    def add_parts(self, history: History) -> None:
        """The words of all that was said in a history, and what is to be known of its files."""
        said = [row.id for row in history.rows if is_said(row)]
        parts: dict[int, Sequence[Part]] = {}
        for some in chunks(said, ALTERNATIVES):
            found, passed = read_parts(self._http, some)
            parts |= found
            history.passed += passed
        history.parts = parts

    def _rows(self, numbers: Sequence[str], found: History) -> list[Transaction]:
        rows = []
        for some in chunks(numbers, ALTERNATIVES):
            listing = _transactions(f"{any_of('TicketId', some)} AND {HISTORY}", HISTORY_FIELDS)
            read = read_all(self._http, [listing])[0]
            rows += read.rows
            found.passed += read.passed
        found.rows += rows
        return rows

    def _merged_into(self, links: Iterable[str]) -> dict[str, str]:
        """Which tickets went where these links lead to."""
        wanted = sorted(link for link in links if _LINK.fullmatch(link))
        if not wanted:
            return {}
        same = " OR ".join(f"NewValue = '{link}'" for link in wanted)
        listing = _transactions(f"Type = 'AddLink' AND Field = '{MERGED}' AND ({same})", HISTORY_FIELDS)
        rows = read_all(self._http, [listing])[0].rows
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


def _transactions(query: str, fields: str, *, hides: bool = False) -> Listing[Transaction]:
    """Transactions that fit; some of them may be hidden from this user."""

    def ask(low: int, high: int | None, backwards: bool) -> Ask:
        params: dict[str, str | int] = {
            "query": f"{between(low, high)} AND {query}", "fields": fields, "orderby": "id",
            "order": "DESC" if backwards else "ASC", "per_page": MOST,
        }  # fmt: skip
        return Ask("/transactions", params, what="what happened to tickets")

    return Listing(ask, TRANSACTIONS, whole=False, hides=hides)
