"""A team's targets: how soon a customer is answered, by channel, priority, tag and team, and in whose hours.

The invariants: for a ticket on any channel there is a target of the first and of the next response, the project's own
where the team names none, so that nobody waits without a clock unless the team wrote "never"; a target that says
something impossible is refused, with file, key and the nearest name.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from desk.errors import BadInput
from desk.hours import Hours, parse_hours
from desk.identifiers import fold
from desk.statuses import CHANNELS, parse_channel, parse_priority
from desk.tables import Table, read_tables
from desk.times import DAY, HOUR, MINUTE, SECOND

NEVER = -1
CLOCKS = ("first_response", "next_response", "resolution")
PAUSES = ("pending", "hold", "snoozed")
LONGEST = 400 * DAY

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_SPAN = re.compile(r"(?:\d{1,5} ?[smhd] ?)+")
_SPAN_PART = re.compile(r"(\d+) ?([smhd])")
_SHARE = re.compile(r"(\d{1,3}) ?%")
_Named = TypeVar("_Named")


@dataclass(frozen=True, slots=True)
class Target:
    """What it binds to (nothing: everything), and its clocks in microseconds; None is left to the next that fits."""

    title: str
    channels: tuple[str, ...]
    priorities: tuple[int, ...]
    tags: tuple[str, ...]
    teams: tuple[str, ...]
    clocks: tuple[int | None, int | None, int | None]
    pauses: frozenset[str] | None
    around_the_clock: bool

    def closeness(self, matter: "Matter") -> int:
        """How well it fits a ticket, -1 where it doesn't."""
        bindings = (
            (8, self.tags, any(tag in matter.tags for tag in self.tags)),
            (4, self.priorities, matter.priority in self.priorities),
            (2, self.teams, fold(matter.team) in self.teams),
            (1, self.channels, matter.channel in self.channels),
        )
        if any(bound and not fits for _, bound, fits in bindings):
            return -1
        return sum(weight for weight, bound, _ in bindings if bound)


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a ticket a target looks at; `tags` are folded."""

    channel: str
    priority: int
    team: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aim:
    """What holds for one ticket: a span in microseconds for each clock or None, in `hours` or by the calendar."""

    first_response: int | None
    next_response: int | None
    resolution: int | None
    pauses: frozenset[str]
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Targets:
    """The whole file. `zone` is empty where each console's own counts; shares are out of 100."""

    zone: str
    hours: Hours | None
    warning: int
    warning_at_most: int
    inner: int
    inner_lead: int
    targets: tuple[Target, ...]

    @property
    def by_tag(self) -> bool:
        """Whether anyone has to look at the tags of a ticket."""
        return any(target.tags for target in self.targets)

    def aim(self, matter: Matter) -> Aim:
        """The targets of a ticket: each clock from the closest that names it."""
        ranked = [(-closeness, target) for target in self.targets if (closeness := target.closeness(matter)) >= 0]
        fitting = [target for _, target in sorted(ranked, key=lambda each: each[0])]
        spans = [_first(target.clocks[place] for target in fitting) for place in range(len(CLOCKS))]
        usual = _USUAL.get(matter.channel, DAY)
        first, following, resolution = (
            None if span == NEVER else span if span is not None else fallback
            for span, fallback in zip(spans, (usual, usual, None), strict=True)
        )
        pauses = _first(target.pauses for target in fitting)
        calendar = bool(fitting) and fitting[0].around_the_clock
        return Aim(
            first,
            following,
            resolution,
            frozenset({"pending"}) if pauses is None else pauses,
            None if calendar else self.hours,
        )

    def warns_with(self, span: int) -> int:
        """How much of its time is left to a clock of `span` microseconds when it warns."""
        return min(span * self.warning // 100, self.warning_at_most)

    def inner_target(self, made: int, due: int) -> int:
        """When a promise raises its ticket: a share of the team's hours until then, and well before its end."""
        at = made + (due - made) * self.inner // 100
        if self.hours is not None and (there := self.hours.between(made, due)):
            at = self.hours.after(made, there * self.inner // 100)
        return max(min(at, due - self.inner_lead), min(made, due))


_USUAL = {channel.key: channel.first_response for channel in CHANNELS}


def parse_targets(toml: str, where: str) -> Targets:
    """The targets of a file; raises BadInput with file, key, what is wrong and the nearest name."""
    whole = read_tables(toml, where)
    zone = whole.text("zone", "").strip()
    hours = _hours(whole, zone)
    found = Targets(
        zone=zone,
        hours=hours,
        warning=_share(whole, "warning", "25%"),
        warning_at_most=_told(whole, "warning_at_most", "2h", parse_span),
        inner=_share(whole, "inner", "50%"),
        inner_lead=_told(whole, "inner_lead", "30m", parse_span),
        targets=tuple(_target(table, in_hours=hours is not None) for table in whole.tables("target")),
    )
    whole.done()
    return found


def parse_span(text: str) -> int:
    """A span such as `30s`, `5m`, `1h 30m` or `2d`, in microseconds; BadInput where it says none."""
    words = " ".join(text.lower().split())
    span = (
        sum(int(number) * _UNITS[unit] for number, unit in _SPAN_PART.findall(words)) if _SPAN.fullmatch(words) else 0
    )
    if not 0 < span <= LONGEST:
        raise BadInput(f"“{text}” says no time", "Write it like 30s, 5m, 1h 30m or 24h, 400d at most.")
    return span


def _hours(table: Table, zone: str) -> Hours | None:
    text, holidays = table.text("hours", "").strip(), table.texts("holidays")
    known = _told(table, "zone", "", _zone) if zone else None
    if not text:
        if holidays:
            raise table.problem("holidays", "mean nothing without hours", 'Add hours = "Mon-Sun 0-24", or the like.')
        return None
    if known is None:
        raise table.problem("hours", "are in no time zone", 'Add zone = "Europe/Madrid", or the like.')
    try:
        parse_hours(text, known)
    except BadInput as error:
        raise table.problem("hours", error.message, error.mend) from None
    try:
        return parse_hours(text, known, holidays)
    except BadInput as error:
        raise table.problem("holidays", error.message, error.mend) from None


def _zone(name: str) -> tzinfo:
    # Most teams count every hour, and need no zones.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput("is no time zone that is known here", "Write it like Europe/Madrid.") from None


def _target(table: Table, *, in_hours: bool) -> Target:
    around = table.flag("around_the_clock", default=False)
    target = Target(
        title=table.text("title"),
        channels=_names(table, "channels", lambda name: parse_channel(name).key),
        priorities=_names(table, "priorities", lambda name: int(parse_priority(name))),
        tags=tuple(map(fold, table.texts("tags"))),
        teams=tuple(map(fold, table.texts("teams"))),
        clocks=(
            _clock(table, "first_response", in_hours=in_hours and not around),
            _clock(table, "next_response", in_hours=in_hours and not around),
            _clock(table, "resolution", in_hours=in_hours and not around),
        ),
        pauses=_pauses(table),
        around_the_clock=around,
    )
    table.done()
    return target


def _clock(table: Table, key: str, *, in_hours: bool) -> int | None:
    text = table.text(key, "").strip()
    if not text:
        return None
    if text == "never":
        return NEVER
    if in_hours and "d" in text.lower():
        raise table.problem(
            key, f"“{text}” could be days of work or of the calendar", "Write hours: 16h are two days of eight."
        )
    return _told(table, key, "", parse_span)


def _pauses(table: Table) -> frozenset[str] | None:
    if "pauses" not in table.values:
        return None
    names = table.texts("pauses")
    for name in names:
        if name not in PAUSES:
            raise table.problem("pauses", f"“{name}” is not known", f"Known here: {', '.join(PAUSES)}.")
    return frozenset(names)


def _names(table: Table, key: str, read: Callable[[str], _Named]) -> tuple[_Named, ...]:
    try:
        return tuple(map(read, table.texts(key)))
    except BadInput as error:
        raise table.problem(key, error.message, error.mend) from None


def _share(table: Table, key: str, default: str) -> int:
    text = table.text(key, default).strip()
    match = _SHARE.fullmatch(text)
    if match is None or not 0 <= int(match[1]) <= 100:
        raise table.problem(key, f"“{text}” is no share", f'Write it like {key} = "{default}".')
    return int(match[1])


def _told(table: Table, key: str, default: str, read: Callable[[str], _Named]) -> _Named:
    try:
        return read(table.text(key, default).strip())
    except BadInput as error:
        raise table.problem(key, error.message, error.mend) from None


def _first(values: Iterable[_Named | None]) -> _Named | None:
    return next((value for value in values if value is not None), None)
