"""A team's targets: what the starter says, which target a ticket gets, and what is refused with which words."""

import pytest

from desk.errors import BadInput
from desk.statuses import CHANNELS
from desk.targets import Aim, Matter, Targets, parse_span, parse_targets
from desk.times import DAY, HOUR, MINUTE, SECOND
from storage import content

STARTER = parse_targets(content.read("targets.toml"), "targets.toml")


def aim(toml: str, *, channel: str = "email", priority: int = 1, team: str = "", tags: tuple[str, ...] = ()) -> Aim:
    return parse_targets(toml, "t").aim(Matter(channel, priority, team, frozenset(tags)))


@pytest.mark.parametrize("targets", [STARTER, parse_targets("", "empty")])
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_usual_targets_are_those_of_the_practice(targets: Targets, channel: object) -> None:
    spans = {"chat": 30 * SECOND, "phone": 5 * MINUTE, "x": HOUR, "facebook": 2 * HOUR}
    key = getattr(channel, "key", "")
    found = targets.aim(Matter(key, 1))
    assert found.first_response == found.next_response == spans.get(key, DAY)
    assert found.resolution is None
    assert found.hours is None
    assert found.pauses == {"pending"}


def test_the_closest_target_wins_and_the_rest_comes_from_the_next() -> None:
    toml = """
        [[target]]
        title = "All"
        resolution = "5d"
        [[target]]
        title = "Mail"
        channels = ["mail"]
        first_response = "8h"
        next_response = "9h"
        [[target]]
        title = "Urgent"
        priorities = ["urgent"]
        first_response = "1h"
        pauses = ["pending", "hold"]
        [[target]]
        title = "VIP"
        tags = ["VIP"]
        first_response = "never"
        [[target]]
        title = "Billing"
        teams = ["Billing"]
        next_response = "2h"
    """
    assert aim(toml).first_response == 8 * HOUR
    urgent = aim(toml, priority=3)
    assert (urgent.first_response, urgent.next_response, urgent.resolution) == (HOUR, 9 * HOUR, 5 * DAY)
    assert urgent.pauses == {"pending", "hold"}
    assert aim(toml, priority=3, tags=("vip",)).first_response is None
    assert aim(toml, team="billing").next_response == 2 * HOUR
    assert aim(toml, channel="chat").first_response == 30 * SECOND


def test_hours_are_the_teams_unless_a_target_counts_around_the_clock() -> None:
    toml = """
        zone = "Europe/Madrid"
        hours = "Mon-Fri 9-17"
        holidays = ["12-25"]
        [[target]]
        title = "Chat"
        channels = ["chat"]
        around_the_clock = true
    """
    assert aim(toml, channel="chat").hours is None
    hours = aim(toml).hours
    assert hours is not None
    assert hours.holidays == {(0, 12, 25)}
    # The closest target says in whose hours.
    closest = toml + '[[target]]\ntitle = "Urgent chat"\nchannels = ["chat"]\npriorities = ["urgent"]\n'
    assert aim(closest, channel="chat").hours is None
    assert aim(closest, channel="chat", priority=3).hours is not None


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('hours = "Mon-Fri 9-17"', "hours: are in no time zone"),
        ('zone = "Europe/Madird"', "zone: is no time zone"),
        ('zone = "../etc/passwd"', "zone: is no time zone"),
        ('zone = "UTC"\nhours = "always"', "hours: “always” says no hours"),
        ('zone = "UTC"\nhours = "Mon 9-17"\nholidays = ["02-30"]', "holidays: “02-30” is no day"),
        ('holidays = ["12-25"]', "holidays: mean nothing without hours"),
        ('warning = "110%"', "warning: “110%” is no share"),
        ('inner_lead = "-1h"', "inner_lead: “-1h” says no time"),
        ('inerr = "50%"', "inerr: is not known here. Did you mean inner?"),
        ('[[target]]\ntitle = "A"\nchannels = ["emial"]', r"channels: “emial” is no channel. Did you mean email?"),
        ('[[target]]\ntitle = "A"\npriorities = ["hihg"]', "priorities: “hihg” is no priority"),
        ('[[target]]\ntitle = "A"\npauses = ["solved"]', "pauses: “solved” is not known"),
        ('[[target]]\ntitle = "A"\nresolution = "1000d"', "resolution: “1000d” says no time"),
        (
            'zone = "UTC"\nhours = "Mon 9-17"\n[[target]]\ntitle = "A"\nresolution = "2d"',
            "resolution: “2d” could be days of work or of the calendar",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_key(toml: str, words: str) -> None:
    with pytest.raises(BadInput) as raised:
        parse_targets(toml, "t.toml")
    assert words in str(raised.value)
    assert str(raised.value).startswith("t.toml: ")


def test_spans() -> None:
    assert [parse_span(text) for text in ("30s", "1h 30m", "1H30M", "2 d")] == [
        30 * SECOND, 90 * MINUTE, 90 * MINUTE, 2 * DAY,
    ]  # fmt: skip
    with pytest.raises(BadInput):
        parse_span("")


def test_a_clock_warns_by_share_but_not_too_early() -> None:
    assert STARTER.warns_with(4 * MINUTE) == MINUTE
    assert STARTER.warns_with(8 * HOUR) == STARTER.warns_with(10 * DAY) == 2 * HOUR


def test_a_promise_is_raised_well_before_its_end() -> None:
    assert STARTER.inner_target(0, 12 * HOUR) == 6 * HOUR
    assert STARTER.inner_target(0, 40 * MINUTE) == 10 * MINUTE
    assert STARTER.inner_target(0, 10 * MINUTE) == 0
    hours = parse_targets('zone = "UTC"\nhours = "Mon-Fri 9-17"\ninner = "50%"', "t")
    friday, monday = 1_772_791_200 * SECOND, 1_773_050_400 * SECOND  # 2026-03-06 10:00, 2026-03-09 10:00
    assert hours.inner_target(friday, monday) == friday + 4 * HOUR
