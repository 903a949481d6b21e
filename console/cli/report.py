"""report on service, checklists, promises, gestures, known answers or ratings: as text, CSV, JSON or a page of HTML

Every figure has its formula, its clock and the number of cases behind it.
"""

import argparse
import sys
from contextlib import closing
from pathlib import Path
from shutil import get_terminal_size

from desk.reports.period import DEFAULT
from desk.reports.report import Report
from storage.reports import CATCHING_UP, KINDS, Asked, read

# A pipe has no width; this is room for most tables.
PIPED_WIDTH = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    told = "; ".join(f"{kind}: {what}" for kind, (_, what) in KINDS.items())
    parser.add_argument("kind", choices=sorted(KINDS), metavar="KIND", help=told)
    parser.add_argument(
        "--since", default=DEFAULT, metavar="WHEN", help=f"7d, monday, last month, 2026-11-01 (default: {DEFAULT})"
    )
    parser.add_argument("--until", default="", metavar="WHEN", help="the last day of it (default: now)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print the figures and tables as CSV")
    form.add_argument("--markdown", action="store_true", help="print it as Markdown, for a page of your own")
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument("--html", action="store_true", help="print one page of HTML with charts, nothing else needed")
    parser.add_argument("--table", default="", metavar="NAME", help="with --csv: one table alone, with its heads")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it")


def run(arguments: argparse.Namespace) -> int:
    """Read the report and write it in the form that was asked for."""
    from console.cli.exchanged import write_text
    from console.config import load
    from desk.errors import BadInput
    from desk.reports.period import period
    from desk.times import now
    from storage.workspace import locate, open_to_read, open_to_write

    if arguments.table and not arguments.csv:
        raise BadInput("--table says which table of a CSV", "Add --csv.")
    zone, present = load().zone, now()
    asked = Asked(period(arguments.since, arguments.until, present, zone), present, zone)
    workspace = locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        if arguments.kind in CATCHING_UP:
            from storage.knowledge.groups import catch_up_all

            with closing(open_to_write(workspace)) as writing:
                catch_up_all(writing)
        report = read(connection, arguments.kind, asked)
    write_text(arguments.out, _written(report, arguments))
    return 0


def _written(report: Report, arguments: argparse.Namespace) -> str:
    if arguments.csv:
        from desk.reports.spreadsheet import to_csv

        return to_csv(report, arguments.table)
    if arguments.markdown:
        from desk.reports.markdown import to_markdown

        return to_markdown(report)
    if arguments.json:
        from desk.reports.document import to_json

        return to_json(report) + "\n"
    if arguments.html:
        from desk.reports.page import to_html

        return to_html(report)
    from widgets.report_lines import report_lines

    to_screen = arguments.out is None and sys.stdout.isatty()
    cells = get_terminal_size().columns if to_screen else PIPED_WIDTH
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in report_lines(report, cells))
