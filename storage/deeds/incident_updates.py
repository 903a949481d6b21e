"""One update of an incident to the customers of all its tickets, as ordinary replies through the outbox.

The invariants: it is one transaction, so that a crash leaves all of them or none; what leaves is what the preview
showed, word for word; who was not in it isn't written to, and nobody gets it twice, nor two updates of two agents who
don't know of each other; what a customer wrote stays unread, as nobody has read it; until the undo time is over one `u`
takes back all of it, and no draft is left of what was one text.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from desk.counts import counted
from desk.errors import BadInput, Refused
from desk.ids import new_uid
from desk.text import clean
from storage.audience import Audience, Letter, Update, last_update, still_told
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.deeds.patches import Patch, Row
from storage.inbound import after_inbound
from storage.sources import delivering

if TYPE_CHECKING:
    from sqlmodel import Session

# What counting the messages anew may change.
_COUNTED = (
    "updated_at", "message_count", "inbound_at", "outbound_at", "first_response_at", "preview", "contacts", "mood",
    "due_at", "warns_at", "promised_at",
)  # fmt: skip
_FIGURES = f"SELECT id, {', '.join(_COUNTED)} FROM ticket WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608  ours
_AUTHOR = "SELECT name, email FROM agent WHERE id = ?"
_TELLER = """
    SELECT a.name FROM incident_update u JOIN agent a ON a.id = u.agent_id WHERE u.incident_id = ?
     ORDER BY u.id DESC LIMIT 1"""


def tell_all(session: "Session", by: By, update: Update, shown: Audience) -> Done:
    """Write to everybody who was `shown` and can still be told; Refused where somebody else has told them meanwhile."""
    from storage import models

    journal = Journal(session, by)
    incident = held(session, models.Incident, update.incident_id, "incident")
    if last_update(journal.connection, update.incident_id) != shown.last:
        who = journal.connection.execute(_TELLER, (update.incident_id,)).fetchone()
        raise Refused(
            f"{who[0] if who else 'Somebody'} has just written an update of “{incident.title}”",
            "Look at it first; what you send then is one more.",
        )
    next_at = None if incident.state == "over" else update.next_at
    if next_at is not None and next_at <= by.at:
        raise BadInput("The time of the next update has passed", "Give a time to come.")
    letters = still_told(journal.connection, update, shown, by.agent_id, by.at)
    if not letters:
        raise Refused("There is nobody to tell", "Link tickets to it first.")
    text = clean(update.text).strip()
    journal.add(
        models.IncidentUpdate(
            incident_id=update.incident_id, agent_id=by.agent_id, text=text, at=by.at, tickets=len(letters)
        )
    )
    journal.change(incident, next_update_at=next_at)
    journal.tell("incident_told", {"title": incident.title})
    _write(journal, letters, incident.title)
    fewer = len(shown.letters) - len(letters)
    words = f"Told {counted(len(letters), 'customer')} of “{incident.title}”" + (
        f", {fewer:,} fewer than was shown" if fewer else ""
    )
    return journal.done(words, *(each.ticket_id for each in letters))


def _write(journal: Journal, letters: Sequence[Letter], title: str) -> None:
    connection, ids = journal.connection, [each.ticket_id for each in letters]
    before = _figures(connection, ids)
    author = _author(journal)
    messages = {each.ticket_id: _message(journal, each, author) for each in letters}
    after_inbound(connection, ids)
    connection.executemany(
        "UPDATE ticket SET updated_at = max(updated_at, ?) WHERE id = ?", [(journal.by.at, key) for key in ids]
    )
    after = _figures(connection, ids)
    sources = delivering(connection, "reply", dict.fromkeys(ids, ()))
    for letter in letters:
        key, message = letter.ticket_id, messages[letter.ticket_id]
        journal.note(message)
        changed = [column for column in _COUNTED if before[key][column] != after[key][column]]
        journal.note(
            Patch(
                "ticket",
                {"id": key},
                {column: before[key][column] for column in changed},
                {column: after[key][column] for column in changed},
            )
        )
        message_id = int(str(message.key["id"]))
        journal.tell("incident_update", {"title": title}, ticket_id=key, message_id=message_id)
        journal.send(
            "reply",
            {"seen_inbound_id": letter.seen},
            ticket_id=key,
            message_id=message_id,
            source_id=sources.get(key),
            undo_seconds=journal.by.undo_seconds,
        )


def _message(journal: Journal, letter: Letter, author: str) -> Patch:
    """The reply on a ticket, as the patch that undo needs."""
    subject = letter.subject if letter.subject.casefold().startswith("re:") else f"Re: {letter.subject}"
    row: Row = {
        "uid": new_uid(), "ticket_id": letter.ticket_id, "kind": "outbound", "at": journal.by.at,
        "agent_id": journal.by.agent_id, "customer_id": letter.customer_id, "sender": author,
        "recipients": letter.recipient, "copies": "", "subject": subject, "body": letter.body, "folds": "[]",
        "html": False, "automatic": "", "bounce": "", "unparsed": False, "trackers": 0,
    }  # fmt: skip
    (message_id,) = journal.connection.execute(
        f"INSERT INTO message({', '.join(row)}) VALUES({', '.join('?' * len(row))}) RETURNING id",
        tuple(row.values()),
    ).fetchone()
    return Patch("message", {"id": message_id}, None, {"id": message_id, **row})


def _author(journal: Journal) -> str:
    found = journal.connection.execute(_AUTHOR, (journal.by.agent_id,)).fetchone()
    if found is None:
        return ""
    name, email = found
    return f"{name} <{email}>" if email else str(name)


def _figures(connection: Connection, ids: Sequence[int]) -> Mapping[int, Row]:
    return {
        row[0]: dict(zip(_COUNTED, row[1:], strict=True)) for row in connection.execute(_FIGURES, (json.dumps(ids),))
    }
