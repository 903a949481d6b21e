"""list tickets by the queue's operators: status:open assignee:me tag:refund due<2h "exact words" """

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from shutil import get_terminal_size

from console.cli.printed import ticket_row
from desk.errors import NotFound
from desk.records import TicketRow
from storage import queue
from storage.connect import Connection

# Rows are read and printed in pieces, so that a million need no more memory than a few.
PIECE = 256
# A pipe has no width; this is room for every column.
PIPED_WIDTH = 140
NUMBER_CELLS = 7


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "query", nargs="*", metavar="QUERY", help="operators and words, all of them have to hold; put - ones behind --"
    )
    parser.add_argument("--limit", type=_positive, metavar="N", help="print N tickets at most")
    parser.add_argument("--sort", choices=sorted(queue.SORTS), default="updated", help="(default: updated)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Print the tickets that were asked for, the last updated first."""
    from console.config import load
    from desk.filters import parse
    from desk.times import now
    from storage.workspace import locate, open_to_read

    config = load()
    wanted = parse(" ".join(arguments.query))
    with closing(open_to_read(locate(arguments.workspace))) as connection:
        present = now()
        scope = queue.Scope(wanted, arguments.sort, _me(connection, config.agent_handle), present, config.zone)
        pieces = _pieces(connection, scope, arguments.limit)
        if arguments.json:
            _print_json(connection, pieces)
        else:
            _print_lines(connection, pieces, present)
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _me(connection: Connection, handle: str) -> int | None:
    """Who sits here, where they are an agent of this workspace."""
    from storage.people import agent_named

    try:
        return agent_named(connection, handle).id
    except NotFound:
        return None


def _pieces(connection: Connection, scope: queue.Scope, limit: int | None) -> Iterator[list[TicketRow]]:
    if limit is not None and limit <= PIECE:
        yield queue.first_page(connection, scope, limit)
        return
    ids = queue.snapshot(connection, scope)[:limit]
    for start in range(0, len(ids), PIECE):
        yield queue.rows(connection, ids[start : start + PIECE])


def _print_json(connection: Connection, pieces: Iterator[list[TicketRow]]) -> None:
    from storage.people import assignee_handles

    before = "["
    for rows in pieces:
        handles = assignee_handles(connection, [row.id for row in rows])
        for row in rows:
            sys.stdout.write(f"{before}{json.dumps(ticket_row(row, handles.get(row.id)), ensure_ascii=False)}")
            before = ",\n "
    print("[]" if before == "[" else "]")


def _print_lines(connection: Connection, pieces: Iterator[list[TicketRow]], now: int) -> None:
    """The queue's own columns with the number in front of each, since a command can't be pointed at a row."""
    from storage.first_page import sources
    from widgets.columns import Column, cells, columns
    from widgets.source_marks import source_marks

    width = get_terminal_size().columns if sys.stdout.isatty() else PIPED_WIDTH
    marks = source_marks(sources(connection))
    beside = columns(width - NUMBER_CELLS - 1, marked=bool(marks))
    layout = (Column("number", NUMBER_CELLS, right=True), *(each for each in beside if each.name != "number"))
    for rows in pieces:
        for row in rows:
            print("".join(text for text, _ in cells(row, layout, now, marks)).rstrip())
