"""Taking back and doing again what was done to whole customers, which their rows alone can't tell: others have come.

The invariant: nobody's new mails, calls or gestures stay behind with somebody whom they aren't meant for.
"""

from collections.abc import Mapping, Sequence

from storage.deeds.journal import Fact, Journal
from storage.deeds.patches import Patch

# Deeds that are taken back as a whole, not row by row.
MERGES = frozenset({"customers_merged", "customers_parted"})
WHOLE = MERGES | {"identity_split"}


def take_back(journal: Journal, kind: str, data: Mapping[str, Fact], patches: Sequence[Patch]) -> None:
    """Undo such a deed; Refused where what it did doesn't stand any more."""
    if kind == "identity_split":
        from storage.deeds import customer_split

        customer_split.take_back(journal, patches, dict(data))
        return
    _do(journal, kind != "customers_merged", data)


def do_again(journal: Journal, kind: str, data: Mapping[str, Fact]) -> None:
    """Redo such a deed; Refused where that can't be any more."""
    _do(journal, kind == "customers_merged", data)


def _do(journal: Journal, merge: bool, data: Mapping[str, Fact]) -> None:
    # Imported here: most undoing has nothing to do with customers.
    from storage.deeds.customer_merge import join, leave
    from storage.merges import standing

    customer_id, into_id = int(str(data["customer"])), int(str(data["into"]))
    if merge:
        # Whom it was a part of may be a part of somebody else by now.
        join(journal, customer_id, standing(journal.connection, into_id))
    else:
        leave(journal, customer_id)
