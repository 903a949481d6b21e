"""Moving on a board: from tile to tile, through the lines of a list, and away."""

from typing_extensions import override

from screens.seat import Seat
from screens.undoing import Undoing
from widgets.board import BoardView


class BoardMoves(Undoing):
    """The board's view, and the keys that move its cursor."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self.view = BoardView(id="board")

    @override
    def asked(self) -> None:
        self.view.focus()

    def action_move_back(self) -> None:
        """Back to where the board was opened."""
        self.dismiss(None)

    def action_move_down(self) -> None:
        """Down, through the lines of a tile to the one below."""
        self.view.updown(1)

    def action_move_up(self) -> None:
        """Up, through the lines of a tile to the one above."""
        self.view.updown(-1)

    def action_move_half_down(self) -> None:
        """To the tile below."""
        self.view.across(1)

    def action_move_half_up(self) -> None:
        """To the tile above."""
        self.view.across(-1)

    def action_move_top(self) -> None:
        """To the first tile."""
        self.view.home()

    def action_move_bottom(self) -> None:
        """To the last tile."""
        self.view.end()

    def action_board_left(self) -> None:
        """To the tile on the left."""
        self.view.aside(-1)

    def action_board_right(self) -> None:
        """To the tile on the right."""
        self.view.aside(1)

    def action_board_next_tile(self) -> None:
        """To the next tile."""
        self.view.step(1)

    def action_board_previous_tile(self) -> None:
        """To the tile before."""
        self.view.step(-1)
