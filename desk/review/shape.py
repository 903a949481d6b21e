"""What shows in the shape of a draft: walls of text, questions in a heap, capitals, what was never filled in."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from desk.review.draft import Draft, Hit
from desk.review.names import called, name_words
from desk.review.phrases import lowered
from desk.review.rules import Language, Rule
from desk.snippets.template import open_fields, problems

_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}(?!\w)(?:[ ,]{1,2}[A-ZÀ-ÖØ-Þ]+(?!\w))*")
_LIST_LINE = re.compile(r"[ \t]{0,8}(?:\d{1,3}[.)]|[-*•–])[ \t]")
_SENTENCE_ENDS = re.compile(r"[.!?][ \n]{1,3}(?=\S)")
_QUESTION = re.compile(r"\?+")
_BLANKS = re.compile(
    r"\[([^\[\]\n]{2,40})\]|<([A-Za-z][^<>\n]{1,40})>|%([A-Z][A-Z_]{2,30})%|\$\{([^{}\n]{1,40})\}|(?<![{$])\{([^{}\n]{2,40})\}(?!\})"
)
# “booking number”, “name of guest”; a longer remark in brackets may well end with such a word.
_FEW_WORDS = 3
_BLANK_WORDS = re.compile(r"(?<!\w)(?:X{3}|TODO)(?!\w)")
_BLANK_SIGNS = ("[", "<", "%", "{")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_MENTION = re.compile(r"\s{0,99}(@\w[\w.-]{1,39})\b")


def wall(draft: Draft, rule: Rule) -> Iterator[Hit]:
    """A paragraph with too many words; the mark stands where it can be parted best."""
    for start, end in draft.paragraphs():
        # A letter has five of a word in the mean, and a space: what is far shorter isn't counted at all.
        if end - start <= rule.most * 2 or draft.words_in(start, end) <= rule.most:
            continue
        if any(_LIST_LINE.match(line) for line in draft.own[start:end].split("\n")):
            continue
        middle = (start + end) // 2
        breaks = [match.span() for match in _SENTENCE_ENDS.finditer(draft.own, start, end)]
        if not breaks:
            yield Hit(start, min(end, start + 40))
            continue
        before, after = min(breaks, key=lambda each: abs(each[0] - middle))
        word_ends = re.compile(r"\S+").match(draft.own, after)
        last = word_ends.end() if word_ends else after
        yield Hit(before + 1, last, "\n\n" + draft.text[after:last])


def questions(draft: Draft, rule: Rule) -> Iterator[Hit]:
    """More questions than one reads at once; those of a list are in order."""
    asked = 0
    for match in _QUESTION.finditer(draft.own):
        line = draft.own.rfind("\n", 0, match.start()) + 1
        if _LIST_LINE.match(draft.own, line):
            continue
        asked += 1
        if asked > rule.most:
            start, _ = draft.sentence(match.start(), match.start())
            start += len(draft.own[start : match.start()]) - len(draft.own[start : match.start()].lstrip(" ¿\x00"))
            yield Hit(start, match.end())


def capitals(draft: Draft, _: Rule) -> Iterator[Hit]:
    """Everyday words in capitals: together they shout, and some do so alone."""
    common, shouted = _loud(draft.language)
    for match in _CAPITALS.finditer(draft.own):
        if draft.own[match.start() - 1 : match.start()].isalnum():
            continue
        words = [lowered(word) for word in re.split(r"[ ,]+", match[0])]
        everyday = sum(word in common or word in shouted for word in words)
        if everyday >= 2 or any(word in shouted for word in words):
            # English writes its “I” large in any case.
            quiet = re.sub(r"\bi\b", "I", lowered(draft.text[match.start() : match.end()]))
            first, _last = draft.sentence(match.start(), match.end())
            if not draft.own[first : match.start()].strip(" \n¡¿"):
                quiet = quiet[:1].upper() + quiet[1:]
            yield Hit(match.start(), match.end(), quiet)


@lru_cache(maxsize=8)
def _loud(language: Language) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(language.common), frozenset(language.shouted)


def unfilled(draft: Draft, _: Rule) -> Iterator[Hit]:
    """Fields of snippets and blanks of forms that nobody has filled in."""
    if "{{" in draft.text:
        # A field is sent as it stands in quotation marks, code and signatures too; only what others wrote is theirs.
        written = _QUOTED_LINE.sub(lambda line: " " * len(line[0]), draft.text)
        yield from (Hit(each.start, each.end) for each in open_fields(written))
    if "{{" in draft.own:
        yield from (Hit(each.start, each.end) for each in problems(draft.own))
    if "XXX" in draft.own or "TODO" in draft.own:
        yield from (Hit(*match.span()) for match in _BLANK_WORDS.finditer(draft.own))
    if not any(sign in draft.own for sign in _BLANK_SIGNS):
        return
    for match in _BLANKS.finditer(draft.own):
        inside = next((group for group in match.groups() if group), "")
        if match[3] or match[4] or _is_blank(inside, draft.language):
            yield Hit(match.start(), match.end())


def _is_blank(inside: str, language: Language) -> bool:
    """Whether words in brackets ask to be filled in: in capitals, or with an asking word at an end of a few."""
    words = re.findall(r"\w+", lowered(inside))
    blank = [word in language.blanks for word in words]
    return any(blank) and (inside.isupper() or blank[0] or (blank[-1] and len(words) <= _FEW_WORDS))


def mention(draft: Draft, _: Rule) -> Iterator[Hit]:
    """A draft that begins by calling a colleague."""
    match = _MENTION.match(draft.own)
    # Where people answer in public, an answer begins with their own handle.
    if match is not None and not _is_theirs(match[1].removeprefix("@"), draft.context.names):
        yield Hit(match.start(1), match.end(1))


def _is_theirs(handle: str, names: Iterable[str]) -> bool:
    written = {lowered(name).strip().removeprefix("@") for name in names}
    return lowered(handle) in written or called(handle, name_words(names))
