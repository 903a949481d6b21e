"""The numbers of the craft: checklists, promises, known answers, gestures; each counted where its report counts it.

The invariant: what makes a conversation whole, a promise kept and an answer known is said by their reports alone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from desk.checklists import ChecklistTemplate
from desk.funnel import Conversation, ended, reached, whole
from desk.gestures import Left
from desk.metrics.snapshot import Figure, Part
from desk.money import Money
from desk.reports.period import Period
from storage.gestures import gesture_rules, team_budgets
from storage.library import templates
from storage.reports.checklists import alike
from storage.reports.known_answers import Line, known_answers
from storage.reports.promises import JUDGED, KEPT, Made, judged, made
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK
from storage.statistics.number import Number, share, standing

# All lines of a day, not only the dearest.
_EVERY = 1_000_000
_SHOWN = 12
_GIVEN = """
    SELECT id, ticket_id FROM gesture WHERE team_id = ? AND made_at >= ? AND made_at < ?
       AND state IN ('given', 'approved') AND currency = ?"""
_WRITTEN = "SELECT key, position, updated_at, length(content) FROM checklist WHERE ticket_id IS NULL ORDER BY key"
_WAITING = "SELECT ticket_id FROM gesture WHERE state = 'waiting'"


def _week(asked: Asked) -> Period:
    days = asked.days(WEEK)
    return Period(days[0].since, days[-1].until)


@dataclass(frozen=True, slots=True)
class Alike:
    """Conversations that went alike: with which checklist, whether they have ended, and whole; and their tickets.

    `passed` are the keys of the parts that they count for: they began, and came to these steps.
    """

    checklist: str
    ended: bool
    whole: bool
    passed: tuple[str, ...]
    tickets: list[int]


@dataclass(frozen=True, slots=True)
class Checklists:
    """How many conversations went the whole way, and how many came how far."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share of all checklists together; the steps of each in their order."""
        return asked.kept.get((self.metric,), (asked.version, _week(asked)), lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        runs = _runs(asked)
        over = [each for each in runs if each.ended]
        n = sum(len(each.tickets) for each in over)
        value = share(sum(len(each.tickets) for each in over if each.whole), n)
        parts = (part for template in _templates(asked) for part in _steps(template, runs))
        return Figure(self.metric, value, n, len(self.behind(asked, "")), parts=tuple(parts))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets whose conversations have ended, or those that reached a step."""
        wanted = (each.tickets for each in _runs(asked) if (part in each.passed if part else each.ended))
        return set().union(*wanted)


def _templates(asked: Asked) -> tuple[ChecklistTemplate, ...]:
    """The checklists that there are; parsed again only where one was changed."""
    state = asked.connection.execute(_WRITTEN).fetchall()
    return asked.kept.get(("templates",), state, lambda: templates(asked.connection), tuple)


def _runs(asked: Asked) -> list[Alike]:
    """The conversations whose checklist was begun in the last days, of the checklists that there are."""

    def read() -> list[Alike]:
        known = {template.key: template for template in _templates(asked)}
        found = alike(asked.connection, _week(asked))
        return [_alike(known[one.checklist], one, tickets) for one, tickets in found if one.checklist in known]

    return asked.kept.get(("runs",), (asked.version, _week(asked)), read, list)


def _alike(template: ChecklistTemplate, one: Conversation, tickets: list[int]) -> Alike:
    passed = (template.key, *(f"{template.key}/{step}" for step in reached(template, one)))
    return Alike(template.key, ended(template, one), whole(template, one), passed, tickets)


def _steps(template: ChecklistTemplate, runs: Iterable[Alike]) -> Iterator[Part]:
    ours = [each for each in runs if each.checklist == template.key]
    if not ours:
        return
    keys = {template.key: f"{template.title}: began"}
    keys |= {f"{template.key}/{step.key}": step.title for step in template.steps if not step.later}
    for key, label in keys.items():
        count = sum(len(each.tickets) for each in ours if key in each.passed)
        yield Part(key, label, count, count, count)


@dataclass(frozen=True, slots=True)
class PromisesKept:
    """The share of promises that were kept."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share of the last days, and of what was promised on each."""
        state = (asked.version, _week(asked), _promised(asked).overdue(asked.now))
        return asked.kept.get((self.metric,), state, lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        cases = _judged(asked)
        tickets = len(standing(asked.connection, (each.ticket_id for each in cases)))
        ends = [day.until for day in asked.days(WEEK)]
        by_day: list[list[Made]] = [[] for _ in ends]
        for each in cases:
            by_day[bisect_right(ends, each.made_at)].append(each)
        trend = tuple(_kept_share(day) for day in by_day)
        return Figure(self.metric, _kept_share(cases), len(cases), tickets, trend=trend)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets with a promise that was kept, broken or is overdue."""
        del part
        return standing(asked.connection, (each.ticket_id for each in _judged(asked)))


@dataclass(frozen=True, slots=True)
class Promised:
    """The promises of the last days, and when those are due that are open, the first first."""

    all: list[Made]
    due: list[int]

    def overdue(self, now: int) -> int:
        """How many are by now: as long as that is the same, the same ones are."""
        return bisect_left(self.due, now)


def _promised(asked: Asked) -> Promised:
    def read() -> Promised:
        found = made(asked.connection, _week(asked))
        return Promised(found, sorted(each.due_at for each in found if each.state == "open"))

    return asked.kept.get(("promises",), (asked.version, _week(asked)), read, Promised)


def _judged(asked: Asked) -> list[Made]:
    """The promises of the last days that were kept, broken, or are overdue."""
    return [each for each in _promised(asked).all if judged(each, asked.now) in JUDGED]


def _kept_share(cases: Collection[Made]) -> float | None:
    return share(sum(each.state == KEPT for each in cases), len(cases))


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """The share of today's replies that were known answers, and which those were."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share, and the dearest answers."""
        return asked.kept.get((self.metric,), (asked.version, asked.day(0)), lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        lines, replies = self._lines(asked)
        repeated = sum(line.cost.times for line in lines)
        tickets = len(self.behind(asked, ""))
        parts = tuple(
            Part(
                _key(line), line.title, line.cost.times, line.cost.times, len(standing(asked.connection, line.tickets))
            )
            for line in lines[:_SHOWN]
        )
        return Figure(self.metric, share(repeated, replies), replies, tickets, parts=parts)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets on which a known answer was given."""
        lines, _ = self._lines(asked)
        return standing(
            asked.connection, (ticket for line in lines if part in ("", _key(line)) for ticket in line.tickets)
        )

    def _lines(self, asked: Asked) -> tuple[tuple[Line, ...], int]:
        def read() -> tuple[tuple[Line, ...], int]:
            found = known_answers(asked.connection, asked.day(0), _EVERY)
            return found.lines, found.replies

        return asked.kept.get(("known answers",), (asked.version, asked.day(0)), read, tuple)


def _key(line: Line) -> str:
    return f"s{line.snippet_id}" if line.snippet_id is not None else f"g{line.group_id}"


@dataclass(frozen=True, slots=True)
class GesturesLeft:
    """What the teams' budgets still have. Of a team with several, the one with the least left says how much it is."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """What is left of all teams, and of each budget."""
        currency = gesture_rules(asked.connection).currency
        budgets = self._budgets(asked)
        least: dict[int, int] = {}
        for team, left in budgets:
            least[team] = min(left.left, least.get(team, left.left))
        given = [_given(asked, team, left, currency) for team, left in budgets]
        parts = tuple(
            Part(_budget(team, left), f"{left.who}, this {left.budget.period}", Money(left.left, currency),
                 len(gestures), len(standing(asked.connection, gestures.values())))
            for (team, left), gestures in zip(budgets, given, strict=True)
        )  # fmt: skip
        value = Money(sum(least.values()), currency) if least else None
        # A gesture counts against each of its team's budgets, and is one case.
        cases = {gesture: ticket for gestures in given for gesture, ticket in gestures.items()}
        return Figure(self.metric, value, len(cases), len(standing(asked.connection, cases.values())), parts=parts)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets on which something was given that counts against the budget."""
        currency = gesture_rules(asked.connection).currency
        given = (
            _given(asked, team, left, currency)
            for team, left in self._budgets(asked)
            if part in ("", _budget(team, left))
        )
        return standing(asked.connection, (ticket for gestures in given for ticket in gestures.values()))

    def _budgets(self, asked: Asked) -> tuple[tuple[int, Left], ...]:
        return asked.once.get(("budgets",), None, lambda: team_budgets(asked.connection, asked.now), tuple)


def _budget(team: int, left: Left) -> str:
    return f"{team}/{left.budget.period}"


def _given(asked: Asked, team: int, left: Left, currency: str) -> dict[int, int | None]:
    """The gestures that count against a budget, and the ticket of each."""
    return dict(asked.connection.execute(_GIVEN, (team, left.start, left.end, currency)).fetchall())


@dataclass(frozen=True, slots=True)
class GesturesWaiting:
    """Gestures that a supervisor is to decide on."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """How many."""
        rows = asked.connection.execute(_WAITING).fetchall()
        return Figure(self.metric, len(rows), len(rows), len(standing(asked.connection, (row[0] for row in rows))))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that they are on."""
        del part
        return standing(asked.connection, (row[0] for row in asked.connection.execute(_WAITING)))


CRAFT: Mapping[str, Callable[[str], Number]] = {
    "checklists": Checklists,
    "promises_kept": PromisesKept,
    "known_answers": KnownAnswers,
    "gestures_left": GesturesLeft,
    "gestures_waiting": GesturesWaiting,
}
