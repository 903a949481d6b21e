"""A helpdesk's tickets: those that are new come in, those that were changed there are merged with what was done here.

The invariant: a ticket stands as it was told last, but for what was done here later and is still to leave; what was
told already changes nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from desk.merging import Edit
from desk.statuses import Priority, Status
from desk.text import clean
from desk.times import MINUTE, SECOND
from storage.elsewhere import STATUS, Value, queue_named, take, take_tags
from storage.helpdesk.base import Base, Label, customer_digest, read_base, spelled, write_base
from storage.helpdesk.office import Office
from storage.helpdesk.records import TicketNews
from storage.ingest.rows import details_json
from storage.ingest.tickets import customer_of
from storage.ingest.together import insert

# A service's clock may be behind ours by a little, and its rules may take a while.
BEFORE = 5 * SECOND
AFTER = MINUTE

_HELD = """
    SELECT t.external_id, t.id, t.merged_into_id, r.digest, r.base, r.label, r.category, r.status, r.labels, r.gone_at
      FROM ticket t LEFT JOIN remote_ticket r ON r.ticket_id = t.id
     WHERE t.source_id = ? AND t.external_id IN (SELECT value FROM json_each(?))"""
_KEEP = """
    INSERT INTO remote_ticket(ticket_id, source_id, number, label, status, category, labels, priority_label, version,
        url, final, digest, base, updated_at)"""
_KEEP_ROW = f"({', '.join('?' * 14)})"
_OR_CHANGE = """
    ON CONFLICT(ticket_id) DO UPDATE SET number = excluded.number, label = excluded.label, status = excluded.status,
        category = excluded.category, labels = excluded.labels, priority_label = excluded.priority_label,
        version = excluded.version, url = excluded.url, final = excluded.final, gone_at = NULL,
        digest = excluded.digest, base = excluded.base, updated_at = excluded.updated_at"""
# Whatever comes next is news: what the service made of it isn't known.
_STANDS = """
    UPDATE remote_ticket SET label = ?, category = ?, status = ?, labels = ?, base = ?, digest = x''
     WHERE ticket_id = ?"""
# When a message of ours was handed over last, until a while after it had arrived.
_WROTE = """
    SELECT 1 FROM outbox WHERE ticket_id = ? AND source_id = ? AND kind IN ('reply','note')
       AND (state = 'sent' AND ? BETWEEN ready_at - ? AND sent_at + ? OR state = 'handed' AND ? >= ready_at - ?)
     LIMIT 1"""
_TELLS = """
    UPDATE ticket SET subject = coalesce(?1, subject), customer_id = coalesce(?2, customer_id),
        details = ?3, updated_at = max(updated_at, ?4)
     WHERE id = ?5"""


@dataclass(frozen=True, slots=True)
class Given:
    """What was set from here: fields as history has them, and tags in our spelling."""

    fields: Mapping[str, Value] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A ticket that is here, and how it was known to be there."""

    ticket_id: int
    merged: bool
    digest: bytes
    base: Base
    label: Label
    gone: bool


def put_tickets(office: Office, told: Sequence[TicketNews]) -> int:
    """Take these tickets in, each once; how many were new. `office.batch` has met their customers (`expect`)."""
    held = _held(office, [news.external_id for news in told])
    kept: list[tuple[object, ...]] = []
    tells: list[tuple[object, ...]] = []
    new = 0
    for news in told:
        ticket, digest = held.get(news.external_id), _digest(news)
        if ticket is None:
            if not office.erased.hold("ticket", f"{office.source_id} {news.external_id}"):
                kept.append(_add(office, news, digest))
                new += 1
        elif not ticket.merged and (ticket.digest != digest or ticket.gone):
            kept.append(_change(office, ticket, news, digest))
            tells.append(_tells(office, ticket, news))
    _write(office, kept, tells)
    return new


def take_given(office: Office, external_id: str, given: Given, found: TicketNews | None) -> None:
    """What was done from here stands there now; `found` is the ticket as it was left, where the service tells it."""
    held = _held(office, [external_id]).get(external_id)
    if held is None or held.merged:
        return
    label = held.label
    if STATUS in given.fields:
        label = label.given(int(str(given.fields[STATUS])), found)
    base = held.base.with_fields(given.fields).with_tags(given.added, given.removed)
    if found is not None:
        left = replace(held, base=base, label=label)
        _write(office, [_change(office, left, found, _digest(found))], [_tells(office, left, found)])
    else:
        labels = json.dumps(dict(label.of), ensure_ascii=False)
        stands = (label.word, label.category, label.status, labels, write_base(base), held.ticket_id)
        office.connection.execute(_STANDS, stands)


def _add(office: Office, news: TicketNews, digest: bytes) -> tuple[object, ...]:
    """Make a ticket; the answer is what is kept of how it is there."""
    label = Label("", int(news.status), int(news.status)).told(news.label, news.status)
    tags = spelled(news.tags or ())
    assignee = office.colleagues.of(news.assignee) if news.assignee else None
    ticket_id = office.batch.rows.ticket(
        news.subject,
        office.channel(news.channel),
        None if news.customer is None else customer_of(office.batch, news.customer),
        news.created_at,
        status=int(news.status),
        priority=int(Priority.NORMAL if news.priority is None else news.priority),
        assignee_id=None if assignee is None else assignee.id,
        queue_id=queue_named(office.connection, _queue(news), office.now),
        external_id=news.external_id,
        details=news.fields,
        updated_at=news.updated_at,
    )
    office.batch.rows.tags(ticket_id, tuple(tags))
    office.batch.changed_tickets.add(ticket_id)
    base = Base(_fields(office, news, label), tags, customer_digest(news.customer))
    return _row(office, ticket_id, news, label, base, digest)


def _change(office: Office, held: _Held, news: TicketNews, digest: bytes) -> tuple[object, ...]:
    """Bring a ticket up to what is told now; the answer is what is kept of how it is there."""
    label = held.label.told(news.label, news.status)
    fields = _fields(office, news, label)
    tags = held.base.tags if news.tags is None else spelled(news.tags)
    elsewhere = office.elsewhere(news.updated_at)
    changed = {name: value for name, value in fields.items() if held.base.fields.get(name, ...) != value}
    if changed:
        # What a service does to a ticket because we wrote on it is no colleague's will.
        at = 0 if _follows_from_ours(office, held.ticket_id, elsewhere.at) else elsewhere.at
        edits = {name: Edit(value, at, elsewhere.where) for name, value in changed.items()}
        take(office.connection, held.ticket_id, elsewhere, held.base.fields, edits)
    if tags.keys() != held.base.tags.keys():
        added, removed = tags.keys() - held.base.tags.keys(), held.base.tags.keys() - tags.keys()
        take_tags(office.connection, held.ticket_id, elsewhere, added, removed)
    office.batch.changed_tickets.add(held.ticket_id)
    customer = customer_digest(news.customer) or held.base.customer
    base = Base({**held.base.fields, **fields}, tags, customer)
    return _row(office, held.ticket_id, news, label, base, digest)


def _follows_from_ours(office: Office, ticket_id: int, at: int) -> bool:
    asked = (ticket_id, office.source_id, at, BEFORE, AFTER, at, BEFORE)
    return office.connection.execute(_WROTE, asked).fetchone() is not None


def _tells(office: Office, held: _Held, news: TicketNews) -> tuple[object, ...]:
    """What only the service says of a ticket, and nobody changes here."""
    subject = clean(news.subject, lines=False).strip() or None
    customer_id = None if news.customer is None else customer_of(office.batch, news.customer)
    # Who it was given to here stays, until it is said there to be another's.
    moved = customer_id if customer_digest(news.customer) != held.base.customer else None
    return subject, moved, details_json(news.fields), news.updated_at, held.ticket_id


def _write(office: Office, kept: Sequence[tuple[object, ...]], tells: Sequence[tuple[object, ...]]) -> None:
    # What they hang on has to be there first.
    office.batch.write()
    insert(office.connection, _KEEP, _KEEP_ROW, kept, _OR_CHANGE)
    office.connection.executemany(_TELLS, tells)


def _row(
    office: Office, ticket_id: int, news: TicketNews, label: Label, base: Base, digest: bytes
) -> tuple[object, ...]:  # fmt: skip
    one_line = (clean(text, lines=False).strip() for text in (news.number, label.word, news.priority_label))
    number, word, priority = one_line
    return (
        ticket_id, office.source_id, number, word, label.status, label.category,
        json.dumps(dict(label.of), ensure_ascii=False), priority, news.version, clean(news.url, lines=False),
        news.final, digest, write_base(base), news.updated_at,
    )  # fmt: skip


def _fields(office: Office, news: TicketNews, label: Label) -> dict[str, Value]:
    """The fields that were told, as history has them."""
    fields: dict[str, Value] = {STATUS: label.status}
    if news.priority is not None:
        fields["priority"] = int(news.priority)
    if news.queue is not None:
        fields["queue"] = _queue(news)
    if news.assignee is not None:
        colleague = office.colleagues.of(news.assignee) if news.assignee else None
        # Of one whom nobody told of it isn't known who they are here.
        if colleague is not None or not news.assignee:
            fields["assignee"] = None if colleague is None else colleague.handle
    return fields


def _queue(news: TicketNews) -> str | None:
    return clean(news.queue or "", lines=False).strip() or None


def _held(office: Office, external_ids: Iterable[str]) -> dict[str, _Held]:
    found = office.connection.execute(_HELD, (office.source_id, json.dumps(list(external_ids)))).fetchall()
    return {row[0]: _read(row[1:]) for row in found}


def _read(row: tuple[int, int | None, bytes | None, str, str, int, int, str, int | None]) -> _Held:
    ticket_id, merged_into, digest, base, word, category, status, labels, gone_at = row
    if digest is None:
        # It came by another way before its helpdesk was connected: nothing is known of how it is there.
        open_ = int(Status.OPEN)
        return _Held(ticket_id, merged_into is not None, b"", Base(), Label("", open_, open_), gone=False)
    label = Label(word, category, status, json.loads(labels))
    return _Held(ticket_id, merged_into is not None, digest, read_base(base), label, gone_at is not None)


def _digest(news: TicketNews) -> bytes:
    return blake2b(repr(news).encode(errors="surrogatepass"), digest_size=16).digest()
