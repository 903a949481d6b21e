"""Alerts tell once, together, and never in a storm."""

from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.alerts import APART, Alerts, Stand, headline, judge, parse_alerts, read_stands, told, value_of, write_stands
from desk.errors import BadInput
from desk.metrics.registry import METRICS
from desk.metrics.snapshot import Figure, Part
from desk.money import Money
from desk.times import HOUR, MINUTE, SECOND
from tests.factories import NOW

TWO = """
back_for = "10m"
again = "4h"
[[alert]]
title = "Late"
metric = "late"
above = "5"
[[alert]]
metric = "first_level"
part = "Email"
below = "80 %"
"""
LATE, LEVEL = "late  above 5", "first_level Email below 80 %"


def rules(text: str = TWO) -> Alerts:
    return parse_alerts(text, "alerts", METRICS)


class Played:
    """Minutes that pass, with what was told in each."""

    def __init__(self, held: Alerts) -> None:
        self.held, self.now = held, NOW
        self.stands: dict[str, Stand] = {}

    def minutes(self, *found: tuple[float | None, float | None]) -> list[str]:
        """A minute for each pair of values; the lines that were told, one text for each telling."""
        lines = []
        for values in found:
            self.now += MINUTE
            by_key = {alert.key: value for alert, value in zip(self.held.alerts, values, strict=False)}
            self.stands = judge(self.held, self.stands, by_key, self.now, UTC)
            if now := told(self.held, self.stands, by_key, METRICS, self.now, UTC):
                lines.append(headline(now))
        return lines


def test_it_is_told_once_and_again_only_after_it_was_back_for_a_while() -> None:
    played = Played(rules())
    assert played.minutes((5, 0.8)) == []
    assert played.minutes((6, None), (7, None), (9, None)) == ["Late: 6, above 5"]
    assert played.minutes(*[(5, None), (6, None)] * 20) == [], "to and fro is no news"
    assert played.minutes(*[(5, None)] * 11) == []
    assert played.minutes((6, None), (6, None)) == ["Late: 6, above 5"]


def test_however_short_a_time_back_is_enough_a_minute_lies_between_two_tellings() -> None:
    held, stands, told_at = rules(TWO.replace('"10m"', '"1s"')), dict[str, Stand](), []
    for second in range(600):
        at = NOW + second * SECOND
        stands = judge(held, stands, {LATE: 5.0 if second % 3 else 6.0, LEVEL: None}, at, UTC)
        if stands[LATE].told_at == at:
            told_at.append(at)
    assert told_at
    assert all(later - earlier >= APART for earlier, later in pairwise(told_at))


def test_what_crosses_within_a_minute_of_a_telling_waits_for_the_next() -> None:
    held, at = rules(), NOW + 20 * SECOND
    stands = judge(held, {}, {LATE: 6.0, LEVEL: None}, NOW, UTC)
    stands = judge(held, stands, {LATE: 6.0, LEVEL: 0.5}, at, UTC)
    assert (stands[LEVEL].crossed_at, stands[LEVEL].told_at) == (at, None)
    stands = judge(held, stands, {LATE: 6.0, LEVEL: 0.5}, NOW + APART, UTC)
    assert stands[LEVEL].told_at == NOW + APART


def test_what_is_back_is_never_told_again_as_if_it_lasted() -> None:
    played = Played(rules(TWO.replace('back_for = "10m"', 'back_for = "9h"')))
    assert played.minutes((6, None)) == ["Late: 6, above 5"]
    assert played.minutes(*[(5, None)] * 300) == []


def test_a_clock_that_was_ahead_silences_nobody() -> None:
    held = rules()
    ahead = judge(held, {}, {LATE: 6.0, LEVEL: None}, NOW + 1000 * HOUR, UTC)
    assert ahead[LATE].told_at == NOW + 1000 * HOUR
    stands = judge(held, ahead, {LATE: 6.0, LEVEL: None}, NOW, UTC)
    assert told(held, stands, {LATE: 6.0}, METRICS, NOW, UTC) == [], "it was told, and lasts"
    stands = judge(held, stands, {LATE: 6.0, LEVEL: 0.5}, NOW + MINUTE, UTC)
    assert stands[LEVEL].told_at == NOW + MINUTE, "what crosses now is told"
    stands = judge(held, stands, {LATE: 6.0, LEVEL: 0.5}, NOW + 4 * HOUR, UTC)
    assert stands[LATE].told_at == NOW + 4 * HOUR


def test_while_it_lasts_it_is_told_again_after_a_set_time() -> None:
    played = Played(rules())
    assert len(played.minutes(*[(9, None)] * 480)) == 2
    never = Played(rules(TWO.replace('again = "4h"', 'again = "never"')))
    assert len(never.minutes(*[(9, None)] * 480)) == 1


def test_several_at_once_are_one_telling() -> None:
    (line,) = Played(rules()).minutes((6, 0.5))
    assert line.startswith("Late: 6, above 5 · ")
    assert line.endswith(" Email: 50 %, below 80 %")


def test_what_must_last_is_told_when_it_has() -> None:
    played = Played(rules(TWO.replace('above = "5"', 'above = "5"\nlasts = "5m"')))
    assert played.minutes((6, None), (6, None), (5, None), (6, None), (6, None)) == []
    assert played.minutes(*[(6, None)] * 6) == ["Late: 6, above 5"]


def test_in_quiet_hours_nothing_is_told_and_after_them_all_of_it_at_once() -> None:
    # NOW is 09:00.
    played = Played(rules('quiet = "08:00-09:30"\n' + TWO))
    assert played.minutes(*[(6, 0.5)] * 28) == []
    assert len(played.minutes(*[(6, 0.5)] * 30)) == 1
    over_night = rules('quiet = "20:00-09:30"\n' + TWO)
    assert over_night.is_quiet(NOW, UTC)
    assert over_night.is_quiet(NOW + 13 * HOUR, UTC)
    assert not over_night.is_quiet(NOW + HOUR, UTC)


def test_programs_read_seconds_where_people_read_minutes() -> None:
    held = rules('[[alert]]\nmetric = "call_waiting"\nabove = "30s"')
    (alert,) = held.alerts
    stands = judge(held, {}, {alert.key: 2.0 * MINUTE}, NOW, UTC)
    (line,) = told(held, stands, {alert.key: 2.0 * MINUTE}, METRICS, NOW, UTC)
    assert (line.value, line.edge) == (120, 30)
    assert "2 min, above 30 s" in line.words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[alert]]\nmetric = "lat"\nabove = "5"', "late"),
        ('[[alert]]\nmetric = "late"', "above"),
        ('[[alert]]\nmetric = "late"\nabove = "5"\nbelow = "2"', "above"),
        ('[[alert]]\nmetric = "late"\nabove = "many"', "no number"),
        ('[[alert]]\nmetric = "late"\nabove = "5 %"', "no number"),
        ('[[alert]]\nmetric = "first_level"\nbelow = "80"', "no share"),
        ('[[alert]]\nmetric = "call_waiting"\nabove = "30"', "says no time"),
        ('[[alert]]\nmetric = "late"\nabove = "5"\nlasts = "soon"', "says no time"),
        ('[[alert]]\nmetric = "late"\nabove = "5"\nsound = "loud"', "not known here"),
        ('[[alert]]\nmetric = "late"\nabove = "5"\n' * 2, "the same"),
        ('quiet = "night"', "times of the day"),
        ('quiet = "25:00-07:00"', "times of the day"),
        ('command = "rm -rf /"', "list of texts"),
        ("command_seconds = 600", "1 to 60"),
        ('who = "all"', "not known"),
        ('back_for = "never"', "says no time"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        rules(text)
    assert said in str(error.value)
    assert "alerts: " in str(error.value)


def test_a_value_is_the_numbers_or_that_of_one_bar() -> None:
    figure = Figure("late", 9, 9, 9, parts=(Part("7", "Billing", 3, 3, 3),))
    assert (value_of(figure, ""), value_of(figure, "billing"), value_of(figure, "7")) == (9.0, 3.0, 3.0)
    assert value_of(figure, "Nobody") is None
    assert value_of(Figure("gestures_left", Money(1250, "EUR"), 1, 1), "") == 12.5
    assert value_of(Figure("late", None, 0, 0), "") is None


_VALUES = st.lists(st.tuples(st.sampled_from((None, 0, 5, 6, 99)), st.sampled_from((None, 0.1, 0.8, 1.0))), max_size=90)


@given(_VALUES)
def test_however_numbers_jump_there_is_no_storm(found: list[tuple[float | None, float | None]]) -> None:
    played = Played(rules())
    tellings: list[int] = []
    for values in found:
        if played.minutes(values):
            tellings.append(played.now)
        assert read_stands(write_stands(played.stands)) == played.stands
    assert all(later - earlier >= APART for earlier, later in pairwise(tellings))
    # Each of the two is told at most once in the ten minutes that it must be back for.
    assert len(tellings) <= 2 * (1 + len(found) // 10)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 3}', '{"a": {"x": 1}}', "null"])
def test_stands_that_cannot_be_read_are_none(text: str) -> None:
    assert read_stands(text) == {}
