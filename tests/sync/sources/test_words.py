"""Plain words stay the same when a service keeps them as HTML; teams' own fields are read as people mean them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from desk.lookup import IdentityKind
from desk.times import SECOND
from storage.ingest.records import IdentityRecord
from sync.sources.moments import Moment, in_microseconds, in_seconds
from sync.sources.own_fields import filled, identities
from sync.sources.words import as_html, squeezed, squeezed_html

LINES = st.text(st.sampled_from("abcäé😀 <>&\"'-_*#1.©\t"), max_size=40)


@example("1\n>\n\n1")
@example("<script> & <!-- -->\n- a\n1. b")
@given(st.lists(LINES, min_size=1, max_size=6).map("\n".join))
def test_words_are_found_again_in_their_html(text: str) -> None:
    """However they are laid out."""
    assert squeezed_html(as_html(text)) == squeezed(text)


def test_what_a_service_adds_to_words_is_no_word() -> None:
    """Links where there were addresses, paragraphs where there were lines."""
    link = '<a href="https://www.example.com/" rel="nofollow">www.example.com</a>'
    told = f'<p class="x">See\n {link}</p><!-- 7 --><p>A &amp; B</p>'
    assert squeezed_html(told) == squeezed("See www.example.com\nA & B")


def test_html_keeps_lines_and_indentation() -> None:
    """A customer sees what the agent typed."""
    assert as_html("\nA & B\n  <c>\n") == "<div>A &amp; B<br> &nbsp;&lt;c&gt;</div>"


def test_other_words_are_others() -> None:
    """A space more or less is nothing, a letter is."""
    assert squeezed("Turn the valve.") == squeezed("Turn\u00a0the\n valve.")
    assert squeezed("Turn the valve.") != squeezed("Turn the valve!")


def test_fields_are_told_by_their_names_and_empty_ones_are_not() -> None:
    """Ticks are yes and no, lists are one line."""
    told: dict[str, object] = {"cf_a": True, "cf_b": None, "cf_c": ["x", "y"], "cf_d": 1.5, "cf_e": {}, "cf_f": " "}
    assert filled(told, {"cf_a": "Urgent?"}) == {"Urgent?": "yes", "cf_c": "x, y", "cf_d": "1.5"}


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("Order number", "A-5512", IdentityKind.ORDER),
        ("cf_order_id", "5512", IdentityKind.ORDER),
        ("Bestellnummer", "5512", IdentityKind.ORDER),
        ("Customer No.", "K-4711", IdentityKind.ACCOUNT),
        ("account", "K-4711", IdentityKind.ACCOUNT),
        ("Kundennummer", "4711", IdentityKind.ACCOUNT),
        ("Order status", "A-5512", None),
        ("Account manager", "Bo 2", None),
        ("Order number", "none", None),
        ("Order number", "7", None),
    ],
)
def test_a_number_is_an_identity_where_its_name_says_so(name: str, value: str, kind: IdentityKind | None) -> None:
    """And where it can be one."""
    assert identities({name: value}) == (() if kind is None else (IdentityRecord(kind, value),))


def test_times_are_utc_whatever_the_zone() -> None:
    """With a zone, without one, and with more than seconds; what is no text is judged by others."""
    assert in_microseconds("2021-04-09T14:29:56+02:00") == in_microseconds("2021-04-09T12:29:56Z")
    assert in_microseconds("2021-04-09T12:29:56") == 1_617_971_396 * SECOND
    assert in_seconds(1_617_971_396 * SECOND + 999_999) == "2021-04-09T12:29:56Z"
    assert in_microseconds(5) == 5


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 10**30, -(10**30), "soon"])
def test_a_time_that_no_calendar_has_spoils_its_own_record_alone(told: object) -> None:
    """Whoever reads records one by one passes over what doesn't fit; any other error would end all reading."""
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(told)
    assert TypeAdapter(Moment).validate_python("9999-12-31T23:59:59.999999Z") == 253_402_300_800 * SECOND - 1
