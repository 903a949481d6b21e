"""list, show, export, import or remove checklists (TOML)"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
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
    removing = actions.add_parser("remove", help="offer a checklist no more; what was ticked on tickets is kept")
    removing.add_argument("name", metavar="NAME")
    for action in (listing, showing, exporting, importing, removing):
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
        case "remove":
            _remove(arguments)
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
    lines += _bindings(template)
    for place, step in enumerate(template.steps):
        later = " (may be done later)" if step.later else "" if step.required else " (may be left out)"
        lines += [f"{digit_of(place)}  {step.title}{later}", f"   {step.meaning}"]
        told = (("Tip", step.tip), ("Done when", step.done_when), ("Snippet", step.snippet), ("Field", _field(step)))
        lines += [f"   {name}: {text}" for name, text in told if text]
    return lines


def _field(step: Step) -> str:
    return "" if step.field.value == "none" else step.field.value


def _bindings(template: ChecklistTemplate) -> list[str]:
    """What it is bound to, a line each."""
    bound = (
        ("flags", template.flags), ("tags", template.tags), ("queues", template.queues), ("channels", template.channels)
    )  # fmt: skip
    lines = [f"For {name}: {', '.join(values)}" for name, values in bound if values]
    return ["For customers who are upset", *lines] if template.angry else lines


def _export(arguments: argparse.Namespace) -> None:
    from desk.checklists import to_toml

    write_text(arguments.file, to_toml(_templates(arguments.workspace)))


def _import(arguments: argparse.Namespace) -> None:
    from desk.checklists import parse_checklists

    given = parse_checklists(*read_text(arguments.file))
    take_in(arguments, given, "Checklists")
    for step, trigger in _without_snippet(arguments.workspace, given):
        print(plain(f"{step} names the snippet ;{trigger}, which isn't in the library yet"), file=sys.stderr)


def _without_snippet(workspace: str | None, given: Iterable[ChecklistTemplate]) -> Iterator[tuple[str, str]]:
    """The steps whose snippet nobody has written, with its trigger."""
    from storage.library import snippets
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(workspace))) as connection:
        known = {snippet.trigger.casefold() for snippet in snippets(connection)}
    for template in given:
        for step in template.steps:
            trigger = step.snippet.removeprefix(";")
            if trigger and trigger.casefold() not in known:
                yield f"{template.title}: {step.title}", trigger


def _remove(arguments: argparse.Namespace) -> None:
    from storage.library import remove_template, template_named
    from storage.workspace import locate, open_to_read, open_to_write

    workspace = locate(arguments.workspace)
    # A mistyped workspace is refused by whoever only reads.
    with closing(open_to_read(workspace)) as connection:
        template = template_named(connection, arguments.name)
    with closing(open_to_write(workspace)) as connection:
        remove_template(connection, template.key)
    print(plain(f"{template.title} is offered no more; heard checklists import brings it back").replace("\n", " "))


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
