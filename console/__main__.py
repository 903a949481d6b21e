"""The command `heard`: finds the module of a command, runs it, and turns what went wrong into one line and a status.

Status 0 is done, 1 refused (the line says what happened and what to do), 2 misused. The invariant: a command's module
is imported only when it is called, and none at all for `--help`, so that `heard pop` answers before the second ring.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

COMMANDS = {
    "demo": "demo",
    "import": "import_",
    "find": "find",
    "tickets": "tickets",
    "show": "show",
    "pop": "pop",
    "phone": "phone",
    "review": "review",
    "reply": "reply",
    "note": "note",
    "set": "set",
    "snippets": "snippets",
    "checklists": "checklists",
    "report": "report",
    "stats": "stats",
    "rules": "rules",
    "connect": "connect",
    "sync": "sync",
    "outbox": "outbox",
    "secret": "secret",
    "export": "export",
    "erase": "erase",
    "backup": "backup",
    "restore": "restore",
    "agents": "agents",
    "audit": "audit",
    "alerts": "alerts",
    "serve": "serve",
    "doctor": "doctor",
}
DONE, REFUSED, MISUSED = 0, 1, 2
INTERRUPTED, READER_GONE = 130, 141


class Command(Protocol):
    """What a module in console/cli offers. The first line of its docstring is its help."""

    __doc__: str | None

    def add_arguments(self, parser: "ArgumentParser") -> None:
        """Declare the command's arguments."""

    def run(self, arguments: "Namespace") -> int:
        """Do it; the exit status. `arguments.workspace` is what --workspace named, or None."""


def main(argv: list[str] | None = None) -> int:
    """Run one command line; the exit status. Without arguments it is the console."""
    given = sys.argv[1:] if argv is None else argv
    if not given:
        from console.start import open_console

        return _guarded("heard", None, lambda: open_console(None))
    try:
        return _dispatch(given)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MISUSED


def _dispatch(given: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(
        prog="heard",
        usage="heard [--workspace PATH] [COMMAND …]",
        description="A keyboard-driven console for customer support. Without a command it starts the console.",
        allow_abbrev=False,
        add_help=False,
    )
    _add_workspace(parser)
    parser.add_argument("-h", "--help", action="store_true", help="show this and every command")
    parser.add_argument("--version", action="store_true", help="say which Heard this is")
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    if arguments.help:
        return _help(parser)
    if arguments.version:
        return _version()
    if arguments.command is None:
        from console.start import open_console

        return _guarded("heard", arguments.workspace, lambda: open_console(arguments.workspace))
    return _run(str(arguments.command), list(arguments.rest), arguments.workspace)


def _run(name: str, rest: list[str], workspace: str | None) -> int:
    """Run one command; the workspace may be named before or after its name."""
    import argparse
    from importlib import import_module

    if name not in COMMANDS:
        return _unknown(name)
    command = cast(Command, import_module(f"console.cli.{COMMANDS[name]}"))
    parser = argparse.ArgumentParser(prog=f"heard {name}", description=_described(command.__doc__), allow_abbrev=False)
    _add_workspace(parser)
    command.add_arguments(parser)
    named, rest = _workspace_in(rest)
    arguments = parser.parse_args(rest)
    arguments.workspace = named or arguments.workspace or workspace
    return _guarded(f"heard {name}", arguments.workspace, lambda: command.run(arguments))


def _workspace_in(rest: list[str]) -> tuple[str | None, list[str]]:
    """The workspace that is named anywhere on the line, behind a verb too (`outbox list`), and the line without it.

    Where an option stands in the place of the folder, argparse says what is missing.
    """
    options = rest[: rest.index("--")] if "--" in rest else rest
    for place, word in enumerate(options):
        if word == "--workspace" and place + 1 < len(options) and not options[place + 1].startswith("-"):
            return rest[place + 1], rest[:place] + rest[place + 2 :]
        if word.startswith("--workspace="):
            return word.partition("=")[2], rest[:place] + rest[place + 1 :]
    return None, rest


def _described(written: str | None) -> str:
    """What a command does: argparse runs paragraphs together, and the first, a line of the list, has no full stop."""
    first, _, more = (written or "").strip().partition("\n\n")
    return f"{first}. {more}" if more else first


def _guarded(name: str, workspace: str | None, deed: "Callable[[], int]") -> int:
    """Do it, and turn every expected failure into one line on standard error and a status."""
    from desk.errors import HeardError

    _print_anything()
    try:
        status = deed()
        sys.stdout.flush()
    except HeardError as error:
        return _refuse(name, str(error))
    except BrokenPipeError:
        # Whoever read the output has enough; the interpreter must not complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        return _refuse(name, "Interrupted; what was already done stays done", INTERRUPTED)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _refuse(name, f"{error.strerror or error}{where}")
    except Exception as error:
        explained = _database_error(error, workspace)
        if explained is None:
            raise
        return _refuse(name, str(explained))
    return status


def _refuse(name: str, sentence: str, status: int = REFUSED) -> int:
    from widgets.cells import harmless

    sys.stderr.write(f"{name}: {harmless(sentence)}\n")
    return status


def _database_error(error: Exception, workspace: str | None) -> Exception | None:
    """What an error of the database means for the person; None where it is no such error."""
    cause: object = getattr(error, "orig", error)  # SQLAlchemy wraps the driver's
    if not isinstance(cause, Exception) or type(cause).__module__.partition(".")[0] not in {"sqlite3", "sqlcipher3"}:
        return None
    from storage.connect import explain
    from storage.workspace import locate

    return explain(locate(workspace).database, cause)


def _unknown(name: str) -> int:
    from desk.nearest import mend_name

    return _refuse("heard", f"There is no command {name!r}. {mend_name(name, COMMANDS)}", MISUSED)


def _version() -> int:
    from importlib.metadata import version

    sys.stdout.write(f"heard {version('heard')}\n")
    return DONE


def _add_workspace(parser: "ArgumentParser") -> None:
    parser.add_argument("--workspace", metavar="PATH", help="the folder to work in (default: HEARD_WORKSPACE)")


def _help(parser: "ArgumentParser") -> int:
    """Every command with the first line of its module, read as text: importing them all would take a second."""
    folder = Path(__file__).parent / "cli"
    lines = [parser.format_help(), "commands (heard COMMAND --help tells more):"]
    for name, module in COMMANDS.items():
        with (folder / f"{module}.py").open(encoding="utf-8") as source:
            first_line = source.readline().strip().removeprefix('"""').removesuffix('"""').strip()
        lines.append(f"  {name:<12}{first_line}")
    sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def _print_anything() -> None:
    """A locale that lacks a letter must not end a command: it prints an escape instead."""
    from io import TextIOWrapper

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
