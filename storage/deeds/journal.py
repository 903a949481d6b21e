"""One deed while it is being done: every change of a row goes through here, so that history and undo miss none.

`done()` writes the events and outbox rows in the same transaction as the changes. What the events say (`data`):

| kind | data |
|---|---|
| changed | field, before, after: status and priority as numbers; assignee, team and queue as names or null; tags as sorted lists; snoozed_until as a time or null; watch as true or false; goal, summary, choice as text |
| changed elsewhere | as changed, and where: the source in words |
| overridden | lost: the field, where: a change that gave way to a newer one of another agent's |
| replied, noted, forwarded | subject, recipients, copies; draft: its kind; attachments: the paths that were given; seconds: from the first key of its draft, null where that isn't known |
| called | subject, number, seconds, outcome |
| begun, ticked, skipped, unticked | checklist, checklist_title; step, step_title, text, reason |
| merged, merged_in | number: the other ticket, or a list of them |
| customers_merged, customers_parted | customer, into: the ids of the records; name, into_name |
| identity_split | title: the identity, identity: its id; customer, into: whose it was and is; the highest ids then |
| customers_told_apart | before: the other's name |
| customer_made, renamed, customer_noted, flagged, identity_added, identity_confirmed, identity_removed | field, before, after |
| retried, dropped, counted_as_sent | title: which operation of the outbox |
| opened_first | title: the subject of a ticket that we began ourselves |
| snippet_used, snippet_saved, snippet_deleted, view_saved, view_deleted, view_moved | title or name |
| answer_kept, answer_improved | title: the snippet's; question |
| task_made, task_changed, task_done, task_opened, task_linked, task_unlinked | title: the task's; cause |
| gesture_given, gesture_asked, gesture_approved, gesture_refused | title: the kind and its value; reason |
| rating_acted | title: the rating; reason: what was done |
| incident_begun, incident_changed, incident_told, incident_linked, incident_unlinked, incident_update | title: the incident's; state |
| banner_told, banner_ended | title: the line that every console shows |
| promised, promise_withdrawn, promise_kept, promise_broken | title: the words; due_at, target_at; beaten_by: microseconds |
| acknowledged (by sync, storage.acknowledging) | to: the customer's address; promised_at |
| undone | deed: the id of the deed that was taken back |

The first event of a deed has the deed's own title as `done`. A deed that is done again has the events of the first time once more.
"""  # noqa: E501  a table's row can't be wrapped

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from desk.errors import NotFound
from desk.ids import new_uid
from desk.times import SECOND
from storage.connect import Connection, raw
from storage.deeds.by import By, Done
from storage.deeds.patches import Patch, Row, encode

if TYPE_CHECKING:
    from sqlmodel import Session, SQLModel

Fact: TypeAlias = bool | int | str | list[str] | None
Model = TypeVar("Model", bound="SQLModel")

_EVENT = (
    "INSERT INTO event(deed, kind, at, agent_id, ticket_id, customer_id, message_id, data, patch) "
    "VALUES(?,?,?,?,?,?,?,?,?)"
)
_OUTBOX = (
    "INSERT INTO outbox(uid, deed, ticket_id, message_id, source_id, kind, payload, state, created_at, ready_at, "
    "sent_at, tries, error) VALUES(?,?,?,?,?,?,?,?,?,?,?,0,'')"
)


class Journal:
    """What one deed has changed so far. Changes made since the last `tell` belong to the next one."""

    def __init__(self, session: "Session", by: By) -> None:
        self.session = session
        self.by = by
        self.deed = new_uid()
        self._patches: list[Patch] = []
        self._events: list[tuple[tuple[object, ...], dict[str, Fact], str]] = []
        self._outbox: list[tuple[object, ...]] = []

    @property
    def connection(self) -> Connection:
        """The driver's connection, inside this deed's transaction."""
        return raw(self.session)

    def add(self, row: "SQLModel") -> int:
        """Insert a row; the answer is its id (0 for a table without one)."""
        self.session.add(row)
        self.session.flush()
        values = row.model_dump()
        self._patches.append(Patch(str(row.__tablename__), _key(row), None, values))
        return int(values.get("id") or 0)

    def change(self, row: "SQLModel", **values: object) -> None:
        """Set columns of a row that the session holds; those that are so already are left out."""
        held: Row = row.model_dump(include=set(values))
        before = {column: held[column] for column in values if held[column] != values[column]}
        for column in before:
            setattr(row, column, values[column])
        if before:
            self.session.flush()
            after: Row = row.model_dump(include=set(before))
            self._patches.append(Patch(str(row.__tablename__), _key(row), before, after))

    def remove(self, row: "SQLModel") -> None:
        """Delete a row that the session holds."""
        self._patches.append(Patch(str(row.__tablename__), _key(row), row.model_dump(), None))
        self.session.delete(row)
        self.session.flush()

    def note(self, patch: Patch) -> None:
        """Take up a change that was made by plain SQL, as bulk changes are."""
        self._patches.append(patch)

    def tell(
        self,
        kind: str,
        data: Mapping[str, Fact],
        *,
        ticket_id: int | None = None,
        customer_id: int | None = None,
        message_id: int | None = None,
    ) -> None:
        """One event, with all changes since the one before."""
        about = (kind, self.by.at, self.by.agent_id, ticket_id, customer_id, message_id)
        self._events.append((about, dict(data), encode(self._patches)))
        self._patches.clear()

    def send(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        ticket_id: int,
        source_id: int | None,
        message_id: int | None = None,
        undo_seconds: int = 0,
    ) -> None:
        """One outbox row. What can't be taken back any more and belongs to no source has arrived at once."""
        ready_at = self.by.at + undo_seconds * SECOND
        at_once = "sent" if source_id is None else "waiting"
        state = "undoable" if undo_seconds else at_once
        self._outbox.append(
            (
                new_uid(), self.deed, ticket_id, message_id, source_id, kind, json.dumps(payload, ensure_ascii=False),
                state, self.by.at, ready_at, self.by.at if state == "sent" else None,
            )
        )  # fmt: skip

    def done(self, title: str, *ticket_ids: int, customer_id: int | None = None) -> Done:
        """Write history and outbox; the caller's transaction makes it all true at once."""
        # Its own words go with the deed's first event, for whoever undoes it.
        self._events[0][1]["done"] = title
        self.session.flush()
        self.connection.executemany(
            _EVENT,
            [(self.deed, *about, json.dumps(data, ensure_ascii=False), patch) for about, data, patch in self._events],
        )
        self.connection.executemany(_OUTBOX, self._outbox)
        return Done(self.deed, title, ticket_ids, customer_id)


def held(session: "Session", model: type[Model], key: object, what: str) -> Model:
    """The row of that key; NotFound where there is none."""
    row = session.get(model, key)
    if row is None:
        raise NotFound(f"There is no such {what} any more", "Go back and look again; someone may have deleted it.")
    return row


def _key(row: "SQLModel") -> Row:
    from sqlalchemy import inspect

    mapper = inspect(type(row))
    return {column.key: getattr(row, column.key) for column in mapper.primary_key}
