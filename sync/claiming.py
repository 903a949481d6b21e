"""Who has a ticket, said on its mails, where every agent on the mailbox sees it.

The invariant: it is said until nothing is left to say, so that it makes no difference where a process ended; where
another agent was first, that is taken in as if it had been read, and this row's wish gives way to it.
"""

from collections.abc import Callable

from storage import claims
from storage.connect import Connection, writing
from storage.delivery import Job
from storage.mailbox import Mailbox
from sync.protocol import Conflict, Later, MarkMail, Outcome, Receipt, Source
from sync.taking import note

# So many mails are looked at in one go; where all of them change under our hands, later, in seconds.
MOST = 20
SOON = 5


def say_who_has_it(
    connection: Connection, box: Mailbox, source: Source, job: Job, clock: Callable[[], int]
) -> Outcome:  # fmt: skip
    """Say what that row wants to be said; the receipt is empty where nothing had to be said.

    Raises SourceError where the source can't be reached.
    """
    done = Receipt("")
    for _ in range(MOST):
        with writing(connection):
            claim = claims.next_claim(connection, box.row.id, job.ticket_id, job.id)
        if claim is None:
            return done
        outcome = source.push(MarkMail(*claim.place, claim.before, claim.mark), _nothing_to_hand_over)
        match outcome:
            case Receipt():
                done = outcome
                with writing(connection):
                    claims.keep(connection, box.row.id, claim)
            case Conflict(found=found) if found is not None:
                note(connection, box, found, clock())
            case _:
                return outcome
    return Later(SOON, "Its mails change all the time")


def _nothing_to_hand_over() -> None:
    """A mark that is set twice is set once."""
