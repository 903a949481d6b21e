"""What belongs to a customer, table by table, and what happens to it when customers are merged, parted or erased.

The invariant: every table of the schema that has a customer's rows stands in `OWNED`, or in the test that compares this
with the schema, where it says why its rows stay: so that no new table is forgotten.
"""

from typing import Literal, get_args

Owned = Literal["identity", "message", "call", "ticket", "gesture"]

# Rows that go from one customer to another, in the order in which it is found out whose a new one is: a ticket's owner
# is told by its messages and calls, a gesture's by its ticket. All have an `id` and a `customer_id`.
OWNED: tuple[Owned, ...] = get_args(Owned)
