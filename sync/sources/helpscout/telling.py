"""Help Scout's conversations and threads, told in the words that all helpdesks share.

The invariant: only what is published is told; drafts, and what is held back there, nobody has said yet.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from desk.statuses import Status
from storage.ingest.records import CustomerRecord
from sync.sources import own_fields
from sync.sources.helpscout.answers import Attachment, Conversation, Person, Thread
from sync.sources.helpscout.directory import Known
from sync.tickets import FileNews, MessageKind, MessageNews, TicketNews

# Where people read a conversation; the API is another host.
PAGES = "https://secure.helpscout.net/conversation"
STATUSES = {"active": Status.OPEN, "open": Status.OPEN, "pending": Status.PENDING, "closed": Status.SOLVED}
SPAM = "spam"
_CHANNELS = {"phone": "phone", "chat": "chat"}
_SAID: Mapping[str, MessageKind] = {
    "customer": "inbound",
    "message": "outbound",
    "note": "note",
    "phone": "call",
    "forwardparent": "note",
    "forwardchild": "inbound",
}
_CHATS = ("chat", "beaconchat")


def word_for(status: Status) -> str:
    """What Help Scout calls a status; it knows no waiting for others, and nothing that is closed for good."""
    if status.active:
        return "active" if status is Status.OPEN else "pending"
    return "closed"


def is_there(conversation: Conversation) -> bool:
    """Whether it is one that people work on."""
    return conversation.status != SPAM and conversation.state not in ("deleted", "draft")


def said_on(threads: Sequence[Thread]) -> list[Thread]:
    """What was said, the oldest first: neither what merely happened, nor what isn't published."""
    said = [each for each in threads if each.state == "published" and (each.type in _SAID or each.type in _CHATS)]
    return sorted(said, key=lambda thread: (thread.created_at, thread.id))


def version(conversation: Conversation, said: Sequence[Thread]) -> str:
    """What tells this state of a conversation from a later one; it has no time of its last change."""
    assignee = conversation.assignee.id if conversation.assignee is not None else 0
    fields = [f"{each.name}={each.text or own_fields.in_words(each.value)}" for each in conversation.custom_fields]
    customer = conversation.primary_customer.id if conversation.primary_customer is not None else 0
    state = (
        conversation.status, assignee, conversation.mailbox_id, conversation.subject, customer,
        sorted(each.tag for each in conversation.tags), sorted(fields), [each.id for each in said],
    )  # fmt: skip
    return blake2b(repr(state).encode(), digest_size=8).hexdigest()


def ticket_news(
    conversation: Conversation, said: Sequence[Thread], known: Known, customer: CustomerRecord | None
) -> TicketNews:
    """A conversation."""
    fields = {each.name: each.text or own_fields.in_words(each.value) for each in conversation.custom_fields}
    fields = {name: words for name, words in fields.items() if name and words}
    if customer is not None and (numbers := own_fields.identities(fields)):
        customer = own_fields.with_identities(customer, numbers)
    return TicketNews(
        external_id=str(conversation.id),
        subject=conversation.subject,
        created_at=conversation.created_at,
        updated_at=_changed_at(conversation, said),
        label=conversation.status,
        status=STATUSES.get(conversation.status, Status.OPEN),
        number=str(conversation.number),
        channel=_CHANNELS.get(conversation.type, "email"),
        queue=known.mailboxes.get(conversation.mailbox_id, ""),
        assignee=assignee(conversation, known),
        customer=customer,
        tags=tuple(each.tag for each in conversation.tags if each.tag),
        fields=fields,
        version=version(conversation, said),
        url=f"{PAGES}/{conversation.id}/{conversation.number}",
    )


def assignee(conversation: Conversation, known: Known) -> str:
    """The user who has it; empty where nobody has, or a team."""
    whose = conversation.assignee
    return str(whose.id) if whose is not None and whose.id in known.users and whose.type != "team" else ""


def messages(
    conversation: Conversation, said: Sequence[Thread], known: Known, customers: Mapping[int, CustomerRecord]
) -> list[MessageNews]:
    """All that was said on a conversation."""
    whose = conversation.primary_customer.id if conversation.primary_customer is not None else 0
    return [_message(conversation.id, thread, whose, known, customers) for thread in said]


def author(thread: Thread) -> Person:
    """Who wrote it."""
    return thread.created_by or Person()


def by_customer(thread: Thread) -> bool:
    """Whether a customer said it."""
    return _kind(thread) == "inbound"


def _message(
    conversation: int, thread: Thread, whose: int, known: Known, customers: Mapping[int, CustomerRecord]
) -> MessageNews:
    wrote, kind = author(thread), _kind(thread)
    is_another = kind == "inbound" and wrote.type == "customer" and wrote.id != whose
    return MessageNews(
        ticket=str(conversation),
        external_id=str(thread.id),
        kind=kind,
        at=thread.created_at,
        body=thread.body,
        html=True,
        customer=customers.get(wrote.id) if is_another else None,
        agent=str(wrote.id) if wrote.type != "customer" and wrote.id in known.users else "",
        sender=wrote.email,
        recipients=", ".join(thread.to),
        copies=", ".join(thread.cc),
        files=tuple(_file(conversation, each) for each in thread.files),
    )


def _kind(thread: Thread) -> MessageKind:
    if thread.type in _CHATS:
        return "inbound" if author(thread).type == "customer" else "outbound"
    return _SAID[thread.type]


def _file(conversation: int, file: Attachment) -> FileNews:
    return FileNews(f"{conversation}/{file.id}", file.filename, file.mime_type, file.size)


def _changed_at(conversation: Conversation, said: Sequence[Thread]) -> int:
    waiting = conversation.customer_waiting_since
    times = [conversation.closed_at, conversation.user_updated_at, waiting.time if waiting is not None else None]
    known = [conversation.created_at, *(at for at in times if at is not None), *(each.created_at for each in said)]
    return max(known)
