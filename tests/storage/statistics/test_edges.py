"""Where a number begins and ends: the moment itself, the hour, the day that is shorter, and what is read again."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from desk.ids import new_uid
from desk.metrics.snapshot import Figure
from desk.times import DAY, HOUR, MINUTE, from_datetime
from storage import rules
from storage.connect import Connection
from storage.statistics.asked import Kept
from storage.statistics.reading import read, tickets_behind
from storage.statistics.settling import count_anew, settle
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_message, make_tag, make_ticket
from tests.storage.statistics.stories import TELLING, fill, tell
from tests.storage.told import Turned

TARGETS = '[[target]]\ntitle = "Email"\nchannels = ["email"]\nfirst_response = "4h"\n'


def number(
    connection: Connection, metric: str, *, now: int = NOW, zone: tzinfo = UTC, kept: Kept | None = None
) -> Figure:
    """A number of the board, and as many tickets behind it and its parts as they say."""
    settle(connection, now)
    found = read(connection, now, zone, kept, [metric]).figures[metric]
    for key, tickets in (("", found.tickets), *((part.key, part.tickets) for part in found.parts)):
        assert len(tickets_behind(connection, metric, key, now, zone, kept)) == tickets, key
    return found


def counts(figure: Figure) -> dict[str, int]:
    return {part.label: part.n for part in figure.parts if part.n}


def asked(connection: Connection, since: int, *answers: int, status: int = 0, solved_at: int | None = None) -> int:
    """A ticket on which the customer wrote, and was answered then."""
    ticket = make_ticket(connection, created_at=since, status=status, solved_at=solved_at)
    make_message(connection, ticket, at=since)
    for at in answers:
        make_message(connection, ticket, kind="outbound", at=at)
    return ticket


def turn(connection: Connection, ticket: int, *turns: tuple[int, int, int]) -> None:
    """What history tells of its status: when, before and after."""
    for at, before, after in turns:
        tell(connection, ticket, Turned(at, before, after, undone=False))


def test_an_answer_at_the_very_moment_is_in_time(connection: Connection) -> None:
    rules.write(connection, "targets", TARGETS)
    asked(connection, NOW - 6 * HOUR, NOW - 2 * HOUR)
    assert number(connection, "first_level").value == 1.0
    asked(connection, NOW - 6 * HOUR, NOW - 2 * HOUR + 1)
    assert number(connection, "first_level").value == 0.5


def test_who_waits_is_late_from_the_moment_on_and_not_when_the_clock_goes_back(connection: Connection) -> None:
    """Nothing was written in between: the same reading goes on, and time alone makes the difference."""
    rules.write(connection, "targets", TARGETS)
    asked(connection, NOW - 4 * HOUR)
    kept = Kept()
    for now, late in ((NOW - 1, 0), (NOW, 1), (NOW - 1, 0), (NOW + HOUR, 1)):
        assert number(connection, "first_missed", now=now, kept=kept).value == late
        assert number(connection, "first_level", now=now, kept=kept).n == late


def test_the_bounds_of_the_present(connection: Connection) -> None:
    due = (NOW - 1, NOW, NOW + HOUR - 1, NOW + HOUR)
    late, at_once, soon, _ = (make_ticket(connection, due_at=at) for at in due)
    for metric, tickets in (("late", (late,)), ("due_hour", (soon, at_once))):
        assert number(connection, metric).value == len(tickets)
        assert tickets_behind(connection, metric, "", NOW, UTC) == tickets
    make_ticket(connection, snoozed_until=NOW)
    make_ticket(connection, snoozed_until=NOW + 1)
    assert number(connection, "open").value == 5
    assert number(connection, "unassigned").value == 5


@pytest.mark.parametrize(
    ("old", "label"), [(HOUR - 1, "under 1 h"), (HOUR, "1 to 4 h"), (7 * DAY - 1, "3 to 7 d"), (7 * DAY, "over 7 d")]
)
def test_an_age_ends_before_its_limit(connection: Connection, old: int, label: str) -> None:
    make_ticket(connection, created_at=NOW - old)
    assert counts(number(connection, "backlog")) == {label: 1}


def test_a_month_begins_at_midnight_where_its_reader_is(connection: Connection) -> None:
    """Where the clocks are ahead, the first of the days begins on the day before by the world's time."""
    kathmandu = ZoneInfo("Asia/Kathmandu")
    first = from_datetime(datetime(2026, 2, 3, tzinfo=kathmandu))
    for created in (first - 1, first):
        asked(connection, created, created + HOUR, status=3, solved_at=created + HOUR)
    assert number(connection, "first_contact", zone=kathmandu).n == 1


def test_what_happens_on_a_ticket_of_another_year_counts_today(connection: Connection) -> None:
    answered = asked(connection, NOW - 400 * DAY, status=4, solved_at=NOW - 399 * DAY)
    make_message(connection, answered, at=NOW - 3 * HOUR)
    make_message(connection, answered, kind="outbound", at=NOW - 2 * HOUR)
    turned = make_ticket(connection, created_at=NOW - 400 * DAY, status=4, solved_at=NOW - 399 * DAY)
    turn(connection, turned, (NOW - 2 * HOUR, 4, 0), (NOW - HOUR, 0, 4))
    late = make_ticket(connection, created_at=NOW - 400 * DAY, status=3, solved_at=NOW - HOUR)
    assert number(connection, "first_response").n == 1
    assert number(connection, "came_back").value == 1
    assert number(connection, "solved").value == 2
    assert late in tickets_behind(connection, "solved", "", NOW, UTC)


def test_counting_anew_leaves_nothing_of_what_is_gone(connection: Connection) -> None:
    make_ticket(connection)
    settle(connection, NOW)
    connection.execute("INSERT INTO ticket_fact(ticket_id, kind, at, channel_id) VALUES(4711, 0, ?, 1)", (NOW,))
    count_anew(connection)
    settle(connection, NOW)
    assert connection.execute("SELECT count(*) FROM ticket_fact").fetchone() == (1,)


def test_a_week_ago_is_told_up_to_the_same_time_of_day(connection: Connection) -> None:
    for at in (NOW - 7 * DAY - HOUR, NOW - 7 * DAY + HOUR):
        make_ticket(connection, created_at=at)
    figure = number(connection, "arrived")
    assert (figure.value, figure.before) == (0, 1)
    assert {part.label: part.before for part in figure.parts if part.before} == {"08:00": 1, "10:00": 1}


def test_an_hour_that_is_still_to_come_is_no_nought(connection: Connection) -> None:
    values = {part.label: part.value for part in number(connection, "arrived").parts}
    assert (values["08:00"], values["09:00"], values["10:00"], len(values)) == (0, 0, None, 24)


@pytest.mark.parametrize(
    ("zone", "now", "came", "hours"),
    [
        # Half an hour comes twice there, from 1:30 on.
        ("Australia/Lord_Howe", "2026-04-05T20:00+10:30", ["2026-04-05T02:10+10:30"], {"02:00": 1}),
        ("Australia/Lord_Howe", "2026-04-05T20:00+10:30",
         ["2026-04-05T01:40+11:00", "2026-04-05T01:40+10:30"], {"01:00": 2}),
        # An hour comes twice, and another one doesn't come at all.
        ("Europe/Madrid", "2026-10-25T20:00+01:00",
         ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"], {"02:00": 2}),
        ("Europe/Madrid", "2026-03-29T20:00+02:00",
         ["2026-03-29T01:59+01:00", "2026-03-29T03:00+02:00"], {"01:00": 1, "03:00": 1}),
        # A day that has its midnight at a quarter to.
        ("Asia/Kathmandu", "2026-03-02T20:00+05:45", ["2026-03-01T18:14+00:00", "2026-03-01T18:15+00:00"],
         {"00:00": 1}),
    ],
)  # fmt: skip
def test_hours_are_those_of_the_wall(
    connection: Connection, zone: str, now: str, came: Iterable[str], hours: dict[str, int]
) -> None:
    for each in came:
        make_ticket(connection, created_at=from_datetime(datetime.fromisoformat(each)))
    at = from_datetime(datetime.fromisoformat(now))
    assert counts(number(connection, "arrived", now=at, zone=ZoneInfo(zone))) == hours


def test_one_reading_goes_on_in_another_zone(connection: Connection) -> None:
    """The same board after its reader's clock was set to another zone: nothing of the old days is taken for the new."""
    for hours in range(30):
        make_ticket(connection, created_at=NOW - hours * HOUR)
    kept = Kept()
    for zone in ("UTC", "Asia/Kathmandu", "America/St_Johns", "UTC"):
        there = ZoneInfo(zone)
        again, anew = (number(connection, "arrived", zone=there, kept=each) for each in (kept, None))
        assert again == anew


def test_what_came_back_at_the_moment_of_its_solution_came_back(connection: Connection) -> None:
    ticket = make_ticket(connection, created_at=NOW - DAY)
    turn(connection, ticket, (NOW - HOUR, 0, 3), (NOW - HOUR, 3, 0))
    assert number(connection, "reopened").value == 1.0


def test_the_first_solution_of_a_day_is_the_one_that_counts(connection: Connection) -> None:
    ticket = make_ticket(connection, created_at=NOW - DAY, status=3, solved_at=NOW - MINUTE)
    turn(connection, ticket, (NOW - 3 * HOUR, 0, 3), (NOW - 2 * HOUR, 3, 0), (NOW - MINUTE, 0, 3))
    figure = number(connection, "reopened")
    assert (figure.n, figure.value) == (1, 1.0)
    assert figure.trend[-1] == 1.0


def test_a_ticket_can_be_told_from_the_moment_on_at_which_its_answer_is_old_enough(connection: Connection) -> None:
    asked(connection, NOW - 8 * DAY, NOW - 7 * DAY, status=3, solved_at=NOW - 7 * DAY)
    kept = Kept()
    for now, n in ((NOW - 1, 0), (NOW, 1), (NOW - 1, 0)):
        assert number(connection, "first_contact", now=now, kept=kept).n == n


def test_the_largest_part_stands_first(connection: Connection) -> None:
    for channel, count in (("email", 1), ("phone", 3), ("chat", 2)):
        for _ in range(count):
            ticket = make_ticket(
                connection, channel=channel, created_at=NOW - 10 * DAY, status=3, solved_at=NOW - MINUTE
            )
            for kind, at in (("inbound", NOW - 10 * DAY), ("outbound", NOW - 9 * DAY), ("inbound", NOW - HOUR),
                             ("outbound", NOW - MINUTE)):  # fmt: skip
                make_message(connection, ticket, kind=kind, at=at)
    for metric in ("next_response", "first_contact", "one_touch", "reopened"):
        assert [part.n for part in number(connection, metric).parts] == [3, 2, 1], metric


def test_who_begins_to_wait_in_the_same_moment_counts(connection: Connection) -> None:
    rules.write(connection, "targets", TARGETS)
    kept = Kept()
    for late in (1, 2):
        asked(connection, NOW - 5 * HOUR)
        for metric in ("first_missed", "first_level", "waiting"):
            assert number(connection, metric, kept=kept).n == late, metric


def test_a_channel_that_is_called_otherwise_is_shown_so(connection: Connection) -> None:
    rules.write(connection, "targets", TARGETS)
    asked(connection, NOW - 2 * HOUR, NOW - HOUR, status=3, solved_at=NOW - HOUR)
    kept = Kept()
    for label in ("Letters", "Mail"):
        connection.execute("UPDATE channel SET label = ? WHERE key = 'email'", (label,))
        for metric in ("first_response", "first_level", "reopened"):
            assert [part.label for part in number(connection, metric, kept=kept).parts] == [label], metric


def test_what_the_source_says_of_it_later_is_told(connection: Connection) -> None:
    ticket, kept = asked(connection, NOW - 2 * HOUR, NOW - HOUR), Kept()
    assert number(connection, "first_response", kept=kept).reported == ()
    for minutes in (45, 50):
        connection.execute(
            "UPDATE ticket SET details = ? WHERE id = ?", (f'{{"reply_time_in_minutes": "{minutes}"}}', ticket)
        )
        (said,) = number(connection, "first_response", kept=kept).reported
        assert (said.value, said.n) == (minutes * MINUTE, 1)


@pytest.mark.parametrize(
    "details", ["[1]", '"text"', '{"reply_time_in_minutes": "soon"}', '{"reply_time_in_minutes": []}']
)
def test_whatever_a_source_says_beside_a_ticket_it_is_counted(connection: Connection, details: str) -> None:
    ticket = asked(connection, NOW - 2 * HOUR, NOW - HOUR)
    connection.execute("UPDATE ticket SET details = ? WHERE id = ?", (details, ticket))
    figure = number(connection, "first_response")
    assert (figure.n, figure.reported) == (1, ())


def test_while_nothing_changes_no_fact_is_read_again(connection: Connection) -> None:
    for days in range(35):
        at = NOW - days * DAY
        ticket = asked(connection, at - HOUR, at, status=3, solved_at=at)
        turn(connection, ticket, (at, 0, 3), (at, 3, 0))
    settle(connection, NOW)
    kept, seen = Kept(), list[str]()
    read(connection, NOW, UTC, kept)
    connection.set_trace_callback(seen.append)
    again = read(connection, NOW + MINUTE, UTC, kept)
    connection.set_trace_callback(None)
    assert again.figures["first_response"].n == 7
    assert [sql for sql in seen if "ticket_fact" in sql] == []


def promise(connection: Connection, ticket: int, made: int, due: int) -> None:
    connection.execute(
        "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state) VALUES(?,?,'',?,?,?,'open')",
        (new_uid(), ticket, made, due, due),
    )


def test_a_promise_is_broken_from_the_moment_on(connection: Connection) -> None:
    promise(connection, make_ticket(connection), NOW - HOUR, NOW)
    kept = Kept()
    for now, n in ((NOW - 1, 0), (NOW, 0), (NOW + 1, 1), (NOW, 0)):
        assert number(connection, "promises_kept", now=now, kept=kept).n == n


def test_what_others_and_we_write_is_seen_though_no_fact_tells_it(connection: Connection, workspace: Workspace) -> None:
    """Over this connection and over another one, and then over a connection that hasn't read before."""
    ticket, kept = make_ticket(connection), Kept()
    settle(connection, NOW)
    with closing(open_to_write(workspace)) as other:
        for count, writer in enumerate((connection, other, connection, other), 1):
            promise(writer, ticket, NOW - DAY, NOW - count)
            for reader in (connection, other):
                assert read(reader, NOW, UTC, kept, ["promises_kept"]).figures["promises_kept"].n == count


def test_time_that_passes_alone_is_noticed(connection: Connection) -> None:
    """A board that stays open for weeks, and over a clock that is set back, says what a new one does."""
    fill(connection, TELLING)
    promised = make_ticket(connection)
    for made, due in ((-100, 2), (-1, 0), (-1, 15)):
        promise(connection, promised, NOW + made * HOUR, NOW + due * HOUR)
    settle(connection, NOW)
    kept = Kept()
    for zone in (ZoneInfo("Europe/Madrid"), ZoneInfo("America/St_Johns")):
        for hours in (0, 1, 3.5, 15, 15.5, 24, 39, 100, 24 * 6, 24 * 9, 24 * 27, 24 * 29, -5, 0):
            now = NOW + round(hours * HOUR)
            again, anew = (read(connection, now, zone, each).figures for each in (kept, None))
            assert again == anew, (zone, hours)


def test_a_target_that_binds_to_a_tag_goes_with_it(connection: Connection) -> None:
    rules.write(connection, "targets", '[[target]]\ntitle = "Dear"\ntags = ["vip"]\nfirst_response = "30m"\n')
    ticket, kept = asked(connection, NOW - 2 * HOUR, NOW - HOUR), Kept()
    assert number(connection, "first_missed", kept=kept).value == 0
    make_tag(connection, ticket, "vip")
    assert number(connection, "first_missed", kept=kept).value == 1
    connection.execute("DELETE FROM ticket_tag WHERE ticket_id = ?", (ticket,))
    assert number(connection, "first_missed", kept=kept).value == 0
