"""Ratings as they are asked for and shown: the lines of a signature, and what stands on a ticket.

The invariant: a ticket tells of the rating that somebody should act on, before any newer one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from desk.ratings import BAD, NAMES, RatingRules, asked, links, parse_ratings
from desk.records import Mark
from storage import rules
from storage.connect import Connection

_OF_TICKET = """
    SELECT r.id, r.score, r.words, r.at, r.action, ifnull(a.name, '') FROM rating r
      LEFT JOIN agent a ON a.id = r.acted_by_id
     WHERE r.ticket_id = ? ORDER BY r.score = 1 AND r.action = '' DESC, r.at DESC, r.id DESC LIMIT 1"""
_IS_UPDATE = "SELECT 1 FROM event WHERE message_id = ? AND kind = 'incident_update'"
_UID = "SELECT uid FROM message WHERE id = ? AND agent_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class RatingRow:
    """What stands on a ticket: what was said, and what was done about it."""

    id: int
    score: int
    words: str
    at: int
    action: str
    acted_by: str


def rating_rules(connection: Connection) -> RatingRules:
    """The rules that hold now; parsed again only where they were changed."""
    return _parsed(rules.read(connection, "ratings"))


def asking_lines(
    connection: Connection, message_id: int, address: str, language: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The lines that ask how this answer was, and their links; empty where nothing is asked."""
    held = rating_rules(connection)
    if not held.on:
        return "", ()
    row = connection.execute(_UID, (message_id,)).fetchone()
    if row is None or connection.execute(_IS_UPDATE, (message_id,)).fetchone() is not None:
        return "", ()
    asking = held.asking(language)
    presses = links(asking, address, message_id, row[0])
    return asked(asking, presses), presses


def of_ticket(connection: Connection, ticket_id: int) -> RatingRow | None:
    """The rating that a ticket is about: a bad one on which nothing was done yet, else the newest."""
    row = connection.execute(_OF_TICKET, (ticket_id,)).fetchone()
    return None if row is None else RatingRow(*row)


def rating_marks(row: RatingRow | None) -> Iterator[Mark]:
    """What stands over a ticket: how it was rated, beside what was done about it."""
    if row is None:
        return
    words = f"rated {NAMES.get(row.score, '?')}" + (f": “{' '.join(row.words.split())[:60]}”" if row.words else "")
    if row.action:
        yield Mark(f"{words}; done: {row.action}" + (f" ({row.acted_by})" if row.acted_by else ""), "good")
    elif row.score == BAD:
        yield Mark(f"{words}; A notes what was done", "late")
    else:
        yield Mark(words, "good")


@lru_cache(maxsize=4)
def _parsed(text: str) -> RatingRules:
    return parse_ratings(text)
