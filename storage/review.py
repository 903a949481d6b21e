"""What the reviewer goes by in a workspace: the rules that Heard comes with, the team's over them, what is muted.

The invariant: a rule that is muted is muted for one agent alone, until that agent takes it back.
"""

import json
from functools import lru_cache

from desk.review.rules import Rules, joined
from storage import content, rules
from storage.connect import Connection, writing

KIND = "review"
_FILES = ("rules.toml", "en.toml", "de.toml", "es.toml")


@lru_cache(maxsize=4)
def rules_with(team: str = "", where: str = KIND) -> Rules:
    """The rules with a team's TOML over them; raises BadInput where that can't be used. Read once, then kept."""
    own = [(content.read("review/" + name), name) for name in _FILES]
    return joined([*own, (team, where)] if team else own)


def rules_of(connection: Connection) -> Rules:
    """The rules that hold in this workspace."""
    return rules_with(rules.read(connection, KIND))


def muted(connection: Connection, agent_id: int) -> frozenset[str]:
    """The keys of the rules that an agent doesn't want to see."""
    found = connection.execute("SELECT value FROM setting WHERE key = ?", (_key(agent_id),)).fetchone()
    return frozenset(json.loads(found[0])) if found else frozenset()


def mute(connection: Connection, agent_id: int, rule: str, *, wanted: bool = True) -> None:
    """Mute a rule for an agent, or with `wanted` False let it speak again."""
    with writing(connection):
        keys = muted(connection, agent_id) | {rule} if wanted else muted(connection, agent_id) - {rule}
        connection.execute(
            "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            (_key(agent_id), json.dumps(sorted(keys))),
        )


def _key(agent_id: int) -> str:
    return f"review.muted.{agent_id}"
