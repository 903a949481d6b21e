"""What belongs to a customer, table by table, and what happens to it when customers are merged, parted or erased.

The invariant: every column of the schema that names a customer stands in `OWNED` or in `STAYS`, with a reason; a test
compares them with the schema, so that no new table is forgotten.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Owned = Literal["identity", "message", "call", "ticket", "gesture"]

# Rows that go from one customer to another, in the order in which it is found out whose a new one is: a ticket's owner
# is told by its messages and calls, a gesture's by its ticket. All have an `id` and a `customer_id`.
OWNED: tuple[Owned, ...] = get_args(Owned)

# Columns that keep naming the record that they were made for, and why.
STAYS: Mapping[str, str] = MappingProxyType(
    {
        "customer.merged_into_id": "who stands for a merged record, brought up with each merge",
        "event.customer_id": "history says what was done to which record, whatever became of it",
        "customer_value.customer_id": "a merged record keeps its own; the other takes it over where it has none",
        "no_duplicate.customer_id": "a pair of records; whoever asks for pairs asks for all records of a person",
        "no_duplicate.other_id": "as its other half",
        "customer_merge.customer_id": "the record that was merged",
        "customer_merge.into_id": "the record that it was merged into",
        "merged_row.customer_id": "whose a row is apart from all merges",
        "tombstone.customer_id": "an erased customer is never merged",
    }
)
