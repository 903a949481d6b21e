"""What the calls of a time come to: the phone's part of the service report."""

from collections.abc import Iterable
from dataclasses import dataclass

from desk.calls import (
    CallRow,
    CallState,
    hold_seconds,
    pick_up_seconds,
    picked_up_in_time,
    talk_seconds,
    wrap_up_seconds,
)


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Calls of a time, in whole seconds.

    `picked_up` counts inbound calls that rang here and were taken, `in_time` those of them within two rings, `missed`
    those that nobody took; a call that the agent began by hand never rang here. Of the four measures there is the
    median and what nine of ten don't exceed, None where no call has it.
    """

    calls: int
    inbound: int
    outbound: int
    picked_up: int
    in_time: int
    missed: int
    pick_up: tuple[int, int] | None
    talk: tuple[int, int] | None
    hold: tuple[int, int] | None
    wrap_up: tuple[int, int] | None

    @property
    def in_time_share(self) -> float | None:
        """The share of inbound calls, missed ones too, that was picked up within two rings; None where none rang."""
        rang = self.picked_up + self.missed
        return self.in_time / rang if rang else None


def taken(call: CallRow) -> bool:
    """Whether it rang here and somebody picked up; a call that the agent began by hand never rang."""
    return call.direction == "in" and call.answered_at is not None and call.way != "console"


def missed(call: CallRow) -> bool:
    """Whether it came in and nobody took it."""
    return call.direction == "in" and call.state is CallState.MISSED


def rang(call: CallRow) -> bool:
    """Whether it rang here and that is over, one way or the other."""
    return taken(call) or missed(call)


def spoken(call: CallRow) -> bool:
    """Whether somebody spoke, and it is over."""
    return call.answered_at is not None and call.ended_at is not None


def figures(calls: Iterable[CallRow]) -> CallFigures:
    """What these calls come to; those that still ring are neither picked up nor missed."""
    rows = list(calls)
    inbound = [call for call in rows if call.direction == "in"]
    picked_up = [call for call in rows if taken(call)]
    talked = [call for call in rows if spoken(call)]
    wrapped = [call for call in talked if call.wrapped_at is not None]
    return CallFigures(
        calls=len(rows),
        inbound=len(inbound),
        outbound=len(rows) - len(inbound),
        picked_up=len(picked_up),
        in_time=sum(map(picked_up_in_time, picked_up)),
        missed=sum(map(missed, rows)),
        pick_up=_spread(pick_up_seconds(call, 0) for call in picked_up),
        talk=_spread(talk_seconds(call, 0) for call in talked),
        hold=_spread(hold_seconds(call, 0) for call in talked if hold_seconds(call, 0)),
        wrap_up=_spread(wrap_up_seconds(call, 0) for call in wrapped),
    )


def _spread(seconds: Iterable[int]) -> tuple[int, int] | None:
    """Median and 90th percentile by nearest rank."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    return ordered[(len(ordered) - 1) // 2], ordered[-(-len(ordered) * 9 // 10) - 1]
