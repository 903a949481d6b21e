"""An issue of Redmine's as the records of a ticket.

Redmine has no customers: who wrote is the address in a custom field of the issue, or else a user who is no member of
any project. The description is the first message. The invariant: a private note never becomes a message to a customer.
"""

from collections.abc import Collection, Iterator, Mapping

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.sources import own_fields
from sync.sources.redmine.answers import File, Issue, Journal, Named
from sync.sources.redmine.statuses import Statuses, priority_of
from sync.tickets import AgentNews, FileNews, HelpdeskRecord, MessageKind, MessageNews, TicketNews

DESCRIPTION = "i"
JOURNAL = "j"


def version_of(issue: Issue) -> str:
    """What tells this state from a later one: Redmine's times have whole seconds, but its journals are numbered."""
    return f"{issue.updated_on} {max((each.id for each in issue.journals), default=0)}"


def journal_number(external_id: str) -> int:
    """The number of the journal that a message was; 0 for a description, and for none."""
    return int(external_id.removeprefix(JOURNAL)) if external_id.startswith(JOURNAL) else 0


class Reading:
    """What is known of a Redmine when its issues are read. `members`: the numbers of all who work there."""

    def __init__(self, site: str, settings: Mapping[str, str], statuses: Statuses, members: Collection[int]) -> None:
        self._site = site
        self._customer_field = settings.get("customer_field", "Customer email")
        self._statuses = statuses
        self._members = members

    def records(self, issue: Issue) -> Iterator[HelpdeskRecord]:
        """Everything about one issue: who works on it, how it stands, what was said."""
        users = [issue.assigned_to, issue.author, *(each.user for each in issue.journals)]
        for user in {each.id: each for each in users if each is not None and each.id in self._members}.values():
            yield AgentNews(str(user.id), user.name)
        yield self.ticket(issue)
        yield from self._messages(issue)

    def ticket(self, issue: Issue) -> TicketNews:
        """How it stands."""
        told = {field.name: field.value for field in issue.custom_fields if field.name != self._customer_field}
        fields = own_fields.filled(told, {})
        return TicketNews(
            external_id=str(issue.id),
            subject=issue.subject,
            created_at=issue.created_on,
            updated_at=issue.updated_on,
            label=issue.status.name,
            status=self._statuses.category(issue.status.id, issue.status.name),
            number=f"#{issue.id}",
            priority=priority_of(issue.priority.name) if issue.priority else None,
            priority_label=issue.priority.name if issue.priority else "",
            channel="web",
            queue=issue.project.name,
            assignee=str(issue.assigned_to.id) if issue.assigned_to else "",
            customer=self._customer(issue, own_fields.identities(fields)),
            fields=fields,
            version=version_of(issue),
            url=f"{self._site}/issues/{issue.id}",
        )

    def _customer(self, issue: Issue, numbers: tuple[IdentityRecord, ...]) -> CustomerRecord | None:
        named = (own_fields.in_words(each.value) for each in issue.custom_fields if each.name == self._customer_field)
        address = next((each for each in named if "@" in each), "")
        writer = self._outsider(issue.author)
        if not address and writer is None:
            return None
        identities = (IdentityRecord(IdentityKind.EMAIL, address), *numbers) if address else numbers
        if writer is None:
            return CustomerRecord("", identities)
        return CustomerRecord(writer.name, identities, external_id=writer.external_id)

    def _outsider(self, user: Named | None) -> CustomerRecord | None:
        """A user as a customer; None for who works there."""
        if user is None or user.id in self._members:
            return None
        return CustomerRecord(user.name, external_id=f"user {user.id}")

    def _messages(self, issue: Issue) -> Iterator[MessageNews]:
        ticket = str(issue.id)
        told_by = {
            int(detail.name): journal.id
            for journal in issue.journals
            for detail in journal.details
            if detail.property == "attachment" and detail.name.isdigit()
        }
        of = {journal: [each for each in issue.attachments if told_by.get(each.id) == journal] for journal in
              (0, *(each.id for each in issue.journals))}  # fmt: skip
        of[0] += [each for each in issue.attachments if each.id not in told_by]
        if (issue.description or "").strip() or of[0]:
            yield MessageNews(
                ticket, f"{DESCRIPTION}{ticket}", "inbound", issue.created_on, issue.description or "",
                customer=self._outsider(issue.author), subject=issue.subject, files=tuple(map(_file, of[0])),
            )  # fmt: skip
        for journal in issue.journals:
            if (journal.notes or "").strip() or of[journal.id]:
                yield self._message(ticket, journal, of[journal.id])

    def _message(self, ticket: str, journal: Journal, files: list[File]) -> MessageNews:
        outsider = self._outsider(journal.user)
        kind: MessageKind = "note" if journal.private_notes else "outbound" if outsider is None else "inbound"
        return MessageNews(
            ticket, f"{JOURNAL}{journal.id}", kind, journal.created_on, journal.notes or "", customer=outsider,
            agent=str(journal.user.id) if journal.user and outsider is None else "",
            sender=journal.user.name if journal.user else "", files=tuple(map(_file, files)),
        )  # fmt: skip


def _file(file: File) -> FileNews:
    return FileNews(file.content_url, file.filename, file.content_type or "application/octet-stream", file.filesize)
