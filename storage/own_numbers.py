"""One agent's own numbers, week by week: for the agent who sits at this console, and for nobody else.

Progress, not surveillance: each week stands beside the agent's own weeks before, never beside a colleague's.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise

from desk.checklists import ChecklistTemplate
from desk.funnel import Conversation, funnel, left_to_do
from desk.reports.period import Period
from desk.reports.report import Chart, Column, Figure, Report, Series, Shape, Table, Unit
from desk.service import Said, spread, waits
from desk.times import from_datetime, to_datetime
from storage.connect import Connection
from storage.library import templates
from storage.reports.checklists import conversations

WEEKS = 8
RECENT = 4
PRIVATE = "counted on this machine for you alone. Nobody else's numbers are here, and yours go nowhere."

# What was said on the tickets that this agent answered; the answers of others end a wait too.
ANSWERED = """
    SELECT m.ticket_id, m.at, m.kind, m.agent_id FROM ticket t CROSS JOIN message m ON m.ticket_id = t.id
     WHERE t.updated_at >= :since AND t.merged_into_id IS NULL
       AND (m.kind IN ('inbound', 'call') OR m.kind = 'outbound' AND m.automatic = '')
       AND EXISTS(SELECT 1 FROM message n WHERE n.ticket_id = t.id AND n.at >= :since AND n.agent_id = :me
                  AND n.kind IN ('outbound', 'call'))
     ORDER BY m.ticket_id, m.at, m.id"""
_TURNED = """
    SELECT e.ticket_id, e.at FROM event e
     WHERE e.kind = 'changed' AND e.at >= :since AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status'
       AND {turn} ORDER BY e.at"""
SOLVED = _TURNED.format(
    turn="e.agent_id = :me AND e.data ->> '$.before' < 3 AND e.data ->> '$.after' >= 3",
)
REOPENED = _TURNED.format(turn="e.data ->> '$.before' >= 3 AND e.data ->> '$.after' < 3")
PROMISED = "SELECT state, made_at FROM promise WHERE made_at >= ? AND agent_id = ? AND state IN ('kept', 'broken')"
RATED = "SELECT score, at FROM rating WHERE at >= ? AND agent_id = ?"
TICKETS = "SELECT t.id, t.number, t.subject FROM json_each(?) w CROSS JOIN ticket t ON t.id = w.value"
_GREAT = 3


@dataclass(frozen=True, slots=True)
class Week:
    """What one agent did in a week. `took` are how long customers had waited for the answers."""

    since: int
    until: int
    took: tuple[int, ...]
    answers: int
    solved: int
    came_back: int
    kept: int
    broken: int
    great: int
    ratings: int
    begun: tuple[Conversation, ...]

    def whole(self, known: Sequence[ChecklistTemplate]) -> tuple[int, int]:
        """Conversations that went the whole way through their checklist, of those that have ended."""
        passed = [funnel(each, [one for one in self.begun if one.checklist == each.key]) for each in known]
        return sum(each.whole for each in passed), sum(each.began - each.under_way for each in passed)


def weeks(connection: Connection, agent_id: int, now: int, zone: tzinfo) -> tuple[Week, ...]:
    """The last weeks, the present one last; each begins on a Monday on the wall."""
    bounds = _bounds(now, zone)
    first = bounds[0].since
    answers, took = _answers(connection, agent_id, first)
    back: dict[int, list[int]] = defaultdict(list)
    for ticket, at in connection.execute(REOPENED, {"since": first}):
        back[ticket].append(at)
    solved = [
        (at, any(later_at >= at for later_at in back.get(ticket, ())))
        for ticket, at in connection.execute(SOLVED, {"since": first, "me": agent_id})
    ]
    promised = connection.execute(PROMISED, (first, agent_id)).fetchall()
    rated = connection.execute(RATED, (first, agent_id)).fetchall()
    return tuple(
        Week(
            week.since,
            week.until,
            took=tuple(span for at, span in took if at in week),
            answers=sum(at in week for at in answers),
            solved=sum(at in week for at, _ in solved),
            came_back=sum(returned for at, returned in solved if at in week),
            kept=sum(state == "kept" for state, at in promised if at in week),
            broken=sum(state == "broken" for state, at in promised if at in week),
            great=sum(score == _GREAT for score, at in rated if at in week),
            ratings=sum(at in week for _, at in rated),
            begun=tuple(conversations(connection, week, agent_id)),
        )
        for week in bounds
    )


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """A ticket of one's own that is solved, on which a step that comes later is neither done nor skipped."""

    ticket_id: int
    number: int
    subject: str
    step: str


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """The page: what it says, and what is left to do, the newest ticket first."""

    report: Report
    left: tuple[LeftToDo, ...]


def own_numbers(connection: Connection, agent_id: int, name: str, now: int, zone: tzinfo) -> OwnNumbers:
    """The page of one's own numbers."""
    found, known = weeks(connection, agent_id, now, zone), templates(connection)
    left = _left(connection, found[-RECENT:], known)
    return OwnNumbers(_report(found, known, left, name, now, zone), left)


def _report(
    found: Sequence[Week], known: Sequence[ChecklistTemplate], left: Sequence[LeftToDo], name: str, now: int,
    zone: tzinfo,
) -> Report:  # fmt: skip
    recent, before = found[-RECENT:], found[:-RECENT]
    names = tuple(f"{to_datetime(week.since, zone):%d %b}" for week in found)
    return Report(
        "own-numbers",
        f"My numbers: {name}",
        Period(found[0].since, now),
        zone,
        figures=_figures(recent, before, known, len(left)),
        charts=(
            Chart(
                Shape.LINES,
                "Answered and solved",
                names,
                (
                    Series("answers", tuple(week.answers for week in found)),
                    Series("solved", tuple(week.solved for week in found)),
                ),
            ),
        ),
        tables=(_table(found, known, zone),),
        filters=(("Private", PRIVATE),),
    )


def _figures(
    recent: Sequence[Week], before: Sequence[Week], known: Sequence[ChecklistTemplate], left: int
) -> tuple[Figure, ...]:
    answers, earlier = sum(week.answers for week in recent), sum(week.answers for week in before)
    took = spread(span for week in recent for span in week.took)
    took_before = spread(span for week in before for span in week.took)
    solved, back = sum(week.solved for week in recent), sum(week.came_back for week in recent)
    whole = [sum(each) for each in zip(*(week.whole(known) for week in recent), strict=True)]
    lasting = {each.key for each in known if any(step.later for step in each.steps)}
    over = sum(one.over for week in recent for one in week.begun if one.checklist in lasting)
    return (
        Figure("answers", "Answers in four weeks", answers, Unit.COUNT, answers,
               f"Your replies and calls since Monday three weeks ago; {earlier} in the four weeks before"),
        Figure("took", "Half of them within", took.p50, Unit.SPAN, took.n,
               "From the customer's oldest unanswered message to your answer; "
               f"{_span_words(took_before.p50)} in the four weeks before", "calendar hours"),
        Figure("stayed", "Solved, and stayed so", _share(solved - back, solved), Unit.SHARE, solved,
               "Of the tickets that you solved in these four weeks: those that nobody opened again since"),
        Figure("whole", "Checklists, the whole way", _share(whole[0], whole[1]), Unit.SHARE, whole[1],
               "Of the conversations whose checklist you began and that have ended: every required step was done"),
        Figure("later", "Diagnose left to do", left, Unit.COUNT, over,
               "Solved conversations of yours in which a step that comes later is neither done nor skipped"
               + ("; Enter goes to them" if left else "")),
    )  # fmt: skip


def _table(found: Iterable[Week], known: Sequence[ChecklistTemplate], zone: tzinfo) -> Table:
    columns = (
        Column("week", "Week of"),
        Column("answers", "Answers", Unit.COUNT),
        Column("took", "Half within", Unit.SPAN),
        Column("solved", "Solved", Unit.COUNT),
        Column("came_back", "Came back", Unit.COUNT),
        Column("whole", "Whole way", Unit.SHARE),
        Column("kept", "Promises kept", Unit.COUNT),
        Column("broken", "Broken", Unit.COUNT),
        Column("great", "Rated great", Unit.COUNT),
        Column("ratings", "Of", Unit.COUNT),
    )
    rows = tuple(
        (
            f"{to_datetime(week.since, zone):%d %b %Y}", week.answers, spread(week.took).p50, week.solved,
            week.came_back, _share(*week.whole(known)), week.kept, week.broken, week.great, week.ratings,
        )
        for week in reversed(list(found))
    )  # fmt: skip
    return Table("weeks", "Week by week", columns, rows, "The newest first; each begins on Monday.")


def _answers(connection: Connection, agent_id: int, since: int) -> tuple[list[int], list[tuple[int, int]]]:
    """When the agent answered, and where a customer had waited for that, how long."""
    said: dict[int, list[Said]] = defaultdict(list)
    mine: dict[int, set[int]] = defaultdict(set)
    for ticket, at, kind, agent in connection.execute(ANSWERED, {"since": since, "me": agent_id}):
        said[ticket].append(Said(at, ours=kind != "inbound"))
        if kind != "inbound" and agent == agent_id:
            mine[ticket].add(at)
    took = [
        (wait.until, wait.until - wait.since)
        for ticket, each in said.items()
        for wait in waits(each)
        if wait.until is not None and wait.until in mine[ticket]
    ]
    return [at for times in mine.values() for at in times], took


def _left(connection: Connection, recent: Iterable[Week], known: Iterable[ChecklistTemplate]) -> tuple[LeftToDo, ...]:
    steps = [
        (one.ticket_id, step.title)
        for week in recent
        for template in known
        for one in week.begun
        if one.checklist == template.key
        for step in left_to_do(template, one)
    ]
    asked = json.dumps([ticket_id for ticket_id, _ in steps])
    told = {key: (number, subject) for key, number, subject in connection.execute(TICKETS, (asked,))}
    left = (LeftToDo(ticket_id, *told[ticket_id], title) for ticket_id, title in steps if ticket_id in told)
    return tuple(sorted(left, key=lambda each: (-each.ticket_id, each.step)))


def _bounds(now: int, zone: tzinfo) -> tuple[Period, ...]:
    today = to_datetime(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    starts = [
        from_datetime(datetime.combine(monday + timedelta(weeks=number), time(), zone))
        for number in range(1 - WEEKS, 2)
    ]
    return tuple(Period(since, until) for since, until in pairwise(starts))


def _span_words(span: int | None) -> str:
    from desk.reports.words import span as told

    return "none" if span is None else told(span)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
