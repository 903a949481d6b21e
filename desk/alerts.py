"""When a number is worth a bell: thresholds that a team writes, and what has been told of them. Pure.

The invariants, so that there are no storms: what has crossed its threshold is told once, and again only after it was
back for `back_for`, or has lasted for another `again`; what crosses within a minute of the last telling, or in the
quiet hours, waits, and is told together with what else is due then.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import time, tzinfo

from desk.errors import BadInput
from desk.metrics.metric import Metric
from desk.metrics.snapshot import Figure
from desk.money import Money
from desk.nearest import mend_name
from desk.reports.report import Cell, Unit
from desk.reports.words import decimal, worded
from desk.tables import Table, read_tables
from desk.targets import parse_span
from desk.times import MINUTE, SECOND, to_datetime

APART = MINUTE
EVERYONE, SUPERVISORS = "everyone", "supervisors"
LONGEST_COMMAND = 60
_QUIET = re.compile(r"(\d{1,2}):(\d{2}) ?[-–] ?(\d{1,2}):(\d{2})")
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,4})?) ?(%?)")


@dataclass(frozen=True, slots=True)
class Alert:
    """One threshold. `beyond` tells whether a value has crossed it: above or below `edge`, in the metric's unit.

    `part` is one bar of the number, by its key or label; empty for the whole. `lasts` is how long it must be so.
    """

    key: str
    title: str
    metric: str
    part: str
    above: bool
    edge: float
    lasts: int

    def beyond(self, value: float | None) -> bool:
        """Whether a value has crossed it; no value never has."""
        return value is not None and (value > self.edge if self.above else value < self.edge)


@dataclass(frozen=True, slots=True)
class Alerts:
    """All of a team's. `quiet` is from one time of day until another; `who` hears the bell of their console.

    `command` is an argument list that is run, `command_seconds` how long it may take.
    """

    alerts: tuple[Alert, ...]
    quiet: tuple[time, time] | None
    back_for: int
    again: int | None
    who: str
    bell: bool
    desktop: bool
    command: tuple[str, ...]
    command_seconds: int

    def is_quiet(self, now: int, zone: tzinfo) -> bool:
        """Whether nobody is to be told anything now."""
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        at = to_datetime(now, zone).time()
        return begins <= at < ends if begins <= ends else at >= begins or at < ends


@dataclass(frozen=True, slots=True)
class Stand:
    """How it stands with one alert: since when it is beyond, since when back, and when it was told last."""

    crossed_at: int | None = None
    back_at: int | None = None
    told_at: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what is told: the number as it stands, in words and as `plain` values."""

    key: str
    title: str
    metric: str
    part: str
    value: float
    edge: float
    words: str


Values = Mapping[str, float | None]


def parse_alerts(toml: str, where: str, metrics: Mapping[str, Metric]) -> Alerts:
    """The alerts of a file; raises BadInput with file, table, key and what is wrong."""
    whole = read_tables(toml, where)
    found = Alerts(
        alerts=tuple(_alert(table, metrics) for table in whole.tables("alert")),
        quiet=_quiet(whole),
        back_for=_some(whole, "back_for", "10m"),
        again=_span(whole, "again", "4h"),
        who=whole.choice("who", (SUPERVISORS, EVERYONE), SUPERVISORS),
        bell=whole.flag("bell", default=True),
        desktop=whole.flag("desktop", default=True),
        command=whole.texts("command"),
        command_seconds=whole.number("command_seconds", 10),
    )
    whole.done()
    if not 0 < found.command_seconds <= LONGEST_COMMAND:
        raise whole.problem("command_seconds", "is no time that a command may take", "Write 1 to 60.")
    keys = [alert.key for alert in found.alerts]
    if len(set(keys)) < len(keys):
        raise BadInput(f"{where}: two alerts are the same", "Give each another threshold, part or metric.")
    return found


def judge(rules: Alerts, stands: Mapping[str, Stand], values: Values, now: int, zone: tzinfo) -> dict[str, Stand]:
    """How it stands with each alert now; whoever is to be told has `told_at` at `now`."""
    stands = {key: _not_ahead(stand, now) for key, stand in stands.items()}
    moved = {
        alert.key: _moved(alert, stands.get(alert.key, Stand()), values.get(alert.key), now, rules.back_for)
        for alert in rules.alerts
    }
    last = max((stand.told_at or 0 for stand in stands.values()), default=0)
    if rules.is_quiet(now, zone) or now - last < APART:
        return moved
    return {
        alert.key: replace(moved[alert.key], told_at=now) if _due(alert, moved[alert.key], now, rules.again)
        else moved[alert.key]
        for alert in rules.alerts
    }  # fmt: skip


def told(
    rules: Alerts, stands: Mapping[str, Stand], values: Values, metrics: Mapping[str, Metric], now: int, zone: tzinfo
) -> list[Told]:
    """What is told now, as lines."""
    lines: list[Told] = []
    for alert in rules.alerts:
        value = values.get(alert.key)
        if stands[alert.key].told_at == now and value is not None:
            unit = metrics[alert.metric].unit
            words = words_of(alert, value, unit, zone)
            amount, edge = plain(value, unit), plain(alert.edge, unit)
            lines.append(Told(alert.key, alert.title, alert.metric, alert.part, amount, edge, words))
    return lines


def plain(value: float, unit: Unit) -> float:
    """A value for programs: spans in seconds, shares from 0 to 1."""
    return value / SECOND if unit is Unit.SPAN else value


def words_of(alert: Alert, value: float, unit: Unit, zone: tzinfo) -> str:
    """A number beside its edge: `Late tickets: 7, above 5`, and `Late tickets: 3, not above 5` where it isn't."""
    side = ("" if alert.beyond(value) else "not ") + ("above" if alert.above else "below")
    return f"{alert.title}: {_shown(value, unit, zone)}, {side} {_shown(alert.edge, unit, zone)}"


def value_of(figure: Figure, part: str) -> float | None:
    """The value of a number or of one bar of it, by key or label; None where there is none."""
    if not part:
        return _plain(figure.value)
    wanted = part.casefold()
    found = next((each for each in figure.parts if wanted in (each.key.casefold(), each.label.casefold())), None)
    return None if found is None else _plain(found.value)


def read_stands(text: str) -> dict[str, Stand]:
    """What `write_stands` wrote; nothing where it isn't that."""
    try:
        return {str(key): Stand(**stand) for key, stand in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_stands(stands: Mapping[str, Stand]) -> str:
    """How it stands, as text."""
    return json.dumps({key: asdict(stand) for key, stand in stands.items()}, sort_keys=True)


def headline(lines: Sequence[Told]) -> str:
    """All of it in one line: several are one telling."""
    return " · ".join(line.words for line in lines)


def _moved(alert: Alert, stand: Stand, value: float | None, now: int, back_for: int) -> Stand:
    if alert.beyond(value):
        return replace(stand, crossed_at=now if stand.crossed_at is None else stand.crossed_at, back_at=None)
    if stand.told_at is None:
        return Stand()
    back_at = now if stand.back_at is None else stand.back_at
    # What is forgotten sooner would be told anew within the minute.
    return Stand() if now - back_at >= max(back_for, APART) else replace(stand, crossed_at=None, back_at=back_at)


def _not_ahead(stand: Stand, now: int) -> Stand:
    """A clock that was ahead and was set back would keep all silent until it is that time again."""
    seen = ((name, at) for name, at in asdict(stand).items() if at is not None and at > now)
    return replace(stand, **{name: now - 1 for name, _ in seen})


def _due(alert: Alert, stand: Stand, now: int, again: int | None) -> bool:
    if stand.crossed_at is None or now - stand.crossed_at < alert.lasts:
        return False
    return stand.told_at is None or (again is not None and now - stand.told_at >= again)


def _alert(table: Table, metrics: Mapping[str, Metric]) -> Alert:
    name = table.text("metric")
    if name not in metrics:
        raise table.problem("metric", f"there is no number “{name}”", mend_name(name, metrics))
    metric, part = metrics[name], table.text("part", "").strip()
    above, below = table.text("above", "").strip(), table.text("below", "").strip()
    if bool(above) == bool(below):
        raise table.problem("above", "says on which side it is too much, or below", 'Write one of them: above = "5".')
    key = "above" if above else "below"
    found = Alert(
        key=f"{name} {part} {key} {above or below}",
        title=table.text("title", "").strip() or " ".join(filter(None, (metric.title, part))),
        metric=name,
        part=part,
        above=bool(above),
        edge=_edge(table, key, above or below, metric.unit),
        lasts=_span(table, "lasts", "never") or 0,
    )
    table.done()
    return found


def _edge(table: Table, key: str, text: str, unit: Unit) -> float:
    if unit is Unit.SPAN:
        try:
            return parse_span(text)
        except BadInput as error:
            raise table.problem(key, error.message, error.mend) from None
    match = _AMOUNT.fullmatch(text)
    if match is None or (unit is Unit.SHARE) != bool(match[2]):
        example = "80 %" if unit is Unit.SHARE else "5"
        what = "share" if unit is Unit.SHARE else "number"
        raise table.problem(key, f"“{text}” is no {what}", f'Write it like {key} = "{example}".')
    return float(match[1]) / 100 if match[2] else float(match[1])


def _span(table: Table, key: str, default: str) -> int | None:
    """A span, None for `never`."""
    return None if table.text(key, default).strip() == "never" else _some(table, key, default)


def _some(table: Table, key: str, default: str) -> int:
    text = table.text(key, default).strip()
    try:
        return parse_span(text)
    except BadInput as error:
        raise table.problem(key, error.message, error.mend) from None


def _quiet(table: Table) -> tuple[time, time] | None:
    text = table.text("quiet", "").strip()
    if not text:
        return None
    match = _QUIET.fullmatch(text)
    try:
        if match is not None:
            begins, ends = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
            if begins != ends:
                return begins, ends
    except ValueError:
        pass
    raise table.problem("quiet", f"“{text}” says no times of the day", 'Write it like quiet = "20:00-07:30".')


def _plain(value: Cell) -> float | None:
    if isinstance(value, Money):
        return float(decimal(value))
    return None if value is None or isinstance(value, str) else float(value)


def _shown(value: float, unit: Unit, zone: tzinfo) -> str:
    whole = unit is not Unit.SHARE and value == int(value)
    return worded(int(value) if whole else value, unit, zone)
