"""First-contact resolution of the last four weeks, from what each ticket is known to be.

The invariant: a ticket counts from the moment on at which its first answer is old enough, and not before; so what was
read of a day holds only once all of its tickets are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from desk.metrics.facts import Did
from desk.metrics.snapshot import Figure, Part
from desk.reports.period import Period
from storage.knowledge.rules import answer_rules
from storage.statistics.asked import Asked
from storage.statistics.number import largest_first, named, share

MONTH = 28
_OLD_ENOUGH = "at + took <= :known"
_COUNTED = f"""
    SELECT channel_id, count(*) FILTER (WHERE {_OLD_ENOUGH}), ifnull(sum(met) FILTER (WHERE {_OLD_ENOUGH}), 0),
           min(at + took), max(at + took)
      FROM ticket_fact WHERE kind=:kind AND at>=:since AND at<:until GROUP BY channel_id"""  # noqa: S608  ours
_BEHIND = f"""
    SELECT ticket_id FROM ticket_fact
     WHERE kind=:kind AND at>=:since AND at<:until AND {_OLD_ENOUGH} AND (:channel IS NULL OR channel_id = :channel)"""  # noqa: S608  ours


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's tickets: how many of each channel can be told, and for how many of them one contact was enough.

    It was read when answers up to `known` were old enough; those of the day are from `first` to `last`.
    """

    counts: Mapping[int, tuple[int, int]]
    known: int
    first: int
    last: int

    def holds(self, known: int) -> bool:
        """Whether it is the same when answers up to another time are old enough."""
        return known == self.known or self.last <= min(known, self.known) or self.first > max(known, self.known)


@dataclass(frozen=True, slots=True)
class FirstContact:
    """The share of customers who were helped by one contact."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share of the month, of each channel and of each day."""
        known = asked.now - answer_rules(asked.connection).again_within
        days = [_of_day(asked, day, known) for day in asked.days(MONTH)]
        names = asked.names("channel")
        parts = (
            _part(named(names, key, ""), [day[key] for day in days if key in day])
            for key in dict.fromkeys(key for day in days for key in day)
        )
        each_day = [_part(("", ""), list(day.values())).value for day in days]
        whole = _part(("", ""), [each for day in days for each in day.values()])
        return Figure(
            self.metric, whole.value, whole.n, whole.tickets,
            trend=tuple(value if isinstance(value, float) else None for value in each_day),
            parts=largest_first(part for part in parts if part.n),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that can be told, whether one contact was enough or not."""
        known = asked.now - answer_rules(asked.connection).again_within
        since, until = asked.days(MONTH)[0].since, asked.day(0).until
        values = {"kind": Did.ANSWERED, "since": since, "until": until, "known": known, "channel": part or None}
        return [row[0] for row in asked.connection.execute(_BEHIND, values)]


def _of_day(asked: Asked, day: Period, known: int) -> Mapping[int, tuple[int, int]]:
    values = {"kind": Did.ANSWERED, "since": day.since, "until": day.until, "known": known}

    def read() -> _Day:
        rows = asked.connection.execute(_COUNTED, values).fetchall()
        counts = {channel: (n, met) for channel, n, met, *_ in rows}
        first = min((row[3] for row in rows), default=known)
        return _Day(counts, known, first, max((row[4] for row in rows), default=first))

    what, state = ("old enough", day.since), asked.state(Did.ANSWERED, day)
    found = asked.kept.get(what, state, read, _Day)
    if not found.holds(known):
        asked.kept.drop(what)
        found = asked.kept.get(what, state, read, _Day)
    return found.counts


def _part(name: tuple[str, str], several: list[tuple[int, int]]) -> Part:
    n, met = (sum(each[place] for each in several) for place in (0, 1))
    value = share(met, n)
    return Part(*name, value, n, n)
