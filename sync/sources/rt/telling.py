"""From what RT answers to what is told of a ticket: its state, and each thing that was said or done.

The invariants: a status keeps RT's own word beside the category that it belongs to; the first words of a ticket are its
customer's, whoever typed them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from desk.statuses import Status
from sync.sources.own_fields import filled
from sync.sources.rt.answers import Part, Ticket, Transaction
from sync.sources.rt.people import ITSELF, NOBODY, People, customer
from sync.sources.rt.queries import SAID
from sync.sources.rt.settings import Settings
from sync.tickets import FileNews, MessageKind, MessageNews, TicketNews

DELETED = "deleted"
MERGED = "MergedInto"
_PLAIN, _HTML = "text/plain", "text/html"
_LINKED = {
    "RefersTo": "refers to", "ReferredToBy": "is referred to by", "DependsOn": "depends on",
    "DependedOnBy": "is needed by", "MemberOf": "is part of", "HasMember": "has as a part", MERGED: "was merged with",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of tickets. `category` knows what a status means, `queue` a queue's name by its number."""

    settings: Settings
    people: People
    category: Callable[[str], Status]
    queue: Callable[[str], str]

    def ticket(self, ticket: Ticket, version: int) -> TicketNews:
        """A ticket as it stands, when all up to that transaction had happened."""
        tags = next((field.values for field in ticket.custom_fields if field.name == self.settings.tags), None)
        others = [field for field in ticket.custom_fields if field.name != self.settings.tags]
        asker = next(iter(ticket.requestor), None)
        return TicketNews(
            external_id=ticket.id, subject=ticket.subject, created_at=ticket.created, updated_at=ticket.last_updated,
            label=ticket.status, status=self.category(ticket.status), number=ticket.id,
            priority=self.settings.priority(ticket.priority), priority_label=str(ticket.priority),
            queue=ticket.queue.name or self.queue(ticket.queue.id),
            assignee="" if ticket.owner.id == NOBODY else ticket.owner.id,
            customer=customer(asker, others) if asker else None, tags=tags,
            fields=filled({field.name: field.values for field in others}, {}), version=str(version),
            url=f"{self.settings.url}/Ticket/Display.html?id={quote(ticket.id)}",
        )  # fmt: skip

    def said(self, row: Transaction, ticket: Ticket, parts: Sequence[Part]) -> MessageNews:
        """Something that was said on a ticket; a transaction of one that was merged into it counts as its own."""
        body, html = words_of(parts)
        writer = row.creator.id
        asks = any(writer == each.id for each in ticket.requestor)
        agent = self.people.works_there(writer) and not asks
        kind: MessageKind = (
            "note" if row.type == "Comment" else "outbound" if row.type == "Correspond" and agent else "inbound"
        )
        is_other = kind == "inbound" and not agent and not asks and writer != ITSELF
        return MessageNews(
            ticket=ticket.id, external_id=str(row.id), kind=kind, at=row.created, body=body, html=html,
            customer=self.people.customer(writer) if is_other else None,
            agent=writer if agent and kind != "inbound" else "",
            sender=self.people.named(writer), files=tuple(_file(part) for part in parts if is_file(part)),
            operation=self._key(row), automatic="Request Tracker wrote it" if writer == ITSELF else "",
        )  # fmt: skip

    def event(self, row: Transaction, ticket: Ticket, names: Mapping[str, str]) -> MessageNews | None:
        """Something that was done to a ticket; None where it isn't worth a line. `names`: of users, by number."""
        match row.type, row.field:
            case "Status", _:
                line = f"Status: {row.old_value} → {row.new_value}"
            case "Set", "Owner":
                line = f"Owner: {names.get(row.new_value) or row.new_value}"
            case "Set", "Queue":
                line = f"Queue: {self.queue(row.old_value)} → {self.queue(row.new_value)}"
            case ("AddLink" | "DeleteLink") as what, field if field in _LINKED:
                other = linked(row.new_value or row.old_value)
                line = f"{'Linked' if what == 'AddLink' else 'No longer linked'}: {_LINKED[field]} {other}"
            case _:
                return None
        agent = row.creator.id if self.people.works_there(row.creator.id) else ""
        return MessageNews(
            ticket=ticket.id, external_id=str(row.id), kind="event", at=row.created, body=line, agent=agent,
            sender=self.people.named(row.creator.id),
        )  # fmt: skip

    def _key(self, row: Transaction) -> str:
        return key_of(row, self.settings.key)


def key_of(row: Transaction, name: str) -> str:
    """The key of ours that a transaction carries in that field; empty where it has none."""
    return next((value for field in row.custom_fields if field.name == name for value in field.values), "")


def is_said(row: Transaction) -> bool:
    """Whether a transaction holds words."""
    return row.type in SAID


def linked(uri: str) -> str:
    """The number of the ticket that a link leads to, or where else it leads."""
    scheme, _, rest = uri.partition("://")
    return rest.rpartition("/ticket/")[2] if scheme == "fsck.com-rt" and "/ticket/" in rest else uri


def is_file(part: Part) -> bool:
    """Whether a part is a file, and not what the message says. What has neither name nor bytes only holds others."""
    other = part.content_length > 0 and not part.content_type.startswith(("text/", "multipart/"))
    return bool(part.filename) or other


def words_of(parts: Sequence[Part]) -> tuple[str, bool]:
    """What a message says, and whether that is HTML: all its plain parts, or its HTML where there are none."""
    for kind in (_PLAIN, _HTML):
        texts = [part.content for part in parts if part.content_type == kind and not is_file(part) and part.content]
        if texts:
            return ("\n\n" if kind == _PLAIN else "\n").join(texts), kind == _HTML
    return "", False


def _file(part: Part) -> FileNews:
    return FileNews(str(part.id), part.filename or "part", part.content_type, part.content_length)
