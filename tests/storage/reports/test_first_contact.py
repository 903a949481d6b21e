"""First-contact resolution beside a slow recount that reads every row and follows the published formula."""

from contextlib import closing
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.ids import new_uid
from desk.reports.period import Period
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.reports.first_contact import COUNTED, figure, first_contact, formula, table
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_message, make_ticket

PERIOD = Period(NOW - 30 * DAY, NOW)
WITHIN = 7 * DAY


@dataclass(frozen=True, slots=True)
class Said:
    """One message: its kind, days after the ticket came, and what became of it."""

    kind: str
    after: int
    automatic: bool
    dropped: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket."""

    channel: str
    status: int
    came: int
    merged: bool
    reopened: str
    said: tuple[Said, ...]


# Most begin as tickets do, with a question and its answer; what comes after decides.
later = st.builds(
    Said,
    st.sampled_from(["inbound", "outbound", "note", "call"]),
    st.integers(0, 10),
    st.booleans(),
    st.sampled_from([False, False, True]),
)
usual = st.integers(0, 2).map(lambda after: (Said("inbound", 0, False, False), Said("outbound", after, False, False)))
cases = st.builds(
    Case,
    st.sampled_from(["email", "phone"]),
    st.sampled_from([0, 1, 3, 3, 3, 4]),
    st.integers(-32, -1),
    st.sampled_from([False, False, False, True]),
    st.sampled_from(["", "", "yes", "undone", "another field"]),
    st.builds(lambda first, more: (*first, *more), st.one_of(usual, st.just(())), st.lists(later, max_size=2)),
)


def _recounted(many: list[Case]) -> dict[str, tuple[int, int, int, int]]:
    """The formula, said slowly: (came, answered, n, first) by channel."""
    counts: dict[str, list[int]] = {}
    for case in many:
        came = NOW + case.came * DAY
        if case.merged or not PERIOD.since <= came < PERIOD.until:
            continue
        row = counts.setdefault(case.channel, [0, 0, 0, 0])
        row[0] += 1
        answers = [
            came + each.after * DAY
            for each in case.said
            if each.kind == "call" or (each.kind == "outbound" and not each.automatic and not each.dropped)
        ]
        if not answers:
            continue
        row[1] += 1
        if min(answers) > NOW - WITHIN:
            continue
        row[2] += 1
        heard = [came + each.after * DAY for each in case.said if each.kind in ("inbound", "call")]
        again = [at for at in heard if min(answers) < at <= min(answers) + WITHIN]
        solved = case.status >= 3 and case.reopened != "yes"
        row[3] += solved and len(answers) == 1 and not again
    return {channel: (a, b, c, d) for channel, (a, b, c, d) in counts.items()}


def _fill(connection: Connection, many: list[Case]) -> None:
    target = make_ticket(connection, created_at=NOW - 400 * DAY)
    for case in many:
        came = NOW + case.came * DAY
        merged = target if case.merged else None
        ticket = make_ticket(
            connection, channel=case.channel, status=case.status, created_at=came, merged_into_id=merged
        )
        for each in case.said:
            message = make_message(
                connection, ticket, kind=each.kind, at=came + each.after * DAY,
                automatic="auto" if each.automatic and each.kind == "outbound" else "",
            )  # fmt: skip
            if each.dropped and each.kind == "outbound":
                connection.execute(
                    "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, "
                    "tries, error) VALUES(?, x'00', ?, ?, 'reply', '{}', 'dropped', 0, 0, 0, '')",
                    (new_uid(), ticket, message),
                )
        if case.reopened:
            field = "priority" if case.reopened == "another field" else "status"
            connection.execute(
                "INSERT INTO event(deed, kind, at, ticket_id, data, patch, undone_by) VALUES(x'00', 'changed', 0, ?, "
                f'\'{{"field": "{field}", "before": 3, "after": 0}}\', \'\', ?)',
                (ticket, b"x" if case.reopened == "undone" else None),
            )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(cases, min_size=1, max_size=12))
def test_it_is_what_a_slow_recount_gives(connection: Connection, many: list[Case]) -> None:
    connection.execute("SAVEPOINT fresh")
    try:
        _fill(connection, many)
        found = {each.channel: (each.came, each.answered, each.n, each.first) for each in first_contact(
            connection, PERIOD, NOW
        )}  # fmt: skip
        assert found == _recounted(many)
    finally:
        connection.execute("ROLLBACK TO fresh")
        connection.execute("RELEASE fresh")


def test_the_figure_says_its_formula_and_its_cases(connection: Connection) -> None:
    for status in (3, 0):
        ticket = make_ticket(connection, status=status, created_at=NOW - 20 * DAY)
        make_message(connection, ticket, at=NOW - 20 * DAY)
        make_message(connection, ticket, kind="outbound", at=NOW - 20 * DAY + HOUR)
    told = figure(connection, PERIOD, NOW)
    assert (told.value, told.n) == (0.5, 2)
    assert "within 7 days" in told.formula == formula(connection)
    (row,) = table(connection, PERIOD, NOW).rows
    assert row == ("Email", 0.5, 2, 1, 2, 0, 0)
    assert figure(connection, Period(0, 1), NOW).value is None


def test_no_year_is_walked_for_a_month(workspace: Workspace) -> None:
    with closing(open_to_write(workspace)) as connection:
        asked = {"since": 0, "until": 1, "known": 2, "within": 3}
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {COUNTED}", asked)]
    assert "SEARCH t USING INDEX ticket_created (created_at>? AND created_at<?)" in plan
    assert not [step for step in plan if step.startswith(("SCAN m", "SCAN e", "SCAN o", "SCAN t"))], plan


def test_a_word_on_the_last_moment_of_the_week_is_within_it(connection: Connection) -> None:
    came = NOW - 20 * DAY
    for late in (0, 1):
        ticket = make_ticket(connection, status=3, created_at=came)
        make_message(connection, ticket, at=came)
        make_message(connection, ticket, kind="outbound", at=came + HOUR)
        make_message(connection, ticket, at=came + HOUR + WITHIN + late)
    (found,) = first_contact(connection, PERIOD, NOW)
    assert (found.n, found.first) == (2, 1)
    # A week after its answer a ticket can be judged, and not a moment earlier.
    for early in (0, 1):
        assert first_contact(connection, PERIOD, came + HOUR + WITHIN - early)[0].n == 2 - 2 * early
