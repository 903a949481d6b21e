"""What there is of a customer, in numbers for the question before erasing, and in places for the deed.

The invariant: whatever `find` counts is what the deed takes; it reads only, so that nobody waits for the long look
through other people's messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.errors import NotFound
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.merges import listed, tree
from storage.tombstones import is_erased

_IDENTITIES = "SELECT kind, value, normal FROM identity WHERE customer_id IN (SELECT value FROM json_each(?))"
_OWN_TICKETS = "SELECT id FROM ticket WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY id"
_SHARED_TICKETS = """
    SELECT DISTINCT m.ticket_id FROM message m JOIN ticket t ON t.id = m.ticket_id
     WHERE m.customer_id IN (SELECT value FROM json_each(?1))
       AND t.customer_id NOT IN (SELECT value FROM json_each(?1)) ORDER BY 1"""
# Those that others wrote on their tickets stay readable; all else there is theirs, or about them.
_ON_OWN = """
    SELECT id FROM message WHERE ticket_id IN (SELECT value FROM json_each(?2))
       AND (customer_id IS NULL OR customer_id IN (SELECT value FROM json_each(?1)))
       AND NOT (customer_id IS NULL AND EXISTS(
            SELECT 1 FROM message o WHERE o.ticket_id = message.ticket_id AND o.customer_id IS NOT NULL
            AND o.customer_id NOT IN (SELECT value FROM json_each(?1))))"""
_ELSEWHERE = "SELECT id FROM message WHERE customer_id IN (SELECT value FROM json_each(?1))"
_MENTIONED = "SELECT id FROM message WHERE instr(lower(recipients || ' ' || copies || ' ' || sender), ?)"
_NAMED = "SELECT rowid FROM message_text WHERE message_text MATCH ?"
_FILES = "SELECT count(*) FROM attachment WHERE message_id IN (SELECT value FROM json_each(?))"
_CALLS = "SELECT count(*) FROM call WHERE customer_id IN (SELECT value FROM json_each(?))"
_WAITING = """
    SELECT count(*) FROM outbox WHERE state NOT IN ('sent','dropped')
       AND ticket_id IN (SELECT value FROM json_each(?))"""


@dataclass(frozen=True, slots=True)
class Traced:
    """One customer's traces. `messages` are erased whole; in `mentions` others go on reading what isn't theirs."""

    customer_id: int
    name: str
    records: tuple[int, ...]
    identities: tuple[tuple[int, str, str], ...]
    tickets: tuple[int, ...]
    shared: tuple[int, ...]
    messages: tuple[int, ...]
    mentions: tuple[int, ...]
    files: int
    calls: int
    waiting: int

    def words(self) -> tuple[str, ...]:
        """What goes, line by line, for the question."""
        counted = (
            (len(self.tickets), "ticket", "tickets", "stay as numbers: times, channel, status"),
            (len(self.messages), "message", "messages", "lose every word, name and address"),
            (len(self.mentions), "message of others", "messages of others", "stay, without this customer's words"),
            (self.files, "file", "files", "go from the disk, unless others have the same"),
            (self.calls, "call", "calls", "keep their length alone"),
            (len(self.identities), "identity", "identities", "go, and the look-up forgets them"),
            (self.waiting, "message on its way", "messages on their way", "will not leave"),
        )
        return tuple(f"{count:,} {one if count == 1 else more}: {what}" for count, one, more, what in counted if count)


def find(connection: Connection, customer_id: int) -> Traced:
    """All of a customer, with every record that was merged into theirs; NotFound where nothing is left of them."""
    row = connection.execute("SELECT name FROM customer WHERE id = ?", (customer_id,)).fetchone()
    if row is None or is_erased(connection, customer_id):
        raise NotFound("This customer is erased already", "Nothing is left but what is counted.")
    records = tuple(tree(connection, customer_id))
    asked = listed(records)
    identities = tuple(connection.execute(_IDENTITIES, (asked,)).fetchall())
    tickets = _ids(connection, _OWN_TICKETS, asked)
    shared = _ids(connection, _SHARED_TICKETS, asked)
    own = set(_ids(connection, _ON_OWN, asked, listed(tickets))) | set(_ids(connection, _ELSEWHERE, asked))
    beside = "SELECT id FROM message WHERE ticket_id IN (SELECT value FROM json_each(?))"
    mentions = set(_ids(connection, beside, listed((*tickets, *shared)))) | set(_mentioning(connection, identities))
    return Traced(
        customer_id, row[0], records, identities, tickets, shared, tuple(sorted(own)), tuple(sorted(mentions - own)),
        _count(connection, _FILES, listed(own)), _count(connection, _CALLS, asked),
        _count(connection, _WAITING, listed(tickets)),
    )  # fmt: skip


def _mentioning(connection: Connection, identities: tuple[tuple[int, str, str], ...]) -> Iterator[int]:
    """Messages anywhere that were sent to one of these addresses, or that say one of these identities."""
    for kind, value, normal in identities:
        if kind == IdentityKind.EMAIL:
            yield from _ids(connection, _MENTIONED, normal)
        # A name or an order's number may stand in anybody's message and mean somebody else.
        if kind in (IdentityKind.EMAIL, IdentityKind.PHONE) and any(map(str.isalnum, value)):
            phrase = '"' + value.replace('"', " ") + '"'
            yield from _ids(connection, _NAMED, phrase)


def _ids(connection: Connection, statement: str, *asked: str) -> tuple[int, ...]:
    return tuple(key for (key,) in connection.execute(statement, asked))


def _count(connection: Connection, statement: str, asked: str) -> int:
    return int(connection.execute(statement, (asked,)).fetchone()[0])
