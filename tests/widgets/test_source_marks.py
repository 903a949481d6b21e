"""The letters of sources: two cells, no two alike, and the older one keeps its own."""

from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from widgets.cells import width
from widgets.source_marks import CELLS, source_marks


def test_marks_are_the_letters_that_a_name_begins_with() -> None:
    assert source_marks([(1, "support"), (2, "Request Tracker"), (5, "zendesk"), (6, "zammad-eu")]) == {
        1: "su", 2: "rt", 5: "ze", 6: "za",
    }  # fmt: skip
    assert source_marks([(1, "sales"), (2, "sales 2"), (3, "sales")]) == {1: "sa", 2: "s2", 3: "sl"}


def test_one_source_needs_no_mark() -> None:
    assert source_marks([]) == source_marks([(3, "support")]) == {}


@given(st.lists(st.text(), min_size=2, max_size=40))
def test_no_two_are_alike_and_each_fills_its_cells(names: list[str]) -> None:
    marks = source_marks(enumerate(names))
    assert len(set(marks.values())) == len(names)
    assert {width(mark) for mark in marks.values()} == {CELLS}
    assert all(mark.isprintable() and mark.strip() == mark for mark in marks.values())


@given(st.lists(st.text(max_size=9), min_size=3, max_size=12))
def test_one_more_source_changes_no_other_mark(names: list[str]) -> None:
    before, after = source_marks(enumerate(names[:-1])), source_marks(enumerate(names))
    assert before.items() <= after.items()


def test_a_name_that_would_act_on_a_terminal_has_a_mark_that_does_not() -> None:
    for _, text in HOSTILE:
        for mark in source_marks([(1, text), (2, text)]).values():
            assert mark.isprintable()
            assert width(mark) == CELLS
