import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.erasure import ERASED, Traces, lines_of, name_words, said_in, without


def _traces(*names: str, texts: tuple[str, ...] = (), numbers: tuple[str, ...] = ()) -> Traces:
    return Traces(names=names, texts=texts, numbers=numbers)


def test_names_and_addresses_go_and_other_words_stay() -> None:
    traces = _traces("Ana Ruiz", texts=("ana@example.org",), numbers=("+14155550134",))
    text = "Dear Ana,\nANA RUIZ wrote (ana@example.org, +1 415 555 0134). The anagram of Ruizian stays."
    assert without(text, traces) == (
        f"Dear {ERASED},\n{ERASED} wrote ({ERASED}, {ERASED}). The anagram of Ruizian stays."
    )


def test_quoted_lines_go_however_they_are_quoted() -> None:
    traces = Traces(lines=lines_of(["The parcel has not come.\nHello"]))
    text = "I agree.\n> The parcel has  not come.\n>> the parcel has not come.\n> Hello\nSame here."
    assert without(text, traces) == "I agree.\n> Hello\nSame here."


def test_a_name_over_two_lines_is_found() -> None:
    assert without("so Ana\nRuiz said", _traces("Ana Ruiz")) == f"so {ERASED} said"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # Common words, which a name is only where it begins with a capital.
        ("Will Long", "i will wait as long as it takes"),
        ("Ludwig van Beethoven", "the van came, and de la Cruz was in it"),
        ("Ann Marie", "Ann-Marie is somebody else"),
    ],
)
def test_words_that_only_look_like_a_name_stay(name: str, text: str) -> None:
    assert without(text, _traces(name)) == text


@pytest.mark.parametrize("text", ["Will came", "WILL CAME", "(Long)", "Will's", "will long", "Long, Will"])
def test_a_name_goes_however_it_is_written(text: str) -> None:
    left = without(text, _traces("Will Long"))
    assert ERASED in left
    assert "will" not in left.lower().replace(ERASED, "")
    assert "long" not in left.lower()


def test_a_namesake_who_takes_part_keeps_their_name() -> None:
    others = name_words(["Ana Berg"])
    text = "Ana Berg and Ana wrote; Ana Ruiz and Ruiz did too."
    assert without(text, _traces("Ana Ruiz"), others) == f"Ana Berg and Ana wrote; {ERASED} and {ERASED} did too."


@pytest.mark.parametrize(
    "text",
    [
        "ana.ruiz@example.org",
        "ruiz@example.org.uk",
        "x-ruiz@example.org",
        "ruiz@example.org-a.net",
        "a+ruiz@example.org",
    ],
)
def test_an_address_that_holds_theirs_is_somebody_elses(text: str) -> None:
    assert without(text, _traces(texts=("ruiz@example.org",))) == text


def test_a_tagged_address_is_theirs() -> None:
    traces = _traces(texts=("ruiz@example.org",))
    assert without("at Ruiz+shop@example.org, ruiz@example.org.", traces) == f"at {ERASED}, {ERASED}."


@pytest.mark.parametrize(
    "text", ["+1 415 555 0134", "0014155550134", "(415) 555-0134", "0415 555 01 34", "415.555.0134", "5555-0134"]
)
def test_a_number_goes_in_any_notation(text: str) -> None:
    left = without(f"order 77: {text}, twice", _traces(numbers=("+14155550134",)))
    assert left.replace("(", "") == f"order 77: {ERASED}, twice"


@pytest.mark.parametrize("text", ["914155550134", "+1 415 555 01345", "555 0134", "2025-01-34"])
def test_another_number_stays(text: str) -> None:
    assert without(text, _traces(numbers=("+14155550134",))) == text


def test_words_taken_over_as_they_stood_are_theirs() -> None:
    traces = Traces(said=said_in(["My pump\nleaks behind the wall. Can you  mend it?"]))
    assert traces.are_theirs("can you mend it?")
    assert traces.are_theirs("My pump leaks behind the wall.")
    assert traces.are_theirs("Can you mend it? My pump leaks behind the…")
    assert not traces.are_theirs("A pump that leaks")
    assert not traces.are_theirs("Can you mend it? We can, on Monday.")
    # What everybody says tells of nobody.
    assert not traces.are_theirs("My pump")


@given(st.text(), st.lists(st.text(), max_size=4))
def test_what_goes_is_gone_and_going_again_changes_nothing(text: str, gone: list[str]) -> None:
    traces = Traces(texts=tuple(gone))
    once = without(text, traces)
    assert without(once, traces) == once or any(each.strip() and each.strip() in ERASED for each in gone)
    assert without(text, Traces()) == text
