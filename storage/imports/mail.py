"""Mails into tickets: who wrote, which thread, what is new; one mail at a time, inside the importer's transaction.

No mail is ever dropped: one that can't be read becomes a message with its raw bytes beside it, named in the report.
"""

import hashlib
from dataclasses import dataclass

from desk.identifiers import address_of
from desk.ids import new_uid
from desk.mail.addresses import Address
from desk.mail.message import Mail, read_mail
from desk.mail.quotes import find_folds
from desk.statuses import Status
from desk.text import clean
from storage.attachments import keep
from storage.connect import Connection
from storage.imports import threads
from storage.imports.conversations import NewMessage, NewTicket, add_message, add_ticket, channel_id
from storage.imports.files import RawMail
from storage.imports.people import CustomerBook
from storage.imports.report import Problem, Report
from storage.inbound import reopen
from storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class MailRules:
    """What the importer is told: addresses of the team itself, and the state that new tickets get."""

    own: frozenset[str] = frozenset()
    status: Status = Status.OPEN


class MailTaker:
    """Takes mails into one workspace."""

    def __init__(
        self, workspace: Workspace, connection: Connection, book: CustomerBook, source_id: int, now: int,
        rules: MailRules,
    ) -> None:  # fmt: skip
        self._workspace = workspace
        self._connection = connection
        self._book = book
        self._source_id = source_id
        self._now = now
        self._rules = rules
        self._email = channel_id(connection, "email")
        self.changed: set[int] = set()

    def take(self, mail: RawMail, report: Report) -> None:
        """Add one mail, or count it as skipped where the very same bytes, or the same Message-ID, are there already."""
        digest = hashlib.sha256(mail.raw).digest()
        if self._known("digest", digest):
            report.skipped += 1
            return
        read = read_mail(mail.raw)
        if read.message_id and self._is_copy(read):
            report.skipped += 1
            return
        if read.unparsed:
            report.unparsed += 1
        else:
            report.added += 1
        report.problems += [Problem(mail.where, problem) for problem in read.problems]
        self._add(read, digest, mail.raw)

    def _add(self, mail: Mail, digest: bytes, raw: bytes) -> None:
        sent_by_us = address_of(mail.sender.address) in self._rules.own
        customer_id = self._customer(mail, sent_by_us)
        at = mail.date if mail.date is not None else self._now
        ticket_id = self._ticket(mail, customer_id, at)
        if not sent_by_us and mail.bounce is None and not mail.automatic and self._rules.status.active:
            reopen(self._connection, ticket_id, at)
        message_id = add_message(
            self._connection,
            self._source_id,
            ticket_id,
            NewMessage(
                kind="outbound" if sent_by_us else "inbound",
                at=at,
                body=mail.text,
                subject=mail.subject,
                sender=_shown(mail.sender),
                recipients=", ".join(map(_shown, mail.to)),
                copies=", ".join(map(_shown, mail.cc)),
                customer_id=None if sent_by_us else customer_id,
                folds=find_folds(clean(mail.text)),
                html=mail.html_used,
                automatic=mail.automatic,
                bounce=_bounce_words(mail),
                unparsed=mail.unparsed,
                trackers=mail.trackers,
                message_id=mail.message_id or None,
                in_reply_to=mail.in_reply_to or None,
                digest=digest,
                raw=keep(self._workspace, raw) if mail.unparsed or mail.problems else None,
            ),
        )
        threads.remember_references(self._connection, message_id, _parents(mail))
        for part in mail.attachments:
            self._connection.execute(
                """INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)
                   VALUES(?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    new_uid(), message_id, part.name, part.type, len(part.content),
                    keep(self._workspace, part.content), part.content_id, part.inline,
                ),
            )  # fmt: skip
        self.changed.add(ticket_id)

    def _customer(self, mail: Mail, sent_by_us: bool) -> int | None:
        """Who this is about. A machine's bounce is from nobody; an answer of ours is to its first recipient."""
        if mail.bounce is not None:
            return None
        if sent_by_us:
            others = [one for one in (*mail.to, *mail.cc) if address_of(one.address) not in self._rules.own]
            person = others[0] if others else None
        else:
            person = mail.sender
        if person is None or "@" not in person.address:
            return None
        return self._book.writer(person.address, person.name)

    def _ticket(self, mail: Mail, customer_id: int | None, at: int) -> int:
        original = [mail.bounce.message_id] if mail.bounce is not None and mail.bounce.message_id else []
        related = threads.related_tickets(self._connection, mail.message_id or None, [*_parents(mail), *original])
        if related and self._same_matter(mail, related[0]) and not self._is_closed(related[0]):
            if len(related) > 1:
                threads.join(self._connection, related[0], related[1:])
            return related[0]
        ticket_id = add_ticket(
            self._connection,
            self._source_id,
            NewTicket(mail.subject, self._email, customer_id, at, status=int(self._rules.status)),
        )
        if related:
            threads.suggest(self._connection, ticket_id, related[0], "answers it, as a new matter", self._now)
        elif threads.is_reply(mail.subject):
            other = threads.by_subject(self._connection, customer_id, mail.subject, at, ticket_id)
            if other is not None:
                threads.suggest(self._connection, ticket_id, other, "same customer and subject", self._now)
        return ticket_id

    def _is_closed(self, ticket_id: int) -> bool:
        """Closed is final: an answer to it is a ticket of its own. One that was closed by this import isn't meant."""
        (status,) = self._connection.execute("SELECT status FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
        return bool(status == Status.CLOSED != self._rules.status)

    def _same_matter(self, mail: Mail, ticket_id: int) -> bool:
        """People answer an old mail to write about something new: then the subject changes and has no reply mark."""
        if mail.bounce is not None or threads.is_reply(mail.subject) or not mail.subject.strip():
            return True
        (subject,) = self._connection.execute("SELECT subject FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
        return threads.base_subject(subject) == threads.base_subject(mail.subject)

    def _is_copy(self, mail: Mail) -> bool:
        """The same mail by another way (a second folder, another list): same Message-ID, sender, subject and text."""
        rows = self._connection.execute(
            "SELECT sender, subject, body FROM message WHERE message_id = ?", (mail.message_id,)
        )
        return (clean(_shown(mail.sender), lines=False), clean(mail.subject, lines=False), clean(mail.text)) in rows

    def _known(self, column: str, value: bytes) -> bool:
        statement = f"SELECT 1 FROM message WHERE {column} = ? LIMIT 1"  # noqa: S608 - the column is ours
        return self._connection.execute(statement, (value,)).fetchone() is not None


def _parents(mail: Mail) -> list[str]:
    """What a mail answers, the nearest last: its References, then its In-Reply-To."""
    named = [*mail.references, mail.in_reply_to]
    return [one for one in dict.fromkeys(named) if one and one != mail.message_id]


def _shown(person: Address) -> str:
    """An address as mail programs write it: the name in quotes where its letters would part it."""
    if not person.name:
        return person.address
    name = f'"{person.name}"' if any(letter in person.name for letter in ',;<>@"()') else person.name
    return f"{name} <{person.address}>" if person.address else person.name


def _bounce_words(mail: Mail) -> str:
    if mail.bounce is None:
        return ""
    return " ".join(part for part in (mail.bounce.status, mail.bounce.recipient) if part) or "undelivered"
