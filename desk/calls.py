"""A call from its first ring to the end of the wrap-up: its states, what changes them, and its arithmetic.

The invariant: ring, answer and end may be told twice, late or in any order, by a telephone and by the agent at once;
the row that the call ends in is the same. Holds are taken in the order in which they are told.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

from desk.times import SECOND

# A ring takes six seconds in most countries, and a call should be picked up within two of them.
TWO_RINGS = 12 * SECOND
# A telephone that died told nobody how a call ended: what "rings" for longer than this rings no more.
LONGEST_RING = 180 * SECOND


class CallState(StrEnum):
    """Where a call stands. Wrapping: hung up, and not written down yet. Missed: nobody took it.

    A missed one without an end rang for so long that it was given up; whatever is told of it later still counts.
    """

    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    WRAPPING = "wrapping"
    DONE = "done"
    MISSED = "missed"

    @property
    def on_line(self) -> bool:
        """Whether the other side is on the line now."""
        return self in (CallState.TALKING, CallState.HELD)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it now."""
        return self not in (CallState.DONE, CallState.MISSED)


# "elsewhere": somebody else of the team took it, so that it rings here no more and is nobody's failure.
CallEventKind = Literal["ringing", "answered", "elsewhere", "held", "resumed", "ended"]
ELSEWHERE = "Answered elsewhere"


class CallEvent(NamedTuple):
    """What a telephone told of a call at a time. `external_id` is the call's name there, empty where it has none.

    `number` and `caller` are what the other side showed, as it stood.
    """

    way: str
    external_id: str
    kind: CallEventKind
    at: int
    number: str = ""
    caller: str = ""
    direction: Literal["in", "out"] = "in"


class CallRow(NamedTuple):
    """One call; the fields are those of storage.models.Call, and `customer` is the name behind `customer_id`."""

    id: int
    uid: bytes
    direction: str
    state: CallState
    way: str
    external_id: str
    number: str
    caller: str
    customer_id: int | None
    ticket_id: int | None
    message_id: int | None
    agent_id: int | None
    rang_at: int
    answered_at: int | None = None
    held_at: int | None = None
    held_seconds: int = 0
    ended_at: int | None = None
    wrapped_at: int | None = None
    goal: str = ""
    notes: str = ""
    outcome: str = ""
    follow_up: str = ""
    follow_up_at: int | None = None
    customer: str = ""

    @property
    def title(self) -> str:
        """Who is on the line, as well as it is known."""
        return self.customer or self.caller or self.number or "Number withheld"


class Popped(NamedTuple):
    """What reached the running console: somebody rings, a call went on, or something was asked to be shown.

    `text` is what was given, cleaned to one line: a number in any notation, or anything that a search takes; empty
    where the number is withheld. `call_id` is the call's row where a telephone told of it, then `state` is where that
    call stands now; `heard pop` knows of no call, and names none. `at` is when it was told.
    """

    text: str
    caller: str = ""
    call_id: int | None = None
    state: CallState = CallState.RINGING
    at: int = 0


def after(call: CallRow, event: CallEvent) -> CallRow:
    """The call once this is known of it too."""
    match event.kind:
        case "ringing":
            call = call._replace(rang_at=min(call.rang_at, event.at))
        case "answered":
            outcome = "" if call.outcome == ELSEWHERE else call.outcome
            call = call._replace(answered_at=_first(call.answered_at, event.at), outcome=outcome)
        case "elsewhere":
            call = call._replace(outcome=call.outcome or ELSEWHERE) if call.answered_at is None else call
        case "ended":
            call = call._replace(ended_at=_first(call.ended_at, event.at))
        case "held":
            call = _held(call, event.at)
        case "resumed":
            call = _resumed(call, event.at)
    call = call._replace(
        rang_at=min(call.rang_at, event.at),
        number=call.number or event.number,
        caller=call.caller or event.caller,
    )
    return _stated(call)


def _first(known: int | None, at: int) -> int:
    return at if known is None else min(known, at)


def _held(call: CallRow, at: int) -> CallRow:
    if call.held_at is not None or call.ended_at is not None or call.answered_at is None or at < call.answered_at:
        return call
    return call._replace(held_at=at)


def _resumed(call: CallRow, at: int) -> CallRow:
    if call.held_at is None or at < call.held_at:
        return call
    return call._replace(held_at=None, held_seconds=call.held_seconds + _seconds(at - call.held_at))


def _stated(call: CallRow) -> CallRow:
    """The state that the times say; a hold ends with its call."""
    if call.ended_at is not None and call.held_at is not None:
        call = _resumed(call, max(call.ended_at, call.held_at))
    return call._replace(state=_state(call))


def _state(call: CallRow) -> CallState:
    if call.wrapped_at is not None:
        return CallState.DONE
    if call.answered_at is None and call.outcome == ELSEWHERE:
        return CallState.DONE
    if call.answered_at is None:
        return CallState.RINGING if call.ended_at is None else CallState.MISSED
    if call.ended_at is not None:
        return CallState.WRAPPING
    return CallState.TALKING if call.held_at is None else CallState.HELD


def pick_up_seconds(call: CallRow, now: int) -> int:
    """How long it rang, or rings."""
    ends = (at for at in (call.answered_at, call.ended_at) if at is not None)
    return _seconds(min(ends, default=now) - call.rang_at)


def picked_up_in_time(call: CallRow) -> bool:
    """Whether somebody took it within two rings."""
    return call.answered_at is not None and call.answered_at - call.rang_at <= TWO_RINGS


def talk_seconds(call: CallRow, now: int) -> int:
    """How long the two sides have spoken, holds left out."""
    if call.answered_at is None:
        return 0
    return max(0, _seconds((call.ended_at or now) - call.answered_at) - hold_seconds(call, now))


def hold_seconds(call: CallRow, now: int) -> int:
    """How long the other side has waited on hold, all holds together."""
    present = 0 if call.held_at is None else _seconds((call.ended_at or now) - call.held_at)
    return call.held_seconds + present


def wrap_up_seconds(call: CallRow, now: int) -> int:
    """How long the writing down has taken since it was hung up."""
    if call.ended_at is None or call.answered_at is None:
        return 0
    return _seconds((call.wrapped_at or now) - call.ended_at)


def _seconds(duration: int) -> int:
    return max(0, duration) // SECOND


def clock(seconds: int) -> str:
    """Seconds as a timer shows them: 0:07, 12:30, 1:02:30."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
