"""What Heard asks of a Zammad: words, fields, tags, ticks and merges.

Zammad knows no precondition: a ticket is read right before it is written to, and what lies between these two requests
is not seen. The invariants: an article carries its operation's key, so that it is found again after a lost answer; a
reply goes to somebody, and says something; nothing is written to a ticket that is not as it was known to be.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from desk.statuses import Status
from desk.times import HOUR
from sync.errors import Broken, SourceError
from sync.http import Answer, Ask, Json
from sync.protocol import Conflict, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.zammad import statuses
from sync.sources.zammad.answers import CREATED, MERGED, REFUSAL, ROW, TAGS, TICKET, Raw, Ticket, one
from sync.sources.zammad.cursors import moment
from sync.sources.zammad.messages import Messages
from sync.sources.zammad.people import NOBODY
from sync.sources.zammad.site import ZammadSite
from sync.sources.zammad.telling import Names, ticket_news
from sync.sources.zammad.tickets import asked_for_tags, parent
from sync.tickets import ChangeTicket, HelpdeskOperation, MergeTicket, TicketNews, TickItem, WriteMessage

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
# What a write may be answered with and be over: refused, too large for what stands before Zammad, or there no more.
REFUSING = (400, 403, 404, 405, 409, 413, 415, 422)
# A pending ticket rests for so long, as Zammad itself proposes.
RESTS = 24 * HOUR
MERGED_AWAY = "It was merged into another ticket there"
CHANGED = "It was changed in Zammad meanwhile"
_MENDS = {
    403: "Ask for the right in this group, or do it in Zammad (O).",
    413: "Its files are too large together: attach smaller ones.",
}
HandOver = Callable[[], None]


class Writing:
    """Writes to one Zammad."""

    def __init__(self, site: ZammadSite) -> None:
        self._site = site
        self._messages = Messages(site)

    def push(self, operation: HelpdeskOperation, hand_over: HandOver) -> Outcome:
        """Carry out an operation once."""
        once = _Once(hand_over)
        match operation:
            case WriteMessage():
                return self._write_message(operation, once)
            case ChangeTicket():
                return self._change(operation, once)
            case MergeTicket():
                return self._merge(operation, once)
            case TickItem():
                return self._tick(operation, once)

    def find(self, operation: HelpdeskOperation) -> Receipt | None:
        """Whether an operation whose end was unclear has arrived."""
        match operation:
            case WriteMessage():
                return self._messages.find(operation)
            case MergeTicket():
                found = self._ticket(operation.ticket)
                return self._merged_receipt(operation) if found is not None and self._is_merged(found[0]) else None
        return None

    def _write_message(self, operation: WriteMessage, hand_over: HandOver) -> Outcome:
        found = self._ticket(operation.ticket)
        if found is None:
            return _no_ticket(operation.ticket)
        if self._is_merged(found[0]):
            return Conflict(MERGED_AWAY)
        prepared = self._messages.prepare(operation, found[0])
        if not isinstance(prepared, Ask):
            return prepared
        said = self._site.http.write(replace(prepared, accept=REFUSING), hand_over)
        if not isinstance(said, Answer):
            return said
        if said.status in REFUSING:
            return self._refused(said, "the message")
        made = _read(CREATED, said)
        if made is None:
            return Unclear("Zammad took the message, and said so in a form that is not known here")
        return Receipt(str(made.id), found=self._standing(operation.ticket))

    def _change(self, operation: ChangeTicket, hand_over: HandOver) -> Outcome:
        found = self._ticket(operation.ticket)
        if found is None:
            return _no_ticket(operation.ticket)
        ticket = found[0]
        if self._is_merged(ticket):
            return Conflict(MERGED_AWAY)
        if operation.version and ticket.version != operation.version:
            return Conflict(CHANGED)
        names = self._site.names()
        fields = self._fields(operation, ticket, names)
        if isinstance(fields, Refused):
            return fields
        asks = [Ask(f"/tickets/{ticket.id}", method="PUT", json=fields, accept=REFUSING)] if fields else []
        asks += (_tagged(ticket.id, tag) for tag in operation.add_tags)
        asks += (_untagged(ticket.id, tag) for tag in operation.remove_tags)
        for ask in asks:
            said = self._site.http.write(ask, hand_over)
            if isinstance(said, Later | Unclear):
                return said
            if said.status in REFUSING:
                return self._refused(said, "the change")
        # Zammad drops in silence what its own rules don't allow: what stands there now tells.
        standing = self._standing(operation.ticket)
        return Receipt(operation.ticket, self._said(operation, standing, names), found=standing)

    def _fields(self, operation: ChangeTicket, ticket: Ticket, names: Names) -> dict[str, Json] | Refused:
        fields: dict[str, Json] = {}
        if operation.status is not None:
            state = statuses.wanted(names.states, operation.status, operation.label)
            if state is None:
                return Refused(f"This Zammad has no state for “{operation.status.label}”")
            fields["state_id"] = state.id
            if state.state_type in statuses.RESTING:
                fields["pending_time"] = self._rests_until(ticket)
        if operation.priority is not None:
            rank = statuses.wanted_priority(names.priorities.values(), operation.priority)
            if rank is None:
                return Refused("This Zammad has no priorities")
            fields["priority_id"] = rank.id
        if operation.queue is not None:
            group = next((one for one in names.groups.values() if one.name == operation.queue), None)
            if group is None:
                return Refused(f"There is no group “{operation.queue}” in Zammad", "Choose another queue.")
            fields["group_id"] = group.id
        if operation.assignee is not None:
            fields["owner_id"] = int(operation.assignee) if operation.assignee.isdecimal() else NOBODY
        return fields

    def _rests_until(self, ticket: Ticket) -> str:
        """A pending state wants a time: the one that it has, where that is still to come."""
        now = self._site.clock() + self._site.http.ahead
        return ticket.pending_time if ticket.pending_time > moment(now) else moment(now + RESTS)

    def _merge(self, operation: MergeTicket, hand_over: HandOver) -> Outcome:
        source, target = self._ticket(operation.ticket), self._ticket(operation.into)
        if source is None or target is None:
            return _no_ticket(operation.ticket if source is None else operation.into)
        if self._is_merged(target[0]):
            return Conflict("The other ticket was merged into a third one there")
        if self._is_merged(source[0]):
            return self._merged_receipt(operation) or Conflict(MERGED_AWAY)
        path = f"/ticket_merge/{source[0].id}/{target[0].number}"
        said = self._site.http.write(Ask(path, method="PUT", accept=REFUSING), hand_over)
        if not isinstance(said, Answer):
            return said
        if said.status in REFUSING:
            return self._refused(said, "the merge")
        came = _read(MERGED, said)
        if came is None or came.result != "success":
            words = self._site.http.said(came.message) if came is not None else "nobody says why"
            return Refused(f"Zammad refused the merge: {words}")
        return Receipt(operation.into, found=self._standing(operation.into))

    def _merged_receipt(self, operation: MergeTicket) -> Receipt | None:
        """The receipt of a merge that was done before; None where it went elsewhere."""
        return Receipt(operation.into) if parent(self._site, int(operation.ticket)) == operation.into else None

    def _tick(self, operation: TickItem, hand_over: HandOver) -> Outcome:
        ask = Ask(f"/checklist_items/{operation.item}", method="PUT", json={"checked": operation.done}, accept=REFUSING)
        said = self._site.http.write(ask, hand_over)
        if not isinstance(said, Answer):
            return said
        if said.status == 404:
            return Refused("This step is no longer on the checklist in Zammad", "Its checklist is read anew.")
        if said.status in REFUSING:
            return self._refused(said, "the tick")
        return Receipt(operation.item, found=self._standing(operation.ticket))

    def _ticket(self, ticket: str) -> tuple[Ticket, Raw] | None:
        """A ticket as it stands; None where it is there no more, or not for us."""
        answer = self._site.http.ask(Ask(f"/tickets/{ticket}", accept=(403, 404), what="a ticket"))
        raw = answer.read(ROW) if answer.status == 200 else {}
        found = one(TICKET, raw)
        return None if found is None else (found, raw)

    def _standing(self, ticket: str) -> TicketNews | None:
        """A ticket as it stands after a write, with its tags; None where that can't be said: the write is over."""
        try:
            return self._looked_at(ticket)
        except SourceError:
            return None

    def _looked_at(self, ticket: str) -> TicketNews | None:
        ask = Ask(f"/tickets/{ticket}", accept=(403, 404), what="a ticket")
        answer, tagged = self._site.http.ask_all([ask, asked_for_tags(ticket)])
        raw = answer.read(ROW) if answer.status == 200 else {}
        found = one(TICKET, raw)
        if found is None or tagged.status != 200:
            return None
        names = self._site.names((found.state_id,))
        return ticket_news(found, raw, names, self._site.url, tags=tagged.read(TAGS).tags)

    def _is_merged(self, ticket: Ticket) -> bool:
        return self._site.names((ticket.state_id,)).is_merged(ticket)

    def _said(self, operation: ChangeTicket, standing: TicketNews | None, names: Names) -> str:
        """What did not become of a change, in words."""
        if standing is None:
            return ""
        said: list[str] = []
        if operation.assignee is not None and standing.assignee != operation.assignee:
            said.append("Zammad did not give it to that agent, who may have no right in this group.")
        if operation.status is not None and not _is_known(operation.status, names):
            said.append(f"Zammad has no “{operation.status.label}”: it is “{standing.label}” there.")
        if operation.priority is not None and standing.priority is not operation.priority:
            said.append(
                f"Zammad has no priority “{operation.priority.label}”: it is “{standing.priority_label}” there."
            )
        return " ".join(said)

    def _refused(self, answer: Answer, what: str) -> Refused:
        refusal = _read(REFUSAL, answer)
        words = self._site.http.said((refusal.error_human or refusal.error) if refusal else "")
        why = f"Zammad refused {what}" + (f": {words}" if words else f" (status {answer.status})")
        return Refused(why, _MENDS.get(answer.status, ""))


class _Once:
    """Hands over at the first request of several that take effect, and never again."""

    def __init__(self, hand_over: HandOver) -> None:
        self._hand_over = hand_over
        self._done = False

    def __call__(self) -> None:
        if not self._done:
            self._hand_over()
            self._done = True


def _is_known(status: Status, names: Names) -> bool:
    if status is Status.CLOSED:
        return True
    return any(statuses.category(state) is status for state in names.states.values() if state.active)


def _read(adapter: "TypeAdapter[T]", answer: Answer) -> T | None:
    """What a write was answered with; None where it is in a form that is not known: the write is over all the same."""
    try:
        return answer.read(adapter)
    except Broken:
        return None


def _no_ticket(ticket: str) -> Refused:
    return Refused(f"Ticket {ticket} is not in Zammad any more, or not for this login", "Look for it there.")


def _tagged(ticket: int, tag: str) -> Ask:
    told: dict[str, Json] = {"object": "Ticket", "o_id": ticket, "item": tag}
    return Ask("/tags/add", method="POST", json=told, accept=REFUSING)


def _untagged(ticket: int, tag: str) -> Ask:
    return Ask("/tags/remove", {"object": "Ticket", "o_id": ticket, "item": tag}, method="DELETE", accept=REFUSING)
