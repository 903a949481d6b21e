"""What goes wrong at a service, for all fakes alike: a test says it, and the service that serves the test does it.

    fake.faults.refuse(429, retry_after=2, path="/tickets")     # the next request that fits, and `times` more
    fake.faults.fail_after(500, method="PUT")                   # the write is done, and nobody is told
    fake.faults.cut(after=True)                                 # likewise, but the line breaks
    fake.faults.meanwhile(customer_writes, method="PUT")        # somebody else is first, by a hair

The invariant: a fault is used up by the request that it was meant for, in the order in which they were said, so that a
test knows what its try, and its second try, will meet. What belongs to rows and clocks stands until it is changed.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

Row = TypeVar("Row")


class Way(Enum):
    """How a request goes wrong."""

    REFUSE = "refuse"  # answered by the fault, nothing done
    FAIL_AFTER = "fail_after"  # done, then answered by the fault
    CUT_BEFORE = "cut_before"  # the line breaks, nothing done
    CUT_AFTER = "cut_after"  # done, then the line breaks before the first byte of the answer
    CUT_WITHIN = "cut_within"  # done, then the line breaks within the answer's body
    SLOW = "slow"  # done after some seconds, or once whoever asked has hung up, and answered as ever
    MEANWHILE = "meanwhile"  # something happens first, then it is answered as ever


@dataclass
class Fault:
    """One thing that goes wrong with requests of this method whose path has this part, `times` times."""

    way: Way
    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    happens: Callable[[], None] = field(default=lambda: None)

    def meant(self, method: str, path: str) -> bool:
        """Whether it is this request's."""
        return self.times > 0 and self.method in ("", method) and self.path in path


@dataclass
class Faults:
    """All that goes wrong at one service.

    `expired`: every login is refused. `clock_ahead`: seconds by which the service's clock differs from ours, in its
    Date header and in the times that it writes. `hidden`: ids of things that lists and searches don't show yet, though
    they were changed (an index that lags); asked for by its id each is there. `repeats`: so many rows at the end of a
    page come again at the start of the next. `after_page` is called when a page of a list was made: what it changes
    shifts the pages that follow.
    """

    expired: bool = False
    clock_ahead: float = 0.0
    hidden: set[str] = field(default_factory=set)
    repeats: int = 0
    after_page: Callable[[], None] | None = None
    _said: list[Fault] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def refuse(
        self,
        status: int,
        *,
        method: str = "",
        path: str = "",
        times: int = 1,
        retry_after: int | None = None,
        body: bytes | None = None,
    ) -> None:
        """Answer by this status; nothing is done."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._say(Fault(Way.REFUSE, method, path, times, status, headers, body))

    def fail_after(self, status: int = 500, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Do what is asked, and answer by this status all the same."""
        self._say(Fault(Way.FAIL_AFTER, method, path, times, status))

    def cut(
        self, *, after: bool = False, within: bool = False, method: str = "", path: str = "", times: int = 1
    ) -> None:
        """Break the line: before anything is done, `after` it, or `within` the answer."""
        way = Way.CUT_WITHIN if within else Way.CUT_AFTER if after else Way.CUT_BEFORE
        self._say(Fault(way, method, path, times))

    def slow(self, seconds: float, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Take so long, but no longer than whoever asks waits for it; the service's end ends it too."""
        self._say(Fault(Way.SLOW, method, path, times, seconds=seconds))

    def meanwhile(self, happens: Callable[[], None], *, method: str = "", path: str = "") -> None:
        """Let something happen right before the next such request is answered."""
        self._say(Fault(Way.MEANWHILE, method, path, happens=happens))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._turn:
            self._said.clear()
        self.expired, self.clock_ahead, self.repeats, self.after_page = False, 0.0, 0, None
        self.hidden.clear()

    @property
    def left(self) -> int:
        """How many faults are still to come; 0: the test has met them all."""
        with self._turn:
            return sum(fault.times for fault in self._said)

    def of(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by it."""
        with self._turn:
            for fault in self._said:
                if fault.meant(method, path):
                    fault.times -= 1
                    return fault
        return None

    def shown(self, rows: Iterable[Row], named: Callable[[Row], str]) -> list[Row]:
        """The rows that lists and searches show."""
        return [row for row in rows if named(row) not in self.hidden]

    def page_made(self) -> None:
        """A page of a list was made."""
        if self.after_page is not None:
            self.after_page()

    def _say(self, fault: Fault) -> None:
        with self._turn:
            self._said.append(fault)
