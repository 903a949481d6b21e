"""write everything about one customer, or the whole team's data, into a folder"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.connect import Connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "customer",
        nargs="?",
        metavar="CUSTOMER",
        help="an id from `heard find --json`, or anything that finds one alone",
    )
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="the team's whole data, as files that `heard import` takes"
    )
    parser.add_argument(
        "--json", action="store_true", help="only the JSON of a customer; with --all print what was written as JSON"
    )
    parser.add_argument("--html", action="store_true", help="only the page to read")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="a new folder (default: one named after the customer, here)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files; status 1 where a message's file was missing, though all else was written."""
    from desk.errors import BadInput

    if (arguments.customer is None) == (arguments.all is None):
        raise BadInput("Name one customer, or --all and a folder", "Such as `heard export ana@example.org`.")
    return _everything(arguments) if arguments.all else _person(arguments)


def _person(arguments: argparse.Namespace) -> int:
    from console.cli.acting import acting
    from console.cli.printed import plain
    from storage.export.page import html_page
    from storage.export.person import export_person
    from storage.workspace import locate

    with acting(arguments) as desk:
        customer_id, name = one_customer(desk.connection, arguments.customer)
        folder = arguments.out or Path(folder_name(name))
        page = html_page if arguments.html or not arguments.json else None
        json_too = arguments.json or not arguments.html
        workspace = locate(arguments.workspace)
        written = export_person(workspace, desk.connection, desk.by, customer_id, folder, json_too=json_too, page=page)
    print(
        plain(
            f"Wrote {', '.join(written.files)} and {_counted(written.attachments, 'attachment')} to {written.folder}."
        )
    )
    return _missing(written.missing)


def _everything(arguments: argparse.Namespace) -> int:
    from console.cli.acting import acting
    from storage.export.everything import export_everything
    from storage.workspace import locate

    def watch(what: str, count: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{count:,} {what}", end="", file=sys.stderr, flush=True)

    with acting(arguments) as desk:
        written = export_everything(locate(arguments.workspace), desk.connection, desk.by, arguments.all, watch)
    counts = {
        "customers": written.customers,
        "tickets": written.tickets,
        "snippets": written.snippets,
        "attachments": written.attachments,
        "rows": written.rows,
    }
    if arguments.json:
        print(json.dumps({"folder": str(written.folder), **counts, "missing": list(written.missing)}))
    else:
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if what != "rows")
        print(
            f"Wrote {told} and {written.rows:,} rows of all else to {written.folder}."
            " `heard import` takes customers.jsonl, tickets.jsonl and snippets.jsonl."
        )
    return _missing(written.missing)


def one_customer(connection: "Connection", text: str) -> tuple[int, str]:
    """The one customer that a text means: by id, or because nobody else is found as well by it."""
    from desk.errors import BadInput, HeardError, NotFound
    from storage.customers import find_customer
    from storage.search.query import Finder

    try:
        customer_id = find_customer(connection, text)
    except HeardError:
        found = Finder(connection).find(text, 5)
        best = [hit for hit in found if hit.match == found[0].match]
        if not found:
            raise NotFound(f"Nobody is found by “{text}”", "Look for them with `heard find`.") from None
        if len(best) > 1:
            names = ", ".join(hit.name for hit in best)
            raise BadInput(f"“{text}” may be {names}", "Name one by the id that `heard find --json` prints.") from None
        customer_id = best[0].customer_id
    (name,) = connection.execute("SELECT name FROM customer WHERE id = ?", (customer_id,)).fetchone()
    return customer_id, name


def folder_name(name: str) -> str:
    """A folder's name out of a customer's."""
    from storage.attachments import safe_name

    return safe_name(f"{name.replace(' ', '-').lower()}-export")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _missing(missing: tuple[str, ...]) -> int:
    if missing:
        from desk.errors import WorkspaceError

        raise WorkspaceError(
            f"{len(missing)} attachments were missing, the first is {missing[0]}", "All else is written."
        )
    return 0
