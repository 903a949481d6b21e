"""Known answers: counted once each, by snippet or by like words, and ranked by what they cost."""

import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.ids import new_uid
from desk.knowledge.cost import cost, formula, usual
from desk.knowledge.rules import AnswerRules, parse_answer_rules
from desk.reports.markdown import to_markdown
from desk.reports.period import Period
from desk.snippets import Snippet
from desk.times import DAY, HOUR, MINUTE, SECOND
from storage import content, library, rules
from storage.connect import Connection
from storage.knowledge.groups import catch_up_all
from storage.reports import Asked
from storage.reports.causes import NEWEST
from storage.reports.known_answers import MOST, SENT, known_answers, read
from tests.factories import NOW, make_message, make_ticket

PERIOD = Period(NOW - DAY, NOW + DAY)
RULES = AnswerRules(4 * MINUTE, 30 * MINUTE, 3, 2, 7 * DAY)
BY_HAND = "your parcel left the house this morning and the carrier brings it tomorrow before noon"
SNIPPET = "the money is on its way to your bank and stands there within three working days"


def _reply(connection: Connection, ticket: int, body: str, seconds: int | None = None, at: int = NOW) -> int:
    message = make_message(connection, ticket, kind="outbound", body=body, at=at)
    connection.execute(
        "INSERT INTO event(deed, kind, at, ticket_id, message_id, data, patch) "
        "VALUES(x'00', 'replied', 0, ?, ?, ?, '')",
        (ticket, message, json.dumps({"seconds": seconds})),
    )
    return message


def _use(connection: Connection, ticket: int, message: int, snippet: int, changed: int, text: str = SNIPPET) -> None:
    at = NOW
    connection.execute(
        "INSERT INTO snippet_use(snippet_id, title, ticket_id, message_id, at, changed, inserted, text) "
        "VALUES(?, 'Money back', ?, ?, ?, ?, ?, ?)",
        (snippet, ticket, message, at, changed, SNIPPET, text),
    )


def test_each_reply_counts_once_by_snippet_or_by_hand_the_dearest_first(connection: Connection) -> None:
    library.replace_or_add(connection, [Snippet("Money back", SNIPPET, "mb")], NOW)
    snippet = library.snippet_named(connection, "mb").id
    one, two = make_ticket(connection), make_ticket(connection)
    for ticket, changed in ((one, 0), (two, 400)):
        _use(connection, ticket, _reply(connection, ticket, SNIPPET, 30), snippet, changed)
    for ticket, seconds in ((one, 60), (two, 90), (two, 9999)):
        _reply(connection, ticket, BY_HAND, seconds)
    # Sent once by hand, before the period, changed beyond recognition, and never sent at all.
    _reply(connection, one, "we have never heard of a lamp like that and would like to see a picture of it")
    _reply(connection, one, BY_HAND, at=NOW - 3 * DAY)
    changed_away = _reply(
        connection, two, "an entirely different text that somebody wrote over the snippet that was put in"
    )
    _use(connection, two, changed_away, snippet, 900)
    dropped = _reply(connection, one, BY_HAND)
    connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, tries, "
        "error) VALUES(?, x'00', ?, ?, 'reply', '{}', 'dropped', 0, 0, 0, '')",
        (new_uid(), one, dropped),
    )
    catch_up_all(connection)
    found = known_answers(connection, PERIOD)
    hand, by_snippet = found.lines
    assert (hand.snippet_id, hand.cost.times, hand.cost.each, hand.cost.basis) == (None, 3, 90 * SECOND, "timed")
    assert (by_snippet.snippet_id, by_snippet.title, by_snippet.cost.times) == (snippet, "Money back", 2)
    # Two of the snippet's were timed, which is too few; the median of all five stands in.
    assert (by_snippet.cost.basis, by_snippet.cost.each) == ("as others", 60 * SECOND)
    assert hand.tickets == (two, one)
    assert (found.replies, found.repeated) == (7, 5)
    assert found.whole == 3 * 90 * SECOND + 2 * 60 * SECOND


def test_a_greeting_that_was_put_in_is_not_the_answer(connection: Connection) -> None:
    ticket = make_ticket(connection)
    for _ in range(2):
        message = _reply(connection, ticket, "Good day to you!\n\n" + BY_HAND)
        _use(connection, ticket, message, 1, 0, "Good day to you!")
        _use(connection, ticket, message, 2, 0, BY_HAND)
    _use(connection, ticket, _reply(connection, ticket, "Good day!\n\nOf course."), 1, 0, "Good")
    catch_up_all(connection)
    found = known_answers(connection, PERIOD)
    assert [(line.snippet_id, line.cost.times) for line in found.lines] == [(2, 2)]


def test_the_report_says_its_formula_and_goes_out_as_markdown(connection: Connection) -> None:
    ticket = make_ticket(connection, subject="|x")
    for _ in range(2):
        _reply(connection, ticket, BY_HAND + " | <b>")
    catch_up_all(connection)
    report = read(connection, Asked(PERIOD, NOW, UTC))
    assert report.figures[0].n == 2
    assert "each counted as 30 min at most" in report.figures[0].formula
    text = to_markdown(report)
    (line,) = [each for each in text.splitlines() if "Your parcel left" in each]
    assert line.replace("\\|", "").count("|") == 8
    assert "| hand | 2 | 4 min | 8 min | assumed | \\#1001 |" in line


def test_what_counts_down_or_is_less_than_half_of_its_reply_counts_for_no_snippet(connection: Connection) -> None:
    ticket = make_ticket(connection)
    _use(connection, ticket, _reply(connection, ticket, SNIPPET + " " + SNIPPET[:-1]), 1, 0)
    _use(connection, ticket, _reply(connection, ticket, SNIPPET + "\n\n" + SNIPPET), 2, 0)
    waiting = _reply(connection, ticket, SNIPPET)
    _use(connection, ticket, waiting, 3, 0)
    connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at, tries, error)"
        " VALUES(x'03', x'03', ?, ?, 'reply', '{}', 'undoable', 0, 0, 0, '')",
        (ticket, waiting),
    )
    assert [line.snippet_id for line in known_answers(connection, PERIOD).lines] == [1]
    connection.execute("UPDATE outbox SET state = 'sent'")
    assert [line.snippet_id for line in known_answers(connection, PERIOD).lines] == [1, 3]


def test_what_they_cost_is_of_all_of_them_and_of_none_a_dash(connection: Connection) -> None:
    assert [figure.value for figure in read(connection, Asked(PERIOD, NOW, UTC)).figures] == [None, None]
    ticket = make_ticket(connection)
    for snippet in range(MOST + 1):
        _use(connection, ticket, _reply(connection, ticket, SNIPPET), snippet, 0)
    report = read(connection, Asked(PERIOD, NOW, UTC))
    assert (report.figures[0].value, report.figures[0].n) == ((MOST + 1) * 4 * MINUTE, MOST + 1)
    assert len(report.tables[0].rows) == MOST


def test_the_causes_found_in_this_time_stand_in_it_with_their_tickets(connection: Connection) -> None:
    for at, cause, tickets in ((PERIOD.since, "kettle leaks", NEWEST + 2), (PERIOD.since - 1, "of old", 1)):
        task = connection.execute(
            "INSERT INTO task(uid, title, cause, state, created_at) VALUES(?, 'Mend', ?, 'open', ?)",
            (new_uid(), cause, at),
        ).lastrowid
        connection.executemany(
            "INSERT INTO task_ticket VALUES(?, ?)", [(task, make_ticket(connection)) for _ in range(tickets)]
        )
    table = next(each for each in read(connection, Asked(PERIOD, NOW, UTC)).tables if each.key == "causes")
    (row,) = table.rows
    assert row[:5] == ("kettle leaks", NEWEST + 2, 1, 1, PERIOD.since)
    assert str(row[5]).startswith("#1022, #1021, ")
    assert str(row[5]).endswith("#1003 and 2 more")


def test_a_snippet_that_is_gone_keeps_its_line(connection: Connection) -> None:
    ticket = make_ticket(connection)
    _use(connection, ticket, _reply(connection, ticket, SNIPPET), 999, 0)
    (line,) = known_answers(connection, PERIOD).lines
    assert (line.title, line.text) == ("Money back", SNIPPET)


def test_a_month_is_read_by_its_indexes(connection: Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {SENT}", {"since": 0, "until": 1})]
    assert any("answer_member_at" in step for step in plan)
    assert any("snippet_use_at" in step for step in plan)
    assert not [step for step in plan if step.startswith(("SCAN m", "SCAN e", "SCAN u", "SCAN k", "SCAN o"))], plan


@given(st.lists(st.integers(0, 10**5), max_size=9), st.integers(1, 50))
def test_a_cost_is_never_above_the_longest(seconds: list[int], times: int) -> None:
    told = cost(times, seconds, usual([], RULES), RULES)
    assert 0 <= told.each <= RULES.longest
    assert told.whole == times * told.each
    assert told.basis == ("timed" if len(seconds) >= RULES.least_known else "assumed")


def test_the_starters_rules_are_what_the_report_says(connection: Connection) -> None:
    assert parse_answer_rules(content.read("answers.toml"), "answers.toml") == RULES
    rules.write(connection, "answers", 'assumed = "90s"\nlongest = "1h"\nagain_within = "3d"\n')
    ticket = make_ticket(connection)
    for _ in range(2):
        _reply(connection, ticket, BY_HAND)
    catch_up_all(connection)
    found = known_answers(connection, PERIOD)
    assert found.lines[0].cost.each == 90 * SECOND
    assert "60 min at most" in found.formula
    assert "1.5 min are assumed" in formula(AnswerRules(90 * SECOND, HOUR, 3, 2, DAY))


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('assumed = "soon"', "team.toml: assumed: is no span of time"),
        ('assumed = "0m"', "team.toml: assumed: is no span of time"),
        ('least_known = "few"', "team.toml: least_known: is no number"),
        ('longst = "30m"', "team.toml: longst: is not known here"),
        ("assumed = 4", "team.toml: assumed: is no text"),
    ],
)
def test_rules_that_mean_nothing_are_refused(toml: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_answer_rules(toml, "team.toml")
    assert refused.value.message.startswith(message)
