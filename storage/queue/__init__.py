"""What a list of tickets shows: filters and orders as plain SQL over the partial indexes.

The invariants: each answer is that of the whole filter, in one stable order (ties by id); `first_page` is the
beginning of `snapshot` (where words are looked for, among what was said lately), and `count` its length; no query on
active tickets walks the closed years.
"""

from storage.queue.lists import (
    Scope,
    count,
    counts,
    first_page,
    ids_query,
    snapshot,
    views,
)
from storage.queue.orders import SORTS
from storage.queue.rows import rows

__all__ = [
    "SORTS",
    "Scope",
    "count",
    "counts",
    "first_page",
    "ids_query",
    "rows",
    "snapshot",
    "views",
]
