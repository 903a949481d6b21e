"""Pages, snapshots and counts of a list of tickets."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from desk.errors import HeardError
from desk.filters import Filter, parse
from desk.records import TicketRow, ViewRow
from storage.connect import Connection
from storage.queue.conditions import Asker, Condition, where
from storage.queue.orders import order_by
from storage.queue.rows import rows


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list shows: a filter in an order, for an agent (`me`) at a time in a zone."""

    filter: Filter
    sort: str
    me: int | None
    now: int
    zone: tzinfo


def views(connection: Connection) -> tuple[ViewRow, ...]:
    """The saved filters, by their digits."""
    found = connection.execute("SELECT id, position, name, query, sort FROM view ORDER BY position, id")
    return tuple(ViewRow(*row) for row in found)


def ids_query(connection: Connection, scope: Scope) -> tuple[str, tuple[int | str, ...]]:
    """The SELECT of the list's ticket ids in their order, without a limit, and its parameters.

    Raises NotFound for a name in the filter that nobody bears, BadInput for an unknown order.
    """
    order = order_by(scope.sort)
    condition = _condition(connection, scope)
    return " ".join(("SELECT t.id FROM ticket t WHERE", condition.sql, "ORDER BY", order)), condition.values


def first_page(connection: Connection, scope: Scope, limit: int = 64) -> list[TicketRow]:
    """The first tickets of the list, read in its order without reading the rest."""
    query, values = ids_query(connection, scope)
    return rows(connection, [row[0] for row in connection.execute(f"{query} LIMIT ?", (*values, limit))])


def snapshot(connection: Connection, scope: Scope) -> "array[int]":
    """The ids of the whole list in its order: what pages are read from, anywhere and stably while mail arrives."""
    query, values = ids_query(connection, scope)
    return array("q", (row[0] for row in connection.execute(query, values)))


def count(connection: Connection, scope: Scope) -> int:
    """How many tickets the list has."""
    condition = _condition(connection, scope)
    query = " ".join(("SELECT count(*) FROM ticket t WHERE", condition.sql))
    number: int = connection.execute(query, condition.values).fetchone()[0]
    return number


def counts(connection: Connection, views: Iterable[ViewRow], me: int | None, now: int, zone: tzinfo) -> dict[int, int]:
    """How many tickets each view has, by its id; one whose filter can't be used (a name that is gone) has no count."""
    numbers: dict[int, int] = {}
    for view in views:
        try:
            numbers[view.id] = count(connection, Scope(parse(view.query), view.sort, me, now, zone))
        except HeardError:
            continue
    return numbers


def data_version(connection: Connection) -> int:
    """A number that changes when another connection has changed the database; cheap (2 µs) at each tick."""
    number: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return number


def _condition(connection: Connection, scope: Scope) -> Condition:
    return where(Asker(connection, scope.me, scope.now, scope.zone), scope.filter)
