"""The orders of a list. Each ends with the id, so that no two tickets are ever tied; what lacks a time comes last.

Every order of active tickets is that of an index of `storage.models.tickets`, so that a page is read, not sorted.
"""

from desk.errors import BadInput
from desk.nearest import mend_name

SORTS = {
    "due": "t.due_at NULLS LAST, t.id",
    "newest": "t.created_at DESC, t.id DESC",
    "oldest": "t.created_at, t.id",
    "updated": "t.updated_at DESC, t.id DESC",
    "promised": "t.promised_at NULLS LAST, t.id",
    "snoozed": "t.snoozed_until NULLS LAST, t.id",
    # An index can't put NULLs last behind another column; the far end of time can stand for them.
    "priority": "t.priority DESC, ifnull(t.due_at, 9223372036854775807), t.id",
}


def order_by(sort: str) -> str:
    """The ORDER BY of a named order; BadInput where there is none of that name."""
    if sort not in SORTS:
        raise BadInput(f"“{sort}” is no order of tickets", mend_name(sort, SORTS))
    return SORTS[sort]
