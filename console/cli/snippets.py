"""list, show, export or import snippets (TOML)"""

import argparse
import json
from contextlib import closing
from pathlib import Path

from console.cli.exchanged import add_workspace, read_text, take_in, write_text
from console.cli.printed import Json, plain
from desk.snippets import Snippet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all snippets, or those that have every word of QUERY, best first")
    listing.add_argument("query", nargs="*", metavar="QUERY")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    showing = actions.add_parser("show", help="one snippet, by its trigger or title")
    showing.add_argument("name", metavar="NAME")
    showing.add_argument("--json", action="store_true", help="print one JSON document")
    exporting = actions.add_parser("export", help="all snippets as TOML, to FILE or standard output")
    exporting.add_argument("file", nargs="?", type=Path, metavar="FILE")
    importing = actions.add_parser("import", help="add or replace snippets from a TOML file; - is standard input")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--json", action="store_true", help="print the counts as JSON")
    for action in (listing, showing, exporting, importing):
        add_workspace(action)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    match arguments.action:
        case "list":
            _list(arguments)
        case "show":
            _show(arguments)
        case "export":
            _export(arguments)
        case _:
            _import(arguments)
    return 0


def _list(arguments: argparse.Namespace) -> None:
    from desk.snippets import Library

    known = _snippets(arguments.workspace)
    query = " ".join(arguments.query)
    found = Library(known).search(query, len(known)) if query else known
    if arguments.json:
        print(json.dumps([_as_json(snippet) for snippet in found], ensure_ascii=False))
        return
    for snippet in found:
        trigger = f";{snippet.trigger}" if snippet.trigger else ""
        place = f"{snippet.folder} / " if snippet.folder else ""
        print(plain(f"{trigger:<14} {place}{snippet.title}").replace("\n", " "))


def _show(arguments: argparse.Namespace) -> None:
    from desk.snippets import format_actions
    from storage.library import snippet_named
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(arguments.workspace))) as connection:
        snippet = snippet_named(connection, arguments.name)
    if arguments.json:
        print(json.dumps(_as_json(snippet), ensure_ascii=False))
        return
    facts = (
        ("Trigger", f";{snippet.trigger}" if snippet.trigger else ""),
        ("Folder", snippet.folder),
        ("Keywords", ", ".join(snippet.keywords)),
        ("Actions", format_actions(snippet.actions)),
        ("Used", f"{snippet.uses} times" if snippet.uses != 1 else "once"),
    )
    lines = [snippet.title, *(f"{name}: {value}" for name, value in facts if value), "", snippet.body]
    print(plain("\n".join(lines)))


def _export(arguments: argparse.Namespace) -> None:
    from desk.snippets import to_toml

    write_text(arguments.file, to_toml(_snippets(arguments.workspace)))


def _import(arguments: argparse.Namespace) -> None:
    from desk.snippets import parse_snippets

    take_in(arguments, parse_snippets(*read_text(arguments.file)), "Snippets")


def _snippets(workspace: str | None) -> tuple[Snippet, ...]:
    from storage.library import snippets
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(workspace))) as connection:
        return snippets(connection)


def _as_json(snippet: Snippet) -> dict[str, Json]:
    from desk.snippets import format_actions

    return {
        "title": snippet.title,
        "trigger": snippet.trigger,
        "folder": snippet.folder,
        "keywords": list(snippet.keywords),
        "body": snippet.body,
        "actions": format_actions(snippet.actions),
        "uses": snippet.uses,
    }
