"""the console on a made-up team, to try everything without harm"""

import argparse
import os

from desk.errors import BadInput
from desk.times import now

# The agent of the demo team whose seat a visitor takes.
PLAYED = "ana"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--seed", type=int, default=1, help="another number makes other people (default: 1)")
    parser.add_argument("--tickets", type=int, default=240, help="how many tickets (default: 240)")
    parser.add_argument("--customers", type=int, default=400, help="how many customers (default: 400)")
    parser.add_argument("--no-console", action="store_true", help="only make the workspace, and say where it is")


def run(arguments: argparse.Namespace) -> int:
    """Make the demo workspace where it isn't there yet, then open the console on it as one of its agents."""
    from console.demo.make import make_demo
    from console.paths import demo_folder

    if arguments.tickets < 1 or arguments.customers < 1:
        raise BadInput("A demo needs at least one ticket and one customer", "Give a number above zero.")
    folder = demo_folder(arguments.workspace)
    make_demo(folder, seed=arguments.seed, tickets=arguments.tickets, people=arguments.customers, now=now())
    if arguments.no_console:
        print(folder)
        return 0
    from console.start import open_console

    os.environ.setdefault("HEARD_AGENT", PLAYED)
    return open_console(str(folder))
