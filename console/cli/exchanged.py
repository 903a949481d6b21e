"""Files of snippets and checklists: written whole, read whole, and what came of it in one line."""

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from desk.errors import BadInput
from storage.library import Piece


def add_workspace(action: argparse.ArgumentParser) -> None:
    """Let the workspace be named behind the action too, without taking back what was named before it."""
    action.add_argument("--workspace", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def write_text(file: Path | None, text: str) -> None:
    """Write to a file, or to standard output where none was named."""
    if file is None:
        sys.stdout.write(text)
        return
    file.write_text(text, encoding="utf-8")


def read_text(file: Path) -> tuple[str, str]:
    """The text of a file (`-` is standard input), and what to call it in errors; BadInput where it is no UTF-8."""
    if str(file) == "-":
        data, name = sys.stdin.buffer.read(), "standard input"
    else:
        data, name = file.read_bytes(), str(file)
    try:
        return data.decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from error


def take_in(arguments: argparse.Namespace, pieces: Iterable[Piece], what: str) -> None:
    """Put what a file held into the workspace that was named, and say how many were added and updated."""
    from desk.times import now
    from storage.library import replace_or_add
    from storage.workspace import locate, open_to_write

    with closing(open_to_write(locate(arguments.workspace))) as connection:
        taken = replace_or_add(connection, pieces, now())
    if arguments.json:
        print(json.dumps({"added": taken.added, "updated": taken.updated, "unchanged": taken.unchanged}))
    else:
        print(f"{what}: {taken.added} added, {taken.updated} updated, {taken.unchanged} were there already.")
