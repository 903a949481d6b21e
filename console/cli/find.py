"""find customers by anything: name, email, domain, phone or its last digits, account, order, ticket number"""

import argparse
import json
import sys
from contextlib import closing

from desk.lookup import Hit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("query", nargs="+", metavar="QUERY", help="what is known of the customer, typos allowed")
    parser.add_argument("--limit", type=_limit, default=10, metavar="N", help="at most so many (default: 10)")
    parser.add_argument("--json", action="store_true", help="print them as JSON, best first")


def run(arguments: argparse.Namespace) -> int:
    """Print who was found, best first; finding nobody is no failure."""
    from console.config import load
    from storage.search.query import Finder
    from storage.workspace import locate, open_to_read

    workspace = locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        hits = Finder(connection, load().phone_regions).find(" ".join(arguments.query), arguments.limit)
    if arguments.json:
        print(json.dumps([_as_json(hit) for hit in hits], ensure_ascii=False))
    elif hits:
        _print_lines(hits)
    else:
        print("Nobody was found. Try fewer letters, or another thing that you know of them.")
    if hits:
        from console.cli.acting import search

        # The answer doesn't wait for the record.
        sys.stdout.flush()
        search(workspace, [hit.customer_id for hit in hits])
    return 0


def _limit(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("it must be 1 to 1000")
    return number


def _as_json(hit: Hit) -> dict[str, object]:
    from desk.ids import uid_text

    return {
        "customer": uid_text(hit.uid),
        "name": hit.name,
        "match": hit.match,
        "identity": {"kind": hit.identity_kind.name.lower(), "value": hit.identity_value, "known": hit.known},
        "score": round(hit.score, 4),
    }


def _print_lines(hits: list[Hit]) -> None:
    from widgets.cells import harmless

    width = max(len(hit.name) for hit in hits)
    for hit in hits:
        maybe = "" if hit.known else " (maybe)"
        kind = hit.identity_kind.name.lower()
        organization = f"  {hit.organization}" if hit.organization else ""
        print(harmless(f"{hit.name:<{width}}  {hit.match:<9}  {kind}: {hit.identity_value}{maybe}{organization}"))
