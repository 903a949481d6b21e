"""show who looked at whom, exported, merged or erased: for supervisors

Times are in your zone; names are those of today. An erased customer stays a line without a name.
"""

import argparse
import json
from contextlib import closing
from typing import TYPE_CHECKING

from desk.reports.period import DEFAULT

if TYPE_CHECKING:
    from storage.connect import Connection

MOST = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    from storage.audit import KINDS

    parser.add_argument(
        "--since", default=DEFAULT, metavar="WHEN", help=f"7d, monday, last month, 2026-11-01 (default: {DEFAULT})"
    )
    parser.add_argument("--until", default="", metavar="WHEN", help="the last day of it (default: now)")
    parser.add_argument("--agent", default="", metavar="HANDLE", help="what this agent did, alone")
    parser.add_argument("--customer", default="", metavar="CUSTOMER", help="what was done with this customer, alone")
    parser.add_argument("--kind", default="", choices=sorted(KINDS), metavar="KIND", help=", ".join(sorted(KINDS)))
    parser.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"the newest N (default: {MOST})")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Print the record, the newest first."""
    from console.cli.printed import moment, plain
    from console.config import load
    from desk.errors import BadInput
    from desk.ids import uid_text
    from desk.reports.period import period
    from desk.times import iso, now
    from storage.agents import known
    from storage.audit import Wanted, read_by
    from storage.people import agent_named
    from storage.workspace import locate, open_to_read

    if arguments.limit < 1:
        raise BadInput("--limit counts lines", "Give a number above zero.")
    config = load()
    asked = period(arguments.since, arguments.until, now(), config.zone)
    with closing(open_to_read(locate(arguments.workspace))) as connection:
        me = known(connection, config.agent_handle)
        agent = agent_named(connection, arguments.agent).id if arguments.agent else None
        people = _people(connection, arguments.customer) if arguments.customer else None
        wanted = Wanted(asked.since, asked.until, arguments.limit, agent, people, arguments.kind)
        rows = read_by(connection, me.id if me else None, wanted)
    if arguments.json:
        told = [
            {
                "at": iso(row.at),
                "kind": row.kind,
                "agent": row.handle or None,
                "customer": uid_text(row.customer_uid) if row.customer_uid else None,
                "name": row.customer,
                "ticket": row.ticket or None,
                "words": row.words,
                "undone": row.undone == 1,
            }
            for row in rows
        ]
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for row in rows:
        print(plain(f"{moment(row.at, config.zone)}  {row.sentence}"))
    return 0


def _people(connection: "Connection", text: str) -> tuple[int, ...]:
    """The customer, with every record that was merged into theirs."""
    from console.cli.export import one_customer
    from storage.merges import tree

    return tuple(tree(connection, one_customer(connection, text)[0]))
