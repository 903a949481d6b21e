"""Who else is at this workspace, as every screen may ask: colleagues, what they do, and which ticket they have open."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from desk.ages import age
from desk.presence import Attendance, Seated, State, company
from desk.times import MINUTE


@dataclass(frozen=True)
class Company:
    """`own` is what this console tells of itself, `others` what all others tell, `team` how it stands with everyone."""

    own: Seated
    others: tuple[Seated, ...] = ()
    team: tuple[Attendance, ...] = ()

    @property
    def away(self) -> bool:
        """Whether whoever sits here said so."""
        return self.own.state is State.AWAY

    def own_words(self, now: int, *, calls: bool) -> str:
        """How it stands with whoever sits here."""
        return state_words(State.CALL if calls else self.own.state, self.own.since, self.own.words, now)

    def at(self, ticket_id: int | None) -> tuple[tuple[str, bool], ...]:
        """Who else has this ticket open, as sentences, and whether they write there."""
        if ticket_id is None or not self.others:
            return ()
        return company(self.others, self._names, ticket_id, self.own.agent_id)

    @cached_property
    def by_ticket(self) -> Mapping[int | str, tuple[str, bool]]:
        """The colleague who has a ticket open, by its id, and whether they write there; who writes comes first."""
        found: dict[int | str, tuple[str, bool]] = {}
        for seat in self.others:
            if seat.there and seat.ticket_id is not None and seat.agent_id != self.own.agent_id:
                name = self._names.get(seat.agent_id, "").split(" ")[0]
                if bool(seat.writing) > found.get(seat.ticket_id, ("", False))[1] or seat.ticket_id not in found:
                    found[seat.ticket_id] = (name, bool(seat.writing))
        return found

    def words_of(self, agent_id: int, now: int) -> str:
        """What a colleague does; empty where nothing is known of them."""
        if agent_id == self.own.agent_id:
            return state_words(self.own.state, self.own.since, self.own.words, now)
        each = next((each for each in self.team if each.agent_id == agent_id), None)
        return "" if each is None else time_in_state(each, now)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {each.agent_id: each.name for each in self.team}


def state_words(state: State, since: int, words: str, now: int) -> str:
    """A state with its time: `available`, `away 12m, lunch`, `on a call`, `offline 3h`."""
    if state in (State.AVAILABLE, State.CALL) or not since:
        return str(state)
    return f"{state} {age(since, now)}" + (f", {words}" if words else "")


def time_in_state(each: Attendance, now: int) -> str:
    """What somebody does, and for how long whatever it is; seconds would only make it restless."""
    for_how_long = " " + age(each.since, now) if each.since and now - each.since >= MINUTE else ""
    return each.state + for_how_long + (", " + each.words if each.words else "")
