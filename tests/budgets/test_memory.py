"""What a console keeps in memory: pages of its connections, and no question or answer longer than it is wanted."""

import asyncio
import weakref
from array import array
from functools import partial

from screens.jobs import READERS, Jobs
from storage.connect import Connection
from storage.workspace import Workspace
from tests.rest import DEADLINE

# What SQLite may hold for one reader, in KiB.
MOST_PAGES = 4096


class Listed:
    """An answer as long as a list of tickets."""

    def __init__(self) -> None:
        self.ids = array("q", range(1000))


def page(_of: Listed, _connection: Connection) -> Listed:
    return Listed()


async def asked(jobs: Jobs) -> None:
    while jobs.busy:
        await asyncio.sleep(0.001)


async def test_no_thread_keeps_a_question_or_its_answer(workspace: Workspace, connection: Connection) -> None:
    jobs = Jobs(workspace, asyncio.get_running_loop().call_soon_threadsafe, lambda _: None)
    jobs.start(lambda: None)
    kept: list[weakref.ref[Listed]] = []

    def ask(number: int) -> None:
        # A page is asked for with the list that it is of.
        of = Listed()
        kept.append(weakref.ref(of))
        jobs.read(f"list {number}", partial(page, of), lambda found: kept.append(weakref.ref(found)))

    for number in range(2 * READERS):
        ask(number)
        await asked(jobs)
    # The last reader may still be about to wait for its next question.
    async with asyncio.timeout(DEADLINE):
        while any(each() is not None for each in kept):
            await asyncio.sleep(0.001)
    assert len(kept) == 4 * READERS
    await jobs.stop()


async def test_a_reader_keeps_few_pages_and_sorts_on_disk(workspace: Workspace, connection: Connection) -> None:
    jobs = Jobs(workspace, asyncio.get_running_loop().call_soon_threadsafe, lambda _: None)
    jobs.start(lambda: None)
    found: list[tuple[int, int]] = []

    def settings(reading: Connection) -> tuple[int, int]:
        pages = reading.execute("PRAGMA cache_size").fetchone()[0]
        return pages, reading.execute("PRAGMA temp_store").fetchone()[0]

    jobs.read("settings", settings, found.append)
    await asked(jobs)
    (pages, place) = found[0]
    assert -MOST_PAGES <= pages < 0
    assert place == 1
    await jobs.stop()
