"""What the telephone's widgets say, line by line."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.callers import CallerCard, CallerMatch, LastContact, OpenPromise, Repeated
from desk.calls import CallState
from desk.lookup import Hit, IdentityKind
from desk.records import CustomerCard
from desk.times import DAY, SECOND
from tests.factories import NOW
from tests.hostile import FORBIDDEN, HOSTILE
from tests.widgets.stage import card as customer_card
from tests.widgets.stage import ticket
from widgets.call_bar import CallBar, CallFacts
from widgets.caller_lines import Caller, caller_lines
from widgets.inks import pieces_width
from widgets.ring_bar import RingFacts, ring_line
from widgets.wrap_up import WrapUpFacts, wrap_up_lines

ONE = CallerMatch("one", "+1 415 555 0134", "+14155550134")
KEYS = (("confirm", "Y"), ("identify", "/"), ("new", "Ctrl+N"))


def hit(place: int, *, known: bool = True, name: str = "Vera") -> Hit:
    return Hit(
        place,
        b"",
        f"{name} {place}",
        "Acme",
        "Pro",
        NOW - DAY,
        "exact",
        IdentityKind.PHONE,
        "+1 415",
        known,
        1.0 - place,
    )


def card(customer: CustomerCard) -> CallerCard:
    return CallerCard(
        card=customer,
        open_tickets=(ticket(1),),
        contacts=(LastContact("inbound", "email", NOW - 2 * DAY, 1, 1001, "Where is it?"),),
        promises=(OpenPromise("we answer by Friday", NOW - DAY, 1, 1001),),
        repeated=Repeated(3, 5, "Refund", (1,)),
        calls=2,
        missed=1,
    )


def said(caller: Caller, cells: int = 60) -> str:
    return "\n".join("".join(text for text, _ in line.pieces) for line in caller_lines(caller, cells, NOW, UTC))


def test_a_known_caller_has_all_that_is_wanted_before_the_first_word() -> None:
    text = said(Caller(ONE, card(customer_card()), keys=KEYS))
    for fact in (
        "☎ +1 415 555 0134 ✓",
        "3 times in 5 days about “Refund”",
        "1 missed",
        "we answer by Friday",
        "not kept",
    ):
        assert fact in text
    assert text.index("Open") < text.index("Last contacts") < text.index("Where is it?")


def test_a_maybe_never_looks_like_something_known_and_names_its_key() -> None:
    maybe = CallerMatch("one", "+1 415 555 0134", "+14155550134", maybe_id=7)
    assert "+1 415 555 0134 ? maybe  Y yes" in said(Caller(maybe, card(customer_card()), keys=KEYS))


def test_several_have_a_digit_each_and_at_most_nine() -> None:
    found = Caller(
        CallerMatch("several", "x", "+1", hits=tuple(hit(place, known=place > 0) for place in range(12))), None
    )
    text = said(found)
    assert "12 have this number" in text
    assert "▸1 ? Vera 0" in text
    assert "9 ✓ Vera 8" in text
    assert "Vera 9" not in text
    company = CallerMatch("company", "x", "+1", extension="12", hits=(hit(0), hit(1)))
    assert "Main number, extension 12" in said(Caller(company, None))


def test_nobody_and_a_withheld_number_say_what_to_do() -> None:
    nobody = said(Caller(CallerMatch("none", "+49 30 1", "+49301"), None, "Erika", keys=KEYS))
    assert "Nobody is known by" in nobody
    assert "calls itself Erika" in nobody
    assert "Ctrl+N a new customer with it" in nobody
    assert "…" not in said(Caller(CallerMatch("none", "+49 30 1", "+49301"), None, "Erika", keys=KEYS), 34)
    assert "The number is withheld" in said(Caller(CallerMatch("withheld", ""), None, keys=KEYS))


@pytest.mark.parametrize("known", [True, False, None])
@given(cells=st.integers(min_value=20, max_value=220), title=st.sampled_from([text for _, text in HOSTILE]))
def test_a_ring_is_never_wider_than_the_screen_and_keeps_its_key(known: bool | None, cells: int, title: str) -> None:
    facts = RingFacts(title, "+14155550134", known, ("! abusive", "↻ 3 times", "3 open"), NOW - 5 * SECOND, "F3")
    pieces = ring_line(facts, cells, NOW, "take it")
    assert pieces_width(pieces) <= cells
    text = "".join(text for text, _ in pieces)
    assert "F3 take it" in text
    assert not FORBIDDEN & set(text)


def test_a_ring_says_the_most_important_first_and_turns_red_after_two_rings() -> None:
    facts = RingFacts("Ana", "+1", True, ("! abusive", "3 open"), NOW, "F3")
    assert "".join(text for text, _ in ring_line(facts, 80, NOW + 5 * SECOND, "take it")).startswith(
        " ☎ rings 0:05  Ana  ✓ +1 · ! abusive · 3 open"
    )
    assert ring_line(facts, 80, NOW + 5 * SECOND, "take it")[1][1] == "due"
    assert ring_line(facts, 80, NOW + 13 * SECOND, "take it")[1][1] == "late"


@given(cells=st.integers(min_value=10, max_value=220), ticket=st.sampled_from([text for _, text in HOSTILE]))
def test_the_line_of_the_call_is_as_wide_as_the_screen(cells: int, ticket: str) -> None:
    bar = CallBar()
    bar.show(CallFacts(CallState.TALKING, "talking 2:13", "Ana Ruiz", "+14155550134", "called you", "on #1 " + ticket))
    pieces = bar.pieces(cells)
    assert pieces_width(pieces) <= cells
    assert not FORBIDDEN & set("".join(text for text, _ in pieces))


def test_where_little_room_is_left_who_calls_stands_whole_and_the_ticket_is_left_out() -> None:
    bar = CallBar()
    bar.show(CallFacts(CallState.TALKING, "talking 2:13", "Ana Ruiz", "+14155550134", "called you", "on #1 Refund"))
    whole = pieces_width(bar.pieces(200)[:5])
    assert "on #" not in "".join(text for text, _ in bar.pieces(whole + 16))
    assert "on #1 Refund" in "".join(text for text, _ in bar.pieces(whole + 17))


@given(cells=st.integers(min_value=12, max_value=120))
def test_the_wrap_up_shows_every_outcome_with_its_digit_and_marks_one_ticket(cells: int) -> None:
    outcomes = tuple((str(place), f"Outcome {place}") for place in range(1, 8))
    facts = WrapUpFacts(outcomes, (ticket(1), ticket(2)), 1, "talked 4:12", "", ("]", "z"))
    texts = ["".join(text for text, _ in line) for line in wrap_up_lines(facts, cells)]
    for key, words in outcomes:
        assert sum(f"{key} {words}" in text for text in texts) == 1
    assert sum("▸" in text for text in texts) == 1
