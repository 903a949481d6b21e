"""What the board asks of storage, gathered into one answer each; every function here runs in a reader thread."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from desk.boards import Board, parse_boards
from desk.metrics.metric import Metric
from screens.board_lines import MOST_LISTED, Reading
from storage import outbox, rules
from storage.connect import Connection
from storage.queue import rows


def boards_and_metrics(connection: Connection) -> tuple[tuple[Board, ...], Mapping[str, Metric]]:
    """The team's boards, and what the numbers on them mean."""
    from desk.metrics.registry import METRICS

    return parse_boards(rules.read(connection, "boards"), "boards", METRICS), METRICS


def read_board(connection: Connection, listed: Sequence[str], now: int, zone: tzinfo) -> Reading:
    """All numbers at one moment, and the first tickets behind those that list them."""
    from storage.statistics import read

    snapshot = read(connection, now, zone)
    tickets = {
        metric: tuple(rows(connection, tickets_of(metric, None, zone)(connection, now)[:MOST_LISTED]))
        for metric in listed
    }
    return Reading(snapshot, tickets, outbox.waiting_count(connection))


def tickets_of(metric: str, part: str | None, zone: tzinfo) -> Callable[[Connection, int], Sequence[int]]:
    """What finds the tickets behind a number, or behind one of its parts."""

    def find(connection: Connection, now: int) -> Sequence[int]:
        from storage.statistics import tickets_behind

        return tickets_behind(connection, metric, part, now, zone)

    return find
