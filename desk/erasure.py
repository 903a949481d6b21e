"""Taking one person's own words and names out of a text that others may go on reading. Pure.

The invariant: what is left holds none of the person's identities, in whichever notation, and no line that they wrote;
and nobody else's name, address or number is touched.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from desk.digits import TELLING_DIGITS

ERASED = "[erased]"
NAME = "Erased customer"
# Shorter lines are everybody's: "Hello", "Thank you".
SHORTEST_LINE = 12
SHORTEST_NAME = 3
# Where a name, an address or a number begins and ends: neither inside another, nor a part of a double name.
_NAME = r"(?<!\w)(?<!\w-)(?:{})(?!\w|-\w)"
_ADDRESS = r"(?<![\w.+-])(?:{})(?![\w-]|\.\w)"
_CODE = r"(?<!\w)(?:{})(?!\w)"
_NUMBER = r"(?<![\w+])(?:{})(?!\w|[-./]?\d)"
_BETWEEN = r"[\s().\-/]{0,2}"
_SENTENCES = re.compile(r"(?<=[.!?。？！])\s+|\n+")
_QUOTED = re.compile(r"^[\s>|]*")


@dataclass(frozen=True, slots=True)
class Traces:
    """What tells of one person: their names, other identities as texts, numbers, and what they wrote.

    `lines` are by which others' quotes of it are known (`lines_of`), `said` is all of it (`said_in`).
    """

    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    lines: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()

    def are_theirs(self, words: str) -> bool:
        """Whether a short text was taken over from them, sentence by sentence, also where its end was cut off."""
        sentences = [bare for part in _SENTENCES.split(words) if (bare := _bare(part).rstrip("…").rstrip())]
        telling = any(len(sentence) >= SHORTEST_LINE for sentence in sentences)
        return telling and all(any(sentence in each for each in self.said) for sentence in sentences)


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Each word of these names that could be a name by itself, in small letters."""
    return frozenset(word.casefold() for name in names for word in _words(name))


def lines_of(bodies: Iterable[str]) -> frozenset[str]:
    """The lines by which these texts are known again where others quote them."""
    return frozenset(bare for body in bodies for line in body.split("\n") if len(bare := _bare(line)) >= SHORTEST_LINE)


def said_in(texts: Iterable[str]) -> tuple[str, ...]:
    """These texts so that `Traces.are_theirs` finds in them what was taken over."""
    return tuple(dict.fromkeys(bare for text in texts if (bare := _bare(text))))


def without(text: str, traces: Traces, others: frozenset[str] = frozenset()) -> str:
    """A text without the person: quoted lines of theirs are gone, their names and identities say that they are.

    `others` are words of names (`name_words`) of those who take part as well: such a word alone means them.
    """
    if traces.lines:
        text = "\n".join(line for line in text.split("\n") if not _theirs(line, traces.lines))
    pattern = _pattern(traces.names, traces.texts, traces.numbers, others)
    return pattern.sub(ERASED, text) if pattern else text


@lru_cache(maxsize=64)
def _pattern(
    names: tuple[str, ...], texts: tuple[str, ...], numbers: tuple[str, ...], others: frozenset[str]
) -> "re.Pattern[str] | None":
    """Finds whole names, addresses, codes, numbers, and single words of the names; None where there is nothing."""
    whole = [name for name in names if len(name.split()) > 1]
    words = {word for name in names for word in _words(name) if word.casefold() not in others}
    spelled = {form for word in words for form in (word, word.capitalize(), word.upper())}
    addresses = [text for text in texts if "@" in text.strip("@")]
    parts = [
        # A name may stand over two lines; a word alone is one only as a name is written.
        ("(?i:" + _NAME + ")", [_spaced(name) for name in _longest(whole)]),
        ("(?i:" + _ADDRESS + ")", [_tagged(address) for address in _longest(addresses)]),
        ("(?i:" + _CODE + ")", [_spaced(text) for text in _longest(set(texts) - set(addresses)) if text.split()]),
        (_NUMBER, [_dialled(number) for number in _longest(numbers)]),
        (_NAME, [re.escape(form) for form in _longest(spelled)]),
    ]
    found = [around.format("|".join(each)) for around, each in parts if each]
    return re.compile("|".join(found)) if found else None


def _words(name: str) -> list[str]:
    """Words of a name that could be one; of a name with capitals, those that have one: not "van" and "de la"."""
    bare = [word.strip(".,;()\"'") for word in name.split()]
    found = [word for word in bare if len(word) >= SHORTEST_NAME and "@" not in word and not word.isdigit()]
    return [word for word in found if word[0] != word[0].lower()] or found


def _spaced(text: str) -> str:
    """Blanks may have become line ends."""
    return r"\s+".join(map(re.escape, text.split()))


def _tagged(address: str) -> str:
    """An address, also with a tag that was put to it."""
    box, _, domain = address.strip().rpartition("@")
    return rf"{re.escape(box)}(?:\+[\w.-]+)?@{re.escape(domain)}"


def _dialled(number: str) -> str:
    """A number in all notations: with its country, with a nought instead, or without; with or without blanks."""
    digits = "".join(filter(str.isdigit, number))
    head, tail = digits[:-TELLING_DIGITS], digits[-TELLING_DIGITS:]
    begun = [rf"(?:\+|00|0)?\(?0?{_BETWEEN.join(head[place:])}{_BETWEEN}" for place in range(len(head))]
    return rf"(?:{'|'.join(begun)})?{_BETWEEN.join(tail)}" if begun else _BETWEEN.join(tail)


def _longest(texts: Collection[str]) -> list[str]:
    return sorted((text for text in texts if text), key=len, reverse=True)


def _theirs(line: str, lines: Collection[str]) -> bool:
    bare = _bare(line)
    return len(bare) >= SHORTEST_LINE and (
        bare in lines or (line.lstrip().startswith(">") and any(bare in each for each in lines))
    )


def _bare(line: str) -> str:
    """A line without its quote marks, however its blanks were set."""
    return " ".join(_QUOTED.sub("", line, count=1).casefold().split())
