"""The checklists that were begun on a ticket, with every tick and skip."""

from itertools import groupby

from desk.records import RunRow, TickRow
from storage.connect import Connection

_RUNS = """
    SELECT r.id, r.checklist_key, k.step, k.state, ifnull(a.name, ''), k.at, k.reason, k.text
      FROM checklist_run r
      LEFT JOIN checklist_tick k ON k.run_id = r.id
      LEFT JOIN agent a ON a.id = k.agent_id
     WHERE r.ticket_id = ?
     ORDER BY r.started_at, r.id, k.at, k.step"""


def runs(connection: Connection, ticket_id: int) -> tuple[RunRow, ...]:
    """The runs on a ticket, the first begun first; ticks in the order they were made."""
    found = connection.execute(_RUNS, (ticket_id,)).fetchall()
    return tuple(
        RunRow(run, checklist, tuple(TickRow(*row[2:]) for row in ticks if row[2] is not None))
        for (run, checklist), ticks in groupby(found, key=lambda row: (row[0], row[1]))
    )
