"""take in mails (mbox, Maildir, .eml), or customers, tickets and snippets (CSV, JSON Lines)"""

import argparse
import json
import sys
import time
from pathlib import Path

from desk.statuses import Status, parse_status
from desk.times import now
from storage.imports.files import Kind
from storage.imports.report import Progress, Report

# More than this is a list for a file, not for a screen; --json has all of them.
PROBLEMS_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or folders of mails")
    parser.add_argument("--as", dest="kind", choices=[kind.value for kind in Kind], help="what the files hold")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN", help="which column holds which field"
    )
    parser.add_argument(
        "--own", action="append", default=[], metavar="ADDRESS", help="an address of the team: its mails are answers"
    )
    parser.add_argument("--status", default="open", help="the state of new tickets made from mails (default: open)")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Import, and print what was read, added, updated, skipped, and what could not be used."""
    from console.config import load
    from desk.identifiers import address_of
    from storage.imports.reading import MailRules
    from storage.imports.run import Wish, import_files
    from storage.workspace import locate, open_to_write

    status: Status = parse_status(arguments.status)
    workspace = locate(arguments.workspace)
    connection = open_to_write(workspace)
    wish = Wish(
        files=arguments.files,
        kind=Kind(arguments.kind) if arguments.kind else None,
        mapping=arguments.map,
        regions=load().phone_regions,
        rules=MailRules(frozenset(address_of(one) for one in arguments.own), status),
    )
    begun = time.monotonic()
    bar = _Bar(begun)
    try:
        report = import_files(workspace, connection, wish, now(), bar.show)
    finally:
        bar.clear()
        connection.close()
    seconds = time.monotonic() - begun
    if arguments.json:
        print(json.dumps(_as_json(report, seconds), ensure_ascii=False))
    else:
        _print(report, seconds)
    return 0


def _as_json(report: Report, seconds: float) -> dict[str, object]:
    return {
        "read": report.read,
        "added": report.added,
        "updated": report.updated,
        "skipped": report.skipped,
        "unparsed": report.unparsed,
        "seconds": round(seconds, 3),
        "problems": [{"where": problem.where, "what": problem.what} for problem in report.problems],
    }


def _print(report: Report, seconds: float) -> None:
    from widgets.cells import harmless

    rate = f", {report.read / seconds:,.0f} a second" if seconds > 1 else ""
    print(
        f"Read {report.read:,} in {seconds:.1f} s{rate}: {report.added:,} added, {report.updated:,} updated, "
        f"{report.skipped:,} were there already, {report.unparsed:,} could not be read."
    )
    for problem in report.problems[:PROBLEMS_SHOWN]:
        print(harmless(f"  {problem.where}: {problem.what}"))
    if len(report.problems) > PROBLEMS_SHOWN:
        print(f"  … and {len(report.problems) - PROBLEMS_SHOWN:,} more; --json lists them all.")


class _Bar:
    """One line on standard error that says how far it is, drawn at most ten times a second, on a terminal only."""

    WIDTH = 30

    def __init__(self, begun: float) -> None:
        self._begun = begun
        self._drawn = 0.0
        self._on = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        """Draw how far the present file is."""
        present = time.monotonic()
        if not self._on or present - self._drawn < 0.1:
            return
        self._drawn = present
        share = progress.done / progress.total if progress.total else 0.0
        full = round(share * self.WIDTH)
        bar = "█" * full + "░" * (self.WIDTH - full)
        name = progress.name if len(progress.name) <= 30 else "…" + progress.name[-29:]
        printable = "".join(letter if letter.isprintable() else "?" for letter in name)
        sys.stderr.write(f"\r\x1b[K{bar} {share:4.0%}  {printable}  {present - self._begun:.0f} s")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away again."""
        if self._on and self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
