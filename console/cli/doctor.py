"""check terminal, database, rights, disk, locale, clock, keyring and sources, and say how to mend what is wrong

Status 0 where all is well, else 1. Works without a terminal and without a workspace, and changes nothing.
"""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from console.checks import every_check
from storage.workspace import locate
from widgets.cells import harmless


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `heard doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON list of check, ok, detail and mend")


def run(arguments: Namespace) -> int:
    """Check everything, and print each finding."""
    found = []
    for check in every_check(locate(arguments.workspace)):
        found.append(check)
        if not arguments.json:
            print(f"{'ok ' if check.ok else 'BAD'} {check.check:<13} {harmless(check.detail)}", flush=True)
            if check.mend:
                print(f"{'':<18}{harmless(check.mend)}")
    if arguments.json:
        print(json.dumps([asdict(check) for check in found], ensure_ascii=False))
    return 0 if all(check.ok for check in found) else 1
