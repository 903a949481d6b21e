"""The small language that rules name words in, so that a team writes what it reads and never an expression.

    should be able       these words, in any case, across a comma or a line end too
    (one|the other)      one of these; several words may stand in each
    [now|already]        one of these, or nothing
    custom*              a word that begins so
    ...                  up to three words
    ^hopefully           only where a sentence begins
    it should => it does     what F8 puts in its place; {1} is the first (…) or […]

The invariant: whatever a team writes, matching takes a time that grows with the text alone, since nothing repeats
without a limit. A phrase is found by its first word and compiled when that word is first met.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from desk.errors import BadInput

Owner = TypeVar("Owner")

# A word, with what joins its halves: don't, e-mail.
WORD = re.compile(r"\w+(?:['-]\w+)*")
# How long the beginning of a first word such as `custom*` has to be, to be looked up by.
STEM = 3
LONGEST = 600

_SPACE = r",?\s{1,3}"
_GAP = rf"(?:{_SPACE}\w[\w'-]{{0,40}}){{0,3}}?"
_PIECE = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]|(\S+)")
_GROUP = re.compile(r"\{(\d)\}")
# Where a phrase's own sentence may begin: at the start, or behind one of these.
_BEFORE_SENTENCE = ".!?:\n"


@dataclass(frozen=True)
class Phrase:
    """Words to look for; `replacement` is None where there is no fix."""

    pieces: tuple[str, ...]
    first: tuple[str, ...]
    at_start: bool
    replacement: str | None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """For text in lower case with straight apostrophes."""
        return re.compile("".join(self.pieces) + r"(?![\w-])")

    def match(self, text: str, place: int) -> re.Match[str] | None:
        """Where it stands at a place of a text in lower case."""
        if self.at_start and not begins_sentence(text, place):
            return None
        return self.pattern.match(text, place)

    def replaced(self, match: re.Match[str], original: str) -> str | None:
        """What would stand in the match's place, with a capital where the original has one."""
        if self.replacement is None:
            return None

        def group(number: re.Match[str]) -> str:
            start, end = match.span(int(number[1]))
            return original[start:end] if start >= 0 else ""

        text = " ".join(_GROUP.sub(group, self.replacement).split())
        return text[:1].upper() + text[1:] if original[match.start()].isupper() else text


def begins_sentence(text: str, place: int) -> bool:
    """Whether a sentence begins at a place of a text."""
    before = text[max(0, place - 80) : place].rstrip(" \t\xa0\"'(*-")
    return not before or before[-1] in _BEFORE_SENTENCE


def parse_phrase(text: str) -> Phrase:
    """The phrase that a rule names; raises BadInput where it is none."""
    words, arrow, replacement = text.partition("=>")
    words = lowered(" ".join(words.replace(",", " ").split()))
    pieces: list[str] = []
    first: list[str] = []
    groups, needed = 0, False
    for one_of, perhaps, word in _PIECE.findall(words.removeprefix("^").strip()):
        options = _options(text, one_of or perhaps) if one_of or perhaps else ()
        groups += bool(options)
        if not needed:
            # Before the first word that must be there what may be left out brings its own space, behind it.
            if word == "...":
                raise BadInput(f"“{text}” begins with a gap", "Begin it with a word.")
            first += [option.split()[0] for option in options or (word,)]
            pieces.append(f"(?:({_either(options)}){_SPACE})?" if perhaps else _piece(text, one_of, options, word))
        elif word == "...":
            pieces.append(_GAP)
        elif perhaps:
            pieces.append(f"(?:{_SPACE}({_either(options)}))?")
        else:
            pieces.append(_SPACE + _piece(text, one_of, options, word))
        needed = needed or not perhaps
    if not needed:
        raise BadInput(f"“{text}” has no word that must be there", "Write at least one outside of [brackets].")
    if len(words) > LONGEST:
        raise BadInput(f"“{text[:40]}…” is too long", f"A phrase has {LONGEST} letters at most.")
    for number in _GROUP.findall(replacement):
        if not 1 <= int(number) <= groups:
            raise BadInput(f"“{text}” has no group {{{number}}}", "{1} is the first (…) or […] of the phrase.")
    for each in first:
        if each.endswith("*") and len(each) <= STEM or not WORD.fullmatch(each.rstrip("*")):
            raise BadInput(f"“{text}” begins with “{each}”", f"Begin it with a word, or {STEM} letters of one and *.")
    return Phrase(tuple(pieces), tuple(first), words.startswith("^"), replacement.strip() if arrow else None)


def lowered(text: str) -> str:
    """`text` in lower case with straight apostrophes, letter for letter: every offset stays."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return lower.replace("’", "'")


class Phrases(Generic[Owner]):
    """Many phrases, each with its owner, found in one pass over a text's words."""

    def __init__(self, owned: Iterable[tuple[Owner, Phrase]]) -> None:
        self._by_word: dict[str, list[tuple[Owner, Phrase]]] = {}
        self._by_stem: dict[str, list[tuple[Owner, Phrase]]] = {}
        for owner, phrase in owned:
            for first in dict.fromkeys(phrase.first):
                if first.endswith("*"):
                    self._by_stem.setdefault(first[:STEM], []).append((owner, phrase))
                else:
                    self._by_word.setdefault(first, []).append((owner, phrase))

    def find(self, text: str) -> Iterator[tuple[Owner, Phrase, re.Match[str]]]:
        """Every phrase that stands in a text in lower case, at each place where it does."""
        by_word, by_stem = self._by_word, self._by_stem
        for word in WORD.finditer(text):
            said = word[0]
            candidates = by_word.get(said)
            if candidates is not None:
                yield from _matching(candidates, text, word.start())
            if by_stem and (candidates := by_stem.get(said[:STEM])) is not None:
                yield from _matching(candidates, text, word.start())


def _matching(
    candidates: list[tuple[Owner, Phrase]], text: str, place: int
) -> Iterator[tuple[Owner, Phrase, re.Match[str]]]:
    for owner, phrase in candidates:
        match = phrase.match(text, place)
        if match is not None:
            yield owner, phrase, match


def _options(phrase: str, inside: str) -> tuple[str, ...]:
    options = tuple(option.strip() for option in inside.split("|"))
    if not all(options):
        raise BadInput(f"“{phrase}” has an empty choice", "Write it like (one|the other), or [perhaps].")
    return options


def _piece(text: str, one_of: str, options: tuple[str, ...], word: str) -> str:
    return f"({_either(options)})" if one_of else _worded(text, word)


def _either(options: tuple[str, ...]) -> str:
    return "|".join(_SPACE.join(_worded(option, word) for word in option.split()) for option in options)


def _worded(phrase: str, word: str) -> str:
    stem = word.removesuffix("*")
    if not stem or set(stem) & set("()[]|*^"):
        raise BadInput(f"“{phrase}” can't be read at “{word}”", "Brackets stand around whole words; * ends one.")
    return re.escape(stem) + (r"\w{0,40}" if word.endswith("*") else "")
