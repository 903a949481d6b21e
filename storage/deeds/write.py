"""Writing on a ticket: a reply, a note, a forwarded message. Kept here first, on its way out from here.

The invariant: message, history, outbox row and the end of the draft are one transaction; a note never has recipients.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from desk.errors import BadInput, Refused
from desk.promises import Settled
from desk.text import clean
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.change import write_moves
from storage.deeds.journal import Journal, held
from storage.deeds.plan import Change, plan
from storage.deeds.promises import due_columns, settle, tell_settled
from storage.deeds.uses import seconds_of, write_uses
from storage.drafts import Remembered
from storage.inbound import preview
from storage.sources import TAKES, delivering

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Message, Ticket

Kind = Literal["reply", "note", "forward"]

_MESSAGE_KINDS: dict[Kind, str] = {"reply": "outbound", "note": "note", "forward": "outbound"}
_EVENT_KINDS: dict[Kind, str] = {"reply": "replied", "note": "noted", "forward": "forwarded"}
# The drafts that this may have been; the newest of them is taken.
_DRAFT_KINDS: dict[Kind, tuple[str, ...]] = {
    "reply": ("reply", "reply_all"),
    "note": ("note",),
    "forward": ("forward",),
}
# The helpdesk that a ticket is kept at.
_KEPT = """
    SELECT s.name, s.settings FROM ticket t JOIN source s ON s.id = t.source_id
     WHERE t.id = ? AND s.kind <> 'mailbox' AND s.settings ->> '$.takes' IS NOT NULL"""
_TITLES: dict[Kind, str] = {"reply": "Replied to", "note": "Noted on", "forward": "Forwarded"}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What was written. `after` is changed in the same deed, so that sending and solving are undone together."""

    kind: Kind
    body: str
    recipients: str = ""
    copies: str = ""
    subject: str = ""
    attachments: tuple[Path, ...] = field(default=())
    after: Change = field(default_factory=Change)


def write(session: "Session", by: By, ticket_id: int, outgoing: Outgoing) -> Done:
    """Put it on the ticket and into the outbox. A note counts as sent at once, the rest after the undo time."""
    from storage import models

    journal = Journal(session, by)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    if ticket.merged_into_id is not None:
        raise Refused(f"#{ticket.number} was merged into another ticket", "Write on that one.")
    _refuse_untaken(journal.connection, ticket_id, outgoing.kind)
    message = _message(by, ticket, outgoing, _author(session, by))
    message_id = journal.add(message)
    _attach(journal, message_id, outgoing.attachments)
    journal.change(ticket, **_bookkeeping(ticket, message, by))
    settled: tuple[Settled, ...] = ()
    if outgoing.kind != "note":
        # An answer settles what was promised, and stops the clock, which is read from the columns just written.
        settled = settle(journal, (ticket_id,))
        journal.change(ticket, **due_columns(journal.connection, ticket_id))
    draft_kind, seen, remembered = _end_draft(journal.connection, by, ticket_id, outgoing.kind)
    write_uses(journal, ticket_id, message_id, message.body, remembered.snippets)
    journal.tell(
        _EVENT_KINDS[outgoing.kind],
        {
            "subject": message.subject,
            "recipients": message.recipients,
            "copies": message.copies,
            "draft": draft_kind,
            "attachments": [str(path) for path in outgoing.attachments],
            "seconds": seconds_of(remembered, by.at),
        },
        ticket_id=ticket_id,
        message_id=message_id,
    )
    tell_settled(journal, settled)
    undo_seconds = 0 if outgoing.kind == "note" else by.undo_seconds
    journal.send(
        outgoing.kind,
        {"seen_inbound_id": seen},
        ticket_id=ticket_id,
        message_id=message_id,
        source_id=delivering(journal.connection, outgoing.kind, {ticket_id: ()}).get(ticket_id),
        undo_seconds=undo_seconds,
    )
    _change_after(journal, ticket, outgoing.after, undo_seconds)
    _note_contact(journal, ticket, message)
    return journal.done(f"{_TITLES[outgoing.kind]} #{ticket.number}", ticket_id)


def _refuse_untaken(connection: Connection, ticket_id: int, kind: Kind) -> None:
    """Words for somebody outside never stay here unsent because where the ticket is kept nobody takes them."""
    row = connection.execute(_KEPT, (ticket_id,)).fetchone()
    if kind == "note" or row is None:
        return
    name, settings = row
    if kind not in json.loads(settings)[TAKES].split():
        what = {"reply": "replies", "forward": "forwarded messages"}[kind]
        raise Refused(f"{name} takes no {what} from here", "Write it in its own pages: O opens them.")


def _message(by: By, ticket: "Ticket", outgoing: Outgoing, author: str) -> "Message":
    from storage import models

    body = clean(outgoing.body).strip("\n")
    if not body.strip() and not outgoing.attachments:
        raise BadInput(f"The {outgoing.kind} is empty", "Write something first.")
    private = outgoing.kind == "note"
    if outgoing.kind == "forward" and not outgoing.recipients.strip():
        raise BadInput("There is nobody to forward it to", "Name an address.")
    return models.Message(
        ticket_id=ticket.id or 0,
        kind=_MESSAGE_KINDS[outgoing.kind],
        at=by.at,
        agent_id=by.agent_id,
        customer_id=ticket.customer_id,
        sender=author,
        recipients="" if private else clean(outgoing.recipients, lines=False).strip(),
        copies="" if private else clean(outgoing.copies, lines=False).strip(),
        subject=clean(outgoing.subject, lines=False).strip(),
        body=body,
    )


def _author(session: "Session", by: By) -> str:
    from storage import models

    if by.agent_id is None:
        return ""
    agent = held(session, models.Agent, by.agent_id, "agent")
    return f"{agent.name} <{agent.email}>" if agent.email else agent.name


def _attach(journal: Journal, message_id: int, paths: tuple[Path, ...]) -> None:
    if not paths:
        return
    from storage import attachments, models

    for path in paths:
        kept = attachments.keep_file(attachments.beside(journal.connection), path)
        journal.add(
            models.Attachment(message_id=message_id, name=kept.name, type=kept.type, size=kept.size, digest=kept.digest)
        )


def _bookkeeping(ticket: "Ticket", message: "Message", by: By) -> dict[str, object]:
    """What the ticket says of its messages; `storage.inbound` counts the same for messages that came in."""
    columns: dict[str, object] = {"message_count": ticket.message_count + 1, "updated_at": by.at, "unread": False}
    if message.kind == "outbound":
        columns["outbound_at"] = by.at
        columns["preview"] = preview(message.body, message.folds) or message.subject
        if ticket.first_response_at is None:
            columns["first_response_at"] = by.at
    return columns


def _change_after(journal: Journal, ticket: "Ticket", after: Change, undo_seconds: int) -> None:
    """What was asked for beside the words, on its way out together with them; what is so already is no change."""
    moves = plan(journal.connection, [ticket.id or 0], after, journal.by.agent_id, journal.by.at).moves
    if moves:
        write_moves(journal, moves, undo_seconds=undo_seconds)
        journal.session.expire(ticket)


def _end_draft(connection: Connection, by: By, ticket_id: int, kind: Kind) -> tuple[str, int | None, Remembered]:
    """Drop the draft that this was; its kind, the customer's newest message when it was begun, what went with it."""
    if by.agent_id is None:
        return _DRAFT_KINDS[kind][0], None, Remembered()
    from storage import drafts

    found = [drafts.load(connection, ticket_id, by.agent_id, each) for each in _DRAFT_KINDS[kind]]
    draft = max((draft for draft in found if draft), key=lambda draft: draft.updated_at, default=None)
    if draft is None:
        return _DRAFT_KINDS[kind][0], None, Remembered()
    remembered = drafts.remembered(connection, ticket_id, by.agent_id, draft.kind)
    drafts.forget(connection, ticket_id, by.agent_id, draft.kind)
    return draft.kind, draft.seen_inbound_id, remembered


def _note_contact(journal: Journal, ticket: "Ticket", message: "Message") -> None:
    """An answer makes its customer the most recent one in the look-up."""
    if message.kind != "outbound" or ticket.customer_id is None:
        return
    from storage.search.index import touch

    journal.connection.execute(
        "UPDATE customer SET contacted_at = max(coalesce(contacted_at, 0), ?) WHERE id = ?",
        (journal.by.at, ticket.customer_id),
    )
    touch(journal.connection, ticket.customer_id)
