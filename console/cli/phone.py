"""the telephone that tells who rings: how it is doing, --watch it, or `heard phone desktop` for links to numbers

Which telephone it is stands in the configuration, in the table [phone]; a console watches it by itself while it is
open. `heard phone desktop` lets tel:, callto: and sip: links show the caller, `--remove` undoes that.
"""

import argparse
import json
from contextlib import closing

from desk.errors import BadInput, NotFound


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("what", nargs="?", choices=["status", "desktop"], default="status", metavar="status|desktop",
                        help="how the watch is doing (the default), or the file for links")  # fmt: skip
    parser.add_argument("--watch", action="store_true", help="watch the telephone until this is ended")
    parser.add_argument("--remove", action="store_true", help="with desktop: take the file away")
    # What a console starts: it ends by itself when the last console has gone.
    parser.add_argument("--for-consoles", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 1 where the telephone isn't being heard."""
    if arguments.what == "desktop":
        return _desktop(arguments)
    if arguments.watch or arguments.for_consoles:
        return _watch(arguments)
    return _status(arguments)


def _desktop(arguments: argparse.Namespace) -> int:
    from console.telephony import desktop

    if arguments.remove:
        print("Removed." if desktop.remove() else "There was none.")
        return 0
    print(f"Written: {desktop.write(arguments.workspace)}")
    print(f"Let it open such links: {desktop.how_to_use()}")
    return 0


def _watch(arguments: argparse.Namespace) -> int:
    from console.config import load
    from console.telephony.telephone import Seat
    from console.telephony.watch import watch
    from storage.agents import me
    from storage.workspace import locate, open_to_write

    workspace, config = locate(arguments.workspace), load()
    if config.phone is None:
        raise BadInput("No telephone is configured", "Name one in the table [phone]; docs/calls.md tells how.")
    if not workspace.exists():
        raise NotFound(f"There is no workspace at {workspace.folder}", "Start with `heard`, or `heard demo`.")
    with closing(open_to_write(workspace)) as connection:
        agent = me(connection, config.agent_handle, config.agent_name)
    seat = Seat(workspace, agent.id, config.agent_handle, config.phone_regions)
    watch(config.phone, seat, for_consoles=arguments.for_consoles)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    from console.telephony.examined import telephone
    from storage.workspace import locate
    from widgets.cells import harmless

    check = telephone(locate(arguments.workspace))
    if arguments.json:
        print(json.dumps({"ok": check.ok, "detail": check.detail, "mend": check.mend}, ensure_ascii=False))
    else:
        print(harmless(f"{check.detail}. {check.mend}".rstrip()))
    return 0 if check.ok else 1
