"""An agent in a hurry, run as a process of its own: deed after deed, one line printed after each that is done.

Each deed notes on one ticket and, in the same transaction, moves it back and forth; every third is undone
where nobody else has moved the ticket since.
"""

import sys
from contextlib import suppress
from pathlib import Path

from desk.errors import Refused
from storage.agents import me
from storage.connect import raw
from storage.deeds.by import By
from storage.deeds.change import Change
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW


def main(folder: str, handle: str, ticket: int, deeds: int) -> None:
    connection = open_to_write(Workspace(Path(folder)))
    engine = engine_over(connection)
    by = By(me(connection, handle).id, NOW)
    for number in range(deeds):
        with deed_session(engine) as session:
            # Inside the transaction: another process may be moving the same ticket.
            status = raw(session).execute("SELECT 1 - status FROM ticket WHERE id = ?", (ticket,)).fetchone()[0]
            write(session, by, ticket, Outgoing("note", f"Deed {number}", after=Change(status=status)))
        if number % 3 == 2:
            # Refused where the other process has moved the status since.
            with suppress(Refused), deed_session(engine) as session:
                undo(session, by)
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
