"""The numbers of the board: each is what a slow recount gives, whatever happens, and opens the tickets it counts."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import tzinfo
from pathlib import Path
from random import Random
from statistics import fmean
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.metrics.registry import METRICS
from desk.metrics.snapshot import Figure, Snapshot
from desk.reports.period import Period
from desk.service import spread
from desk.times import HOUR, MINUTE
from storage.clocks import targets
from storage.connect import Connection
from storage.reports import Asked, first_contact, service
from storage.reports.served import waited
from storage.statistics.asked import Kept
from storage.statistics.counting import counted
from storage.statistics.reading import NUMBERS, read, tickets_behind
from storage.statistics.settling import count_anew, settle, waiting
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW
from tests.storage.statistics.recount import Answer, Recount, Seen, age, in_office
from tests.storage.statistics.stories import HAPPENINGS, TELLING, Made, Step, add, desks, fill, happen, steps

ZONES = st.sampled_from(["UTC", "Europe/Madrid", "Asia/Kathmandu", "America/St_Johns"]).map(ZoneInfo)
NOWS = st.sampled_from([NOW, NOW + 5 * HOUR + 7, NOW + 20 * HOUR])


@contextmanager
def desk(template: Workspace) -> Iterator[Connection]:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        shutil.copytree(template.folder, workspace.folder)
        with closing(open_to_write(workspace)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            yield connection


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tickets=desks, happened=st.lists(steps, min_size=1, max_size=2), zone=ZONES, now=NOWS)
def test_every_number_is_what_a_slow_recount_gives(
    workspace_template: Workspace, tickets: list[Made], happened: list[list[Step]], zone: tzinfo, now: int
) -> None:
    kept, opened = Kept(), Kept()
    with desk(workspace_template) as connection:
        fill(connection, tickets)
        for some in [[], *happened]:
            for step in some:
                happen(connection, step)
            settle(connection, now)
            found = read(connection, now, zone, kept)
            slow = Recount(connection, now, zone)
            assert found.counting == 0
            check_live(found, slow)
            check_flow(found, slow)
            check_answers(connection, found, slow)
            check_what_became(found, slow)
            check_report(connection, found, slow)
            check_behind(connection, found, now, zone, opened)
        # Who reads for the first time sees the same.
        assert read(connection, now, zone).figures == found.figures


def check_live(found: Snapshot, slow: Recount) -> None:
    wanted: dict[str, Callable[[Seen], bool]] = {
        "backlog": lambda seen: True,
        "backlog_team": lambda seen: True,
        "open": lambda seen: seen.row["status"] == 0 and slow.awake(seen),
        "unassigned": lambda seen: seen.row["assignee_id"] is None and slow.awake(seen),
        "due_hour": lambda seen: slow.between(seen, "due_at", slow.now, slow.now + HOUR),
        "late": lambda seen: slow.between(seen, "due_at", 0, slow.now),
        "promises_due": lambda seen: slow.between(seen, "promised_at", 0, slow.midnight()),
        "angry": lambda seen: seen.whole("mood") >= 2,
        "repeated": lambda seen: seen.whole("contacts") >= 2,
        "load": lambda seen: seen.row["assignee_id"] is not None,
    }
    for metric, fits in wanted.items():
        assert found.figures[metric].value == len(slow.active(fits)), metric
    ages = {part.label: part.value for part in found.figures["backlog"].parts}
    old = Counter(age(seen.whole("created_at"), slow.now) for seen in slow.all if seen.whole("status") < 3)
    assert ages == {name: old[name] for name in ages}


def check_flow(found: Snapshot, slow: Recount) -> None:
    moves: dict[str, Callable[[Seen], list[int]]] = {
        "arrived": lambda seen: [] if seen.began else [seen.whole("created_at")],
        "solved": lambda seen: list(seen.solved),
        "came_back": lambda seen: seen.back,
    }
    for metric, when in moves.items():
        figure, today = found.figures[metric], slow.moved(when, 0)
        ago = slow.moved(when, 7)
        assert figure.value == len(set().union(*today.values())), metric
        assert {part.key: part.n for part in figure.parts if part.n} == {key: len(each) for key, each in today.items()}
        assert {part.key: part.before for part in figure.parts if part.before} == {
            key: len(each) for key, each in ago.items()
        }
        assert figure.trend == tuple(len(set().union(*slow.moved(when, day).values())) for day in range(6, -1, -1))


def check_answers(connection: Connection, found: Snapshot, slow: Recount) -> None:
    office = targets(connection).hours is not None
    for metric, first in (("first_response", True), ("next_response", False)):
        answers = slow.answers(first=first)
        check_spans(found.figures[metric], answers, [each.took for each in answers])
        days = [[each.took for each in answers if slow.ago(each.at) == day] for day in range(6, -1, -1)]
        assert found.figures[metric].trend == tuple(spread(day).p50 for day in days)
        business = found.figures[f"{metric}_business"]
        if office:
            check_spans(business, answers, [in_office(each.at - each.took, each.at) for each in answers])
        else:
            assert (business.value, business.tickets, bool(business.why_not)) == (None, 0, True)
    said = found.figures["first_response"].reported
    assert [(each.value, each.n) for each in said] == (
        [(spread(slow.reported()).p50, len(slow.reported()))] if slow.reported() else []
    )
    since = slow.waiting()
    waits = [max(0, slow.now - at) for at in since.values()]
    figure, told = found.figures["waiting"], spread(waits)
    assert (figure.value, figure.p50, figure.p90) == (len(waits), told.p50, told.p90)
    assert figure.mean == (fmean(waits) if waits else None)


def check_spans(figure: Figure, answers: list[Answer], took: list[int]) -> None:
    told = spread(took)
    assert (figure.value, figure.n, figure.p50, figure.p90) == (told.p50, told.n, told.p50, told.p90)
    assert figure.tickets == len({each.ticket for each in answers})
    assert figure.mean == (sum(took) / len(took) if took else None)


def check_what_became(found: Snapshot, slow: Recount) -> None:
    solved = slow.solved()
    back = sum(any(at >= first for at in slow.standing[ticket].back) for ticket, first in solved.items())
    stand = [slow.standing[ticket] for ticket in solved if slow.standing[ticket].whole("status") >= 3]
    once = sum(len(seen.ours) == 1 for seen in stand)
    told, enough = slow.told()
    for metric, n, part in (
        ("reopened", len(solved), back), ("one_touch", len(stand), once), ("first_contact", len(told), len(enough)),
    ):  # fmt: skip
        figure = found.figures[metric]
        assert (figure.n, figure.value) == (n, part / n if n else None), metric


def check_report(connection: Connection, found: Snapshot, slow: Recount) -> None:
    """Where the service report means the same, it says the same."""
    since = min(at for at in _midnights(slow, 7))
    asked = Asked(Period(since, slow.now + 1), slow.now, slow.zone)
    told = {each.key: (each.value, each.n) for each in service.read(connection, asked).figures}
    pairs = {
        "first_p50": "first_response", "next_p50": "next_response", "first_level": "first_level",
        "next_level": "next_level", "reopened": "reopened", "one_touch": "one_touch", "backlog": "backlog",
        "first_p50_business": "first_response_business", "next_p50_business": "next_response_business",
    }  # fmt: skip
    for key, metric in pairs.items():
        if key in told:
            assert told[key] == (found.figures[metric].value, found.figures[metric].n), metric
    for kind in ("first", "next"):
        judged = [each for each in waited(connection, asked.period) if each.kind == kind and each.met is not None]
        late = found.figures[f"{kind}_missed"]
        assert bool(late.value) == any(not each.met for each in judged)
    month = Period(min(_midnights(slow, 28)), slow.now + 1)
    figure = first_contact.figure(connection, month, slow.now)
    assert (figure.value, figure.n) == (found.figures["first_contact"].value, found.figures["first_contact"].n)


def _midnights(slow: Recount, days: int) -> Iterator[int]:
    """The quarters of an hour, going back, that still lie in the last days."""
    at = slow.now - slow.now % (15 * MINUTE)
    while slow.ago(at) < days:
        yield at
        at -= 15 * MINUTE


def check_behind(connection: Connection, found: Snapshot, now: int, zone: tzinfo, kept: Kept) -> None:
    """What opens behind a number, and behind each of its parts, is as many tickets as it says, each in some list."""
    listed = {row[0] for row in connection.execute("SELECT id FROM ticket WHERE merged_into_id IS NULL OR status < 3")}
    for metric, figure in found.figures.items():
        whole = tickets_behind(connection, metric, "", now, zone, kept)
        assert len(whole) == len(set(whole)) == figure.tickets, metric
        assert listed.issuperset(whole), metric
        union: set[int] = set()
        for part in figure.parts:
            behind = tickets_behind(connection, metric, part.key, now, zone, kept)
            assert len(behind) == len(set(behind)) == part.tickets, (metric, part)
            union.update(behind)
        assert not figure.parts or metric == "checklists" or union == set(whole), metric


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tickets=desks, happened=steps)
def test_settled_is_what_counting_all_anew_gives(
    workspace_template: Workspace, tickets: list[Made], happened: list[Step]
) -> None:
    with desk(workspace_template) as connection:
        fill(connection, tickets)
        settle(connection, NOW)
        for step in happened:
            happen(connection, step)
        settle(connection, NOW)
        settled = _facts(connection)
        connection.execute("DELETE FROM ticket_fact")
        count_anew(connection)
        settle(connection, NOW)
        assert _facts(connection) == settled
        assert waiting(connection) == 0


def _facts(connection: Connection) -> list[tuple[object, ...]]:
    found = connection.execute("SELECT ticket_id, kind, at, channel_id, took, in_hours, met, until FROM ticket_fact")
    return sorted(found, key=repr)


def test_whatever_happens_is_noticed(connection: Connection) -> None:
    """A long walk over few tickets: after each step the facts are those that a count of all tickets gives."""
    chance = Random(11)
    fill(connection, TELLING)
    for _ in range(400):
        step = Step(chance.choice(HAPPENINGS), chance.randrange(20), chance.randrange(20),
                    NOW - chance.randrange(200) * HOUR)  # fmt: skip
        settle(connection, NOW)
        happen(connection, step)
        settle(connection, NOW)
        # The first one, which others are merged into, is from long ago.
        tickets = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE id > 1")]
        anew = [(ticket, *fact[:2], channel, *fact[2:]) for ticket, channel, fact in counted(connection, tickets)]
        whole = [tuple(None if value is None else int(value) for value in row) for row in anew]
        assert _facts(connection) == sorted(whole, key=repr), step
        if len(tickets) < len(TELLING):
            add(connection, TELLING)


def test_every_metric_explains_itself_and_can_be_read(connection: Connection) -> None:
    assert list(NUMBERS) == list(METRICS)
    assert set(read(connection, NOW, ZoneInfo("UTC")).figures) == set(METRICS)
    for metric in METRICS.values():
        for text in (metric.formula, metric.starts, metric.stops, metric.credited, metric.left_out):
            assert text.endswith("."), (metric.id, text)
            assert text[0].isupper(), (metric.id, text)
        assert metric.title
        assert metric.behind
    assert len({metric.title for metric in METRICS.values()}) == len(METRICS)
