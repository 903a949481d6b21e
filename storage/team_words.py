"""What snippets quote of the team itself: what it does and what it doesn't, and when it is there.

The scope is the snippet with the trigger `wedo`, once the team has filled it in; the hours are those of its targets.
"""

from functools import lru_cache
from types import MappingProxyType
from typing import Final

from desk.snippets import open_fields
from storage import rules
from storage.connect import Connection

SCOPE_TRIGGER: Final = "wedo"
_SCOPE = 'SELECT body FROM snippet WHERE "trigger" = ?'


def team_words(connection: Connection) -> MappingProxyType[str, str]:
    """The variables `team.scope` and `team.hours`, empty where the team has said neither."""
    found = connection.execute(_SCOPE, (SCOPE_TRIGGER,)).fetchone()
    scope = "" if found is None or open_fields(found[0]) else str(found[0]).strip()
    return MappingProxyType({"team.scope": scope, "team.hours": _hours(rules.read(connection, "targets"))})


@lru_cache(maxsize=4)
def _hours(targets: str) -> str:
    from desk.targets import parse_targets

    hours = parse_targets(targets, "targets").hours
    return "" if hours is None else str(hours)
