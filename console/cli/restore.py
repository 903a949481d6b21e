"""put a copy that `heard backup` made in the workspace's place, after checking it"""

import argparse
import json
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("copy", type=Path, metavar="FOLDER", help="the copy")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="replace the workspace that is there; it is kept aside under a dated name",
    )
    parser.add_argument("--json", action="store_true", help="print where everything is now as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Restore, and say where the old workspace went."""
    from storage.backup import restore
    from storage.workspace import locate

    workspace = locate(arguments.workspace)
    kept = restore(arguments.copy, workspace, replace=arguments.replace)
    if arguments.json:
        print(json.dumps({"workspace": str(workspace.folder), "kept_aside": None if kept is None else str(kept)}))
        return 0
    print(f"Restored {arguments.copy} to {workspace.folder}.")
    if kept is not None:
        print(f"What was there is now in {kept}.")
    return 0
