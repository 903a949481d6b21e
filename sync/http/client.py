"""Speaking HTTP with one service: asking, writing once, and fetching files, with every trouble told in plain words.

The invariants: a read changes nothing and may be repeated, a write is never repeated by itself once the other side may
have it; nothing that logs in leaves in an error, a log or a traceback, and none goes to another host; every wait has a
limit, and `wake` ends it.
"""

from collections.abc import Callable, Iterator, Sequence
from threading import Event

from desk import times
from sync.http.asking import Answer, Ask, Limits, Login, Site
from sync.protocol import Later, Unclear

PAUSES = (0.5, 2.0)


class Http:
    """One service, used by one thread at a time, except for `wake`. It connects when it is used first.

    `secrets` takes out of a text what must not be shown; `clock` is ours, in microseconds; `pauses` are the seconds
    between tries after a slip.
    """

    def __init__(
        self,
        site: Site,
        login: Login,
        *,
        secrets: Callable[[str], str] = str,
        clock: Callable[[], int] = times.now,
        limits: Limits | None = None,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.site = site
        self._woken = Event()

    @property
    def ahead(self) -> int:
        """By how much the service's clock is ahead of ours, in microseconds, as far as its answers tell."""
        raise NotImplementedError

    def ask(self, ask: Ask) -> Answer:
        """Read something. Slips are tried again, and so is what comes too early, where that is soon enough.

        Raises Offline, Unreachable, Throttled, Denied, or Broken.
        """
        return self.ask_all((ask,))[0]

    def ask_all(self, asks: Sequence[Ask]) -> list[Answer]:
        """The same for many, side by side, answered in their order. The first error ends all of them."""
        raise NotImplementedError

    def write(self, ask: Ask, hand_over: Callable[[], None]) -> Answer | Later | Unclear:
        """Write something, once. `hand_over` is called when a line is there, right before the first byte leaves.

        What it raises stops it. What the service certainly has not done is an error, as for `ask`.
        """
        raise NotImplementedError

    def stream(self, ask: Ask) -> Iterator[bytes]:
        """The bytes of a file, piece by piece. It may lie at another host, which is told nothing that logs in."""
        raise NotImplementedError

    def said(self, text: str) -> str:
        """Words of the other side for an error: one short clean line, without secrets."""
        raise NotImplementedError

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until `wake`; there is never news."""
        self._woken.wait(seconds)
        self._woken.clear()
        return False

    def wake(self) -> None:
        """End the wait that is on, or the next one; callable from every thread."""
        self._woken.set()

    def close(self) -> None:
        """Let go of every connection, and forget what logged in; the next call makes new ones."""
