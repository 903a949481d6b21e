"""Calls, checklists, promises, gestures and known answers on the board: what a slow recount of the raw rows gives."""

import json
from dataclasses import dataclass
from datetime import UTC

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.checklists import ChecklistTemplate, Step
from desk.ids import new_uid
from desk.metrics.snapshot import Figure, Snapshot
from desk.money import Money
from desk.service import spread
from desk.snippets import Snippet
from desk.times import DAY, HOUR, SECOND
from storage import library, rules
from storage.connect import Connection
from storage.knowledge.groups import catch_up_all
from storage.library import replace_or_add
from storage.statistics.reading import read, tickets_behind
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_message, make_team, make_ticket
from tests.storage.statistics.test_numbers import desk

STEPS = (
    Step("one", "One", "first"),
    Step("two", "Two", "second", required=False),
    Step("three", "Three", "third"),
    Step("after", "After", "afterwards", later=True),
)
TEMPLATE = ChecklistTemplate("three", "Three steps", STEPS)
BUDGETS = """
currency = "EUR"
zone = "UTC"
approvers = ["supervisor"]
[[kind]]
key = "credit"
label = "Credit"
[[budget]]
for = "team"
amount = "100"
period = "week"
"""
MIDNIGHT = NOW - NOW % DAY


@dataclass(frozen=True)
class Call:
    ticket: int | None
    inbound: bool
    by_hand: bool
    state: str
    rang: int
    waited: int
    talked: int
    held: int


@dataclass(frozen=True)
class Run:
    ticket: int
    at: int
    ticks: dict[str, str]


@dataclass(frozen=True)
class Promised:
    ticket: int
    state: str
    made: int
    due: int


@dataclass(frozen=True)
class Given:
    ticket: int | None
    team: int
    amount: int
    currency: str
    state: str
    at: int


tickets = st.lists(st.tuples(st.sampled_from([0, 1, 3, 4]), st.sampled_from([False, False, True])), min_size=3,
                   max_size=3)  # fmt: skip
place = st.integers(0, 2)
moments = st.integers(-10 * 24, 12).map(lambda hours: NOW + hours * HOUR)
calls = st.lists(
    st.builds(Call, st.none() | place, st.booleans(), st.booleans(), st.sampled_from(["done", "missed", "ringing"]),
              st.integers(-40, 8).map(lambda hours: NOW + hours * HOUR), st.integers(0, 30), st.integers(0, 900),
              st.integers(0, 60)),
    max_size=6,
)  # fmt: skip
ticks = st.dictionaries(st.sampled_from(["one", "two", "three", "after"]), st.sampled_from(["done", "skipped"]))
runs = st.lists(st.builds(Run, place, moments, ticks), max_size=3, unique_by=lambda run: run.ticket)
promises = st.lists(
    st.builds(Promised, place, st.sampled_from(["open", "kept", "broken", "withdrawn"]), moments, moments), max_size=6
)
gestures = st.lists(
    st.builds(Given, st.none() | place, st.integers(0, 1), st.integers(0, 9000), st.sampled_from(["EUR", "EUR", "USD"]),
              st.sampled_from(["given", "approved", "waiting", "refused"]), moments),
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=30, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(made=tickets, called=calls, begun=runs, promised=promises, given_away=gestures)
def test_the_craft_is_what_a_slow_recount_gives(
    workspace_template: Workspace,
    made: list[tuple[int, bool]],
    called: list[Call],
    begun: list[Run],
    promised: list[Promised],
    given_away: list[Given],
) -> None:
    with desk(workspace_template) as connection:
        replace_or_add(connection, [TEMPLATE], NOW)
        rules.write(connection, "gestures", BUDGETS)
        elsewhere = make_ticket(connection, status=4)
        ids = [
            make_ticket(connection, status=status, merged_into_id=elsewhere if merged else None)
            for status, merged in made
        ]
        standing = {key for key, (_, merged) in zip(ids, made, strict=True) if not merged}
        teams = [make_team(connection, name) for name in ("Billing", "Tech")]
        fill(connection, ids, called, begun, promised)
        give(connection, ids, teams, given_away)
        found = read(connection, NOW, UTC)
        check_calls(found, called, ids, standing)
        check_promises(found, promised, ids, standing)
        check_gestures(found, given_away, ids, teams, standing)
        over = {key: status >= 3 for key, (status, _) in zip(ids, made, strict=True)}
        check_checklists(found, begun, ids, over, standing)
        for metric in _OURS:
            figure = found.figures[metric]
            assert len(tickets_behind(connection, metric, "", NOW, UTC)) == figure.tickets, metric
            for part in figure.parts:
                assert len(tickets_behind(connection, metric, part.key, NOW, UTC)) == part.tickets, (metric, part)


_OURS = ("calls_in_time", "calls_missed", "call_waiting", "call_talk", "checklists", "promises_kept", "gestures_left",
         "gestures_waiting")  # fmt: skip


def fill(
    connection: Connection, ids: list[int], called: list[Call], begun: list[Run], promised: list[Promised]
) -> None:  # fmt: skip
    for call in called:
        answered = call.rang + call.waited * SECOND if call.state == "done" else None
        ended = None if answered is None else answered + call.talked * SECOND
        connection.execute(
            "INSERT INTO call(uid, direction, state, way, external_id, number, caller, ticket_id, rang_at, answered_at,"
            " held_seconds, ended_at, goal, notes, outcome, follow_up) VALUES(?,?,?,?,'','','',?,?,?,?,?,'','','','')",
            (new_uid(), "in" if call.inbound else "out", call.state, "console" if call.by_hand else "pop",
             None if call.ticket is None else ids[call.ticket], call.rang, answered, call.held, ended),
        )  # fmt: skip
    for run in begun:
        key = connection.execute(
            "INSERT INTO checklist_run(uid, ticket_id, checklist_key, started_at) VALUES(?,?,?,?)",
            (new_uid(), ids[run.ticket], TEMPLATE.key, run.at),
        ).lastrowid
        connection.executemany(
            "INSERT INTO checklist_tick(run_id, step, state, at, reason, text) VALUES(?,?,?,?,'','')",
            [(key, step, state, run.at) for step, state in run.ticks.items()],
        )
    connection.executemany(
        "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state) VALUES(?,?,'',?,?,?,?)",
        [(new_uid(), ids[one.ticket], one.made, one.due, one.due, one.state) for one in promised],
    )


def give(connection: Connection, ids: list[int], teams: list[int], given_away: list[Given]) -> None:
    connection.executemany(
        "INSERT INTO gesture(uid, ticket_id, team_id, kind, amount, currency, reason, state, made_at, answer)"
        " VALUES(?,?,?,'credit',?,?,'',?,?,'')",
        [
            (new_uid(), None if one.ticket is None else ids[one.ticket], teams[one.team], one.amount, one.currency,
             one.state, one.at)
            for one in given_away
        ],
    )  # fmt: skip


def check_calls(found: Snapshot, called: list[Call], ids: list[int], standing: set[int]) -> None:
    today = [call for call in called if MIDNIGHT <= call.rang < MIDNIGHT + DAY]
    missed = [call for call in today if call.inbound and call.state == "missed"]
    taken = [call for call in today if call.inbound and call.state == "done" and not call.by_hand]
    over = [call for call in today if call.state == "done"]
    in_time = sum(call.waited <= 12 for call in taken)
    rang = len(taken) + len(missed)
    check(found.figures["calls_in_time"], in_time / rang if rang else None, rang, taken + missed, ids, standing)
    check(found.figures["calls_missed"], len(missed), len(missed), missed, ids, standing)
    waited = spread(call.waited * SECOND for call in taken)
    talked = spread(max(0, call.talked - call.held) * SECOND for call in over)
    check(found.figures["call_waiting"], waited.p50, waited.n, taken, ids, standing)
    check(found.figures["call_talk"], talked.p50, talked.n, over, ids, standing)
    assert (found.figures["call_talk"].p90, found.figures["call_waiting"].p90) == (talked.p90, waited.p90)


def check(
    figure: Figure, value: float | None, n: int, called: list[Call], ids: list[int], standing: set[int]
) -> None:  # fmt: skip
    tickets = {ids[call.ticket] for call in called if call.ticket is not None}
    assert (figure.value, figure.n, figure.tickets) == (value, n, len(tickets & standing)), figure.metric


def check_promises(found: Snapshot, promised: list[Promised], ids: list[int], standing: set[int]) -> None:
    cases = [
        one
        for one in promised
        if MIDNIGHT - 6 * DAY <= one.made < MIDNIGHT + DAY
        and (one.state in ("kept", "broken") or (one.state == "open" and one.due < NOW))
    ]
    kept = sum(one.state == "kept" for one in cases)
    figure = found.figures["promises_kept"]
    assert (figure.n, figure.value) == (len(cases), kept / len(cases) if cases else None)
    assert figure.tickets == len({ids[one.ticket] for one in cases} & standing)
    today = [one.state == "kept" for one in cases if one.made >= MIDNIGHT]
    assert figure.trend[-1] == (sum(today) / len(today) if today else None)


def check_gestures(
    found: Snapshot, given_away: list[Given], ids: list[int], teams: list[int], standing: set[int]
) -> None:  # fmt: skip
    # The present is a Monday: the week began at midnight.
    counted = [
        one
        for one in given_away
        if MIDNIGHT <= one.at < MIDNIGHT + 7 * DAY and one.currency == "EUR" and one.state in ("given", "approved")
    ]
    left = [10_000 - sum(one.amount for one in counted if one.team == place) for place in (0, 1)]
    figure = found.figures["gestures_left"]
    assert figure.value == Money(sum(left), "EUR")
    assert [part.value for part in figure.parts] == [Money(each, "EUR") for each in left]
    assert figure.tickets == len({ids[one.ticket] for one in counted if one.ticket is not None} & standing)
    assert figure.n == len(counted)
    waiting = found.figures["gestures_waiting"]
    assert waiting.value == sum(one.state == "waiting" for one in given_away)
    assert [part.key.partition("/")[0] for part in figure.parts] == [str(team) for team in teams]


def check_checklists(
    found: Snapshot, begun: list[Run], ids: list[int], over: dict[int, bool], standing: set[int]
) -> None:  # fmt: skip
    week = [
        run for run in begun if MIDNIGHT - 6 * DAY <= run.at < MIDNIGHT + DAY and ids[run.ticket] in standing
    ]  # fmt: skip
    handled = [run for run in week if {"one", "three"} <= set(run.ticks)]
    ended = [run for run in week if run in handled or over[ids[run.ticket]]]
    whole = [run for run in handled if run.ticks["one"] == run.ticks["three"] == "done"]
    figure = found.figures["checklists"]
    assert (figure.n, figure.value) == (len(ended), len(whole) / len(ended) if ended else None)
    came_to = {
        "three": len(week),
        "three/one": sum(bool({"one", "two", "three"} & set(run.ticks)) for run in week),
        "three/two": sum(bool({"two", "three"} & set(run.ticks)) for run in week),
        "three/three": sum("three" in run.ticks for run in week),
    }
    assert {part.key: part.value for part in figure.parts} == (came_to if week else {})


def test_what_was_given_by_several_teams_is_one_case_each(connection: Connection) -> None:
    rules.write(connection, "gestures", BUDGETS + '[[budget]]\nfor = "team"\namount = "900"\nperiod = "quarter"\n')
    ids, teams = [make_ticket(connection)], [make_team(connection, name) for name in ("Billing", "Tech")]
    give(connection, ids, teams, [Given(0, team, 100, "EUR", "given", NOW) for team in (0, 1, 1)])
    figure = read(connection, NOW, UTC).figures["gestures_left"]
    assert len(figure.parts) == 4
    assert (figure.n, figure.tickets) == (3, 1)


def test_known_answers_are_those_of_today_and_open_their_tickets(connection: Connection) -> None:
    text = "the money is on its way to your bank and stands there within three working days"
    library.replace_or_add(connection, [Snippet("Money back", text, "mb")], NOW)
    snippet = library.snippet_named(connection, "mb").id
    make_agent(connection)
    told, alone, before = make_ticket(connection), make_ticket(connection), make_ticket(connection)
    for ticket, at, body in (
        (told, NOW, text), (alone, NOW, "nobody here has heard of a lamp like that, so send us a picture of it"),
        (before, NOW - 2 * DAY, text),
    ):  # fmt: skip
        message = make_message(connection, ticket, kind="outbound", body=body, at=at)
        connection.execute(
            "INSERT INTO event(deed, kind, at, ticket_id, message_id, data, patch) VALUES(x'00','replied',0,?,?,?,'')",
            (ticket, message, json.dumps({"seconds": 30})),
        )
        if body == text:
            connection.execute(
                "INSERT INTO snippet_use(snippet_id, title, ticket_id, message_id, at, changed, inserted, text)"
                " VALUES(?, 'Money back', ?, ?, ?, 0, ?, ?)",
                (snippet, ticket, message, at, text, text),
            )
    catch_up_all(connection)
    figure = read(connection, NOW, UTC, metrics=["known_answers"]).figures["known_answers"]
    assert (figure.value, figure.n, figure.tickets) == (0.5, 2, 1)
    assert [(part.key, part.label, part.value, part.tickets) for part in figure.parts] == [
        (f"s{snippet}", "Money back", 1, 1)
    ]
    assert tickets_behind(connection, "known_answers", f"s{snippet}", NOW, UTC) == (told,)
    assert tickets_behind(connection, "known_answers", "", NOW, UTC) == (told,)
