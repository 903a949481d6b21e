"""The orders of a list. Each ends with the id, so that no two tickets are ever tied; what lacks a time comes last.

Every order of active tickets is that of an index of `storage.models.tickets`, so that a page is read, not sorted. Over
all years, an order by a time that few tickets have is read in two parts: those that have it, then the others by id.
"""

from typing import NamedTuple

from desk.errors import BadInput
from desk.nearest import mend_name


class Order(NamedTuple):
    """An ORDER BY. `rare`: its first column where few tickets have that; `with_field`: what a filter may ask beside.

    A term on one of the fields in `with_field` is read from an index in this very order. `over_years`: what must be
    said for the index of all tickets, and is true of each.
    """

    by: str
    rare: str = ""
    with_field: tuple[str, ...] = ()
    over_years: str = ""

    @property
    def sorted(self) -> str:
        """The same order for what is found by another way: the plus keeps SQLite from walking this order's index."""
        return f"+{self.by}"


SORTS = {
    "due": Order("t.due_at NULLS LAST, t.id", "t.due_at", ("due",)),
    "newest": Order("t.created_at DESC, t.id DESC", with_field=("created",)),
    "oldest": Order("t.created_at, t.id", with_field=("created",)),
    "updated": Order("t.updated_at DESC, t.id DESC", with_field=("updated", "assignee", "status")),
    "promised": Order("t.promised_at NULLS LAST, t.id", "t.promised_at"),
    "snoozed": Order("t.snoozed_until NULLS LAST, t.id", "t.snoozed_until", ("snoozed",)),
    # An index can't put NULLs last behind another column; the far end of time can stand for them.
    "priority": Order(
        "t.priority DESC, ifnull(t.due_at, 9223372036854775807), t.id",
        with_field=("priority",),
        over_years=" AND ifnull(t.priority, 0)>=0",
    ),
}


def order_of(sort: str) -> Order:
    """The order of that name; BadInput where there is none."""
    if sort not in SORTS:
        raise BadInput(f"“{sort}” is no order of tickets", mend_name(sort, SORTS))
    return SORTS[sort]
