"""What Zammad says of tickets and articles, in the words that all helpdesks share. Pure: nothing is asked here.

The invariant: nothing that only agents may see becomes a message to the customer, nor a customer's word an agent's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storage.ingest.records import CustomerRecord
from sync.sources.own_fields import filled, identities
from sync.sources.zammad import statuses
from sync.sources.zammad.answers import Article, Attachment, ListFound, Named, Ticket
from sync.sources.zammad.people import NOBODY, is_own, label
from sync.tickets import ChecklistNews, FileNews, ItemNews, MessageKind, MessageNews, TicketNews

# Where an article of ours keeps the key of the operation that it came from.
MARK = "heard_operation"
_CHANNELS = (
    ("email", "email"), ("phone", "phone"), ("web", "web"), ("chat", "chat"), ("sms", "chat"), ("telegram", "chat"),
    ("whatsapp", "chat"), ("twitter", "x"), ("facebook", "facebook"),
)  # fmt: skip
# What every ticket has; all else was made up by the team.
_OWN = frozenset(
    (
        "id", "number", "title", "group", "state", "priority", "owner", "customer", "organization", "note", "type",
        "articles", "article_count", "preferences", "pending_time", "checklist", "referencing_checklists", "time_unit",
        "ticket_time_accounting", "create_article_type", "create_article_sender", "created_by", "updated_by",
        "mentions", "flags", "ai_agent_running", "shared_draft", "tags",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for: states, priorities, groups and organizations."""

    states: Mapping[int, Named]
    priorities: Mapping[int, Named]
    groups: Mapping[int, Named]
    organizations: Mapping[int, str]

    def is_merged(self, ticket: Ticket) -> bool:
        """Whether it is only what is left of a ticket that became part of another one."""
        state = self.states.get(ticket.state_id)
        return state is not None and state.state_type == statuses.MERGED


def ticket_news(
    ticket: Ticket, raw: Mapping[str, object], names: Names, url: str, *,
    customer: CustomerRecord | None = None, tags: tuple[str, ...] | None = None, articles: Iterable[Article] = (),
) -> TicketNews:  # fmt: skip
    """A ticket as it stands there; `url`: where Zammad's own pages are."""
    state = names.states.get(ticket.state_id, Named(0, ""))
    priority = names.priorities.get(ticket.priority_id or 0)
    group = names.groups.get(ticket.group_id or 0)
    fields = _fields(ticket, raw, state)
    if customer is not None:
        customer = replace(customer, identities=(*customer.identities, *identities(fields)))
    return TicketNews(
        str(ticket.id),
        ticket.title,
        ticket.created_at,
        ticket.updated_at,
        state.name,
        statuses.category(state),
        number=ticket.number,
        priority=statuses.priority(priority.name) if priority else None,
        priority_label=priority.name if priority else "",
        channel=_channel(articles),
        queue=group.name if group else None,
        assignee=_owner(ticket),
        customer=customer,
        tags=tags,
        fields=fields,
        version=ticket.version,
        url=f"{url}/#ticket/zoom/{ticket.id}",
    )


def message_news(article: Article, ticket: Ticket, writer: CustomerRecord | None) -> MessageNews:
    """An article; `writer`: its author, where that is a customer."""
    kind = message_kind(article)
    of_customer = article.sender == "Customer"
    # Who writes down a call is an agent, though the words are the customer's.
    by_agent = article.created_by_id if kind == "call" and article.created_by_id != article.author else None
    author = by_agent if of_customer else article.author
    mark = article.preferences.get(MARK)
    return MessageNews(
        str(ticket.id),
        str(article.id),
        kind,
        article.created_at,
        article.body,
        html="html" in article.content_type,
        customer=writer if of_customer and article.author != ticket.customer_id else None,
        agent=str(author) if author and author != NOBODY else "",
        sender=article.written_from,
        recipients=article.to,
        copies=article.cc,
        subject=article.subject,
        files=tuple(_file(article, file) for file in article.attachments if not _is_other_form(file)),
        operation=mark if isinstance(mark, str) else "",
        automatic=_automatic(article, kind),
    )


def message_kind(article: Article) -> MessageKind:
    """What kind of message an article is. An agent's note is sent to nobody, even where customers may see it."""
    if article.type == "phone":
        return "call"
    if article.sender == "Customer":
        return "inbound"
    if article.type == "note" or not article.type:
        return "event" if article.sender == "System" else "note"
    return "note" if article.internal else "outbound"


def checklist_news(ticket: str, found: ListFound) -> ChecklistNews:
    """A ticket's checklist, its steps in their order."""
    kept = found.assets.lists.get(str(found.id))
    order = {key: place for place, key in enumerate(kept.order)} if kept else {}
    steps = sorted(found.assets.steps.values(), key=lambda step: (order.get(str(step.id), len(order)), step.id))
    items = tuple(ItemNews(str(step.id), step.text, step.checked) for step in steps if step.text.strip())
    return ChecklistNews(ticket, str(found.id), kept.name if kept else "", items)


def _owner(ticket: Ticket) -> str:
    return "" if ticket.owner_id in (None, NOBODY) else str(ticket.owner_id)


def _channel(articles: Iterable[Article]) -> str:
    first = min(articles, key=lambda article: article.id, default=None)
    kind = first.type if first else ""
    return next((ours for theirs, ours in _CHANNELS if kind.startswith(theirs)), "email")


def _fields(ticket: Ticket, raw: Mapping[str, object], state: Named) -> dict[str, str]:
    labels = {name: label(name) for name in raw if is_own(name, _OWN)}
    told = {name: raw[name] for name in labels}
    if ticket.pending_time and state.state_type in statuses.RESTING:
        told["pending_time"], labels["pending_time"] = ticket.pending_time, "Pending till"
    return filled(told, labels)


def _file(article: Article, file: Attachment) -> FileNews:
    kind = file.preferences.get("Content-Type") or file.preferences.get("Mime-Type") or ""
    inline = bool(file.preferences.get("Content-ID")) or file.preferences.get("Content-Disposition") == "inline"
    name = f"{article.ticket_id}/{article.id}/{file.id}"
    return FileNews(name, file.filename, str(kind).partition(";")[0].strip(), file.size, inline)


def _is_other_form(file: Attachment) -> bool:
    """Whether it is the article once more: as it came, before Zammad made it harmless."""
    return file.preferences.get("content-alternative") is True or file.preferences.get("original-format") is True


def _automatic(article: Article, kind: MessageKind) -> str:
    if article.preferences.get("is-auto-response") is True:
        return "an automatic reply"
    return "sent by Zammad itself" if article.sender == "System" and kind == "outbound" else ""
