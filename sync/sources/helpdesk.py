"""As far as all helpdesks are alike as sources: a line that is spoken HTTP on, and trials that say what works.

The invariant: nothing is asked before the first call, and only `wake` may be called from another thread.
"""

from collections.abc import Callable, Sequence

from desk.errors import HeardError
from sync.http import Http
from sync.protocol import Capability, Health, Step

# What is tried, and what says how it went; it raises where it didn't.
Trial = tuple[str, Callable[[], str]]


class Helpdesk:
    """One helpdesk on one line; each kind adds what it reads and writes."""

    capabilities = frozenset((Capability.DELIVERS, Capability.KEEPS_SENT, Capability.FILES))

    def __init__(self, name: str, http: Http) -> None:
        self.name = name
        self._http = http

    def trials(self) -> Sequence[Trial]:
        """What every sync needs, the most basic first; each kind's own."""
        raise NotImplementedError

    def check(self) -> Health:
        """Try everything that sync needs, changing nothing, up to the first thing that fails; never raises."""
        steps: list[Step] = []
        for name, trial in self.trials():
            try:
                steps.append(Step(name, True, trial()))
            except HeardError as error:
                steps.append(Step(name, False, error.message, error.mend))
                break
        return Health(tuple(steps))

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until `wake`: no helpdesk tells of news by itself."""
        return self._http.wait(seconds)

    def wake(self) -> None:
        """End the `wait` that is on, or the next one where none is."""
        self._http.wake()

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()
