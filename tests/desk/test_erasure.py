from hypothesis import given
from hypothesis import strategies as st

from desk.erasure import ERASED, Traces, lines_of, names_of, without


def test_names_and_addresses_go_and_other_words_stay() -> None:
    traces = Traces((*names_of(["Ana Ruiz"]), "ana@example.org", "+1 415 555 0134"))
    text = "Dear Ana,\nANA RUIZ wrote (ana@example.org, +1 415 555 0134). The anagram of Ruizian stays."
    assert without(text, traces) == (
        f"Dear {ERASED},\n{ERASED} wrote ({ERASED}, {ERASED}). The anagram of Ruizian stays."
    )


def test_quoted_lines_go_however_they_are_quoted() -> None:
    traces = Traces((), lines_of(["The parcel has not come.\nHello"]))
    text = "I agree.\n> The parcel has  not come.\n>> the parcel has not come.\n> Hello\nSame here."
    assert without(text, traces) == "I agree.\n> Hello\nSame here."


def test_a_name_over_two_lines_is_found() -> None:
    assert without("so Ana\nRuiz said", Traces(("Ana Ruiz",))) == f"so {ERASED} said"


@given(st.text(), st.lists(st.text(), max_size=4))
def test_what_goes_is_gone_and_going_again_changes_nothing(text: str, gone: list[str]) -> None:
    traces = Traces(tuple(gone))
    once = without(text, traces)
    assert without(once, traces) == once or any(each.strip() and each.strip() in ERASED for each in gone)
    assert without(text, Traces(())) == text
