"""Statuses that every team names as it likes: into the desk's and back, by their names and by what a team has said."""

import pytest

from desk.errors import BadInput
from desk.statuses import Priority, Status
from sync.sources.redmine.answers import Named, StatusKind
from sync.sources.redmine.statuses import Statuses, priority_of, priority_to_set

DEFAULT = (
    StatusKind(1, "New"), StatusKind(2, "In Progress"), StatusKind(3, "Resolved"), StatusKind(4, "Feedback"),
    StatusKind(5, "Closed", is_closed=True), StatusKind(6, "Rejected", is_closed=True),
)  # fmt: skip
ALLOWED = tuple(Named(each.id, each.name) for each in DEFAULT)


@pytest.mark.parametrize(
    ("number", "name", "status"),
    [
        (1, "New", Status.OPEN),
        (2, "In Progress", Status.OPEN),
        (3, "Resolved", Status.SOLVED),
        (4, "Feedback", Status.PENDING),
        (5, "Closed", Status.CLOSED),
        (6, "Rejected", Status.CLOSED),
        (99, "Waiting for vendor", Status.PENDING),
        (99, "On hold", Status.HOLD),
        (99, "Anything", Status.OPEN),
    ],
)
def test_a_status_stands_where_its_name_or_its_end_says(number: int, name: str, status: Status) -> None:
    assert Statuses(DEFAULT, {}).category(number, name) is status


def test_what_a_team_says_comes_before_any_guess() -> None:
    said = Statuses(DEFAULT, {"statuses": "Feedback=hold, rejected=on hold,Resolved=open"})
    assert [said.category(each.id, each.name) for each in DEFAULT] == [
        Status.OPEN, Status.OPEN, Status.OPEN, Status.HOLD, Status.CLOSED, Status.HOLD,
    ]  # fmt: skip


def test_a_status_that_is_not_there_is_told() -> None:
    with pytest.raises(BadInput, match="no status “parked”"):
        Statuses(DEFAULT, {"statuses": "Parked=hold"})


def test_what_is_set_is_what_it_was_or_what_was_named_first() -> None:
    statuses = Statuses(DEFAULT, {"statuses": "In Progress=open,New=open"})
    chosen = {label: statuses.chosen(Status.OPEN, label, ALLOWED) for label in ("", "New", "Gone")}
    assert chosen == {"": Named(2, "In Progress"), "New": Named(1, "New"), "Gone": Named(2, "In Progress")}


def test_solved_is_closed_where_there_is_no_other_word() -> None:
    statuses = Statuses((StatusKind(1, "New"), StatusKind(5, "Closed", is_closed=True)), {})
    allowed = (Named(1, "New"), Named(5, "Closed"))
    assert statuses.chosen(Status.SOLVED, "", allowed) == Named(5, "Closed")
    assert statuses.chosen(Status.HOLD, "", allowed) is None
    assert statuses.chosen(Status.PENDING, "", allowed) is None


def test_priorities_by_their_names() -> None:
    known = [Named(number, name) for number, name in enumerate(("Low", "Normal", "High", "Urgent", "Immediate"), 1)]
    assert [priority_of(each.name) for each in known] == [
        Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT, Priority.URGENT,
    ]  # fmt: skip
    assert priority_of("P3") is None
    assert priority_to_set(Priority.URGENT, known) == Named(4, "Urgent")
    assert priority_to_set(Priority.URGENT, known[:3]) is None
