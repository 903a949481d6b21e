"""The words of a draft that are the agent's own: all that counts in a review.

The invariant: the answer is as long as the text, so that every offset stays; what doesn't count is blanked out.
"""

import re
from functools import cache

# What blanks out: no letter, no space, no mark of punctuation, so that no phrase runs across it.
BLANK = "\x00"
# A draft that is longer wasn't written by hand; what comes after it isn't reviewed.
MOST = 100_000

_NOT_OWN = r"""
    ^[ \t]*>.*$                                             # a quoted line
  | ^(?:on|am|el)[ ].{6,200}(?:wrote|schrieb|escribió)\b.{0,80}:[ \t]*$     # and the line above it
  | ```[\s\S]*?(?:```|\Z) | `[^`\n]{1,300}`                 # code
  | ^(?:\t|[ ]{4,}).*$
  | \b(?:https?|ftp)://[^\s<>]+ | \bwww\.[^\s<>]+           # addresses
  | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}
  | "[^"\n]{1,300}" | “[^”\n]{1,300}” | „[^“”\n]{1,300}[“”] | «[^»\n]{1,300}»   # what somebody else said
  | ^--[ ]?\n[\s\S]*\Z                                      # the signature and all below
  | ^(?:-{2,}[ ]?(?:original[ ]message|forwarded[ ]message|ursprüngliche[ ]nachricht|mensaje[ ]original)
      |_{10,}[ \t]*$)[\s\S]*\Z                              # what a mail program quotes without signs
"""


def own_words(text: str) -> str:
    """The text with everything blanked out that somebody else wrote, or that nobody reads as a sentence."""
    if len(text) > MOST:
        text = text[:MOST]
    return _not_own().sub(_blanked, text)


@cache
def _not_own() -> re.Pattern[str]:
    return re.compile(_NOT_OWN, re.VERBOSE | re.MULTILINE | re.IGNORECASE)


def _blanked(match: re.Match[str]) -> str:
    return "".join("\n" if each == "\n" else BLANK for each in match[0]) if "\n" in match[0] else BLANK * len(match[0])
