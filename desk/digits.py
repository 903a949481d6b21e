"""How digits stand among the words of the look-up: behind `~` from their front, behind `~~` from their back.

The marks part beginnings from ends. They also use up what the index knows of each word's beginning (six signs), so that
it ends at five digits and at four: beyond those so few numbers are alike that an index took a tenth of all room and
saved no time.
"""

FRONT, BACK = "~", "~~"
# More last digits than these are no one's but the number's own.
TELLING_DIGITS = 8


def word_of(word: str) -> str:
    """A word as the look-up holds it: digits alone are marked."""
    return f"{FRONT}{word}" if word.isdigit() else word


def from_back(digits: str) -> str:
    """The last digits, the very last one first."""
    return f"{BACK}{digits[: -TELLING_DIGITS - 1 : -1]}"


def ending(number: str) -> str:
    """The digits by which two numbers are compared, however their country was written; all of a short one."""
    return "".join(filter(str.isdigit, number))[-TELLING_DIGITS:]
