"""Incidents as screens read them: what is open and when its customers hear of it again, its tickets, and those alike.

The invariant: tickets that look like an incident are found by reading what it is compared with, at most `CANDIDATES`
tickets of the time since it began; coming in, a ticket costs nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from desk.incidents import Profile, Words, background, likeness, profile, words_in
from desk.records import Mark
from desk.times import DAY
from storage.connect import Connection

# Compared with an incident at most; its own tickets, of which it is learnt what it is like; what is usual otherwise.
CANDIDATES, LEARNT, USUAL = 300, 20, 200
MOST_TICKETS = 500
MOST_OVER = 20
# Who noticed it first may have written before anybody began the incident.
BEFORE = DAY

_ROW = """
    SELECT i.id, i.title, i.state, i.notice, ifnull(a.name, ''), i.next_update_at, i.created_at, i.over_at,
           (SELECT count(*) FROM incident_ticket k WHERE k.incident_id = i.id AND k.state = 'linked'),
           (SELECT count(DISTINCT t.customer_id) FROM incident_ticket k JOIN ticket t ON t.id = k.ticket_id
             WHERE k.incident_id = i.id AND k.state = 'linked'),
           (SELECT max(u.at) FROM incident_update u WHERE u.incident_id = i.id)
      FROM incident i LEFT JOIN agent a ON a.id = i.agent_id"""
_OPEN = f"{_ROW} WHERE i.state<>'over' ORDER BY i.next_update_at IS NULL, i.next_update_at, i.id"
_OVER = f"{_ROW} WHERE i.state = 'over' ORDER BY i.over_at DESC, i.id DESC LIMIT ?"
_ONE = f"{_ROW} WHERE i.id = ?"
_ALARMS = "SELECT id, title, next_update_at FROM incident WHERE state<>'over' AND next_update_at IS NOT NULL"
_LINKED = """
    SELECT t.id, t.number, t.subject, ifnull(c.name, ''), t.status, k.at
      FROM incident_ticket k JOIN ticket t ON t.id = k.ticket_id LEFT JOIN customer c ON c.id = t.customer_id
     WHERE k.incident_id = ? AND k.state = 'linked' ORDER BY k.at DESC, t.id DESC LIMIT ?"""
_STANDS = """
    SELECT i.id, i.title, i.state, k.state FROM incident_ticket k JOIN incident i ON i.id = k.incident_id
     WHERE k.ticket_id = ? ORDER BY i.state = 'over', i.id DESC"""
# The customer's first words on a ticket.
_SAID = """ifnull((SELECT substr(m.body, 1, 1000) FROM message m WHERE m.ticket_id = t.id
    AND m.kind IN ('inbound', 'call') ORDER BY m.at, m.id LIMIT 1), t.preview)"""
_TEXTS = f"""
    SELECT t.subject, {_SAID} FROM incident_ticket k JOIN ticket t ON t.id = k.ticket_id
     WHERE k.incident_id = ? AND k.state = 'linked' ORDER BY k.at DESC, t.id DESC LIMIT {LEARNT}"""  # noqa: S608  ours
_USUAL = f"SELECT subject, preview FROM ticket WHERE created_at < ? ORDER BY created_at DESC, id DESC LIMIT {USUAL}"  # noqa: S608  ours
_CANDIDATES = f"""
    SELECT t.id, t.number, t.subject, ifnull(c.name, ''), t.status, t.created_at, {_SAID}
      FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id
     WHERE t.status<3 AND t.created_at >= ? AND NOT EXISTS(
        SELECT 1 FROM incident_ticket k WHERE k.ticket_id = t.id AND k.incident_id = ?)
     ORDER BY t.created_at DESC, t.id DESC LIMIT {CANDIDATES}"""  # noqa: S608  ours
_TICKET = f"SELECT t.subject, {_SAID}, t.created_at FROM ticket t WHERE t.id = ? AND t.status<3"  # noqa: S608  ours
_MARK = """
    SELECT count(*), ifnull(max(at), 0), ifnull(sum(ticket_id), 0) FROM incident_ticket
     WHERE incident_id = ? AND state = 'linked'"""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident; `tickets` are linked to it, of so many `customers`; `told_at` is the last update."""

    id: int
    title: str
    state: str
    notice: str
    agent: str
    next_update_at: int | None
    created_at: int
    over_at: int | None
    tickets: int
    customers: int
    told_at: int | None


@dataclass(frozen=True, slots=True)
class IncidentTicketRow:
    """A ticket of an incident, or one that looks like it: then `why` says by what."""

    incident_id: int
    ticket_id: int
    number: int
    subject: str
    customer: str
    status: int
    at: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """When an incident's customers hear of it again at the latest."""

    id: int
    title: str
    at: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """An open incident that a ticket looks like, and by what."""

    id: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Incidents around one ticket: those it is linked to, and the open one that it looks like, where there is one."""

    linked: tuple[tuple[int, str, str], ...]
    suggested: Suggested | None


def incidents(connection: Connection) -> tuple[IncidentRow, ...]:
    """Those that are open, the next update first, then those that were over last."""
    return tuple(IncidentRow(*row) for row in (*connection.execute(_OPEN), *connection.execute(_OVER, (MOST_OVER,))))


def open_incidents(connection: Connection) -> tuple[IncidentRow, ...]:
    """Those that are open, the next update first."""
    return tuple(IncidentRow(*row) for row in connection.execute(_OPEN))


def incident(connection: Connection, incident_id: int) -> IncidentRow | None:
    """One of them."""
    found = connection.execute(_ONE, (incident_id,)).fetchone()
    return None if found is None else IncidentRow(*found)


def alarms(connection: Connection) -> tuple[Alarm, ...]:
    """When customers hear of each open incident again."""
    return tuple(Alarm(*row) for row in connection.execute(_ALARMS))


def linked(connection: Connection, incident_id: int) -> tuple[IncidentTicketRow, ...]:
    """The tickets of an incident, the last linked first."""
    return tuple(
        IncidentTicketRow(incident_id, *row) for row in connection.execute(_LINKED, (incident_id, MOST_TICKETS))
    )


def alike(connection: Connection, row: IncidentRow) -> tuple[IncidentTicketRow, ...]:
    """Tickets that look like an open incident and aren't linked, nor were they said to be none; the likest first."""
    if row.state == "over":
        return ()
    told = _profile(connection, row)
    found: list[tuple[float, IncidentTicketRow]] = []
    for ticket_id, number, subject, customer, status, at, said in connection.execute(
        _CANDIDATES, (row.created_at - BEFORE, row.id)
    ):
        like = likeness(_words(subject, said), told)
        if like is not None:
            found.append(
                (like.share, IncidentTicketRow(row.id, ticket_id, number, subject, customer, status, at, like.why))
            )
    return tuple(each for _, each in sorted(found, key=lambda pair: (-pair[0], -pair[1].at, pair[1].ticket_id)))


def around(connection: Connection, ticket_id: int) -> Standing:
    """The incidents that a ticket belongs to, and the one that it may belong to."""
    stands = connection.execute(_STANDS, (ticket_id,)).fetchall()
    belongs = tuple((key, title, state) for key, title, state, link in stands if link == "linked")
    known = {key for key, *_ in stands}
    others = [row for row in open_incidents(connection) if row.id not in known]
    ticket = connection.execute(_TICKET, (ticket_id,)).fetchone() if others else None
    if ticket is None or any(state != "over" for _, _, state in belongs):
        return Standing(belongs, None)
    subject, said, created_at = ticket
    words = words_in(subject, said)
    found: list[tuple[float, Suggested]] = []
    for row in others:
        like = likeness(words, _profile(connection, row)) if created_at >= row.created_at - BEFORE else None
        if like is not None:
            found.append((like.share, Suggested(row.id, row.title, like.why)))
    return Standing(belongs, max(found, key=lambda pair: (pair[0], -pair[1].id))[1] if found else None)


def incident_marks(connection: Connection, ticket_id: int) -> Iterator[Mark]:
    """What stands over a ticket: the incidents that it belongs to, and the one that it looks like."""
    found = around(connection, ticket_id)
    for _, title, state in found.linked:
        yield Mark(f"incident “{title}” ({state})", "muted" if state == "over" else "late")
    if found.suggested is not None:
        yield Mark(f"like the incident “{found.suggested.title}”? {found.suggested.why}; I links", "due")


def _profile(connection: Connection, row: IncidentRow) -> Profile:
    """What tells an incident; learnt anew only where its text or its tickets have changed."""
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    mark = (row.title, row.notice, *connection.execute(_MARK, (row.id,)).fetchone())
    kept = _kept_profiles(path)
    if row.id not in kept or kept[row.id][0] != mark:
        usual, counted = _usual(connection, row.created_at - BEFORE)
        tickets = [words_in(*texts) for texts in connection.execute(_TEXTS, (row.id,))]
        kept[row.id] = mark, profile(words_in(row.title, row.notice), tickets, usual, counted)
    return kept[row.id][1]


def _usual(connection: Connection, before: int) -> tuple[Counter[str], int]:
    return background(words_in(*texts) for texts in connection.execute(_USUAL, (before,)))


@lru_cache(maxsize=2 * CANDIDATES)
def _words(subject: str, said: str) -> Words:
    """The page of incidents is read anew with whatever changes; what customers first wrote doesn't."""
    return words_in(subject, said)


@lru_cache(maxsize=4)
def _kept_profiles(_path: str) -> dict[int, tuple[tuple[object, ...], Profile]]:
    return {}
