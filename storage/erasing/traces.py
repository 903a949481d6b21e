"""What there is of a customer, in numbers for the question before erasing, and in places for the deed.

The invariant: whatever `find` counts is what the deed takes, and what came since as well (`as_of_now`, by indexes
alone). The long look through other people's messages and all of history is for reading only, so that nobody waits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from desk.digits import TELLING_DIGITS, ending
from desk.errors import NotFound
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.merges import listed, tree
from storage.tombstones import is_erased

# Where words stand that are no message: an address or a number of anybody may be among them.
WRITTEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "attachment": ("name",),
        "banner": ("words",),
        "call": ("number", "caller", "goal", "notes", "follow_up"),
        "checklist": ("title", "content"),
        "checklist_tick": ("reason", "text"),
        "customer": ("note", "flags", "details"),
        "draft": ("recipients", "copies", "subject", "body", "attachments"),
        "form_draft": ("opened_with", "before", "typed"),
        "gesture": ("reason", "answer"),
        "incident": ("title", "notice"),
        "incident_update": ("text",),
        "known_answer": ("question",),
        "organization": ("name", "domain", "note"),
        "outbox": ("payload", "error"),
        "promise": ("words",),
        "rating": ("words", "action"),
        "remote_file": ("said",),
        "setting": ("value",),
        "snippet": ("title", "keywords", "body"),
        "snippet_use": ("title", "inserted", "text"),
        "source_state": ("said", "mend"),
        "suggestion": ("reason",),
        "task": ("title", "cause"),
        "ticket": ("subject", "preview", "goal", "summary", "choice", "details"),
        "view": ("name", "query"),
    }
)
# What of it is about one ticket, by the column that says which; there a name means who takes part.
ABOUT: Mapping[str, str] = MappingProxyType(
    {"ticket": "id", "checklist": "ticket_id"}
    | dict.fromkeys(("call", "draft", "gesture", "outbox", "promise", "rating", "snippet_use"), "ticket_id")
)
# What is being written about any of it.
_FORMS = """
    SELECT f.id, n.value FROM form_draft f JOIN json_each(f.about, '$.tickets') n
     WHERE n.value IN (SELECT value FROM json_each(?))"""
_FORMS_OF_MADE = """
    SELECT id, NULL FROM form_draft
     WHERE json_extract(about, '$.task') IN (
            SELECT task_id FROM task_ticket WHERE ticket_id IN (SELECT value FROM json_each(?1)))
        OR json_extract(about, '$.incident') IN (
            SELECT incident_id FROM incident_ticket WHERE ticket_id IN (SELECT value FROM json_each(?1)))
        OR json_extract(about, '$.snippet') IN (
            SELECT snippet_id FROM known_answer WHERE ticket_id IN (SELECT value FROM json_each(?1)))"""
# And what was made out of tickets, the person's own as well, which others go on working with.
_MADE_OF = (
    ("task", "SELECT task_id, NULL FROM task_ticket WHERE ticket_id IN (SELECT value FROM json_each(?))"),
    ("incident", "SELECT incident_id, NULL FROM incident_ticket WHERE ticket_id IN (SELECT value FROM json_each(?))"),
    (
        "incident_update",
        """SELECT u.id, NULL FROM incident_ticket k JOIN incident_update u ON u.incident_id = k.incident_id
            WHERE k.ticket_id IN (SELECT value FROM json_each(?))""",
    ),
    ("known_answer", "SELECT rowid, NULL FROM known_answer WHERE ticket_id IN (SELECT value FROM json_each(?))"),
    ("snippet", "SELECT snippet_id, NULL FROM known_answer WHERE ticket_id IN (SELECT value FROM json_each(?))"),
    ("form_draft", _FORMS_OF_MADE),
)
# Which of them history tells of by their first column, and under which kinds.
BEGUN_BY: Mapping[str, str] = MappingProxyType({"task": "task", "incident": "incident", "snippet": "answer"})
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
        SELECT 1 FROM json_each(?)
         WHERE instr(lower(recipients || ' ' || copies || ' ' || sender || ' ' || bounce), value))"""
_IN_HISTORY = """
    SELECT id FROM event WHERE EXISTS(
        SELECT 1 FROM json_each(?) WHERE instr(lower(data), value) OR instr(lower(patch), value))"""
_SHARED_HISTORY = "SELECT id FROM event WHERE ticket_id IN (SELECT value FROM json_each(?))"
# Deeds on others that say who this one was.
_WHO = (
    "customers_merged", "customers_parted", "customers_told_apart", "identity_split", "renamed",
)  # fmt: skip
_OF_WHOM = f"SELECT id FROM event WHERE kind IN ({', '.join(map(repr, _WHO))})"  # noqa: S608  names of ours
_STEPS = """
    SELECT k.rowid, r.ticket_id FROM checklist_run r JOIN checklist_tick k ON k.run_id = r.id
     WHERE r.ticket_id IN (SELECT value FROM json_each(?))"""
_NAMED = "SELECT rowid FROM message_text WHERE message_text MATCH ?"
_HOUSEHOLDS = """
    SELECT DISTINCT organization_id FROM customer WHERE id IN (SELECT value FROM json_each(?1))
       AND organization_id NOT IN (SELECT organization_id FROM customer WHERE organization_id IS NOT NULL
            AND id NOT IN (SELECT value FROM json_each(?1)))"""
_FILES = "SELECT count(*) FROM attachment WHERE message_id IN (SELECT value FROM json_each(?))"
_CALLS = "SELECT count(*) FROM call WHERE customer_id IN (SELECT value FROM json_each(?))"
_WAITING = """
    SELECT count(*) FROM outbox WHERE state NOT IN ('sent','dropped')
       AND ticket_id IN (SELECT value FROM json_each(?))"""

Written = tuple[str, int, int | None]


@dataclass(frozen=True, slots=True)
class Traced:
    """One customer's traces. `messages` are erased whole; in `mentions` others go on reading what isn't theirs.

    `events` and `written` (table, row, ticket or None) are those of shared tickets, those that were made out of theirs,
    and those on whomever that name an address or a number of theirs. `households`: companies in which nobody else is.
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
    written: tuple[Written, ...] = ()
    households: tuple[int, ...] = ()

    def is_named(self, typed: str) -> bool:
        """Whether somebody typed the name; no case, and no space that looks like another, makes a difference."""
        return _as_typed(typed) == _as_typed(self.name)

    def words(self) -> tuple[str, ...]:
        """What goes, line by line, for the question."""
        counted = (
            (len(self.tickets), "ticket", "tickets", "only numbers stay: times, channel, status"),
            (len(self.messages), "message", "messages", "without a word, a name or an address"),
            (len(self.mentions), "message of others", "messages of others", "readable, without this customer in it"),
            (self.files, "file", "files", "gone from the disk, unless others have the same"),
            (self.calls, "call", "calls", "only the length stays"),
            (len(self.identities), "identity", "identities", "gone, also from the look-up"),
            (self.waiting, "message on its way", "messages on their way", "will not leave"),
        )
        return tuple(f"{count:,} {one if count == 1 else more}: {what}" for count, one, more, what in counted if count)


def _as_typed(name: str) -> str:
    return " ".join(name.split()).casefold()


def find(connection: Connection, customer_id: int) -> Traced:
    """All of a customer, with every record that was merged into theirs; NotFound where nothing is left of them."""
    own = _own(connection, customer_id)
    asked = json.dumps(_telling(own.identities), ensure_ascii=False)
    written = [
        (table, key, ticket_id)
        for table in WRITTEN
        for key, ticket_id in connection.execute(_naming(table), (asked,)).fetchall()
    ]
    return _with(
        own, mentions=_mentioning(connection, own.identities, asked), events=_ids(connection, _IN_HISTORY, asked),
        written=written, households=_ids(connection, _HOUSEHOLDS, listed(own.records)),
    )  # fmt: skip


def as_of_now(connection: Connection, traced: Traced) -> Traced:
    """The same with what came since it was found."""
    own = _own(connection, traced.customer_id)
    return _with(own, mentions=traced.mentions, events=traced.events, written=traced.written,
                 households=traced.households)  # fmt: skip


def _with(
    own: Traced, *, mentions: Iterable[int], events: Iterable[int], written: Iterable[Written],
    households: tuple[int, ...],
) -> Traced:  # fmt: skip
    return replace(
        own,
        households=households,
        mentions=tuple(sorted({*own.mentions, *mentions} - set(own.messages))),
        events=tuple(sorted({*own.events, *events})),
        # Once each, and by its ticket where it is known.
        written=tuple({each[:2]: each for each in (*written, *own.written)}.values()),
    )


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
        _ids(connection, _SHARED_HISTORY, listed(shared)) + _ids(connection, _OF_WHOM),
        tuple(_hanging(connection, tickets, shared)),
    )  # fmt: skip


def _hanging(connection: Connection, tickets: tuple[int, ...], shared: tuple[int, ...]) -> Iterator[Written]:
    """What stands beside the messages of others' tickets, and what was made out of all of these tickets."""
    beside = [
        (table, f"SELECT rowid, {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))")  # noqa: S608  names of ours
        for table, column in ABOUT.items()
    ]
    asked = [(*each, shared) for each in (*beside, ("checklist_tick", _STEPS), ("form_draft", _FORMS))]
    for table, statement, where in (*asked, *((*each, (*tickets, *shared)) for each in _MADE_OF)):
        yield from ((table, key, of) for key, of in connection.execute(statement, (listed(where),)).fetchall())


def _telling(identities: tuple[tuple[int, str, str], ...]) -> list[str]:
    """What is one person's alone wherever it stands, in small letters: addresses, and numbers without their country."""
    found: set[str] = set()
    for kind, value, normal in identities:
        if kind == IdentityKind.EMAIL:
            found |= {value.lower(), normal.lower()}
        elif kind == IdentityKind.PHONE:
            last = ending(normal)
            # What is looked for in every row of all tables is looked for once.
            found |= {last} if last and last in value else {last, value.lower()}
    return sorted(found - {""})


def _mentioning(connection: Connection, identities: tuple[tuple[int, str, str], ...], asked: str) -> Iterator[int]:
    """Messages anywhere that were sent to one of these addresses, or that say one of these identities."""
    yield from _ids(connection, _MENTIONED, asked)
    for kind, value, normal in identities:
        # A name or an order's number may stand in anybody's message and mean somebody else.
        if kind in _TELLING and any(map(str.isalnum, value)):
            said = {value} if kind == IdentityKind.EMAIL else {value, *_spoken(normal)}
            yield from _ids(
                connection, _NAMED, " OR ".join('"' + each.replace('"', " ") + '"' for each in sorted(said))
            )


def _spoken(number: str) -> Iterator[str]:
    """A number as words of the full text: in one piece, with its country or without, or its last four digits."""
    digits = "".join(filter(str.isdigit, number))
    for place in range(max(1, len(digits) - TELLING_DIGITS + 1)):
        yield from (digits[place:], f"0{digits[place:]}", f"00{digits[place:]}")
    yield digits[-4:]


def _naming(table: str) -> str:
    """Asks for the rows in which one of these texts stands, and for their tickets."""
    columns = " || ' ' || ".join(WRITTEN[table])
    return (
        f"SELECT rowid, {ABOUT.get(table, 'NULL')} FROM {table} "  # noqa: S608  names of ours
        f"WHERE EXISTS(SELECT 1 FROM json_each(?) WHERE instr(lower({columns}), value))"
    )


def _ids(connection: Connection, statement: str, *asked: str) -> tuple[int, ...]:
    return tuple(key for (key,) in connection.execute(statement, asked))


def _count(connection: Connection, statement: str, asked: str) -> int:
    return int(connection.execute(statement, (asked,)).fetchone()[0])
