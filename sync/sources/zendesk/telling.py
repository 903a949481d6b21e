"""Zendesk's tickets, comments and people, told in the words that all helpdesks share.

The invariant: who is known to work there is an agent, and everybody else a customer; a private word is a note, whoever
wrote it among the agents, and a customer's word is never one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.sources import own_fields
from sync.sources.moments import in_seconds
from sync.sources.zendesk import vocabulary
from sync.sources.zendesk.answers import Attachment, Comment, Identity, Ticket, User
from sync.sources.zendesk.arrangements import CustomStatus, TicketField
from sync.tickets import AgentNews, FileNews, MessageKind, MessageNews, TicketNews

# The name under which an operation's key goes along with an update.
OPERATION = "heard_operation"
# What is written on a ticket that became part of another one when that is done from here.
MERGED_INTO = "This request was closed and merged into request #{}"
_MERGED = re.compile(re.escape(MERGED_INTO.format("")) + r"(\d+)\b")
_NAMED = re.compile(r"#(\d+)\b")
_FOLLOW_UP = "follow_up"
# By these agents write from their desks; a customer who writes there does so on a request of their own.
_DESKS = ("web", "api")
_RULES = ("rule", "system", "automation", "trigger")
_KINDS = {
    "email": IdentityKind.EMAIL,
    "phone_number": IdentityKind.PHONE,
    "twitter": IdentityKind.HANDLE,
}


@dataclass(frozen=True, slots=True)
class House:
    """What an account has set up: names of groups, fields by number, statuses, and which statuses it offers."""

    groups: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[int, TicketField] = field(default_factory=dict)
    statuses: tuple[CustomStatus, ...] = ()
    offered: frozenset[str] = frozenset()
    me: int = 0


@dataclass(frozen=True, slots=True)
class People:
    """Users by number, their further identities, and names of organizations, as far as they were told."""

    users: Mapping[int, User] = field(default_factory=dict)
    identities: Mapping[int, tuple[Identity, ...]] = field(default_factory=dict)
    organizations: Mapping[int, str] = field(default_factory=dict)

    def is_staff(self, user: int) -> bool:
        """Whether they work there."""
        return user in self.users and self.users[user].is_staff

    def agents(self) -> Iterable[AgentNews]:
        """Those who work there."""
        return (agent(user) for user in self.users.values() if user.is_staff)

    def customer(self, user: int | None) -> CustomerRecord | None:
        """Somebody as a customer; None where nothing is known of them."""
        found = self.users.get(user or 0)
        if found is None:
            return None
        organization = self.organizations.get(found.organization_id or 0, "")
        details = own_fields.filled(found.user_fields or {}, {})
        return CustomerRecord(
            name=found.name or "",
            identities=tuple(dict.fromkeys((*self._identities(found), *own_fields.identities(details)))),
            organization=organization,
            since=found.created_at,
            note="\n".join(filter(None, (found.details, found.notes))),
            details=details,
            external_id=str(found.id),
        )

    def _identities(self, user: User) -> Iterable[IdentityRecord]:
        if user.email:
            yield IdentityRecord(IdentityKind.EMAIL, user.email)
        if user.phone:
            yield IdentityRecord(IdentityKind.PHONE, user.phone)
        if user.external_id:
            yield IdentityRecord(IdentityKind.ACCOUNT, user.external_id)
        for identity in self.identities.get(user.id, ()):
            if identity.type in _KINDS and identity.value:
                yield IdentityRecord(_KINDS[identity.type], identity.value)


def agent(user: User) -> AgentNews:
    """Somebody who works there."""
    return AgentNews(str(user.id), user.name or user.email or str(user.id), user.email or "")


def version(ticket: Ticket) -> str:
    """What tells this state from a later one: the stamp that a safe update must bear."""
    return in_seconds(ticket.updated_at)


def ticket_news(ticket: Ticket, house: House, people: People, site: str) -> TicketNews:
    """A ticket."""
    own = next((each for each in house.statuses if each.id == ticket.custom_status_id), None)
    fields = {name: words for name, words in _fields(ticket, house) if words}
    customer = people.customer(ticket.requester_id)
    channel = vocabulary.channel(ticket.via.channel)
    further = own_fields.identities(fields)
    if channel == "x" and (name := ticket.via.word("from", "username")):
        further = (IdentityRecord(IdentityKind.HANDLE, name), *further)
    if customer is not None and further:
        customer = replace(customer, identities=tuple(dict.fromkeys((*customer.identities, *further))))
    return TicketNews(
        external_id=str(ticket.id),
        subject=ticket.subject or ticket.raw_subject or "",
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        label=own.agent_label if own is not None else vocabulary.label(ticket.status),
        status=vocabulary.status(ticket.status),
        number=str(ticket.id),
        priority=vocabulary.priority(ticket.priority),
        priority_label=(ticket.priority or "").capitalize(),
        channel=channel,
        queue=house.groups.get(ticket.group_id or 0, ""),
        assignee=str(ticket.assignee_id) if ticket.assignee_id is not None else "",
        customer=customer,
        tags=ticket.tags,
        fields=fields,
        version=version(ticket),
        url=f"{site}/agent/tickets/{ticket.id}",
        final=ticket.status == vocabulary.CLOSED,
    )


def _fields(ticket: Ticket, house: House) -> Iterable[tuple[str, str]]:
    """Its custom fields, by their titles, with what people read in place of what a choice is called inside."""
    if ticket.type:
        yield "Type", ticket.type.capitalize()
    for each in ticket.custom_fields:
        known = house.fields.get(each.id)
        choices = {choice.value: choice.name for choice in known.custom_field_options} if known else {}
        values = each.value if isinstance(each.value, list) else [each.value]
        words = [choices.get(value, value) if isinstance(value, str) else value for value in values]
        yield known.title if known else f"Field {each.id}", own_fields.in_words(words) if each.value else ""


def messages(ticket: Ticket, comments: Sequence[Comment], people: People) -> Iterable[MessageNews]:
    """What was said on a ticket. Whom it copies in is the ticket's affair: it is told of the customer's newest word."""
    told = [message(ticket, comment, people) for comment in comments]
    newest = next((place for place in range(len(told) - 1, -1, -1) if told[place].kind == "inbound"), None)
    copied = (people.users[user].email for user in ticket.email_cc_ids if user in people.users)
    copies = ", ".join(email for email in copied if email)
    return (replace(each, copies=copies) if place == newest else each for place, each in enumerate(told))


def message(ticket: Ticket, said: Comment, people: People) -> MessageNews:
    """Something that was said on a ticket."""
    is_system = said.author_id <= 0 or said.via.channel in _RULES
    is_ours = is_system or people.is_staff(said.author_id) or _by_former_staff(ticket, said, people)
    kind = _kind(ticket, said, is_ours=is_ours)
    author = people.users.get(said.author_id)
    is_other = kind == "inbound" and said.author_id != ticket.requester_id
    return MessageNews(
        ticket=str(ticket.id),
        external_id=str(said.id),
        kind=kind,
        at=said.created_at,
        body=said.html_body or said.body or "",
        html=bool(said.html_body),
        customer=people.customer(said.author_id) if is_other else None,
        agent=str(said.author_id) if people.is_staff(said.author_id) else "",
        sender=(author.email or "") if author is not None else said.via.word("from", "address"),
        recipients=said.via.word("to", "address"),
        files=tuple(_file(each) for each in said.attachments if not each.deleted),
        operation=said.metadata.word(OPERATION) if said.metadata is not None else "",
        automatic="written by a rule of Zendesk's" if is_system else "",
    )


def _by_former_staff(ticket: Ticket, said: Comment, people: People) -> bool:
    """Whether somebody said it who worked there once: the service calls them a customer since, or nothing at all."""
    if said.author_id == ticket.requester_id or said.via.channel not in _DESKS:
        return False
    author = people.users.get(said.author_id)
    return author is None or author.suspended is True or author.active is False or not said.public


def _kind(ticket: Ticket, said: Comment, *, is_ours: bool) -> MessageKind:
    if said.type == "VoiceComment":
        return "call"
    if is_ours and not said.public:
        return "note"
    # Agents ask for something, too.
    return "outbound" if is_ours and said.author_id != ticket.requester_id else "inbound"


def _file(attachment: Attachment) -> FileNews:
    return FileNews(
        str(attachment.id), attachment.file_name, attachment.content_type, attachment.size or 0, bool(attachment.inline)
    )


def merged_into(ticket: Ticket, comments: Sequence[Comment]) -> str:
    """The ticket that this one became part of; empty where it stands by itself.

    The service marks it by a tag, and names the other one only in the words of the last comment, in any language. A
    follow-up has its first ticket's tags, that one too: there only the service's own words count.
    """
    if ticket.status != vocabulary.CLOSED or vocabulary.MERGED not in ticket.tags or not comments:
        return ""
    last = comments[-1]
    named: list[str] = _MERGED.findall(last.body or "")
    is_doubtful = ticket.via.rel == _FOLLOW_UP or last.author_id == ticket.requester_id
    if not named and not is_doubtful:
        named = _NAMED.findall(last.body or "")
    return next((other for other in named if other != str(ticket.id)), "")
