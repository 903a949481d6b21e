"""What others go on reading, without the person who is erased: messages, what colleagues wrote, and history.

The invariants: every row that `Traced` names is looked through, and no other; a row in which nothing tells of the
person stays as it is, and can still be undone; whoever takes part in the same ticket keeps their own name.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from desk.erasure import ERASED, Traces, lines_of, name_words, said_in, without
from desk.lookup import IdentityKind
from desk.mail.addresses import addresses
from storage.connect import Connection
from storage.erasing import rows
from storage.erasing.traces import BEGUN_BY, WRITTEN, Traced
from storage.imports.threads import base_subject
from storage.merges import listed

_MESSAGES = """
    SELECT id, ticket_id, raw, subject, body, sender, recipients, copies, bounce FROM message
     WHERE id IN (SELECT value FROM json_each(?))"""
_REWRITE = """
    UPDATE message SET subject = ?, body = ?, sender = ?, recipients = ?, copies = ?, bounce = ?, folds = '[]',
        raw = NULL WHERE id = ?"""
# A mail that says less than was written doesn't leave.
_UNSENT = """
    UPDATE outbox SET state = 'dropped', payload = '{}', error = ''
     WHERE state NOT IN ('sent', 'dropped') AND message_id = ?"""
_TAKE_PART = """
    SELECT m.ticket_id, c.name FROM message m JOIN customer c ON c.id = m.customer_id
     WHERE m.ticket_id IN (SELECT value FROM json_each(?1)) AND c.id NOT IN (SELECT value FROM json_each(?2))
    UNION SELECT m.ticket_id, a.name FROM message m JOIN agent a ON a.id = m.agent_id
     WHERE m.ticket_id IN (SELECT value FROM json_each(?1))
    UNION SELECT t.id, c.name FROM ticket t JOIN customer c ON c.id = t.customer_id
     WHERE t.id IN (SELECT value FROM json_each(?1)) AND c.id NOT IN (SELECT value FROM json_each(?2))
    UNION SELECT t.id, a.name FROM ticket t JOIN agent a ON a.id = t.assignee_id
     WHERE t.id IN (SELECT value FROM json_each(?1))"""
_HISTORY = "SELECT id, ticket_id, data, patch FROM event WHERE id IN (SELECT value FROM json_each(?))"
# Columns that a telephone or a mail program reads: nothing is left there rather than words.
_DIALLED = frozenset({"number", "recipients", "copies", "domain"})
# What history calls a task, an incident or an answer, under its own kinds.
_TITLED = "SELECT id, data FROM event WHERE kind >= ? AND kind < ? AND instr(data, ?)"
_FORGOTTEN = "UPDATE event SET data = ?, patch = '' WHERE id = ?"


def traces_of(connection: Connection, traced: Traced, places: Mapping[str, object]) -> Traces:
    """By what the person is known in texts, read from what is about to be erased."""
    names, texts, numbers = [traced.name], list[str](), list[str]()
    for number, value, normal in traced.identities:
        match IdentityKind(number):
            case IdentityKind.NAME:
                names.append(value)
            case IdentityKind.COMPANY:
                continue
            case IdentityKind.PHONE:
                numbers.append(normal)
            case IdentityKind.HANDLE:
                # Without its sign a handle may be anybody's word.
                texts += [f"@{normal}", *(text for text in (value, normal) if not text.isalpha())]
            case _:
                # A code of so few characters is a quantity, a size, a year of somebody else's.
                texts += [text for text in (value, normal) if len(text) > rows.SHORTEST_CODE]
    said = [text for (text,) in connection.execute(rows.SAID, places)]
    return Traces(
        tuple(dict.fromkeys(names)), tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(numbers)),
        lines_of(said), said_in(said),
    )  # fmt: skip


@dataclass
class Rewriting:
    """One erasure's way through what others wrote; `files` are digests of files that hold it as it was."""

    connection: Connection
    traced: Traced
    traces: Traces
    files: list[bytes] = field(default_factory=list)
    _others: dict[int, frozenset[str]] = field(default_factory=dict)

    def run(self) -> None:
        """Take the person out of all of it."""
        read = self.connection.execute(_MESSAGES, (listed(self.traced.mentions),)).fetchall()
        self._take_part(read)
        for key, ticket_id, raw, *texts in read:
            self._message(key, ticket_id, raw, texts)
        for table, key, ticket_id in self.traced.written:
            self._row(table, key, ticket_id)
        for key, ticket_id, data, patch in self.connection.execute(_HISTORY, (listed(self.traced.events),)).fetchall():
            self._event(key, ticket_id, data, patch)

    def _take_part(self, read: list[tuple[int, int, bytes | None, str, str, str, str, str, str]]) -> None:
        """Who else is on each ticket, by words of their names."""
        tickets = {row[1] for row in read} | set(self.traced.shared)
        names: dict[int, list[str]] = defaultdict(list)
        asked = (listed(tickets), listed(self.traced.records))
        for ticket_id, name in self.connection.execute(_TAKE_PART, asked):
            names[ticket_id].append(name)
        for _, ticket_id, _, _, _, *headers, _ in read:
            names[ticket_id] += self._named(headers)
        self._others = {ticket_id: name_words(each) for ticket_id, each in names.items()}

    def _named(self, headers: list[str]) -> Iterator[str]:
        """Names beside addresses of others."""
        for header in headers:
            for each in addresses(header.encode(errors="replace")):
                if each.name and "@" in each.address and without(each.address, self.traces) == each.address:
                    yield each.name

    def _message(self, key: int, ticket_id: int, raw: bytes | None, texts: list[str]) -> None:
        subject, *others = texts
        left = [self._short(subject, ticket_id), *(self._left(text, ticket_id) for text in others)]
        if left == texts:
            return
        self.connection.execute(_UNSENT, (key,))
        self.connection.execute(_REWRITE, (*left, key))
        if raw is not None:
            self.files.append(raw)

    def _row(self, table: str, key: int, ticket_id: int | None) -> None:
        columns = WRITTEN[table]
        row = self.connection.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE rowid = ?", (key,)).fetchone()  # noqa: S608  names of ours
        if row is None:
            return
        left = [
            "" if column in _DIALLED and said == ERASED else said
            for column, said in zip(columns, (self._short(text, ticket_id) for text in row), strict=True)
        ]
        if left == list(row):
            return
        assignments = ", ".join(f"{column} = ?" for column in columns)
        self.connection.execute(f"UPDATE {table} SET {assignments} WHERE rowid = ?", (*left, key))  # noqa: S608  as above
        for was, said in zip(row, left, strict=True):
            if was != said and table in BEGUN_BY:
                self._called(BEGUN_BY[table], was, said)

    def _called(self, kinds: str, was: str, said: str) -> None:
        """History tells of a task, an incident or an answer by its title."""
        quoted = json.dumps(was, ensure_ascii=False)
        found = self.connection.execute(_TITLED, (f"{kinds}_", f"{kinds}`", quoted)).fetchall()
        for key, data in found:
            facts = {name: said if told == was else told for name, told in json.loads(data).items()}
            self.connection.execute(_FORGOTTEN, (json.dumps(facts, ensure_ascii=False), key))

    def _event(self, key: int, ticket_id: int | None, data: str, patch: str) -> None:
        facts = {name: self._told(said, ticket_id) for name, said in json.loads(data).items()}
        left = json.dumps(facts, ensure_ascii=False)
        if left != data or self._left(patch, ticket_id) != patch:
            self.connection.execute(_FORGOTTEN, (left, key))

    def _told(self, value: object, ticket_id: int | None) -> object:
        if isinstance(value, list):
            return [self._told(each, ticket_id) for each in value]
        return self._short(value, ticket_id) if isinstance(value, str) else value

    def _short(self, text: str, ticket_id: int | None) -> str:
        """A title or a sentence; who took it over from the person as it stood has nothing of their own in it."""
        theirs = self.traces.are_theirs(text) or self.traces.are_theirs(base_subject(text))
        return ERASED if theirs else self._left(text, ticket_id)

    def _left(self, text: str, ticket_id: int | None) -> str:
        return without(text, self.traces, self._others.get(ticket_id or 0, frozenset()))
