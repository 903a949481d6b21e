"""Made-up workspaces of any size for the benchmarks, always the same ones, kept between runs.

    python -m benchmarks.making --customers 1000000 --tickets 1000000 --messages 3000000 [--folder F]

Whoever only reads asks `kept(Wanted(...))` for the workspace; whoever writes takes `copied(Wanted(...))`.
"""

from benchmarks.making.cache import SEED, cache_folder, copied, copy, kept
from benchmarks.making.calendar import NOW
from benchmarks.making.tickets import Wanted

__all__ = ["NOW", "SEED", "Wanted", "cache_folder", "copied", "copy", "kept"]
