"""What tiles and the explanation say of a figure: its own words, what changed, who should look, and why."""

from dataclasses import replace
from datetime import UTC

import pytest

from desk.boards import Board, Form, TilePlan, lines_of, parse_boards, placed
from desk.metrics.metric import Split
from desk.metrics.registry import METRICS
from desk.metrics.snapshot import Figure, Part, Reported, Snapshot
from desk.money import Money
from desk.presence import Attendance, State
from desk.reports.report import Cell
from desk.times import HOUR, MINUTE, SECOND
from screens.board_lines import NEWS_FOR, News, Reading, listed, news_of, tile_facts
from screens.explanation import explained
from storage import content
from tests.factories import NOW
from tests.widgets.stage import ticket
from widgets.tiles import Level, TileFacts, part_at, tile_lines

SPLIT = (Part("1", "Sales", 30, 30, 30), Part("0", "No team", 10, 10, 10))
BACKLOG = Figure("open", 40, 40, 40, before=52.0, parts=SPLIT)
WAIT = Figure("first_response", 5 * MINUTE, 1200, 1190, mean=9.5 * MINUTE, p50=5 * MINUTE, p90=2 * HOUR,
              parts=(Part("1", "Email", 5 * MINUTE, 900, 890, p50=5 * MINUTE, p90=3 * HOUR),))  # fmt: skip
LEVEL = Figure("first_level", 0.8, 50, 48, parts=(Part("1", "Email", 0.7, 40, 40), Part("2", "Chat", 1.0, 10, 9)))


def snapshot(*figures: Figure, at: int = NOW) -> Snapshot:
    return Snapshot(at, {each.metric: each for each in figures})


def facts(plan: TilePlan, *figures: Figure, news: News | None = None, team: tuple[Attendance, ...] = ()) -> TileFacts:
    reading = Reading(snapshot(*figures), team=team)
    return tile_facts(plan, METRICS, reading, {plan.metric: news} if news else {}, UTC)


def test_a_tile_has_the_figures_own_words_and_its_cases() -> None:
    told = facts(TilePlan("first_response", Form.SPARKLINE), WAIT)
    assert (told.title, told.words) == ("First response", "5 min")
    assert told.notes[0] == "half within; 9 of 10 2 h · 1,200 cases"
    assert told.notes[-1] == "9 of 10 2 h"
    assert facts(TilePlan("open", Form.NUMBER, "On us"), BACKLOG).title == "On us"
    assert facts(TilePlan("open", Form.NUMBER), BACKLOG).notes == ("52 a week ago",)
    assert facts(TilePlan("open", Form.NUMBER), replace(BACKLOG, before=None)).notes == (
        "Sales 30 · No team 10", "Sales 30",
    )  # fmt: skip
    alone = replace(BACKLOG, before=None, parts=SPLIT[:1])
    assert facts(TilePlan("open", Form.NUMBER), alone).notes == ()
    waiting = Figure("waiting", 4, 4, 4, p50=HOUR, parts=SPLIT)
    assert facts(TilePlan("waiting", Form.NUMBER), waiting).notes == ("half of them for 1 h", "half 1 h")
    assert facts(TilePlan("first_level", Form.NUMBER), LEVEL).notes[0] == "50 cases"


def test_without_a_value_it_says_why_and_never_nought() -> None:
    none = Figure("first_response_business", None, 0, 0, why_not="your targets have no hours")
    told = facts(TilePlan("first_response_business", Form.NUMBER), none)
    assert (told.words, told.empty) == ("–", "your targets have no hours")
    told = facts(TilePlan("first_response", Form.NUMBER), Figure("first_response", None, 0, 0))
    assert (told.words, told.empty) == ("–", "none in 7 days")
    assert facts(TilePlan("calls_in_time", Form.NUMBER), Figure("calls_in_time", None, 0, 0)).empty == "nothing today"
    assert facts(TilePlan("late", Form.NUMBER), Figure("late", 0, 0, 0)).empty == ""
    assert facts(TilePlan("late", Form.LIST), Figure("late", 0, 0, 0)).empty == "nothing now"
    assert facts(TilePlan("late", Form.NUMBER)).empty == "not counted yet"


@pytest.mark.parametrize(
    ("metric", "value", "level"),
    [
        ("late", 4, Level.CALM), ("late", 5, Level.WARN), ("late", 11, Level.WARN), ("late", 12, Level.ALARM),
        ("first_level", 13.0, Level.CALM), ("first_level", 12.0, Level.ALARM), ("first_level", 7.0, Level.ALARM),
        ("late", None, Level.CALM),
    ],
)  # fmt: skip
def test_a_threshold_is_met_upwards_and_where_more_is_better_downwards(metric: str, value: Cell, level: Level) -> None:
    plan = TilePlan(metric, Form.NUMBER, warn=5 if metric == "late" else None, alarm=12)
    assert facts(plan, Figure(metric, value, 1, 1)).level is level


def test_what_changed_is_told_for_a_while_and_from_where_it_began() -> None:
    old, new = snapshot(replace(BACKLOG, value=40)), snapshot(replace(BACKLOG, value=43), at=NOW + SECOND)
    assert news_of({}, None, old) == {}
    first = news_of({}, old, new)
    plan = TilePlan("open", Form.NUMBER)
    assert facts(plan, BACKLOG, news=first["open"]).news == "▲3"
    further = news_of(first, new, snapshot(replace(BACKLOG, value=38), at=NOW + 2 * SECOND))
    assert facts(plan, BACKLOG, news=further["open"]).news == "▼2"
    back = news_of(further, new, snapshot(replace(BACKLOG, value=40), at=NOW + 3 * SECOND))
    assert facts(plan, BACKLOG, news=back["open"]).news == ""
    same = snapshot(replace(BACKLOG, value=38), at=NOW + 2 * SECOND + NEWS_FOR)
    assert news_of(further, replace(same, at=NOW + 2 * SECOND), same) == {}
    none = snapshot(replace(BACKLOG, value=None), at=NOW + SECOND)
    assert facts(plan, BACKLOG, news=news_of({}, old, none)["open"]).news == ""


def test_bars_of_shares_are_against_the_whole_and_others_against_the_longest() -> None:
    shares = facts(TilePlan("first_level", Form.BARS, warn=0.9, alarm=0.5), LEVEL)
    assert [(part.label, part.words, part.share, part.level) for part in shares.parts] == [
        ("Email", "70 %", 0.7, Level.WARN), ("Chat", "100 %", 1.0, Level.CALM),
    ]  # fmt: skip
    assert [part.share for part in facts(TilePlan("open", Form.BARS), BACKLOG).parts] == [1, pytest.approx(1 / 3)]
    money = Figure("gestures_left", Money(150, "EUR"), 2, 2, parts=(
        Part("1", "Sales", Money(100, "EUR"), 1, 1), Part("2", "Care", Money(-50, "EUR"), 1, 1)))  # fmt: skip
    told = facts(TilePlan("gestures_left", Form.BARS), money)
    assert [(part.words, part.share) for part in told.parts] == [("1 EUR", 1.0), ("-0.50 EUR", 0.0)]


def test_a_funnel_is_told_in_counts() -> None:
    steps = (Part("1", "Hear", 20, 20, 20), Part("2", "Resolve", 5, 5, 5))
    told = facts(TilePlan("checklists", Form.BARS), Figure("checklists", 0.25, 20, 20, parts=steps))
    assert (told.words, [(part.words, part.share) for part in told.parts]) == ("25 %", [("20", 1), ("5", 0.25)])


def test_agents_stand_with_their_load_and_what_they_do_also_who_has_nothing() -> None:
    load = Figure("load", 7, 7, 7, parts=(Part("1", "Ana Bell", 5, 5, 5), Part("2", "Bo Lind", 2, 2, 2)))
    team = (
        Attendance(1, "ana", "Ana Bell", State.CALL, NOW - 12 * MINUTE),
        Attendance(3, "cy", "Cy Moss", State.AWAY, NOW - HOUR, "lunch"),
        Attendance(4, "di", "Di Nox", State.OFFLINE, NOW - HOUR),
        Attendance(5, "ed", "Ed Orr", State.AVAILABLE, NOW - 59 * SECOND),
    )
    told = facts(TilePlan("load", Form.LIST), load, team=team)
    assert [(part.key, part.label, part.words, part.note) for part in told.parts] == [
        ("1", "Ana Bell", "5", "on a call 12m"), ("2", "Bo Lind", "2", ""), ("3", "Cy Moss", "0", "away 1h, lunch"),
        ("5", "Ed Orr", "0", "available"),
    ]  # fmt: skip


def test_a_list_of_tickets_says_who_what_and_when() -> None:
    rows = (
        ticket(1, due_at=NOW - 5 * MINUTE, assignee=""),
        ticket(2, due_at=NOW + 90 * MINUTE, customer=""),
        ticket(3, due_at=None),
    )
    reading = Reading(snapshot(Figure("due_hour", 3, 3, 3)), {"due_hour": rows})
    told = tile_facts(TilePlan("due_hour", Form.LIST), METRICS, reading, {}, UTC)
    assert [(part.key, part.label, part.note, part.words, part.level) for part in told.parts] == [
        ("1", "#1001 Ana Ruiz · Refund for order 8841", "nobody", "late 0:05", Level.ALARM),
        ("2", "#1002 Refund for order 8841", "Mara", "1:30", Level.CALM),
        ("3", "#1003 Ana Ruiz · Refund for order 8841", "Mara", "", Level.CALM),
    ]


@pytest.mark.parametrize("height", [3, 50])
def test_a_list_says_how_many_more_there_are_than_were_read(height: int) -> None:
    plan, late = TilePlan("late", Form.LIST), Figure("late", 201, 201, 201)
    rows = tuple(ticket(number, due_at=NOW) for number in range(40))
    told = tile_facts(plan, METRICS, Reading(snapshot(late), {"late": rows}), {}, UTC)
    for part in (None, 0, 39):
        lines = ["".join(words for words, _ in line.pieces) for line in tile_lines(told, 60, height, part)]
        first = max(0, (part or 0) - 1) if height == 3 else 0
        shown = min(height - 1, 40)
        assert lines[shown].strip() == format(201 - first - shown) + " more below"
        assert part_at(told, height, part, shown - 1) == first + shown - 1
        assert part_at(told, height, part, shown) is None


def test_a_chart_has_both_lines_and_ends_where_nothing_has_come_yet() -> None:
    hours = tuple(Part(format(hour, "02"), format(hour, "02"), hour if hour < 3 else None, 1, 1) for hour in range(6))
    arrived, solved = Figure("arrived", 3, 3, 3, parts=hours), Figure("solved", 3, 3, 3, parts=hours)
    told = facts(TilePlan("arrived", Form.CHART, beside="solved"), arrived, solved)
    assert [each.name for each in told.lines] == ["Came in", "Solved"]
    assert list(told.lines[0].values) == [0, 1, 2, None, None, None]
    assert list(told.labels) == ["00", "01", "02", "03", "04", "05"]
    assert len(facts(TilePlan("arrived", Form.CHART, beside="solved"), arrived).lines) == 1


def test_the_starter_boards_name_known_numbers_and_list_tickets_where_they_can() -> None:
    boards = parse_boards(content.read("boards.toml"), "boards.toml", METRICS)
    assert [board.title for board in boards] == ["Now", "Answers", "Craft"]
    assert listed(boards[0], METRICS) == ("due_hour",)
    assert METRICS["load"].split is Split.AGENT


@pytest.mark.parametrize("size", [(80, 21), (120, 33)])
def test_where_there_is_nothing_its_reason_is_whole_on_any_terminal(size: tuple[int, int]) -> None:
    for board in parse_boards(content.read("boards.toml"), "boards.toml", METRICS):
        for tile, place in placed(lines_of(board, *size)).items():
            plan = board.tiles[tile]
            empty = Figure(plan.metric, None, 0, 0, trend=(None,) * 28)
            drawn = tile_lines(tile_facts(plan, METRICS, Reading(snapshot(empty)), {}, UTC), place.width, place.height)
            text = "\n".join("".join(words for words, _ in line.pieces) for line in drawn)
            assert "no" in text
            assert "…" not in text


@pytest.mark.parametrize("size", [(80, 21), (120, 33), (200, 57)])
def test_on_any_terminal_median_and_nine_of_ten_stand_together_and_all_of_a_starter_board_is_in_sight(
    size: tuple[int, int],
) -> None:
    long = replace(WAIT, value=18 * HOUR + 52 * MINUTE, p90=29 * HOUR + 27 * MINUTE, trend=(1.0,) * 7)
    reading = snapshot(long, replace(long, metric="next_response"))
    for board in parse_boards(content.read("boards.toml"), "boards.toml", METRICS):
        lines = lines_of(board, *size)
        assert sum(line.height + 1 for line in lines) + 1 <= size[1]
        for tile, place in placed(lines).items():
            plan = board.tiles[tile]
            if plan.metric in reading.figures and plan.form is Form.SPARKLINE:
                drawn = tile_lines(tile_facts(plan, METRICS, Reading(reading), {}, UTC), place.width, place.height)
                text = "\n".join("".join(words for words, _ in line.pieces) for line in drawn)
                assert "9 of 10 29 h 27 min" in text
                assert "18 h 52 min" in text or place.height > 2


def test_every_form_of_every_number_is_drawn_of_any_figure() -> None:
    for metric in METRICS:
        for form in Form:
            board = Board("b", ((TilePlan(metric, form),),))
            assert tile_facts(board.tiles[0], METRICS, Reading(snapshot()), {}, UTC).empty


# The explanation


def told_of(figure: Figure, cells: int = 80) -> str:
    return "\n".join(
        "".join(text for text, _ in pieces) for pieces, _ in explained(METRICS[figure.metric], figure, UTC, cells)
    )


@pytest.mark.parametrize("cells", [30, 80])
@pytest.mark.parametrize("metric", METRICS)
def test_an_explanation_answers_every_question_in_any_width(metric: str, cells: int) -> None:
    each = METRICS[metric]
    told = " ".join(told_of(Figure(metric, 1, 5, 4), cells).split())
    for text in (each.formula, each.starts, each.stops, each.credited, each.left_out, each.clock, each.window.value):
        assert text in told
    assert "5 cases" in told
    assert "4 tickets; Enter opens them: " + each.behind in told


def test_an_explanation_has_median_ninety_and_mean_and_each_part() -> None:
    told = told_of(WAIT)
    assert "Half within         5 min" in told
    assert "Nine of ten within  2 h" in told
    assert "Mean                9 min 30 s" in told
    assert "By channel" in told
    assert "Email  5 min  nine of ten 3 h · 900 cases" in told


def test_how_long_those_who_are_counted_have_waited_is_told_as_spans() -> None:
    told = told_of(Figure("waiting", 45, 45, 45, mean=16.5 * HOUR, p50=2 * HOUR, p90=30 * HOUR))
    assert "Waiting for us  45" in told
    assert "Half within         2 h" in told
    assert "Nine of ten within  30 h" in told
    assert "Mean                16 h 30 min" in told


def test_what_is_compared_says_what_it_was_a_week_ago() -> None:
    assert "A week ago          9" in told_of(Figure("arrived", 19, 19, 19, before=9.0))
    assert "A week ago" not in told_of(Figure("arrived", 19, 19, 19))


def test_where_no_time_is_measured_the_clock_says_so() -> None:
    assert METRICS["backlog_team"].clock == ""
    assert "Clock               none: no time is measured" in told_of(Figure("backlog_team", 1, 1, 1))


def test_what_the_sources_report_stands_beside_what_was_counted() -> None:
    told = told_of(replace(WAIT, reported=(Reported("Zendesk", 7 * MINUTE, 1100),)))
    assert "Counted here        5 min of 1,200 cases" in told
    assert "Says Zendesk        7 min of 1,100 cases" in told
    assert "Counted here" not in told_of(WAIT)
