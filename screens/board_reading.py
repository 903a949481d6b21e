"""What the board asks of storage, gathered into one answer each; every function here runs in a reader thread."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from desk.boards import Board, Form, parse_boards
from desk.filters import parse
from desk.metrics.metric import Metric
from desk.presence import Seated
from screens.board_lines import GESTURES, MOST_LISTED, Reading, listed
from storage import outbox, rules
from storage.connect import Connection
from storage.gestures import waiting
from storage.queue import Scope, first_page
from widgets.charts import plotting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.statistics.asked import Kept


@dataclass(frozen=True, slots=True)
class Known:
    """The team's boards and the `text` that says them, what their numbers mean, and what was read of them before."""

    text: str
    boards: tuple[Board, ...]
    metrics: Mapping[str, Metric]
    kept: "Kept"


def known_boards(connection: Connection, kept: "Kept | None" = None) -> Known:
    """The team's boards, and what the numbers on them mean; `kept` is from before."""
    from desk.metrics.registry import METRICS
    from storage.statistics.asked import Kept

    text = rules.read(connection, "boards")
    boards = parse_boards(text, "boards", METRICS)
    if any(plan.form is Form.CHART for board in boards for plan in board.tiles):
        plotting()
    return Known(text, boards, METRICS, kept or Kept())


def read_board(
    connection: Connection, known: Known, board: Board, now: int, zone: tzinfo, seats: Sequence[Seated] = ()
) -> Reading:
    """All numbers of a board at one moment, the first tickets behind those that list them, and who is there."""
    from storage.presence import team
    from storage.statistics.reading import read

    metrics = dict.fromkeys(name for plan in board.tiles for name in (plan.metric, plan.beside) if name)
    with _one_moment(connection):
        snapshot = read(connection, now, zone, known.kept, metrics)
        tickets = {}
        for metric in listed(board, known.metrics):
            among = json.dumps(tickets_of(metric, "", zone)(connection, now))
            scope = Scope(parse(""), "due", None, now, zone, among)
            tickets[metric] = tuple(first_page(connection, scope, MOST_LISTED))
        same = rules.read(connection, "boards") == known.text
        gestures = waiting(connection) if _lists(board, GESTURES) else ()
        there, outgoing = team(connection, seats), outbox.waiting_count(connection)
        return Reading(snapshot, tickets, there, outgoing, same, gestures)


def tickets_of(metric: str, part: str, zone: tzinfo) -> Callable[[Connection, int], Sequence[int]]:
    """What finds the tickets behind a number, or behind one of its parts."""

    def find(connection: Connection, now: int) -> Sequence[int]:
        from storage.statistics.reading import tickets_behind

        return tickets_behind(connection, metric, part, now, zone)

    return find


def _lists(board: Board, metric: str) -> bool:
    return any(plan.metric == metric and plan.form is Form.LIST for plan in board.tiles)


@contextmanager
def _one_moment(connection: Connection) -> "Iterator[None]":
    """One transaction: a list has as many tickets as its number says."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")
