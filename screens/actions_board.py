"""What can be done on the live board: go from number to number, have one explained, open what is behind it."""

from screens.action import SCREENS, Action, Place, needs_list

BOARD = frozenset({Place.BOARD})
EXPLANATION = frozenset({Place.EXPLANATION})

BOARDS: tuple[Action, ...] = (
    Action("go.board", ("g s",), "Live board", "To the live board", SCREENS, command="board", takes="NAME"),
    Action("board.left", ("Left",), "Left", "To the number on the left", BOARD, needs_list),
    Action("board.right", ("Right",), "Right", "To the number on the right", BOARD, needs_list),
    Action("board.next_tile", ("Tab",), "Next number", "To the next number, past the lines inside", BOARD, needs_list),
    Action("board.previous_tile", ("Shift+Tab",), "Previous number", "To the number before", BOARD, needs_list),
    Action("board.explain", ("i",), "Explain", "How this number is counted", BOARD, needs_list, footer=3),
    Action("board.next", ("]",), "Next board", "To the next board", BOARD, footer=5),
    Action("board.previous", ("[",), "Previous board", "To the board before", BOARD),
    *(
        Action(
            "board." + digit, (digit,), "Board " + digit, "Show board " + digit, BOARD,
            call="board_digit", argument=digit, command="board " + digit,
        )
        for digit in "123456789"
    ),
    Action(
        "board.wall", ("P",), "Wall", "Turn from board to board by itself, as on a wall; any other key ends it", BOARD,
        footer=6,
    ),
)  # fmt: skip
