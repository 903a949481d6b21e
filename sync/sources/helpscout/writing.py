"""Writing to a Help Scout: replies, notes, and changes of a conversation.

Help Scout has no precondition and no key against doing a thing twice. The invariants: right before anything is written
the conversation is read, and nothing is written where it isn't as it is known here; what was written is known again by
its words, its author and its time. Between that reading and the write a moment remains in which somebody may be first.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator

from desk.times import MINUTE
from sync.errors import SourceError
from sync.http import Answer, Ask, Http, Json
from sync.protocol import Conflict, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.crossing import Word, said_since
from sync.sources.helpscout import answers, telling
from sync.sources.helpscout.answers import Conversation, Thread
from sync.sources.helpscout.directory import Directory, Known
from sync.sources.helpscout.reading import MOVED, Reading, Whole
from sync.sources.words import as_html, squeezed, squeezed_html
from sync.tickets import ChangeTicket, WriteMessage

# What Help Scout takes as one file.
LARGEST = 10 << 20
# Clocks are compared by their seconds.
CLOCKS = 2 * MINUTE
_TOO_LONG = 412
_REFUSALS = (MOVED, 400, 403, 404, 409, _TOO_LONG, 413, 422)
_NOT_THERE = Refused("The conversation isn't in Help Scout any more", "Drop it, or write to the customer elsewhere.")
_STATUSES = ("active", "pending", "closed")


class Writing:
    """Writes to one Help Scout."""

    def __init__(self, http: Http, directory: Directory, reading: Reading) -> None:
        self._http = http
        self._directory = directory
        self._reading = reading
        # Which of our operations each thread came from, as far as this process knows.
        self._written: dict[str, str] = {}

    def write(self, wanted: WriteMessage, hand_over: Callable[[], None]) -> Outcome:
        """A reply or a note, once."""
        if not wanted.body.strip() and not wanted.files:
            return Refused("There are no words in it", "Write something first.")
        if any(file.path.stat().st_size > LARGEST for file in wanted.files):
            return Refused("Help Scout takes files of 10 MB at most", "Send smaller ones.")
        whole = self._whole(wanted.ticket)
        if whole is None or not telling.is_there(whole[0]):
            return _NOT_THERE
        conversation, said = whole
        if wanted.version != telling.version(conversation, said):
            words = (Word(each.id, each.created_at, telling.by_customer(each)) for each in said)
            if crossed := said_since(wanted.seen, words, self._written):
                return Conflict(crossed)
        body = self._body(wanted, conversation)
        if isinstance(body, Refused):
            return body
        path = f"/conversations/{conversation.id}/{'notes' if wanted.kind == 'note' else 'reply'}"
        told = self._http.write(Ask(path, method="POST", json=body, accept=_REFUSALS), hand_over)
        if not isinstance(told, Answer):
            return told
        if told.status in _REFUSALS:
            return self._refused(told)
        written = told.headers.get("resource-id", "")
        if not written:
            return Unclear("Help Scout didn't say under which number it keeps it")
        self._written[written] = wanted.key
        return Receipt(written)

    def _body(self, wanted: WriteMessage, conversation: Conversation) -> dict[str, Json] | Refused:
        words = wanted.body if wanted.body.strip() else ", ".join(file.name for file in wanted.files)
        body: dict[str, Json] = {"text": as_html(words)}
        if wanted.files:
            body["attachments"] = [
                {
                    "fileName": file.name,
                    "mimeType": file.type,
                    "data": b64encode(file.path.read_bytes()).decode(),
                }
                for file in wanted.files
            ]
        if conversation.status in _STATUSES:
            # Where none is named, a reply opens a conversation again: its status is an agent's to set, not a reply's.
            body["status"] = conversation.status
        if wanted.kind == "note":
            return body
        customer = conversation.primary_customer
        if customer is None:
            return Refused("Nobody is named there to whom a reply could go", "Name a customer in Help Scout.")
        body["customer"] = {"id": customer.id}
        copies = list(wanted.copies or (conversation.cc if not wanted.recipients else ()))
        if wanted.recipients:
            record = self._directory.customers((customer,))[customer.id]
            own = {identity.value.casefold() for identity in record.identities} | {customer.email.casefold()}
            others = [address for address in wanted.recipients if address.casefold() not in own]
            if len(others) == len(wanted.recipients):
                return Refused(
                    "Help Scout answers the conversation's customer, never others alone", "Forward it there."
                )
            copies = [*others, *copies]
        if copies:
            body["cc"] = copies
        return body

    def change(self, wanted: ChangeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Set fields of a conversation, each by a request of its own; done already where they all stand so."""
        whole = self._whole(wanted.ticket)
        if whole is None or not telling.is_there(whole[0]):
            return _NOT_THERE
        conversation, said = whole
        known = self._directory.known()
        if wanted.queue and known.mailbox(wanted.queue) is None:
            return Refused(f"There is no inbox “{wanted.queue}” in Help Scout", "Choose one that is there.")
        if wanted.assignee and not wanted.assignee.isdecimal():
            return Refused("That agent isn't known in Help Scout", "Assign it to somebody who is.")
        steps = list(_steps(wanted, conversation, known))
        if steps and wanted.version and wanted.version != telling.version(conversation, said):
            return Conflict("Somebody changed the conversation in Help Scout meanwhile.")
        for number, step in enumerate(steps):
            # Each can be asked for again, and what was set is not set once more: one word of warning is enough.
            told = self._http.write(step, hand_over if number == 0 else _not_again)
            if isinstance(told, Later | Unclear):
                return told
            if told.status in _REFUSALS:
                return self._refused(told)
        return self._receipt(wanted.ticket, whole if not steps else self._again(whole))

    def find(self, wanted: WriteMessage) -> Receipt | None:
        """A message of ours that may have arrived: by the app's own user, of the same kind, with the same words."""
        whole = self._whole(wanted.ticket)
        if whole is None:
            return None
        me = self._directory.known().me.id
        body = squeezed(wanted.body) or squeezed(", ".join(file.name for file in wanted.files))
        since = wanted.begun_at + self._http.ahead - CLOCKS
        kind = "note" if wanted.kind == "note" else "message"
        for each in reversed(whole[1]):
            if each.created_at < since or self._written.get(str(each.id), wanted.key) != wanted.key:
                continue
            if each.type == kind and telling.author(each).id == me and squeezed_html(each.body) == body:
                self._written[str(each.id)] = wanted.key
                return Receipt(str(each.id), "It lies in Help Scout.")
        return None

    def _whole(self, number: str) -> Whole | None:
        if not number.isdecimal():
            return None
        ask = Ask(f"/conversations/{number}", {"embed": "threads"}, accept=(MOVED, 404), what="a conversation")
        return self._reading.whole(self._http.ask(ask))

    def _again(self, before: Whole) -> Whole | None:
        """How it stands after a change; None where that isn't known, or where there is a word that isn't known here."""
        try:
            after = self._whole(str(before[0].id))
        except SourceError:
            return None
        return after if after is not None and _numbers(after[1]) == _numbers(before[1]) else None

    def _receipt(self, number: str, whole: Whole | None) -> Receipt:
        if whole is None:
            return Receipt(number)
        return Receipt(number, found=telling.ticket_news(*whole, self._directory.known(), None))

    def _refused(self, told: Answer) -> Refused:
        why = self._http.said(answers.complaint(told))
        if told.status in (MOVED, 404):
            return _NOT_THERE
        if told.status == _TOO_LONG:
            return Refused("Help Scout takes no more than 100 threads on a conversation", "Begin a new one there.")
        if told.status == 403:
            return Refused("Help Scout does not let this user do that", why or "Ask an administrator there.")
        return Refused(f"Help Scout refused it: {why}" if why else f"Help Scout refused it (status {told.status})")


def _not_again() -> None:
    """What was handed over is handed over."""


def _numbers(said: list[Thread]) -> list[int]:
    return [thread.id for thread in said]


def _steps(wanted: ChangeTicket, conversation: Conversation, known: Known) -> Iterator[Ask]:
    """A request for each field that isn't so already."""
    path = f"/conversations/{conversation.id}"

    def patch(operation: str, field: str, value: Json = None) -> Ask:
        body: dict[str, Json] = {"op": operation, "path": field}
        if value is not None:
            body["value"] = value
        return Ask(path, method="PATCH", json=body, accept=_REFUSALS)

    if wanted.queue and known.mailbox(wanted.queue) != conversation.mailbox_id:
        yield patch("move", "/mailboxId", known.mailbox(wanted.queue))
    if wanted.assignee is not None and wanted.assignee != telling.assignee(conversation, known):
        yield patch("replace", "/assignTo", int(wanted.assignee)) if wanted.assignee else patch("remove", "/assignTo")
    # Help Scout replaces all tags: whatever others added meanwhile has to be among them.
    tags = [tag.tag for tag in conversation.tags]
    removed = {tag.casefold() for tag in wanted.remove_tags}
    kept = [tag for tag in tags if tag.casefold() not in removed]
    standing = {tag.casefold() for tag in kept}
    following: list[str] = [*kept, *(tag for tag in wanted.add_tags if tag.casefold() not in standing)]
    if following != tags:
        yield Ask(f"{path}/tags", method="PUT", json={"tags": following}, accept=_REFUSALS)
    # Last, so that whatever rules there run on a status find the rest as it was meant.
    if wanted.status is not None and telling.word_for(wanted.status) != conversation.status:
        yield patch("replace", "/status", telling.word_for(wanted.status))
