"""The causes that Diagnose has found, as a table for the product team."""

from collections.abc import Iterable, Sequence

from desk.reports.report import Column, Table, Unit
from storage.knowledge.tasks import CauseRow

# Of a cause so many tickets are named.
NEWEST = 20


def causes_table(causes: Iterable[CauseRow]) -> Table:
    """A line for each, with its counts and its newest tickets."""
    columns = (
        Column("cause", "Cause"),
        Column("tickets", "Tickets", Unit.COUNT),
        Column("tasks", "Tasks", Unit.COUNT),
        Column("open", "Open", Unit.COUNT),
        Column("last", "Last found", Unit.MOMENT),
        Column("newest", "Newest tickets"),
    )
    rows = tuple(
        (each.cause, each.tickets, each.tasks, each.open, each.last_at, _numbers(each.numbers)) for each in causes
    )
    note = "Tickets: those linked to a task of this cause, each counted once."
    return Table("causes", "Causes found", columns, rows, note, "No cause was written down in this time.")


def _numbers(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - NEWEST:,} more" if len(numbers) > NEWEST else ""
    return ", ".join(f"#{number}" for number in numbers[:NEWEST]) + more
