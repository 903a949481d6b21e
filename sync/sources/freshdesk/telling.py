"""Freshdesk's tickets and what was said on them, told in the words that all helpdesks share.

The invariant: what a person said comes once, as theirs: a chat's first message isn't told twice, and a survey without a
word is no message of the customer's.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.sources import own_fields
from sync.sources.freshdesk import vocabulary
from sync.sources.freshdesk.answers import Attachment, Conversation, Ticket
from sync.sources.freshdesk.directory import Known
from sync.sources.words import squeezed
from sync.tickets import FileNews, MessageKind, MessageNews, TicketNews

# What Freshdesk writes on a ticket that became part of another one, and what is written when it is done from here.
MERGED = "This ticket is closed and merged into ticket {}"
_MERGED = re.compile(re.escape(MERGED.format("")) + r"#?\s*(\d+)", re.IGNORECASE)
# What a conversation came from.
_PHONE, _FORWARDED, _SURVEY = 9, 8, 6


def version(ticket: Ticket, said: Sequence[Conversation]) -> str:
    """What tells this state of a ticket from a later one.

    Times are in whole seconds, in which much may happen: so the fields and the newest word are in it too.
    """
    fields = (ticket.status, ticket.priority, ticket.responder_id, ticket.group_id, sorted(ticket.tags), ticket.subject)
    state = (fields, max((each.id for each in said), default=0))
    return f"{ticket.updated_at}-{blake2b(repr(state).encode(), digest_size=6).hexdigest()}"


def ticket_news(
    ticket: Ticket, said: Sequence[Conversation], known: Known, customer: CustomerRecord | None, site: str
) -> TicketNews:
    """A ticket; `said`: what was said on it after its description."""
    fields = own_fields.filled(ticket.custom_fields, known.labels)
    if ticket.type:
        fields = {"Type": ticket.type, **fields}
    numbers = own_fields.identities(fields)
    if customer is not None and numbers:
        customer = own_fields.with_identities(customer, numbers)
    return TicketNews(
        external_id=str(ticket.id),
        subject=ticket.subject,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        label=known.statuses.label(ticket.status),
        status=known.statuses.status(ticket.status),
        number=str(ticket.id),
        priority=vocabulary.priority(ticket.priority),
        priority_label=vocabulary.priority_label(ticket.priority),
        channel=vocabulary.channel(ticket.source),
        queue=known.groups.get(ticket.group_id, "") if ticket.group_id is not None else "",
        assignee=str(ticket.responder_id) if ticket.responder_id is not None else "",
        customer=customer,
        tags=ticket.tags,
        fields=fields,
        version=version(ticket, said),
        url=f"{site}/a/tickets/{ticket.id}",
    )


def messages(
    ticket: Ticket, conversations: list[Conversation], known: Known, customers: Mapping[int, CustomerRecord]
) -> list[MessageNews]:
    """All that was said on a ticket, in its order; its description first."""
    said = [_message(ticket, each, known, customers) for each in conversations]
    return said if _begins_again(ticket, conversations) else [_description(ticket, known), *said]


def first_id(ticket: int) -> str:
    """The name of a ticket's description, which has no number of its own there."""
    return f"ticket-{ticket}"


def file_id(ticket: int, conversation: int, attachment: int) -> str:
    """The name of a file: where it is found again when its address is good no more; conversation 0: the description."""
    return f"{ticket}/{conversation}/{attachment}"


def merged_into(ticket: Ticket, conversations: list[Conversation]) -> str:
    """The ticket that this one became part of; empty where it stands by itself."""
    if ticket.status != vocabulary.CLOSED:
        return ""
    for each in reversed(conversations):
        found = _MERGED.match(" ".join(each.body_text.split()))
        if found and not each.incoming and found[1] != str(ticket.id):
            return found[1]
    return ""


def _begins_again(ticket: Ticket, conversations: list[Conversation]) -> bool:
    first = squeezed(ticket.description_text)
    is_chat = ticket.source in vocabulary.CHATS and not ticket.attachments
    return is_chat and any(squeezed(each.body_text) == first for each in conversations[:2])


def _description(ticket: Ticket, known: Known) -> MessageNews:
    is_ours = ticket.requester_id in known.agents
    kind: MessageKind = "inbound"
    if ticket.source == vocabulary.PHONE:
        kind = "call"
    elif ticket.source == vocabulary.OUTBOUND_EMAIL:
        kind = "outbound"
    author = ticket.responder_id if kind == "outbound" else ticket.requester_id if is_ours and kind == "call" else None
    return MessageNews(
        ticket=str(ticket.id),
        external_id=first_id(ticket.id),
        kind=kind,
        at=ticket.created_at,
        body=ticket.description,
        html=True,
        agent=str(author) if author in known.agents else "",
        recipients=", ".join(ticket.to_emails),
        copies=", ".join(ticket.cc_emails),
        subject=ticket.subject,
        files=_files(ticket.id, 0, ticket.attachments),
    )


def _message(ticket: Ticket, said: Conversation, known: Known, customers: Mapping[int, CustomerRecord]) -> MessageNews:
    author = said.user_id
    is_ours = author in known.agents
    kind = _kind(said, is_customer=author in customers and not is_ours)
    body = said.body
    if kind == "event":
        body = "The customer answered the survey."
    customer = None
    if kind == "inbound" and author != ticket.requester_id:
        customer = customers.get(author or 0) or _by_address(said.from_email)
    return MessageNews(
        ticket=str(ticket.id),
        external_id=str(said.id),
        kind=kind,
        at=said.created_at,
        body=body,
        html=kind != "event",
        customer=customer,
        agent=str(author) if author is not None and is_ours else "",
        sender=said.from_email,
        recipients=", ".join(said.to_emails),
        copies=", ".join(said.cc_emails),
        files=_files(ticket.id, said.id, said.attachments),
        automatic="an automatic answer" if said.auto_response else "",
    )


def _kind(said: Conversation, *, is_customer: bool) -> MessageKind:
    if said.source == _SURVEY and not squeezed(said.body_text) and not said.attachments:
        return "event"
    if said.private or said.source == _FORWARDED:
        return "note"
    if said.incoming or is_customer:
        return "inbound"
    return "call" if said.source == _PHONE else "outbound"


def _by_address(address: str) -> CustomerRecord | None:
    if not address:
        return None
    return CustomerRecord("", (IdentityRecord(IdentityKind.EMAIL, address, known=False),))


def _files(ticket: int, conversation: int, attachments: tuple[Attachment, ...]) -> tuple[FileNews, ...]:
    return tuple(
        FileNews(file_id(ticket, conversation, each.id), each.name, each.content_type, each.size)
        for each in attachments
    )
