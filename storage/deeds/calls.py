"""Calls as they go on: news of a telephone or of the agent's keys, in plain SQL, so that nothing waits for SQLModel.

What is told of a call is no deed that could be taken back; writing it down is (`storage.deeds.wrap_up`). The
invariants: what was told is in the file before the function returns; a call is one row however often it rings; what is
told twice, late or out of order changes nothing more (`desk.calls.after`).
"""

from dataclasses import astuple, dataclass
from typing import Literal

from desk.calls import LONGEST_RING, RINGS_AGAIN, CallEvent, CallEventKind, CallRow, CallState, after
from desk.errors import Refused
from desk.ids import new_uid
from desk.text import clean
from storage.calls import call, news_of
from storage.connect import Connection, writing
from storage.deeds.by import By

LONGEST_NUMBER = 120
LONGEST_NAME = 200

_INSERT = """
INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, ticket_id, agent_id, rang_at,
                 held_seconds, goal, notes, outcome, follow_up) VALUES(?,?,?,?,?,?,?,?,?,?,?,0,'','','','') RETURNING id
"""
_UPDATE = """
UPDATE call SET state = ?, number = ?, caller = ?, agent_id = coalesce(agent_id, ?), rang_at = ?, answered_at = ?,
                held_at = ?, held_seconds = ?, ended_at = ? WHERE id = ?
"""
_STALE = """
UPDATE call SET state = 'missed', ended_at = rang_at
 WHERE state NOT IN ('done','missed') AND state = 'ringing' AND rang_at < ?
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that the agent begins by hand (T), or takes after `heard pop` told of a number.

    `rang_at` is when it was popped; without it the call is taken to have begun now.
    """

    number: str = ""
    caller: str = ""
    customer_id: int | None = None
    ticket_id: int | None = None
    direction: Literal["in", "out"] = "in"
    way: Literal["console", "pop"] = "console"
    rang_at: int | None = None


def begin(connection: Connection, by: By, begun: Begun) -> CallRow:
    """The agent is on the line with somebody from now on; the same number that rings already becomes that call.

    Refused where this agent is on the line with somebody else.
    """


def heard_of(connection: Connection, event: CallEvent, agent_id: int | None, customer_id: int | None = None) -> CallRow:
    """Take in what a telephone told; the call as it stands then. `agent_id` is whose telephone it is."""


def take(connection: Connection, by: By, call_id: int) -> CallRow:
    """The agent takes the call that rings (F3): it is theirs, and answered, however the telephone tells of it later.

    Refused where a colleague was faster, or where it has ended.
    """


def hold(connection: Connection, by: By, call_id: int) -> CallRow:
    """The other side waits from now on; told to one that is held already it changes nothing."""


def resume(connection: Connection, by: By, call_id: int) -> CallRow:
    """The hold is over."""


def hang_up(connection: Connection, by: By, call_id: int) -> CallRow:
    """The call has ended, and waits to be written down."""


def save_notes(connection: Connection, call_id: int, *, notes: str | None = None, goal: str | None = None) -> None:
    """Keep what was typed, as typed; what is None stays."""


def of_customer(connection: Connection, call_id: int, customer_id: int | None) -> CallRow:
    """Who it is, while the call is open: one of several, somebody found by a search, or nobody again."""


def give_up_stale(connection: Connection, now: int) -> int:
    """Rings of which no telephone told the end (it died) count as missed; how many."""
