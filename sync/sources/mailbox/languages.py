"""In which language a quotation is announced: that of the quoted text where it is plain, else the one that is set.

The table is languages.toml. The invariant: the same text has the same language, on every machine, so that a mail that
is made again is the very same.
"""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

ENGLISH = "en"
# What a text says at its beginning tells enough.
_LOOKED_AT = 2000
# Fewer of its words may stand in any language's text, and so may as many as those of the next best one.
_FEWEST, _AHEAD = 3, 1.25
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Language:
    """How a language says who wrote and when; the fields are those of the table."""

    key: str
    line: str
    date: str
    months: tuple[str, ...]
    words: frozenset[str]
    joined: bool

    def introduction(self, at: datetime, author: str) -> str:
        """Who wrote when."""
        date = self.date.format(day=at.day, month=self.months[at.month - 1], year=at.year)
        return self.line.format(date=date, time=f"{at:%H:%M}", author=author)


@cache
def languages() -> dict[str, Language]:
    """All of the table, by their keys."""
    table = tomllib.loads(files("sync.sources.mailbox").joinpath("languages.toml").read_text(encoding="utf-8"))
    return {
        each["key"]: Language(
            each["key"], each["line"], each["date"], tuple(each["months"]), frozenset(each["words"]),
            each.get("joined", False),
        )
        for each in table["language"]
    }  # fmt: skip


def language_of(text: str, otherwise: str) -> Language:
    """The language of a text, what it quotes itself left out; the one of that key where it can't be told."""
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))[:_LOOKED_AT].casefold()
    counted = Counter(_WORD.findall(own))
    scores = sorted(((_hits(each, own, counted), each.key) for each in languages().values()), reverse=True)
    (most, key), (next_most, _) = scores[:2]
    plain = most >= _FEWEST and most >= next_most * _AHEAD
    return languages()[key if plain else otherwise]


def _hits(language: Language, text: str, counted: Counter[str]) -> int:
    """How many of its words stand in a text."""
    if language.joined:
        return sum(text.count(word) for word in language.words)
    return sum(counted[word] for word in language.words)
