"""What a change would do to each ticket, without doing it: read by the preview and by the deed itself."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, cast

from desk.errors import NotFound
from desk.statuses import Status
from desk.text import clean
from storage.clocks import Becoming, due_times
from storage.connect import Connection
from storage.deeds.patches import Row


class Keep(Enum):
    """The value of a field that stays as it is, since None means "nobody" or "never"."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP

MERGED = "merged into another ticket"
NOT_SNOOZED = "done with, so not snoozed"
SAME = "so already"


@dataclass(frozen=True, slots=True)
class Change:
    """What to set. Agents, teams and queues by id; tags by name; `snoozed_until` in microseconds."""

    status: int | None = None
    priority: int | None = None
    assignee: int | Keep | None = KEEP
    team: int | Keep | None = KEEP
    queue: int | Keep | None = KEEP
    snoozed_until: int | Keep | None = KEEP
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    watch: bool | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One field of one ticket, as history tells it: names instead of ids."""

    field: str
    before: int | str | list[str] | None
    after: int | str | list[str] | None


@dataclass(frozen=True, slots=True)
class Move:
    """Everything that changes on one ticket: its columns, its tags by name, and what history says of it."""

    ticket_id: int
    number: int
    before: Row
    after: Row
    added: tuple[str, ...]
    removed: tuple[str, ...]
    turns: tuple[Turn, ...]


@dataclass(slots=True)
class Plan:
    """The tickets that change, and the numbers of those that don't, by the reason."""

    moves: list[Move] = field(default_factory=list)
    left: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class _State:
    """A ticket as it is, with the names of what it points to."""

    columns: Row
    number: int
    merged: bool
    names: dict[str, str | None]
    tags: frozenset[str]
    watched: bool


_STATES = """
SELECT t.id, t.number, t.merged_into_id IS NOT NULL, a.name, tm.name, q.name,
       EXISTS(SELECT 1 FROM watch w WHERE w.ticket_id = t.id AND w.agent_id = ?),
       t.status, t.priority, t.assignee_id, t.team_id, t.queue_id, t.snoozed_until, t.solved_at, t.due_at, t.warns_at,
       t.updated_at
FROM ticket t LEFT JOIN agent a ON a.id = t.assignee_id LEFT JOIN team tm ON tm.id = t.team_id
LEFT JOIN queue q ON q.id = t.queue_id WHERE t.id IN (SELECT value FROM json_each(?))
"""
_COLUMNS = (
    "status", "priority", "assignee_id", "team_id", "queue_id", "snoozed_until", "solved_at", "due_at", "warns_at",
    "updated_at",
)  # fmt: skip
_MOVES_CLOCKS = frozenset({"status", "priority", "team_id", "snoozed_until"})
_TAGS = (
    "SELECT tt.ticket_id, g.name FROM ticket_tag tt JOIN tag g ON g.id = tt.tag_id "
    "WHERE tt.ticket_id IN (SELECT value FROM json_each(?))"
)
# Field, its column, and the statement that finds the name behind an id.
_POINTERS = (
    ("assignee", "assignee_id", "SELECT name FROM agent WHERE id = ?"),
    ("team", "team_id", "SELECT name FROM team WHERE id = ?"),
    ("queue", "queue_id", "SELECT name FROM queue WHERE id = ?"),
)


def plan(connection: Connection, ticket_ids: Sequence[int], change: Change, agent_id: int | None, at: int) -> Plan:
    """What `change` would do to these tickets, in their order; NotFound where one of them is gone."""
    states = _states(connection, ticket_ids, agent_id)
    names = _target_names(connection, change)
    planned = Plan()
    for ticket_id in dict.fromkeys(ticket_ids):
        state = states.get(ticket_id)
        if state is None:
            raise NotFound("A ticket of the selection is gone", "Select again; nothing was changed.")
        if state.merged:
            planned.left[MERGED].append(state.number)
            continue
        move = _move(ticket_id, state, change, names, at)
        if move.turns:
            planned.moves.append(move)
        elif _snoozes(change) and not _active(state, change):
            planned.left[NOT_SNOOZED].append(state.number)
        else:
            planned.left[SAME].append(state.number)
    _set_due_times(
        connection, planned.moves, {move.ticket_id: states[move.ticket_id].tags for move in planned.moves}, at
    )
    return planned


def tag_names(names: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: clean, in lower case, with hyphens instead of spaces, each once."""
    tidy = ("-".join(clean(name, lines=False).casefold().split()) for name in names)
    return tuple(dict.fromkeys(name for name in tidy if name))


def _move(ticket_id: int, state: _State, change: Change, names: dict[str, str | None], at: int) -> Move:
    after: Row = {}
    turns: list[Turn] = []
    if change.status is not None and change.status != state.columns["status"]:
        after |= _status_columns(state, change.status, at)
        turns.append(Turn("status", cast(int, state.columns["status"]), int(change.status)))
    if change.priority is not None and change.priority != state.columns["priority"]:
        after["priority"] = int(change.priority)
        turns.append(Turn("priority", cast(int, state.columns["priority"]), int(change.priority)))
    for name, column, _ in _POINTERS:
        target = getattr(change, name)
        if target is not KEEP and target != state.columns[column]:
            after[column] = target
            turns.append(Turn(name, state.names[name], names[name]))
    until = change.snoozed_until
    if until is not KEEP and until != state.columns["snoozed_until"] and (until is None or _active(state, change)):
        after["snoozed_until"] = until
        turns.append(Turn("snoozed_until", cast(int | None, state.columns["snoozed_until"]), until))
    added = tuple(name for name in tag_names(change.add_tags) if name not in state.tags)
    removed = tuple(name for name in tag_names(change.remove_tags) if name in state.tags and name not in added)
    if added or removed:
        turns.append(Turn("tags", sorted(state.tags), sorted((state.tags | set(added)) - set(removed))))
    if change.watch is not None and change.watch != state.watched:
        turns.append(Turn("watch", state.watched, change.watch))
    if any(turn.field != "watch" for turn in turns):
        after["updated_at"] = at
    return Move(ticket_id, state.number, state.columns, after, added, removed, tuple(turns))


def _status_columns(state: _State, status: int, at: int) -> Row:
    was_active = cast(int, state.columns["status"]) < Status.SOLVED
    columns: Row = {"status": int(status)}
    if status >= Status.SOLVED:
        columns["snoozed_until"] = None
        if was_active:
            columns["solved_at"] = at
    elif not was_active:
        columns["solved_at"] = None
    return columns


def _snoozes(change: Change) -> bool:
    return change.snoozed_until is not KEEP and change.snoozed_until is not None


def _active(state: _State, change: Change) -> bool:
    status = change.status if change.status is not None else cast(int, state.columns["status"])
    return status < Status.SOLVED


def _set_due_times(connection: Connection, moves: list[Move], tags: Mapping[int, frozenset[str]], at: int) -> None:
    """Who works on a ticket doesn't matter to the one who waits: only these fields move a clock."""
    becoming: dict[int, Becoming] = {}
    for move in moves:
        if move.added or move.removed or not _MOVES_CLOCKS.isdisjoint(move.after):
            becomes = move.before | move.after
            becoming[move.ticket_id] = Becoming(
                status=cast(int, becomes["status"]),
                priority=cast(int, becomes["priority"]),
                team_id=cast(int | None, becomes["team_id"]),
                snoozed_until=cast(int | None, becomes["snoozed_until"]),
                tags=(tags[move.ticket_id] | frozenset(move.added)) - frozenset(move.removed),
                at=at,
            )
    due = due_times(connection, becoming, becoming) if becoming else {}
    for move in moves:
        if move.ticket_id in due:
            move.after["due_at"], move.after["warns_at"] = due[move.ticket_id]


def _states(connection: Connection, ticket_ids: Sequence[int], agent_id: int | None) -> dict[int, _State]:
    asked = json.dumps(list(ticket_ids))
    tags: dict[int, set[str]] = defaultdict(set)
    for ticket_id, name in connection.execute(_TAGS, (asked,)):
        tags[ticket_id].add(name)
    return {
        ticket_id: _State(
            dict(zip(_COLUMNS, columns, strict=True)),
            number,
            bool(merged),
            {"assignee": assignee, "team": team, "queue": queue},
            frozenset(tags[ticket_id]),
            bool(watched),
        )
        for ticket_id, number, merged, assignee, team, queue, watched, *columns in connection.execute(
            _STATES, (agent_id, asked)
        )
    }


def _target_names(connection: Connection, change: Change) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for name, _, statement in _POINTERS:
        target = getattr(change, name)
        if target is KEEP or target is None:
            names[name] = None
            continue
        found = connection.execute(statement, (target,)).fetchone()
        if found is None:
            raise NotFound(f"There is no such {'agent' if name == 'assignee' else name} any more", "Choose another.")
        names[name] = found[0]
    return names
