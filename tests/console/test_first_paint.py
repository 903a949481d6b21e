"""The first picture: every line in its place and width, the same row as the list's, nothing of a stranger's in it."""

import re

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.first_paint import COLOURS, EMPTY, MONOCHROME, paint, palette
from screens.layout import lay_out
from storage.first_page import FirstPage, FirstRow, FirstView
from tests.hostile import HOSTILE
from widgets.cells import width
from widgets.columns import cells, columns

NOW = 1_772_442_000_000_000
HOUR = 3_600_000_000
OWN = re.compile(r"\x1b\[(?:[0-9]+;1H|[0-9;]*m)")
ROW = FirstRow(1, 1042, "Refund for order 8841", 0, 1, "email", "Ana Ruiz", "", 0, 1, NOW, NOW + HOUR, None)
VIEWS = (FirstView(1, "Mine", 12, True), FirstView(2, "Unassigned", None, False))
PAGE = FirstPage("Mine", 12, VIEWS, (ROW, ROW._replace(customer="李伟", subject="日本語の件名")), "j/k move  ? keys")


def screen(picture: str, across: int, down: int) -> list[str]:
    drawn = pyte.Screen(across, down)
    drawn.set_mode(pyte.modes.DECAWM)
    pyte.Stream(drawn).feed(picture)
    return [str(line) for line in drawn.display]


def test_a_wide_terminal_shows_views_tickets_and_room_for_the_customer() -> None:
    lines = screen(paint(PAGE, 140, 10, COLOURS, NOW), 140, 10)
    assert lines[0].startswith(" Heard  Queue · Mine 12 ")
    assert lines[1].startswith("┌ Views ──")
    assert "┬ Tickets ──" in lines[1]
    assert "┬ Customer ──" in lines[1]
    assert lines[2].startswith("│›1 Mine           12   │ ●         1:00 ✉ ")
    assert lines[3].startswith("│ 2 Unassigned          │")
    assert lines[8].startswith("└──")
    assert lines[9].startswith(" j/k move  ? keys")


def test_a_narrow_terminal_shows_the_tickets_alone() -> None:
    lines = screen(paint(PAGE, 80, 24, COLOURS, NOW), 80, 24)
    assert lines[1].startswith("┌ Tickets ──")
    assert lines[2].endswith("│")
    assert "Refund for order 8841" in lines[2]


def test_a_row_is_the_list_s_row() -> None:
    lines = screen(paint(PAGE, 80, 24, MONOCHROME, NOW), 80, 24)
    assert lines[2] == "│ " + "".join(text for text, _ in cells(ROW, columns(76), NOW)) + " │"


def test_with_several_sources_a_row_has_the_mark_of_its_own() -> None:
    page = PAGE._replace(rows=(ROW._replace(source_id=2), ROW), sources=((1, "support"), (2, "rt")))
    lines = screen(paint(page, 80, 24, MONOCHROME, NOW), 80, 24)
    assert lines[2].startswith("│ ●         1:00 ✉ rt Ana Ruiz ")
    assert lines[3].startswith("│ ●         1:00 ✉    Ana Ruiz ")
    one = screen(paint(page._replace(sources=((2, "rt"),)), 80, 24, MONOCHROME, NOW), 80, 24)
    assert one[2].startswith("│ ●         1:00 ✉ Ana Ruiz ")


def test_a_tall_terminal_keeps_the_room_of_the_preview() -> None:
    page = PAGE._replace(rows=(ROW,) * 40)
    lines = screen(paint(page, 120, 40, COLOURS, NOW), 120, 40)
    preview = lay_out(120, 40, reading=False, front="main").preview
    assert preview
    assert lines[38 - preview - 1].startswith("│                       │ Preview ──")
    assert sum("Refund" in line for line in lines) == 40 - 4 - preview - 1


def test_nothing_remembered_paints_the_frame() -> None:
    lines = screen(paint(EMPTY, 80, 5, COLOURS, NOW), 80, 5)
    assert [line[:6].rstrip() for line in lines] == [" Heard", "┌ Tick", "│", "└─────", ""]


@given(st.integers(1, 220), st.integers(1, 60), st.text(), st.text())
def test_every_line_has_the_terminal_s_width(across: int, down: int, subject: str, name: str) -> None:
    page = PAGE._replace(
        title=name,
        footer=subject,
        rows=(ROW._replace(subject=subject, customer=name),) * 3,
        views=(FirstView(1, name, 7, True),),
    )
    picture = OWN.sub("\n", paint(page, across, down, {}, NOW))
    lines = picture.split("\n")[1:]
    assert len(lines) == (1 if down < 4 or across < 10 else down)
    assert {width(line) for line in lines} == {across}


@pytest.mark.parametrize(("name", "text"), HOSTILE)
def test_hostile_text_cannot_act(name: str, text: str) -> None:
    rows = (ROW._replace(subject=text, customer=text, assignee=text, channel=text),) * 2
    page = FirstPage(text, 1, (FirstView(1, text, 1, True),), rows, text)
    left = OWN.sub("", paint(page, 140, 12, COLOURS, NOW))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    picture = paint(PAGE, 140, 10, palette(), NOW)
    assert not re.search(r"\x1b\[[0-9;]*[34][0-9]m", picture)
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[1;36m Heard" in paint(PAGE, 140, 10, palette(), NOW)
