"""A mailbox's dealings: mails come in as tickets, each reply leaves once, held where its customer has overtaken it.

The invariant: what may have arrived is looked for before it is sent again, and where even that leaves a doubt, a person
decides. So a customer never gets an answer twice, and none is lost without a word.
"""

from collections.abc import Callable, Iterator, Sequence

from typing_extensions import override

from desk.errors import BadInput
from desk.mail.bounces import reason
from desk.times import DAY, MINUTE, SECOND
from storage import delivery, returns, sources
from storage.acknowledging import KIND as ACKNOWLEDGEMENT
from storage.acknowledging import needless
from storage.connect import Connection, writing
from storage.delivery import RESEND, Job
from storage.mailbox import Mailbox
from sync.claiming import say_who_has_it
from sync.dealing import Dealing
from sync.errors import SourceError
from sync.letters import operation
from sync.protocol import (
    Capability,
    Conflict,
    Later,
    MailRecord,
    Outcome,
    Page,
    Receipt,
    Record,
    Refused,
    Source,
    Stream,
    Unclear,
    Unreadable,
)
from sync.taking import take
from sync.tally import Tally

# The clock of a mail server may be behind ours by so much.
CLOCKS = MINUTE
# A mail that was handed over may take a while until it can be found where it was kept.
LOOK_FOR = 120 * SECOND
# What a server puts off for some recipients for so long has not arrived there.
GIVE_UP = DAY
OVERTAKEN = "The customer wrote again before this left: read it, then send, change or drop this."
ALONE = "Only this workspace knows who has it."
DOUBT = "It may have left when the line broke, and it can't be found on the server: look there, then retry or drop it."


class Mailing(Dealing):
    """What goes on with one mailbox."""

    def __init__(self, connection: Connection, box: Mailbox, source: Source, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._box = box
        self._workspace = box.workspace
        self._row = box.row
        self._source = source
        self._clock = clock

    @override
    def take(self, stream: Stream, page: Page, now: int) -> int:
        """Mails as tickets, and what became of mails that were known."""
        return take(self._connection, self._box, stream, page.records, now)

    @override
    def reaches(self, page: Page, since: int) -> bool:
        """The newest mail comes first: whether one of these is older."""
        arrived = [record.arrived_at for record in page.records if isinstance(record, MailRecord)]
        return bool(arrived) and min(arrived) < since - CLOCKS

    @override
    def to_come(self, page: Page) -> int:
        """So many mails."""
        return page.remaining or 0

    @override
    def unread(self, stream: Stream, records: Sequence[Record]) -> Iterator[str]:
        """Mails that the server can't give."""
        for record in records:
            if isinstance(record, Unreadable):
                yield f"Mail {record.uid} in {stream.name} can't be read: {record.why}"

    @override
    def read_all(self) -> None:
        """Whether agents can show each other there who has what."""
        if Capability.CLAIMS not in self._source.capabilities:
            with writing(self._connection):
                sources.tell(self._connection, self._row.id, claims=False)

    @override
    def send(self, job: Job, tally: Tally) -> None:
        """Send a mail, or say who has a ticket."""
        if job.kind == "change":
            self._claim(job, tally)
            return
        try:
            wanted = operation(self._workspace, self._connection, self._row, job)
        except BadInput as error:
            with writing(self._connection):
                self._give_up(job, str(error), tally)
            return
        if job.kind == ACKNOWLEDGEMENT and self._is_needless(job):
            return
        with writing(self._connection):
            if wanted is None:
                # It concerns this workspace alone: a mailbox knows nothing of notes and states.
                delivery.arrived(self._connection, job, self._clock())
                return
            if delivery.overtaken(self._connection, job):
                delivery.hold(self._connection, job, OVERTAKEN)
                tally.held += 1
                return
            if not delivery.begin(self._connection, job, wanted.message_id):
                return
        try:
            outcome = self._source.push(wanted, lambda: self._hand_over(job))
        except SourceError as error:
            with writing(self._connection):
                delivery.put_off(self._connection, job, self._clock(), error.message)
            raise
        self._settle(job, outcome, tally)

    def _claim(self, job: Job, tally: Tally) -> None:
        """Of all that changes on a ticket a mailbox knows only who has it."""
        try:
            outcome = say_who_has_it(self._connection, self._box, self._source, job, self._clock)
        except SourceError as error:
            with writing(self._connection):
                delivery.put_off(self._connection, job, self._clock(), error.message)
            raise
        now = self._clock()
        with writing(self._connection):
            match outcome:
                case Later():
                    delivery.put_off(self._connection, job, now + outcome.seconds * SECOND, outcome.why)
                case Refused():
                    delivery.arrived(self._connection, job, now, f"{outcome.why} {ALONE}")
                case Receipt() if outcome.external_id:
                    sources.tell(self._connection, self._row.id, claims=True)
                    delivery.arrived(self._connection, job, now)
                    tally.pushed += 1
                case _:
                    delivery.arrived(self._connection, job, now)

    def _hand_over(self, job: Job) -> None:
        with writing(self._connection):
            delivery.hand_over(self._connection, job, self._clock())

    def _settle(self, job: Job, outcome: Outcome, tally: Tally) -> None:
        """Keep what came of it. An unclear end stays `handed`, and is looked for from the next round on."""
        now = self._clock()
        with writing(self._connection):
            match outcome:
                case Receipt():
                    delivery.arrived(self._connection, job, now, outcome.said)
                    self._keep_missed(job, outcome, now)
                    tally.pushed += 1
                case Later() if job.kind == RESEND and now - job.created_at > GIVE_UP:
                    self._give_up(job, outcome.why, tally)
                case Later():
                    delivery.put_off(self._connection, job, now + outcome.seconds * SECOND, outcome.why)
                case Conflict():
                    delivery.hold(self._connection, job, outcome.why)
                    tally.held += 1
                case Refused():
                    self._give_up(job, f"{outcome.why} {outcome.mend}".strip(), tally)
                case Unclear():
                    pass

    def _keep_missed(self, job: Job, receipt: Receipt, now: int) -> None:
        never = {each.recipient: reason(each.why) for each in receipt.missed if each.again_in is None}
        later = {
            each.recipient: (reason(each.why), now + each.again_in * SECOND)
            for each in receipt.missed
            if each.again_in is not None
        }
        returns.not_taken(self._connection, job, never, later, now)

    @override
    def look_for(self, job: Job, tally: Tally) -> None:
        """Look for a mail that was handed over; while it may still turn up, wait."""
        # Of one that is sent again to some, the copy that others have got says nothing.
        traceable = job.kind != RESEND
        found = traceable and (delivery.seen_outside(self._connection, job) or self._lies_there(job))
        now = self._clock()
        if not found and now - job.ready_at < LOOK_FOR:
            return
        with writing(self._connection):
            if found:
                delivery.arrived(self._connection, job, now)
                tally.pushed += 1
            elif traceable and Capability.KEEPS_SENT in self._source.capabilities:
                # The server keeps a copy of all that it takes, and has none of this.
                delivery.put_off(self._connection, job, now, "")
            elif job.kind == ACKNOWLEDGEMENT:
                self._give_up(job, DOUBT, tally)
            else:
                delivery.hold(self._connection, job, DOUBT)
                tally.held += 1

    def _is_needless(self, job: Job) -> bool:
        """Whether it need not leave any more, or another workspace has sent the very same; it is over then."""
        with writing(self._connection):
            why = needless(self._connection, job.ticket_id, job.created_at, self._clock())
            if why:
                delivery.drop(self._connection, job, why)
        if why or not self._lies_there(job):
            return bool(why)
        with writing(self._connection):
            delivery.arrived(self._connection, job, self._clock())
        return True

    def _give_up(self, job: Job, why: str, tally: Tally) -> None:
        """It can't leave: a person has to look, unless it was no person's."""
        if job.kind == ACKNOWLEDGEMENT:
            delivery.drop(self._connection, job, why)
        else:
            delivery.fail(self._connection, job, why)
            tally.failed += 1

    def _lies_there(self, job: Job) -> bool:
        try:
            wanted = operation(self._workspace, self._connection, self._row, job)
        except BadInput:
            # It could be made when it was handed over, and can't any more: nobody knows what to look for.
            return False
        return wanted is not None and self._source.find(wanted) is not None
