"""A mailbox's mails into tickets, and where each of them lies there.

Mails come in as an import's do (storage.imports.mail), and may come twice: what is known is only found again. Three
things an import doesn't know: what this workspace has sent itself, what was read elsewhere, and that a mailbox of years
is no heap of open work.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desk.claims import claimed
from desk.statuses import Status
from desk.times import DAY
from storage import claims
from storage.acknowledging import Arrival, acknowledge
from storage.connect import Connection, writing
from storage.imports.files import RawMail
from storage.imports.mail import MailTaker
from storage.imports.reading import Job, ReadMail, read_fetched
from storage.imports.report import Report
from storage.ingest.batch import Batch
from storage.rated_mails import keep as keep_rating
from storage.rated_mails import sift
from storage.returns import came_back
from storage.sources import SourceRow
from storage.tombstones import Tombstones
from storage.workspace import Workspace

# So many mails are one transaction: a console that saves a draft waits for one of them.
BATCH = 25
# What nobody wrote on for so long when the mailbox is connected counts as solved.
STALE = 30 * DAY

_OURS = """
    SELECT message_id, id FROM message
     WHERE message_id IN (SELECT value FROM json_each(?)) AND kind = 'outbound'
       AND (agent_id IS NOT NULL OR EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = message.id))"""
_BY_DIGEST = "SELECT id FROM message WHERE digest = ? LIMIT 1"
_BY_MESSAGE_ID = "SELECT id FROM message WHERE message_id = ? ORDER BY id LIMIT 1"
_KEEP = """
    INSERT INTO mail_copy(source_id, stream, validity, uid, message_id, flags) VALUES(?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET message_id = excluded.message_id, flags = excluded.flags"""
# Their newest message was read elsewhere, or answered.
_READ = """
    UPDATE ticket SET unread = 0
     WHERE id IN (SELECT value FROM json_each(?)) AND unread AND (
        coalesce(outbound_at, 0) > coalesce(inbound_at, 0) OR EXISTS(
            SELECT 1 FROM mail_copy c
             WHERE instr(' ' || lower(c.flags) || ' ', ' \\seen ') AND c.message_id = (
                SELECT m.id FROM message m WHERE m.ticket_id = ticket.id AND m.kind = 'inbound'
                 ORDER BY m.at DESC, m.id DESC LIMIT 1)))"""
# Only what nobody here has touched: its history has no event yet.
_STALE = """
    UPDATE ticket SET status = 3, solved_at = updated_at, unread = 0, due_at = NULL, warns_at = NULL
     WHERE id IN (SELECT value FROM json_each(?)) AND status = 0 AND updated_at < ?
       AND NOT EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = ticket.id)"""
# Answered with another program: what was open waits for its customer now.
_ANSWERED = """
    UPDATE ticket SET status = 1
     WHERE status = 0 AND outbound_at > coalesce(inbound_at, 0) AND id IN (
        SELECT m.ticket_id FROM message m JOIN ticket t ON t.id = m.ticket_id
         WHERE m.id IN (SELECT value FROM json_each(?)) AND m.kind = 'outbound' AND m.at = t.outbound_at)"""
_TICKETS = "SELECT DISTINCT ticket_id FROM message WHERE id IN (SELECT value FROM json_each(?))"
_CONNECTED_AT = "SELECT created_at FROM source WHERE id = ?"
_NEWEST = "SELECT coalesce(max(id), 0) FROM message"
# The mark of what no person has written (sync.sources.mailbox.compose).
_LOOP = re.compile(rb"^x-heard-loop:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a mail lies, how it is marked there, and what it says. `where` names it for a person."""

    stream: str
    validity: int
    uid: int
    flags: tuple[str, ...]
    arrived_at: int
    raw: bytes
    where: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The mailbox that mails come from. `own`: the addresses that are the team's."""

    workspace: Workspace
    row: SourceRow
    own: frozenset[str]
    regions: tuple[str, ...]


def own_addresses(settings: Mapping[str, str]) -> frozenset[str]:
    """The mailbox's address, and those that are the team's too."""
    from desk.identifiers import address_of

    named = (settings.get("address", ""), *settings.get("also", "").split(","))
    return frozenset(address_of(each) for each in named if each.strip())


def take(connection: Connection, mailbox: Mailbox, copies: Sequence[Copy], now: int, *, sent: bool) -> int:
    """Take these mails in; how many of them were new. `sent`: they lie in the folder of what the team has sent."""
    new = 0
    for start in range(0, len(copies), BATCH):
        part = copies[start : start + BATCH]
        read = _read(mailbox, part, sent=sent)
        with writing(connection):
            ours = _sent_from_here(connection, read)
            erased = Tombstones(connection)
            kept = [
                (copy, mail)
                for copy, mail in zip(part, read, strict=True)
                if not _is_echo(copy, mail, ours) and not erased.mail(mail.digest, _message_id(mail))
            ]
            new += _take(connection, mailbox, kept, ours, now)
    return new


def mark(connection: Connection, mailbox: Mailbox, place: claims.Place, flags: Sequence[str], now: int) -> None:
    """The flags of a mail are these now: what was read elsewhere is read here too, who took it there has it."""
    before = claims.standing(connection, mailbox.row.id, place)
    changed = connection.execute(
        "UPDATE mail_copy SET flags = ? WHERE source_id = ? AND stream = ? AND validity = ? AND uid = ? "
        "RETURNING (SELECT ticket_id FROM message m WHERE m.id = mail_copy.message_id)",
        (" ".join(flags), mailbox.row.id, *place),
    ).fetchall()
    connection.execute(_READ, (json.dumps([ticket_id for (ticket_id,) in changed]),))
    if changed and claimed(flags) != before:
        claims.learn(connection, mailbox.row, {place: before}, now)


def remove(connection: Connection, source_id: int, stream: str, validity: int, first: int, last: int) -> None:
    """These mails lie there no more. What they said stays."""
    connection.execute(
        "DELETE FROM mail_copy WHERE source_id = ? AND stream = ? AND validity = ? AND uid BETWEEN ? AND ?",
        (source_id, stream, validity, first, last),
    )


def renumber(connection: Connection, source_id: int, stream: str) -> None:
    """The server counts anew: where mails lay before means nothing now, and each will come again."""
    connection.execute("DELETE FROM mail_copy WHERE source_id = ? AND stream = ?", (source_id, stream))


def _read(mailbox: Mailbox, copies: Sequence[Copy], *, sent: bool) -> list[ReadMail]:
    fetched = [RawMail(copy.where, copy.raw, 0) for copy in copies]
    # A mail without a date counts as written when it arrived; those of one batch did so together, or nearly.
    arrived = max(copy.arrived_at for copy in copies)
    return read_fetched(Job(mailbox.workspace, mailbox.workspace.folder, mailbox.own, arrived), fetched, sent=sent)


def _is_echo(copy: Copy, mail: ReadMail, ours: Mapping[str, int]) -> bool:
    """Whether it is a mail of Heard's own making that belongs to no ticket, such as the test at the connecting.

    One that answers something is an acknowledgement of another workspace's.
    """
    headers = copy.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return mail.ours and not mail.parents and _message_id(mail) not in ours and _LOOP.search(headers) is not None


def _take(
    connection: Connection,
    mailbox: Mailbox,
    kept: Sequence[tuple[Copy, ReadMail]],
    ours: Mapping[str, int],
    now: int,
) -> int:
    (newest,) = connection.execute(_NEWEST).fetchone()
    others, ratings = sift(connection, [mail for _, mail in kept if _message_id(mail) not in ours])
    batch = Batch(connection, mailbox.row.id, mailbox.regions, now)
    report = Report()
    MailTaker(batch, others, Status.OPEN).take(report)
    batch.finish()
    placed = [_place(connection, mail, ours) for _, mail in kept]
    by_digest = {mail.digest: found for (_, mail), found in zip(kept, placed, strict=True)}
    for rating in ratings:
        if by_digest[rating.digest] > newest:
            keep_rating(connection, rating, by_digest[rating.digest])
    marks = _new_marks(connection, mailbox, [copy for copy, _ in kept])
    connection.executemany(
        _KEEP,
        [
            (mailbox.row.id, copy.stream, copy.validity, copy.uid, message_id, " ".join(copy.flags))
            for (copy, _), message_id in zip(kept, placed, strict=True)
        ],
    )
    connected_at: int = connection.execute(_CONNECTED_AT, (mailbox.row.id,)).fetchone()[0]
    # What has come since the mailbox was connected is work, whatever its date says.
    since = [found for (copy, _), found in zip(kept, placed, strict=True) if copy.arrived_at >= connected_at]
    _settle(connection, batch.changed_tickets, placed, since, now)
    claims.learn(connection, mailbox.row, marks, now)
    arrivals = [
        Arrival(found, copy.arrived_at, copy.flags, copy.stream, copy.raw)
        for (copy, _), found in zip(kept, placed, strict=True)
        if found > newest
    ]
    acknowledge(connection, mailbox.row.id, mailbox.own, arrivals, now)
    for (_, mail), found in zip(kept, placed, strict=True):
        if found > newest and mail.bounced and not mail.delayed and not mail.ours:
            came_back(connection, mail.bounced, mail.failures)
    return report.added + report.unparsed


def _new_marks(connection: Connection, mailbox: Mailbox, copies: Sequence[Copy]) -> dict[claims.Place, str]:
    """The mails among these of which it is news who has them, with the marks that they were known by."""
    marks: dict[claims.Place, str] = {}
    for copy in copies:
        place = (copy.stream, copy.validity, copy.uid)
        before = claims.standing(connection, mailbox.row.id, place)
        if before != claimed(copy.flags):
            marks[place] = before
    return marks


def _sent_from_here(connection: Connection, read: Sequence[ReadMail]) -> dict[str, int]:
    """Which of these are copies of what agents wrote here, by Message-ID: their words are here already, unquoted."""
    asked = json.dumps([message_id for mail in read if (message_id := _message_id(mail))])
    return dict(connection.execute(_OURS, (asked,)).fetchall())


def _message_id(mail: ReadMail) -> str:
    return (mail.message.message_id or "") if mail.message is not None else ""


def _place(connection: Connection, mail: ReadMail, ours: Mapping[str, int]) -> int:
    """The message that a mail is, just taken in or known."""
    message_id = _message_id(mail)
    if message_id in ours:
        return ours[message_id]
    row = connection.execute(_BY_DIGEST, (mail.digest,)).fetchone()
    # A copy that came by another way has other headers, and so another digest.
    row = row or connection.execute(_BY_MESSAGE_ID, (message_id,)).fetchone()
    return int(row[0])


def _settle(connection: Connection, changed: set[int], placed: Sequence[int], since: Sequence[int], now: int) -> None:
    connection.execute(_READ, (json.dumps(sorted(changed)),))
    connection.execute(_ANSWERED, (json.dumps(placed),))
    fresh = {ticket_id for (ticket_id,) in connection.execute(_TICKETS, (json.dumps(since),))}
    connection.execute(_STALE, (json.dumps(sorted(changed - fresh)), now - STALE))
