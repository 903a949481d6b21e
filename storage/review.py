"""What the reviewer goes by in a workspace: the rules that Heard comes with, the team's over them, what is muted.

The invariant: a rule that is muted is muted for one agent alone, until that agent takes it back.
"""

import json
from functools import lru_cache

from desk.review.engine import review
from desk.review.marks import Context, Kind, Mark
from desk.review.rules import Rules, joined
from storage import content, rules
from storage.connect import Connection, writing

KIND = "review"
_TICKET = """
    SELECT c.key, coalesce(p.name, '') FROM ticket t JOIN channel c ON c.id = t.channel_id
      LEFT JOIN customer p ON p.id = t.customer_id WHERE t.id = ?"""
# Whoever wrote on a ticket may be greeted; of a long one those who wrote last.
_WRITERS = """
    SELECT coalesce(c.name, ''), m.sender, m.body FROM message m LEFT JOIN customer c ON c.id = m.customer_id
     WHERE m.ticket_id = ? AND m.kind = 'inbound' ORDER BY m.at DESC, m.id DESC LIMIT 50"""
_FILES = ("rules.toml", "en.toml", "de.toml", "es.toml")


@lru_cache(maxsize=4)
def rules_with(team: str = "", where: str = KIND) -> Rules:
    """The rules with a team's TOML over them; raises BadInput where that can't be used. Read once, then kept."""
    own = [(content.read("review/" + name), name) for name in _FILES]
    return joined([*own, (team, where)] if team else own)


def rules_of(connection: Connection) -> Rules:
    """The rules that hold in this workspace."""
    return rules_with(rules.read(connection, KIND))


def marks_on(
    connection: Connection, agent_id: int | None, ticket_id: int, kind: Kind, body: str, attachments: int
) -> tuple[Mark, ...]:
    """The marks of what an agent is about to write on a ticket, without the rules that this agent has muted."""
    channel, customer = connection.execute(_TICKET, (ticket_id,)).fetchone()
    wrote = connection.execute(_WRITERS, (ticket_id,)).fetchall()
    names = (customer, *(each for name, sender, _ in wrote for each in (name, sender)))
    context = Context(
        kind=kind,
        channel=channel,
        names=tuple(dict.fromkeys(filter(None, names))),
        attachments=attachments,
        customer_text=wrote[0][2] if wrote else "",
    )
    quiet = frozenset() if agent_id is None else muted(connection, agent_id)
    return tuple(mark for mark in review(body, context, rules_of(connection)) if mark.asks or mark.rule not in quiet)


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
