"""The record of who looked at whom: look-ups, exports, erasures, merges, and what supervisors alone did.

The invariants: what is on record says who, when and which customer, by number alone, so that an erased customer leaves
nothing of themselves in it; it never grows beyond `KEPT` rows; merges and erasures are read from history, where they
stand already, and are written down nowhere else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from desk.roles import Right
from desk.times import MINUTE
from storage.connect import Connection, writing
from storage.deeds.by import By

KEPT = 200_000
# Who goes back and forth between a customer and their tickets looks once.
ONE_LOOK = 10 * MINUTE

# What is written down here, and what is read from history.
NOTED: Mapping[str, str] = MappingProxyType(
    {
        "looked": "looked at",
        "searched": "searched and was shown",
        "exported": "exported",
        "exported_all": "exported the team's whole data",
        "rules": "changed the rules of",
        "role": "changed a role to",
        "alerted": "told of",
    }
)
TOLD: Mapping[str, str] = MappingProxyType(
    {
        "erased": "erased",
        "customers_merged": "merged",
        "customers_parted": "parted",
        "identity_split": "split off from",
        "merged": "merged a ticket of",
        "gesture_approved": "approved a gesture for",
        "gesture_refused": "refused a gesture for",
        "banner_told": "told every console something",
        "banner_ended": "took back what every console was told",
    }
)
KINDS: Mapping[str, str] = MappingProxyType({**NOTED, **TOLD})

_NOTE = "INSERT INTO audit(at, kind, agent_id, customer_id, words) VALUES(?, ?, ?, ?, ?)"
_BOUND = "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?"
_LOOKED = "SELECT 1 FROM audit WHERE customer_id = ? AND at > ? AND kind = 'looked' AND agent_id IS ? LIMIT 1"
_READ = """
    WITH told(at, kind, agent_id, customer_id, ticket_id, words, undone) AS (
        SELECT u.at, u.kind, u.agent_id, u.customer_id, NULL, u.words, 0 FROM audit u
         WHERE u.at >= :since AND u.at < :until
         UNION ALL
        SELECT e.at, e.kind, e.agent_id, coalesce(e.customer_id, t.customer_id), e.ticket_id, '',
               e.undone_by IS NOT NULL
          FROM event e LEFT JOIN ticket t ON t.id = e.ticket_id
         WHERE e.kind IN (SELECT value FROM json_each(:told)) AND e.at >= :since AND e.at < :until)
    SELECT told.at, told.kind, ifnull(a.handle, ''), ifnull(a.name, ''), c.uid, ifnull(c.name, ''),
           ifnull(t.number, 0), told.words, told.undone
      FROM told LEFT JOIN agent a ON a.id = told.agent_id LEFT JOIN customer c ON c.id = told.customer_id
      LEFT JOIN ticket t ON t.id = told.ticket_id
     WHERE (:agent IS NULL OR told.agent_id = :agent) AND (:kind = '' OR told.kind = :kind)
       AND (:people IS NULL OR told.customer_id IN (SELECT value FROM json_each(:people)))
     ORDER BY told.at DESC LIMIT :most"""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the record; names are those of today, an erased customer's stands for nobody.

    `undone` is 1 for what was taken back.
    """

    at: int
    kind: str
    handle: str
    agent: str
    customer_uid: bytes | None
    customer: str
    ticket: int
    words: str
    undone: int

    @property
    def sentence(self) -> str:
        """What was done, as a sentence without a full stop."""
        ticket = f"#{self.ticket}" if self.ticket else ""
        what = " ".join(part for part in (KINDS[self.kind], self.customer, ticket, self.words) if part)
        return f"{self.agent or 'Heard'} {what}" + (" (taken back)" if self.undone else "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the record: from a time until before another, at most so many, the newest."""

    since: int
    until: int
    most: int = 200
    agent_id: int | None = None
    customer_ids: tuple[int, ...] | None = None
    kind: str = ""


def note(connection: Connection, by: By, kind: str, customer_id: int | None = None, words: str = "") -> None:
    """Put something on record, inside the caller's transaction where there is one."""
    connection.execute(_NOTE, (by.at, kind, by.agent_id, customer_id, words))
    connection.execute(_BOUND, (KEPT,))


def looked(connection: Connection, by: By, customer_id: int) -> None:
    """This agent has a customer's page open."""
    if connection.execute(_LOOKED, (customer_id, by.at - ONE_LOOK, by.agent_id)).fetchone() is None:
        with writing(connection):
            note(connection, by, "looked", customer_id)


def searched(connection: Connection, by: By, customer_ids: Sequence[int]) -> None:
    """This agent was shown these customers with what was found of them; what was asked for is kept nowhere."""
    alone = customer_ids[0] if len(customer_ids) == 1 else None
    with writing(connection):
        note(connection, by, "searched", alone, "" if alone is not None else f"{len(customer_ids)} customers")


def read_by(connection: Connection, agent_id: int | None, wanted: Wanted) -> tuple[AuditRow, ...]:
    """The record, for this agent; Refused for who may not read it."""
    from storage.supervisors import require  # what they do is on record too

    require(connection, agent_id, Right.AUDIT)
    return read(connection, wanted)


def read(connection: Connection, wanted: Wanted) -> tuple[AuditRow, ...]:
    """The record, the newest first."""
    people = None if wanted.customer_ids is None else json.dumps(wanted.customer_ids)
    asked = {
        "since": wanted.since, "until": wanted.until, "most": wanted.most, "agent": wanted.agent_id,
        "people": people, "kind": wanted.kind, "told": json.dumps(list(TOLD)),
    }  # fmt: skip
    return tuple(AuditRow(*row) for row in connection.execute(_READ, asked))
