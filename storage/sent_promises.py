"""Promises in what was just sent, found by the team's packs, for the agent to keep with one key.

The invariant: nothing is written here, and what the ticket has as a promise already isn't found again.
"""

from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from desk.promises.finding import Found, find
from desk.promises.pack import Pack, parse_pack
from desk.promises.times import Sent
from storage import rules
from storage.clocks import targets
from storage.connect import Connection
from storage.deeds.promises import Said
from storage.promises import of_ticket

# What people told customers; calls have their notes for it.
_SENT = """
    SELECT m.ticket_id, m.id, m.at, m.body FROM event e JOIN message m ON m.id = e.message_id
     WHERE e.deed = ? AND e.kind <> 'forwarded' AND m.kind IN ('outbound', 'call') AND m.automatic = '' LIMIT 1"""


def said_in(connection: Connection, deed: bytes, zone: tzinfo) -> tuple[Said, ...]:
    """What the message that this deed wrote promises, as it comes due; `zone` counts where the team has none."""
    row = connection.execute(_SENT, (deed,)).fetchone()
    if row is None:
        return ()
    ticket_id, message_id, at, body = row
    rule = targets(connection)
    sent = Sent(at, ZoneInfo(rule.zone) if rule.zone else zone, rule.hours)
    held = {promise.due_at for promise in of_ticket(connection, ticket_id) if promise.state == "open"}
    found: tuple[Found, ...] = find(body, packs(connection), sent)
    return tuple(Said(each.words, at, each.due_at, message_id) for each in found if each.due_at not in held)


def packs(connection: Connection) -> tuple[Pack, ...]:
    """All packs, each parsed once as long as its text stays the same."""
    kinds = [kind for kind in rules.KINDS if kind.startswith("promises-")]
    return tuple(_parsed(rules.read(connection, kind), kind) for kind in kinds)


@lru_cache(maxsize=8)
def _parsed(text: str, where: str) -> Pack:
    return parse_pack(text, where)
