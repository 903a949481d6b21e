"""The live board: a team's numbers on one screen, each of which explains itself and opens the tickets behind it.

The invariants: nothing is counted on the event loop, and nothing is read while nothing changed but the time; the cursor
stays where it is while numbers come and go; who comes back from the tickets behind a number finds it as they left it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from typing_extensions import override

from desk.boards import Board, TilePlan, number_of
from desk.errors import BadInput, HeardError, Refused
from desk.metrics.metric import Metric, Window
from desk.metrics.snapshot import MOST_COUNTING, Figure
from desk.times import SECOND
from screens.action import Place
from screens.ask import AskPanel, Choice, Question
from screens.board_deeds import BoardDeeds
from screens.board_lines import News, Reading, news_of, tile_facts
from screens.board_reading import Known, known_boards, read_board, tickets_of
from screens.board_settling import Settling
from screens.desk_screen import opens
from screens.keymap import CANCELS
from screens.reading import Behind
from screens.seat import Seat
from screens.top_line import show_top_line
from storage.connect import Connection
from widgets.bars import HeaderBar, HintBar, NoticeBar
from widgets.board import BoardView

if TYPE_CHECKING:
    from screens.explanation import ExplanationScreen

# Clocks run out without anybody committing anything.
TIME_PASSES = 15 * SECOND
WALL_TURNS = 20 * SECOND
# The top line, the notices and the hints.
AROUND = 3


@dataclass(frozen=True, slots=True)
class Left:
    """Where the board was left: which one, on which tile and part, and what was read, which shows at once again."""

    board: str = ""
    tile: int = 0
    part: str | None = None
    reading: Reading | None = None
    known: Known | None = None


class BoardScreen(BoardDeeds):
    """The screen; `left` is where it was left, or the name of a board to open."""

    hints_kept = 2

    def __init__(self, seat: Seat, left: Left = Left()) -> None:
        super().__init__(seat)
        self.header, self.notices = HeaderBar(), NoticeBar(clock=seat.clock)
        self.known: Known | None = None
        self.number = 0
        self._left = left
        self._reading: Reading | None = None
        self._explanation: ExplanationScreen | None = None
        self._news: dict[str, News] = {}
        self._asked_at = 0
        self._turned_at = 0
        # What is typed right behind the key that opens it is meant for its numbers.
        self._awaiting = True
        self._settling = Settling(seat.jobs, seat.clock, self._count, self.fail)

    @override
    def compose(self) -> ComposeResult:
        yield self.header
        yield self.view
        yield self.notices
        yield HintBar()
        yield AskPanel()

    def on_mount(self) -> None:
        """Read the boards, and then their numbers; keys wait for them."""
        self.view.focus()
        self.hold_keys()
        self.read_boards()
        self.show_header()
        self.show_hints()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._settling.ended = True

    # Where the agent is

    @property
    @override
    def place(self) -> Place:
        return Place.BOARD

    @property
    def board(self) -> Board:
        """The board that is shown."""
        return self.known.boards[self.number] if self.known else Board("", ())

    @property
    @override
    def plan(self) -> TilePlan | None:
        tiles = self.board.tiles
        return tiles[self.view.spot.tile] if self.view.spot.tile < len(tiles) else None

    @property
    def figure(self) -> Figure | None:
        """The number under the cursor; None where it isn't counted."""
        if self.plan is None or self._reading is None:
            return None
        return self._reading.snapshot.figures.get(self.plan.metric)

    # Reading

    def read_boards(self) -> None:
        """Which boards the team has."""
        kept = self._left.known.kept if self._left.known else None
        self.seat.jobs.read(
            "boards", lambda connection: known_boards(connection, kept), self._boards_read, self._not_read
        )

    def _boards_read(self, found: Known) -> None:
        if not self.is_attached:
            return
        self.known, self.number = found, 0
        try:
            if self._left.board:
                self.number = number_of(self.known.boards, self._left.board)
        except BadInput as error:
            self.fail(error)
        if self._left.reading is not None:
            self._show(self._left.reading)
        self.view.go_to(self._left.tile, self._left.part)
        self.read_numbers()

    def _not_read(self, error: HeardError) -> None:
        self.fail(error)

    @override
    def changed(self) -> None:
        self.read_numbers()

    def read_numbers(self) -> None:
        """Settle what has changed, and count anew."""
        if self.known is not None:
            self._asked_at = self.seat.clock()
            self._settling.ask()

    def _count(self) -> None:
        """Count, in a thread; the newest question wins."""
        known, board, now, zone = self.known, self.board, self.seat.clock(), self.seat.zone
        if known is None:
            return

        company = self.seat.company
        seats = (*company.others, company.own) if company is not None else ()

        def ask(connection: Connection) -> Reading:
            return read_board(connection, known, board, now, zone, seats)

        self.seat.jobs.read("board", ask, partial(self._numbers_read, board))

    def _numbers_read(self, board: Board, found: Reading) -> None:
        if not self.is_attached:
            return
        before = self._reading
        if before is not None:
            self._news = news_of(self._news, before.snapshot, found.snapshot)
            # What stands on the other boards is shown at once when they come, until it is read anew.
            figures = {**before.snapshot.figures, **found.snapshot.figures}
            snapshot = replace(found.snapshot, figures=figures)
            found = replace(found, snapshot=snapshot, tickets={**before.tickets, **found.tickets})
        self._show(found)
        if board is self.board:
            self.release_keys()
        if not found.same_boards:
            self._left = self._here(self.view.part_key)
            self.read_boards()

    def _show(self, found: Reading) -> None:
        self._reading = found
        if self._explanation is not None and self.figure is not None:
            self._explanation.show_figure(self.figure)
        self.draw()
        self.show_header()
        self.show_hints()

    def draw(self) -> None:
        """Draw the tiles as they are now."""
        if self.known is None or self._reading is None or not self._all_read:
            return
        known, reading, board = self.known, self._reading, self.board
        tiles = [tile_facts(plan, known.metrics, reading, self._news, self.seat.zone) for plan in board.tiles]
        self.view.show(board, tiles)

    @override
    def company_changed(self) -> None:
        self.show_header()
        self.read_numbers()

    @override
    def tick(self) -> None:
        super().tick()
        now = self.seat.clock()
        self.show_header()
        if self.view.on_wall and now - self._turned_at >= WALL_TURNS:
            self._turn(1)
        if now - self._asked_at >= TIME_PASSES:
            self.read_numbers()

    def show_header(self) -> None:
        """Which board, who sits here, and the time."""
        number = str(self.number + 1) + " of " + str(len(self.known.boards)) if self.known else ""
        counting = self._reading.snapshot.counting if self._reading else 0
        more = "still counting " + format(counting, ",") + "+" * (counting >= MOST_COUNTING) if counting else ""
        # Numbers that aren't final yet have to say so on the narrowest terminal.
        path = ("Live board", more, self.board.title, number if self.known and len(self.known.boards) > 1 else "")
        waiting = self._reading.waiting if self._reading else 0
        show_top_line(self.header, self.notices, self.seat, tuple(each for each in path if each), waiting)

    @override
    def sources_changed(self) -> None:
        self.show_header()

    @override
    def calls_changed(self) -> None:
        super().calls_changed()
        self.show_header()
        self.read_numbers()

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, other places."""
        self.set_room()

    def set_room(self) -> None:
        """Say how much room the tiles have; the notices' line is left free, so that none of them moves a tile."""
        self.view.set_room(self.size.width, self.size.height - (AROUND - self.view.on_wall) - self.told_lines)

    @override
    def show_banner(self) -> None:
        super().show_banner()
        self.set_room()

    # Several boards

    def action_board_next(self) -> None:
        """To the next board."""
        self._turn(1)

    def action_board_previous(self) -> None:
        """To the board before."""
        self._turn(-1)

    def action_board_digit(self, digit: str) -> None:
        """The board of a digit."""
        if self.known is None or int(digit) > len(self.known.boards):
            self.notice("There is no board " + digit, "warning")
        else:
            self.show_board(int(digit) - 1)

    def action_go_board(self, name: str) -> None:
        """Another board, by its name."""
        if self.known is None:
            return
        if name:
            self.show_board(number_of(self.known.boards, name))
            return
        choices = tuple(Choice(board.title, board.title) for board in self.known.boards)
        self.ask(Question("Board", self.action_go_board, choices=choices))

    def _turn(self, boards: int) -> None:
        if self.known is not None:
            self.show_board((self.number + boards) % len(self.known.boards))

    def show_board(self, number: int) -> None:
        """Show another board, with the numbers that are known already."""
        self._turned_at = self.seat.clock()
        if number == self.number:
            return
        self.number = number
        self.hold_keys()
        self.view.go_to(0)
        if self._all_read:
            self.draw()
        self.show_header()
        self.read_numbers()

    @property
    def _all_read(self) -> bool:
        figures = self._reading.snapshot.figures if self._reading else {}
        return all(plan.metric in figures for plan in self.board.tiles)

    def action_board_wall(self) -> None:
        """Turn from board to board by itself."""
        self._turned_at = self.seat.clock()
        self.set_on_wall(True)

    def set_on_wall(self, on_wall: bool) -> None:
        """Without cursor and hints, as on a wall, or as at a desk."""
        self.view.hang_up(on_wall=on_wall)
        self.query_one(HintBar).display = not on_wall
        self.set_room()

    @override
    def take_key(self, name: str) -> bool:
        if not self.view.on_wall:
            return super().take_key(name)
        self.set_on_wall(False)
        return name in CANCELS or super().take_key(name)

    # What is behind a number

    @property
    def chosen(self) -> tuple[Metric, Figure]:
        """What the cursor is on; Refused where it isn't counted yet."""
        plan, figure = self.plan, self.figure
        if self.known is None or plan is None or figure is None:
            raise Refused("This number isn't counted yet", "It will be in a moment.")
        return self.known.metrics[plan.metric], figure

    def action_board_explain(self) -> None:
        """How the number under the cursor is counted."""
        from screens.explanation import ExplanationScreen

        metric, figure = self.chosen
        self._explanation = ExplanationScreen(self.seat, metric, figure, self.open_behind)
        self.app.push_screen(self._explanation)

    def action_move_open(self) -> None:
        """Open exactly the tickets behind the number, or behind the line under the cursor."""
        key = self.view.part_key
        self.open_behind(key, self._first(key))

    @on(BoardView.Opened)
    def _opened(self, event: BoardView.Opened) -> None:
        event.stop()
        self.do("move.open")

    def open_behind(self, key: str | None, first: int | None = None) -> None:
        """Open the tickets behind the number under the cursor, or behind its part of that key.

        Where the tickets themselves stand in the tile, `first` is the one under the cursor, among all of them.
        """
        metric, figure = self.chosen
        part = figure.part(key) if key is not None and first is None else None
        if not (0 if key is not None and first is None and part is None else (part or figure).tickets):
            raise Refused("No tickets are behind this number")
        of_part = ": " + part.label if part is not None else ""
        behind = Behind(
            self.title_here + of_part,
            metric.behind + of_part,
            tickets_of(metric.id, part.key if part is not None else "", self.seat.zone),
            "due" if metric.window is Window.NOW else "updated",
            self._way_back(key),
            first,
        )
        opens(self.app).open_behind(behind)

    @property
    def title_here(self) -> str:
        """What the number under the cursor is called on this board."""
        plan = self.plan
        return (plan.title or self.chosen[0].title) if plan is not None else ""

    def _first(self, key: str | None) -> int | None:
        here = self.here
        return here.ticket_id if key is not None and here is not None and here.part == key else None

    def _way_back(self, key: str | None) -> Callable[[], object]:
        return partial(opens(self.app).open_board, self._here(key))

    def _here(self, part: str | None) -> Left:
        return Left(self.board.title, self.view.spot.tile, part, self._reading, self.known)
