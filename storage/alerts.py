"""The team's alerts beside the numbers of the board: how they stand, what was told last, and who is to hear it.

The invariants: how an alert stands is written in the same transaction as what is told of it and its line on record, so
that it is told once, whichever console looks; where nothing moves nothing is written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from desk.alerts import EVERYONE, Alerts, Told, headline, judge, parse_alerts, read_stands, told, value_of, write_stands
from desk.metrics.registry import METRICS
from storage import rules
from storage.audit import note
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.supervisors import supervisors

if TYPE_CHECKING:
    from storage.statistics.asked import Kept

STANDS, TOLD = "alerts.stands", "alerts.told"
_READ = "SELECT value FROM setting WHERE key = ?"
_WRITE = "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a console knows of alerts: the rules, when something was told last and in which words, whether it rings."""

    rules: Alerts
    at: int
    words: str
    rings: bool


def alert_rules(connection: Connection) -> Alerts:
    """The alerts that hold now; parsed again only where they were changed."""
    return _parsed(rules.read(connection, "alerts"))


def heard(connection: Connection, agent_id: int) -> Heard:
    """What this agent's console is to know."""
    held = alert_rules(connection)
    found = json.loads(setting(connection, TOLD) or "{}")
    chiefs = {each.id for each in supervisors(connection, None)}
    rings = held.bell and (held.who == EVERYONE or not chiefs or agent_id in chiefs)
    return Heard(held, int(found.get("at", 0)), str(found.get("words", "")), rings)


def values(
    connection: Connection, held: Alerts, now: int, zone: tzinfo, kept: "Kept | None" = None
) -> dict[str, float | None]:
    """The numbers that alerts are about, by the alert's key."""
    from storage.statistics.reading import read

    wanted = dict.fromkeys(alert.metric for alert in held.alerts)
    figures = read(connection, now, zone, kept, wanted).figures
    return {alert.key: value_of(figures[alert.metric], alert.part) for alert in held.alerts}


def take_in(
    connection: Connection, held: Alerts, found: Mapping[str, float | None], now: int, zone: tzinfo
) -> tuple[Told, ...]:
    """How it stands after these values; what is to be told now, all of it at once."""
    stands = read_stands(setting(connection, STANDS))
    if judge(held, stands, found, now, zone) == stands:
        return ()
    with writing(connection):
        moved = judge(held, read_stands(setting(connection, STANDS)), found, now, zone)
        lines = told(held, moved, found, METRICS, now, zone)
        connection.execute(_WRITE, (STANDS, write_stands(moved)))
        if lines:
            words = headline(lines)
            connection.execute(_WRITE, (TOLD, json.dumps({"at": now, "words": words}, ensure_ascii=False)))
            note(connection, By(None, now), "alerted", words=words)
    return tuple(lines)


def setting(connection: Connection, key: str) -> str:
    """A setting's text, empty where there is none."""
    found = connection.execute(_READ, (key,)).fetchone()
    return str(found[0]) if found else ""


@lru_cache(maxsize=4)
def _parsed(text: str) -> Alerts:
    return parse_alerts(text, "alerts", METRICS)
