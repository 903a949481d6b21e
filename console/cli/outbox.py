"""list what is on its way out; try again what failed, or drop it"""

import argparse
import json

from console.cli.acting import acting
from desk.ids import uid_text
from desk.records import OutboxRow
from storage.connect import Connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    verbs = parser.add_subparsers(dest="verb", metavar="list|retry|drop|arrived", required=True)
    listing = verbs.add_parser("list", help="what has not left yet; with --json also what has, newest first")
    listing.add_argument("--all", action="store_true", help="also what was sent or dropped")
    listing.add_argument("--json", action="store_true", help="print it as JSON")
    for verb, words in (
        ("retry", "send again what failed or was held, or what came back to those who did not get it"),
        ("drop", "keep it from leaving, for good"),
        ("arrived", "count as sent what may have left, since it did arrive"),
    ):
        moving = verbs.add_parser(verb, help=words)
        moving.add_argument("operations", nargs="+", metavar="OPERATION", help="ids, or their beginnings")


def run(arguments: argparse.Namespace) -> int:
    """List, or do it to all that were named."""
    return _list(arguments) if arguments.verb == "list" else _move(arguments)


def _move(arguments: argparse.Namespace) -> int:
    from storage.deeds import outbox
    from storage.engine import deed_session, engine_over

    with acting(arguments) as desk:
        rows = [outbox.find_operation(desk.connection, text) for text in arguments.operations]
        deed = {"retry": outbox.retry, "drop": outbox.drop, "arrived": outbox.count_as_sent}[arguments.verb]
        with deed_session(engine_over(desk.connection)) as session:
            title = deed(session, desk.by, rows).title
    print(f"{title}.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from storage.outbox import listed

    with acting(arguments) as desk:
        connection = desk.connection
        rows = listed(connection, everything=arguments.all or arguments.json)
        if arguments.json:
            print(json.dumps([_as_json(connection, row) for row in rows if arguments.all or row.state != "dropped"]))
            return 0
    for row in rows:
        print(_line(row, desk.by.at))
    if not rows:
        print("Nothing is waiting.")
    return 0


def _as_json(connection: Connection, row: OutboxRow) -> dict[str, object]:
    from desk.times import iso

    uid: bytes = connection.execute("SELECT uid FROM ticket WHERE id = ?", (row.ticket_id,)).fetchone()[0]
    return {
        "operation": uid_text(row.operation),
        "ticket": uid_text(uid),
        "number": row.ticket_number,
        "kind": row.kind,
        "state": row.state,
        "since": iso(row.created_at),
        "tries": row.tries,
        "error": row.error,
    }


def _line(row: OutboxRow, now: int) -> str:
    from desk.ages import age
    from widgets.cells import harmless

    tries = f", tried {row.tries} times" if row.tries else ""
    error = f": {row.error}" if row.error else ""
    return harmless(
        f"{uid_text(row.operation)}  {row.state:<8}  {row.kind:<7}  #{row.ticket_number} {row.subject}"
        f"  ({age(row.created_at, now)} ago{tries}){error}"
    )
