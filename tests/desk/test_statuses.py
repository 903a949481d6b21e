import unicodedata

import pytest

from desk.errors import BadInput
from desk.statuses import CHANNELS, Priority, Status, parse_channel, parse_priority, parse_status
from desk.times import DAY, HOUR, MINUTE, SECOND


def test_the_numbers_in_the_database_stay_what_they_are() -> None:
    assert {status.key: int(status) for status in Status} == {
        "open": 0, "pending": 1, "hold": 2, "solved": 3, "closed": 4,
    }  # fmt: skip
    assert [priority.key for priority in sorted(Priority)] == ["low", "normal", "high", "urgent"]
    assert [status for status in Status if status.active] == [Status.OPEN, Status.PENDING, Status.HOLD]


def test_targets_are_those_of_the_practice() -> None:
    targets = {channel.key: channel.first_response for channel in CHANNELS}
    assert targets == {
        "email": 24 * HOUR, "phone": 5 * MINUTE, "chat": 30 * SECOND, "x": HOUR, "facebook": 2 * HOUR,
        "forum": DAY, "web": DAY,
    }  # fmt: skip


def test_marks_take_one_cell() -> None:
    for channel in CHANNELS:
        assert len(channel.mark) == 1
        assert unicodedata.east_asian_width(channel.mark) not in ("W", "F"), channel
    assert len({channel.mark for channel in CHANNELS}) == len(CHANNELS)


@pytest.mark.parametrize(
    ("typed", "status"),
    [("open", Status.OPEN), (" ON  Hold ", Status.HOLD), ("Solved", Status.SOLVED), ("resolved", Status.SOLVED)],
)
def test_a_status_is_read_as_people_type_it(typed: str, status: Status) -> None:
    assert parse_status(typed) is status


def test_every_label_and_key_is_read_back() -> None:
    for status in Status:
        assert parse_status(status.label) is parse_status(status.key) is status
    for priority in Priority:
        assert parse_priority(priority.label) is parse_priority(priority.key) is priority
    assert [parse_channel(channel.key) for channel in CHANNELS] == list(CHANNELS)
    assert parse_channel("Twitter").key == "x"


def test_an_unknown_name_comes_with_the_nearest_one() -> None:
    with pytest.raises(BadInput) as caught:
        parse_status("pendng")
    assert caught.value.message == "“pendng” is no status"
    assert caught.value.mend == "Did you mean pending?"
    with pytest.raises(BadInput, match="Known here: low, normal, high, urgent"):
        parse_priority("7")
    with pytest.raises(BadInput, match="Did you mean facebook"):
        parse_channel("facebok")
