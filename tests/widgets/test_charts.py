"""Drawings of figures: right in height and width whatever is in them, and nothing of a stranger's acts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import FORBIDDEN, HOSTILE
from widgets.cells import width
from widgets.charts import Plotted, plot
from widgets.inks import Piece
from widgets.steps import bar, sparkline

HOURS = tuple(format(hour, "02") for hour in range(24))
ARRIVED = (0, 0, 1, 0, 2, 5, 9, 14, 22, 30, 28, 25, 19, 24, 22, 18, 12, 9, 5, 4, 3, 2, 1, 0)


def text(line: list[Piece]) -> str:
    return "".join(words for words, _ in line)


def test_a_sparkline_has_a_step_for_each_value_and_a_gap_for_none() -> None:
    assert sparkline((0, 1, 4, 8, None, 8), 10) == " ▂▅█ █"
    assert sparkline((1, 9, 1, 1), 2) == "█▁"
    assert sparkline((), 5) == ""


@given(st.lists(st.floats(0, 1e12) | st.none(), max_size=60), st.integers(1, 40))
def test_a_sparkline_never_leaves_its_room(values: list[float | None], room: int) -> None:
    assert len(sparkline(values, room)) <= room


@pytest.mark.parametrize(("share", "drawn"), [(0, ""), (0.001, "▏"), (0.5, "█████"), (0.55, "█████▌"), (9, "█" * 10)])
def test_a_bar_is_as_long_as_its_share_and_never_invisible(share: float, drawn: str) -> None:
    assert bar(share, 10) == drawn


def test_a_chart_has_legend_scale_and_hours() -> None:
    solved = (*ARRIVED[:12], *(None,) * 12)
    lines = [text(line) for line in plot([Plotted("Arrived", ARRIVED, "agent"), Plotted("Solved", solved, "good")],
                                         HOURS, 60, 12)]  # fmt: skip
    assert lines[0].split() == ["▞▞", "Arrived", "••", "Solved"]
    assert lines[1].startswith("30┤")
    assert lines[10].startswith(" 0┤")
    assert lines[11].split() == list(HOURS[::2])
    # The busiest hour is at the top, and a quiet night at the bottom.
    assert lines[1].strip("30┤ ")
    assert lines[10].endswith("▄")


def test_where_nothing_has_come_yet_a_line_ends() -> None:
    drawn = plot([Plotted("Solved", (4, 4, 4, *(None,) * 9), "good")], HOURS[:12], 60, 8)
    rows = [text(line)[4:] for line in drawn[1:-1]]
    assert any(row.strip() for row in rows)
    assert all(not row[20:].strip() for row in rows)


def test_two_lines_are_told_apart_without_colours() -> None:
    alike = (5,) * 24
    lines = plot([Plotted("a", alike, "agent"), Plotted("b", (2,) * 24, "good")], HOURS, 60, 10)
    signs = ["".join(text(line)[4:].split()) for line in lines[1:-1]]
    first, second = (set(each) for each in signs if each)
    assert first
    assert not first & second


def test_where_there_is_no_value_there_is_a_gap() -> None:
    lines = plot([Plotted("a", (4.0, 4.0, None, None, 4.0, 4.0), "agent")], (), 40, 6)
    drawn = [text(line) for line in lines[1:-1]]
    assert not "".join(row[18:24] for row in drawn).strip()
    assert "".join(row[28:] for row in drawn).strip()


def test_a_chart_is_as_wide_as_it_is_asked_to_be_on_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    lines = plot([Plotted("a", ARRIVED, "agent")], HOURS, 300, 10)
    assert {width(text(line)) for line in lines[1:-1]} == {299}
    assert text(lines[-2])[280:].strip()


values = st.lists(st.floats(0, 1e9) | st.none(), max_size=30).map(tuple)
names = st.text(max_size=40) | st.sampled_from([words for _, words in HOSTILE])


@settings(max_examples=40)
@given(st.lists(st.tuples(names, values), min_size=1, max_size=2), st.lists(names, max_size=30), st.integers(4, 120),
       st.integers(1, 30))  # fmt: skip
def test_whatever_stands_in_a_chart_stays_in_its_room_and_harmless(
    series: list[tuple[str, tuple[float | None, ...]]], labels: list[str], cells: int, height: int
) -> None:
    lines = plot([Plotted(name, each, "good") for name, each in series], labels, cells, height)
    assert len(lines) <= height
    for line in lines[1:]:
        assert width(text(line)) <= max(cells, len("too small to draw"))
    assert not FORBIDDEN & set("".join(map(text, lines)))
