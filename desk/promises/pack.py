"""A language's pack: which words promise, which don't, and how a time is said. TOML that a team can change.

The invariant: a pack that was read compiles, and every word of it means something that `desk.promises.times` knows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from desk.nearest import mend_name
from desk.tables import Table, read_tables

Pattern: TypeAlias = re.Pattern[str]

UNITS = ("minute", "hour", "day", "week", "workday")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
DAYS = ("today", "tomorrow", "day after tomorrow", "tonight")
PARTS = ("morning", "noon", "afternoon", "evening", "close")
ENDS = ("end of week", "end of next week", "end of month", "end of")
HALF = "half"
MEANINGS = (HALF, *UNITS, *WEEKDAYS, *MONTHS, *DAYS, *PARTS, *ENDS)
_MONTH = "{month}"


@dataclass(frozen=True, slots=True)
class Pack:
    """How one language promises. `meaning` is what a word of it means; numbers are digits, or HALF."""

    language: str
    promises: Pattern
    not_promises: Pattern
    conditions: Pattern
    asides: Pattern
    parts: Pattern
    joins: frozenset[str]
    not_after: Pattern
    before_part: Pattern
    next: Pattern
    either: Pattern
    meaning: Mapping[str, str]
    spans: Pattern
    clocks: tuple[Pattern, ...]
    dates: tuple[Pattern, ...]
    words: Pattern
    ends_of_months: Pattern


def parse_pack(toml: str, where: str) -> Pack:
    """The pack of a file; raises BadInput with file, key and what is wrong."""
    whole = read_tables(toml, where)
    language = whole.text("language")
    meaning = _meaning(whole)
    numbers = [word for word, means in meaning.items() if means.isdecimal() or means == HALF]
    units = [word for word, means in meaning.items() if means in UNITS]
    months = [word for word, means in meaning.items() if means in MONTHS]
    ends = [word for word, means in meaning.items() if means == "end of"]
    plain = [word for word, means in meaning.items() if means in (*WEEKDAYS, *DAYS, *PARTS, *ENDS[:3])]
    within = rf"\b(?:{_any(whole.texts('within'))}) (?P<number>\d{{1,3}}|{_any(numbers)}) (?P<unit>{_any(units)})\b"
    pack = Pack(
        language=language,
        promises=_regex(whole, "promises"),
        not_promises=_regex(whole, "not_promises"),
        conditions=_regex(whole, "conditions"),
        asides=_regex(whole, "asides"),
        parts=re.compile(_any(whole.texts("parts"))),
        joins=frozenset(whole.texts("joins")),
        not_after=re.compile(rf"\b(?:{_any(whole.texts('not_after'))})$"),
        before_part=re.compile(rf"\b(?:{_any(whole.texts('before_part'))})$"),
        next=re.compile(rf"\b(?:{_any(whole.texts('next'))})$"),
        either=re.compile(rf"\b(?:{_any(whole.texts('either'))})\b"),
        meaning=meaning,
        spans=re.compile(within),
        clocks=tuple(_one(whole, "clocks", each) for each in whole.texts("clocks")),
        dates=tuple(_one(whole, "dates", each.replace(_MONTH, _any(months))) for each in whole.texts("dates")),
        words=re.compile(rf"\b(?:{_any(plain)})\b"),
        ends_of_months=re.compile(rf"\b(?:{_any(ends)}) (?:\w+ )?(?P<month>{_any(months)})\b"),
    )
    whole.done()
    return pack


def _meaning(whole: Table) -> dict[str, str]:
    table = whole.table("words")
    found: dict[str, str] = {}
    for means in table.values:
        if means not in MEANINGS and not means.isdecimal():
            raise table.problem(means, "means nothing here", mend_name(means, MEANINGS))
        found |= dict.fromkeys((word.lower() for word in table.texts(means)), means)
    return found


def _any(words: Iterable[str]) -> str:
    """One of these, the longest first; nothing at all where there are none."""
    longest = sorted(filter(None, words), key=len, reverse=True)
    return "|".join(re.escape(word.lower()) for word in longest) or r"(?!)"


def _regex(table: Table, key: str) -> Pattern:
    patterns = table.texts(key)
    for pattern in patterns:
        _one(table, key, pattern)
    return re.compile("|".join(patterns) or r"(?!)")


def _one(table: Table, key: str, pattern: str) -> Pattern:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise table.problem(key, f"“{pattern}” is no regular expression: {error}", "Mend it, or take it out.") from None
