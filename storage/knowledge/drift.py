"""How agents change snippets after putting them in, from what really left."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from desk.knowledge.changes import Drift, drift
from desk.snippets import Snippet
from storage import library
from storage.connect import Connection

# Of each snippet so many uses are looked at, the newest ones of it: the text of last year says little about today's.
LOOKED_AT = 200

# Only uses of the text as it stands now: what was changed back then may have been taken over since.
_USES = """
    SELECT u.snippet_id, u.inserted, u.text FROM snippet s JOIN snippet_use u ON u.id IN
           (SELECT id FROM snippet_use WHERE snippet_id = s.id AND at >= ? ORDER BY at DESC LIMIT ?)
     WHERE u.inserted = s.body
       AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = u.message_id AND o.state = 'dropped')
     ORDER BY u.snippet_id"""
_ON = """
    SELECT m.ticket_id FROM snippet_use u JOIN message m ON m.id = u.message_id
     WHERE u.snippet_id = ? AND u.changed > 0 ORDER BY u.at DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Drifting:
    """A snippet and how it is changed."""

    snippet: Snippet
    drift: Drift


def drifting(connection: Connection, since: int) -> tuple[Drifting, ...]:
    """The snippets that agents change, the one that is changed in most uses first."""
    by_id = {snippet.id: snippet for snippet in library.snippets(connection)}
    found: Iterable[tuple[int, str, str]] = connection.execute(_USES, (since, LOOKED_AT))
    told = [
        Drifting(by_id[key], drift((inserted, text) for _, inserted, text in uses))
        for key, uses in groupby(found, key=lambda row: row[0])
    ]
    changed = [each for each in told if each.drift.changed_uses]
    return tuple(sorted(changed, key=lambda each: (-each.drift.changed_uses, each.snippet.title)))


def tickets_of(connection: Connection, snippet_id: int, most: int) -> tuple[int, ...]:
    """The tickets on which a snippet left changed, the newest first."""
    return tuple(ticket for (ticket,) in connection.execute(_ON, (snippet_id, most)))
