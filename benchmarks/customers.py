"""What it takes to put customers right: to merge and part them, to suggest who may be one, to erase somebody.

    python -m benchmarks.customers [--tickets 50000] [--folder CACHE]

CPU time of the process, but cleaning behind an erasure by the clock, since most of it is the disk's; beside it stands a
bare VACUUM of the same file. Merges, partings and erasures are whole deeds with their history and commit, each of other
customers.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, table
from benchmarks.making import NOW, Wanted, copy, kept
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.customer_merge import merge, part
from storage.duplicates import alike, pairs
from storage.engine import deed_session, engine_over
from storage.erasing.cleaning import clean_up
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.merges import preview
from storage.workspace import open_to_write

BY = By(5, NOW)
MERGED, ASKED, ERASED = 50, 500, 20
_SOME = """
SELECT id FROM customer WHERE merged_into_id IS NULL AND id IN (SELECT customer_id FROM ticket) ORDER BY id LIMIT ?"""
_BUSIEST = "SELECT customer_id FROM ticket WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"


def figures(connection: Connection) -> Iterator[Figure]:
    """All of it, over a writing connection; the customers that are erased are gone afterwards."""
    some = [row[0] for row in connection.execute(_SOME, (100 * ASKED,))]
    random.Random(7).shuffle(some)
    one, other = (row[0] for row in connection.execute(_BUSIEST))
    yield from _suggested(connection, some[:ASKED])
    yield from _merged(connection, some[: 2 * MERGED], (one, other))
    yield from _erased(connection, some[:ERASED], one)
    yield _cleaned(connection)


def _suggested(connection: Connection, customers: Sequence[int]) -> Iterator[Figure]:
    times = sorted(_taken(partial(alike, connection, key)) for key in customers)
    yield Figure("who may be the same as a customer, p50", median(times), "ms")
    yield Figure("the same, p99", times[len(times) * 99 // 100], "ms")
    yield Figure("pairs among those in contact lately", min(_taken(lambda: pairs(connection)) for _ in range(3)), "ms")


def _merged(connection: Connection, customers: Sequence[int], busiest: tuple[int, int]) -> Iterator[Figure]:
    engine = engine_over(connection)

    def there(from_id: int, into_id: int) -> None:
        with deed_session(engine) as session:
            merge(session, BY, from_id, into_id)

    def back(customer_id: int) -> None:
        with deed_session(engine) as session:
            part(session, BY, customer_id)

    couples = list(zip(customers[::2], customers[1::2], strict=True))
    shown = [_taken(partial(preview, connection, one, other)) for one, other in couples]
    yield Figure("what a merge would bring over", median(shown), "ms")
    yield Figure("merge two customers", median(_taken(partial(there, *pair)) for pair in couples), "ms")
    yield Figure("part them again", median(_taken(partial(back, key)) for key, _ in couples), "ms")
    tickets = _tickets(connection, busiest[0])
    yield Figure(f"merge the two who wrote most, {tickets:,} tickets", _taken(lambda: there(*busiest)), "ms")
    yield Figure("part them again", _taken(lambda: back(busiest[0])), "ms")


def _erased(connection: Connection, customers: Sequence[int], busiest: int) -> Iterator[Figure]:
    found = [_taken(partial(find, connection, key)) for key in customers]
    yield Figure("find all of a customer", median(found), "ms")
    traced = [find(connection, key) for key in customers]
    yield Figure("erase them", median(_taken(partial(erase, connection, BY, one)) for one in traced), "ms")
    tickets, most = _tickets(connection, busiest), find(connection, busiest)
    yield Figure(f"erase who wrote most, {tickets:,} tickets", _taken(lambda: erase(connection, BY, most)), "ms")


def _cleaned(connection: Connection) -> Figure:
    """Both write the whole file anew; the bare one comes second, to a file of the same size."""
    size = sum(Path(row[2]).stat().st_size for row in connection.execute("PRAGMA database_list") if row[2])
    heard = _by_the_clock(lambda: clean_up(connection, whatever_size=True))
    bare = _by_the_clock(lambda: connection.execute("VACUUM"))
    return Figure(f"clean the file behind them, {size / 1e6:,.0f} MB", heard, "s", limit=Beside(bare, "bare VACUUM"))


def _tickets(connection: Connection, customer_id: int) -> int:
    (found,) = connection.execute("SELECT count(*) FROM ticket WHERE customer_id = ?", (customer_id,)).fetchone()
    return int(found)


def _taken(deed: Callable[[], object]) -> float:
    """Milliseconds of CPU time."""
    began = time.process_time()
    deed()
    return (time.process_time() - began) * 1000


def _by_the_clock(deed: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure merging, parting, suggesting and erasing customers.")
    options.add_argument("--tickets", type=int, default=50_000)
    options.add_argument("--folder", type=Path, help="where made workspaces are kept between runs")
    given = options.parse_args()
    workspace = kept(Wanted(given.tickets, given.tickets, given.tickets * 3), given.folder)
    with TemporaryDirectory(dir=workspace.folder.parent) as folder:
        written = copy(workspace, Path(folder) / "workspace")
        with closing(open_to_write(written)) as connection:
            print(table(figures(connection)))


if __name__ == "__main__":
    main()
