"""The clocks of a ticket: what they count from, when they stand still, and that none is ever lost."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.clocks import NOTHING_DUE, Clock, Due, Standing, Turn, clocks, next_due, pauses
from desk.statuses import Status
from desk.targets import Matter, Targets, parse_targets
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

USUAL = parse_targets("", "t")
SOLVING = parse_targets('[[target]]\ntitle = "All"\nresolution = "3d"\n', "t")
ALL_PAUSES = parse_targets(
    '[[target]]\ntitle = "All"\nresolution = "3d"\npauses = ["pending", "hold", "snoozed"]\n', "t"
)
MADRID = ZoneInfo("Europe/Madrid")
NINE = from_datetime(datetime(2026, 3, 2, 9, tzinfo=UTC))
WAITS = Standing(status=int(Status.OPEN), created_at=NINE, waiting_since=NINE, answered=False)


def of(standing: Standing, rule: Targets, channel: str = "facebook") -> dict[str, Clock]:
    return {clock.name: clock for clock in clocks(standing, rule.aim(Matter(channel, 1)), rule)}


def turn(hours: int, before: Status, after: Status) -> Turn:
    return Turn(NINE + hours * HOUR, "status", int(before), int(after))


@pytest.mark.parametrize(
    ("status", "waiting_since", "due"),
    [
        (Status.OPEN, NINE, NINE + 2 * HOUR),
        (Status.HOLD, NINE, NINE + 2 * HOUR),
        (Status.PENDING, NINE, None),
        (Status.SOLVED, NINE, None),
        (Status.CLOSED, NINE, None),
        (Status.OPEN, None, None),
    ],
)
def test_a_clock_runs_while_someone_waits_for_us(status: Status, waiting_since: int | None, due: int | None) -> None:
    standing = replace(WAITS, status=int(status), waiting_since=waiting_since)
    running = clocks(standing, USUAL.aim(Matter("facebook", 1)), USUAL)
    assert next_due(running, ()).at == due


def test_the_first_response_and_the_next_are_told_apart() -> None:
    rule = parse_targets('[[target]]\ntitle = "A"\nfirst_response = "1h"\nnext_response = "3h"\n', "t")
    assert of(WAITS, rule)["first response"].due_at == NINE + HOUR
    assert of(replace(WAITS, answered=True), rule)["next response"].due_at == NINE + 3 * HOUR


def test_a_clock_that_stood_still_goes_on_with_what_was_left() -> None:
    asked = replace(
        WAITS, status=int(Status.PENDING), waiting_since=None, turns=(turn(5, Status.OPEN, Status.PENDING),)
    )
    paused = of(asked, SOLVING)["resolution"]
    assert (paused.due_at, paused.left, paused.state(NINE + 99 * DAY)) == (None, 3 * DAY - 5 * HOUR, "paused")
    again = replace(asked, status=int(Status.OPEN), turns=(*asked.turns, turn(29, Status.PENDING, Status.OPEN)))
    assert of(again, SOLVING)["resolution"].due_at == NINE + 3 * DAY + 24 * HOUR


def test_a_deed_under_way_counts_from_its_own_time() -> None:
    asked = replace(WAITS, status=int(Status.PENDING), turns=(turn(5, Status.OPEN, Status.PENDING),))
    opened = replace(asked, status=int(Status.OPEN), at=NINE + 29 * HOUR)
    written = replace(opened, turns=(*asked.turns, turn(29, Status.PENDING, Status.OPEN)), at=NINE + 99 * HOUR)
    assert of(opened, SOLVING) == of(written, SOLVING)


def test_a_deed_that_stops_a_clock_for_the_first_time_lets_what_is_late_stay_late() -> None:
    stopped = replace(WAITS, status=int(Status.PENDING), was=int(Status.OPEN), at=NINE + 5 * HOUR)
    written = replace(stopped, was=int(Status.PENDING), turns=(turn(5, Status.OPEN, Status.PENDING),))
    assert of(stopped, USUAL)["first response"].due_at == NINE + 2 * HOUR
    assert of(stopped, SOLVING)["resolution"].left == 3 * DAY - 5 * HOUR
    assert of(stopped, SOLVING) == of(written, SOLVING)


def test_time_after_the_solution_does_not_count_when_it_is_opened_again() -> None:
    turns = (turn(10, Status.OPEN, Status.SOLVED), turn(110, Status.SOLVED, Status.OPEN))
    assert of(replace(WAITS, turns=turns), SOLVING)["resolution"].due_at == NINE + 3 * DAY + 100 * HOUR


def test_what_was_pending_before_its_history_begins_has_all_its_time() -> None:
    standing = replace(WAITS, turns=(turn(40, Status.PENDING, Status.OPEN),))
    assert of(standing, SOLVING)["resolution"].due_at == NINE + 40 * HOUR + 3 * DAY
    assert of(replace(WAITS, status=int(Status.PENDING)), SOLVING)["resolution"].left == 3 * DAY


def test_a_snooze_pauses_only_where_the_rule_says_so() -> None:
    until = NINE + 30 * HOUR
    slept = replace(
        WAITS, snoozed_until=until, turns=(Turn(NINE + 6 * HOUR, "snoozed_until", None, until),), at=NINE + 6 * HOUR
    )
    assert of(slept, SOLVING)["resolution"].due_at == NINE + 3 * DAY
    assert of(slept, ALL_PAUSES)["resolution"].due_at == NINE + 3 * DAY + 24 * HOUR
    woken = replace(slept, snoozed_until=None, heard_at=NINE + 10 * HOUR, at=NINE + 99 * HOUR)
    assert of(woken, ALL_PAUSES)["resolution"].due_at == NINE + 3 * DAY + 4 * HOUR


def test_a_clock_that_is_stopped_as_it_runs_out_has_run_out() -> None:
    for until in ((), (turn(9, Status.PENDING, Status.OPEN),)):
        turns = (turn(2, Status.OPEN, Status.PENDING), *until)
        status = int(Status.OPEN if until else Status.PENDING)
        assert of(replace(WAITS, status=status, turns=turns), USUAL)["first response"].due_at == NINE + 2 * HOUR


def test_a_snooze_into_the_past_stops_nothing() -> None:
    past = (Turn(NINE + 6 * HOUR, "snoozed_until", None, NINE + HOUR),)
    slept = replace(WAITS, snoozed_until=NINE + HOUR, turns=past, at=NINE + 6 * HOUR)
    assert pauses(slept, frozenset({"snoozed"})) == ()
    assert of(slept, ALL_PAUSES)["resolution"].due_at == NINE + 3 * DAY


def test_pauses_that_touch_are_one() -> None:
    held = (
        turn(1, Status.OPEN, Status.HOLD),
        turn(3, Status.HOLD, Status.PENDING),
        turn(4, Status.PENDING, Status.OPEN),
    )
    standing = replace(WAITS, turns=held)
    assert pauses(standing, frozenset({"pending", "hold"})) == ((NINE + HOUR, NINE + 4 * HOUR),)
    assert pauses(standing, frozenset()) == ()


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (datetime(2026, 3, 27, 15, tzinfo=MADRID), datetime(2026, 3, 30, 11, tzinfo=MADRID)),  # an hour is missing
        (datetime(2026, 10, 23, 15, tzinfo=MADRID), datetime(2026, 10, 26, 11, tzinfo=MADRID)),  # one is there twice
    ],
)
def test_hours_of_the_team_keep_to_the_wall_over_a_clock_change(begun: datetime, due: datetime) -> None:
    rule = parse_targets(
        'zone = "Europe/Madrid"\nhours = "Mon-Fri 9-17"\n[[target]]\ntitle = "A"\nfirst_response = "4h"\n', "t"
    )
    at = from_datetime(begun)
    assert of(replace(WAITS, created_at=at, waiting_since=at), rule)["first response"].due_at == from_datetime(due)


def test_what_is_due_first_is_due_next() -> None:
    (clock,) = of(WAITS, USUAL).values()
    assert next_due((clock,), (None, NINE + HOUR)) == Due(NINE + HOUR, NINE + HOUR)
    assert next_due((clock,), (NINE + 9 * HOUR,)) == Due(NINE + 2 * HOUR, NINE + 90 * MINUTE)
    assert next_due((), (None,)) == NOTHING_DUE


def test_a_clock_says_how_it_stands() -> None:
    (clock,) = of(WAITS, USUAL).values()
    states = [clock.state(NINE + minutes * MINUTE) for minutes in (0, 89, 90, 119, 120)]
    assert states == ["running", "running", "warned", "warned", "breached"]


IN_HOURS = parse_targets(
    'zone = "Europe/Madrid"\nhours = "Mon-Fri 9-17"\n[[target]]\ntitle = "A"\nfirst_response = "4h"\n', "t"
)


@pytest.mark.parametrize(
    ("begun", "warns", "due"),
    [
        ("2026-03-06 10:00", "2026-03-06 13:00", "2026-03-06 14:00"),
        # A weekend is no part of the four hours: an hour of them is left, not two.
        ("2026-03-06 16:30", "2026-03-09 11:30", "2026-03-09 12:30"),
        # While somebody is there, and not before they come.
        ("2026-03-06 13:30", "2026-03-06 16:30", "2026-03-09 09:30"),
        ("2026-03-08 12:00", "2026-03-09 12:00", "2026-03-09 13:00"),
    ],
)
def test_a_clock_warns_when_a_share_of_its_own_time_is_left(begun: str, warns: str, due: str) -> None:
    def at(text: str) -> int:
        return from_datetime(datetime.fromisoformat(text).replace(tzinfo=MADRID))

    clock = of(replace(WAITS, created_at=at(begun), waiting_since=at(begun)), IN_HOURS)["first response"]
    assert (clock.warns_at, clock.due_at) == (at(warns), at(due))


def test_a_pause_is_no_part_of_the_time_that_a_warning_is_a_share_of() -> None:
    rule = parse_targets('[[target]]\ntitle = "A"\nfirst_response = "4h"\n', "t")
    turns = (turn(1, Status.OPEN, Status.PENDING), turn(99, Status.PENDING, Status.OPEN))
    clock = of(replace(WAITS, turns=turns), rule)["first response"]
    assert (clock.warns_at, clock.due_at) == (NINE + 101 * HOUR, NINE + 102 * HOUR)
    # So little is left that it warns from the moment it goes on.
    late = (Turn(NINE + 3 * HOUR + 50 * MINUTE, "status", 0, 1), turn(99, Status.PENDING, Status.OPEN))
    clock = of(replace(WAITS, turns=late), rule)["first response"]
    assert (clock.warns_at, clock.due_at) == (NINE + 99 * HOUR, NINE + 99 * HOUR + 10 * MINUTE)


TURNS = st.lists(
    st.tuples(st.integers(1, 40 * 24), st.sampled_from([Status.OPEN, Status.PENDING, Status.HOLD, Status.SOLVED])),
    max_size=8,
)
RULES = st.sampled_from([USUAL, SOLVING, ALL_PAUSES])


@given(TURNS, RULES, st.booleans())
def test_whatever_happened_a_clock_runs_or_stands_still(
    told: list[tuple[int, Status]], rule: Targets, answered: bool
) -> None:
    turns: list[Turn] = []
    status = Status.OPEN
    for hours, after in sorted(told):
        turns.append(turn(hours, status, after))
        status = after
    standing = replace(WAITS, status=int(status), answered=answered, turns=tuple(turns))
    found = clocks(standing, rule.aim(Matter("email", 1)), rule)
    stopped = status is Status.PENDING or (status is Status.HOLD and rule is ALL_PAUSES)
    if status is Status.SOLVED:
        assert found == ()
        return
    assert found
    for clock in found:
        due = clock.due_at
        # What had run out before it stood still stays due.
        assert due is None or due >= NINE
        if due is None:
            assert stopped
            assert clock.left > 0
        if not stopped:
            assert due is not None


QUARTER = 15 * MINUTE
PAUSING = frozenset({"pending", "hold", "snoozed"})
# Each with its days and its hours on the wall, for a count that knows nothing of `desk.hours`.
OPEN = {
    "": (range(7), range(24)),
    "Mon-Sun 0-24": (range(7), range(24)),
    "Mon-Fri 9-17": (range(5), range(9, 17)),
    "Sat 10-14": (range(5, 6), range(10, 14)),
}
HOLIDAYS = ("2026-03-30", "10-26", "04-06")
STOPS = st.one_of(
    st.sampled_from([Status.OPEN, Status.PENDING, Status.HOLD]),
    # A snooze of so many quarters; none wakes it.
    st.integers(1, 4 * 30),
    st.none(),
)


def is_there(hours: str, zone: ZoneInfo, holidays: tuple[str, ...], at: int) -> bool:
    local = to_datetime(at, zone)
    day = local.date().isoformat()
    days, clock = OPEN[hours]
    return local.weekday() in days and local.hour in clock and day not in holidays and day[5:] not in holidays


@settings(max_examples=60)
@given(
    st.sampled_from(["UTC", "Europe/Madrid", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"]),
    st.sampled_from([*OPEN]),
    st.sampled_from([(), HOLIDAYS]),
    # From days before the clocks change in spring, and in autumn.
    st.sampled_from(["2026-03-05", "2026-03-26", "2026-04-03", "2026-10-02", "2026-10-23", "2026-10-30"]),
    st.integers(0, 4 * 24 * 3),
    st.integers(1, 4 * 12),
    st.lists(st.tuples(st.integers(1, 4 * 24 * 2), STOPS), max_size=6),
)
def test_a_clock_ends_where_counting_quarters_of_an_hour_ends(
    zone: str,
    hours: str,
    holidays: tuple[str, ...],
    day: str,
    begun: int,
    span: int,
    told: list[tuple[int, Status | int | None]],
) -> None:
    written = [
        *([f'hours = "{hours}"', f'zone = "{zone}"', f"holidays = {list(holidays)}"] if hours else []),
        '[[target]]\ntitle = "A"\npauses = ["pending", "hold", "snoozed"]',
        f'first_response = "{15 * span}m"',
    ]
    rule = parse_targets("\n".join(written), "t")
    known = ZoneInfo(zone)
    start = from_datetime(datetime.fromisoformat(day).replace(tzinfo=known)) + begun * QUARTER
    turns, status, asleep, at = [], Status.OPEN, None, start
    for ahead, after in told:
        at += ahead * QUARTER
        if isinstance(after, Status):
            turns.append(Turn(at, "status", int(status), int(after)))
            status = after
        else:
            woken = None if after is None else at + after * QUARTER
            turns.append(Turn(at, "snoozed_until", asleep, woken))
            asleep = woken
    standing = Standing(int(status), start, start, False, asleep, start, tuple(turns), at)
    (clock,) = clocks(standing, rule.aim(Matter("email", 1)), rule)

    def still(moment: int) -> bool:
        was, until = Status.OPEN, 0
        for turn in turns:
            if turn.at <= moment and turn.field == "status":
                was = Status(turn.after or 0)
            elif turn.at <= moment:
                until = turn.after or 0
        return was is not Status.OPEN or until > moment

    left, moment, warned, resumed, runs = span, start, None, start, True
    ends = at + 40 * DAY
    share = min(15 * span * MINUTE * 25 // 100, 2 * HOUR)
    while left and moment < ends:
        runs = runs and not still(moment)
        if not still(moment) and (not hours or is_there(hours, known, holidays if hours else (), moment)):
            left, runs = left - 1, True
            if warned is None and left * QUARTER < share:
                warned = moment
        moment += QUARTER
        # A clock that had warned before it stood still warns again from where it goes on.
        resumed = resumed if runs else moment
    if status is not Status.OPEN and left:
        assert (clock.due_at, clock.left) == (None, left * QUARTER)
    else:
        assert clock.due_at == moment
        assert clock.warns_at is not None
        assert warned is not None
        # No later than the quarter in which less than its share is left begins to pass.
        assert start <= clock.warns_at <= max(warned + QUARTER, resumed)
        assert warned <= clock.due_at
