"""Which answers are offered for a question: those that were given to questions like it, and no others."""

from hypothesis import given
from hypothesis import strategies as st

from desk.knowledge.questions import MOST_OFFERED, Asked, offers

REFUND, LOGIN, LAMP = 1, 2, 3
BEFORE = [
    Asked(REFUND, "Where is my refund? My bank shows nothing."),
    Asked(REFUND, "The refund for the blue lamp isn't on my bank account"),
    Asked(LOGIN, "I can't log in on my tablet since the update"),
    Asked(LAMP, "How long is the cable of the blue lamp?"),
]


def test_the_answer_to_a_like_question_is_offered_with_its_evidence() -> None:
    found = offers("When is the refund on my bank account?", BEFORE)
    assert [(each.snippet_id, each.times) for each in found][:1] == [(REFUND, 1)]
    assert "bank account" in found[0].question
    assert [each.snippet_id for each in offers("My tablet won't let me log in", BEFORE)] == [LOGIN]


def test_one_common_word_is_no_evidence() -> None:
    assert offers("The blue one, please", BEFORE) == ()
    assert offers("", BEFORE) == ()
    assert offers("Where is my refund", []) == ()


@given(st.lists(st.builds(Asked, st.integers(1, 5), st.text(max_size=60)), max_size=12), st.text(max_size=60))
def test_offers_are_few_each_once_and_the_likest_first(asked: list[Asked], question: str) -> None:
    found = offers(question, asked)
    assert len(found) <= MOST_OFFERED
    assert len({each.snippet_id for each in found}) == len(found)
    assert sorted((each.likeness for each in found), reverse=True) == [each.likeness for each in found]
    assert all(0 < each.likeness <= 1.0001 for each in found)


def test_one_word_alone_is_no_evidence() -> None:
    asked = [Asked(1, "kettle"), Asked(2, "kettle broken"), *(Asked(3, f"other{n} things{n}") for n in range(20))]
    assert [each.snippet_id for each in offers("broken kettle", asked)] == [2]
    assert offers("kettle", asked) == ()
