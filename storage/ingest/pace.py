"""How many records a batch may hold, so that its transaction never keeps other writers waiting for long.

The invariant: at least `FEWEST`, at most `MOST`, and at most twice as many as the batch before.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from desk.errors import BadInput

Item = TypeVar("Item")

# A draft that is saved while somebody types may wait this long and not be noticed; single batches take up to twice.
AIM = 0.03
FEWEST, FIRST, MOST = 20, 40, 500
# A few mails may be larger than hundreds of others together.
LARGEST = 4 * 1024 * 1024
# Others look for the lock every millisecond (storage.connect); on a busy machine some of them later.
REST = 0.003


@dataclass(slots=True)
class Pace:
    """The size of the next batch, learnt from what the last ones took."""

    size: int = FIRST

    def took(self, count: int, seconds: float) -> None:
        """A batch of `count` records held the lock for so long."""
        fitting = int(count * AIM / max(seconds, 0.001))
        self.size = min(max(FEWEST, fitting), MOST, max(FIRST, 2 * self.size))

    def rest(self) -> None:
        """Between two batches: long enough for whoever waits for the lock to see that it is free."""
        time.sleep(REST)

    def batches(self, items: Iterable[Item], weight: Callable[[Item], int]) -> Iterator[list[Item]]:
        """`items` in batches, each of the size that fits when it begins; `weight` is an item's length in memory.

        What came before a BadInput is given out first.
        """
        iterator = iter(items)
        more = True
        while more:
            batch: list[Item] = []
            total = 0
            failed: BadInput | None = None
            try:
                while len(batch) < self.size and total < LARGEST:
                    item = next(iterator)
                    batch.append(item)
                    total += weight(item)
            except StopIteration:
                more = False
            except BadInput as error:
                failed = error
            if batch:
                yield batch
            if failed is not None:
                raise failed
