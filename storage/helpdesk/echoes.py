"""Our own messages, told by the helpdesk as if they were news: known by their operation's key, else by their words.

The invariant: a message that was written here is never here twice; one that was met has surely arrived, whatever its
row in the outbox was waiting for.
"""

import re
from dataclasses import dataclass

from desk.times import HOUR
from storage.helpdesk.office import Office
from storage.helpdesk.reading import ReadMessage

_BY_KEY = """
    SELECT o.id, o.message_id, m.ticket_id FROM outbox o JOIN message m ON m.id = o.message_id
     WHERE o.uid = ? AND o.source_id = ?"""
# What left, or may have, and isn't known by name there yet.
_UNNAMED = """
    SELECT o.id, o.message_id, o.kind, o.created_at, m.body FROM outbox o JOIN message m ON m.id = o.message_id
     WHERE o.ticket_id = ? AND o.source_id = ? AND o.kind IN ('reply','note') AND m.external_id IS NULL
       AND (o.state IN ('handed','sent') OR o.state = 'held' AND ifnull(o.payload ->> '$.doubtful', 0))
     ORDER BY o.id"""
_NAME = "UPDATE message SET external_id = ?, source_id = ?, digest = ?, at = ? WHERE id = ?"
_ARRIVED = "UPDATE outbox SET state = 'sent', sent_at = ?, error = '' WHERE id = ? AND state <> 'sent'"
_KEY = re.compile(r"[0-9a-f]{32}")
_KINDS = {"reply": "outbound", "note": "note"}
# A few words may be anybody's; only as a whole they are a message again.
_TELLING = 24


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A message of ours that the helpdesk hasn't called by a name yet."""

    row_id: int
    message_id: int
    kind: str
    written_at: int
    words: str


class Echoes:
    """What is met again among the messages of one batch."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._unnamed: dict[int, list[_Unnamed]] = {}

    def meets(self, ticket_id: int, each: ReadMessage) -> bool:
        """Whether that is a message of ours; it has its name there from now on, and has arrived."""
        found = self._by_key(each) or self._by_words(ticket_id, each)
        if found is None:
            return False
        row_id, message_id = found
        office, message = self._office, each.message
        named = (message.external_id, office.source_id, message.digest, each.news.at, message_id)
        office.connection.execute(_NAME, named)
        office.batch.changed_tickets.add(ticket_id)
        office.connection.execute(_ARRIVED, (office.now, row_id))
        return True

    def _by_key(self, each: ReadMessage) -> tuple[int, int] | None:
        key = each.news.operation
        if not _KEY.fullmatch(key):
            return None
        asked = (bytes.fromhex(key), self._office.source_id)
        row = self._office.connection.execute(_BY_KEY, asked).fetchone()
        return None if row is None else (row[0], row[1])

    def _by_words(self, ticket_id: int, each: ReadMessage) -> tuple[int, int] | None:
        """The oldest one that says the same; what the service put below it, such as a signature, is none of it."""
        waiting = self._of_ticket(ticket_id)
        said = _words(each.message.body) if waiting else ""
        for one in waiting:
            alike = said == one.words or (len(one.words) >= _TELLING and said.startswith(one.words))
            written_since = each.news.at - self._office.ahead >= one.written_at - HOUR
            if alike and written_since and each.news.kind == _KINDS[one.kind]:
                waiting.remove(one)
                return one.row_id, one.message_id
        return None

    def _of_ticket(self, ticket_id: int) -> list[_Unnamed]:
        if ticket_id not in self._unnamed:
            rows = self._office.connection.execute(_UNNAMED, (ticket_id, self._office.source_id))
            self._unnamed[ticket_id] = [
                _Unnamed(row_id, message_id, kind, at, _words(body)) for row_id, message_id, kind, at, body in rows
            ]
        return self._unnamed[ticket_id]


def _words(body: str) -> str:
    return " ".join(body.split())
