"""Writing to a Freshdesk: replies, notes, changes of a ticket, merges.

Freshdesk has no precondition and no key against doing a thing twice. The invariants: right before anything is written
the ticket is read, and nothing is written where it isn't as it is known here; what was written is known again by its
words, its author and its time. Between that reading and the write a moment remains in which somebody may be first.
"""

from collections.abc import Callable, Mapping, Sequence

from desk.mail.addresses import addresses
from desk.times import MINUTE
from sync.errors import Broken
from sync.http import Answer, Ask, Http, Json
from sync.protocol import Conflict, Outcome, Receipt, Refused, Unclear
from sync.sources.crossing import Word, said_since
from sync.sources.freshdesk import answers, telling, vocabulary
from sync.sources.freshdesk.answers import Conversation, Ticket
from sync.sources.freshdesk.directory import Directory, Known
from sync.sources.freshdesk.reading import Reading
from sync.sources.lenient import one
from sync.sources.words import as_html, squeezed, squeezed_html
from sync.tickets import ChangeTicket, MergeTicket, OutgoingFile, WriteMessage

# What Freshdesk takes with one message, all files together.
LARGEST = 20 << 20
# Clocks are compared by their seconds.
CLOCKS = 2 * MINUTE
_REFUSALS = (400, 403, 404, 405, 409, 413, 415, 422)
_NOT_THERE = Refused("The ticket isn't in Freshdesk any more", "Drop it, or write to the customer elsewhere.")


class Writing:
    """Writes to one Freshdesk."""

    def __init__(self, http: Http, directory: Directory, reading: Reading, site: str) -> None:
        self._http = http
        self._directory = directory
        self._reading = reading
        self._site = site
        # Which of our operations each message came from, as far as this process knows.
        self._written: dict[str, str] = {}

    def write(self, wanted: WriteMessage, hand_over: Callable[[], None]) -> Outcome:
        """A reply or a note, once."""
        if not wanted.body.strip() and not wanted.files:
            return Refused("There are no words in it", "Write something first.")
        if sum(file.path.stat().st_size for file in wanted.files) > LARGEST:
            return Refused("Freshdesk takes 20 MB of files with a message", "Send fewer files, or smaller ones.")
        ticket = self._ticket(wanted.ticket)
        if ticket is None or ticket.deleted:
            return _NOT_THERE
        said = self._reading.everything_said(ticket.id)
        if wanted.version != telling.version(ticket, said):
            words = [Word(each.id, each.created_at, each.incoming) for each in said if _says_anything(each, wanted)]
            if crossed := said_since(wanted.seen, words, self._written, telling.first_id(ticket.id)):
                return Conflict(crossed)
        body: dict[str, Json] = {"body": as_html(wanted.body if wanted.body.strip() else _named(wanted.files))}
        if wanted.kind == "note":
            body["private"] = True
        elif refused := self._address(wanted, ticket, said, body):
            return refused
        path = f"/tickets/{ticket.id}/{'notes' if wanted.kind == 'note' else 'reply'}"
        told = self._http.write(_with_files(path, body, wanted.files), hand_over)
        if not isinstance(told, Answer):
            return told
        if told.status in _REFUSALS:
            return self._refused(told)
        try:
            written = str(told.read(answers.CONVERSATION).id)
        except Broken as error:
            return Unclear(error.message)
        self._written[written] = wanted.key
        return Receipt(written)

    def change(self, wanted: ChangeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Set fields of a ticket; done already where they all stand so."""
        ticket = self._ticket(wanted.ticket)
        if ticket is None or ticket.deleted:
            return _NOT_THERE
        known = self._directory.known()
        said = self._reading.everything_said(ticket.id)
        fields = _fields(wanted, ticket, known)
        if isinstance(fields, Refused):
            return fields
        if not fields:
            return self._receipt(ticket, said)
        if wanted.version and wanted.version != telling.version(ticket, said):
            return Conflict("Somebody changed the ticket in Freshdesk meanwhile.")
        told = self._http.write(Ask(f"/tickets/{ticket.id}", method="PUT", json=fields, accept=_REFUSALS), hand_over)
        if not isinstance(told, Answer):
            return told
        if told.status in _REFUSALS:
            return self._refused(told)
        return self._receipt(one(told, answers.TICKET) or ticket, said)

    def merge(self, wanted: MergeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Let a ticket become part of another one; done already where it is."""
        ticket, into = self._ticket(wanted.ticket), self._ticket(wanted.into)
        if ticket is None or into is None or ticket.deleted or into.deleted:
            return _NOT_THERE
        merged = telling.merged_into(ticket, self._reading.everything_said(ticket.id))
        if merged == wanted.into:
            return Receipt(wanted.into)
        if merged:
            return Refused(f"It is part of ticket {merged} in Freshdesk already", "Drop it.")
        # Said in these words, whatever language the team speaks, so that every reader knows what became of it.
        notes: dict[str, Json] = {
            "note_in_secondary": {"body": telling.MERGED.format(into.id), "private": True},
            "note_in_primary": {"body": f"Merged from ticket {ticket.id}", "private": True},
        }
        body: dict[str, Json] = {"primary_id": into.id, "ticket_ids": [ticket.id], "convert_recepients_to_cc": True}
        told = self._http.write(Ask("/tickets/merge", method="PUT", json=body | notes, accept=_REFUSALS), hand_over)
        if not isinstance(told, Answer):
            return told
        return self._refused(told) if told.status in _REFUSALS else Receipt(wanted.into)

    def find(self, wanted: WriteMessage) -> Receipt | None:
        """A message of ours that may have arrived: by the key's own agent, of the same kind, with the same words."""
        ticket = self._ticket(wanted.ticket)
        if ticket is None:
            return None
        known = self._directory.known()
        signature = squeezed_html(known.me.signature) if known.me is not None else ""
        body = squeezed(wanted.body) or squeezed(_named(wanted.files))
        since = wanted.begun_at + self._http.ahead - CLOCKS
        for each in reversed(self._reading.everything_said(ticket.id)):
            if each.created_at < since or self._written.get(str(each.id), wanted.key) != wanted.key:
                continue
            is_ours = known.me is not None and each.user_id == known.me.id and not each.incoming
            if is_ours and each.private == (wanted.kind == "note") and _words(each) in (body, body + signature):
                self._written[str(each.id)] = wanted.key
                return Receipt(str(each.id), "It lies in Freshdesk.")
        return None

    def _ticket(self, number: str) -> Ticket | None:
        if not number.isdecimal():
            return None
        return one(self._http.ask(Ask(f"/tickets/{number}", accept=(404,), what="a ticket")), answers.TICKET)

    def _address(
        self, wanted: WriteMessage, ticket: Ticket, said: Sequence[Conversation], body: dict[str, Json]
    ) -> Refused | None:
        """Who gets a reply: the requester always does, and there is no way to leave them out.

        Nobody gets a copy who isn't named: whoever the customer had in copy last is named where nobody else is.
        """
        if wanted.recipients:
            # What was typed is compared with all addresses that the requester is known by there.
            people = self._directory.customers(() if ticket.requester_id is None else (ticket.requester_id,))
            own = {one.value.casefold() for record in people.values() for one in record.identities}
            others = [address for address in wanted.recipients if address.casefold() not in own]
            if len(others) == len(wanted.recipients):
                return Refused(
                    "Freshdesk answers whoever asked, and can't answer others alone", "Forward it in Freshdesk instead."
                )
            body["cc_emails"] = [*others, *wanted.copies]
        elif copies := wanted.copies or _in_copy(ticket, said):
            body["cc_emails"] = list(copies)
        return None

    def _refused(self, told: Answer) -> Refused:
        why = self._http.said(answers.complaint(told))
        if told.status == 404:
            return _NOT_THERE
        if told.status == 403:
            return Refused("Freshdesk does not let this agent do that", why or "Ask an administrator there.")
        return Refused(f"Freshdesk refused it: {why}" if why else f"Freshdesk refused it (status {told.status})")

    def _receipt(self, ticket: Ticket, said: list[Conversation]) -> Receipt:
        found = telling.ticket_news(ticket, said, self._directory.known(), None, self._site)
        return Receipt(str(ticket.id), found=found)


def _fields(wanted: ChangeTicket, ticket: Ticket, known: Known) -> dict[str, Json] | Refused:
    """What is to be changed, of what isn't so already."""
    fields: dict[str, Json] = {}
    if wanted.status is not None and not _stands(wanted, ticket, known):
        fields["status"] = known.statuses.number(wanted.status, wanted.label)
    if wanted.priority is not None:
        fields["priority"] = vocabulary.priority_number(wanted.priority)
    if wanted.assignee is not None:
        if wanted.assignee and not wanted.assignee.isdecimal():
            return Refused("That agent isn't known in Freshdesk", "Assign it to somebody who is.")
        fields["responder_id"] = int(wanted.assignee) if wanted.assignee else None
    if wanted.queue is not None:
        group = known.group(wanted.queue)
        if wanted.queue and group is None:
            return Refused(f"There is no group “{wanted.queue}” in Freshdesk", "Choose one that is there.")
        fields["group_id"] = group
    # Freshdesk replaces all tags: whatever others added meanwhile has to be among them.
    tags = [tag for tag in ticket.tags if tag not in wanted.remove_tags]
    fields["tags"] = [*tags, *(tag for tag in wanted.add_tags if tag not in tags)]
    now: Mapping[str, Json] = {
        "priority": ticket.priority,
        "responder_id": ticket.responder_id,
        "group_id": ticket.group_id,
        "tags": list(ticket.tags),
    }
    return {name: value for name, value in fields.items() if name == "status" or now[name] != value}


def _stands(wanted: ChangeTicket, ticket: Ticket, known: Known) -> bool:
    """Whether the status is already what it would be set to."""
    assert wanted.status is not None
    return ticket.status == known.statuses.number(wanted.status, wanted.label)


def _with_files(path: str, body: Mapping[str, Json], files: tuple[OutgoingFile, ...]) -> Ask:
    if not files:
        return Ask(path, method="POST", json=body, accept=_REFUSALS)
    form: dict[str, str | list[str]] = {}
    for name, value in body.items():
        if isinstance(value, list):
            form[f"{name}[]"] = [str(each) for each in value]
        else:
            form[name] = "true" if value is True else str(value)
    attached = tuple(("attachments[]", file) for file in files)
    return Ask(path, method="POST", form=form, files=attached, accept=_REFUSALS)


def _named(files: tuple[OutgoingFile, ...]) -> str:
    """The words of a message that has none: Freshdesk takes no files without any."""
    return ", ".join(file.name for file in files)


def _in_copy(ticket: Ticket, said: Sequence[Conversation]) -> list[str]:
    """Whom the customer had in copy last, but for the desk's own address."""
    theirs = (each for each in reversed(said) if each.incoming or each.user_id == ticket.requester_id)
    last = next(theirs, None)
    desk = {ticket.support_email.casefold(), *(each.support_email.casefold() for each in said)}
    named = addresses(", ".join(ticket.cc_emails if last is None else last.cc_emails).encode())
    return [each.address for each in named if "@" in each.address and each.address.casefold() not in desk]


def _says_anything(said: Conversation, wanted: WriteMessage) -> bool:
    return str(said.id) == wanted.seen or bool(said.attachments or squeezed(said.body_text))


def _words(said: Conversation) -> str:
    return squeezed_html(said.body) if said.body else squeezed(said.body_text)
