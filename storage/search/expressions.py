"""What the full-text tables are asked for, made from words that hold only letters and digits.

The invariant: every word goes in quotes and none can hold one (`desk.identifiers.words_of`), so that nothing typed is
ever read as an operator. A beginning (`"jo"*`) is cheap up to six letters, for which the index is made, and again
beyond, where few words share it.
"""

from desk.identifiers import COMMON_LABELS, Question
from desk.nicknames import also_called

# With fewer digits than this nobody means the end of a number.
LAST_DIGITS = 3
# 0134 is the end of a number; 0301234 is a national number with its trunk zero.
WITH_TRUNK_ZERO = 6


def narrow(question: Question) -> str:
    """All words as they are, the last one as far as it is typed; empty where there is nothing to ask."""
    if question.mode == "digits":
        return _of_number(question)
    words = _telling(question)
    if not words:
        return ""
    return " AND ".join([*(_whole(word) for word in words[:-1]), _beginning(words[-1])])


def wide(question: Question) -> str:
    """Every word as a beginning, and given names by what else they are called; empty where that says no more."""
    words = _telling(question)
    if question.mode == "digits" or not words:
        return ""
    if len(words) == 1 and not also_called(words[0]):
        return ""
    return " AND ".join(any_of([_beginning(word), *(_whole(name) for name in also_called(word))]) for word in words)


def trigrams(needle: str) -> str:
    """All runs of three characters of `needle`."""
    runs = dict.fromkeys(needle[start : start + 3] for start in range(len(needle) - 2))
    return " AND ".join(f'"{run}"' for run in runs if '"' not in run)


def any_of(terms: list[str]) -> str:
    """One of `terms`."""
    return f"({' OR '.join(dict.fromkeys(terms))})"


def exactly(word: str) -> str:
    """A whole word, quoted."""
    return f'"{word}"'


def ends_with(digits: str) -> str:
    """Numbers that end so."""
    return f'"~{digits[::-1]}"*'


def _telling(question: Question) -> tuple[str, ...]:
    """The words without the last label of a domain, when that is one that nearly everybody has."""
    words = question.words
    if question.mode == "domain" and len(words) > 1 and any(label.startswith(words[-1]) for label in COMMON_LABELS):
        return words[:-1]
    return words


def _of_number(question: Question) -> str:
    digits = question.digits
    if question.plus:
        return f'"{digits}"*'
    terms = [f'"{digits}"*']
    if len(digits) >= LAST_DIGITS:
        terms.append(ends_with(digits))
    if digits.startswith("0") and len(digits) >= WITH_TRUNK_ZERO:
        terms += [f'"{digits[1:]}"*', ends_with(digits[1:])]
    return any_of(terms)


def _whole(word: str) -> str:
    return any_of([exactly(word), ends_with(word)]) if _is_end(word) else exactly(word)


def _beginning(word: str) -> str:
    return any_of([f'"{word}"*', ends_with(word)]) if _is_end(word) else f'"{word}"*'


def _is_end(word: str) -> bool:
    return word.isdigit() and len(word) >= LAST_DIGITS
