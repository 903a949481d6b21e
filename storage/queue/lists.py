"""Pages, snapshots and counts of a list of tickets."""

from array import array
from collections.abc import Iterable
from datetime import tzinfo
from typing import NamedTuple

from desk.errors import HeardError
from desk.filters import Filter, Term, parse
from desk.records import TicketRow, ViewRow
from desk.statuses import Status
from storage.connect import Connection
from storage.queue import names
from storage.queue.conditions import ACTIVE, FIRST, WHOLE, Asker, Condition, Reach, statuses_of, where
from storage.queue.orders import Order, order_of
from storage.queue.rows import rows

# What a filter asks of every ticket that has the time of an order.
_HAVING = {"t.due_at": "due", "t.snoozed_until": "snoozed", "t.promised_at": "is"}
_SNOOZED, _NOT_SNOOZED = Term("snoozed", ":", "yes"), Term("snoozed", ":", "no")
_HAS_NOT = {"none", "no", "angry", "unread"}
# What was merged is closed, has its tags still, and is in no list.
_MERGED = "-(SELECT count(*) FROM ticket WHERE merged_into_id IS NOT NULL)"
_MERGED_WITH_TAG = """-(SELECT count(*) FROM ticket m CROSS JOIN ticket_tag w ON w.ticket_id=m.id AND w.tag_id=?1
    WHERE m.merged_into_id IS NOT NULL)"""


class Scope(NamedTuple):
    """What a list shows: a filter in an order, for an agent (`me`) at a time (`now`, microseconds UTC) in a zone.

    `among` are the tickets that it is narrowed to, as a JSON list of ids; None where all are meant.
    """

    filter: Filter
    sort: str
    me: int | None
    now: int
    zone: tzinfo
    among: str | None = None


def views(connection: Connection) -> tuple[ViewRow, ...]:
    """The saved filters, by their digits."""
    found = connection.execute("SELECT id, position, name, query, sort FROM view ORDER BY position, id")
    return tuple(ViewRow(*row) for row in found)


def ids_query(connection: Connection, scope: Scope, reach: Reach = FIRST) -> tuple[str, tuple[int | str, ...]]:
    """The SELECT of the list's ticket ids in their order, without a limit, and its parameters.

    Raises NotFound for a name in the filter that nobody bears, BadInput for an unknown order.
    """
    order = order_of(scope.sort)
    condition = where(_asker(connection, scope, reach), scope.filter, order)
    if condition.leads:
        return _ordered(condition.sql, order.sorted), condition.values
    if statuses_of(scope.filter) <= ACTIVE:
        return _ordered(condition.sql, order.by), condition.values
    if not order.rare:
        return _ordered(condition.sql + order.over_years, order.by), condition.values
    parts = [_ordered(f"{condition.sql} AND {part}", by) for part, by in _parts(scope.filter, order)]
    query = parts[0] if len(parts) == 1 else f"SELECT * FROM ({parts[0]}) UNION ALL SELECT * FROM ({parts[1]})"  # noqa: S608  our own columns
    return query, condition.values * len(parts)


def _ordered(condition: str, by: str) -> str:
    return " ".join(("SELECT t.id FROM ticket t WHERE", condition, "ORDER BY", by))


def _parts(wanted: Filter, order: Order) -> list[tuple[str, str]]:
    """The tickets that have the time of the order, by it, then those that don't, by id; but for what can't be there."""
    has = (f"{order.rare} IS NOT NULL AND t.status>=0", f"{order.rare}, t.id")
    lacks = (f"{order.rare} IS NULL", "t.id")
    for group in wanted.groups():
        if (
            group[0].field == _HAVING[order.rare]
            and not group[0].negated
            and _HAS_NOT.isdisjoint(term.value for term in group)
        ):
            return [has]
    return [has, lacks]


def first_page(connection: Connection, scope: Scope, limit: int = 64) -> list[TicketRow]:
    """The first tickets of the list, read in its order without reading the rest.

    They are the beginning of the whole list; of one with words, that of what was said lately.
    """
    query, values = ids_query(connection, scope)
    return rows(connection, [row[0] for row in connection.execute(f"{query} LIMIT ?", (*values, limit))])


def snapshot(connection: Connection, scope: Scope) -> "array[int]":
    """The ids of the whole list in its order: what pages are read from, anywhere and stably while mail arrives."""
    query, values = ids_query(connection, scope, WHOLE)
    return array("q", (row[0] for row in connection.execute(query, values)))


def count(connection: Connection, scope: Scope) -> int:
    """How many tickets the list has; what stands in a table of its own needn't be counted."""
    kept = None if scope.among is not None else _kept_count(connection, scope.filter)
    awake = scope.among is None and _NOT_SNOOZED in scope.filter.terms
    rest = scope.filter._replace(terms=tuple(term for term in scope.filter.terms if term.field != "snoozed"))
    if awake and len(rest.terms) == len(scope.filter.terms) - 1 and _kept_count(connection, rest) is not None:
        # Those that sleep are fewer, and have an index.
        asleep = rest._replace(terms=(*rest.terms, _SNOOZED))
        return count(connection, scope._replace(filter=rest)) - count(connection, scope._replace(filter=asleep))
    if kept is None:
        kept = where(_asker(connection, scope, WHOLE), scope.filter, order_of(scope.sort))
        kept = Condition(" ".join(("SELECT count(*) FROM ticket t WHERE", kept.sql)), kept.values)
    number: int = connection.execute(kept.sql, kept.values).fetchone()[0]
    return number


def _kept_count(connection: Connection, wanted: Filter) -> Condition | None:
    """The count of a filter by status alone, or of one tag among all or the active tickets."""
    if wanted.words or wanted.phrases or wanted.excluded:
        return None
    statuses = statuses_of(wanted)
    others = [group[0] for group in wanted.groups() if group[0].field != "status"]
    if not others:
        marks = ",".join("?" * len(statuses))
        merged = _MERGED if Status.CLOSED in statuses else ""
        return Condition(
            f"SELECT ifnull(sum(tickets), 0){merged} FROM ticket_count WHERE status IN ({marks})",  # noqa: S608  ours
            tuple(sorted(int(status) for status in statuses)),
        )
    table = {ACTIVE: "active_tag", frozenset(Status): "ticket_tag"}.get(statuses)
    if len(others) > 1 or others[0].field != "tag" or others[0].negated or table is None:
        return None
    found = names.tag_ids(connection, others[0].value)
    merged = _MERGED_WITH_TAG if Status.CLOSED in statuses else ""
    return Condition(f"SELECT count(*){merged} FROM {table} WHERE tag_id=?1", (found[0] if found else 0,))  # noqa: S608  ours


def counts(connection: Connection, views: Iterable[ViewRow], me: int | None, now: int, zone: tzinfo) -> dict[int, int]:
    """How many tickets each view has, by its id; one whose filter can't be used (a name that is gone) has no count."""
    numbers: dict[int, int] = {}
    for view in views:
        try:
            numbers[view.id] = count(connection, Scope(parse(view.query), view.sort, me, now, zone))
        except HeardError:
            continue
    return numbers


def _asker(connection: Connection, scope: Scope, reach: Reach) -> Asker:
    return Asker(connection, scope.me, scope.now, scope.zone, reach, scope.among)
