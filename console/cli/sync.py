"""fetch what is new from every source and send what waits; with --watch until it is ended"""

import argparse
import json
import signal
import time
from contextlib import closing
from random import SystemRandom
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from desk.errors import NotFound
from desk.times import now
from sync.tally import Happening

if TYPE_CHECKING:
    from console.credentials.ladder import Ladder
    from storage.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="names of sources (default: all of them)")
    parser.add_argument("--watch", action="store_true", help="go on until it is ended")
    # What a console starts: it ends by itself when the last console has gone.
    parser.add_argument("--for-consoles", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one event a line as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Sync, and print what happens; 1 where a source could not be worked."""
    from console.config import load
    from console.connecting import open_source
    from storage.connect import writing
    from storage.sources import ask_for_a_round
    from storage.workspace import locate, open_to_write
    from sync.engine import Engine
    from sync.lock import anyone_seated
    from sync.worker import Desk

    workspace = locate(arguments.workspace)
    if not workspace.exists():
        raise NotFound(f"There is no workspace at {workspace.folder}", "Connect something: `heard connect KIND`.")
    tell = _tell_as_json if arguments.json else _tell
    ladder = _ladder_for_consoles(workspace) if arguments.for_consoles else _ladder(workspace, arguments)
    desk = Desk(workspace, now, SystemRandom(), tell, load().phone_regions)
    engine = Engine(desk, lambda row: open_source(row.kind, row.name, row.settings, ladder))
    _end_cleanly(engine.stopping)
    if arguments.watch:
        # Whoever starts it has a reason to think that it works now, whatever was said the last time.
        with closing(open_to_write(workspace)) as connection, writing(connection):
            ask_for_a_round(connection, now())
    if arguments.watch or arguments.for_consoles:
        engine.watch(lambda: not arguments.for_consoles or anyone_seated(workspace))
        return 0
    begun = time.monotonic()
    tally, well = engine.once(tuple(arguments.sources))
    tell({"event": "done", **tally.as_json(), "seconds": round(time.monotonic() - begun, 3)})
    return 0 if well else 1


def _ladder_for_consoles(workspace: "Workspace") -> "Ladder":
    """Nobody sits here, but at the console, which hands over what it is given."""
    from console.credentials.handed import listen
    from console.credentials.ladder import Ladder
    from console.credentials.rungs import STORE
    from console.paths import secrets_folder

    ladder = Ladder(secrets_folder(), mend=f"F6 Ctrl+E gives it for this run. {STORE}")
    listen(ladder, workspace)
    return ladder


def _ladder(workspace: "Workspace", arguments: argparse.Namespace) -> "Ladder":
    """Who sits at a terminal is asked now for what is missing, before anything begins that goes on by itself."""
    from console.asking import Asking
    from console.credentials.ladder import Ladder
    from console.credentials.rungs import STORE, NoSecret, Wanted
    from console.paths import secrets_folder
    from storage.sources import connected
    from storage.workspace import open_to_read

    asking = Asking(silent=arguments.json)
    ladder = Ladder(secrets_folder(), mend=STORE if asking.present else f"Nobody sits here to be asked. {STORE}")
    with closing(open_to_read(workspace)) as connection:
        rows = connected(connection) if asking.present else ()
    for row in rows:
        if not arguments.sources or row.name in arguments.sources:
            wanted = Wanted(row.name, row.settings)
            try:
                ladder.look(wanted)
            except NoSecret:
                ladder.keep(wanted, asking.secret(wanted))
    return ladder


def _end_cleanly(stopping: Event) -> None:
    """Told to end, it ends between two pages."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)


def _tell_as_json(happening: Happening) -> None:
    print(json.dumps(happening, ensure_ascii=False), flush=True)


def _tell(happening: Happening) -> None:
    from widgets.cells import harmless

    print(harmless(_words(happening)), flush=True)


def _words(happening: Happening) -> str:
    match happening["event"]:
        case "page":
            left = happening["remaining"]
            more = f", {left:,} to come" if left else ""
            return f"{happening['source']}: {happening['records']} from {happening['stream']}{more}"
        case "delivered":
            counts = f"{happening['pushed']} sent, {happening['held']} held, {happening['failed']} failed"
            return f"{happening['source']}: {counts}"
        case "error":
            return f"{happening['source']}: {happening['what']}. {happening['mend']}".rstrip()
        case _:
            return (
                f"{happening['pulled']:,} new, {happening['pushed']} sent, {happening['held']} held, "
                f"{happening['failed']} failed, in {happening['seconds']:.1f} s."
            )
