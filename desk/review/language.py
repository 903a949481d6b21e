"""Which language a text is in, by its most frequent words."""

from collections.abc import Iterable

from desk.review.phrases import WORD, lowered
from desk.review.rules import Language

# Enough to tell; a quote of another language further down doesn't change it.
_READ = 1_500
_SURE = 2


def guess_language(languages: Iterable[Language], *texts: str) -> str:
    """The key of the language of the first text that says enough, else of the first language; empty without any."""
    known = tuple(languages)
    for text in texts:
        words = WORD.findall(lowered(text[:_READ]))
        counts = [(sum(word in common for word in words), key) for key, common in _common(known)]
        best, key = max(counts, key=lambda counted: counted[0], default=(0, ""))
        if best >= _SURE:
            return key
    return known[0].key if known else ""


def _common(languages: Iterable[Language]) -> Iterable[tuple[str, frozenset[str]]]:
    return [(language.key, frozenset(language.common)) for language in languages]
