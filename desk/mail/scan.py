"""HTML that no parser should be given: how deep it is nested, and its words by a scan that knows nothing of nesting.

A tree builder looks through its open tags at every tag, so 100,000 nested ones take 23 s; this takes 0.1 s.
"""

import html
import re

DEEPEST = 5_000
# Fewer tags than this can't be nested deep enough to matter.
_FEW_TAGS = 5_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")


def words(spaced: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(spaced.split())


_NEVER_DEEP = words("br img hr meta link input p li td tr th option dd dt area base col wbr")
_UNREAD = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("style", "script", "title")}
_BREAKS = words("br p div tr li h1 h2 h3 h4 h5 h6 table blockquote ul ol pre hr")
_MANY_LINES = re.compile(r"\n{3,}")


def depth_of_tags(markup: str) -> int:
    """About how deep the tags are nested; 0 where there are too few to matter."""
    if markup.count("<") < _FEW_TAGS:
        return 0
    deepest = depth = 0
    for match in _TAG.finditer(markup):
        if match[2].lower() in _NEVER_DEEP:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def scanned_text(markup: str) -> str:
    """The words of `markup`, one line a block: no links, lists or quotes, but nothing lost."""
    pieces: list[str] = []
    without_end: set[str] = set()
    place = 0
    while (start := markup.find("<", place)) >= 0:
        pieces.append(markup[place:start])
        place = _after_tag(markup, start, pieces, without_end)
    pieces.append(markup[place:])
    lines = (" ".join(line.split()) for line in html.unescape("".join(pieces)).split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _after_tag(markup: str, start: int, pieces: list[str], without_end: set[str]) -> int:
    """Where reading goes on behind the tag at `start`; what it stands for is added to `pieces`."""
    comment = markup.startswith("<!--", start)
    match = _TAG.match(markup, start)
    ending = "-->" if comment else ">"
    end = -1 if ending in without_end or not (comment or match) else markup.find(ending, start)
    if end < 0:
        if comment or match:
            without_end.add(ending)
        pieces.append("<")
        return start + 1
    if match is None:
        return end + 3
    name = match[2].lower()
    pieces.append("\n" if name in _BREAKS else " ")
    if name in _UNREAD and not match[1] and name not in without_end:
        if closing := _UNREAD[name].search(markup, end):
            return closing.start()
        without_end.add(name)
    return end + 1
