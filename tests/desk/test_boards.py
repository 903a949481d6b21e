"""Boards: what a team may write, what it is told about a mistake, and that every tile has its room in any terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.boards import MOST_BOARDS, SIZES, Board, Form, TilePlan, lines_of, number_of, parse_boards, placed
from desk.errors import BadInput
from desk.metrics.metric import Metric, Window
from desk.reports.report import Unit
from desk.times import HOUR, MINUTE


def metric(name: str, unit: Unit = Unit.COUNT) -> Metric:
    return Metric(name, name.title(), unit, Window.NOW, "", "", "", "", "", "")


METRICS = {
    "late": metric("late"),
    "wait": metric("wait", Unit.SPAN),
    "level": metric("level", Unit.SHARE),
    "left": metric("left", Unit.MONEY),
}


def parsed(*tiles: str) -> Board:
    row = "\n".join("[[board.row.tile]]\n" + tile for tile in tiles)
    return parse_boards('[[board]]\ntitle = "Now"\n[[board.row]]\n' + row, "boards.toml", METRICS)[0]


def test_a_board_is_read_with_its_rows_forms_and_thresholds() -> None:
    board = parsed(
        'metric = "late"\nwarn = "1"\nalarm = "12"',
        'metric = "wait"\nform = "sparkline"\ntitle = "First answer"\nalarm = "2h 30m"',
        'metric = "level"\nform = "bars"\nwide = 2\nwarn = "90%"',
        'metric = "late"\nbeside = "wait"\nform = "chart"',
    )
    assert board.title == "Now"
    assert board.tiles == (
        TilePlan("late", Form.NUMBER, warn=1, alarm=12),
        TilePlan("wait", Form.SPARKLINE, "First answer", alarm=2 * HOUR + 30 * MINUTE),
        TilePlan("level", Form.BARS, wide=2, warn=0.9),
        TilePlan("late", Form.CHART, beside="wait"),
    )


@pytest.mark.parametrize(
    ("tile", "words"),
    [
        ('metric = "lat"', "boards.toml: board 1 (“Now”), row 1, tile 1, metric: “lat” is not known"),
        ('metric = "late"\nform = "bar"', "form: “bar” is not known"),
        ('metric = "late"\nwide = 0', "wide: 0 is no share of a row"),
        ('metric = "late"\nbeside = "wait"', "beside: only a chart has a second metric"),
        ('metric = "late"\nform = "chart"\nbeside = "wat"', "beside: “wat” is not known"),
        ('metric = "wait"\nwarn = "soon"', "warn: “soon” is no value of this metric"),
        ('metric = "late"\nwarn = "nan"', "warn: “nan” is no value of this metric"),
        ('metric = "level"\nalarm = "inf%"', "alarm: “inf%” is no value of this metric"),
        ('metric = "left"\nwarn = "500"', "warn: money has no threshold here"),
        ('metric = "late"\ncolour = "red"', "colour: is not known here"),
        ("form = 'list'", "metric: is missing"),
    ],
)
def test_a_mistake_is_named_with_file_place_and_key(tile: str, words: str) -> None:
    with pytest.raises(BadInput) as error:
        parsed(tile)
    assert words in str(error.value)
    assert error.value.mend


def small(number: int) -> str:
    """A board of one tile."""
    return f'[[board]]\ntitle = "B{number}"\n[[board.row]]\n[[board.row.tile]]\nmetric = "late"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no board"),
        ('[[board]]\ntitle = "Now"', "there are 0 rows"),
        ('[[board]]\ntitle = "Now"\n[[board.row]]', "there are 0 tiles"),
        ("\n".join(map(small, range(MOST_BOARDS + 1))), "too many"),
        (small(1) + small(2) + small(1), "two boards are called “B1”"),
    ],
)
def test_a_file_without_a_usable_board_says_so(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_boards(text, "boards.toml", METRICS)


@pytest.mark.parametrize(("name", "number"), [("Now", 0), ("answers", 1), (" an ", 1), ("3", 2), ("2", 3)])
def test_a_board_is_found_by_its_title_its_beginning_or_its_digit(name: str, number: int) -> None:
    boards = [Board(title, ()) for title in ("Now", "Answers", "Another", "2")]
    assert number_of(boards[:2] if name == " an " else boards, name) == number


@pytest.mark.parametrize("name", ["an", "", "9", "0", "²", "Nowhere"])
def test_a_board_that_there_isnt_is_refused_with_the_nearest(name: str) -> None:
    with pytest.raises(BadInput, match="There is no board"):
        number_of([Board(title, ()) for title in ("Now", "Answers", "Another")], name)


plans = st.builds(TilePlan, st.just("late"), st.sampled_from(Form), st.just(""), st.integers(1, 6))
boards = st.builds(
    Board,
    st.just("Any"),
    st.lists(st.lists(plans, min_size=1, max_size=6).map(tuple), min_size=1, max_size=6).map(tuple),
)


@given(boards, st.integers(40, 400), st.integers(5, 200))
def test_every_tile_stands_once_in_its_order_and_in_its_room(board: Board, width: int, height: int) -> None:
    lines = lines_of(board, width, height)
    places = placed(lines)
    assert [tile for line in lines for tile in line.tiles] == list(range(len(board.tiles)))
    for tile, place in places.items():
        assert place.height >= SIZES[board.tiles[tile].form].least
        assert place.x >= 1
        assert place.x + place.width <= width - 1
    for line in lines:
        # Rules stand between tiles and around them, and nothing is left over.
        assert sum(line.widths) + len(line.widths) + 1 == width


@given(boards, st.integers(40, 400), st.integers(5, 200))
def test_a_board_is_never_higher_than_its_room_where_its_tiles_need_less(board: Board, width: int, height: int) -> None:
    needed = lines_of(board, width, 0)
    least = sum(line.height for line in needed) + len(needed) + 1
    shown = lines_of(board, width, height)
    taken = sum(line.height for line in shown) + len(shown) + 1
    assert taken == least if least >= height else least <= taken <= height


@given(boards, st.integers(40, 400), st.integers(5, 100))
def test_more_height_takes_no_line_from_any_tile(board: Board, width: int, height: int) -> None:
    fewer, more = (lines_of(board, width, room) for room in (height, height + 40))
    assert all(low.height <= high.height for low, high in zip(fewer, more, strict=True))


def test_a_row_stands_side_by_side_where_it_can_and_else_in_as_few_lines_as_it_needs() -> None:
    four = Board("Now", ((TilePlan("late", Form.NUMBER),) * 4,))
    for width, tiles in ((80, [4]), (73, [4]), (72, [2, 2]), (37, [2, 2]), (36, [1, 1, 1, 1])):
        assert [len(line.tiles) for line in lines_of(four, width, 24)] == tiles
    uneven = Board("Now", ((TilePlan("late", Form.CHART, wide=3), TilePlan("late", Form.LIST, wide=2)),))
    (line,) = lines_of(uneven, 80, 24)
    assert line.widths == (46, 31)
