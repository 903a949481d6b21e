"""Who has a ticket, as the marks on its mails say it: what agents elsewhere did, and what is still to be said there.

A ticket's claim is the mark on the oldest of its mails that has one. So all workspaces on a mailbox agree, whichever of
its mails each of them knew when its agent took it. What isn't there any more says nothing: who files mails away lets go
of no ticket. Every function works in the caller's transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from desk.claims import claimed, handle_of, is_mark, mark_of
from desk.merging import Edit
from desk.records import AgentRow
from storage import agents, people
from storage.connect import Connection
from storage.elsewhere import ASSIGNEE, Elsewhere, Value, take
from storage.sources import SourceRow

# Folder, its validity, and the mail's number in it.
Place = tuple[str, int, int]

# In every workspace the same copy of a mail comes first.
_COPIES = """
    SELECT c.stream, c.validity, c.uid, c.flags FROM message m CROSS JOIN mail_copy c ON c.message_id = m.id
     WHERE m.ticket_id = ? AND c.source_id = ? ORDER BY m.at, m.id, upper(c.stream) <> 'INBOX', c.stream, c.uid"""
# What the customer wrote last; where they never did, what was sent to them.
_NEWEST = """
    SELECT c.stream, c.validity, c.uid FROM message m CROSS JOIN mail_copy c ON c.message_id = m.id
     WHERE m.ticket_id = ? AND c.source_id = ?
     ORDER BY m.kind <> 'inbound', m.at DESC, m.id DESC, upper(c.stream) <> 'INBOX', c.stream, c.uid LIMIT 1"""
_ONE = "FROM mail_copy WHERE source_id = ? AND stream = ? AND validity = ? AND uid = ?"
_TICKET = f"SELECT ticket_id FROM message WHERE id = (SELECT message_id {_ONE})"  # noqa: S608 - ours
_FLAGS = f"SELECT flags {_ONE}"
_SET_FLAGS = "UPDATE mail_copy SET flags = ? WHERE source_id = ? AND stream = ? AND validity = ? AND uid = ?"
_WISHED = "SELECT payload FROM outbox WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a mail is to say: `mark` in the place of `before`; empty: nobody has it."""

    place: Place
    before: str
    mark: str


def standing(connection: Connection, source_id: int, place: Place) -> str:
    """The mark on a mail, as far as it is known; empty where there is none."""
    row = connection.execute(_FLAGS, (source_id, *place)).fetchone()
    return claimed(row[0].split()) if row else ""


def learn(connection: Connection, source: SourceRow, before: Mapping[Place, str], now: int) -> None:
    """The mails at these places said so before, and say something else now: let their tickets follow."""
    tickets = {connection.execute(_TICKET, (source.id, *place)).fetchone()[0] for place in before}
    for ticket_id in sorted(tickets):
        marks = _marks(connection, source.id, ticket_id)
        was = next((said for place, mark in marks if (said := before.get(place, mark))), "")
        said = next((mark for _, mark in marks if mark), "")
        if was != said:
            _follow(connection, source, ticket_id, was, said, now)


def next_claim(connection: Connection, source_id: int, ticket_id: int, row_id: int) -> Claim | None:
    """What is to be said next for that row of the outbox; None where all is said."""
    fields: dict[str, list[Value]] = json.loads(connection.execute(_WISHED, (row_id,)).fetchone()[0])
    if ASSIGNEE not in fields:
        return None
    handle = fields[ASSIGNEE][1]
    wished = mark_of(str(handle)) if handle else ""
    for place, mark in _marks(connection, source_id, ticket_id):
        if mark:
            return Claim(place, mark, wished) if mark != wished else None
    newest = connection.execute(_NEWEST, (ticket_id, source_id)).fetchone()
    return Claim(newest, "", wished) if wished and newest else None


def keep(connection: Connection, source_id: int, claim: Claim) -> None:
    """The mail says so now."""
    row = connection.execute(_FLAGS, (source_id, *claim.place)).fetchone()
    if row is not None:
        flags = [flag for flag in row[0].split() if not is_mark(flag)]
        connection.execute(_SET_FLAGS, (" ".join((*flags, claim.mark)).strip(), source_id, *claim.place))


def _marks(connection: Connection, source_id: int, ticket_id: int) -> list[tuple[Place, str]]:
    """The mails of a ticket with their marks, empty where they have none; the oldest first."""
    found = connection.execute(_COPIES, (ticket_id, source_id))
    return [((stream, validity, uid), claimed(flags.split())) for stream, validity, uid, flags in found]


def _follow(connection: Connection, source: SourceRow, ticket_id: int, was: str, said: str, now: int) -> None:
    where = f"the {source.kind} {source.settings.get('address') or source.name}"
    base = {ASSIGNEE: _handle(connection, was)}
    # A mailbox doesn't say when: a mark counts as set when it was read, so that the one who was first there keeps it.
    # Who lets go wants it no more, whatever the hour; whoever waits to take it gets it.
    theirs = {ASSIGNEE: Edit(_handle(connection, said), now if said else 0, where)}
    take(connection, ticket_id, Elsewhere(where, now), base, theirs)


def _handle(connection: Connection, mark: str) -> Value:
    return _agent(connection, mark).handle if mark else None


def _agent(connection: Connection, mark: str) -> AgentRow:
    """The agent of that mark; one whom this workspace has not met yet is made."""
    for agent in people.agents(connection):
        if mark_of(agent.handle) == mark:
            return agent
    return agents.me(connection, handle_of(mark))
