"""Writing a call down: it becomes a message of channel phone on a ticket, new or existing; and whose call it was.

The invariant: call, message, history and what the ticket says of its messages are one transaction; taken back, the
call waits to be written down again with every word of its notes, and a ticket that was made for it stays.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.deeds.by import By, Done
from storage.deeds.plan import Change

if TYPE_CHECKING:
    from sqlmodel import Session

# The outcomes that are offered; any other words of the agent's will do.
OUTCOMES = ("Solved", "Answered", "Call back", "Passed on", "No answer", "Wrong number")


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What is written down of a call. `ticket_id` None: on the call's own ticket, made for it where it has none.

    `subject` is that of a ticket that is made; empty, the goal or "Call with NAME" is taken. `follow_up_at` snoozes the
    ticket until then unless `after` says otherwise. `after` is changed in the same deed, as in storage.deeds.write.
    """

    notes: str
    outcome: str = ""
    goal: str = ""
    ticket_id: int | None = None
    subject: str = ""
    follow_up: str = ""
    follow_up_at: int | None = None
    after: Change = field(default_factory=Change)


def wrap_up(session: "Session", by: By, call_id: int, wrap: WrapUp) -> Done:
    """Write the call down; one that is still on the line has ended with it. A missed one can be written down too.

    Refused where it is written down already.
    """


def ticket_of(session: "Session", by: By, call_id: int, ticket_id: int | None = None, subject: str = "") -> int:
    """The ticket that the call is about, for its checklist while it goes on: the one given, else its own, made once.

    No deed: a ticket that a call had stays. The answer is its id.
    """


def attach(session: "Session", by: By, call_id: int, customer_id: int) -> Done:
    """It was somebody else who called: the call, its message, and a ticket that was made for it alone are theirs."""
