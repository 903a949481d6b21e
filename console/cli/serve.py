"""the console in a browser: prints the address to open, with a token in it

Each tab is a console of its own, at the desk of whoever serves. It listens on this machine alone; for browsers
elsewhere it wants TLS. What a browser can't do (files, the editor) says so there; docs/serve.md tells all.
"""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import BadInput

if TYPE_CHECKING:
    from storage.connect import Connection
    from storage.workspace import Workspace

PORT = 8773
TABS = 8
MOST_TABS = 100
AT_DESK, AT_WALL = "sits at your desk", "sees the board, and can change nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--board", nargs="?", const="", metavar="NAME", help="the live board alone, only to read")
    parser.add_argument("--wall", action="store_true", help="with --board: turn from board to board")
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
        return _tab(workspace.folder, arguments)
    # What is wrong with the workspace is said here, once.
    with closing(open_to_read(workspace)) as connection:
        if arguments.board:
            _check_board(connection, arguments.board)
    _serve(workspace, arguments)
    return 0


def _serve(workspace: "Workspace", arguments: argparse.Namespace) -> None:
    from console.serving.door import BOARD_SECONDS, COOKIE_SECONDS
    from console.serving.front import Front
    from console.serving.listen import Wanted, serve, take

    told = arguments.json or sys.stdout.isatty() or arguments.token_file is not None
    if not 0 < arguments.tabs <= MOST_TABS:
        raise BadInput(f"{arguments.tabs} tabs can't be served", f"1 to {MOST_TABS}.")
    if not told:
        raise BadInput("Nobody would see the token, and no log should have it", "Keep it by --token-file FILE.")
    if arguments.wall and arguments.board is None:
        raise BadInput("--wall turns boards", "Name --board too.")
    wanted = Wanted(
        arguments.host,
        arguments.port,
        arguments.certificate,
        arguments.key,
        arguments.address,
        arguments.token_file,
        BOARD_SECONDS if arguments.board is not None else COOKIE_SECONDS,
    )
    place = take(wanted)
    front = Front(place.door, workspace, arguments.tabs, _shown(arguments))

    def begun() -> None:
        if arguments.json:
            print(json.dumps({"address": place.url, "token": place.door.token}), flush=True)
        elif sys.stdout.isatty():
            print(f"Open this in a browser:\n\n{place.url}/#token={place.door.token}\n")
            print(f"Whoever has it {AT_DESK if arguments.board is None else AT_WALL}. Ctrl+C ends it.", flush=True)
        else:
            print(f"Heard is at {place.url}, with the token in {arguments.token_file}", flush=True)

    serve(place, front, wanted, begun)


def _check_board(connection: "Connection", name: str) -> None:
    """Nobody stands at a wall to be told that there is no such board."""
    from desk.nearest import mend_name
    from screens.board_reading import known_boards

    titles = [board.title for board in known_boards(connection).boards]
    if name.casefold() not in map(str.casefold, titles):
        raise BadInput(f"There is no board {name!r}", mend_name(name, titles))


def _shown(arguments: argparse.Namespace) -> tuple[str, ...]:
    """What its tabs show, as a tab's process is told."""
    if arguments.board is None:
        return ()
    return (f"--board={arguments.board}", *(("--wall",) if arguments.wall else ()))


def _tab(folder: Path, arguments: argparse.Namespace) -> int:
    """What the front started: the console of one tab."""
    import gc

    from console.serving.driver import LINE
    from console.terminal import TERMINAL

    columns, _, rows = str(arguments.tab).partition("x")
    size = (int(columns), int(rows))
    # As for a console in a terminal: the application turns it on again.
    gc.disable()
    LINE.keep()
    if arguments.board is None:
        from console.serving.served import run as run_console

        status = run_console(folder, size)
    else:
        from console.serving.lone_board import run as run_board

        status = run_board(folder, size, arguments.board, on_wall=arguments.wall)
    TERMINAL.leave(status)
    return status
