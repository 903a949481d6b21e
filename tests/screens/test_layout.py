"""Which panes a terminal shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.layout import Pane, lay_out
from widgets.columns import panes

PANES: tuple[Pane, ...] = ("views", "main", "side")


@pytest.mark.parametrize(("width", "shown"), [(80, ("main",)), (100, ("views", "main")), (200, PANES)])
def test_a_wider_terminal_shows_more_panes(width: int, shown: tuple[Pane, ...]) -> None:
    assert lay_out(width, 30, reading=False, front="main").panes == shown


@pytest.mark.parametrize(("width", "shown"), [(80, ("main",)), (110, ("main", "side")), (160, PANES)])
def test_an_open_ticket_has_its_customer_beside_it(width: int, shown: tuple[Pane, ...]) -> None:
    assert lay_out(width, 30, reading=True, front="main").panes == shown


def test_the_preview_needs_room_below_the_list() -> None:
    assert lay_out(120, 24, reading=False, front="main").preview == 0
    assert lay_out(80, 40, reading=False, front="main").preview > 0
    assert lay_out(200, 60, reading=False, front="main").preview > 20
    assert lay_out(200, 60, reading=True, front="main").preview == 0


def test_a_fixed_layout_shows_at_most_so_many_panes() -> None:
    assert lay_out(200, 60, reading=False, front="main", layout="one").panes == ("main",)
    assert lay_out(200, 60, reading=False, front="main", layout="two").panes == ("views", "main")
    assert lay_out(200, 60, reading=False, front="side", layout="two").panes == ("main", "side")


@given(
    width=st.integers(1, 400), height=st.integers(1, 120), reading=st.booleans(), front=st.sampled_from(PANES),
    layout=st.sampled_from(("auto", "one", "two", "three")),
)  # fmt: skip
def test_the_panes_fill_the_width_and_the_one_with_the_keys_is_there(
    width: int, height: int, reading: bool, front: Pane, layout: str
) -> None:
    shown = lay_out(width, height, reading=reading, front=front, layout=layout)
    assert shown.views + shown.main + shown.side == width
    assert front in shown.panes
    assert 0 <= shown.preview < height


@given(st.integers(1, 400))
def test_the_queue_has_the_first_paints_panes(width: int) -> None:
    shown = lay_out(width, 24, reading=False, front="main")
    assert (shown.views, shown.main, shown.side) == tuple(panes(width))
