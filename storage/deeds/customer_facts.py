"""What a customer's own line says (name apart), joined when records are merged, and sorted out when they are parted.

The invariants: merging overwrites nothing that the other says; parting takes away only what came from the one who
leaves and still stands there word for word, so that nothing that was written since is lost.
"""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from desk import flags
from storage.connect import Connection

# By name, what one record gave to another. A JSON value each: a text, a number, or a list of both.
Gave = dict[str, object]

_FACTS = """
    SELECT c.plan, c.organization_id, c.since, c.note, c.details, c.flags, c.contacted_at, v.amount, v.currency
      FROM customer c LEFT JOIN customer_value v ON v.customer_id = c.id WHERE c.id = ?"""
_WRITE = "UPDATE customer SET plan=?, organization_id=?, since=?, note=?, details=?, flags=?, contacted_at=? WHERE id=?"
_VALUE = "INSERT INTO customer_value(customer_id, amount, currency, updated_at) VALUES(?, ?, ?, ?)"
_BETWEEN: Final = "\n\n"


class Facts(NamedTuple):
    """What stands in a customer's row, with the value beside it."""

    plan: str
    organization_id: int | None
    since: int | None
    note: str
    details: dict[str, str]
    flags: tuple[flags.Flag, ...]
    contacted_at: int | None
    value: tuple[int, str] | None


def facts_of(connection: Connection, customer_id: int) -> Facts:
    """What a record says."""
    row = connection.execute(_FACTS, (customer_id,)).fetchone()
    value = None if row[7] is None else (int(row[7]), str(row[8]))
    return Facts(row[0], row[1], row[2], row[3], json.loads(row[4]), flags.read(row[5]), row[6], value)


def joined(into: Facts, given: Facts) -> tuple[Facts, Gave]:
    """What `into` says with what `given` adds, and which of it is new there."""
    gave: Gave = {}
    for name in ("plan", "organization_id", "value"):
        if not getattr(into, name) and getattr(given, name):
            gave[name] = getattr(given, name)
    if given.note and given.note not in into.note:
        gave["note"] = given.note
    details = {key: text for key, text in given.details.items() if key not in into.details}
    added = [flag for flag in given.flags if flag.telling not in {each.telling for each in into.flags}]
    gave |= {"details": details} if details else {}
    gave |= {"flags": [flag.words for flag in added]} if added else {}
    if given.contacted_at is not None:
        gave["contacted_at"] = into.contacted_at
    since = min((at for at in (into.since, given.since) if at is not None), default=None)
    if since != into.since:
        gave["since"] = [into.since, since]
    return (
        Facts(
            into.plan or given.plan,
            into.organization_id or given.organization_id,
            since,
            _BETWEEN.join(part for part in (into.note, str(gave.get("note", ""))) if part),
            {**given.details, **into.details},
            (*into.flags, *added),
            max((at for at in (into.contacted_at, given.contacted_at) if at is not None), default=None),
            into.value or given.value,
        ),
        gave,
    )


def parted(standing: Facts, gave: Mapping[str, object]) -> Facts:
    """What is left when one leaves who gave these, where it still stands as they gave it."""
    left = standing._replace(
        plan="" if _still(gave, "plan", standing.plan) else standing.plan,
        organization_id=None if _still(gave, "organization_id", standing.organization_id) else standing.organization_id,
        note=_without(standing.note, str(gave.get("note", ""))),
    )
    if _still(gave, "value", list(standing.value) if standing.value else None):
        left = left._replace(value=None)
    since = gave.get("since")
    if isinstance(since, list) and since[1] == standing.since:
        left = left._replace(since=since[0])
    details, gone = gave.get("details"), gave.get("flags")
    if isinstance(details, dict):
        kept = {key: text for key, text in standing.details.items() if details.get(key) != text}
        left = left._replace(details=kept)
    if isinstance(gone, list):
        left = left._replace(flags=tuple(flag for flag in standing.flags if flag.words not in gone))
    return left


def common(gave: Mapping[str, object], beyond: Mapping[str, object]) -> Gave:
    """What of `gave` was handed on word for word by the next one, as `beyond` says."""
    shared: Gave = {name: given for name, given in gave.items() if beyond.get(name) == given}
    note = gave.get("note")
    if note and str(note) in str(beyond.get("note", "")):
        shared["note"] = note
    for name in ("flags", "details"):
        mine, theirs = gave.get(name), beyond.get(name)
        if isinstance(mine, list) and isinstance(theirs, list):
            shared[name] = [each for each in mine if each in theirs]
        elif isinstance(mine, dict) and isinstance(theirs, dict):
            shared[name] = {key: text for key, text in mine.items() if theirs.get(key) == text}
    return shared


def less(gave: Mapping[str, object], gone: Mapping[str, object]) -> Gave:
    """What is left of `gave` without what has gone from it."""
    left: Gave = {}
    for name, given in gave.items():
        away = gone.get(name)
        if isinstance(given, list) and isinstance(away, list) and name == "flags":
            left[name] = [each for each in given if each not in away]
        elif isinstance(given, dict) and isinstance(away, dict):
            left[name] = {key: text for key, text in given.items() if away.get(key) != text}
        elif name == "note" and away:
            left[name] = _without(str(given), str(away))
        elif name not in gone or name == "contacted_at":
            left[name] = given
    return left


def write(connection: Connection, customer_id: int, facts: Facts, at: int) -> None:
    """Make a record say so."""
    details = json.dumps(facts.details, ensure_ascii=False, sort_keys=True)
    row = (*facts[:4], details, flags.write(facts.flags), facts.contacted_at)
    connection.execute(_WRITE, (*row, customer_id))
    held = connection.execute("SELECT amount, currency FROM customer_value WHERE customer_id = ?", (customer_id,))
    if held.fetchone() != facts.value:
        connection.execute("DELETE FROM customer_value WHERE customer_id = ?", (customer_id,))
        if facts.value is not None:
            connection.execute(_VALUE, (customer_id, *facts.value, at))


def _still(gave: Mapping[str, object], name: str, stands: object) -> bool:
    return name in gave and gave[name] == stands


def _without(note: str, part: str) -> str:
    """A note without a part that stands in it between blank lines; as it is where the part was changed."""
    if not part:
        return note
    whole = _BETWEEN + note + _BETWEEN
    before, found, after = whole.partition(_BETWEEN + part + _BETWEEN)
    return (before + _BETWEEN + after).strip("\n") if found else note
