"""The telephone as this seat knows it: who rings now, and which call is the agent's own. Every screen may look.

The invariants: one who rings is one ring, however often and by whichever way it is told; an answer about a ring is kept
with it, so that the banner never has to wait for it again.
"""

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import NamedTuple

from desk.callers import CallerCard, CallerMatch
from desk.calls import ELSEWHERE, LONGEST_RING, CallRow, CallState, Popped, clock, talk_seconds, wrap_up_seconds
from desk.dialled import alike, bare, is_number
from desk.times import SECOND

# A pop of whom the agent has on the line for less than this is that same call.
LATE_POP = 10 * SECOND


class Asking(NamedTuple):
    """Who asks: whose telephone it is, when, where, and the countries whose numbers are understood."""

    agent_id: int
    now: int
    zone: tzinfo
    regions: tuple[str, ...]


class Ring(NamedTuple):
    """Somebody who rings: a call that a telephone told of, or what `heard pop` was given (then `call_id` is None).

    Where `direction` is out, it rings at theirs.
    """

    text: str
    caller: str
    since: int
    call_id: int | None
    match: CallerMatch
    card: CallerCard | None
    direction: str = "in"

    @property
    def title(self) -> str:
        """Who it is, as well as it is known."""
        if self.card is not None:
            return self.card.card.name
        return self.caller or self.number or "Number withheld"

    @property
    def number(self) -> str:
        """What the telephone showed; empty where that was a word for no number."""
        return "" if self.match.kind == "withheld" else self.text


@dataclass(slots=True)
class Phone:
    """`popped` is what `heard pop` told and nobody took yet, `rings` whoever rings now, `call` the agent's own call.

    `offered` is an own call that the agent has lost from sight: it was answered while they wrote, or before a crash.
    `known` are the own calls that were begun or told of here.
    """

    popped: tuple[Popped, ...] = ()
    rings: tuple[Ring, ...] = ()
    call: CallRow | None = None
    offered: CallRow | None = None
    known: set[int] = field(default_factory=set)

    def hear(self, popped: Popped) -> bool:
        """Take in a pop that names no call; False where the same one rings already, or was taken this moment."""
        known = self._has_just_taken(popped) or any(same(each.text, popped.text) for each in self.popped)
        if not known:
            self.popped = (*self.popped, popped)
        return not known

    def _has_just_taken(self, popped: Popped) -> bool:
        """Some softphones tell of the answer as they do of the ring."""
        call = self.call
        if call is None or not call.state.on_line or call.answered_at is None:
            return False
        return popped.at - call.answered_at < LATE_POP and same(call.number, popped.text)

    def forget(self, text: str) -> None:
        """Somebody has taken it, or it was seen."""
        self.popped = tuple(each for each in self.popped if not same(each.text, text))
        self.rings = tuple(each for each in self.rings if each.call_id is not None or not same(each.text, text))

    def grow_old(self, now: int) -> None:
        """Nobody tells how a pop ends: it rings as long as a call may."""
        self.popped = tuple(each for each in self.popped if now - each.at < LONGEST_RING)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same caller: the same number in any notation, else the same words."""
    one, other = bare(one), bare(other)
    if is_number(one) and is_number(other):
        return alike(one, other)
    return one.casefold().split() == other.casefold().split()


def rings_for(since: int, now: int, *, outbound: bool) -> str:
    """How long it has rung, here or at theirs."""
    return ("calling " if outbound else "rings ") + clock((now - since) // SECOND)


def stands(call: CallRow, now: int) -> str:
    """How a call stands, in words with its clock: `talking 2:13`, `on hold 0:20`, `wrap-up 0:05`."""
    match call.state:
        case CallState.TALKING:
            return "talking " + clock(talk_seconds(call, now))
        case CallState.HELD:
            return "on hold " + clock((now - (call.held_at or now)) // SECOND)
        case CallState.WRAPPING:
            return "wrap-up " + clock(wrap_up_seconds(call, now))
        case CallState.RINGING:
            return rings_for(call.rang_at, now, outbound=call.direction == "out")
        case CallState.MISSED:
            return "no answer" if call.direction == "out" else "missed"
        case CallState.DONE:
            taken = call.outcome == ELSEWHERE
            return "taken by a colleague" if taken else "written down, " + clock(talk_seconds(call, now))
