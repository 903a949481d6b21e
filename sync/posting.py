"""A helpdesk's dealings: its records come in, and what is done here is done there, every word of it exactly once.

The invariants: words that may have arrived are looked for before they are written again, and what sets a field is
simply asked for again; nothing is done there to a ticket that stands otherwise than is known here: its news are read
first, and what still holds then is asked for; where that never ends, a person decides.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from typing_extensions import override

from desk.errors import BadInput
from desk.times import MINUTE, SECOND
from storage import delivery
from storage.connect import Connection, writing
from storage.delivery import Job
from storage.helpdesk import settling
from storage.helpdesk.records import (
    HelpdeskOperation,
    HelpdeskRecord,
    MessageNews,
    Passed,
    TicketNews,
    WriteMessage,
)
from storage.helpdesk.taking import Helpdesk, take
from storage.helpdesk.wanted import operation
from sync.dealing import Dealing
from sync.errors import Broken, SourceError, Throttled
from sync.protocol import (
    Capability,
    Conflict,
    Later,
    Outcome,
    Page,
    Receipt,
    Record,
    Refused,
    Source,
    Stream,
    Unclear,
)
from sync.tally import Tally

# So often in a row what crossed with other changes is asked for again at once; then this much later each time, since
# news may come late out of an index. Once the service's settling time is over, a person decides.
AT_ONCE = 3
SOON = 5 * SECOND
# What was written so often, each time without a clear end and without being found, is no slip any more.
MOST_TRIES = 5
NEVER_TAKEN = "The service failed each time it was written, and doesn't have it: see what is wrong there, then retry."
DOUBT = "It may have been written when the line broke, and it can't be found there: look there, then retry or drop it."


class Posting(Dealing):
    """What goes on with one helpdesk.

    `read_news` reads what has changed there until now. `settles`: how long after its end something that was taken may
    still not be found, in microseconds.
    """

    def __init__(
        self, connection: Connection, helpdesk: Helpdesk, source: Source, clock: Callable[[], int],
        read_news: Callable[[], None], settles: int,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._helpdesk = helpdesk
        self._source = source
        self._clock = clock
        self._read_news = read_news
        self._settles = settles
        self._ahead = 0
        self._handed_over = 0
        self._crossed: Counter[int] = Counter()

    @override
    def take(self, stream: Stream, page: Page, now: int) -> int:
        """Agents, customers, tickets, messages, and what else a helpdesk keeps."""
        self._ahead = page.ahead
        records = [record for record in page.records if isinstance(record, HelpdeskRecord)]
        return take(self._connection, self._helpdesk, records, now, ahead=page.ahead)

    @override
    def reaches(self, page: Page, since: int) -> bool:
        """Changes come in the order in which they were made, or in none: nothing is known before the last one is."""
        return False

    @override
    def to_come(self, page: Page) -> int:
        """Tickets, with as much said on each of them as on those of this page."""
        tickets = sum(isinstance(record, TicketNews) for record in page.records)
        said = sum(isinstance(record, MessageNews) for record in page.records)
        return (page.remaining or 0) * (tickets + said) // max(1, tickets)

    @override
    def unread(self, stream: Stream, records: Sequence[Record]) -> Iterator[str]:
        """What was passed over."""
        for record in records:
            if isinstance(record, Passed):
                yield f"{record.what} can't be read: {record.why}"

    @override
    def read_all(self) -> None:
        """Nothing: who has a ticket is one of its fields, and all else was known before."""

    @override
    def send(self, job: Job, tally: Tally) -> None:
        """Let the helpdesk do what was done here."""
        try:
            wanted = operation(self._connection, self._helpdesk, job)
        except BadInput as error:
            with writing(self._connection):
                self._fail(job, str(error), tally)
            return
        with writing(self._connection):
            if wanted is None:
                # It concerns this workspace alone, or is so already.
                delivery.arrived(self._connection, job, self._clock())
                return
            held = settling.overtaken(self._connection, job)
            if held:
                self._hold(job, held, tally)
                return
            if not delivery.begin(self._connection, job):
                return
        outcome = self._push(job, wanted)
        if isinstance(outcome, Broken):
            self._put_off_broken(job, outcome, tally)
        else:
            self._settle(job, wanted, outcome, tally)

    @override
    def look_for(self, job: Job, tally: Tally) -> None:
        """Look for words that may have arrived; what may be repeated just waits again."""
        try:
            wanted = operation(self._connection, self._helpdesk, job)
        except BadInput as error:
            # It could be put into words when it was handed over, and can't any more: nobody knows what to look for.
            with writing(self._connection):
                if job.message_id is None:
                    self._fail(job, str(error), tally)
                else:
                    self._hold(job, f"{DOUBT} {error}", tally)
            return
        try:
            found = self._source.find(wanted) if isinstance(wanted, WriteMessage) else None
        except Broken as error:
            # What can't be understood of one ticket keeps nothing of the others from leaving.
            if self._clock() - job.ready_at >= self._settles:
                with writing(self._connection):
                    self._hold(job, f"{DOUBT} {error}", tally)
            return
        if wanted is not None and found is not None:
            self._settle(job, wanted, found, tally)
        elif not isinstance(wanted, WriteMessage):
            # Whether it has arrived or not: it can be repeated, and nothing is asked where nothing is left to ask.
            with writing(self._connection):
                delivery.put_off(self._connection, job, self._clock(), "")
        elif self._clock() - job.ready_at >= self._settles:
            self._give_up_looking(job, tally)

    def _push(self, job: Job, wanted: HelpdeskOperation) -> Outcome | Broken:
        """What came of it; Broken: it hasn't left, since what the service says of its ticket makes no sense."""
        self._handed_over = 0
        try:
            return self._source.push(wanted, lambda: self._hand_over(job))
        except SourceError as error:
            if isinstance(error, Broken) and self._handed_over != job.id:
                return error
            # A source that fails once it has handed over leaves its end unclear, whatever it says.
            if self._handed_over != job.id:
                with writing(self._connection):
                    delivery.put_off(self._connection, job, self._clock(), error.message)
            raise

    def _hand_over(self, job: Job) -> None:
        self._handed_over = job.id
        with writing(self._connection):
            delivery.hand_over(self._connection, job, self._clock())

    def _settle(self, job: Job, wanted: HelpdeskOperation, outcome: Outcome, tally: Tally) -> None:
        """Keep what came of it. An unclear end stays `handed`, and is looked for from the next round on."""
        now = self._clock()
        with writing(self._connection):
            match outcome:
                case Receipt():
                    settling.keep(
                        self._connection, self._helpdesk, job, wanted, outcome.external_id, outcome.found, now,
                        ahead=self._ahead,
                    )  # fmt: skip
                    delivery.arrived(self._connection, job, now, outcome.said)
                    self._crossed.pop(job.id, None)
                    tally.pushed += 1
                case Later():
                    delivery.put_off(self._connection, job, now + outcome.seconds * SECOND, outcome.why)
                case Refused():
                    self._fail(job, f"{outcome.why} {outcome.mend}".strip(), tally)
                case Conflict():
                    self._cross(job, outcome.why, now, tally)
                case Unclear():
                    pass
        if isinstance(outcome, Later):
            # A service that wants to be left alone means all that is asked of it.
            raise Throttled(outcome.why, "It is tried again by itself.", again_in=outcome.seconds)
        if isinstance(outcome, Conflict):
            self._read_news()

    def _cross(self, job: Job, why: str, now: int, tally: Tally) -> None:
        """Somebody else was first: it waits for the news, and for a person where these don't tell what it was."""
        self._crossed[job.id] += 1
        since = delivery.crossed_since(self._connection, job, now)
        at_once = self._crossed[job.id] < AT_ONCE
        if not at_once and not 0 <= now - since < self._settles:
            self._hold(job, why, tally)
        else:
            delivery.put_off(self._connection, job, now if at_once else now + SOON, why)

    def _put_off_broken(self, job: Job, error: Broken, tally: Tally) -> None:
        """One row's trouble keeps no other from leaving: it is tried again later, and then a person decides."""
        with writing(self._connection):
            if job.tries + 1 >= MOST_TRIES:
                self._fail(job, str(error), tally)
            else:
                delivery.put_off(self._connection, job, self._clock() + (job.tries + 1) * MINUTE, error.message)

    def _give_up_looking(self, job: Job, tally: Tally) -> None:
        with writing(self._connection):
            if job.tries >= MOST_TRIES:
                self._hold(job, NEVER_TAKEN, tally)
            elif Capability.KEEPS_SENT in self._source.capabilities:
                # What was taken could be found by now.
                delivery.put_off(self._connection, job, self._clock(), "")
            else:
                self._hold(job, DOUBT, tally)

    def _hold(self, job: Job, why: str, tally: Tally) -> None:
        delivery.hold(self._connection, job, why)
        self._crossed.pop(job.id, None)
        tally.held += 1

    def _fail(self, job: Job, why: str, tally: Tally) -> None:
        """It can't be done as it is; a person decides."""
        delivery.fail(self._connection, job, why)
        self._crossed.pop(job.id, None)
        tally.failed += 1
