"""the console in a browser: prints the address to open, with a token in it

Each tab is a console of its own, at the desk of whoever serves. It listens on this machine alone; for browsers
elsewhere it wants TLS. What a browser can't do (files, the editor) says so there; docs/serve.md tells all.
"""

import argparse
import json
import sys
from pathlib import Path

from desk.errors import BadInput

PORT = 8773
TABS = 8
MOST_TABS = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--port", type=int, default=PORT, help=f"0 takes any that is free (default: {PORT})")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--tabs", type=int, default=TABS, metavar="N", help=f"at most N at once (default: {TABS})")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="one token for every time; made if missing")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="speak TLS with this chain (PEM)")
    parser.add_argument("--key", type=Path, metavar="FILE", help="the key of the certificate (PEM)")
    parser.add_argument("--address", default="", metavar="URL", help="what browsers elsewhere open, by https")
    parser.add_argument("--json", action="store_true", help="print address and token as one JSON document")
    # What the front starts for each tab.
    parser.add_argument("--tab", metavar="WxH", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    from storage.workspace import locate, open_to_read

    workspace = locate(arguments.workspace)
    if arguments.tab is not None:
        return _tab(workspace.folder, arguments.tab)
    # What is wrong with the workspace is said here, once.
    open_to_read(workspace).close()
    _serve(workspace.folder, arguments)
    return 0


def _serve(folder: Path, arguments: argparse.Namespace) -> None:
    from console.serving.front import Front
    from console.serving.listen import Wanted, serve, take

    told = arguments.json or sys.stdout.isatty() or arguments.token_file is not None
    if not 0 < arguments.tabs <= MOST_TABS:
        raise BadInput(f"{arguments.tabs} tabs can't be served", f"1 to {MOST_TABS}.")
    if not told:
        raise BadInput("Nobody would see the token, and no log should have it", "Keep it by --token-file FILE.")
    wanted = Wanted(
        arguments.host,
        arguments.port,
        arguments.certificate,
        arguments.key,
        arguments.address,
        arguments.token_file,
    )
    place = take(wanted)

    def begun() -> None:
        if arguments.json:
            print(json.dumps({"address": place.url, "token": place.door.token}), flush=True)
        elif sys.stdout.isatty():
            print(f"Heard is at {place.url}/#token={place.door.token}")
            print("Whoever opens this sits at your desk. Ctrl+C ends it.", flush=True)
        else:
            print(f"Heard is at {place.url}, with the token in {arguments.token_file}", flush=True)

    serve(place, Front(place.door, folder, arguments.tabs), wanted, begun)


def _tab(folder: Path, size: str) -> int:
    """What the front started: the console of one tab."""
    import gc

    from console.serving.driver import LINE
    from console.serving.served import run as run_tab
    from console.terminal import TERMINAL

    columns, _, rows = size.partition("x")
    # As for a console in a terminal: the application turns it on again.
    gc.disable()
    LINE.keep()
    status = run_tab(folder, (int(columns), int(rows)))
    TERMINAL.leave(status)
    return status
