"""What agents write, onto an issue of Redmine's.

Redmine has no key for an operation and no precondition, and what it doesn't like of a change it leaves out in silence.
So the invariants: an issue is looked at right before it is written to, and read back after; words of ours are known
again by who wrote them, when, and by every letter.
"""

from collections.abc import Callable
from dataclasses import replace

from desk.times import MINUTE
from sync.errors import Broken, SourceError
from sync.http import Answer, Ask, Http, Json
from sync.protocol import Conflict, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.redmine.answers import ERRORS, UPLOAD, Issue, Journal
from sync.sources.redmine.reading import JOURNAL, journal_number, version_of
from sync.sources.redmine.service import MISSING, SECRECY, Service
from sync.sources.redmine.statuses import priority_to_set
from sync.sources.words import squeezed
from sync.tickets import ChangeTicket, OutgoingFile, WriteMessage

GONE = Refused("The issue is gone there, or can't be seen any more", "Look it up in Redmine.")
_REFUSED = (400, 403, 404, 405, 406, 409, 413, 414, 415, 422)
_FORBIDDEN = 403
# Redmine's clock and ours need not agree to the second.
_CLOCKS = 2 * MINUTE


class Writing:
    """The way to one Redmine."""

    def __init__(self, http: Http, service: Service) -> None:
        self._http = http
        self._service = service

    def message(self, message: WriteMessage, hand_over: Callable[[], None]) -> Outcome:
        """Say something on an issue."""
        if not squeezed(message.body) and not message.files:
            return Refused("There is nothing in it", "Write something first.")
        issue = self._standing(message.ticket)
        if isinstance(issue, Refused):
            return issue
        if self._has_moved(issue, message.version, message.seen):
            return Conflict("The issue was changed there meanwhile")
        private = message.kind == "note"
        if private and not self._service.may_write_secretly(issue.project.id):
            return Refused(
                "Redmine would show this note to everybody: your role there may not write private notes",
                f"Ask for the right “Set notes as private” ({SECRECY}), or drop it.",
            )
        uploads: list[Json] = []
        for file in message.files:
            token = self._uploaded(file)
            if not isinstance(token, str):
                return token
            uploads.append({"token": token, "filename": file.name, "content_type": file.type})
        wanted: dict[str, Json] = {"notes": message.body, "private_notes": private, "uploads": uploads}
        answer = self._put(message.ticket, wanted, hand_over)
        if answer is not None:
            return answer
        return self._read_back(message)

    def change(self, change: ChangeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Set fields of an issue."""
        issue = self._standing(change.ticket)
        if isinstance(issue, Refused):
            return issue
        if change.version and change.version != version_of(issue):
            return Conflict("The issue was changed there meanwhile")
        wanted = self._fields(change, issue)
        if isinstance(wanted, Refused):
            return wanted
        if wanted:
            answer = self._put(change.ticket, wanted, hand_over)
            if answer is not None:
                return answer
        after = self._service.issue(change.ticket)
        if after is None:
            return GONE
        left_out = [name for name, value in wanted.items() if _value(after, name) != value]
        if left_out:
            what = ", ".join(name.removesuffix("_id").replace("_", " ") for name in left_out)
            return Refused(f"Redmine left this as it was: {what}", "Your role or its workflow may not allow it.")
        return Receipt("", found=self._service.reading.ticket(after))

    def find(self, message: WriteMessage) -> Receipt | None:
        """The journal that a message has become; None where there is none. Who writes as us may be another one now."""
        return self._written_by(self._service.look().id, message)

    def _written_by(self, mine: int, message: WriteMessage) -> Receipt | None:
        issue = self._standing(message.ticket)
        if isinstance(issue, Refused):
            return None
        seen = journal_number(message.seen)
        for journal in issue.journals:
            fits = journal.id > seen and journal.created_on >= message.begun_at + self._http.ahead - _CLOCKS
            if fits and journal.user is not None and journal.user.id == mine and _says(journal, message):
                return Receipt(f"{JOURNAL}{journal.id}", found=self._service.reading.ticket(issue))
        return None

    def _standing(self, ticket: str) -> Issue | Refused:
        """An issue as it is right now. One that can't be read holds up none of the others."""
        try:
            return self._service.issue(ticket) or GONE
        except Broken as error:
            return Refused(error.message, error.mend)

    def _read_back(self, message: WriteMessage) -> Outcome:
        try:
            found = self._written_by(self._service.me.id, message)
        except SourceError as error:
            return Unclear(error.message)
        return found or Unclear("Redmine has taken it, and doesn't show it")

    def _has_moved(self, issue: Issue, version: str, seen: str) -> bool:
        """Whether the issue isn't as it was known here."""
        if version:
            return version != version_of(issue)
        return any(journal.id > journal_number(seen) and (journal.notes or "").strip() for journal in issue.journals)

    def _fields(self, change: ChangeTicket, issue: Issue) -> dict[str, Json] | Refused:
        """What to set, by Redmine's names; Refused where it has no word for it."""
        wanted: dict[str, Json] = {}
        if change.status is not None:
            # What stands there already needs no word of a workflow.
            allowed = [issue.status, *issue.allowed_statuses]
            status = self._service.statuses.chosen(change.status, change.label, allowed)
            if status is None:
                return Refused(
                    f"Redmine's workflow has no step from {issue.status.name} to {change.status.label.lower()}",
                    "Set another status, or let a manager there add the step.",
                )
            wanted["status_id"] = status.id
        if change.priority is not None:
            priority = priority_to_set(change.priority, self._service.priorities)
            if priority is None:
                return Refused(f"Redmine has no priority like {change.priority.label.lower()}", "Set another one.")
            wanted["priority_id"] = priority.id
        if change.assignee is not None:
            wanted["assigned_to_id"] = int(change.assignee) if change.assignee else ""
        if change.queue is not None:
            found = [each.id for each in self._service.projects if each.name.casefold() == change.queue.casefold()]
            if not found:
                return Refused(f"Redmine has no project “{change.queue}” that you see", "Choose another queue.")
            wanted["project_id"] = found[0]
        return {name: value for name, value in wanted.items() if _value(issue, name) != value}

    def _put(self, issue: str, fields: dict[str, Json], hand_over: Callable[[], None]) -> Outcome | None:
        """Write to an issue; None where Redmine has taken it."""
        ask = Ask(f"/issues/{issue}.json", method="PUT", json={"issue": fields}, accept=_REFUSED, what="a change")
        answer = self._http.write(ask, hand_over)
        if isinstance(answer, Later | Unclear):
            return answer
        if answer.status == _FORBIDDEN:
            return Refused("Redmine doesn't let you write on this issue", "Ask for the right in its project.")
        if answer.status in MISSING:
            return GONE
        if answer.status in _REFUSED:
            said = self._http.said(_errors(answer))
            return Refused(f"Redmine refused it: {said or f'status {answer.status}'}", "Change it, or drop it.")
        return None

    def _uploaded(self, file: OutgoingFile) -> str | Later | Refused:
        """The token of a file that was brought there; a file that nothing names is thrown away there."""
        # As any other type it is refused (406); the type is told with the message.
        plain = replace(file, type="application/octet-stream")
        ask = Ask("/uploads.json", {"filename": file.name}, "POST", upload=plain, accept=_REFUSED, what="a file")
        answer = self._http.write(ask, lambda: None)
        if isinstance(answer, Unclear):
            return Later(0, answer.why)
        if isinstance(answer, Later):
            return answer
        if answer.status in _REFUSED:
            return Refused(f"Redmine did not take the file {file.name}", "It may be too large: attach a smaller one.")
        return answer.read(UPLOAD).upload.token


def _errors(answer: Answer) -> str:
    """Redmine's own words; none where something before it has answered, such as a proxy."""
    try:
        return "; ".join(answer.read(ERRORS).errors)
    except Broken:
        return ""


def _says(journal: Journal, message: WriteMessage) -> bool:
    """Whether a journal says just that, to the same readers; without words, what it brought along has to tell."""
    words = squeezed(message.body)
    same = squeezed(journal.notes or "") == words
    if not words:
        same = same and sum(detail.property == "attachment" for detail in journal.details) == len(message.files)
    return same and journal.private_notes == (message.kind == "note")


def _value(issue: Issue, name: str) -> Json:
    """A field of an issue, as it would be set."""
    named = {
        "status_id": issue.status,
        "priority_id": issue.priority,
        "assigned_to_id": issue.assigned_to,
        "project_id": issue.project,
    }[name]
    return named.id if named is not None else ""
