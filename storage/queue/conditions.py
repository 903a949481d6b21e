"""From a filter to the WHERE of its SQL: every value a parameter, every operator one small function.

The invariants: whatever is active says the literal `status<3`, without which SQLite leaves the partial indexes alone,
and what is resolved says `status>=3`; a negated term takes in what has no value (`-due<2h` shows tickets without a due
time), so that a term and its negation together are all tickets.

Over all years it is said here, and not left to SQLite, where to begin: with a term that few tickets fit (it `leads`),
else in the order of the list. A plus before a column keeps SQLite from beginning with what many fit.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from desk.filters import Filter, Span, Term, span
from desk.mood import UPSET
from desk.statuses import Status, parse_priority
from storage.connect import Connection
from storage.queue import names
from storage.queue.orders import Order
from storage.queue.words import Looked, said, unsaid
from storage.search.schema import LAST_PLACE

ACTIVE = frozenset(status for status in Status if status.active)
FEW_ACTIVE = 500


class Condition(NamedTuple):
    """A piece of SQL over `ticket t`, with its parameters in order. It `leads` where few tickets fit it."""

    sql: str
    values: tuple[int | str, ...] = ()
    leads: bool = False

    @property
    def held_back(self) -> "Condition":
        """The same, checked on each ticket of the list instead of leading to it."""
        return self._replace(sql=self.sql.replace("t.", "+t."))


class Reach(NamedTuple):
    """How many tickets are found first and then sorted: `few`, or `few_together` of what lies together in time."""

    few: int
    few_together: int
    looked: Looked


# For the first page of a million tickets in 10 ms: more than 4,000 are met often enough to read them in the list's
# order, but those that lie together may lie far behind in another. And for all of them, behind the first page.
FIRST = Reach(4_000, 6_000, Looked(2_000, 4_000, by_each=True))
WHOLE = Reach(100_000, 100_000, Looked(10_000, 200_000, by_each=False))


class Asker(NamedTuple):
    """Who asks, where and when: what `me`, `today` and names mean; `among` which tickets, as in `Scope`."""

    connection: Connection
    me: int | None
    now: int
    zone: tzinfo
    reach: Reach
    among: str | None = None


ALL = Condition("1")
NOTHING = Condition("0")
# What was merged is closed, and in no list: all that was said on it is elsewhere. Among all tickets the few that were
# are read first, since the indexes of the orders don't say which.
_STANDS = Condition("t.merged_into_id IS NULL")
_AMONG = "t.id IN (SELECT value FROM json_each(?))"
_STANDS_AMONG_ALL = Condition("t.id NOT IN (SELECT id FROM ticket WHERE merged_into_id IS NOT NULL)")


def where(asker: Asker, wanted: Filter, order: Order) -> Condition:
    """The condition of the whole filter, read in that order; NotFound for a name that nobody bears."""
    statuses = statuses_of(wanted)
    active = statuses <= ACTIVE
    parts = [_group(asker, group, order, active=active) for group in wanted.groups() if group[0].field != "status"]
    parts += [Condition(sql, values, leads=True) for sql, values in said(wanted, asker.reach.looked)]
    parts += [Condition(sql, values) for sql, values in unsaid(wanted, asker.reach.looked)]
    if asker.among is not None:
        parts.append(Condition(_AMONG, (asker.among,), leads=True))
    leads = any(part.leads for part in parts)
    of_statuses = _of_statuses(statuses)
    in_order = "status" in order.with_field and len(statuses) == 1
    if not active and of_statuses != ALL and not in_order and not leads:
        leads = _tickets(asker.connection, statuses) <= asker.reach.few
        of_statuses = of_statuses if leads else of_statuses.held_back
    if Status.CLOSED in statuses:
        parts.append(_STANDS if leads or asker.reach.looked.by_each else _STANDS_AMONG_ALL)
    kept = [part for part in (of_statuses, *parts) if part != ALL] or [ALL]
    values = tuple(value for part in kept for value in part.values)
    return Condition(" AND ".join(part.sql for part in kept), values, leads)


def statuses_of(wanted: Filter) -> frozenset[Status]:
    """The statuses that all the terms on the status leave over."""
    left = frozenset(Status)
    for group in wanted.groups():
        if group[0].field != "status":
            continue
        named = frozenset().union(*(_status(term.value) for term in group))
        left = left - named if group[0].negated else left & named
    return left


def _tickets(connection: Connection, statuses: Iterable[Status]) -> int:
    """How many tickets have one of these statuses."""
    counted = dict(connection.execute("SELECT status, tickets FROM ticket_count"))
    return sum(counted.get(status, 0) for status in statuses)


def _group(asker: Asker, group: tuple[Term, ...], order: Order, *, active: bool) -> Condition:
    """One group of terms. Of active tickets SQLite knows best itself, since each of their lists has its index."""
    first = group[0]
    if first.field == "tag":
        return _negated(first, _tag(asker, first.value, "active_tag" if active else "ticket_tag"))
    condition = _negated(first, _FIELDS[first.field](asker, group))
    lead = _LEADS.get(first.field, _LEADS.get(f"{first.field}:{first.value}"))
    if active or lead is None or first.negated:
        return condition
    several = len(group) > 1
    if first.value in _MOST.get(first.field, ()) or (several and not _named_by_ids(group)):
        return condition.held_back
    if first.field in order.with_field and not several:
        return condition
    led = condition._replace(sql=condition.sql + lead, leads=True)
    query = f"SELECT 1 FROM ticket t WHERE {led.sql} LIMIT 1 OFFSET ?"  # noqa: S608  our own columns
    few = asker.reach.few_together if first.field in _TOGETHER else asker.reach.few
    many = asker.connection.execute(query, (*led.values, few)).fetchone() is not None
    return condition.held_back if many else led


def _named_by_ids(group: tuple[Term, ...]) -> bool:
    """Whether several terms are one look-up of an index, and not an OR of several."""
    return group[0].field in _BY_IDS and all(term.value != "none" for term in group)


def _status(key: str) -> frozenset[Status]:
    return ACTIVE if key == "active" else frozenset({Status[key.upper()]})


def _of_statuses(statuses: frozenset[Status]) -> Condition:
    if statuses == frozenset(Status):
        return ALL
    if statuses == ACTIVE:
        return Condition("t.status<3")
    sql, values = _is_one_of("t.status", sorted(statuses))
    if statuses and statuses < ACTIVE:
        return Condition(f"t.status<3 AND {sql}", values)
    if statuses and not statuses & ACTIVE:
        return Condition(f"t.status>=3 AND {sql}", values)
    return Condition(sql, values)


def _is_one_of(column: str, values: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    if not values:
        return NOTHING.sql, ()
    if len(values) == 1:
        return f"{column}=?", (int(values[0]),)
    return f"{column} IN ({','.join('?' * len(values))})", tuple(int(value) for value in values)


def _negated(term: Term, condition: Condition) -> Condition:
    return Condition(f"({condition.sql}) IS NOT TRUE", condition.values) if term.negated else condition


def _any(conditions: Iterable[Condition]) -> Condition:
    several = list(conditions)
    if len(several) == 1:
        return several[0]
    return Condition(
        f"({' OR '.join(f'({each.sql})' for each in several)})", tuple(v for each in several for v in each.values)
    )


def _named(column: str, find: Callable[[Connection, str], list[int]]) -> Callable[[Asker, tuple[Term, ...]], Condition]:
    """The condition on a column that names a row elsewhere, where `none` is that there is no such row."""

    def condition(asker: Asker, group: tuple[Term, ...]) -> Condition:
        ids: list[int] = []
        for term in group:
            if term.value == "me" and find is names.agent_ids:
                ids += [] if asker.me is None else [asker.me]
            elif term.value != "none":
                ids += find(asker.connection, term.value)
        named = Condition(*_is_one_of(column, sorted(set(ids))))
        if all(term.value != "none" for term in group):
            return named
        missing = Condition(f"{column} IS NULL")
        return _any([missing, named]) if ids else missing

    return condition


def _priority(group: tuple[Term, ...]) -> Condition:
    ranks = [parse_priority(term.value) for term in group]
    if group[0].operator == ":":
        return Condition(*_is_one_of("t.priority", sorted(set(ranks))))
    return Condition(f"t.priority{_COMPARED[group[0].operator]}?", (int(ranks[0]),))


def _moment(column: str) -> Callable[[Asker, tuple[Term, ...]], Condition]:
    """The condition on a time: inside one of the terms' spans, or without a time where `none` is asked for."""

    def inside(within: Span) -> Condition:
        ends = ((">=?", within.start), ("<?", within.end))
        given = [(sign, end) for sign, end in ends if end is not None]
        return Condition(" AND ".join(f"{column}{sign}" for sign, _ in given), tuple(end for _, end in given))

    def condition(asker: Asker, group: tuple[Term, ...]) -> Condition:
        return _any(
            Condition(f"{column} IS NULL") if term.value == "none" else inside(span(term, asker.now, asker.zone))
            for term in group
        )

    return condition


def _snoozed(asker: Asker, group: tuple[Term, ...]) -> Condition:
    """A snooze that is over is none: the ticket is back."""
    yes = Condition("t.snoozed_until>?", (asker.now,))
    no = Condition("(t.snoozed_until IS NULL OR t.snoozed_until<=?)", (asker.now,))
    return _any(yes if value == "yes" else no for value in dict.fromkeys(term.value for term in group))


def _flag(group: tuple[Term, ...]) -> Condition:
    return _FLAGS[group[0].value]


def _rating(group: tuple[Term, ...]) -> Condition:
    """A ticket has several answers, each with its rating: one that is meant is enough."""
    rated = [_RATED[term.value] for term in group]
    return Condition(f"t.id IN (SELECT ticket_id FROM rating WHERE {' OR '.join(dict.fromkeys(rated))})")  # noqa: S608  ours


def _tag(asker: Asker, name: str, table: str) -> Condition:
    found = names.tag_ids(asker.connection, name)
    if not found:
        return NOTHING
    how = _TAGS[table]
    few = FEW_ACTIVE if table == "active_tag" else asker.reach.few
    common = asker.connection.execute(how.is_common, (found[0], few)).fetchone() is not None
    return Condition(how.walked if common else how.led, (found[0],), leads=not common)


def _customer(group: tuple[Term, ...]) -> Condition:
    from desk.identifiers import words_of

    questions = [" AND ".join(f'"{word}"*' for word in words_of(term.value)) for term in group]
    return _any(Condition(_CUSTOMERS, (question,)) if question else NOTHING for question in questions)


class _Tagged(NamedTuple):
    """How a table of tags is asked: whether a tag is common, and the two ways to a ticket's tag."""

    is_common: str
    walked: str
    led: str


# A tag on many tickets is checked while the list is read in its order; a rarer one leads to its tickets.
_TAGS = {
    "active_tag": _Tagged(
        "SELECT 1 FROM active_tag WHERE tag_id=? LIMIT 1 OFFSET ?",
        "EXISTS (SELECT 1 FROM active_tag w WHERE w.tag_id=? AND w.ticket_id=t.id)",
        "t.id IN (SELECT ticket_id FROM active_tag WHERE tag_id=?)",
    ),
    "ticket_tag": _Tagged(
        "SELECT 1 FROM ticket_tag WHERE tag_id=? LIMIT 1 OFFSET ?",
        "EXISTS (SELECT 1 FROM ticket_tag w WHERE w.tag_id=? AND w.ticket_id=t.id)",
        "t.id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id=?)",
    ),
}
# Of customers alike, the two thousand last in contact.
_CUSTOMERS = f"""t.customer_id IN (SELECT id FROM customer WHERE recency IN (
    SELECT {LAST_PLACE}-rowid FROM lookup WHERE lookup MATCH ? ORDER BY rowid LIMIT 2000))"""  # noqa: S608  a number of ours
_RATED = {"great": "score=3", "fine": "score=2", "bad": "score=1", "unacted": "score=1 AND action=''"}
_FLAGS = {
    # The index of angry tickets says `mood>0`, and SQLite wants to hear that very term.
    "angry": Condition("t.mood>0 AND t.mood>=?", (UPSET,)),
    "promised": Condition("t.promised_at IS NOT NULL"),
    "unread": Condition("t.unread=1"),
}
# The terms that an index over all years answers, and what must be said for SQLite to use it.
_LEADS = {
    "assignee": "",
    "customer": "",
    "created": "",
    "updated": "",
    "snoozed": "",
    "due": " AND t.status>=0",
    "is:promised": " AND t.status>=0",
    "rating": "",
    **{of: f" AND ifnull(t.{of}_id, 0)>=0" for of in ("team", "queue", "channel", "source")},
    "priority": " AND ifnull(t.priority, 0)>=0",
}
_BY_IDS = {"assignee", "team", "queue", "channel", "source", "priority"}
# What nearly all tickets are, so that it isn't worth looking.
_MOST = {"due": ("none",), "snoozed": ("no",)}
# What often lies together in time, as the tickets of a team that was closed.
_TOGETHER = {"created", "updated", "due", "team", "queue", "channel", "source", "priority"}
_COMPARED = {"<": "<", ">": ">", "<=": "<=", ">=": ">="}
_FIELDS: dict[str, Callable[[Asker, tuple[Term, ...]], Condition]] = {
    "assignee": _named("t.assignee_id", names.agent_ids),
    "channel": _named("t.channel_id", names.channel_ids),
    "team": _named("t.team_id", names.team_ids),
    "queue": _named("t.queue_id", names.queue_ids),
    "source": _named("t.source_id", names.source_ids),
    "priority": lambda _, group: _priority(group),
    "customer": lambda _, group: _customer(group),
    "due": _moment("t.due_at"),
    "updated": _moment("t.updated_at"),
    "created": _moment("t.created_at"),
    "snoozed": _snoozed,
    "rating": lambda _, group: _rating(group),
    "is": lambda _, group: _flag(group),
}
