"""A found customer in one line: the match is marked, a maybe looks like one, every width is kept."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from screens.customer_lines import columns, contact_line, heading, marked
from storage.contacts import Contact
from tests.factories import NOW
from tests.hostile import HOSTILE
from widgets.inks import pieces_width

ANA = Contact(
    1, "Ana Ruiz", "Ruiz & Co", "Pro", NOW, match="digits", kind=IdentityKind.PHONE, identity="+1 415 555-0134",
    known=False, open_tickets=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("+1 415 555-0134", "0134", ["0134"]),
        ("+1 415 555-0134", "5550134", ["555-0134"]),
        ("+1 415 415 0000", "415", ["415"]),
        ("Ana Ruiz", "ruiz ana", ["Ana", "Ruiz"]),
        ("José Ruiz", "jose", ["José"]),
        ("ana@example.org", "nobody", []),
        ("ana@example.org", "", []),
    ],
)
def test_what_was_typed_is_marked_where_it_stands(text: str, query: str, found: list[str]) -> None:
    assert sorted(text[start:end] for start, end in marked(text, query)) == sorted(found)


def test_the_last_of_two_equal_digits_is_marked() -> None:
    assert marked("415 415", "415") == [(4, 7)]


def test_a_line_says_who_by_what_and_how_sure() -> None:
    line = "".join(text for text, _ in contact_line(ANA, "0134", 100, NOW))
    assert line.startswith(" Ana Ruiz")
    assert "? +1 415 555-0134" in line
    assert "Ruiz & Co" in line
    assert "2 open" in line
    assert ("0134", "key") in contact_line(ANA, "0134", 100, NOW)
    assert ("? ", "due") in contact_line(ANA, "0134", 100, NOW)


@pytest.mark.parametrize(("number", "words"), [(0, ""), (999, "999 open"), (1_000, "1,000"), (123_456, "123,456")])
def test_many_open_tickets_are_a_number_that_is_whole(number: int, words: str) -> None:
    (line,) = [text for text, ink in contact_line(replace(ANA, open_tickets=number), "", 100, NOW) if ink == "due"][1:]
    assert line == f"{words:>8}"


@given(st.integers(40, 240))
def test_columns_never_need_more_than_there_is(cells: int) -> None:
    layout = columns(cells)
    parts = (layout.name, layout.found, layout.organization, layout.plan)
    assert sum(parts) + sum(1 for part in parts if part) + 14 <= cells
    assert pieces_width(heading(cells, searched=True)) == cells


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_names_keep_the_width(text: str) -> None:
    contact = Contact(1, text, text, text, NOW, match="typo", kind=IdentityKind.HANDLE, identity=text)
    assert pieces_width(contact_line(contact, text[:100], 80, NOW)) == 80
