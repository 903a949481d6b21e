"""the live board's numbers, each with its cases: as text, JSON, or what Prometheus reads; once or whenever they change

The same numbers as on the board, from the same reading. What each means stands in docs/numbers.md, and in the JSON.
Counting a million tickets anew takes some ten seconds, in short transactions: others go on working.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk.metrics.metric import Metric
    from desk.metrics.snapshot import Snapshot
    from storage.connect import Connection

LOOK_SECONDS = 0.5
# Waits grow and promises come due without anybody committing anything.
ANEW_SECONDS = 10.0
_TITLES = 30
_VALUES = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("metrics", nargs="*", metavar="METRIC", help="ids of numbers (default: all of them)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document; with --watch one a line")
    form.add_argument("--prometheus", action="store_true", help="print them in the text format of Prometheus")
    parser.add_argument("--watch", action="store_true", help="print them again whenever they change, until it is ended")
    parser.add_argument(
        "--recount", action="store_true", help="count all tickets anew before, where a number looks wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    """Read and print them."""
    from console.config import load
    from desk.errors import BadInput, NotFound
    from desk.metrics.registry import METRICS, metric_named
    from storage.statistics.settling import count_anew
    from storage.workspace import locate, open_to_write

    if arguments.watch and arguments.prometheus:
        raise BadInput("--prometheus prints the numbers once", "Leave out --watch: Prometheus asks again by itself.")
    wanted = [metric_named(name).id for name in arguments.metrics] or list(METRICS)
    workspace = locate(arguments.workspace)
    if not workspace.exists():
        raise NotFound(f"There is no workspace at {workspace.folder}", "Name one with --workspace.")
    zone = load().zone
    with closing(open_to_write(workspace)) as connection:
        if arguments.recount:
            count_anew(connection)
        for snapshot in _snapshots(connection, zone, wanted, watching=arguments.watch):
            print(_written(snapshot, METRICS, zone, arguments), flush=True)
    return 0


def _snapshots(
    connection: "Connection", zone: tzinfo, wanted: Sequence[str], *, watching: bool
) -> "Iterator[Snapshot]":
    """One reading; if somebody watches, another whenever a number differs, until the command is interrupted."""
    from desk.times import now
    from storage.statistics.asked import Kept
    from storage.statistics.reading import read
    from storage.statistics.settling import settle

    kept, last, looked, version = Kept(), None, 0.0, None
    while True:
        newest = connection.execute("PRAGMA data_version").fetchone()
        if newest != version or time.monotonic() - looked >= ANEW_SECONDS:
            version, looked = newest, time.monotonic()
            settle(connection, now())
            snapshot = read(connection, now(), zone, kept, wanted)
            if last is None or snapshot.figures != last.figures:
                yield snapshot
            last = snapshot
        if not watching:
            return
        time.sleep(LOOK_SECONDS)


def _written(snapshot: "Snapshot", metrics: "Mapping[str, Metric]", zone: tzinfo, arguments: argparse.Namespace) -> str:
    from desk.metrics.exposition import to_json, to_prometheus

    if arguments.prometheus:
        return to_prometheus(snapshot, metrics).removesuffix("\n")
    if arguments.json:
        return json.dumps(to_json(snapshot, metrics, zone), ensure_ascii=False, indent=None if arguments.watch else 2)
    return "\n".join((*_lines(snapshot, metrics, zone), *([""] if arguments.watch else ())))


def _lines(snapshot: "Snapshot", metrics: "Mapping[str, Metric]", zone: tzinfo) -> Iterator[str]:
    from desk.metrics.snapshot import part_unit
    from desk.reports.report import Unit
    from desk.reports.words import of_cases, worded
    from desk.times import to_datetime
    from widgets.cells import fit, harmless

    yield f"{to_datetime(snapshot.at, zone):%Y-%m-%d %H:%M:%S}"
    for name, figure in snapshot.figures.items():
        metric = metrics[name]
        ninth = f", nine of ten {worded(figure.p90, Unit.SPAN, zone)}" if figure.p90 is not None else ""
        told = figure.why_not or f"{metric.window}, {of_cases(figure.n)}{ninth}"
        yield f"{metric.title:<{_TITLES}}{worded(figure.value, metric.unit, zone):>{_VALUES}}  {told}".rstrip()
        for part in figure.parts:
            if part.n:
                value = worded(part.value, part_unit(metric, part), zone)
                yield f"  {fit(harmless(part.label), _TITLES - 2)}{value:>{_VALUES}}"
