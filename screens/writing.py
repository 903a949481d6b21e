"""What a reply, a note or a forward begins with, and what becomes of it. Pure."""

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from desk.records import DraftRow, Message
from desk.snippets.template import FieldKind, open_fields
from screens.reading import Opened
from widgets.composer import Written
from widgets.quoting import quoted

if TYPE_CHECKING:
    from storage.deeds.change import Change
    from storage.deeds.write import Outgoing


def answered(opened: Opened, current: Message | None, *, everyone: bool) -> Written:
    """An empty reply to whoever wrote: the message that is read, where it came in, else the newest that did."""
    message = current if current is not None and current.kind == "inbound" else opened.newest_inbound
    recipients = message.sender if message is not None else ""
    if not recipients and opened.card is not None:
        recipients = next((each.value for each in opened.card.identities if "@" in each.value), "")
    copies = message.copies if everyone and message is not None else ""
    return Written(
        kind="reply_all" if everyone else "reply",
        recipients=recipients,
        copies=copies,
        subject=with_prefix("Re:", opened.ticket.row.subject) if _spoken(opened) else opened.ticket.row.subject,
    )


def _spoken(opened: Opened) -> bool:
    """Whether anybody has written yet; what we begin ourselves answers nothing."""
    return any(message.kind in ("inbound", "outbound") for message in opened.conversation)


def forwarded(opened: Opened, current: Message | None, zone: tzinfo) -> Written:
    """A forward of the message that is read, to somebody yet to be named."""
    message = current or opened.newest_inbound
    body = "\n\n" + quoted(message, zone) if message is not None else ""
    return Written(kind="forward", subject=with_prefix("Fwd:", opened.ticket.row.subject), body=body)


def still_open(body: str) -> tuple[str, ...]:
    """What the open fields of a text ask for, each once, in their order; of a choice its options."""
    fields = open_fields(body)
    return tuple(
        dict.fromkeys(
            " or ".join(field.options) if field.kind is FieldKind.CHOOSE else field.prompt for field in fields
        )
    )


def note() -> Written:
    """An empty note."""
    return Written(kind="note")


def with_prefix(prefix: str, subject: str) -> str:
    """The subject behind `Re:` or `Fwd:`, which it gets only once."""
    return subject if subject.casefold().startswith(prefix.casefold()) else " ".join((prefix, subject))


def title_of(opened: Opened, kind: str) -> str:
    """What the composer's title says."""
    row = opened.ticket.row
    words = {"reply": "Reply to the sender", "reply_all": "Reply", "forward": "Forward", "note": "Note"}[kind]
    return " ".join((words, "· #" + str(row.number), row.subject))


def written_of(draft: DraftRow) -> Written:
    """A draft in the composer."""
    return Written(
        draft.kind, draft.recipients, draft.copies, draft.subject, draft.body, draft.attachments, draft.cursor
    )


def draft_of(written: Written, ticket_id: int, agent_id: int, seen_inbound_id: int | None, at: int) -> DraftRow:
    """The composer's text as a draft."""
    return DraftRow(
        ticket_id, agent_id, written.kind, written.recipients, written.copies, written.subject, written.body,
        written.attachments, written.cursor, seen_inbound_id, at,
    )  # fmt: skip


def outgoing_of(written: Written, after: "Change") -> "Outgoing":
    """The composer's text on its way out, with what changes in the same deed."""
    from storage.deeds.write import Outgoing

    files = tuple(Path(name) for name in written.attachments)
    if written.kind == "note":
        return Outgoing("note", written.body, attachments=files, after=after)
    kind = "forward" if written.kind == "forward" else "reply"
    return Outgoing(
        "forward" if kind == "forward" else "reply", written.body, written.recipients, written.copies, written.subject,
        files, after,
    )  # fmt: skip
