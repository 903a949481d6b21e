"""The numbers of the craft: checklists, promises, known answers, gestures; each counted where its report counts it.

The invariant: what makes a conversation whole, a promise kept and an answer known is said by their reports alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from desk.checklists import ChecklistTemplate
from desk.funnel import Conversation, ended, reached, whole
from desk.gestures import Left
from desk.metrics.snapshot import Figure, Part
from desk.money import Money
from desk.reports.period import Period
from storage.gestures import gesture_rules, team_budgets
from storage.library import templates
from storage.reports.checklists import by_ticket
from storage.reports.known_answers import Line, known_answers
from storage.reports.promises import JUDGED, Made, judged, made
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK
from storage.statistics.number import Number, share, standing

# All lines of a day, not only the dearest.
_EVERY = 1_000_000
_SHOWN = 12
_GIVEN = """
    SELECT ticket_id FROM gesture WHERE team_id = ? AND made_at >= ? AND made_at < ?
       AND state IN ('given', 'approved') AND currency = ?"""
_WRITTEN = "SELECT key, position, updated_at, length(content) FROM checklist ORDER BY key"
_WAITING = "SELECT ticket_id FROM gesture WHERE state = 'waiting'"

_Run = tuple[ChecklistTemplate, int, Conversation]


def _week(asked: Asked) -> Period:
    days = asked.days(WEEK)
    return Period(days[0].since, days[-1].until)


@dataclass(frozen=True, slots=True)
class Checklists:
    """How many conversations went the whole way, and how many came how far."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share of all checklists together; the steps of each in their order."""
        runs = _runs(asked)
        over = [run for run in runs if ended(run[0], run[2])]
        value = share(sum(whole(template, one) for template, _, one in over), len(over))
        parts = (part for template in _templates(asked) for part in _steps(template, runs))
        return Figure(self.metric, value, len(over), len({ticket for _, ticket, _ in over}), parts=tuple(parts))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets whose conversations have ended, or those that reached a step."""
        runs = _runs(asked)
        if not part:
            return {ticket for template, ticket, one in runs if ended(template, one)}
        return {ticket for template, ticket, one in runs if part in _passed(template, one)}


def _templates(asked: Asked) -> tuple[ChecklistTemplate, ...]:
    """The checklists that there are; parsed again only where one was changed."""
    state = asked.connection.execute(_WRITTEN).fetchall()
    return asked.kept.get(("templates",), state, lambda: templates(asked.connection), tuple)


def _runs(asked: Asked) -> list[_Run]:
    """The conversations whose checklist was begun in the last days, of the checklists that there are."""

    def read() -> list[_Run]:
        known = {template.key: template for template in _templates(asked)}
        found = by_ticket(asked.connection, _week(asked))
        return [(known[one.checklist], ticket, one) for ticket, one in found if one.checklist in known]

    return asked.once.get(("runs",), None, read, list)


def _passed(template: ChecklistTemplate, one: Conversation) -> tuple[str, ...]:
    """The keys of the parts that a conversation counts for: it began, and came to these steps."""
    return (template.key, *(f"{template.key}/{step}" for step in reached(template, one)))


def _steps(template: ChecklistTemplate, runs: Iterable[_Run]) -> Iterable[Part]:
    ours = [one for known, _, one in runs if known is template]
    if not ours:
        return
    counts: dict[str, int] = {}
    for one in ours:
        for key in _passed(template, one):
            counts[key] = counts.get(key, 0) + 1
    yield Part(template.key, f"{template.title}: began", len(ours), len(ours), len(ours))
    for step in template.steps:
        if not step.later:
            count = counts.get(f"{template.key}/{step.key}", 0)
            yield Part(f"{template.key}/{step.key}", step.title, count, count, count)


@dataclass(frozen=True, slots=True)
class PromisesKept:
    """The share of promises that were kept."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share of the last days, and of what was promised on each."""
        cases = self._cases(asked, _week(asked))
        days = (self._share(self._cases(asked, day), asked) for day in asked.days(WEEK))
        tickets = len(standing(asked.connection, (each.ticket_id for each in cases)))
        return Figure(self.metric, self._share(cases, asked), len(cases), tickets, trend=tuple(days))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets with a promise that was kept, broken or is overdue."""
        del part
        return standing(asked.connection, (each.ticket_id for each in self._cases(asked, _week(asked))))

    def _cases(self, asked: Asked, period: Period) -> list[Made]:
        def read() -> list[Made]:
            return made(asked.connection, _week(asked))

        week = asked.once.get(("promises",), None, read, list)
        return [each for each in week if each.made_at in period and judged(each, asked.now) in JUDGED]

    def _share(self, cases: Collection[Made], asked: Asked) -> float | None:
        return share(sum(judged(each, asked.now) == "kept" for each in cases), len(cases))


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """The share of today's replies that were known answers, and which those were."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The share, and the dearest answers."""
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

        return asked.once.get(("known answers",), None, read, tuple)


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
                 len(tickets), len(standing(asked.connection, tickets)))
            for (team, left), tickets in zip(budgets, given, strict=True)
        )  # fmt: skip
        value = Money(sum(least.values()), currency) if least else None
        everything = standing(asked.connection, (ticket for tickets in given for ticket in tickets))
        return Figure(self.metric, value, max(map(len, given), default=0), len(everything), parts=parts)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets on which something was given that counts against the budget."""
        currency = gesture_rules(asked.connection).currency
        given = (
            _given(asked, team, left, currency)
            for team, left in self._budgets(asked)
            if part in ("", _budget(team, left))
        )
        return standing(asked.connection, (ticket for tickets in given for ticket in tickets))

    def _budgets(self, asked: Asked) -> tuple[tuple[int, Left], ...]:
        return asked.once.get(("budgets",), None, lambda: team_budgets(asked.connection, asked.now), tuple)


def _budget(team: int, left: Left) -> str:
    return f"{team}/{left.budget.period}"


def _given(asked: Asked, team: int, left: Left, currency: str) -> list[int | None]:
    found = asked.connection.execute(_GIVEN, (team, left.start, left.end, currency))
    return [row[0] for row in found]


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
