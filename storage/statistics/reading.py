"""All numbers of the board at one moment, and the tickets behind any of them.

The invariants: a reading is of one transaction, so that no number of it knows of a change that another doesn't; a
metric that is explained can be read, and none that can't is on offer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from types import MappingProxyType

from desk.metrics.registry import METRICS, metric_named
from desk.metrics.snapshot import Figure, Snapshot
from storage.connect import Connection
from storage.statistics.asked import Asked, Kept
from storage.statistics.calling import CALLING
from storage.statistics.craft import CRAFT
from storage.statistics.flow import FLOW
from storage.statistics.live import LIVE
from storage.statistics.number import Number
from storage.statistics.resolved import MONTH, FirstContact
from storage.statistics.response import RESPONSE
from storage.statistics.settling import waiting

_MADE: Mapping[str, Callable[[str], Number]] = {
    **LIVE, **FLOW, **RESPONSE, **CALLING, **CRAFT, "first_contact": FirstContact,
}  # fmt: skip
NUMBERS: Mapping[str, Number] = MappingProxyType({metric: _MADE[metric](metric) for metric in METRICS})


def read(
    connection: Connection, now: int, zone: tzinfo, kept: Kept | None = None, metrics: Iterable[str] | None = None
) -> Snapshot:
    """These numbers, or all. Who reads again and again keeps a `Kept`, and then reads only what has changed.

    Read after `storage.statistics.settling.settle`; what isn't settled yet is told by `counting`.
    """
    with _one_moment(connection):
        asked = Asked(connection, now, zone, kept or Kept())
        asked.kept.forget_before(asked.day(MONTH).since)
        wanted = NUMBERS if metrics is None else dict.fromkeys(metrics)
        figures: dict[str, Figure] = {metric: NUMBERS[metric].figure(asked) for metric in wanted}
        return Snapshot(now, MappingProxyType(figures), waiting(connection))


def tickets_behind(
    connection: Connection, metric: str, part: str, now: int, zone: tzinfo, kept: Kept | None = None
) -> tuple[int, ...]:
    """The tickets that a number counts, or one part of it (its key; empty: all of them), the newest ids first.

    Raises BadInput for a number that there isn't. A part that there isn't has none.
    """
    number = NUMBERS[metric_named(metric).id]
    with _one_moment(connection):
        found = number.behind(Asked(connection, now, zone, kept or Kept()), part)
    return tuple(sorted(found, reverse=True))


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """One read transaction, unless the caller has one."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")
