"""What one reading bears before it is given up: slips, pauses that the service asks for, and one expired login.

The invariant: whatever a service answers, the number of requests and the seconds spent on waiting are bounded.
"""

import math
from threading import Event

from sync.errors import Denied, SourceError, Throttled
from sync.http.asking import Answer, Ask
from sync.http.failures import SLIPS, Cut, of_status
from sync.http.rates import Rates

# So many seconds at most a read waits by itself for its turn; whoever has to wait longer does something else meanwhile.
SOON = 10.0


class Bearing:
    """The patience of one call. `woken` ends its waits, and is left for whoever waits for the source.

    `spares`: it leaves the last requests to others, as all reading does that is no part of a write.
    """

    def __init__(
        self, host: str, rates: Rates, woken: Event, pauses: tuple[float, ...], *, spares: bool = True
    ) -> None:
        self._host, self._rates, self._woken, self._pauses = host, rates, woken, pauses
        self._spares = spares
        self._slips = 0
        self._waited = 0.0
        self._logged_in_anew = False

    def hold_back(self) -> None:
        """Wait until reading is allowed; Throttled where that takes too long, or where something else is to be done."""
        span = self._rates.closed_for(reading=self._spares)
        if not span:
            return
        self._waited += span
        if self._waited <= SOON and not self._woken.wait(span):
            return
        left = max(1.0, self._rates.closed_for(reading=self._spares))
        raise Throttled(f"{self._host} asks for a pause of {math.ceil(left)} s", "It goes on by itself.", again_in=left)

    def got_on(self) -> None:
        """Something was answered: slips are counted in a row."""
        self._slips = 0

    def bear(self, trouble: Answer | Cut) -> bool:
        """Wait for what may help; whether to log in anew. Raises where there should be no other try."""
        if isinstance(trouble, Answer):
            if trouble.status == 401 and not self._logged_in_anew:
                self._logged_in_anew = True
                return True
            if trouble.status in (429, 503) and self._rates.closed_for(reading=self._spares):
                return False
            failure: SourceError = of_status(trouble, Ask(""), self._host)
        else:
            failure = trouble
        if isinstance(failure, Denied) or self._slips >= len(self._pauses):
            raise failure
        self._slips += 1
        if self._woken.wait(self._pauses[self._slips - 1]):
            raise failure
        return False


def may_pass(answer: Answer) -> bool:
    """Whether another try may be answered better."""
    return answer.status in (401, 429, *SLIPS)
