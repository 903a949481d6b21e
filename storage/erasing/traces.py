"""What there is of a customer, in numbers for the question before erasing, and in places for the deed.

The invariant: whatever `find` counts is what the deed takes, and what came since as well (`as_of_now`, by indexes
alone). The long look through other people's messages and all of history is for reading only, so that nobody waits.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from desk.errors import NotFound
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.merges import listed, tree
from storage.tombstones import is_erased

# Where colleagues write freely, on whomever it is: an address may stand there too.
WRITTEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("note",),
        "ticket": ("subject", "preview", "goal", "summary", "choice"),
        "call": ("goal", "notes", "follow_up"),
        "draft": ("recipients", "copies", "subject", "body"),
        "task": ("title", "cause"),
        "incident": ("title", "notice"),
        "snippet": ("title", "body"),
        "banner": ("words",),
    }
)
# What is one person's alone, wherever it stands.
_TELLING = (IdentityKind.EMAIL, IdentityKind.PHONE)
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
_MENTIONED = """
    SELECT id FROM message WHERE EXISTS(
        SELECT 1 FROM json_each(?) WHERE instr(lower(recipients || ' ' || copies || ' ' || sender), value))"""
_IN_HISTORY = """
    SELECT id FROM event WHERE EXISTS(
        SELECT 1 FROM json_each(?) WHERE instr(lower(data), value) OR instr(lower(patch), value))"""
_NAMED = "SELECT rowid FROM message_text WHERE message_text MATCH ?"
_FILES = "SELECT count(*) FROM attachment WHERE message_id IN (SELECT value FROM json_each(?))"
_CALLS = "SELECT count(*) FROM call WHERE customer_id IN (SELECT value FROM json_each(?))"
_WAITING = """
    SELECT count(*) FROM outbox WHERE state NOT IN ('sent','dropped')
       AND ticket_id IN (SELECT value FROM json_each(?))"""


@dataclass(frozen=True, slots=True)
class Traced:
    """One customer's traces. `messages` are erased whole; in `mentions` others go on reading what isn't theirs.

    `events` and `written` (table, id) are those that name an address or number of theirs, on whomever they are.
    """

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
    events: tuple[int, ...] = ()
    written: tuple[tuple[str, int], ...] = ()

    def is_named(self, typed: str) -> bool:
        """Whether somebody typed the name; no case, and no space that looks like another, makes a difference."""
        return _as_typed(typed) == _as_typed(self.name)

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


def _as_typed(name: str) -> str:
    return " ".join(name.split()).casefold()


def find(connection: Connection, customer_id: int) -> Traced:
    """All of a customer, with every record that was merged into theirs; NotFound where nothing is left of them."""
    own = _own(connection, customer_id)
    mentions = (set(own.mentions) | set(_mentioning(connection, own.identities))) - set(own.messages)
    texts = sorted({text.lower() for kind, *both in own.identities if kind in _TELLING for text in both if text})
    if not texts:
        return replace(own, mentions=tuple(sorted(mentions)))
    asked = json.dumps(texts, ensure_ascii=False)
    written = tuple((table, key) for table in WRITTEN for key in _ids(connection, _naming(table), asked))
    events = _ids(connection, _IN_HISTORY, asked)
    return replace(own, mentions=tuple(sorted(mentions)), events=events, written=written)


def as_of_now(connection: Connection, traced: Traced) -> Traced:
    """The same with what came since it was found."""
    own = _own(connection, traced.customer_id)
    mentions = (set(own.mentions) | set(traced.mentions)) - set(own.messages)
    return replace(own, mentions=tuple(sorted(mentions)), events=traced.events, written=traced.written)


def _own(connection: Connection, customer_id: int) -> Traced:
    """What is theirs, and what others wrote on the same tickets."""
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
    around = set(_ids(connection, beside, listed((*tickets, *shared)))) - own
    return Traced(
        customer_id, row[0], records, identities, tickets, shared, tuple(sorted(own)), tuple(sorted(around)),
        _count(connection, _FILES, listed(own)), _count(connection, _CALLS, asked),
        _count(connection, _WAITING, listed(tickets)),
    )  # fmt: skip


def _mentioning(connection: Connection, identities: tuple[tuple[int, str, str], ...]) -> Iterator[int]:
    """Messages anywhere that were sent to one of these addresses, or that say one of these identities."""
    addresses = [normal for kind, _, normal in identities if kind == IdentityKind.EMAIL]
    if addresses:
        yield from _ids(connection, _MENTIONED, json.dumps(addresses, ensure_ascii=False))
    for kind, value, _ in identities:
        # A name or an order's number may stand in anybody's message and mean somebody else.
        if kind in _TELLING and any(map(str.isalnum, value)):
            yield from _ids(connection, _NAMED, '"' + value.replace('"', " ") + '"')


def _naming(table: str) -> str:
    """Asks for the rows in which one of these texts stands."""
    columns = " || ' ' || ".join(WRITTEN[table])
    return f"SELECT id FROM {table} WHERE EXISTS(SELECT 1 FROM json_each(?) WHERE instr(lower({columns}), value))"  # noqa: S608  names of ours


def _ids(connection: Connection, statement: str, *asked: str) -> tuple[int, ...]:
    return tuple(key for (key,) in connection.execute(statement, asked))


def _count(connection: Connection, statement: str, asked: str) -> int:
    return int(connection.execute(statement, (asked,)).fetchone()[0])
