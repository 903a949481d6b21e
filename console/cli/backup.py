"""copy the whole workspace, checked, also while a console runs"""

import argparse
import json
from datetime import datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument(
        "target", nargs="?", type=Path, metavar="FOLDER", help="a new folder (default: heard-backup-DATE-TIME, here)"
    )
    parser.add_argument("--json", action="store_true", help="print what was copied as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Copy; status 1 where a message's file was missing, though the copy was made."""
    from storage.backup import backup
    from storage.workspace import locate

    target = arguments.target or Path(f"heard-backup-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}")
    copied = backup(locate(arguments.workspace), target)
    if arguments.json:
        print(
            json.dumps(
                {
                    "folder": str(copied.folder),
                    "tickets": copied.tickets,
                    "messages": copied.messages,
                    "attachments": copied.attachments,
                    "missing": list(copied.missing),
                }
            )
        )
    else:
        print(
            f"Copied {copied.tickets:,} tickets, {copied.messages:,} messages and {copied.attachments:,} attachments "
            f"to {copied.folder}, all checked."
        )
    if copied.missing:
        from desk.errors import WorkspaceError

        raise WorkspaceError(
            f"{len(copied.missing)} attachments were missing or damaged, the first is {copied.missing[0]}",
            "Everything else is in the copy.",
        )
    return 0
