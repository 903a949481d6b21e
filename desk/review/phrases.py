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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from desk.errors import BadInput

Owner = TypeVar("Owner")

# A word, with what joins its halves: don't, e-mail.
WORD = re.compile(r"\w+(?:['-]\w+)*")
# How long the beginning of a first word such as `custom*` has to be, to be looked up by.
STEM = 3
LONGEST = 2_000

_SPACE = r",?\s{1,3}"
_GAP = rf"(?:{_SPACE}\w[\w'-]{{0,40}}){{0,3}}?"
_PIECE = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]|(\S+)")
_GROUP = re.compile(r"\{(\d)\}")
# Where a phrase's own sentence may begin: at the start, or behind one of these.
_BEFORE_SENTENCE = ".!?:\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a phrase: its choices, each some words; without any it is a gap."""

    options: tuple[tuple[str, ...], ...] = ()
    perhaps: bool = False
    group: bool = False


@dataclass(frozen=True)
class Phrase:
    """Words to look for; `replacement` is None where there is no fix."""

    pieces: tuple[Piece, ...]
    at_start: bool
    replacement: str | None

    @cached_property
    def written(self) -> str:
        """The expression, for text in lower case with straight apostrophes."""
        parts: list[str] = []
        needed = False
        for piece in self.pieces:
            words = "|".join(_SPACE.join(_word(word) for word in option) for option in piece.options)
            words = f"({words})" if piece.group else words
            if not piece.options:
                parts.append(_GAP)
            elif needed:
                parts.append(f"(?:{_SPACE}{words})?" if piece.perhaps else _SPACE + words)
            else:
                # Before the first word that must be there what may be left out brings its own space, behind it.
                parts.append(f"(?:{words}{_SPACE})?" if piece.perhaps else words)
            needed = needed or not piece.perhaps
        return "".join(parts) + r"(?![\w-])"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The same, compiled."""
        return re.compile(self.written)

    @cached_property
    def beginnings(self) -> frozenset[tuple[str, str]]:
        """The words that it may begin with, two where it has two; the second is empty where it can be any."""
        return frozenset(
            (begun[0], "" if len(begun) < 2 or begun[1].endswith("*") else begun[1])
            for begun in _beginnings(self.pieces, 2)
        )

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
    if len(words) > LONGEST:
        raise BadInput(f"“{text[:40]}…” is too long", f"A phrase has {LONGEST} letters at most.")
    pieces = tuple(
        Piece() if word == "..." else Piece(_options(text, one_of or perhaps or word), bool(perhaps), not word)
        for one_of, perhaps, word in _PIECE.findall(words.removeprefix("^").strip())
    )
    needed = [place for place, piece in enumerate(pieces) if piece.options and not piece.perhaps]
    if not needed:
        raise BadInput(f"“{text}” has no word that must be there", "Write at least one outside of [brackets].")
    if any(not piece.options for piece in pieces[: needed[0]]):
        raise BadInput(f"“{text}” begins with a gap", "Begin it with a word.")
    groups = sum(piece.group for piece in pieces)
    for number in _GROUP.findall(replacement):
        if not 1 <= int(number) <= groups:
            raise BadInput(f"“{text}” has no group {{{number}}}", "{1} is the first (…) or […] of the phrase.")
    phrase = Phrase(pieces, words.startswith("^"), replacement.strip() if arrow else None)
    for first, _second in phrase.beginnings:
        if (first.endswith("*") and len(first) <= STEM) or not WORD.fullmatch(first.rstrip("*")):
            raise BadInput(f"“{text}” begins with “{first}”", f"Begin it with a word, or {STEM} letters of one and *.")
    return phrase


def lowered(text: str) -> str:
    """`text` in lower case with straight apostrophes, letter for letter: every offset stays."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    return lower.replace("’", "'")


class Phrases(Generic[Owner]):
    """Many phrases, each with its owner, found in one pass over a text's words.

    They are kept by their first two words: at most places of a text none begins, which is then told by looking up two
    words, and no expression is tried.
    """

    def __init__(self, owned: Iterable[tuple[Owner, Phrase]]) -> None:
        words: dict[str, dict[str, dict[int, tuple[Owner, Phrase]]]] = {}
        stems: dict[str, dict[str, dict[int, tuple[Owner, Phrase]]]] = {}
        for number, (owner, phrase) in enumerate(owned):
            for first, second in phrase.beginnings:
                found, key = (stems, first[:STEM]) if first.endswith("*") else (words, first)
                found.setdefault(key, {}).setdefault(second, {})[number] = (owner, phrase)
        self._words, self._stems = _alike(words), _alike(stems)

    def find(self, text: str) -> Iterator[tuple[Owner, Phrase, re.Match[str]]]:
        """Every phrase that stands in a text in lower case, at each place where it does."""
        # Thousands of words a review: what is done for each of them is what a review takes.
        begun, stems = self._words.get, self._stems
        matches = list(WORD.finditer(text))
        words = [match[0] for match in matches]
        for match, word, second in zip(matches, words, [*words, ""][1:], strict=True):
            seconds = begun(word)
            if seconds is not None:
                yield from _standing(seconds, second, text, match.start())
            if stems and (seconds := stems.get(word[:STEM])) is not None:
                yield from _standing(seconds, second, text, match.start())


@dataclass(frozen=True)
class _SameBeginning(Generic[Owner]):
    """Phrases that begin alike. One expression of them all says no at once, as it mostly does."""

    phrases: tuple[tuple[Owner, Phrase], ...]

    @cached_property
    def any_of(self) -> Callable[[str, int], re.Match[str] | None]:
        return re.compile("|".join(phrase.written for _, phrase in self.phrases)).match


_Seconds: TypeAlias = Mapping[str, _SameBeginning[Owner]]


def _alike(found: Mapping[str, Mapping[str, Mapping[int, tuple[Owner, Phrase]]]]) -> dict[str, _Seconds[Owner]]:
    return {
        first: {second: _SameBeginning(tuple(each.values())) for second, each in seconds.items()}
        for first, seconds in found.items()
    }


def _standing(
    seconds: _Seconds[Owner], second: str, text: str, place: int
) -> Iterable[tuple[Owner, Phrase, re.Match[str]]]:
    """The phrases that stand at a place, of those that begin with its word; `second` is the word behind it."""
    found: list[tuple[Owner, Phrase, re.Match[str]]] = []
    for key in (second, "") if second else ("",):
        alike = seconds.get(key)
        if alike is None or alike.any_of(text, place) is None:
            continue
        for owner, phrase in alike.phrases:
            match = phrase.match(text, place)
            if match is not None:
                found.append((owner, phrase, match))
    return found


def _beginnings(pieces: tuple[Piece, ...], words: int) -> set[tuple[str, ...]]:
    """The first words of these pieces, as many as were asked for; an empty one can be any."""
    if not words or not pieces:
        return {()}
    piece, rest = pieces[0], pieces[1:]
    if not piece.options:
        return {("",)}
    found = _beginnings(rest, words) if piece.perhaps else set()
    for option in piece.options:
        begun = option[:words]
        found |= {begun + behind for behind in _beginnings(rest, words - len(begun))}
    return found


def _options(phrase: str, inside: str) -> tuple[tuple[str, ...], ...]:
    options = tuple(tuple(option.split()) for option in inside.split("|"))
    if not all(options):
        raise BadInput(f"“{phrase}” has an empty choice", "Write it like (one|the other), or [perhaps].")
    for word in (word for option in options for word in option):
        if set(word.removesuffix("*")) & set("()[]|*^") or word == "*":
            raise BadInput(f"“{phrase}” can't be read at “{word}”", "Brackets stand around whole words; * ends one.")
    return options


def _word(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w{0,40}" if word.endswith("*") else "")
