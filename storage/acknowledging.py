"""Acknowledgements: the mail by itself that tells a customer that theirs has come, where the mailbox is set to.

The invariants: it is written in the transaction that takes the customer's mail in, and its operation's id follows from
that mail, so that there is never a second one, whatever is killed or read again; it is no answer: it stops no
clock and moves no status and no preview; what it promises is a promise like a person's, until the first answer; nothing
that fails about it is work for a person.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desk.acknowledgement import OLDEST, SINCE, Earlier, Facts, Terms, promised_at, terms_of, too_many, worded
from desk.flags import read as read_flags
from desk.identifiers import address_of
from desk.ids import new_uid
from desk.mail.answerable import is_answered, is_spam, why_not
from desk.mail.automatic import AUTO_REPLIED
from desk.times import DAY, SECOND
from storage.clocks import due_times, targets
from storage.connect import Connection, writing
from storage.promises import earliest
from storage.sources import source_named

KIND = "acknowledgement"

_MAILBOX = "SELECT settings, created_at FROM source WHERE id = ?"
# The first mail of a ticket that waits for its first answer.
_FIRST = """
    SELECT t.id, t.number, t.subject, m.sender, m.at, coalesce(m.message_id, hex(m.digest)), coalesce(c.name, ''),
           coalesce(c.flags, '[]')
      FROM message m JOIN ticket t ON t.id = m.ticket_id LEFT JOIN customer c ON c.id = t.customer_id
     WHERE m.id = ? AND m.kind = 'inbound' AND m.automatic = '' AND m.bounce = '' AND NOT m.unparsed
       AND t.status < 3 AND t.merged_into_id IS NULL AND t.first_response_at IS NULL
       AND NOT EXISTS(SELECT 1 FROM message e WHERE e.ticket_id = t.id AND (e.at, e.id) < (m.at, m.id))"""
_KNOWN = "SELECT 1 FROM outbox WHERE uid = ?"
_EARLIER = """
    SELECT e.data ->> '$.to', e.at, t.source_id IS ?
      FROM event e JOIN ticket t ON t.id = e.ticket_id WHERE e.kind = 'acknowledged' AND e.at > ?"""
_OWN = "SELECT settings FROM source WHERE kind = 'mailbox'"
_MESSAGE = """
    INSERT INTO message(uid, ticket_id, kind, at, sender, recipients, copies, subject, body, folds, html, automatic,
                        bounce, unparsed, trackers)
    VALUES(?, ?, 'outbound', ?, ?, ?, '', ?, ?, '[]', 0, ?, '', 0, 0) RETURNING id"""
_TICKET = "UPDATE ticket SET message_count = message_count + 1, promised_at = ?, due_at = ?, warns_at = ? WHERE id = ?"
_PROMISE = """
    INSERT INTO promise(uid, ticket_id, message_id, words, made_at, due_at, target_at, state)
    VALUES(?, ?, ?, ?, ?, ?, ?, 'open')"""
_EVENT = """
    INSERT INTO event(deed, kind, at, ticket_id, message_id, data, patch) VALUES(?, 'acknowledged', ?, ?, ?, ?, '')"""
_OUTBOX = """
    INSERT INTO outbox(uid, deed, ticket_id, message_id, source_id, kind, payload, state, created_at, ready_at, tries,
                       error)
    VALUES(?, ?, ?, ?, ?, ?, '{}', 'waiting', ?, ?, 0, '')"""
_STANDS = """
    SELECT t.status < 3, EXISTS(SELECT 1 FROM message m WHERE m.ticket_id = t.id AND m.automatic = ''
                                AND m.kind IN ('outbound','call'))
      FROM ticket t WHERE t.id = ?"""
_UNWANTED = re.compile(r"\b(?:spam(?:mer)?|junk|block(?:ed)?|scam(?:mer)?|phishing)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that has just become a message, and how it lies in its folder."""

    message_id: int
    arrived_at: int
    flags: tuple[str, ...]
    folder: str
    raw: bytes


class _First(NamedTuple):
    ticket_id: int
    number: int
    subject: str
    sender: str
    at: int
    named: str
    customer: str
    flags: str


def acknowledge(
    connection: Connection, source_id: int, own: Collection[str], arrivals: Sequence[Arrival], now: int
) -> None:
    """Write what is due for these mails, inside the transaction that has taken them in."""
    text, connected_at = connection.execute(_MAILBOX, (source_id,)).fetchone()
    settings: dict[str, str] = json.loads(text)
    terms = terms_of(settings)
    if terms is None:
        return
    # Servers count the time of arrival in whole seconds.
    since = int(settings.get(SINCE) or connected_at) // SECOND * SECOND
    team = frozenset(own) | _team(connection)
    for arrival in arrivals:
        if arrival.arrived_at < max(since, now - OLDEST):
            continue
        row = connection.execute(_FIRST, (arrival.message_id,)).fetchone()
        if row is not None and _is_wanted(connection, source_id, arrival, _First(*row), team, now):
            _write(connection, source_id, settings, terms, _First(*row), now)


def needless(connection: Connection, ticket_id: int, written_at: int, now: int) -> str:
    """Why one that has not left yet need not leave any more; empty where it should."""
    active, answered = connection.execute(_STANDS, (ticket_id,)).fetchone()
    if answered:
        return "A person has answered first."
    if not active:
        return "The ticket was solved first."
    return "It could not leave within a day." if now - written_at > OLDEST else ""


def switch(connection: Connection, name: str, changes: Mapping[str, str], now: int) -> dict[str, str]:
    """Change how a mailbox acknowledges; an empty text takes a setting away. What has come before gets none.

    BadInput where the terms can't be kept, NotFound where there is no such mailbox; the answer is all its settings.
    """
    row = source_named(connection, name)
    settings = {key: value for key, value in {**row.settings, **changes}.items() if value}
    if terms_of(settings) is None:
        settings.pop(SINCE, None)
    elif not row.settings.get("acknowledge"):
        settings[SINCE] = str(now)
    with writing(connection):
        connection.execute(
            "UPDATE source SET settings = ? WHERE id = ?", (json.dumps(settings, ensure_ascii=False), row.id)
        )
    return settings


def _team(connection: Connection) -> frozenset[str]:
    """The addresses of all mailboxes, which must not begin to write to each other."""
    return frozenset(
        address_of(address) for (text,) in connection.execute(_OWN) if (address := json.loads(text).get("address", ""))
    )


def _is_wanted(
    connection: Connection, source_id: int, arrival: Arrival, first: _First, team: Collection[str], now: int
) -> bool:
    if first.at < now - OLDEST or any(_UNWANTED.search(flag.words) for flag in read_flags(first.flags)):
        return False
    if is_spam(arrival.flags, arrival.folder) or is_answered(arrival.flags) or why_not(arrival.raw, team):
        return False
    earlier = [Earlier(to, at, bool(same)) for to, at, same in connection.execute(_EARLIER, (source_id, now - DAY))]
    return not too_many(address_of(first.sender), now, earlier)


def _write(
    connection: Connection, source_id: int, settings: dict[str, str], terms: Terms, first: _First, now: int
) -> None:
    uid = hashlib.sha256(f"{settings['address']} {first.named}".encode()).digest()[:16]
    if connection.execute(_KNOWN, (uid,)).fetchone() is not None:
        return
    at = promised_at(terms, now)
    body = worded(terms, Facts(first.number, first.subject, first.customer, at))
    sender = settings.get("from") or settings["address"]
    (message_id,) = connection.execute(
        _MESSAGE, (new_uid(), first.ticket_id, now, sender, first.sender, first.subject, body, AUTO_REPLIED)
    ).fetchone()
    deed = new_uid()
    _promise(connection, first.ticket_id, message_id, now, at)
    told = json.dumps({"to": address_of(first.sender), "promised_at": at})
    connection.execute(_EVENT, (deed, now, first.ticket_id, message_id, told))
    connection.execute(_OUTBOX, (uid, deed, first.ticket_id, message_id, source_id, KIND, now, now))


def _promise(connection: Connection, ticket_id: int, message_id: int, now: int, at: int) -> None:
    target_at = targets(connection).inner_target(now, at)
    connection.execute(_PROMISE, (new_uid(), ticket_id, message_id, "an answer", now, at, target_at))
    due = due_times(connection, (ticket_id,))[ticket_id]
    connection.execute(_TICKET, (earliest(connection, ticket_id), due.at, due.warns_at, ticket_id))
