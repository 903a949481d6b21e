"""Whether work grows with what there is to do, not with its square: in ratios, which a slow machine leaves alone."""

import gc
import time
from collections.abc import Callable

TIMES = 4
# Half way, in factors, between what is linear (4) and what is quadratic (16).
MOST = 8
TRIES = 5


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether four times as much takes about four times as long; one fair measurement of some is enough."""
    work(size)
    return any(_seconds(work, TIMES * size) < MOST * _seconds(work, size) for _ in range(TRIES))


def _seconds(work: Callable[[int], object], size: int) -> float:
    """The processor's time alone, and no collection in it of what other tests left."""
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        work(size)
        return time.process_time() - started
    finally:
        gc.enable()
