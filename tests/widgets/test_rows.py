"""The queue's list: a key draws two lines whatever the count, and the cursor stays on its ticket."""

from array import array
from collections.abc import Sequence

import pytest
from rich.segment import Segment
from textual.strip import Strip

from desk.records import TicketRow
from desk.times import DAY
from tests.hostile import HOSTILE
from tests.rest import settled
from tests.widgets.stage import NOW, Stage, assert_harmless, clock, drawn, text_of, ticket
from widgets.columns import cells, columns
from widgets.inks import fit_pieces, pieces_width
from widgets.rowcache import PAGE
from widgets.rows import LineList, RowView
from widgets.ticket_line import Look, draw_ticket

MILLION = 1_000_000


class Counting(RowView):
    """Counts what it draws and reads."""

    def __init__(self, count: int) -> None:
        super().__init__(self.read, clock=clock)
        self.lines = self.reads = 0
        self.keys = array("q", range(1, count + 1))

    def read(self, start: int, count: int) -> Sequence[TicketRow]:
        self.reads += 1
        return [ticket(key) for key in self.keys[start : start + count]]

    def render_line(self, y: int) -> Strip:
        self.lines += 1
        return super().render_line(y)


def cursor(view: RowView) -> object:
    return view.cursor_id


def chosen(view: RowView) -> list[object]:
    return list(view.chosen)


def queue(count: int) -> Counting:
    return Counting(count)


@pytest.mark.parametrize("count", [1_000, MILLION])
async def test_a_cursor_key_draws_two_lines_and_reads_nothing(count: int) -> None:
    view = queue(count)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        await pilot.pause()
        view.lines = view.reads = 0
        view.move(1)
        await pilot.pause()
        assert (view.lines, view.reads) == (2, 0)
        view.end()
        await pilot.pause()
        assert view.index == count - 1
        assert view.reads <= 2
        view.lines = view.reads = 0
        view.move(-1)
        await pilot.pause()
        assert (view.lines, view.reads) == (2, 0)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_a_cursor_key_writes_at_most_a_kilobyte(width: int) -> None:
    view = queue(MILLION)
    app = Stage(view)
    async with app.test(width, 60):
        view.show(view.keys)
        view.focus()
        await settled(app)
        app.written.clear()
        view.move(1)
        await settled(app)
        assert 0 < len("".join(app.written).encode()) <= 1_000


async def test_the_cursor_stays_on_its_ticket_when_new_ones_come() -> None:
    view = queue(500)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        view.go_to(200)
        await pilot.pause()
        top = view.index - view.scroll_offset.y
        view.keys = array("q", [900, 901, *range(1, 501)])
        view.show(view.keys)
        await pilot.pause()
        assert view.cursor_id == 200
        assert view.index == 201
        assert view.index - view.scroll_offset.y == top, "nor does it move on the screen"
        told = [message.key for message in app.told(LineList.CursorMoved)]
        assert told[-1] == 200


async def test_where_its_ticket_is_gone_the_cursor_stays_at_its_place() -> None:
    view = queue(10)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        view.go_to(5)
        view.keys = array("q", [1, 2, 3, 4, 6, 7])
        view.show(view.keys)
        await pilot.pause()
        assert cursor(view) == 6
        view.show(array("q"))
        await pilot.pause()
        assert cursor(view) is None
        assert "No tickets here" in text_of(drawn(app))


@pytest.mark.parametrize("size", [(80, 24), (30, 6)])
async def test_why_a_list_is_empty_is_told_whole(size: tuple[int, int]) -> None:
    words = "Nothing is to be done. L on a ticket makes a task, and so does HEARD's last step, Diagnose."
    view = LineList[str](lambda row, _cells, _look: [(row, "plain")], key=lambda row: row, empty=words)
    app = Stage(view)
    async with app.run_test(size=size) as pilot:
        view.show_rows([])
        await pilot.pause()
        assert words in " ".join(text_of(drawn(app)).split())


async def test_a_page_on_its_way_shows_dots_then_rows() -> None:
    view = RowView(lambda start, count: None, clock=clock)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(range(1, 100))
        await pilot.pause()
        assert text_of(drawn(app)).split("\n")[0].strip() == "…"
        view.page_read(0, [ticket(key) for key in range(1, PAGE + 1)])
        await pilot.pause()
        assert "Refund for order 8841" in drawn(app)[0].text


async def test_selection_of_one_range_and_all() -> None:
    view = queue(20)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        assert chosen(view) == [1]
        view.toggle()
        view.move(3)
        view.select_range()
        assert chosen(view) == [1, 2, 3, 4]
        await pilot.pause()
        assert [strip.text[0] for strip in drawn(app)[:5]] == ["■", "■", "■", "■", "○"]
        view.show(array("q", [2, 3, 50]))
        assert view.selected == {2, 3}
        view.select_all()
        assert view.selected == {2, 3, 50}
        view.clear_selection()
        await pilot.pause()
        assert [message.count for message in app.told(LineList.SelectionChanged)] == [1, 4, 2, 3, 0]


async def test_the_mouse_moves_opens_and_selects() -> None:
    view = queue(50)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        await pilot.pause()
        await pilot.click(view, offset=(10, 4))
        assert view.cursor_id == 5
        await pilot.click(view, offset=(10, 7), shift=True)
        assert view.selected == {5, 6, 7, 8}
        await pilot.click(view, offset=(10, 5), control=True)
        assert view.selected == {5, 7, 8}
        await pilot.click(view, offset=(10, 2), times=2)
        assert [message.key for message in app.told(LineList.Opened)] == [3]
        await pilot.click(view, offset=(10, 23))
        assert view.cursor_id == 24


async def test_the_cursor_stays_in_sight_on_a_smaller_screen() -> None:
    view = queue(50)
    app = Stage(view)
    view.show(view.keys)
    view.go_to(12)
    async with app.test(80, 24) as pilot:
        await pilot.pause()
        assert view.scroll_offset.y <= 11 < view.scroll_offset.y + 24
        await pilot.resize_terminal(80, 5)
        await settled(app)
        assert view.scroll_offset.y <= 11 < view.scroll_offset.y + 5


async def test_arrows_move_the_cursor() -> None:
    view = queue(50)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        view.focus()
        await pilot.press("down", "down", "up", "pagedown")
        assert view.cursor_id == 25
        await pilot.press("end")
        assert view.cursor_id == 50


async def test_the_terminals_cursor_stands_on_the_row() -> None:
    view = queue(50)
    app = Stage(view)
    async with app.test() as pilot:
        view.show(view.keys)
        view.focus()
        await pilot.pause()
        view.move(7)
        assert app.cursor_position == (0, 7)
        view.end()
        assert app.cursor_position == (0, 23)


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
@pytest.mark.parametrize("width", [20, 80, 150])
def test_a_hostile_ticket_is_drawn_as_text(text: str, width: int) -> None:
    row = ticket(subject=text, preview=text, customer=text, assignee=text, tags=(text, text), channel=text)
    pieces = fit_pieces(draw_ticket(row, width, Look(selected=True), clock=clock), width)
    assert pieces_width(pieces) == width
    assert_harmless([Strip([Segment(piece) for piece, _ in pieces])], width)


async def test_markup_in_a_subject_is_shown_as_it_was_written() -> None:
    view = RowView(lambda start, count: None, clock=clock)
    app = Stage(view)
    async with app.test(100, 10) as pilot:
        rows = [ticket(number, subject=text[:200]) for number, (_, text) in enumerate(HOSTILE[:9], 1)]
        view.show([row.id for row in rows], rows)
        await pilot.pause()
        strips = drawn(app)
        assert_harmless(strips, 100)
        assert "[bold red]look" in text_of(strips)
        assert "[@click=app.bell]press me" in text_of(strips)


def test_marks_stand_beside_the_subject() -> None:
    row = ticket(subject="Where is it?", contacts=3, promised_at=NOW + DAY, tags=("refund", "vip"))
    text = "".join(piece for piece, _ in draw_ticket(row, 100, Look(), clock=clock))
    assert text.index("Where is it?") < text.index("↻3") < text.index("◆") < text.index("refund") < text.index("vip")


def test_a_long_subject_keeps_the_room_and_marks_give_way() -> None:
    row = ticket(subject="x" * 200, contacts=3, tags=("refund",))
    text = "".join(piece for piece, _ in draw_ticket(row, 80, Look(), clock=clock))
    assert "↻3" not in text
    assert "refund" not in text
    assert len(text) == 80


def test_the_preview_is_in_wide_lists_only() -> None:
    row = ticket(preview="It hasn't come yet")
    assert "hasn't" not in "".join(piece for piece, _ in draw_ticket(row, 80, Look(), clock=clock))
    assert "hasn't" in "".join(piece for piece, _ in draw_ticket(row, 160, Look(), clock=clock))


@pytest.mark.parametrize("width", [20, 40, 79, 99, 120, 200])
def test_every_column_stands_where_the_first_paint_put_it(width: int) -> None:
    row = ticket(subject="Where is it?", contacts=3, promised_at=NOW + DAY, tags=("refund", "vip"), unread=True)
    layout = columns(width)
    painted = [text for text, _ in cells(row, layout, NOW)]
    live = "".join(text for text, _ in draw_ticket(row, width, Look(), clock=clock))
    place = 0
    for number, text in enumerate(painted):
        if number % 2 == 0 and layout[number // 2].name == "subject":
            assert live[place:].startswith(text.rstrip())
        else:
            assert live[place : place + len(text)] == text
        place += len(text)
    assert place == len(live) == width
