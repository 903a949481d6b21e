"""erase one customer: their words, names, addresses and files, for good; it asks first"""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "customer",
        nargs="?",
        metavar="CUSTOMER",
        help="an id from `heard find --json`, or anything that finds one alone",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--finish", action="store_true", help="clean up behind earlier erasures in a large workspace")


def run(arguments: argparse.Namespace) -> int:
    """Say what will go, ask, erase, and clean the files."""
    from console.cli.acting import acting
    from console.cli.printed import plain
    from desk.errors import BadInput, Refused
    from desk.roles import Right
    from storage.erasing.cleaning import clean_up
    from storage.erasing.erase import erase
    from storage.erasing.traces import find
    from storage.supervisors import require

    if not arguments.customer and not arguments.finish:
        raise BadInput("Name the customer to erase", "Such as `heard erase ana@example.org`.")
    with acting(arguments) as desk:
        if arguments.customer:
            from console.cli.export import one_customer

            # Nobody types a name to be refused.
            require(desk.connection, desk.by.agent_id, Right.ERASE)
            customer_id, name = one_customer(desk.connection, arguments.customer)
            traced = find(desk.connection, customer_id)
            print(plain(f"{name}: this will be gone for good, also from the history; nothing can take it back."))
            for line in traced.words():
                print(f"  {line}")
            if not arguments.yes and not traced.is_named(_typed(plain(name))):
                raise Refused("Nothing was erased", "")
            erase(desk.connection, desk.by, traced)
        clean = clean_up(desk.connection, whatever_size=True)
    print(
        "Erased. Copies that were made before, such as backups, still have everything."
        if arguments.customer
        else "Clean."
    )
    if not clean:
        raise Refused(
            "The file's unused pages aren't clean yet, since another program reads it",
            "Run `heard erase --finish` later.",
        )
    return 0


def _typed(name: str) -> str:
    """What the person types, who is asked for the name; BadInput where nobody can."""
    from desk.errors import BadInput

    if not sys.stdin.isatty():
        raise BadInput("Erasing asks first, and nobody is here to answer", "With --yes it does not ask.")
    return input(f"Type the name to erase {name}: ")
