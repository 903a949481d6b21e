"""write an internal note on a ticket, from a file or standard input; no customer ever sees it

The reviewer's marks go to standard error. A note that speaks to the customer, who won't see it, is refused with
status 1, unless --as-is is given; other marks stop nothing.
"""

import argparse

from console.cli.acting import acting
from console.cli.writing import add_text_arguments, put, read_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    add_text_arguments(parser)
    parser.add_argument("--now", action="store_true", help="as with reply; a note never waits")


def run(arguments: argparse.Namespace) -> int:
    """Write it."""
    text = read_text(arguments.file)
    with acting(arguments) as desk:
        title = put(desk, arguments, "note", text)
    print(f"{title}.")
    return 0
