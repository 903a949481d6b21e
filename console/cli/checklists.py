"""list, show, export or import checklists (TOML)"""

import argparse
import json
from contextlib import closing
from pathlib import Path

from console.cli.exchanged import add_workspace, read_text, take_in, write_text
from console.cli.printed import Json, plain
from desk.checklists import ChecklistTemplate, Step, digit_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all checklists, in the order in which they are offered")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    showing = actions.add_parser("show", help="one checklist, by its key or title")
    showing.add_argument("name", metavar="NAME")
    showing.add_argument("--json", action="store_true", help="print one JSON document")
    exporting = actions.add_parser("export", help="all checklists as TOML, to FILE or standard output")
    exporting.add_argument("file", nargs="?", type=Path, metavar="FILE")
    importing = actions.add_parser("import", help="add or replace checklists from a TOML file; - is standard input")
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
    known = _templates(arguments.workspace)
    if arguments.json:
        print(json.dumps([_as_json(template) for template in known], ensure_ascii=False))
        return
    for template in known:
        print(plain(f"{template.key:<14} {len(template.steps):>2} steps  {template.title}").replace("\n", " "))


def _show(arguments: argparse.Namespace) -> None:
    from storage.library import template_named
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(arguments.workspace))) as connection:
        template = template_named(connection, arguments.name)
    if arguments.json:
        print(json.dumps(_as_json(template), ensure_ascii=False))
        return
    print(plain("\n".join(_lines(template))))


def _lines(template: ChecklistTemplate) -> list[str]:
    lines = [f"{template.title} ({template.key})", *([template.purpose] if template.purpose else [])]
    for place, step in enumerate(template.steps):
        later = " (may be done later)" if step.later else "" if step.required else " (may be left out)"
        lines += [f"{digit_of(place)}  {step.title}{later}", f"   {step.meaning}"]
        lines += [f"   {name}: {text}" for name, text in (("Tip", step.tip), ("Done when", step.done_when)) if text]
    return lines


def _export(arguments: argparse.Namespace) -> None:
    from desk.checklists import to_toml

    write_text(arguments.file, to_toml(_templates(arguments.workspace)))


def _import(arguments: argparse.Namespace) -> None:
    from desk.checklists import parse_checklists

    take_in(arguments, parse_checklists(*read_text(arguments.file)), "Checklists")


def _templates(workspace: str | None) -> tuple[ChecklistTemplate, ...]:
    from storage.library import templates
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(workspace))) as connection:
        return templates(connection)


def _as_json(template: ChecklistTemplate) -> dict[str, Json]:
    return {
        "key": template.key,
        "title": template.title,
        "purpose": template.purpose,
        "angry": template.angry,
        "channels": list(template.channels),
        "tags": list(template.tags),
        "queues": list(template.queues),
        "flags": list(template.flags),
        "steps": [_step_json(step) for step in template.steps],
    }


def _step_json(step: Step) -> dict[str, Json]:
    return {
        "key": step.key,
        "title": step.title,
        "meaning": step.meaning,
        "tip": step.tip,
        "done_when": step.done_when,
        "snippet": step.snippet,
        "required": step.required,
        "later": step.later,
        "field": step.field.value,
    }
