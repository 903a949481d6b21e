"""What an agent does to the outbox itself: try again what failed, let go what shall not leave, settle a doubt.

The invariants: what was sent is never touched, and goes again only to those who did not get it; a dropped reply's words
stay on the ticket, marked as not sent; a reply that was held leaves only with the knowledge of what had come in by
then; its words are in the outbox or in a draft, never in both.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from desk.errors import NotFound, Refused
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal
from storage.deeds.patches import Patch, Row
from storage.deeds.promises import withdraw_unsent
from storage.deeds.put_back import put_back
from storage.deeds.recall import draft_again
from storage.delivery import RESEND, is_doubtful
from storage.returns import resend_payload

if TYPE_CHECKING:
    from sqlmodel import Session

_TO_RETRY = ("failed", "held", "bounced")
_TO_DROP = ("undoable", "waiting", "failed", "held", "bounced")
_WRITTEN = ("reply", "forward", "note")
# The kind of event by the state that something came to.
_TOLD = {"waiting": "retried", "dropped": "dropped", "sent": "counted_as_sent"}
# What the customer has said until now, of which a reply that is let go is meant to know.
_NEWEST_HEARD = "SELECT max(id) FROM message WHERE ticket_id = ? AND kind = 'inbound'"
_NEWEST_SAID = "SELECT max(id) FROM message WHERE ticket_id = ?"


def find_operation(connection: Connection, text: str) -> int:
    """The outbox row of that operation id, or of the beginning of one; NotFound where there is none or several."""
    found = connection.execute(
        "SELECT id FROM outbox WHERE lower(hex(uid)) LIKE ? || '%' LIMIT 2", (text.strip().lower().replace("-", ""),)
    ).fetchall()
    if len(found) != 1 or not text.strip():
        several = "several operations begin" if found else "no operation begins"
        raise NotFound(f"In the outbox {several} with “{text}”", "`heard outbox list` shows them.")
    return int(found[0][0])


def retry(session: "Session", by: By, row_ids: Sequence[int], *, seen: int | None = None) -> Done:
    """Send these again as they are; Refused where one neither failed nor was held nor came back.

    `seen` is the newest message of the customer's that the agent had on the screen: should another one have come, the
    reply is held again. Without it, whatever has come until now counts as seen.
    """
    return _move(session, by, row_ids, _TO_RETRY, "waiting", "Trying again", seen)


def drop(session: "Session", by: By, row_ids: Sequence[int]) -> Done:
    """Keep these from leaving, for good, and let be what came back; Refused where one has simply left."""
    return _move(session, by, row_ids, _TO_DROP, "dropped", "Dropped")


def count_as_sent(session: "Session", by: By, row_ids: Sequence[int]) -> Done:
    """These may have left, and the agent knows that they arrived; Refused where there was no doubt."""
    return _move(session, by, row_ids, ("held",), "sent", "Counted as sent:", None)


def write_anew(session: "Session", by: By, row_id: int) -> tuple[Done, str]:
    """Keep this reply or note from leaving, and let its words be a draft again; also the draft's kind.

    Refused where it has left, or isn't one that can be written anew.
    """
    journal = Journal(session, by)
    move = _row(journal.connection, row_id)
    drafted = draft_again(journal, move.deed) if move.kind in _WRITTEN else ()
    if not drafted:
        raise Refused(f"The {move.kind} on #{move.number} can't be written anew", "Drop it, or try it again.")
    for patch in drafted:
        journal.note(patch)
    kind = str(drafted[-1].key["kind"])
    _move_one(journal, move, _TO_DROP, "dropped", None)
    return journal.done(f"Taken out of the outbox: the {move.kind} on #{move.number}", move.ticket_id), kind


class _Row(NamedTuple):
    id: int
    deed: bytes
    kind: str
    state: str
    ready_at: int
    error: str
    payload: str
    sent_at: int | None
    uid: bytes
    message_id: int | None
    source_id: int | None
    ticket_id: int
    number: int


def _move(
    session: "Session", by: By, row_ids: Sequence[int], states: tuple[str, ...], state: str, verb: str,
    seen: int | None = None,
) -> Done:  # fmt: skip
    journal = Journal(session, by)
    rows = [_row(journal.connection, row_id) for row_id in row_ids]
    for row in rows:
        _move_one(journal, row, states, state, seen)
    kinds = [f"the {row.kind} on #{row.number}" for row in rows]
    what = kinds[0] if len(kinds) == 1 else f"{len(kinds)} operations"
    return journal.done(f"{verb} {what}", *(row.ticket_id for row in rows))


def _move_one(journal: Journal, row: _Row, states: tuple[str, ...], state: str, seen: int | None) -> None:
    if row.state not in states:
        raise Refused(f"The {row.kind} on #{row.number} is {row.state}", "")
    if state == "sent" and not is_doubtful(row.payload):
        raise Refused(f"The {row.kind} on #{row.number} is held, and has surely not left", "Send it, or drop it.")
    before: Row = {
        "state": row.state, "ready_at": row.ready_at, "error": row.error, "payload": row.payload, "sent_at": row.sent_at
    }  # fmt: skip
    after: Row = {
        "state": state, "ready_at": journal.by.at, "error": "", "payload": row.payload,
        "sent_at": journal.by.at if state == "sent" else None,
    }  # fmt: skip
    if row.state == "bounced":
        # It has left: what is done about it is another operation, or nothing.
        after = {**before, "state": "sent"}
        if state == "waiting":
            after |= {"error": "", "payload": _resend(journal, row)}
    elif row.kind == RESEND and state == "dropped":
        # That they did not get it stays true.
        after["error"] = row.error
    elif state == "waiting" and row.kind == "reply":
        after["payload"] = _with_seen(journal.connection, row, seen)
    journal.connection.execute(
        "UPDATE outbox SET state = ?, ready_at = ?, error = ?, payload = ?, sent_at = ? WHERE id = ?",
        (*after.values(), row.id),
    )
    journal.note(Patch("outbox", {"id": row.id}, before, after))
    if state == "dropped" and row.state != "bounced" and row.message_id is not None:
        # Nobody was told what it promises.
        withdraw_unsent(journal, row.ticket_id, row.message_id)
    if state == "dropped" and row.kind == "change":
        put_back(journal, row.ticket_id, row.payload)
    # Who does it again sends the same message.
    message_id = row.message_id if row.state == "bounced" else None
    title = f"{row.kind} on #{row.number}"
    journal.tell(_TOLD[state], {"title": title}, ticket_id=row.ticket_id, message_id=message_id)


def _resend(journal: Journal, row: _Row) -> str:
    """Send it again to those who are known not to have it; the answer is its payload without them."""
    payload = json.loads(row.payload)
    only = [each["known"] for each in payload.pop("missed", {}).values() if each["known"]]
    if not only:
        raise Refused("It isn't known which of its recipients did not get it", "Write to them anew.")
    of, written_as = payload.get("of", row.uid.hex()), payload.get("as", row.kind)
    journal.send(
        RESEND,
        resend_payload(bytes.fromhex(of), written_as, only),
        ticket_id=row.ticket_id,
        message_id=row.message_id,
        source_id=row.source_id,
    )
    return json.dumps(payload, ensure_ascii=False)


def _with_seen(connection: Connection, row: _Row, seen: int | None) -> str:
    """The payload of a reply that knows of what the customer has said."""
    if seen is None:
        seen = connection.execute(_NEWEST_HEARD, (row.ticket_id,)).fetchone()[0]
    payload = json.loads(row.payload)
    known = payload.get("seen_inbound_id")
    # Never less than it knew: a reply that was begun after a newer mail was read stays so.
    payload["seen_inbound_id"] = seen if known is None or seen is None else max(known, seen)
    (payload["seen_id"],) = connection.execute(_NEWEST_SAID, (row.ticket_id,)).fetchone()
    return json.dumps(payload, ensure_ascii=False)


def _row(connection: Connection, row_id: int) -> _Row:
    found = connection.execute(
        "SELECT o.id, o.deed, o.kind, o.state, o.ready_at, o.error, o.payload, o.sent_at, o.uid, o.message_id, "
        "o.source_id, coalesce(m.ticket_id, o.ticket_id), t.number "
        "FROM outbox o LEFT JOIN message m ON m.id = o.message_id "
        "JOIN ticket t ON t.id = coalesce(m.ticket_id, o.ticket_id) WHERE o.id = ?",
        (row_id,),
    ).fetchone()
    if found is None:
        raise NotFound("That is no longer in the outbox", "Look again.")
    return _Row(*found)
