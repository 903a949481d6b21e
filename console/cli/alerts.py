"""show how the team's alerts stand, or try whether they reach anybody

Which numbers have a threshold is one of the team's rules: `heard rules export alerts FILE`, then import it.
"""

import argparse
import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from console.cli.exchanged import add_workspace

if TYPE_CHECKING:
    from desk.alerts import Alerts

# A session's bus answers at once, or somebody has to log in first.
BUS_SECONDS = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="each alert, its number now, and since when it is beyond its edge")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    trying = actions.add_parser("try", help="tell of a trial by bell, desktop and command, and say what came of it")
    noting = actions.add_parser("note", help="show what is told on standard input as a note of the desktop")
    for action in (listing, trying, noting):
        add_workspace(action)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    if arguments.action == "note":
        show_note(str(json.loads(sys.stdin.read())["words"]))
        return 0
    return _list(arguments) if arguments.action == "list" else _try(arguments)


def _list(arguments: argparse.Namespace) -> int:
    from console.cli.printed import moment, plain
    from console.config import load
    from desk.alerts import plain as bare
    from desk.alerts import read_stands, words_of
    from desk.metrics.registry import METRICS
    from desk.times import iso, now
    from storage.alerts import STANDS, alert_rules, setting, values
    from storage.statistics.settling import settle
    from storage.workspace import locate, open_to_read, open_to_write

    zone, at, workspace = load().zone, now(), locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        held = alert_rules(connection)
        with closing(open_to_write(workspace)) as writer:
            settle(writer, at)
        found = values(connection, held, at, zone)
        stands = read_stands(setting(connection, STANDS))
    rows = [(alert, found[alert.key], stands.get(alert.key)) for alert in held.alerts]
    if arguments.json:
        print(json.dumps([
            {"title": alert.title, "metric": alert.metric, "part": alert.part,
             "value": None if value is None else bare(value, METRICS[alert.metric].unit),
             "above" if alert.above else "below": bare(alert.edge, METRICS[alert.metric].unit),
             "beyond": alert.beyond(value),
             "since": iso(stand.crossed_at) if stand else None, "told": iso(stand.told_at) if stand else None}
            for alert, value, stand in rows
        ], ensure_ascii=False))  # fmt: skip
        return 0
    for alert, value, stand in rows:
        shown = (
            f"{alert.title}: no value" if value is None else words_of(alert, value, METRICS[alert.metric].unit, zone)
        )
        since = f", since {moment(stand.crossed_at, zone)}" if stand and stand.crossed_at else ""
        print(plain(f"{'!' if alert.beyond(value) else ' '} {shown}{since}"))
    if not rows:
        print("There are no alerts. `heard rules export alerts FILE` shows how they are written.")
    return 0


def _try(arguments: argparse.Namespace) -> int:
    from console.telling import document
    from desk.alerts import Told
    from desk.times import now
    from storage.alerts import alert_rules
    from storage.workspace import locate, open_to_read

    workspace = locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        held = alert_rules(connection)
    line = Told("trial", "A trial", "", "", 1.0, 0.0, "A trial of the alerts: nothing is wrong")
    if held.bell:
        print("\a" if sys.stdout.isatty() else "", end="")
        print("bell: rung, where the terminal has one")
    if held.desktop:
        trouble = no_desktop() or show_note(line.words)
        print(f"desktop: {trouble or 'a note is shown'}")
    if held.command:
        print(f"command: {_run(held, document(workspace.folder, [line], now()))}")
    return 0


def _run(held: "Alerts", text: str) -> str:
    """What came of the team's command."""
    import subprocess

    try:
        done = subprocess.run(held.command, input=text.encode(), timeout=held.command_seconds, check=False)
    except subprocess.TimeoutExpired:
        return "took too long and was ended"
    except OSError as error:
        return f"can't be started: {error.strerror or error}"
    return f"ended with status {done.returncode}"


def no_desktop() -> str:
    """Why no note can be shown here, empty where one can: over ssh, and on a server, there is no desktop."""
    import os
    from pathlib import Path

    if sys.platform != "linux" or os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return ""
    if Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus").exists():
        return ""
    return "there is no desktop session here"


def show_note(words: str) -> str:
    """Show a note of the desktop; why it couldn't be shown, empty where it was."""
    if trouble := no_desktop():
        return trouble
    # 60 ms to import, and only a process of its own does.
    import asyncio
    import logging

    from desktop_notifier import DesktopNotifier

    from widgets.cells import harmless

    logging.disable()
    shown: list[bool] = []

    async def show() -> None:
        notifier = DesktopNotifier(app_name="Heard")
        # It swallows what goes wrong; only what has come through is told.
        note = notifier.send(title="Heard", message=harmless(words), on_dispatched=lambda: shown.append(True))
        await asyncio.wait_for(note, BUS_SECONDS)

    try:
        asyncio.run(show())
    except Exception as error:  # noqa: BLE001  # whatever a desktop's service answers, an alert goes on without it
        return f"the desktop takes no notes: {type(error).__name__}"
    return "" if shown else "the desktop takes no notes"
