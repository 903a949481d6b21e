"""Redmine's statuses and priorities, which every team names as it likes, and the desk's: both ways.

The invariant: what a team has said of a status in its options comes before any guess by its name.
"""

from collections.abc import Mapping, Sequence

from desk.errors import BadInput
from desk.statuses import Priority, Status
from sync.sources.meanings import meanings
from sync.sources.redmine.answers import Named, StatusKind

# What each category is usually called; the default data's "Feedback" asks whoever reported it.
_WORDS = {
    Status.PENDING: ("feedback", "pending", "waiting"),
    Status.HOLD: ("hold", "blocked", "stalled"),
    Status.SOLVED: ("resolved", "solved", "done", "fixed"),
}
_URGENT = ("urgent", "immediate", "critical")


class Statuses:
    """The statuses of one Redmine."""

    def __init__(self, known: Sequence[StatusKind], settings: Mapping[str, str]) -> None:
        self._known = known
        self._said = meanings(settings.get("statuses", ""))
        missing = self._said.keys() - {each.name.casefold() for each in known}
        if missing:
            raise BadInput(f"Redmine has no status “{min(missing)}”", "See to the option `statuses` of the source.")

    def category(self, status_id: int, name: str) -> Status:
        """Where a status stands."""
        said = self._said.get(name.casefold())
        if said is not None:
            return said
        for status, words in _WORDS.items():
            if any(word in name.casefold() for word in words):
                return status
        closed = any(each.is_closed for each in self._known if each.id == status_id)
        return Status.CLOSED if closed else Status.OPEN

    def chosen(self, status: Status, label: str, allowed: Sequence[Named]) -> Named | None:
        """What to set for a category: the very status that it had, the one that was named first, or the first of it.

        None where the workflow allows none of them now.
        """
        fitting = [each for each in allowed if self.category(each.id, each.name) is status]
        named = [name for name, said in self._said.items() if said is status]
        order = {name: place for place, name in enumerate(dict.fromkeys((label.casefold(), *named)))}
        fitting.sort(key=lambda each: order.get(each.name.casefold(), len(order)))
        # A desk has one word less where a team has one more: solved is closed there, and closed solved.
        if not fitting and status in (Status.SOLVED, Status.CLOSED):
            return next((each for each in allowed if self.category(each.id, each.name) >= Status.SOLVED), None)
        return fitting[0] if fitting else None


def priority_of(name: str) -> Priority | None:
    """The desk's priority behind a name; None where it says nothing."""
    folded = name.casefold()
    if any(word in folded for word in _URGENT):
        return Priority.URGENT
    return next((each for each in Priority if each.key in folded), None)


def priority_to_set(priority: Priority, known: Sequence[Named]) -> Named | None:
    """The team's own priority for one of the desk's."""
    return next((each for each in known if priority_of(each.name) is priority), None)
