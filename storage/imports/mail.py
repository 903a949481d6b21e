"""Mails into tickets: who wrote, which thread, what is new; a batch of mails inside the importer's transaction.

No mail is ever dropped: one that can't be read becomes a message with its raw bytes beside it, named in the report.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from desk.lookup import IdentityKind
from desk.statuses import Status
from desk.text import clean
from storage.imports.reading import ReadMail, known_digests
from storage.imports.report import Problem, Report
from storage.imports.threads import Thread, Threads, topic
from storage.inbound import reopen
from storage.ingest.batch import Batch
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.ingest.rows import NewMessage
from storage.tombstones import Tombstones

# What tells a copy of a mail from another that has the same Message-ID: sender, subject, text.
Likeness = tuple[str, str, str]

_SAME_ID = """
SELECT message_id, sender, subject, body FROM message WHERE message_id IN (SELECT value FROM json_each(?))"""
_SUGGEST = "INSERT OR IGNORE INTO suggestion(ticket_id, other_ticket_id, reason, created_at) VALUES(?, ?, ?, ?)"
_MOVE = "UPDATE message SET ticket_id = ? WHERE ticket_id = ?"
_SUGGEST_THERE = "UPDATE OR IGNORE suggestion SET ticket_id = ? WHERE ticket_id = ?"
_WAITING = "SELECT inbound_at FROM ticket WHERE id = ? AND status = 0 AND inbound_at IS NOT NULL"
_MERGE = "UPDATE ticket SET merged_into_id = ?, status = 4 WHERE id = ?"


class MailTaker:
    """Takes the mails of one batch in; new tickets get the status `status`."""

    def __init__(self, batch: Batch, mails: Sequence[ReadMail], status: Status) -> None:
        self._batch = batch
        self._status = status
        self._mails = mails
        self._messages = [mail.message for mail in mails if mail.message is not None]
        self._digests = known_digests(batch.connection, [mail.digest for mail in mails if mail.message is not None])
        self._likenesses = self._same_ids()
        self._tombstones = Tombstones(batch.connection)
        ids = (message.message_id for message in self._messages if message.message_id)
        self._threads = Threads(
            batch.connection, chain(ids, *(mail.parents for mail in mails), (mail.bounced for mail in mails))
        )
        self._email: int = batch.connection.execute("SELECT id FROM channel WHERE key = 'email'").fetchone()[0]
        self._suggestions: list[tuple[int, int, str]] = []
        self._joined: list[tuple[int, int]] = []
        self._written: list[tuple[int, int]] = []

    def take(self, report: Report) -> None:
        """Add each mail, or count it as skipped where its bytes, or its Message-ID with the same words, are there."""
        people = [mail.person for mail in self._mails if mail.person is not None]
        self._batch.book.expect(
            CustomerRecord("", (IdentityRecord(IdentityKind.EMAIL, person.address),)) for person in people
        )
        for mail in self._mails:
            report.read += 1
            if mail.message is None or mail.digest in self._digests or self._is_old(mail, mail.message):
                report.skipped += 1
                continue
            self._digests.add(mail.digest)
            if mail.message.unparsed:
                report.unparsed += 1
            else:
                report.added += 1
            report.problems += [Problem(mail.where, problem) for problem in mail.problems]
            self._add(mail, mail.message)
        self._write()

    def _add(self, mail: ReadMail, message: NewMessage) -> None:
        person = mail.person
        customer_id = None if person is None else self._batch.book.writer(person.address, person.name)
        thread = self._thread(mail, message, customer_id)
        # A machine's word is no news to an agent, unless it says that theirs did not arrive.
        came_back = bool(mail.bounced) and not mail.delayed
        if not mail.ours and (came_back or not mail.quiet) and self._status.active:
            self._written.append((thread.ticket_id, message.at))
        message_id = self._batch.rows.message(
            thread.ticket_id, message if mail.ours else replace(message, customer_id=customer_id)
        )
        self._batch.rows.references(message_id, mail.parents)
        for attachment in mail.attachments:
            self._batch.rows.attachment(message_id, attachment)
        self._threads.remember(thread, message.at, message.message_id, mail.parents)
        self._batch.changed_tickets.add(thread.ticket_id)

    def _thread(self, mail: ReadMail, message: NewMessage, customer_id: int | None) -> Thread:
        related = self._threads.related(message.message_id, [*mail.parents, *([mail.bounced] if mail.bounced else [])])
        if related and self._same_matter(mail, related[0]) and not self._is_closed(related[0]):
            return self._join(related)
        at = message.at
        ticket_id = self._batch.rows.ticket(topic(mail.subject), self._email, customer_id, at, status=int(self._status))
        if related:
            self._suggest(ticket_id, related[0].ticket_id, "answers it, as a new matter")
        elif mail.reply:
            other = self._threads.by_subject(customer_id, mail.base, at)
            if other is not None:
                self._suggest(ticket_id, other, "same customer and subject")
        return self._threads.begin(ticket_id, mail.base, customer_id, at)

    def _suggest(self, ticket_id: int, other_id: int, reason: str) -> None:
        """Leave a note that two tickets may be one matter; the agent decides."""
        self._suggestions.append((ticket_id, other_id, reason))

    def _join(self, related: Sequence[Thread]) -> Thread:
        """The one ticket of those that a late mail has shown to be one thread: where work was done, else the first.

        Of another that this batch would have made nothing is left. One that is in the database may be open on a screen,
        with a reply half typed: it stays as a merged one, which no list shows and which says where all of it is now.
        """
        open_ones = [each for each in related if not self._is_closed(each)]
        into = min(open_ones, key=lambda each: (not each.worked_on, each.ticket_id))
        others = [each for each in related if each is not into]
        self._threads.join(into, others)
        for other in others:
            if self._batch.rows.join(other.ticket_id, into.ticket_id):
                self._batch.changed_tickets.discard(other.ticket_id)
            else:
                self._joined.append((into.ticket_id, other.ticket_id))
                self._batch.changed_tickets.add(other.ticket_id)
        return into

    def _is_closed(self, thread: Thread) -> bool:
        """Closed is final: an answer to it is a ticket of its own. One that was closed by this import isn't meant."""
        return thread.closed and self._status is not Status.CLOSED

    def _same_matter(self, mail: ReadMail, thread: Thread) -> bool:
        """People answer an old mail to write about something new: then the subject changes and has no reply mark."""
        # What bounced names the mail that it was, whatever its subject.
        bounce = mail.message is not None and mail.message.bounce
        return bool(bounce) or mail.reply or not mail.subject.strip() or thread.base == mail.base

    def _is_old(self, mail: ReadMail, message: NewMessage) -> bool:
        """A copy of what is here, or of what was here before its writer was erased."""
        return self._is_copy(message) or self._tombstones.mail(mail.digest, message.message_id)

    def _is_copy(self, message: NewMessage) -> bool:
        """The same mail by another way (a second folder, another list): same Message-ID, sender, subject and text."""
        if not message.message_id:
            return False
        known = self._likenesses.setdefault(message.message_id, set())
        likeness = (clean(message.sender, lines=False), clean(message.subject, lines=False), clean(message.body))
        if likeness in known:
            return True
        known.add(likeness)
        return False

    def _same_ids(self) -> dict[str, set[Likeness]]:
        known: dict[str, set[Likeness]] = {}
        asked = json.dumps([message.message_id for message in self._messages if message.message_id])
        for message_id, *likeness in self._batch.connection.execute(_SAME_ID, (asked,)):
            known.setdefault(message_id, set()).add((likeness[0], likeness[1], likeness[2]))
        return known

    def _write(self) -> None:
        """The rows, then what was worked out of whole tickets, in the order in which it came about."""
        connection, became = self._batch.connection, self._threads.became
        self._batch.write()
        joined = [(became(into), other) for into, other in self._joined]
        for ticket_id, at in [*self._written, *self._left_waiting(joined)]:
            reopen(connection, became(ticket_id), at)
        for statement in (_MOVE, _MERGE, _SUGGEST_THERE):
            connection.executemany(statement, joined)
        suggested = ((became(one), became(other), reason) for one, other, reason in self._suggestions)
        connection.executemany(
            _SUGGEST, [(one, other, reason, self._batch.now) for one, other, reason in suggested if one != other]
        )

    def _left_waiting(self, joined: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """What waits on an open ticket still waits on the one that it is joined with, were that one solved."""
        connection = self._batch.connection
        return [(into, at) for into, other in joined for (at,) in connection.execute(_WAITING, (other,))]
