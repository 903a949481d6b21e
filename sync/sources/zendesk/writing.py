"""Writing to a Zendesk: replies, notes, changes of a ticket, merges.

Every update is a safe one: it bears the stamp of the state that was read right before, and is refused there where that
isn't the newest. A stamp has whole seconds: a state of this very second is waited out, so that no later one has the
same stamp. A message's key goes along as metadata, which stands in the ticket's audits: there it is looked for where an
answer was lost, as Zendesk knows no key against doing an update twice. What is written to a closed ticket begins a
follow-up; that creation has such a key, which counts for two hours.
"""

from collections.abc import Callable, Iterator, Mapping

from desk.statuses import Status
from desk.times import MINUTE, SECOND
from sync.errors import Broken
from sync.http import Answer, Ask, Http, Json
from sync.protocol import Conflict, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.words import as_html
from sync.sources.zendesk import answers, telling, vocabulary
from sync.sources.zendesk.answers import LISTED, Audit, Shown, Ticket, fitting
from sync.sources.zendesk.asking import LARGEST_PAGE, Asking
from sync.sources.zendesk.changing import fields_of
from sync.sources.zendesk.cursor import UNSETTLED
from sync.sources.zendesk.telling import MERGED_INTO, OPERATION, People
from sync.tickets import ChangeTicket, MergeTicket, OutgoingFile, WriteMessage

# Clocks are compared by their seconds.
CLOCKS = 2 * MINUTE
# Seconds between looks whether a merge is done; it is looked for later where it takes longer.
LOOKS = (0.2, 0.5, 1.0, 2.0, 4.0)
_REFUSALS = (400, 403, 404, 409, 413, 422)
_NOT_THERE = Refused("The ticket isn't in Zendesk any more", "Drop it, or write to the customer elsewhere.")


class Writing:
    """Writes to one Zendesk."""

    def __init__(self, http: Http, asking: Asking, site: str) -> None:
        self._http = http
        self._asking = asking
        self._site = site

    def write(self, wanted: WriteMessage, hand_over: Callable[[], None]) -> Outcome:
        """A reply or a note, once."""
        if not wanted.body.strip() and not wanted.files:
            return Refused("There are no words in it", "Write something first.")
        ticket = self._settled(wanted.ticket)
        if not isinstance(ticket, Ticket):
            return ticket
        if crossed := self._crossed(wanted, ticket):
            return Conflict(crossed)
        address = self._address(wanted, ticket)
        if isinstance(address, Refused):
            return address
        comment = self._comment(wanted)
        if not isinstance(comment, dict):
            return comment
        body: dict[str, Json] = {"comment": comment, "metadata": {OPERATION: wanted.key}}
        if ticket.status == vocabulary.CLOSED:
            return self._follow_up(wanted, ticket, body, hand_over)
        told = self._put(ticket, {**body, **address}, hand_over)
        return self._written(told) if isinstance(told, Shown) else told

    def change(self, wanted: ChangeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Set fields of a ticket; done already where they all stand so."""
        ticket = self._settled(wanted.ticket)
        if not isinstance(ticket, Ticket):
            return ticket
        house = self._asking.house()
        fields = fields_of(wanted, ticket, house)
        if isinstance(fields, Refused):
            return fields
        if not fields:
            return self._receipt(str(ticket.id), ticket)
        if wanted.version and wanted.version != telling.version(ticket):
            return Conflict("Somebody changed the ticket in Zendesk meanwhile.")
        said = ""
        solved = vocabulary.status(ticket.status) is Status.SOLVED
        assignee = fields.get("assignee_id", ticket.assignee_id)
        if wanted.status is Status.SOLVED and not solved and assignee is None:
            fields["assignee_id"] = house.me
            said = "It was assigned to you: Zendesk solves no ticket without an agent."
        told = self._put(ticket, fields, hand_over)
        return self._receipt(str(ticket.id), told.ticket, said) if isinstance(told, Shown) else told

    def merge(self, wanted: MergeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Let a ticket become part of another one; done already where it is."""
        ticket, into = self._asking.ticket(wanted.ticket), self._asking.ticket(wanted.into)
        if ticket is None or into is None:
            return _NOT_THERE
        merged = self._merged_into(ticket)
        if merged == wanted.into:
            return Receipt(wanted.into)
        if merged or vocabulary.CLOSED in (ticket.status, into.status):
            return Refused("Zendesk merges no ticket that is closed", "Drop it.")
        body: dict[str, Json] = {
            "ids": [ticket.id],
            "source_comment": MERGED_INTO.format(into.id),
            "target_comment": f"Request #{ticket.id} was closed and merged into this request.",
            "source_comment_is_public": False,
            "target_comment_is_public": False,
        }
        ask = Ask(f"/tickets/{into.id}/merge", method="POST", json=body, accept=_REFUSALS)
        told = self._http.write(ask, hand_over)
        if not isinstance(told, Answer):
            return told
        if told.status in _REFUSALS:
            return self._refused(told)
        try:
            return self._done(told.read(answers.JOB_STATUS).job_status.id, wanted)
        except Broken as error:
            return Unclear(error.message)

    def find(self, wanted: WriteMessage) -> Receipt | None:
        """A message of ours that may have arrived: by its key, in the audits of its ticket and of its follow-ups."""
        ticket = self._asking.ticket(wanted.ticket)
        if ticket is None:
            return None
        since = wanted.begun_at + self._http.ahead - CLOCKS
        followed = (self._asking.ticket(str(number)) for number in ticket.followup_ids)
        for each in (ticket, *(other for other in followed if other is not None)):
            for audit in self._audits(each.id, since):
                if audit.metadata is not None and audit.metadata.word(OPERATION) == wanted.key:
                    return self._receipt(_name(audit), each, "It lies in Zendesk.")
        return None

    def _settled(self, number: str) -> Ticket | Refused | Later:
        """The ticket as it stands, once the second is over in which it changed last."""
        for _ in range(3):
            ticket = self._asking.ticket(number)
            if ticket is None:
                return _NOT_THERE
            left = ticket.updated_at + UNSETTLED - self._asking.now()
            if not 0 < left <= UNSETTLED:
                return ticket
            # A little longer, since clocks are compared by their seconds.
            self._http.wait(left / SECOND + 0.2)
        return Later(2, "The ticket is being changed in Zendesk this very moment")

    def _crossed(self, wanted: WriteMessage, ticket: Ticket) -> str:
        """What is not as it is known here, in words; empty where it is."""
        if self._merged_into(ticket):
            return "The ticket was merged into another one in Zendesk meanwhile."
        if wanted.seen:
            newest = str(self._asking.newest_comment(ticket.id))
            return "" if newest == wanted.seen else "Somebody has written on the ticket in Zendesk meanwhile."
        is_same = ticket.status == vocabulary.CLOSED or wanted.version in ("", telling.version(ticket))
        return "" if is_same else "Somebody changed the ticket in Zendesk meanwhile."

    def _comment(self, wanted: WriteMessage) -> dict[str, Json] | Outcome:
        """What is said, its files sent ahead: they show nowhere before a comment names them."""
        words = wanted.body if wanted.body.strip() else ", ".join(file.name for file in wanted.files)
        comment: dict[str, Json] = {"html_body": as_html(words), "public": wanted.kind == "reply"}
        tokens: list[str] = []
        for file in wanted.files:
            token = self._sent_ahead(file)
            if not isinstance(token, str):
                return token
            tokens.append(token)
        return {**comment, "uploads": tokens} if tokens else comment

    def _sent_ahead(self, file: OutgoingFile) -> str | Outcome:
        ask = Ask("/uploads", {"filename": file.name}, "POST", upload=file, accept=_REFUSALS, what="a file")
        told = self._http.write(ask, lambda: None)
        if isinstance(told, Later):
            return told
        if isinstance(told, Unclear):
            return Later(5, f"{file.name} did not come through: {told.why}")
        return self._refused(told) if told.status in _REFUSALS else told.read(answers.UPLOADED).upload.token

    def _address(self, wanted: WriteMessage, ticket: Ticket) -> dict[str, Json] | Refused:
        """Whom the ticket is to copy in, where that was changed. The requester always gets a reply."""
        if wanted.kind == "note" or not (wanted.recipients or wanted.copies):
            return {}
        people = self._asking.people({ticket.requester_id or 0, *ticket.email_cc_ids})
        own = _addresses(people, ticket.requester_id or 0)
        if wanted.recipients and not own & {address.casefold() for address in wanted.recipients}:
            return Refused(
                "Zendesk answers whoever asked, and can't answer others alone", "Forward it in Zendesk instead."
            )
        asked = {address.casefold(): address for address in (*wanted.recipients, *wanted.copies)}
        changes: list[Json] = []
        for user in ticket.email_cc_ids:
            theirs = _addresses(people, user)
            if not theirs & asked.keys():
                changes.append({"user_id": user, "action": "delete"})
            own |= theirs
        changes += [{"user_email": asked[each], "action": "put"} for each in asked if each not in own]
        return {"email_ccs": changes} if changes else {}

    def _put(self, ticket: Ticket, fields: Mapping[str, Json], hand_over: Callable[[], None]) -> Shown | Outcome:
        body = {"ticket": {**fields, "safe_update": True, "updated_stamp": telling.version(ticket)}}
        ask = Ask(f"/tickets/{ticket.id}", method="PUT", json=body, accept=_REFUSALS, what="a change")
        told = self._http.write(ask, hand_over)
        return self._shown(told) if isinstance(told, Answer) else told

    def _follow_up(
        self, wanted: WriteMessage, ticket: Ticket, body: Mapping[str, Json], hand_over: Callable[[], None]
    ) -> Outcome:
        """Another ticket that refers to one that is closed."""
        begun: dict[str, Json] = {
            **body, "subject": ticket.subject or "", "requester_id": ticket.requester_id,
            "via_followup_source_id": ticket.id,
        }  # fmt: skip
        headers = {"Idempotency-Key": wanted.key}
        ask = Ask("/tickets", method="POST", json={"ticket": begun}, headers=headers, accept=_REFUSALS)
        told = self._http.write(ask, hand_over)
        if not isinstance(told, Answer):
            return told
        if told.status == 400 and told.read(answers.REFUSAL).error == "IdempotentRequestError":
            return Unclear("Zendesk has begun a follow-up with this key before")
        shown = self._shown(told)
        said = "Zendesk had closed the ticket: a follow-up was begun."
        return self._written(shown, said) if isinstance(shown, Shown) else shown

    def _shown(self, told: Answer) -> Shown | Outcome:
        if told.status in _REFUSALS:
            return self._refused(told)
        try:
            return told.read(answers.SHOWN)
        except Broken as error:
            return Unclear(error.message)

    def _written(self, told: Shown, said: str = "") -> Outcome:
        name = _name(told.audit) if told.audit is not None else ""
        return self._receipt(name or f"ticket-{told.ticket.id}", told.ticket, said)

    def _receipt(self, name: str, ticket: Ticket, said: str = "") -> Receipt:
        house = self._asking.house()
        return Receipt(name, said, found=telling.ticket_news(ticket, house, People(), self._site))

    def _merged_into(self, ticket: Ticket) -> str:
        if ticket.status != vocabulary.CLOSED:
            return ""
        said, _ = self._asking.comments((ticket,))
        return telling.merged_into(ticket, said.get(ticket.id, ()))

    def _done(self, job: str, wanted: MergeTicket) -> Outcome:
        """What came of a merge, which the service does in its own time."""
        for pause in LOOKS:
            self._http.wait(pause)
            found = self._http.ask(Ask(f"/job_statuses/{job}", what="a merge")).read(answers.JOB_STATUS).job_status
            if found.status == "completed" and not found.slip:
                return Receipt(wanted.into)
            if found.status in ("completed", "failed", "killed"):
                ticket = self._asking.ticket(wanted.ticket)
                if ticket is not None and self._merged_into(ticket) == wanted.into:
                    # Asked for before, and done since.
                    return Receipt(wanted.into)
                why = self._http.said(found.slip or found.message or found.status)
                return Refused(f"Zendesk did not merge it: {why}")
        return Unclear("Zendesk is still at it")

    def _audits(self, ticket: int, since: int) -> Iterator[Audit]:
        """The updates of a ticket since a time, the newest first."""
        for number in range(1, 101):
            asked: dict[str, str | int] = {"sort_order": "desc", "per_page": LARGEST_PAGE, "page": number}
            page = self._http.ask(Ask(f"/tickets/{ticket}/audits", asked, what="a ticket's history")).read(LISTED)
            audits, _ = fitting(page.audits, answers.AUDIT, "Audit")
            yield from audits
            falls = bool(audits) and audits[0].created_at > audits[-1].created_at
            if not page.next_page or (falls and audits[-1].created_at < since):
                return

    def _refused(self, told: Answer) -> Refused | Conflict:
        try:
            why = self._http.said(told.read(answers.REFUSAL).reasons())
        except Broken:
            why = ""
        if told.status == 404:
            return _NOT_THERE
        if told.status == 409 or "closed prevents" in why:
            return Conflict("Somebody changed the ticket in Zendesk this very moment.")
        if told.status == 403:
            return Refused("Zendesk does not let this agent do that", why or "Ask an administrator there.")
        return Refused(f"Zendesk refused it: {why}" if why else f"Zendesk refused it (status {told.status})")


def _name(audit: Audit) -> str:
    """What the comment of an update is called."""
    said = next((event for event in audit.events if event.type.endswith("Comment")), None)
    return str(said.id) if said is not None else f"audit-{audit.id}"


def _addresses(people: People, user: int) -> set[str]:
    """All addresses that somebody is known by there."""
    record = people.customer(user)
    return {each.value.casefold() for each in record.identities} if record is not None else set()
