"""What an agent does to the outbox itself: try again what failed, let go what shall not leave.

The invariant: what was sent is never touched; a dropped reply's words stay on the ticket, marked as not sent.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk.errors import NotFound, Refused
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal
from storage.deeds.patches import Patch, Row

if TYPE_CHECKING:
    from sqlmodel import Session

_TO_RETRY = ("failed", "held")
_TO_DROP = ("undoable", "waiting", "failed", "held")


def find_operation(connection: Connection, text: str) -> int:
    """The outbox row of that operation id, or of the beginning of one; NotFound where there is none or several."""
    found = connection.execute(
        "SELECT id FROM outbox WHERE lower(hex(uid)) LIKE ? || '%' LIMIT 2", (text.strip().lower().replace("-", ""),)
    ).fetchall()
    if len(found) != 1 or not text.strip():
        several = "several operations begin" if found else "no operation begins"
        raise NotFound(f"In the outbox {several} with “{text}”", "`heard outbox list` shows them.")
    return int(found[0][0])


def retry(session: "Session", by: By, row_ids: Sequence[int]) -> Done:
    """Send these again; Refused where one neither failed nor was held."""
    return _move(session, by, row_ids, _TO_RETRY, "waiting", "Trying again")


def drop(session: "Session", by: By, row_ids: Sequence[int]) -> Done:
    """Keep these from leaving, for good; Refused where one has left."""
    return _move(session, by, row_ids, _TO_DROP, "dropped", "Dropped")


def _move(session: "Session", by: By, row_ids: Sequence[int], states: tuple[str, ...], state: str, verb: str) -> Done:
    journal = Journal(session, by)
    tickets: list[int] = []
    kinds: list[str] = []
    for row_id in row_ids:
        kind, now, ready_at, ticket_id, number = _row(journal.connection, row_id)
        if now not in states:
            raise Refused(f"The {kind} on #{number} is {now}", "")
        journal.connection.execute(
            "UPDATE outbox SET state = ?, ready_at = ?, error = '' WHERE id = ?", (state, by.at, row_id)
        )
        before: Row = {"state": now, "ready_at": ready_at}
        after: Row = {"state": state, "ready_at": by.at}
        journal.note(Patch("outbox", {"id": row_id}, before, after))
        journal.tell(
            "dropped" if state == "dropped" else "retried", {"title": f"{kind} on #{number}"}, ticket_id=ticket_id
        )
        tickets.append(ticket_id)
        kinds.append(f"the {kind} on #{number}")
    what = kinds[0] if len(kinds) == 1 else f"{len(kinds)} operations"
    return journal.done(f"{verb} {what}", *tickets)


def _row(connection: Connection, row_id: int) -> tuple[str, str, int, int, int]:
    found: tuple[str, str, int, int, int] | None = connection.execute(
        "SELECT o.kind, o.state, o.ready_at, o.ticket_id, t.number FROM outbox o JOIN ticket t ON t.id = o.ticket_id "
        "WHERE o.id = ?",
        (row_id,),
    ).fetchone()
    if found is None:
        raise NotFound("That is no longer in the outbox", "Look again.")
    return found
