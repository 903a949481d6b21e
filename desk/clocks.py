"""When the next thing is due on a ticket, in calendar hours.

The invariant: while a customer waits for us there is a due time, and it is counted from the oldest message that nobody
has answered, so that writing again never sends anyone to the end of the line.
"""

from desk.statuses import Status
from desk.times import SECOND

_OURS = frozenset({Status.OPEN, Status.HOLD})


def next_due(status: int, waiting_since: int | None, target: int) -> int | None:
    """When an answer is due, in microseconds; None while the customer is asked (pending), answered, or done with.

    `waiting_since` is the time of the oldest unanswered message, `target` the channel's, in seconds.
    """
    if status not in _OURS or waiting_since is None:
        return None
    return waiting_since + target * SECOND
