"""Tiles and the board that they stand in: what needs somebody is said, nothing moves, nothing of a stranger acts."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.boards import Board, Form, TilePlan, lines_of
from tests.hostile import FORBIDDEN, HOSTILE
from tests.widgets.stage import Stage, assert_harmless, drawn, text_of
from widgets.board import BoardView
from widgets.board_frame import Spot, board_frame
from widgets.cells import width
from widgets.charts import Plotted
from widgets.inks import fit_pieces, pieces_width
from widgets.tiles import Level, TileFacts, TilePart, part_at, tile_lines

LATE = TileFacts("Late", Form.NUMBER, "12", notes=("9 a week ago",), news="▲3", level=Level.ALARM)
WAIT = TileFacts("First answer", Form.SPARKLINE, "2 h 05 min", notes=("half of 34 cases", "n 34"), trend=(1, 2, 4, 8))
BACKLOG = TileFacts(
    "Backlog", Form.BARS, "40",
    parts=tuple(TilePart(key, key, str(size), size / 20) for key, size in (("today", 20), ("week", 10), ("older", 5))),
)  # fmt: skip
DUE = TileFacts(
    "Breaches", Form.LIST, "9",
    parts=tuple(TilePart(str(number), "#" + str(number) + " Ana", "0:0" + str(number), note="Mara")
                for number in range(1, 10)),
)  # fmt: skip
BOARD = Board(
    "Now",
    (
        (TilePlan("late", Form.NUMBER), TilePlan("wait", Form.SPARKLINE)),
        (TilePlan("backlog", Form.BARS), TilePlan("due", Form.LIST)),
    ),
)
TILES = (LATE, WAIT, BACKLOG, DUE)


def shown(facts: TileFacts, cells: int = 20, height: int = 2, part: int | None = None) -> list[str]:
    lines = tile_lines(facts, cells, height, part)
    assert len(lines) == height
    return ["".join(text for text, _ in fit_pieces(line.pieces, cells)).rstrip() for line in lines]


def test_a_number_that_needs_somebody_has_a_sign_and_not_a_colour_alone() -> None:
    assert shown(LATE) == [" ! 12            ▲3", " 9 a week ago"]
    assert shown(replace(LATE, level=Level.WARN))[0].startswith(" ^ 12")
    assert shown(replace(LATE, level=Level.CALM))[0].startswith(" 12")


def test_a_number_moves_nothing_when_it_changes() -> None:
    still = shown(replace(LATE, news=""))
    moved = shown(LATE)
    assert moved[0].startswith(still[0])
    assert moved[1] == still[1]


def test_the_number_gives_way_last() -> None:
    assert shown(WAIT, 17)[0] == " 2 h 05 min n 34"
    assert shown(WAIT, 40) == [" 2 h 05 min            half of 34 cases", " " + "▂" * 4 + "▃" * 4 + "▅" * 4 + "█" * 4]
    assert shown(replace(WAIT, words="12 h 05 min"), 17)[0] == " 12 h 05 min"


def test_without_a_value_a_tile_says_why() -> None:
    assert shown(TileFacts("Business", Form.NUMBER, "–", empty="no hours are set")) == [" –", " no hours are set"]
    assert shown(TileFacts("Due", Form.LIST, "0", empty="nothing now"), height=4)[0] == " nothing now"


def test_where_there_is_room_digits_are_read_from_across_the_room() -> None:
    lines = shown(LATE, 30, 5)
    assert [len(line.split()) > 0 for line in lines] == [True] * 4 + [False]
    assert lines[1].startswith(" !")
    assert "┃" in lines[1]
    # Not where they have no room.
    assert shown(replace(LATE, words="1,234,567"), 20, 5)[0] == " ! 1,234,567     ▲3"


def test_bars_are_as_long_as_their_parts() -> None:
    lines = shown(BACKLOG, 30, 4)
    assert [line.split()[1] for line in lines[:3]] == ["█" * 19, "█" * 9 + "▌", "█" * 4 + "▊"]


def test_on_a_wall_bars_are_thick_and_each_is_found_where_it_stands() -> None:
    lines = shown(BACKLOG, 30, 10)
    assert [line.count("█") for line in lines] == [19, 19, 0, 9, 9, 0, 4, 4, 0, 0]
    assert [line.split()[0] for line in lines[:9:3]] == ["today", "week", "older"]
    assert [part_at(BACKLOG, 10, None, line) for line in (-1, 0, 2, 3, 8, 9)] == [None, 0, 0, 1, 2, None]
    assert [line.cursor for line in tile_lines(BACKLOG, 30, 10, 1)] == [False] * 3 + [True] * 2 + [False] * 5
    assert [line.count("█") for line in shown(BACKLOG, 30, 6)] == [19, 0, 9, 0, 4, 0]


def test_what_has_no_room_is_counted_and_the_cursor_is_always_in_sight() -> None:
    assert shown(DUE, 40, 4)[3] == " 6 more below"
    for part in range(9):
        lines = tile_lines(DUE, 40, 4, part)
        assert [line.cursor for line in lines].count(True) == 1
    assert shown(DUE, 40, 4, 8)[3].startswith(" #9")
    assert shown(DUE, 40, 9)[8].startswith(" #9")


def frame_text(cells: int, height: int, spot: Spot | None) -> list[str]:
    lines = board_frame(lines_of(BOARD, cells, height), TILES, cells, spot)
    for line in lines:
        assert sum(each.cells for each in line) == cells
        assert all(pieces_width(fit_pieces(each.pieces, each.cells)) <= each.cells for each in line)
    return [
        "".join("".join(text for text, _ in fit_pieces(each.pieces, each.cells)).ljust(each.cells) for each in line)
        for line in lines
    ]


def test_tiles_share_their_rules_and_the_one_with_the_cursor_has_a_sign() -> None:
    lines = frame_text(60, 12, Spot(1))
    assert lines[0].startswith("┌ Late ──")
    assert "┬▸First answer ──" in lines[0]
    assert lines[3].startswith("├ Backlog 40 ──")
    assert lines[-1].startswith("└──")
    assert not [line for line in frame_text(60, 12, None) if "▸" in line]


texts = st.text(max_size=60) | st.sampled_from([words for _, words in HOSTILE])
parts = st.builds(TilePart, st.text(max_size=3), texts, texts, st.floats(0, 1), texts, st.sampled_from(Level))
tiles = st.builds(
    TileFacts, texts, st.sampled_from(Form), texts, st.lists(texts, max_size=3).map(tuple), texts,
    st.sampled_from(Level), st.lists(st.floats(0, 1e6) | st.none(), max_size=30).map(tuple),
    st.lists(parts, max_size=12).map(tuple),
    st.lists(st.builds(Plotted, texts, st.just((1.0, 2.0, None)), st.just("good")), max_size=2).map(tuple),
    st.lists(texts, max_size=5).map(tuple), texts,
)  # fmt: skip


@settings(max_examples=60)
@given(tiles, st.integers(4, 120), st.integers(1, 20), st.integers(0, 11) | st.none())
def test_whatever_stands_in_a_tile_stays_in_its_room_and_harmless(
    facts: TileFacts, cells: int, height: int, part: int | None
) -> None:
    lines = tile_lines(facts, cells, height, part)
    assert len(lines) == height
    for line in lines:
        kept = fit_pieces(line.pieces, cells)
        assert pieces_width(kept) <= cells
        assert not FORBIDDEN & set("".join(text for text, _ in kept))


# The widget


async def test_arrows_go_between_tiles_and_through_their_lines() -> None:
    view = BoardView()
    app = Stage(view)
    async with app.test(80, 20):
        view.set_room(80, 20)
        view.show(BOARD, TILES)
        view.focus()
        view.updown(1)
        assert view.spot == Spot(2)
        view.updown(1)
        assert view.spot == Spot(2, 0)
        view.updown(-1)
        view.aside(1)
        assert view.spot == Spot(3)
        view.aside(1)
        assert view.spot == Spot(3)
        for _ in range(9):
            view.updown(1)
        assert view.part_key == "9"
        view.updown(1)
        assert view.part_key == "9"
        view.home()
        view.step(-1)
        assert view.spot == Spot(3)
        view.across(-1)
        assert view.spot == Spot(1)
        view.step(1)
        view.updown(-1)
        assert view.spot == Spot(0)


async def test_the_cursor_follows_its_line_when_others_come_and_go() -> None:
    view = BoardView()
    async with Stage(view).test(80, 20):
        view.set_room(80, 20)
        view.show(BOARD, TILES)
        view.go_to(3, "4")
        assert view.spot == Spot(3, 3)
        view.show(BOARD, (LATE, WAIT, BACKLOG, replace(DUE, parts=DUE.parts[2:])))
        assert (view.part_key, view.spot) == ("4", Spot(3, 1))
        view.show(BOARD, (LATE, WAIT, BACKLOG, replace(DUE, parts=DUE.parts[:2])))
        assert view.part_key == "2"
        view.show(BOARD, (LATE, WAIT, BACKLOG, replace(DUE, parts=())))
        assert view.spot == Spot(3)


async def test_only_the_line_that_says_something_else_is_sent_to_the_terminal() -> None:
    view = BoardView()
    app = Stage(view)
    async with app.test(80, 20) as pilot:
        view.set_room(80, 12)
        view.show(BOARD, TILES)
        await pilot.pause()
        app.written.clear()
        view.show(BOARD, TILES)
        await pilot.pause()
        assert app.written == []
        view.show(BOARD, (replace(LATE, words="13"), WAIT, BACKLOG, DUE))
        await pilot.pause()
        assert len("".join(app.written).split("\n")) == 1
        assert "13" in "".join(app.written)
        assert "Backlog" not in "".join(app.written)


async def test_a_board_on_a_wall_has_no_cursor() -> None:
    view = BoardView()
    app = Stage(view)
    async with app.test(80, 20) as pilot:
        view.set_room(80, 20)
        view.show(BOARD, TILES)
        await pilot.pause()
        assert "▸" in text_of(drawn(app))
        view.hang_up(on_wall=True)
        await pilot.pause()
        assert "▸" not in text_of(drawn(app))


async def test_a_click_goes_to_the_line_and_a_second_one_opens() -> None:
    view = BoardView()
    app = Stage(view)
    async with app.test(80, 12) as pilot:
        assert "Counting" in text_of(drawn(app))
        view.set_room(80, 12)
        view.show(BOARD, TILES)
        await pilot.pause()
        await pilot.click(view, offset=(50, 5))
        assert view.spot == Spot(3, 1)
        assert not app.told(BoardView.Opened)
        await pilot.click(view, offset=(50, 5), times=2)
        assert app.told(BoardView.Opened)
        await pilot.click(view, offset=(50, 1))
        assert view.spot == Spot(1)


async def test_on_a_small_screen_the_board_follows_the_cursor() -> None:
    view = BoardView()
    app = Stage(view)
    async with app.test(40, 6) as pilot:
        view.set_room(40, 6)
        view.show(BOARD, TILES)
        view.focus()
        view.end()
        await pilot.pause()
        assert "▸Breaches" in text_of(drawn(app))
        assert_harmless(drawn(app), 40)
        assert width(text_of(drawn(app)).split("\n")[0]) <= 40
