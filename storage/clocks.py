"""What tickets wait for, read for many at once: the facts behind `due_at` and `warns_at`, and the clocks of one ticket.

The invariant: what stands on an active ticket is what a recount from its messages, history, promises and the team's
targets gives.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from desk.clocks import Clock, Due, Standing, Turn, clocks, next_due
from desk.identifiers import fold
from desk.statuses import Status
from desk.targets import Aim, Matter, Targets, parse_targets
from storage import rules
from storage.connect import Connection, writing

# A ticket without messages waits since it was made; one that was answered last waits for nobody. A follow-up of a call
# stands until the customer hears from us again.
_STANDING = """
SELECT t.id, t.status, t.priority, t.team_id, c.key, t.created_at, t.inbound_at, t.first_response_at IS NOT NULL,
    t.snoozed_until, t.updated_at, coalesce(
    (SELECT min(m.at) FROM message m
     WHERE m.ticket_id = t.id AND m.kind = 'inbound' AND m.at > coalesce(t.outbound_at, -1 << 62)),
    CASE WHEN t.outbound_at IS NULL OR t.inbound_at > t.outbound_at THEN coalesce(t.inbound_at, t.created_at) END),
    (SELECT min(p.target_at) FROM promise p WHERE p.ticket_id = t.id AND p.state = 'open'),
    (SELECT min(l.follow_up_at) FROM call l WHERE l.ticket_id = t.id AND l.follow_up_at IS NOT NULL
     AND l.wrapped_at >= coalesce(t.outbound_at, -1 << 62))
FROM json_each(?) wanted CROSS JOIN ticket t ON t.id = wanted.value CROSS JOIN channel c ON c.id = t.channel_id
"""
_TURNS = """
SELECT e.ticket_id, e.at, e.data ->> '$.field', e.data ->> '$.before', e.data ->> '$.after'
FROM json_each(?) wanted CROSS JOIN event e ON e.ticket_id = wanted.value
WHERE e.kind IN ('changed', 'changed elsewhere') AND e.undone_by IS NULL
AND e.data ->> '$.field' IN ('status', 'snoozed_until') ORDER BY e.at, e.id
"""
_TAGS = """
SELECT k.ticket_id, g.name FROM json_each(?) wanted CROSS JOIN ticket_tag k ON k.ticket_id = wanted.value
JOIN tag g ON g.id = k.tag_id
"""
_SET = "UPDATE ticket SET due_at = ?, warns_at = ? WHERE id = ? AND (due_at, warns_at) IS NOT (?, ?)"
_PROMISED = """
SELECT p.id, p.made_at, p.due_at FROM json_each(?) wanted CROSS JOIN promise p ON p.ticket_id = wanted.value
WHERE p.state = 'open'
"""
_NEXT = "SELECT id FROM ticket WHERE status < 3 AND id > ? ORDER BY id LIMIT ?"
# The last ticket that was brought up to the present targets; there is none once all of them are.
BEHIND = "clocks.reached"
_MARK = "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
_REACHED = "SELECT value FROM setting WHERE key = ?"
_CAUGHT_UP = "DELETE FROM setting WHERE key = ?"
# So many tickets in one transaction, while consoles wait for theirs.
BATCH = 200


class Becoming(NamedTuple):
    """What a ticket is about to be, by a deed whose history isn't written yet."""

    status: int
    priority: int
    team_id: int | None
    snoozed_until: int | None
    tags: frozenset[str]
    at: int


class _Facts(NamedTuple):
    id: int
    status: int
    priority: int
    team_id: int | None
    channel: str
    created_at: int
    inbound_at: int | None
    answered: int
    snoozed_until: int | None
    updated_at: int
    waiting_since: int | None
    target_at: int | None
    follow_up_at: int | None


def targets(connection: Connection) -> Targets:
    """The team's targets, parsed once as long as their text stays the same."""
    return _parsed(rules.read(connection, "targets"))


def due_times(
    connection: Connection, ticket_ids: Collection[int], becoming: Mapping[int, Becoming] | None = None
) -> dict[int, Due]:
    """When each ticket is due, as it is or as it is about to be."""
    rule = targets(connection)
    desk = _Desk(connection, rule, ticket_ids, becoming or {})
    found: dict[int, Due] = {}
    for facts in desk.facts:
        running = desk.clocks(facts)
        done = desk.becomes(facts).status >= Status.SOLVED
        others = () if done else (facts.target_at, facts.follow_up_at)
        found[facts.id] = next_due(running, others)
    return found


def ticket_clocks(connection: Connection, ticket_id: int) -> tuple[Clock, ...]:
    """The clocks of one ticket that run or stand still; none where there is no such ticket."""
    desk = _Desk(connection, targets(connection), (ticket_id,), {})
    return tuple(clock for facts in desk.facts for clock in desk.clocks(facts))


def aims(connection: Connection, ticket_ids: Collection[int]) -> dict[int, Aim]:
    """What the team's targets ask for on each ticket, for whoever judges what has been."""
    desk = _Desk(connection, targets(connection), ticket_ids, {})
    return {facts.id: desk.aim(facts) for facts in desk.facts}


def fall_behind(connection: Connection) -> None:
    """Within the transaction that changes the targets: every active ticket is to be brought up to them."""
    connection.execute(_MARK, (BEHIND, 0))


def behind(connection: Connection) -> bool:
    """Whether some tickets may not be up to the present targets yet."""
    return connection.execute(_REACHED, (BEHIND,)).fetchone() is not None


def catch_up(connection: Connection) -> None:
    """Bring all that are behind up to the present targets, and what is promised on them; a batch at a time."""
    while catch_up_some(connection):
        pass


def catch_up_some(connection: Connection) -> bool:
    """One batch of it, in one transaction with the mark how far it came; False where nothing was left to do.

    Whoever goes on after a crash, or beside somebody, begins where the mark is.
    """
    with writing(connection):
        reached = connection.execute(_REACHED, (BEHIND,)).fetchone()
        if reached is None:
            return False
        ids = [row[0] for row in connection.execute(_NEXT, (int(reached[0]), BATCH))]
        if not ids:
            connection.execute(_CAUGHT_UP, (BEHIND,))
            return False
        rule = targets(connection)
        promised = connection.execute(_PROMISED, (json.dumps(ids),)).fetchall()
        aims = [(rule.inner_target(made, due), promise) for promise, made, due in promised]
        connection.executemany("UPDATE promise SET target_at = ? WHERE id = ?", aims)
        due = due_times(connection, ids)
        connection.executemany(_SET, [(*due[each], each, *due[each]) for each in ids])
        connection.execute(_MARK, (BEHIND, ids[-1]))
    return True


def turns(connection: Connection, ticket_ids: Collection[int]) -> dict[int, list[Turn]]:
    """What history tells of these tickets' status and snooze, the oldest first."""
    found: dict[int, list[Turn]] = defaultdict(list)
    if ticket_ids:
        for ticket_id, *turn in connection.execute(_TURNS, (json.dumps(list(ticket_ids)),)):
            found[ticket_id].append(Turn(*turn))
    return found


class _Desk:
    """What the clocks of some tickets are counted from, read in as few queries as they need."""

    def __init__(
        self, connection: Connection, rule: Targets, ticket_ids: Collection[int], becoming: Mapping[int, Becoming]
    ) -> None:
        asked = json.dumps(list(ticket_ids))
        self._rule, self._becoming = rule, becoming
        self._alike: dict[Matter, Aim] = {}
        self.facts = [_Facts(*row) for row in connection.execute(_STANDING, (asked,)).fetchall()]
        self._teams = _teams(connection) if any(target.teams for target in rule.targets) else {}
        self._tags = _tags(connection, asked) if rule.by_tag else {}
        self._aims = {facts.id: self._aim(facts) for facts in self.facts}
        clocked = [each.id for each in self.facts if each.waiting_since is not None or self._aims[each.id].resolution]
        self._turns = turns(connection, clocked)

    def aim(self, facts: _Facts) -> Aim:
        """The targets of a ticket."""
        return self._aims[facts.id]

    def becomes(self, facts: _Facts) -> Becoming:
        """What a ticket is, or is about to be."""
        tags = self._tags.get(facts.id, frozenset())
        present = Becoming(
            facts.status, facts.priority, facts.team_id, facts.snoozed_until, tags, facts.updated_at
        )  # fmt: skip
        return self._becoming.get(facts.id, present)

    def clocks(self, facts: _Facts) -> tuple[Clock, ...]:
        """The clocks of a ticket."""
        becomes = self.becomes(facts)
        standing = Standing(
            status=becomes.status,
            created_at=facts.created_at,
            waiting_since=facts.waiting_since,
            answered=bool(facts.answered),
            snoozed_until=becomes.snoozed_until,
            heard_at=facts.inbound_at,
            turns=tuple(self._turns.get(facts.id, ())),
            at=becomes.at,
            was=facts.status,
        )
        return clocks(standing, self.aim(facts), self._rule)

    def _aim(self, facts: _Facts) -> Aim:
        becomes = self.becomes(facts)
        team = self._teams.get(becomes.team_id or 0, "")
        matter = Matter(facts.channel, becomes.priority, team, frozenset(map(fold, becomes.tags)))
        # Of the many tickets that come in at once most are alike.
        found = self._alike.get(matter)
        if found is None:
            found = self._alike[matter] = self._rule.aim(matter)
        return found


@lru_cache(maxsize=4)
def _parsed(text: str) -> Targets:
    return parse_targets(text, "targets")


def _teams(connection: Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT id, name FROM team").fetchall())


def _tags(connection: Connection, asked: str) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for ticket_id, name in connection.execute(_TAGS, (asked,)):
        found[ticket_id].add(name)
    return {ticket_id: frozenset(names) for ticket_id, names in found.items()}
