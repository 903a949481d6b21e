"""A report as lines for the terminal: within their width, harmless, and whole."""

from dataclasses import replace

import pytest

from desk.reports.report import Chart, Series, Shape, Unit
from tests.desk.reports.examples import empty, example
from widgets.cells import harmless, width
from widgets.report_lines import report_lines


def lines(cells: int, evil: str = "Ana") -> list[str]:
    return ["".join(text for text, _ in line) for line in report_lines(example(evil), cells)]


@pytest.mark.parametrize("cells", [20, 40, 80, 200])
@pytest.mark.parametrize("evil", ["a\x1b[2Jb\u202e", "漢字かな" * 30, "👩‍👩‍👧‍👦" * 9, "x" * 500])
def test_no_line_is_wider_than_it_may_be_or_acts_on_the_terminal(cells: int, evil: str) -> None:
    for line in lines(cells, evil):
        assert width(line) <= cells
        assert harmless(line) == line


def test_figures_say_their_cases_and_formula() -> None:
    text = "\n".join(lines(120))
    assert "99.6 %" in text
    assert "1 case. Ana (calendar hours)" in text


def test_a_table_has_its_numbers_right_below_their_heads() -> None:
    found = lines(120)
    head = next(line for line in found if line.startswith("Name"))
    row = found[found.index(head) + 1]
    assert row.split() == ["Ana", "12,000", "50", "%", "1", "min", "30", "s", "2026-03-02", "09:00", "-12.50", "EUR"]
    assert head.index("Count") + len("Count") == row.index("12,000") + len("12,000")


def test_bars_are_as_long_as_their_values() -> None:
    found = lines(80)
    full, half = (next(line for line in found if line.startswith(label)).count("█") for label in ("Ana  █", "b "))
    assert full == 2 * half


def test_what_nobody_knows_is_a_dash_and_no_nought() -> None:
    chart = Chart(Shape.BARS, "Met", ("known", "unknown"), (Series("s", (0.0, None)),), Unit.SHARE)
    text = ["".join(piece for piece, _ in line).split() for line in report_lines(replace(empty(), charts=(chart,)), 80)]
    assert ["known", "0", "%"] in text
    assert ["unknown", "–"] in text


def test_nothing_is_said_in_words() -> None:
    text = ["".join(piece for piece, _ in line) for line in report_lines(empty(), 80)]
    assert "Nothing in this time." in text
    assert "Kept  –" in text
    assert not any("Over time" in line for line in text)
