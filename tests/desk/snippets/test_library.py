import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.snippets import Library, Snippet, trigger_before

REFUND = Snippet("Refund on its way", "The money is back by {{ask: day}}.", "ref", "Refund", ("money back",), uses=3)
LATE = Snippet("Late parcel", "I looked up your refund and your parcel.", "late", "Shipping", uses=90)
REFERRAL = Snippet("Thank for a referral", "You sent us a friend.", "referral", "Closing", uses=500)
LOGIN = Snippet("Forgotten password", "Reset it here.", "login", "Login", ("sign in", "Passwort zurücksetzen"), uses=7)
LIBRARY = Library([LATE, REFERRAL, REFUND, LOGIN])


def found(text: str) -> list[str]:
    return [snippet.trigger for snippet in LIBRARY.search(text)]


@pytest.mark.parametrize(
    ("typed", "triggers"),
    [
        ("ref", ["ref", "referral", "late"]),
        (";ref", ["ref", "referral", "late"]),
        ("refer", ["referral"]),
        ("refund", ["ref", "late"]),
        ("way refund", ["ref"]),
        ("money", ["ref"]),
        ("parcel", ["late"]),
        ("SHIPPING", ["late"]),
        ("zurucks", ["login"]),
        ("zurück", ["login"]),
        ("refudn", ["ref", "late"]),
        ("pasword", ["login"]),
        ("parcle late", ["late"]),
        ("friend", ["referral"]),
        ("zebra", []),
    ],
)
def test_search_looks_everywhere_and_puts_the_best_match_first(typed: str, triggers: list[str]) -> None:
    assert found(typed) == triggers


def test_an_empty_query_lists_all_by_use() -> None:
    assert found("") == ["referral", "late", "login", "ref"]


def test_of_equal_matches_the_more_used_comes_first() -> None:
    often, seldom = Snippet("Invoice copy", "a", uses=9), Snippet("Invoice address", "b", uses=2)
    assert Library([seldom, often]).search("invoice") == (often, seldom)


def test_the_list_is_cut_at_the_limit() -> None:
    many = Library(Snippet(f"Greeting {number}", "Hi", uses=number) for number in range(100))
    assert [snippet.uses for snippet in many.search("greeting", limit=3)] == [99, 98, 97]


WORD = st.text(st.sampled_from("abcdef"), min_size=1, max_size=6)


@given(
    st.lists(st.builds(Snippet, title=WORD, body=WORD, trigger=WORD, uses=st.integers(0, 9)), min_size=1, max_size=8)
)
def test_whoever_types_a_whole_trigger_sees_that_snippet_first(snippets: list[Snippet]) -> None:
    library = Library(snippets)
    for snippet in snippets:
        assert library.search(snippet.trigger)[0].trigger == snippet.trigger
        assert snippet in library.search(snippet.title)
        assert snippet in library.search(snippet.body)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        (";", ""),
        (";ref", "ref"),
        ("Hi Ana,\n;ref", "ref"),
        ("see (;ref-late", "ref-late"),
        ("a;b", None),
        ("I waited;", None),
        (";ref and", None),
        ("no trigger", None),
        ("", None),
        (";" + "a" * 41, None),
        ("x" * 300 + " ;login", "login"),
    ],
)
def test_a_trigger_is_seen_before_the_cursor(text: str, trigger: str | None) -> None:
    assert trigger_before(text, len(text)) == trigger
    assert trigger_before(text + " tail", len(text)) == trigger


def test_a_snippet_is_found_by_its_very_trigger() -> None:
    library = Library([Snippet("Refund", "money", "ref"), Snippet("No refund", "none", "noref"), Snippet("Bare", "x")])
    found = library.of_trigger(";REF")
    assert found is not None
    assert found.title == "Refund"
    assert library.of_trigger("re") is library.of_trigger("") is None
