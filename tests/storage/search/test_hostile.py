"""Nothing that is typed breaks the look-up or makes it read a whole table."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from desk.identifiers import LONGEST, ask, words_of
from desk.lookup import IdentityKind
from desk.text import clean
from storage.connect import Connection
from storage.search import expressions, query, typo
from storage.search.query import Finder
from storage.search.schema import LAST_PLACE
from storage.search.several import several
from tests.hostile import HOSTILE
from tests.storage.search.desk_of_people import REGIONS, add

SYNTAX = [
    '"',
    '""',
    "'",
    "a OR b",
    "a AND",
    "NOT a",
    "NEAR(a b)",
    "a*",
    "^a",
    "{words}:a",
    "words:a",
    "-a",
    "(a",
    "a + b",
]
ODD = [
    "\x00",
    "a\x00b",
    "%",
    "_",
    "\\",
    "~",
    "~321",
    "*",
    "#",
    "#x",
    "@",
    "@@",
    "a@",
    "@a@b",
    "+",
    "00",
    "(0)",
    ";ext=",
    "x1",
]
LONG = ["a" * 10_000, "7" * 10_000, "a " * 5_000, "a@" * 5_000, " " * 10_000, "٣" * 500, "e" + "\u0301" * 5000]


@pytest.mark.parametrize("text", [*SYNTAX, *ODD, *LONG, *(text for _, text in HOSTILE)])
def test_any_text_is_answered(connection: Connection, text: str) -> None:
    customer = add(
        connection, "Ana Ruiz", (IdentityKind.EMAIL, "ana@example.org"), (IdentityKind.PHONE, "+14155550134")
    )
    finder = Finder(connection, REGIONS)
    assert {hit.customer_id for hit in finder.find(text)} <= {customer}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_at_all_is_answered(connection: Connection, text: str) -> None:
    Finder(connection, REGIONS).find(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(IdentityKind)[:-1]), st.text(min_size=1, max_size=40))
def test_whatever_is_stored_is_found_as_it_stands(connection: Connection, kind: IdentityKind, value: str) -> None:
    # As far as it is the least bit of what it is said to be.
    value = clean(value, lines=False).strip()
    assume(words_of(value))
    assume(kind is not IdentityKind.PHONE or not any(map(str.isalpha, value)))
    assume(kind is not IdentityKind.EMAIL or "@" in value)
    assume(kind is not IdentityKind.HANDLE or " " not in value)
    connection.execute("BEGIN")
    try:
        customer = add(connection, "Somebody Else", (kind, value))
        assert customer in [hit.customer_id for hit in Finder(connection, REGIONS).find(value)]
    finally:
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("text", ["   ", "", "\n"])
def test_nothing_typed_finds_nobody(connection: Connection, text: str) -> None:
    add(connection, "Ana Ruiz")
    assert Finder(connection).find(text) == []


def test_a_long_question_is_cut() -> None:
    assert len(ask("a" * 10_000).code) == LONGEST


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (query._WORDS, (LAST_PLACE, '"ana"*', 30)),
        (query._PARTS, (LAST_PLACE, '"ana"', 30)),
        (query._STARTS, ("ana", "anb", 13)),
        (query._UNTAGGED, ("ana@", "ana@x", 13)),
        (query._ENDINGS, ("ana", "anb", 13)),
        (query._TICKET, (7,)),
        (query._TICKET_THERE, ("7",)),
        (several(query._RECENCIES, 2), (1, 2)),
        (several(query._IDENTITIES, 2), (1, 2)),
        (several(query._IDENTITIES_WITH, 2), (1, 2, "ana")),
        (several(query._CUSTOMERS, 2), (1, 2)),
        (typo._SHARING, ("[1, 2]", 25)),
        (several(typo._SPELT, 2), (1, 2)),
        (several(typo._KNOWN, 2), ("ana", "an")),
        (several(typo._NAMED, 2), (LAST_PLACE, '"ana"', 200, 1, 6)),
        (typo._STARTING, ("ana", "anb", 13)),
        (typo._ENDING, ("ana", "anb", 13)),
    ],
)
def test_no_statement_reads_a_whole_table_or_sorts(
    connection: Connection, statement: str, values: tuple[str | int, ...]
) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    whole = [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step and step != "SCAN l"]
    assert whole == []
    assert not any("ORDER BY" in step for step in plan)


@pytest.mark.parametrize("text", ["j", "john", "@gmail.com", "555", "john smith", "0134", "ac-12", "smiht jonh"])
def test_a_keystroke_takes_few_statements(connection: Connection, text: str) -> None:
    for at in range(400):
        add(
            connection,
            f"John Smith{at}",
            (IdentityKind.EMAIL, f"john{at}@gmail.com"),
            (IdentityKind.PHONE, f"+1415555{at:04}"),
        )
    read = 0

    def count(statement: str) -> None:
        nonlocal read
        read += not statement.startswith("--")  # what FTS5 asks its own tables

    connection.set_trace_callback(count)
    try:
        Finder(connection, REGIONS).fast(text)
    finally:
        connection.set_trace_callback(None)
    assert 1 <= read <= 8


@pytest.mark.parametrize("text", ["j", "john", "@gmail.com", "555", "john smith", "0134", "smi john", "smiht jonh"])
def test_a_keystroke_reads_no_more_where_there_are_more_customers(connection: Connection, text: str) -> None:
    def read() -> int:
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.set_progress_handler(count, 10)
        try:
            Finder(connection, REGIONS).fast(text)
        finally:
            connection.set_progress_handler(None, 0)
        return steps

    def add_more(first: int, last: int) -> None:
        for at in range(first, last):
            email, phone = f"john{at}@gmail.com", f"+1415555{at:04}"
            add(connection, f"John Smith{chr(97 + at % 26)}", (IdentityKind.EMAIL, email), (IdentityKind.PHONE, phone))

    add_more(0, 150)
    few = read()
    add_more(150, 450)
    # Forty customers, five rows each, and what finding them takes.
    assert read() <= max(1.1 * few, 700)


def test_a_beginning_is_asked_for_in_quotes() -> None:
    assert expressions.narrow(ask('a" OR b')) == '"a" AND "or" AND "b"*'
    assert expressions.narrow(ask("0134")) == '"~~4310"*'
    assert expressions.wide(ask("0134")) == '("~0134"* OR "~~4310"*)'
    assert expressions.narrow(ask("013")) == '("~013"* OR "~~310"*)'
    assert expressions.narrow(ask("+1415")) == '"~1415"*'
    assert expressions.narrow(ask("0301234")) == '("~0301234"* OR "~~4321030"* OR "~301234"* OR "~~432103"*)'
    assert expressions.narrow(ask("shop.example.com")) == '"shop" AND ("example")'
    assert expressions.wide(ask("smith")) == ""
    assert expressions.long_ending(ask("ana michael")) == "michael"
    assert expressions.long_ending(ask("ana mich")) == ""
    assert expressions.narrow(ask("ana michael"), ["michaela"]) == '"ana" AND ("michael" OR "michaela")'
    assert expressions.wide(ask("quillfeat")) == '("quillfeat"*)'
    assert expressions.trigrams("abcdefgh") == '"abc" AND "def" AND "fgh"'
