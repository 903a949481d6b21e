"""The outbox's way on: what belongs to this workspace alone has arrived when its undo time is over.

The invariant: nothing goes on before `ready_at`, and a row goes on once, however many consoles call this.
"""

from storage.connect import Connection, writing

# Waiting rows are their source's to deliver.
_WAIT = "UPDATE outbox SET state = 'waiting' WHERE state = 'undoable' AND ready_at <= ? AND source_id IS NOT NULL"
_ARRIVE = "UPDATE outbox SET state = 'sent', sent_at = ? WHERE state = 'undoable' AND ready_at <= ?"
_ANY = "SELECT 1 FROM outbox WHERE state = 'undoable' AND ready_at <= ? LIMIT 1"


def deliver_local(connection: Connection, now: int) -> int:
    """Send on what can't be taken back any more; the answer is how many rows have arrived."""
    if connection.execute(_ANY, (now,)).fetchone() is None:
        return 0
    with writing(connection):
        connection.execute(_WAIT, (now,))
        return connection.execute(_ARRIVE, (now, now)).rowcount
