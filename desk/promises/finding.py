"""Promises in a text that an agent sent: each sentence by itself, in every language that there is a pack for.

The invariants: quotes, signatures and what stands in quotation marks promise nothing, nor do questions and conditions;
time is linear in the text, of which no more than a long letter is read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from desk.mail.quotes import find_folds, visible
from desk.promises.pack import Pack
from desk.promises.times import Named, Sent, times
from desk.review.phrases import lowered

LONGEST_TEXT = 20_000
LONGEST_SENTENCE = 600
LONGEST_WORDS = 120

_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)]) )")
# A number's dot ends no sentence: “bis zum 24. Dezember”.
_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\d\.)\s+")
_QUOTED = re.compile(r"[\"“„«][^\"”“»]{0,300}[\"”“»]")
_HALVES = re.compile(r"\b([ap])\. ?m\.?(?=[\s,;]|$)", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "\u00a0": " "})


class Found(NamedTuple):
    """A promise: the sentence that makes it, the words that say when, and that time."""

    words: str
    when: str
    due_at: int


def find(body: str, packs: Iterable[Pack], sent: Sent) -> tuple[Found, ...]:
    """The promises of a text, as they come due; two for the same time are one."""
    text = body[:LONGEST_TEXT]
    sentences = list(_sentences(visible(text, find_folds(text))))
    found: dict[int, Found] = {}
    for pack in packs:
        for sentence in sentences:
            for promise in _in_sentence(sentence, pack, sent):
                found.setdefault(promise.due_at, promise)
    return tuple(found[due_at] for due_at in sorted(found))


def _sentences(text: str) -> Iterator[str]:
    own = "\n".join(line for line in text.translate(_APOSTROPHES).split("\n") if not line.lstrip().startswith(">"))
    plain = _HALVES.sub(r"\1m", _QUOTED.sub(" ", own))
    for paragraph in _PARAGRAPH.split(plain):
        for sentence in _SENTENCE.split(" ".join(paragraph.split())):
            if 0 < len(sentence) <= LONGEST_SENTENCE and not (sentence.endswith("?") or sentence.startswith("¿")):
                yield sentence


def _in_sentence(sentence: str, pack: Pack, sent: Sent) -> Iterator[Found]:
    # Letter for letter: “İ” has a longer small form, which would move the words.
    small = lowered(sentence)
    if not pack.promises.search(small) or pack.conditions.search(pack.asides.sub(" ", small)):
        return
    for start, end in _clauses(small, pack):
        clause = small[start:end]
        if pack.promises.search(clause) and not pack.not_promises.search(clause):
            for named in _latest(clause, list(times(clause, pack, sent)), pack):
                when = sentence[start + named.start : start + named.end]
                yield Found(_shortened(sentence), when, named.at)


def _clauses(text: str, pack: Pack) -> Iterator[tuple[int, int]]:
    start = 0
    for match in pack.parts.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _latest(clause: str, named: list[Named], pack: Pack) -> Iterator[Named]:
    """Of “today or tomorrow” the later; two that are promised side by side are two."""
    held: Named | None = None
    for each in named:
        if held is not None and pack.either.search(clause, held.end, each.start):
            held = Named(held.start, each.end, max(held.at, each.at))
            continue
        if held is not None:
            yield held
        held = each
    if held is not None:
        yield held


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST_WORDS:
        return sentence
    return sentence[: LONGEST_WORDS - 1].rsplit(" ", 1)[0] + "…"
