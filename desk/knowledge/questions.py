"""Which answers were given to questions like this one: words that two questions share, the rare ones counting most.

Cosine of word weights (inverse document frequency) over all that was asked before. The invariant: an answer is offered
only where a question that it was really given to shares at least two of its own words with this one.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.knowledge.similar import words_of_answer

MOST_OFFERED = 3
ENOUGH = 0.3
FEWEST_SHARED = 2
SHORTEST_WORD = 3
# A word that stands in more than this share of the questions tells nothing.
COMMON = 0.2
FEW_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the answer (`snippet_id`) that it got."""

    snippet_id: int
    question: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that was given `times` to questions like this one, the nearest of which is `question`."""

    snippet_id: int
    times: int
    question: str
    likeness: float


def offers(question: str, asked: Iterable[Asked]) -> tuple[Offer, ...]:
    """The answers to offer, the best first."""
    before = [(each, _words(each.question)) for each in asked]
    wanted = _words(question)
    if len(wanted) < FEWEST_SHARED or not before:
        return ()
    weights = _weights([words for _, words in before])
    near: dict[int, list[tuple[float, str]]] = {}
    for each, words in before:
        like = _cosine(wanted, words, weights)
        if like >= ENOUGH:
            near.setdefault(each.snippet_id, []).append((like, each.question))
    found = [Offer(key, len(hits), max(hits)[1], max(hits)[0]) for key, hits in near.items()]
    found.sort(key=lambda offer: (-offer.likeness, -offer.times, offer.snippet_id))
    return tuple(found[:MOST_OFFERED])


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in words_of_answer(text) if len(word) >= SHORTEST_WORD)


def _weights(questions: list[frozenset[str]]) -> Mapping[str, float]:
    """What each word weighs; common ones nothing, once there are enough questions to tell."""
    counts = Counter(word for words in questions for word in words)
    most = COMMON * len(questions) if len(questions) >= FEW_QUESTIONS else len(questions)
    return {word: math.log(1 + len(questions) / count) if count <= most else 0.0 for word, count in counts.items()}


def _cosine(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    unknown = max(weights.values(), default=1.0)
    shared = [weights[word] for word in one & other if weights[word] > 0]
    if len(shared) < FEWEST_SHARED:
        return 0.0
    length = math.sqrt(sum(weights.get(word, unknown) ** 2 for word in one) * sum(weights[word] ** 2 for word in other))
    return sum(weight * weight for weight in shared) / length if length else 0.0
