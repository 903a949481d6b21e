"""What the full-text tables are asked for, made from words that hold only letters and digits.

The invariant: every word goes in quotes and none can hold one (`desk.identifiers.words_of`), so that nothing typed is
ever read as an operator; digits are marked as they were when they were stored (`desk.digits`). A beginning (`"jo"*`) is
cheap up to six signs, for which the index is made, and again beyond, where few words share it.
"""

from collections.abc import Sequence

from desk.digits import from_back, word_of
from desk.identifiers import COMMON_LABELS, Question
from desk.nicknames import also_called
from desk.phones import abroad

# The longest beginning that `lookup` has an index for.
INDEXED = 6
RUNS = 5
LAST_FOUR = 4
# With fewer digits than this nobody means the end of a number.
LAST_DIGITS = 3
# 0134 is the end of a number; 0301234 is a national number with its trunk zero.
WITH_TRUNK_ZERO = 6


def is_last_four(question: Question) -> bool:
    """Whether it is four digits alone: what a caller says of a number when asked for its last ones.

    Among a million customers thousands have numbers that begin so, and would hide the few that end so.
    """
    return question.mode == "digits" and not question.plus and len(question.digits) == LAST_FOUR


def long_ending(question: Question) -> str:
    """The last word, where it is longer than the index for beginnings reaches and may not be whole yet; else empty.

    Who asks looks up what words it may become: to merge all the entries of a common one takes milliseconds.
    """
    words = _telling(question)
    return words[-1] if words and question.mode != "digits" and len(words[-1]) > INDEXED else ""


def narrow(question: Question, endings: Sequence[str] = ()) -> str:
    """All words as they are, the last one as far as it is typed; empty where there is nothing to ask.

    `endings` are the words that the `long_ending` may become.
    """
    if is_last_four(question):
        return ends_with(question.digits)
    if question.mode == "digits":
        return _of_number(question)
    words = _telling(question)
    if not words:
        return ""
    last = any_of([exactly(words[-1]), *map(exactly, endings)]) if len(words[-1]) > INDEXED else _beginning(words[-1])
    return " AND ".join([*(_whole(word) for word in words[:-1]), last])


def wide(question: Question, endings: Sequence[str] = ()) -> str:
    """Every word as a beginning, and given names by what else they are called; empty where that says no more."""
    if is_last_four(question):
        return _of_number(question)
    words = _telling(question)
    if question.mode == "digits" or not words:
        return ""
    if (endings or len(words[-1]) <= INDEXED) and not any(
        also_called(word) or (len(word) <= INDEXED and at < len(words) - 1) for at, word in enumerate(words)
    ):
        return ""
    starts = [exactly(word) if len(word) > INDEXED else _beginning(word) for word in words]
    if len(words[-1]) > INDEXED:
        starts[-1] = any_of([exactly(words[-1]), *map(exactly, endings)]) if endings else _beginning(words[-1])
    called = [[exactly(name) for name in also_called(word)] for word in words]
    return " AND ".join(any_of([start, *names]) for start, names in zip(starts, called, strict=True))


def trigrams(needle: str) -> str:
    """Runs of three characters that cover the beginning of `needle`; whoever is found must still be looked at.

    All runs, overlapping, would leave fewer to look at, and took three times as long.
    """
    starts = [*range(0, len(needle) - 2, 3), len(needle) - 3][:RUNS]
    runs = dict.fromkeys(needle[start : start + 3] for start in starts)
    return " AND ".join(f'"{run}"' for run in runs if '"' not in run)


def any_of(terms: list[str]) -> str:
    """One of `terms`."""
    return f"({' OR '.join(dict.fromkeys(terms))})"


def exactly(word: str) -> str:
    """A whole word, quoted."""
    return f'"{word_of(word)}"'


def begins_with(word: str) -> str:
    """Words that begin so."""
    return f'"{word_of(word)}"*'


def ends_with(digits: str) -> str:
    """Numbers that end so."""
    return f'"{from_back(digits)}"*'


def _telling(question: Question) -> tuple[str, ...]:
    """The words without the last label of a domain, when that is one that nearly everybody has."""
    words = question.words
    if question.mode == "domain" and len(words) > 1 and any(label.startswith(words[-1]) for label in COMMON_LABELS):
        return words[:-1]
    return words


def _of_number(question: Question) -> str:
    digits = question.digits
    if question.plus:
        return begins_with(digits)
    terms = [begins_with(digits)]
    if len(digits) >= LAST_DIGITS:
        terms.append(ends_with(digits))
    if abroad(digits):
        terms.append(begins_with(abroad(digits)))
    elif digits.startswith("0") and len(digits) >= WITH_TRUNK_ZERO:
        terms += [begins_with(digits[1:]), ends_with(digits[1:])]
    return any_of(terms)


def _whole(word: str) -> str:
    return any_of([exactly(word), ends_with(word)]) if _is_end(word) else exactly(word)


def _beginning(word: str) -> str:
    return any_of([begins_with(word), ends_with(word)]) if _is_end(word) else begins_with(word)


def _is_end(word: str) -> bool:
    return word.isdigit() and len(word) >= LAST_DIGITS
