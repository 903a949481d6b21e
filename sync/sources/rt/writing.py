"""What is done here, done in RT: words, fields, and merges, each only while the ticket stands as it is known here.

RT answers a change with 200 even where it refused all of it, and takes an empty reply without a word. The invariants:
a change is read back and compared; nothing without words or a file is ever sent; what can take effect is handed over
first.
"""

from collections.abc import Callable, Mapping, Sequence

from sync.errors import SourceError
from sync.http import Answer, Ask, Http, Json
from sync.protocol import Conflict, Later, Outcome, Receipt, Refused, Unclear
from sync.sources.rt.answers import Standing, refusals
from sync.sources.rt.finding import TYPES
from sync.sources.rt.queries import NEWS
from sync.sources.rt.reading import Reading, as_standing, standing_of
from sync.sources.rt.sending import parcel
from sync.sources.rt.telling import DELETED, Teller
from sync.sources.rt.vocabulary import Vocabulary
from sync.sources.rt.wishes import Wish, unmet, wish_of
from sync.tickets import ChangeTicket, MergeTicket, TicketNews, WriteMessage

MEANWHILE = "It was changed in Request Tracker meanwhile."
ANSWERED = "Somebody wrote on it in Request Tracker meanwhile."
GONE = "It was deleted or merged in Request Tracker."
# Whatever RT says no to.
_NO = (400, 403, 404, 405, 409, 413, 415, 422)
_CHANGED_MEANWHILE = 412


class Writing:
    """Writes to one Request Tracker."""

    def __init__(self, http: Http, reading: Reading, vocabulary: Vocabulary, teller: Teller) -> None:
        self._http = http
        self._reading = reading
        self._vocabulary = vocabulary
        self._teller = teller

    def write(self, wanted: WriteMessage, hand_over: Callable[[], None]) -> Outcome:
        """Put words on a ticket. A note disturbs nobody; a reply must not cross with anything that was said."""
        if not wanted.body.strip() and not wanted.files:
            return Refused("There is nothing to send.", "Write something, or drop it.")
        standing = as_standing(self._http.ask(standing_of(wanted.ticket)))
        if standing is None or _is_gone(standing[0], wanted.ticket):
            return Conflict(GONE)
        if wanted.kind == "reply" and self._was_answered(wanted):
            return Conflict(ANSWERED)
        elsewhere = self._other_recipients(wanted, standing[0])
        if elsewhere:
            return elsewhere
        key = {self._teller.settings.key: wanted.key} if self._vocabulary.marks else {}
        answer = self._http.write(parcel(wanted, TYPES[wanted.kind].lower(), key), hand_over)
        if not isinstance(answer, Answer):
            return answer
        made = answer.headers.get("location", "").rpartition("/transaction/")[2]
        if answer.status >= 300:
            return self._refused(answer)
        if not made.isdecimal():
            return Unclear("Request Tracker has taken it, and didn't say what it has become")
        return Receipt(made, found=self._as_it_stands(wanted.ticket))

    def change(self, wanted: ChangeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Set fields of a ticket, by its version; what RT refused is told."""
        standing = as_standing(self._http.ask(standing_of(wanted.ticket)))
        if standing is None or _is_gone(standing[0], wanted.ticket):
            return Conflict(GONE)
        if wanted.version and self._reading.happened(wanted.ticket, f"id > {int(wanted.version)} AND {NEWS}"):
            return Conflict(MEANWHILE)
        now, mark = standing
        wish = wish_of(wanted, now, self._vocabulary, self._teller.settings)
        if isinstance(wish, Refused):
            return wish
        if not wish.body:
            return Receipt(wanted.ticket, found=self._as_it_stands(wanted.ticket))
        headers = {"If-Match": f'"{mark}"'}
        answer = self._put(wanted.ticket, wish.body, headers, hand_over)
        if not isinstance(answer, Answer):
            return answer
        if answer.status == _CHANGED_MEANWHILE:
            return Conflict(MEANWHILE)
        return self._refused(answer) if answer.status >= 300 else self._read_back(wanted, wish, answer)

    def merge(self, wanted: MergeTicket, hand_over: Callable[[], None]) -> Outcome:
        """Let a ticket become part of another one."""
        now = self._reading.standing([wanted.ticket, wanted.into])
        if wanted.ticket not in now or wanted.into not in now:
            return Refused("One of the two tickets can't be seen in Request Tracker.")
        heir = now[wanted.into].id
        if now[wanted.ticket].id == heir:
            return Receipt(heir)
        if _is_gone(now[wanted.ticket], wanted.ticket) or now[wanted.into].status == DELETED:
            return Conflict(GONE)
        answer = self._put(wanted.ticket, {"MergeInto": int(heir)}, {}, hand_over)
        if not isinstance(answer, Answer):
            return answer
        after = self._reading.standing([wanted.ticket])
        if wanted.ticket in after and after[wanted.ticket].id == heir:
            return Receipt(heir)
        return self._refused(answer)

    def _put(
        self, ticket: str, body: Mapping[str, Json], headers: Mapping[str, str], hand_over: Callable[[], None]
    ) -> Answer | Later | Unclear:
        accept = (*_NO, _CHANGED_MEANWHILE)
        ask = Ask(f"/ticket/{int(ticket)}", method="PUT", json=body, headers=headers, accept=accept)
        return self._http.write(ask, hand_over)

    def _read_back(self, wanted: ChangeTicket, wish: Wish, answer: Answer) -> Outcome:
        """What came of a change that RT says it has made."""
        found = self._as_it_stands(wanted.ticket)
        if found is None:
            return Unclear("Request Tracker did not tell what came of it")
        left = unmet(wish, found)
        if not left:
            return Receipt(wanted.ticket, found=found)
        words = refusals(answer, self._http.said) or "no reason was given"
        why = f"Request Tracker did not change {' and '.join(left)}: {words}"
        if len(left) == len(wish.aims):
            return Refused(why, "Change it there, or drop it here.")
        return Receipt(wanted.ticket, why, found=found)

    def _as_it_stands(self, ticket: str) -> TicketNews | None:
        """A ticket after a change; None where it can't be asked now: that it was changed is known all the same."""
        try:
            standing = as_standing(self._http.ask(standing_of(ticket)))
            tickets, _ = self._reading.numbered([ticket])
            self._vocabulary.learn(tickets.values())
            if standing is None or ticket not in tickets:
                return None
            return self._teller.ticket(tickets[ticket], standing[1])
        except SourceError:
            return None

    def _was_answered(self, wanted: WriteMessage) -> bool:
        """Whether anything was said to or by the customer since the newest message that is known here."""
        since = wanted.seen or wanted.version
        said = f"id > {int(since or 0)} AND Type = 'Correspond'"
        return bool(since and self._reading.happened(wanted.ticket, said))

    def _other_recipients(self, wanted: WriteMessage, now: Standing) -> Refused | None:
        """RT mails whoever a ticket names, and nobody else."""
        chosen = {address.casefold() for address in (*wanted.recipients, *wanted.copies)}
        if wanted.kind == "note" or not chosen:
            return None
        users = (*now.requestor, *now.cc)
        named = {address.casefold() for address in self._addresses([user.id for user in users])}
        if chosen == named:
            return None
        return Refused(
            "Request Tracker sends replies to whoever the ticket names, and not to other addresses.",
            "Change its requestors and copies there, and take the addresses here as they are.",
        )

    def _addresses(self, users: Sequence[str]) -> list[str]:
        people = self._teller.people
        people.meet(users, ())
        return [people.address(user) for user in users]

    def _refused(self, answer: Answer) -> Refused:
        words = refusals(answer, self._http.said)
        return Refused(f"Request Tracker refused it: {words or f'status {answer.status}'}")


def _is_gone(now: Standing, ticket: str) -> bool:
    return now.id != ticket or now.status == DELETED
