"""The reference pages docs/keys.md, commands.md, numbers.md and kinds.md, written from the registries of each.

`python -m console.reference` writes them; a test says where they are no longer current. The invariant: nothing in them
is written by hand that the code knows.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from console.__main__ import COMMANDS, Command
from console.kinds_page import kinds_page
from desk.filters import OPERATORS
from desk.metrics.registry import METRICS
from screens.action import MOVING, SCREENS, WORK, Place, Places
from screens.actions import ACTIONS, GROUPS

FOLDER = Path(__file__).parent.parent / "docs"
MADE = "<!-- Written by `python -m console.reference`; change the code, not this page. -->"
PLACES = {
    Place.QUEUE: "queue", Place.TICKET: "ticket", Place.CHECKLIST: "checklist", Place.COMPOSER: "composer",
    Place.FIELD: "any field", Place.PICKER: "questions", Place.CUSTOMERS: "customer search",
    Place.CUSTOMER: "customer", Place.LIBRARY: "snippets", Place.OUTBOX: "outbox", Place.SOURCES: "sources",
    Place.WELCOME: "welcome", Place.HELP: "help", Place.QUESTION: "yes or no", Place.FORM: "forms",
    Place.TASKS: "tasks", Place.KNOWN: "known answers", Place.TEAM: "team",
    Place.GESTURES: "gestures", Place.INCIDENTS: "incidents",
    Place.DUPLICATES: "duplicates", Place.NUMBERS: "my numbers", Place.NEWCOMERS: "new customers",
    Place.CALLER: "who calls", Place.CALL: "call", Place.NOTES: "a call's notes", Place.WRAP_UP: "wrap-up",
    Place.BOARD: "live board", Place.EXPLANATION: "explanation", Place.BANNERS: "banners",
}  # fmt: skip

KEYS_HEAD = f"""\
# Keys

{MADE}

One letter means one thing, in a list and in a ticket alike; capitals are the stronger form, or “and next”.
Two keys with a blank between them are pressed one after the other, and the second ones are shown while the
first waits. Where text is typed, letters are text and the key with Ctrl acts. `?` shows the keys of the
present screen, `Ctrl+P` finds every command by its words, and `:` takes the command itself.

Own keys stand in the [configuration file](configuration.md), by the name in the last column. An empty list
takes a key away; a clash is named at the start, with what it is between.

```toml
[keys]
"ticket.snooze" = ["Z"]
"go.outbox" = ["g x", "F8"]
```"""
COMMANDS_HEAD = f"""\
# Commands

{MADE}

`heard` alone starts the console. Every command takes `--workspace PATH` (or `HEARD_WORKSPACE`), before or
after its name, and `--help`. The exit status is 0 where it was done, 1 where it was refused, with one line on
standard error that says what happened and what to do, and 2 where it was called wrongly. With `--json` a
command prints one JSON document; times in it are ISO 8601 with offset."""

NUMBERS_HEAD = f"""\
# Numbers

{MADE}

The numbers of the [live board](board.md). Each is a metric with an id, by which a board's TOML names it. A week is
today and the six days before; a day begins at midnight where you are. Of spans the value is the median."""


def numbers_page() -> str:
    """docs/numbers.md."""
    return "\n".join((NUMBERS_HEAD, *_numbers())) + "\n"


def _numbers() -> Iterator[str]:
    for metric in METRICS.values():
        told = (
            ("of which time", metric.window.value), ("clock", metric.clock_told), ("begins", metric.starts),
            ("ends", metric.stops), ("credit", metric.credited), ("left out", metric.left_out),
            ("in parts by", metric.split.value), ("behind it", metric.behind),
        )  # fmt: skip
        yield from ("", "## " + metric.title, "", _code(metric.id) + ". " + metric.formula, "")
        yield from _table(("", ""), ((name, text) for name, text in told if text))


def keys_page() -> str:
    """docs/keys.md."""
    return "\n".join((KEYS_HEAD, *_keys_tables(), *_operators())) + "\n"


def commands_page() -> str:
    """docs/commands.md."""
    return "\n".join((COMMANDS_HEAD, *_commands())) + "\n"


def _keys_tables() -> Iterator[str]:
    for group, title in GROUPS.items():
        actions = [action for action in ACTIONS if action.group == group]
        if not actions:
            continue
        yield from ("", "## " + title, "")
        yield from _table(
            ("keys", "does", "where", "command", "name"),
            (
                (
                    " or ".join(_code(key) for key in action.keys),
                    action.help,
                    _where(action.places),
                    _code(":" + " ".join(part for part in (action.typed, action.takes) if part)),
                    _code(action.id),
                )
                for action in actions
            ),
        )


def _operators() -> Iterator[str]:
    yield from ("", "## What may follow `/`", "")
    yield "Words are looked for in subjects and messages, words in quotes as they stand; a minus takes away. Operators:"
    yield ""
    yield from _table(
        ("operator", "means", "examples"),
        (
            (_code(operator.name), operator.help, ", ".join(_code(example) for example in operator.examples))
            for operator in OPERATORS
        ),
    )


def _where(places: Places) -> str:
    if places >= SCREENS:
        return "everywhere"
    if places >= MOVING:
        return "every page"
    named: list[str] = []
    if places >= WORK:
        named.append("queue, ticket, checklist")
        places -= WORK
    return ", ".join((*named, *(PLACES[place] for place in Place if place in places)))


def _commands() -> Iterator[str]:
    for name, module in COMMANDS.items():
        command = cast(Command, import_module("console.cli." + module))
        parser = argparse.ArgumentParser(prog="heard " + name, add_help=False)
        command.add_arguments(parser)
        first, _, more = (command.__doc__ or "").strip().partition("\n")
        yield from ("", "## heard " + name, "", _sentence(first))
        if more.strip():
            yield from ("", " ".join(more.split()))
        yield from _arguments(parser)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The arguments of a command, then those of each of its verbs."""
    # argparse lists what was declared nowhere but here; its own help is made from it too.
    shown = (each for each in parser._actions if each.help is not argparse.SUPPRESS)
    declared = [each for each in shown if not isinstance(each, argparse._HelpAction)]
    rows = [each for each in declared if not isinstance(each, argparse._SubParsersAction)]
    if rows:
        yield ""
        yield from _table(("argument", "means"), ((_code(_written(each)), _meaning(each)) for each in rows))
    for each in declared:
        if isinstance(each, argparse._SubParsersAction):
            words = {choice.dest: choice.help or "" for choice in each._choices_actions}
            for verb, below in each.choices.items():
                yield from ("", "### " + below.prog, "", _sentence(words.get(verb, "")))
                yield from _arguments(below)


def _written(action: argparse.Action) -> str:
    """An argument as it is typed."""
    value = _value(action)
    if not action.option_strings:
        return {"+": value + " …", "*": "[" + value + " …]", "?": "[" + value + "]"}.get(str(action.nargs), value)
    return ", ".join(action.option_strings) + (" " + value if action.nargs != 0 else "")


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "|".join(str(choice) for choice in action.choices)
    return action.dest.upper()


def _meaning(action: argparse.Action) -> str:
    return (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].upper() + text[1:] + "."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def _code(text: str) -> str:
    return "`` ` ``" if text == "`" else "`" + text + "`"


def pages() -> dict[str, str]:
    """Every page by its name in docs/."""
    return {
        "keys.md": keys_page(),
        "commands.md": commands_page(),
        "numbers.md": numbers_page(),
        "kinds.md": kinds_page(),
    }


def write_pages(folder: Path = FOLDER) -> None:
    """Write them."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages()
    sys.stdout.write("The reference pages in docs are current.\n")
