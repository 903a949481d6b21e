"""Who is there: what an agent is doing, told from their consoles and their calls. Pure.

The invariants: somebody whose last console has ended is offline, whatever was said before; a call is seen before a word
that was said earlier, and gives that word back when it is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What an agent is doing, in the words of the screen."""

    AVAILABLE = "available"
    CALL = "on a call"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Seated:
    """What one console tells of whoever sits there.

    `state` is what they said themselves (available or away), since `since`, with `words` such as "lunch". `ticket_id`
    is the ticket that is open there, `writing` the kind of what is being written on it, empty for nothing. `key` names
    the console; `seen_at` is when it was last there, None while it is.
    """

    agent_id: int
    key: str = ""
    state: State = State.AVAILABLE
    since: int = 0
    words: str = ""
    ticket_id: int | None = None
    writing: str = ""
    seen_at: int | None = None

    @property
    def there(self) -> bool:
        """Whether this console runs now."""
        return self.seen_at is None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How it stands with one agent: `since` is 0 where they were never seen, `ticket_ids` are what they have open."""

    agent_id: int
    handle: str
    name: str
    state: State
    since: int
    words: str = ""
    ticket_ids: tuple[int, ...] = ()


def said(seats: Iterable[Seated]) -> Seated | None:
    """What an agent said last, of all their consoles that run; None where none does."""
    return max((seat for seat in seats if seat.there), key=lambda seat: (seat.since, seat.key), default=None)


def state_of(seats: Sequence[Seated], on_call_since: int | None) -> tuple[State, int, str]:
    """State, since when, and words, of one agent from their consoles and their open call."""
    last = said(seats)
    if last is None:
        return State.OFFLINE, max((seat.seen_at or 0 for seat in seats), default=0), ""
    if on_call_since is not None:
        return State.CALL, on_call_since, ""
    return last.state, last.since, last.words


WRITINGS = {"note": "writes a note", "forward": "forwards it"}


def company(seats: Iterable[Seated], names: "dict[int, str]", ticket_id: int, me: int) -> tuple[tuple[str, bool], ...]:
    """Who else has this ticket open, as sentences, and whether they are writing; writers first.

    Another console of one's own is told too: two drafts of one person are one row, and the later one stays.
    """
    here = sorted((seat for seat in seats if seat.there and seat.ticket_id == ticket_id), key=lambda seat: seat.key)
    told: dict[tuple[str, bool], None] = {}
    for seat in sorted(here, key=lambda seat: not seat.writing):
        doing = WRITINGS.get(seat.writing, "writes a reply") if seat.writing else "looks at it"
        name = names.get(seat.agent_id, "")
        if seat.agent_id == me:
            own = {"writes a note": "you write a note", "forwards it": "you forward it", "looks at it": ""}
            words = own.get(doing, "you write a reply")
            sentence = f"{words} in another console" if words else ""
        else:
            sentence = " ".join((name, doing, *(() if seat.writing else ("too",)))) if name else ""
        if sentence:
            told[sentence, bool(seat.writing)] = None
    return tuple(told)
