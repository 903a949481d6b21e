"""The labelled sentences: enough of them for every rule, and the reviewer as often right as it claims to be."""

import pytest

from benchmarks.labels import FRESH, TUNED_LATER, UNSEEN, Case, cases, later_cases
from benchmarks.reviewing import PRECISION, RECALL, Score, scores, total
from desk.review.marks import Context
from storage.review import rules_with


def test_there_are_enough_labelled_texts_for_every_rule() -> None:
    labelled = cases()
    later = [case for name in (*TUNED_LATER, FRESH, UNSEEN) for case in later_cases(name)]
    assert len(labelled) >= 300
    assert len(labelled) + len(later) >= 1_000
    known = {rule.key for rule in rules_with().rules}
    for half in (True, False):
        met = set().union(*(case.expected for case in labelled if case.held_out is half))
        assert met == known
        assert sum(not case.expected for case in labelled if case.held_out is half) >= 50
    assert {rule for case in later for rule in case.expected} <= known
    assert len({case.text for case in (*labelled, *later)}) >= len(labelled) + len(later) - 3


@pytest.mark.parametrize("held_out", [True, False])
def test_the_reviewer_is_as_often_right_as_it_claims(held_out: bool) -> None:
    score = total(scores((case for case in cases() if case.held_out is held_out), rules_with()).values())
    assert score.precision >= PRECISION
    assert score.recall >= RECALL


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [(FRESH, PRECISION, RECALL), (UNSEEN, 0.8, 0.8), *((each, PRECISION, RECALL) for each in TUNED_LATER)],
)
def test_lots_that_were_written_later_are_held_to_what_they_said(name: str, precision: float, recall: float) -> None:
    score = total(scores(later_cases(name), rules_with()).values())
    assert score.precision >= precision
    assert score.recall >= recall


def test_a_score_counts_each_text_and_rule_once() -> None:
    english = Context(language="en")
    labelled = [
        Case("I think it should work. It should.", english, frozenset({"certainty", "guess"}), False, ""),
        Case("The backend is up.", english, frozenset({"wall"}), False, ""),
    ]
    found = scores(labelled, rules_with())
    assert found == {"certainty": Score(1), "guess": Score(1), "jargon": Score(0, 1), "wall": Score(0, 0, 1)}
    assert total(found.values()) == Score(2, 1, 1)
    assert Score(2, 1, 2).precision == pytest.approx(2 / 3)
    assert Score(2, 1, 2).recall == 0.5
    assert Score().precision == Score().recall == 1.0
