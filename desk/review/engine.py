"""One review of one draft.

The invariants: the same text, context and rules give the same marks; no draft takes longer than its length allows;
marks of one rule never overlap. Rules are compiled once for each language, when they are first asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from desk.review import greeting, shape
from desk.review.draft import Draft, Hit
from desk.review.language import guess_language
from desk.review.marks import Context, Mark
from desk.review.own_words import own_words
from desk.review.phrases import WORD, Phrases, lowered
from desk.review.rules import ANY, Language, Rule, Rules, Words

# Of one rule: nobody reads more, and a hostile text can't make it slow.
MOST_MARKS = 100
MOST_OF_CUSTOMER = 20_000

Check = Callable[[Draft, Rule], Iterator[Hit]]
_CHECKS: Mapping[str, Check] = {
    "greeting": greeting.missing_greeting,
    "name": greeting.missing_name,
    "wrong-name": greeting.wrong_name,
    "note-as-reply": greeting.looks_like_reply,
    "wall": shape.wall,
    "questions": shape.questions,
    "capitals": shape.capitals,
    "unfilled": shape.unfilled,
    "mention": shape.mention,
}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The rules in one language: what to look for in one pass, and the sentences that each lets through."""

    language: Language
    rules: tuple[Rule, ...]
    wanted: Phrases[tuple[Rule, bool]]
    unless: Mapping[str, Phrases[str]]


def review(text: str, context: Context, rules: Rules) -> tuple[Mark, ...]:
    """Every mark, in the order of the text; offsets are those of `text`."""
    own = own_words(text)
    key = context.language or guess_language(rules.languages, own, context.customer_text)
    compiled = _compiled(rules, key)
    draft = Draft(text, own, lowered(own), compiled.language, context)
    marks: list[Mark] = []
    found = _said(draft, compiled)
    for rule in compiled.rules:
        if not _applies(rule, context):
            continue
        hits = [*found.get(rule.key, ())]
        if rule.check:
            hits += _CHECKS[rule.check](draft, rule)
        marks += (_mark(rule, hit, text) for hit in islice(_apart(hits), MOST_MARKS))
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))


def _applies(rule: Rule, context: Context) -> bool:
    return (
        context.kind in rule.kinds
        and not (rule.channels and context.channel and context.channel not in rule.channels)
        and not (rule.without_files and context.attachments)
    )


@lru_cache(maxsize=8)
def _compiled(rules: Rules, key: str) -> _Compiled:
    language = rules.language(key) if key else Language("")
    active = tuple(rule.spoken(key) for rule in rules.rules if not rule.off)
    words = {rule.key: rule.words.get(ANY, Words()) + rule.words.get(key, Words()) for rule in active}
    wanted = chain.from_iterable(
        (*(((rule, True), phrase) for phrase in words[rule.key].phrases),
         *(((rule, False), phrase) for phrase in words[rule.key].excepts))
        for rule in active
    )  # fmt: skip
    unless = {key: Phrases((key, phrase) for phrase in each.unless) for key, each in words.items() if each.unless}
    return _Compiled(language, active, Phrases(wanted), unless)


def _said(draft: Draft, compiled: _Compiled) -> dict[str, list[Hit]]:
    """What the rules' words find, by rule, without what they let through."""
    found: dict[str, list[Hit]] = {}
    let_through: dict[str, list[Hit]] = {}
    for (rule, wrong), phrase, match in compiled.wanted.find(draft.lower):
        hits = (found if wrong else let_through).setdefault(rule.key, [])
        if len(hits) < MOST_MARKS:
            hits.append(Hit(match.start(), match.end(), phrase.replaced(match, draft.text) if wrong else None))
    if not found:
        return found
    theirs = _words_of_customer(draft.context)
    for rule in compiled.rules:
        hits = list(_apart(found.get(rule.key, ())))
        if rule.key in let_through:
            through = let_through[rule.key]
            hits = [hit for hit in hits if not any(each.start < hit.end and hit.start < each.end for each in through)]
        if rule.spared and theirs:
            hits = [hit for hit in hits if theirs.isdisjoint(WORD.findall(draft.lower, hit.start, hit.end))]
        if rule.claims:
            hits = [hit for hit in hits if not _is_asked(draft, hit)]
        if hits and rule.key in compiled.unless:
            hits = _without_marked_ones(draft, hits, compiled.unless[rule.key])
        found[rule.key] = hits
    return found


def _is_asked(draft: Draft, hit: Hit) -> bool:
    """Whether it is part of a question; what a comma parts from one was claimed before it."""
    _, last = draft.sentence(hit.start, hit.end)
    return draft.own[last : last + 1] == "?" and "," not in draft.own[hit.end : last]


def _words_of_customer(context: Context) -> frozenset[str]:
    return frozenset(WORD.findall(lowered(context.customer_text[:MOST_OF_CUSTOMER])))


def _without_marked_ones(draft: Draft, hits: list[Hit], unless: Phrases[str]) -> list[Hit]:
    """Without those in a sentence that says itself what it is: a guess, not checked."""
    said: dict[tuple[int, int], bool] = {}
    kept: list[Hit] = []
    for hit in hits:
        sentence = draft.sentence(hit.start, hit.end)
        if sentence not in said:
            said[sentence] = next(unless.find(draft.lower[slice(*sentence)]), None) is not None
        if not said[sentence]:
            kept.append(hit)
    return kept


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits of one rule without those inside others: of two that overlap the earlier, then the longer."""
    end = -1
    for hit in sorted(hits, key=lambda each: (each.start, -each.end)):
        if hit.start >= end:
            end = hit.end
            yield hit


def _mark(rule: Rule, hit: Hit, text: str) -> Mark:
    return Mark(
        rule.key,
        hit.start,
        hit.end,
        text[hit.start : hit.end],
        rule.reason,
        rule.suggestion,
        hit.replacement,
        rule.asks,
    )
