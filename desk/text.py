"""Text from strangers, made safe once on the way in, so that nothing after it has to think of terminals.

The invariant: what `clean` returns holds no character that moves a cursor, starts an escape sequence, turns the
direction of reading, hides other text or breaks UTF-8; it is NFC; `splitlines()` finds only newlines in it; and
cleaning it again changes nothing. What a person would see stays: emoji families, flags, Persian joiners, CJK
variants. It doesn't make text safe as *markup*: that is the drawing side's duty (`Content`, never markup).
"""

import re
import unicodedata
from functools import cache

# Beyond this many marks on one letter nobody reads anything, and they climb over the lines around. Four is the most
# that a living script needs (pointed Hebrew with cantillation); twice that is left alone.
MARKS_KEPT = 8

_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_HIDERS_BELOW = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
)
_HIDERS = f"{_HIDERS_BELOW}\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000\U000e0001"
# Harmless beside the right neighbour, a disguise beside any other: joiners, variation selectors, flag tags.
_JOINERS_BELOW = "\u200c\u200d\ufe0e\ufe0f"
_JOINERS = f"{_JOINERS_BELOW}\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_SURROGATES = "\ud800-\udfff"

# A set with characters above U+FFFF is searched ten times as slowly as one without, and few texts have any: what
# could be there is looked for in two steps.
_SUSPECT_BELOW = re.compile(f"[{_LINE_ENDS}{_CONTROLS}{_HIDERS_BELOW}{_JOINERS_BELOW}{_SURROGATES}]")
_JOINER_BELOW = re.compile(f"[{_JOINERS_BELOW}]")
_LAST_BELOW = 0xFFFF
_ABOVE = re.compile("[\U00010000-\U0010ffff]")
_ENDS_OF_LINE = re.compile(f"\r\n|[{_LINE_ENDS}]")
# A whole sequence goes, not only its first byte; one without an end loses that byte alone, and its text shows.
# Each class stops at the next opening byte, so that the search stays linear.
_SEQUENCES = re.compile(
    "(?:\x1b[\\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c\x9d\x90\x9e\x9f\x98\n]*(?:\x07|\x1b\\\\|\x9c)"
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|\x1b[ -/][0-~]"
)
_DROPPED = re.compile(f"[{_CONTROLS}{_HIDERS}]")
_COMPANIONS = re.compile(f"([^{_JOINERS}]?)([{_JOINERS}]+)(?=(.?))", re.DOTALL)
_TAKES_STYLE = re.compile("[#*0-9\xa9\xae\u2010-\u2fff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_TAKES_VARIANT = re.compile("[\u1820-\u18af\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TAKES_JOINER = re.compile("[^\x00-\xa8\\s]")
_BLACK_FLAG = "\U0001f3f4"
_STYLE = re.compile("[\ufe0e\ufe0f]")
_VARIANT = re.compile("[\U000e0100-\U000e01ef]")
_TAGS = re.compile("[\U000e0020-\U000e007e]{1,8}\U000e007f")
_JOINER = re.compile("[\u200c\u200d]")
_FOLDED = re.compile("[\t\n]+")


def clean(text: str, *, lines: bool = True) -> str:
    """Return `text` without what could harm a terminal or deceive a reader, in NFC.

    With `lines` every kind of line end becomes a newline and tabs stay; without, both become single spaces, for
    names, subjects and whatever else stands in one line.
    """
    # Nearly all that comes in, and told in a tenth of the time.
    if text.isascii() and text.isprintable():
        return text
    if _SUSPECT_BELOW.search(text) or _ABOVE.search(text):
        text = _without_suspects(text)
    if not lines and ("\n" in text or "\t" in text):
        text = _FOLDED.sub(" ", text)
    if text.isascii():
        return text
    text = _composed(text)
    if (_JOINER_BELOW.search(text) or _ABOVE.search(text)) and _COMPANIONS.search(text):
        text = _composed(_COMPANIONS.sub(_companions_that_belong, text))
    return text


def _without_suspects(text: str) -> str:
    if not text.isascii():
        # Pairs of surrogates (badly made JSON) become their character, halves the replacement sign.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _SEQUENCES.sub("", text)
    text = _ENDS_OF_LINE.sub("\n", text)
    return _DROPPED.sub("", text)


def _companions_that_belong(match: re.Match[str]) -> str:
    """Keep an emoji's, a letter's or an ideograph's own companion; drop the same character anywhere else."""
    before, run, after = match.groups()
    kept = None
    if _TAKES_STYLE.match(before):
        kept = _STYLE.search(run)
    if kept is None and _TAKES_VARIANT.match(before):
        kept = _VARIANT.search(run)
    if kept is None and before == _BLACK_FLAG:
        kept = _TAGS.search(run)
    joiner = _JOINER.search(run) if _TAKES_JOINER.match(before) and _TAKES_JOINER.match(after) else None
    return f"{before}{kept.group() if kept else ''}{joiner.group() if joiner else ''}"


def _composed(text: str) -> str:
    """NFC, of piles of marks that were cut first: to sort a pile takes quadratic time."""
    below, pile = _marks()
    if below.search(text) or _ABOVE.search(text):
        text = pile.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds a mark up to U+FFFF, and more of any on one letter than `MARKS_KEPT`; 10 ms to make, on first use."""
    spans: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) not in ("Mn", "Me") and not unicodedata.combining(chr(code)):
            continue
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    marks = _written(spans)
    below = _written([span for span in spans if span[1] <= _LAST_BELOW])
    return re.compile(f"[{below}]"), re.compile(f"([{marks}]{{{MARKS_KEPT}}})[{marks}]+")


def _written(spans: list[list[int]]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)
