"""Texts that say the same, told by their sketches: beside the true share of common neighbours."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desk.knowledge.similar import (
    FEWEST_WORDS,
    KEYS,
    SKETCH,
    best,
    keys,
    likeness,
    packed,
    sketch,
    unpacked,
    words_of_answer,
)


def _true(one: list[str], other: list[str]) -> float:
    left, right = set(pairwise(one)), set(pairwise(other))
    return len(left & right) / len(left | right)


def test_the_estimate_is_near_the_true_share() -> None:
    dice = random.Random(4)
    far = []
    for _ in range(200):
        one = [f"w{dice.randrange(400)}" for _ in range(120)]
        other = [word if dice.random() < 0.9 else f"w{dice.randrange(400)}" for word in one]
        far.append(likeness(sketch(one), sketch(other)) - _true(one, other))
    assert abs(sum(far) / len(far)) < 0.02
    assert max(map(abs, far)) < 0.3


@given(st.text())
def test_a_sketch_is_bounded_comes_back_and_is_like_itself(text: str) -> None:
    of = sketch(words_of_answer(text))
    assert len(of) <= SKETCH
    assert len(keys(of)) <= KEYS
    assert unpacked(packed(of)) == of == tuple(sorted(of))
    assert likeness(of, of) == (1.0 if of else 0.0)


def test_names_and_figures_tell_nothing() -> None:
    one = words_of_answer("Dear Ana Ruiz, you get 20 EUR by 3 May", "Ana Ruiz")
    assert one == words_of_answer("dear LI, you get 7 eur by 14 may", "Li")
    assert sketch(["w"] * (FEWEST_WORDS - 1)) == ()


def test_the_oldest_of_those_that_are_nearly_as_alike_is_taken() -> None:
    words = [f"w{number}" for number in range(60)]
    of, near, other = sketch(words), sketch([*words[:57], "x", "y", "z"]), sketch([f"v{n}" for n in range(60)])
    assert best(of, [(9, of), (4, near), (2, other)]) == 4
    assert best(of, [(2, other)]) is None
    assert best(of, []) is None


def test_signs_are_read_one_by_one_where_words_have_no_blanks() -> None:
    assert words_of_answer("退款 ok") == ["退", "款", "ok"]
