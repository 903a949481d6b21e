"""review a draft: marks words that sound unsure, empty or blaming, with a reason and a way out; exit 1 if any"""

import argparse
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from console.cli.exchanged import read_text
from desk.review.engine import review
from desk.review.marks import Context, Kind, Mark
from desk.review.rules import Rules

FOUND = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the draft (default: standard input)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--language", default="", metavar="en|de|es", help="its language (default: guessed)")
    parser.add_argument("--kind", choices=[kind.value for kind in Kind], default=Kind.REPLY, help="what it will be")
    parser.add_argument("--customer", default="", metavar="NAME", help="the customer's name, so that it can be checked")
    parser.add_argument("--attached", type=int, default=0, metavar="N", help="how many files go with it")


def run(arguments: argparse.Namespace) -> int:
    """Print the marks; the status tells whether there are any."""
    rules = _rules(arguments.workspace)
    if arguments.language:
        rules.language(arguments.language)  # refused before anything is read
    file = arguments.file or Path("-")
    text, name = read_text(file)
    context = Context(
        kind=Kind(arguments.kind),
        language=arguments.language,
        names=(arguments.customer,) if arguments.customer else (),
        attachments=arguments.attached,
    )
    marks = review(text, context, rules)
    if arguments.json:
        print(json.dumps([_as_json(mark) for mark in marks], ensure_ascii=False))
    else:
        for line in lines(text, marks, name):
            print(line)
    return FOUND if marks else 0


def _rules(named: str | None) -> Rules:
    """The team's rules where there is a workspace; a draft can be reviewed without one."""
    from storage.review import rules_of, rules_with
    from storage.workspace import locate, open_to_read

    workspace = locate(named)
    if named is None and not workspace.exists():
        return rules_with()
    with closing(open_to_read(workspace)) as connection:
        return rules_of(connection)


def _as_json(mark: Mark) -> dict[str, object]:
    return {
        "rule": mark.rule,
        "start": mark.start,
        "end": mark.end,
        "text": mark.text,
        "reason": mark.reason,
        "suggestion": mark.suggestion,
        "replacement": mark.replacement,
        "asks": mark.asks,
    }


def lines(text: str, marks: Iterable[Mark], name: str) -> Iterator[str]:
    """One line a mark, with its place as compilers write it, so that an editor can go there."""
    from widgets.cells import harmless

    for mark in marks:
        line = text.count("\n", 0, mark.start) + 1
        column = mark.start - (text.rfind("\n", 0, mark.start) + 1) + 1
        said = " ".join(mark.text.split())
        yield harmless(f"{name}:{line}:{column}: {mark.rule}: “{said}” {mark.reason} {mark.suggestion}")
