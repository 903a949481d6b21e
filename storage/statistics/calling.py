"""The telephone's numbers of today: who was picked up in time, who gave up, how long was waited and talked.

The invariant: what a call counts for is said in desk.calls and desk.call_figures; here it is only asked for today.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from desk.call_figures import missed, rang, spoken, taken
from desk.calls import CallRow, pick_up_seconds, picked_up_in_time, talk_seconds
from desk.metrics.snapshot import Figure
from desk.times import SECOND
from storage.calls import between
from storage.statistics.asked import Asked
from storage.statistics.number import Number, share, spans, standing


@dataclass(frozen=True, slots=True)
class Calls:
    """A share of some calls of today, or how many they are."""

    metric: str
    counts: Callable[[CallRow], bool]
    is_one: Callable[[CallRow], bool] | None = None

    def figure(self, asked: Asked) -> Figure:
        """The share or the number."""
        return asked.kept.get((self.metric,), (asked.version, asked.day(0)), lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        calls = _today(asked, self.counts)
        tickets = len(_tickets(asked, calls))
        if self.is_one is None:
            return Figure(self.metric, len(calls), len(calls), tickets)
        return Figure(self.metric, share(sum(map(self.is_one, calls)), len(calls)), len(calls), tickets)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets of the calls that count."""
        del part
        return _tickets(asked, _today(asked, self.counts))


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long something took on some calls of today."""

    metric: str
    counts: Callable[[CallRow], bool]
    seconds: Callable[[CallRow, int], int]

    def figure(self, asked: Asked) -> Figure:
        """Mean, median and nine of ten."""
        return asked.kept.get((self.metric,), (asked.version, asked.day(0)), lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        calls = _today(asked, self.counts)
        told = spans(sorted(self.seconds(call, 0) * SECOND for call in calls))
        tickets = len(_tickets(asked, calls))
        return Figure(self.metric, told.p50, told.n, tickets, told.mean, told.p50, told.p90)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets of those calls."""
        del part
        return _tickets(asked, _today(asked, self.counts))


def _today(asked: Asked, counts: Callable[[CallRow], bool]) -> list[CallRow]:
    today = asked.day(0)

    def read() -> tuple[CallRow, ...]:
        return between(asked.connection, today.since, today.until)

    # Four numbers ask for the same calls.
    calls = asked.kept.get(("calls", today.since), (asked.version, today), read, tuple)
    return [call for call in calls if counts(call)]


def _tickets(asked: Asked, calls: Collection[CallRow]) -> Collection[int]:
    return standing(asked.connection, (call.ticket_id for call in calls))


CALLING: Mapping[str, Callable[[str], Number]] = {
    "calls_in_time": lambda metric: Calls(metric, rang, lambda call: taken(call) and picked_up_in_time(call)),
    "calls_missed": lambda metric: Calls(metric, missed),
    "call_waiting": lambda metric: Lasted(metric, taken, pick_up_seconds),
    "call_talk": lambda metric: Lasted(metric, spoken, talk_seconds),
}
