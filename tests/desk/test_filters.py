import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.filters import OPERATORS, Filter, Kind, Operator, Span, Term, format_filter, parse, span
from desk.times import DAY, HOUR, from_datetime

NEW_YORK = ZoneInfo("America/New_York")
NOW = from_datetime(datetime(2026, 11, 18, 14, 3, tzinfo=NEW_YORK))


def test_the_line_of_the_product_is_understood_whole() -> None:
    wanted = parse('status:open assignee:me channel:email tag:refund due<2h "exact words" free -tag:vip -spam')
    assert wanted == Filter(
        terms=(
            Term("status", ":", "open"),
            Term("assignee", ":", "me"),
            Term("channel", ":", "email"),
            Term("tag", ":", "refund"),
            Term("due", "<", "2h"),
            Term("tag", ":", "vip", negated=True),
        ),
        words=("free",),
        phrases=("exact words",),
        excluded=("spam",),
    )


def test_an_empty_line_asks_for_everything() -> None:
    assert parse("") == parse("  \n") == Filter()
    assert format_filter(Filter()) == ""


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("status:Resolved", Term("status", ":", "solved")),
        ('status:"On hold"', Term("status", ":", "hold")),
        ("STATUS:Active", Term("status", ":", "active")),
        ("priority>=High", Term("priority", ">=", "high")),
        ("assignee:ME", Term("assignee", ":", "me")),
        ("assignee:Ana", Term("assignee", ":", "Ana")),
        ('customer:"Ana \\"Annie\\" Ruiz"', Term("customer", ":", 'Ana "Annie" Ruiz')),
        ("customer:ana@example.com", Term("customer", ":", "ana@example.com")),
        ("channel:twitter", Term("channel", ":", "x")),
        ("snoozed:Yes", Term("snoozed", ":", "yes")),
        ("-is:unread", Term("is", ":", "unread", negated=True)),
        ("due:late", Term("due", ":", "late")),
        ("created>2026-01-01", Term("created", ">", "2026-01-01")),
        ("updated:yesterday", Term("updated", ":", "yesterday")),
    ],
)
def test_values_are_brought_to_their_one_spelling(typed: str, term: Term) -> None:
    assert parse(typed) == Filter(terms=(term,))


@pytest.mark.parametrize("typed", ["https://example.com/a", "12:30", "<ana@example.com>", "-", '5"', "a-b"])
def test_words_with_signs_in_them_stay_words(typed: str) -> None:
    assert parse(typed) == Filter(words=(typed,))


def test_text_is_composed() -> None:
    assert parse(unicodedata.normalize("NFD", "tag:café Zoë")) == Filter((Term("tag", ":", "café"),), ("Zoë",))


@pytest.mark.parametrize(
    ("typed", "message", "mend"),
    [
        ("refund stauts:open", "“stauts:” at character 8 is no operator", "Did you mean status:?"),
        ("Re: refund", "“Re:” at character 1 is no operator", "Put it in quotes"),
        ("status:opne", "“opne” is no status (at character 1)", "Did you mean open?"),
        ("is:angy", "“angy” is not known here (at character 1)", "Did you mean angry?"),
        ("a priority>hgih", "“hgih” is no priority (at character 3)", "Did you mean high?"),
        ("team:", "team: at character 1 has no value", "team:billing"),
        ('team:""', "team: at character 1 has no value", "team:billing"),
        ("tag<3", "tag at character 1 can't be compared", "tag:refund"),
        ("due<soon", "“soon” at character 1 is no time for due<", "due<2h"),
        ("due:2h", "“2h” at character 1 is no time for due:", "due<2h"),
        ("created:late", "“late” at character 1 is no time for created:", "created:today"),
        ("created:2026-02-30", "“2026-02-30” at character 1 is no time for created:", "created:today"),
        ('x "not closed', "The quote at character 3 isn't closed", "where it ends"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(typed: str, message: str, mend: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(typed)
    assert caught.value.message == message
    assert mend in caught.value.mend


def test_every_example_of_the_help_is_understood() -> None:
    for operator in OPERATORS:
        for text in operator.examples:
            (term,) = parse(text).terms
            assert term.field == operator.name
            assert format_filter(parse(text)) == text


PIECES = st.sampled_from(
    [
        "status:open",
        "status:active",
        "-tag:vip",
        "tag:",
        "due<2h",
        "due:none",
        "updated>3d",
        "is:angry",
        "priority>low",
        '"',
        "\\",
        "-",
        " ",
        ":",
        "<",
        "a",
        "é",
        "word",
        '"two words"',
        "created<=2026-01-01",
        "customer:",
        "http://x",
    ]
)
LINES = st.one_of(
    st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map(" ".join)
)


@given(LINES)
@example('-"status:open"')
@example('tag:"\\\\" -" " "\\""')
def test_a_filter_written_down_is_the_same_filter(text: str) -> None:
    try:
        wanted = parse(text)
    except BadInput as error:
        assert error.mend  # noqa: PT017
        return
    written = format_filter(wanted)
    assert parse(written) == wanted
    assert format_filter(parse(written)) == written


VALUES = st.text(min_size=1).map(lambda text: unicodedata.normalize("NFC", text)).filter(str.strip)


@given(st.sampled_from(["tag", "customer", "team", "queue"]), VALUES, st.booleans())
def test_any_name_survives(field: str, value: str, negated: bool) -> None:
    wanted = Filter(terms=(Term(field, ":", value, negated),))
    assert parse(format_filter(wanted)) == wanted


def test_terms_that_exclude_each_other_are_alternatives() -> None:
    wanted = parse("status:open tag:a status:pending tag:b -channel:x -channel:chat priority>low priority<urgent")
    assert [[term.value for term in group] for group in wanted.groups()] == [
        ["open", "pending"], ["a"], ["b"], ["x"], ["chat"], ["low"], ["urgent"],
    ]  # fmt: skip


def day(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK))


@pytest.mark.parametrize(
    ("typed", "stretch"),
    [
        ("due<2h", Span(None, NOW + 2 * HOUR)),
        ("due>2h", Span(NOW + 2 * HOUR, None)),
        ("due:late", Span(None, NOW)),
        ("due:today", Span(day("2026-11-18"), day("2026-11-19"))),
        ("updated<3d", Span(NOW - 3 * DAY, None)),
        ("updated>1w", Span(None, NOW - 7 * DAY)),
        ("created:yesterday", Span(day("2026-11-17"), day("2026-11-18"))),
        ("created>2026-01-01", Span(day("2026-01-02"), None)),
        ("created>=2026-01-01", Span(day("2026-01-01"), None)),
        ("created<2026-01-01", Span(None, day("2026-01-01"))),
        ("created<=2026-01-01", Span(None, day("2026-01-02"))),
        ("created:2026-11-01", Span(day("2026-11-01"), day("2026-11-02"))),
    ],
)
def test_times_become_stretches(typed: str, stretch: Span) -> None:
    (term,) = parse(typed).terms
    assert span(term, NOW, NEW_YORK) == stretch


def test_a_day_has_25_hours_where_summer_time_ends() -> None:
    (term,) = parse("created:2026-11-01").terms
    stretch = span(term, NOW, NEW_YORK)
    assert stretch.start is not None
    assert stretch.end is not None
    assert stretch.end - stretch.start == 25 * HOUR


@given(st.sampled_from([o for o in OPERATORS if o.kind is Kind.MOMENT]), st.sampled_from(["<", ">", "<=", ">=", ":"]),
       st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,5}[mhdw]|today|late", fullmatch=True))  # fmt: skip
def test_every_time_that_is_accepted_has_a_stretch(operator: Operator, sign: str, value: str) -> None:
    try:
        (term,) = parse(f"{operator.name}{sign}{value}").terms
    except BadInput:
        return
    stretch = span(term, NOW, UTC)
    assert (stretch.start is None) != (stretch.end is None) or sign == ":"
