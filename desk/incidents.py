"""Incidents: their states, what their customers are told, and which new tickets look like one of them. Pure.

The invariants: what two texts have in common is words that were rare before the trouble began, so that nobody's order
looks like an outage; the work for one ticket is bounded, however long its text; a text is told to nobody while a field
in it is open.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.snippets.template import problems, render

# From the first sign to the end, with what each means to the team.
STATES = {
    "looking": "we look for the cause",
    "found": "we know the cause and mend it",
    "watching": "it is mended, and we watch it",
    "over": "it is over",
}
# Fields of an update's text, beside those of snippets.
TITLE, NEXT = "incident.title", "incident.next"
_OWN_FIELD = re.compile(r"\{\{\s*(incident\.\w+)\s*\}\}")

# So much of a text is read: what a mail is about stands in its beginning.
READ = 1_000
MOST_WORDS = 100
# So many of an incident's words tell it from others, and so much of them a ticket has to share.
TELLING = 24
HEAVIEST = 6
ENOUGH = 0.25
LEAST_SHARED = 2
SHOWN = 4

# What `words_in` gives: each word as it was first written, by its stem.
Words = Mapping[str, str]
_ENDINGS = ("ments", "ment", "ings", "ing", "ed", "es", "s", "e")
_WORD = re.compile(r"[^\W_]{3,40}")
# Words that say nothing of a matter, in the languages that desks write most.
_EMPTY = frozenset(
    (
        "the", "and", "for", "you", "your", "yours", "our", "ours", "are", "was", "were", "but", "not", "with", "this",
        "that", "from", "have", "has", "had", "can", "could", "cannot", "will", "would", "should", "there", "their",
        "they", "them", "its", "any", "all", "out", "what", "when", "where", "which", "who", "how", "why", "been",
        "being", "into", "than", "then", "about", "after", "again", "also", "just", "get", "got", "did", "does", "don",
        "let", "may", "more", "most", "much", "other", "some", "such", "too", "very", "one", "two", "hello", "dear",
        "hey", "thanks", "thank", "please", "regards", "best", "kind", "greetings", "sincerely", "cheers", "help",
        "need", "want", "know", "tell", "since", "look", "check", "problem", "issue", "work", "working", "error",
        "happen", "today", "yesterday", "tomorrow", "morning", "evening", "still", "now", "here", "make", "made",
        "like", "see", "say", "said", "try", "trying", "tried", "use", "using", "und", "der", "die", "das", "ein",
        "eine", "nicht", "mit", "ist", "ich", "wir", "sie", "hallo", "bitte", "danke", "gruss", "grusse", "los", "las",
        "una", "por", "para", "con", "que", "del", "hola", "gracias", "favor", "saludos", "les", "des", "une", "est",
        "pas", "vous", "nous", "bonjour", "merci", "something", "anything", "nothing", "everything", "thing", "wrong",
        "always", "never", "really", "soon", "often", "sometime", "new", "old", "good", "bad", "first", "last", "long",
        "right", "possible", "able", "seem",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """The words that tell an incident, with their weights, the heaviest first."""

    weights: Mapping[str, float]

    @property
    def whole(self) -> float:
        """What a ticket is measured by: the heaviest words together."""
        return sum(list(self.weights.values())[:HEAVIEST])


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a ticket looks like an incident, and the words that say so, the most telling first."""

    share: float
    words: tuple[str, ...]

    @property
    def why(self) -> str:
        """In words."""
        return "also says " + ", ".join(self.words[:SHOWN])


def parse_state(text: str) -> str:
    """The state that was typed; BadInput with the nearest name."""
    wanted = text.strip().casefold()
    begun = [state for state in STATES if wanted and state.startswith(wanted)]
    if len(begun) != 1:
        raise BadInput(f"“{text.strip()}” is no state of an incident", mend_name(text, STATES))
    return begun[0]


def words_in(*texts: str) -> Words:
    """The words of these texts that may tell a matter, by their stems, without those that say nothing."""
    found: dict[str, str] = {}
    for text in texts:
        folded = unicodedata.normalize("NFKD", text[:READ].casefold())
        plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
        for word in _WORD.findall(plain):
            stem = _stem(word)
            if len(found) < MOST_WORDS and not word.isdigit() and _EMPTY.isdisjoint((word, stem)):
                found.setdefault(stem, word)
    return found


def _stem(word: str) -> str:
    """What `payment`, `paying` and `pays` share; a rough cut, the same for all texts."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def background(texts: Iterable[Words]) -> tuple[Counter[str], int]:
    """How often each word is used on other days, and on how many tickets that was counted."""
    counted: Counter[str] = Counter()
    tickets = 0
    for words in texts:
        counted.update(words.keys())
        tickets += 1
    return counted, tickets


def profile(own: Words, tickets: Sequence[Words], usual: Mapping[str, int], counted: int) -> Profile:
    """What tells an incident: its own words, and those that its tickets share, by how rare they are otherwise."""
    shared = Counter(word for words in tickets for word in words)
    weights: dict[str, float] = {}
    for word in {**own, **shared}:
        # Its own text counts as the half of what all its tickets say.
        said = 0.5 * (word in own) + 0.5 * (shared[word] / len(tickets) if tickets else float(word in own))
        rare = math.log((counted + 2) / (usual.get(word, 0) + 1))
        if word in own or shared[word] > 1 or len(tickets) == 1:
            weights[word] = said * rare
    heaviest = sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:TELLING]
    return Profile(dict(heaviest))


def likeness(words: Words, of: Profile) -> Likeness | None:
    """How a ticket's words look like an incident's; None where they don't."""
    shared = [word for word in of.weights if word in words]
    if len(shared) < min(LEAST_SHARED, len(of.weights)) or not shared:
        return None
    share = sum(of.weights[word] for word in shared) / of.whole
    return Likeness(share, tuple(words[word] for word in shared)) if share >= ENOUGH else None


def draft(notice: str, *, over: bool = False) -> str:
    """What an update begins with; of one that is `over` nobody waits for another."""
    middle = notice.strip() or "{{ask: what happened}}"
    again = "" if over else "You hear from us again by {{" + NEXT + "}} at the latest.\n\n"
    return "Hello {{customer.first_name|there}},\n\n" + middle + "\n\n" + again + "{{agent.first_name}}"


def with_incident(text: str, title: str, next_words: str) -> str:
    """The text with what it says of its incident; BadInput where a time is asked for and none is set."""

    def value(match: re.Match[str]) -> str:
        if match[1] == TITLE:
            return title.replace("{", "").replace("}", "")
        if match[1] == NEXT:
            if not next_words:
                raise BadInput("The text names the next update, and none is set", "Set it under Next.")
            return next_words
        raise BadInput(f"“{match[1]}” is no variable", f"Known here: {TITLE}, {NEXT}.")

    return _OWN_FIELD.sub(value, text)


def worded(text: str, values: Mapping[str, str]) -> str:
    """The text for one customer; BadInput where a field would stay open."""
    wrong = problems(text)
    if wrong:
        raise BadInput(wrong[0].message, wrong[0].mend)
    rendered = render(text, values)
    if rendered.open_fields:
        field = rendered.open_fields[0]
        what = field.prompt or "a field"
        raise BadInput(f"“{what}” isn't filled in", "Write it, or a default: {{customer.first_name|there}}.")
    return rendered.text.strip()
