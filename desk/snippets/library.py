"""The search over all snippets, at each keystroke, and the trigger that is typed in the composer.

Every word of the query has to be found somewhere in a snippet; where it is found decides the rank, then how often
the snippet is used. What can be folded once is folded when the library is made: a search of 5,000 snippets then
takes 3 to 7 ms, and 14 ms where a typo is forgiven.

The invariant: whoever types a whole trigger sees that snippet first.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from desk.identifiers import fold, words_of
from desk.snippets.macros import Actions

_BEFORE_CURSOR = re.compile(r"(?:^|(?<=[\s(\[>]));([\w.-]{0,40})$")
_SHORTEST_TYPO = 4
_WORDS_OF_NAME = 6


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text at hand. `id` is storage's row, 0 before it has one; `uses` counts how often it was inserted.

    `question` is what it answers, where it is a known answer.
    """

    title: str
    body: str
    trigger: str = ""
    folder: str = ""
    keywords: tuple[str, ...] = ()
    actions: Actions = field(default_factory=Actions)
    id: int = 0
    uses: int = 0
    question: str = ""

    @property
    def name(self) -> str:
        """What it is called in a list: its title; where that is empty its trigger, else its first words."""
        words = self.body.split(maxsplit=_WORDS_OF_NAME)[:_WORDS_OF_NAME]
        trigger = self.trigger.strip().removeprefix(";")
        return " ".join(self.title.split()) or (";" + trigger if trigger else " ".join(words)) or "empty snippet"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A snippet's texts, folded; between spaces, so that a word's beginning and end can be asked for."""

    snippet: Snippet
    trigger: str
    title: str
    keywords: str
    question: str
    folder: str
    body: str
    everything: str


class Library:
    """All snippets of a team, ready to be searched; made again where one of them changed."""

    def __init__(self, snippets: Iterable[Snippet]) -> None:
        self._entries = tuple(_entry(snippet) for snippet in snippets)
        self._words: Counter[str] = Counter()

    def search(self, text: str, limit: int = 50) -> tuple[Snippet, ...]:
        """The snippets that have every word of `text`, best first; one typo a word is forgiven where none has."""
        words = words_of(text)
        found = self._found(words, _trigger(text))
        if not found:
            found = self._found([self._corrected(word) for word in words], "")
        found.sort(key=lambda match: (-match[0], -match[1].snippet.uses, match[1].title))
        return tuple(entry.snippet for _, entry in found[:limit])

    def of_trigger(self, trigger: str) -> Snippet | None:
        """The snippet of that very trigger."""
        wanted = _trigger(trigger)
        return next((entry.snippet for entry in self._entries if wanted and entry.trigger == wanted), None)

    def _found(self, words: list[str], trigger: str) -> list[tuple[int, _Entry]]:
        found: list[tuple[int, _Entry]] = []
        for entry in self._entries:
            everything = entry.everything
            if all(word in everything for word in words):
                score = sum(_score(word, entry) for word in words)
                found.append((score + 1000 if trigger and trigger == entry.trigger else score, entry))
        return found

    def _corrected(self, word: str) -> str:
        """The word of the library's titles, triggers and keywords that is one slip of a finger away."""
        if len(word) < _SHORTEST_TYPO or any(word in entry.everything for entry in self._entries):
            return word
        if not self._words:
            for entry in self._entries:
                self._words.update(f"{entry.title}{entry.keywords}{entry.trigger}".split())
        close = [known for known in self._words if _one_slip_apart(word, known)]
        return max(close, key=lambda known: (known[0] == word[0], self._words[known]), default=word)


def trigger_before(text: str, cursor: int) -> str | None:
    """The trigger that is being typed before the cursor, without its `;`, or None where none is.

    `;` opens one only at the beginning of a word: not in `a;b`, nor at a sentence's end. An empty text is the bare `;`.
    """
    # No trigger is that long, so that the beginning of the stretch is never taken for that of the text.
    match = _BEFORE_CURSOR.search(text[max(0, cursor - 64) : cursor])
    return match[1] if match else None


def _entry(snippet: Snippet) -> _Entry:
    trigger = _trigger(snippet.trigger)
    texts = (snippet.title, " ".join(snippet.keywords), snippet.question, snippet.folder)
    title, keywords, question, folder = (f" {' '.join(words_of(text))} " for text in texts)
    body = fold(snippet.body)
    words_of_trigger = " ".join(words_of(trigger))
    everything = f"{trigger} {words_of_trigger}{title}{keywords}{question}{folder}{body}"
    return _Entry(snippet, trigger, title, keywords, question, folder, body, everything)


def _trigger(text: str) -> str:
    return fold(text.strip().removeprefix(";"))


def _score(word: str, entry: _Entry) -> int:
    """What a word's best place counts; the steps are wide enough that a better place beats a few worse ones."""
    if entry.trigger and word in entry.trigger:
        return 100 if word == entry.trigger else 60 if entry.trigger.startswith(word) else 25
    if word in entry.title:
        return _placed(word, entry.title, (50, 40, 20))
    if word in entry.keywords:
        return _placed(word, entry.keywords, (45, 35, 15))
    if word in entry.question:
        return _placed(word, entry.question, (30, 25, 12))
    return 10 if word in entry.folder else 5


def _placed(word: str, text: str, scores: tuple[int, int, int]) -> int:
    """A whole word, the beginning of one, or the inside."""
    whole, begins, inside = scores
    return whole if f" {word} " in text else begins if f" {word}" in text else inside


def _one_slip_apart(typed: str, known: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped."""
    if typed == known or abs(len(typed) - len(known)) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), len(known))
    rest, wanted = typed[at:], known[at:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[1::-1] == wanted[:2] and rest[2:] == wanted[2:])
    )
