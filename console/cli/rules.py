"""list, show, export or import the team's rules (TOML)"""

import argparse
import json
from contextlib import closing
from pathlib import Path

from console.cli.exchanged import add_workspace, read_text, write_text
from console.cli.printed import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all kinds, and whether they are the team's own")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    showing = actions.add_parser("show", help="the rules of one kind, as they hold now")
    exporting = actions.add_parser("export", help="the same to FILE, or standard output")
    importing = actions.add_parser("import", help="go by the rules in a TOML file; - is standard input")
    resetting = actions.add_parser("reset", help="go by the rules that Heard came with")
    for action in (showing, exporting, importing, resetting):
        action.add_argument("kind", metavar="KIND", help="as `heard rules list` names it")
    exporting.add_argument("file", nargs="?", type=Path, metavar="FILE")
    importing.add_argument("file", type=Path, metavar="FILE")
    for action in (listing, showing, exporting, importing, resetting):
        add_workspace(action)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    match arguments.action:
        case "list":
            _list(arguments)
        case "show":
            print(plain(_text(arguments)), end="")
        case "export":
            write_text(arguments.file, _text(arguments))
        case "import":
            _import(arguments)
        case _:
            _reset(arguments)
    return 0


def _list(arguments: argparse.Namespace) -> None:
    from storage.rules import KINDS, is_own
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(arguments.workspace))) as connection:
        own = {kind: is_own(connection, kind) for kind in KINDS}
    if arguments.json:
        print(json.dumps([{"kind": kind, "own": own[kind], "title": KINDS[kind].title} for kind in KINDS]))
        return
    for kind, rules in KINDS.items():
        print(f"{kind:<14} {'own' if own[kind] else 'starter':<8} {rules.title}")


def _text(arguments: argparse.Namespace) -> str:
    from storage.rules import read, rules_named
    from storage.workspace import locate, open_to_read

    rules_named(arguments.kind)
    with closing(open_to_read(locate(arguments.workspace))) as connection:
        return read(connection, arguments.kind)


def _import(arguments: argparse.Namespace) -> None:
    from console.cli.acting import acting
    from storage.rules import change, rules_named

    rules_named(arguments.kind)
    text, where = read_text(arguments.file)
    with acting(arguments) as desk:
        change(desk.connection, desk.by, arguments.kind, text, where)
    print(f"The team goes by its own {arguments.kind} now.")


def _reset(arguments: argparse.Namespace) -> None:
    from console.cli.acting import acting
    from storage.rules import change, rules_named

    rules_named(arguments.kind)
    with acting(arguments) as desk:
        change(desk.connection, desk.by, arguments.kind, None)
    print(f"The team goes by the starter {arguments.kind} now.")
