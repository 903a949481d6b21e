"""The checklists' report: the funnel of each, by team, channel and agent, and which skipped step goes with reopening.

Counted from the ticks as they stand, of the conversations whose checklist was begun in the period; one that was merged
into another ticket counts there. A checklist's steps are those that it has today.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from desk.checklists import ChecklistTemplate
from desk.funnel import LEAST_CASES, Conversation, Funnel, funnel, grouped, later, reopenings
from desk.reports.period import Period
from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from storage.connect import Connection
from storage.library import templates
from storage.reports import Asked

NOBODY, NO_TEAM = "nobody", "no team"
_MOST_REASONS = 20

# Whether a ticket came back after a moment: its state went from solved or closed to one that is active. The plus keeps
# SQLite from reading every change of anybody since, for each ticket anew.
REOPENED = """EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = t.id AND e.at >= r.started_at AND +e.kind = 'changed'
    AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status' AND e.data ->> '$.before' >= 3
    AND e.data ->> '$.after' < 3)"""
# A step's key holds no blank; the sign before it says whether it was done or skipped.
TICKS = """ifnull((SELECT group_concat(CASE k.state WHEN 'done' THEN '+' ELSE '-' END || k.step, ' ')
                     FROM checklist_tick k WHERE k.run_id = r.id), '')"""
WENT = f"""
    SELECT t.id, r.checklist_key, t.status >= 3, {TICKS}
      FROM checklist_run r CROSS JOIN ticket t ON t.id = r.ticket_id
     WHERE r.started_at >= ? AND r.started_at < ? AND t.merged_into_id IS NULL"""  # noqa: S608  the columns are ours
CONVERSATIONS = f"""
    SELECT r.checklist_key, ifnull(w.name, ?), c.label, ifnull(a.name, ?), t.status >= 3, {REOPENED},
           {TICKS}, t.id
      FROM checklist_run r CROSS JOIN ticket t ON t.id = r.ticket_id JOIN channel c ON c.id = t.channel_id
      LEFT JOIN team w ON w.id = t.team_id LEFT JOIN agent a ON a.id = r.agent_id
     WHERE r.started_at >= ? AND r.started_at < ? AND t.merged_into_id IS NULL
       AND (?5 IS NULL OR r.agent_id = ?5)"""  # noqa: S608  the condition is ours
REASONS = """
    SELECT r.checklist_key, k.step, k.reason, count(*) AS times
      FROM checklist_run r CROSS JOIN ticket t ON t.id = r.ticket_id JOIN checklist_tick k ON k.run_id = r.id
     WHERE r.started_at >= ? AND r.started_at < ? AND t.merged_into_id IS NULL AND k.state = 'skipped'
     GROUP BY 1, 2, 3 ORDER BY times DESC, 1, 2, 3 LIMIT ?"""
ARRIVED = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS(SELECT 1 FROM checklist_run r WHERE r.ticket_id = t.id))
      FROM ticket t WHERE t.created_at >= ? AND t.created_at < ? AND t.merged_into_id IS NULL"""

_Told = tuple[ChecklistTemplate, list[Conversation], Funnel]


def conversations(connection: Connection, period: Period, agent_id: int | None = None) -> list[Conversation]:
    """Every conversation whose checklist was begun in the period, by that agent where one is named."""
    found = connection.execute(CONVERSATIONS, (NO_TEAM, NOBODY, period.since, period.until, agent_id))
    return [_conversation(*row) for row in found]


def alike(connection: Connection, period: Period) -> list[tuple[Conversation, list[int]]]:
    """The same, but those that went alike are one, with their tickets; whose they were and what came back aside."""
    tickets: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for ticket, *went in connection.execute(WENT, (period.since, period.until)):
        tickets[tuple(went)].append(ticket)
    return [
        (_conversation(checklist, "", "", "", over, reopened=0, ticks=ticks, ticket_id=those[0]), those)
        for (checklist, over, ticks), those in tickets.items()
    ]


def read(connection: Connection, asked: Asked) -> Report:
    """The report."""
    begun = dict(grouped(conversations(connection, asked.period), lambda one: one.checklist))
    told: list[_Told] = [
        (template, begun[template.key], funnel(template, begun[template.key]))
        for template in templates(connection)
        if template.key in begun
    ]
    return Report(
        "checklists",
        "Checklists",
        asked.period,
        asked.zone,
        figures=(_coverage(connection, asked.period), *(_whole(*each) for each in told)),
        charts=tuple(_chart(template, passed) for template, _, passed in told),
        tables=(
            _steps(told),
            _later(told),
            *(_groups(told, by) for by in ("team", "channel", "agent")),
            _reasons(connection, asked.period, told),
            _reopened(told),
        ),
    )


def _conversation(
    checklist: str, team: str, channel: str, agent: str, over: int, reopened: int, ticks: str, ticket_id: int
) -> Conversation:
    return Conversation(checklist, team, channel, agent, *_handled(ticks), bool(over), bool(reopened), ticket_id)


@lru_cache(maxsize=1_000)
def _handled(ticks: str) -> tuple[frozenset[str], frozenset[str]]:
    """The steps that were done, and those that were skipped; of many conversations most are alike."""
    marks = ticks.split()
    done, skipped = (frozenset(mark[1:] for mark in marks if mark[0] == sign) for sign in "+-")
    return done, skipped


def _coverage(connection: Connection, period: Period) -> Figure:
    arrived, covered = connection.execute(ARRIVED, (period.since, period.until)).fetchone()
    formula = "Tickets of this time on which a checklist was begun, of all tickets of this time"
    return Figure("covered", "Tickets with a checklist", _share(covered, arrived), Unit.SHARE, arrived, formula)


def _whole(template: ChecklistTemplate, _: list[Conversation], passed: Funnel) -> Figure:
    ended = passed.began - passed.under_way
    return Figure(
        f"whole_{template.key}", f"{template.title}: went the whole way",
        _share(passed.whole, ended), Unit.SHARE, ended,
        "Conversations in which every required step was done, of those that are complete or whose ticket is solved or "
        "closed; steps that come later aside",
    )  # fmt: skip


def _chart(template: ChecklistTemplate, passed: Funnel) -> Chart:
    labels = ("Began", *(each.step.title for each in passed.steps), "Whole way")
    values = (passed.began, *(each.reached for each in passed.steps), passed.whole)
    return Chart(
        Shape.FUNNEL, f"{template.title}: how far conversations came", labels, (Series("conversations", values),)
    )


def _steps(told: Iterable[_Told]) -> Table:
    columns = (
        Column("checklist", "Checklist"),
        Column("step", "Step"),
        Column("reached", "Reached", Unit.COUNT),
        Column("share", "Of all begun", Unit.SHARE),
        Column("done", "Done", Unit.COUNT),
        Column("skipped", "Skipped", Unit.COUNT),
        Column("stopped", "Stopped here", Unit.COUNT),
    )
    note = (
        "Reached: this step or a later one was done or skipped. Stopped here: the ticket is solved or closed, a "
        "required step is open, and this is the last one that was handled."
    )
    return Table("steps", "Step by step", columns, tuple(_step_rows(told)), note)


def _step_rows(told: Iterable[_Told]) -> Iterator[tuple[Cell, ...]]:
    for template, _, passed in told:
        yield template.title, "(no step)", passed.began, _share(passed.began, passed.began), None, None, passed.unbegun
        for each in passed.steps:
            share = _share(each.reached, passed.began)
            yield template.title, each.step.title, each.reached, share, each.done, each.skipped, each.stopped


def _later(told: Iterable[_Told]) -> Table:
    columns = (
        Column("checklist", "Checklist"),
        Column("step", "Step"),
        Column("over", "Solved", Unit.COUNT),
        Column("done", "Done", Unit.COUNT),
        Column("share", "Share", Unit.SHARE),
        Column("skipped", "Skipped", Unit.COUNT),
    )
    rows = tuple(
        (template.title, each.step.title, each.over, each.done, _share(each.done, each.over), each.skipped)
        for template, ones, _ in told
        for each in later(template, ones)
    )
    note = "Steps that may be done after the ticket is solved, of the conversations whose ticket is."
    return Table("later", "Afterwards", columns, rows, note)


def _groups(told: Iterable[_Told], by: str) -> Table:
    columns = (
        Column("checklist", "Checklist"),
        Column(by, by.capitalize()),
        Column("began", "Began", Unit.COUNT),
        Column("whole", "Whole way", Unit.COUNT),
        Column("skips", "With skipped steps", Unit.COUNT),
        Column("stopped", "Stopped", Unit.COUNT),
        Column("under_way", "Under way", Unit.COUNT),
        Column("share", "Whole of ended", Unit.SHARE),
        Column("most_stopped", "Most stopped after"),
    )
    note = "The agent is who began the checklist." if by == "agent" else ""
    return Table(f"by_{by}", f"By {by}", columns, tuple(_group_rows(told, by)), note)


def _group_rows(told: Iterable[_Told], by: str) -> Iterator[tuple[Cell, ...]]:
    for template, ones, _ in told:
        for name, group in grouped(ones, lambda one: str(getattr(one, by))):
            passed = funnel(template, group)
            share = _share(passed.whole, passed.began - passed.under_way)
            yield (
                template.title, name, passed.began, passed.whole, passed.skips, passed.stopped, passed.under_way, share,
                _most_stopped(passed),
            )  # fmt: skip


def _most_stopped(passed: Funnel) -> str | None:
    stops = [("(no step)", passed.unbegun), *((each.step.title, each.stopped) for each in passed.steps)]
    title, count = max(stops, key=lambda stop: stop[1])
    return title if count else None


def _reasons(connection: Connection, period: Period, told: Iterable[_Told]) -> Table:
    titles = {
        (template.key, step.key): (template.title, step.title) for template, *_ in told for step in template.steps
    }
    found = connection.execute(REASONS, (period.since, period.until, _MOST_REASONS))
    columns = (
        Column("checklist", "Checklist"),
        Column("step", "Step"),
        Column("reason", "Reason"),
        Column("times", "Times", Unit.COUNT),
    )
    rows = tuple((*titles.get((key, step), (key, step)), reason, times) for key, step, reason, times in found)
    return Table(
        "skipped",
        "Why steps were skipped",
        columns,
        rows,
        f"The {_MOST_REASONS} most frequent.",
        "No step was skipped.",
    )


def _reopened(told: Iterable[_Told]) -> Table:
    columns = (
        Column("checklist", "Checklist"),
        Column("step", "Step"),
        Column("done", "Done", Unit.COUNT),
        Column("done_reopened", "Came back", Unit.SHARE),
        Column("skipped", "Skipped", Unit.COUNT),
        Column("skipped_reopened", "Came back", Unit.SHARE),
        Column("difference", "More where skipped", Unit.SHARE),
    )
    rows = tuple(
        (
            template.title, each.step.title, each.done, _share(each.done_reopened, each.done), each.skipped,
            _share(each.skipped_reopened, each.skipped), each.difference,
        )
        for template, ones, _ in told
        for each in reopenings(template, ones)
        if each.skipped
    )  # fmt: skip
    note = (
        "Of the conversations whose ticket was solved at least once: the share that was opened again after the "
        f"checklist was begun. The difference is told from {LEAST_CASES} conversations on either side, and says what "
        "goes together, not what causes what."
    )
    return Table("reopened", "Skipped steps and tickets that came back", columns, rows, note, "No step was skipped.")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
