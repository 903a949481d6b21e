"""The words of a draft that are the agent's own: all that counts in a review.

The invariant: the answer is as long as the text that is reviewed, so that every offset stays; what doesn't count is
blanked out.
"""

import re
from functools import cache

# What blanks out: no letter, no space, no mark of punctuation, so that no phrase runs across it.
BLANK = "\x00"
# A draft that is longer wasn't written by hand; what comes after it isn't reviewed.
MOST = 100_000

# What a text must hold for the expression to be worth a look, and the expression; in this order.
_NOT_OWN = (
    # The signature and all below, and what a mail program quotes without signs.
    ("--", r"^-- ?\n[\s\S]*\Z"),
    ("--", r"^-{2,9} ?(?:original message|forwarded message|ursprüngliche nachricht|mensaje original)[\s\S]*\Z"),
    ("__________", r"^_{10,80}[ \t]*$[\s\S]*\Z"),
    # A quoted line, and the line above it that says who wrote.
    (">", r"^[ \t]*>.*$"),
    (":", r"^(?:on|am|el) .{6,200}(?:wrote|schrieb|escribió)\b.{0,80}:[ \t]*$"),
    # Code.
    ("```", r"```[\s\S]*?(?:```|\Z)"),
    ("`", r"`[^`\n]{1,300}`"),
    ("\t", r"^\t.*$"),
    ("    ", r"^[ ]{4}.*$"),
    # Addresses.
    ("://", r"\b(?:https?|ftp)://[^\s<>]+"),
    ("www.", r"\bwww\.[^\s<>]+"),
    ("@", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    # What somebody else said.
    ('"', r'"[^"\n]{1,300}"'),
    ("“", r"“[^”“\n]{1,300}[”“]"),
    ("„", r"„[^“”\n]{1,300}[“”]"),
    ("«", r"«[^»\n]{1,300}»"),
)


def own_words(text: str) -> str:
    """The text with everything blanked out that somebody else wrote, or that nobody reads as a sentence."""
    text = text[:MOST]
    for sign, pattern in _NOT_OWN:
        if sign in text:
            text = _compiled(pattern).sub(_blanked, text)
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE | re.IGNORECASE)


def _blanked(match: re.Match[str]) -> str:
    """As many blanks; a line still ends where it did."""
    return "\n".join(BLANK * len(line) for line in match[0].split("\n"))
