"""Which lines of a mail are quoted or signature, so that they can be folded (never deleted).

The invariant: folds are in order, don't overlap, and never cover every line that says something; time is linear in the
text, since each line is looked at a bounded number of times and no pattern can backtrack over many (the usual reply
parsers need 40 s for one line of 40 KB).
"""

from dataclasses import dataclass

from desk.mail.introductions import introduction_end, is_divider, letterhead_end
from desk.mail.signatures import is_delimiter, is_list_footer, sent_from


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines `start` to `end` (exclusive) of a text; `kind` is "quote" or "signature"."""

    start: int
    end: int
    kind: str


_QUOTE = "quote"
_SIGNATURE = "signature"
# A text below "-- " that is longer is no signature.
_LONGEST_SIGNATURE = 40
_LONGEST_FOOTER = 12


def find_folds(text: str) -> tuple[Fold, ...]:
    """The quoted and signature lines of `text`, as line numbers of `text.split("\\n")`."""
    lines = text.split("\n")
    marks = [""] * len(lines)
    _mark_quotes(lines, marks)
    if not any(line.strip() and not mark for line, mark in zip(lines, marks, strict=True)):
        # All of it is quoted: then the quote is the message.
        return ()
    _mark_signatures(lines, marks)
    return _folds(lines, marks)


def visible(text: str, folds: tuple[Fold, ...]) -> str:
    """What is left of `text` with its folds closed."""
    lines = text.split("\n")
    kept: list[str] = []
    place = 0
    for fold in folds:
        kept += lines[place : fold.start]
        place = fold.end
    return "\n".join([*kept, *lines[place:]]).strip("\n \t") if folds else text.strip("\n")


def quoted(text: str, folds: tuple[Fold, ...]) -> str:
    """The folded lines alone, quotes and signatures in their order."""
    lines = text.split("\n")
    return "\n\n".join("\n".join(lines[fold.start : fold.end]).strip("\n") for fold in folds)


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ")[:1] == ">"


def _is_barred(line: str) -> bool:
    return line[:2] in ("| ", "|")


def _mark_quotes(lines: list[str], marks: list[str]) -> None:
    answered = _last_answered(lines, marks)
    fenced = False
    said = False
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.startswith("```"):
            fenced = not fenced and "```" not in line[3:]
        end = place if fenced or not line.strip() else _quote_from(lines, place, answered, said=said)
        if end > place:
            marks[place:end] = [_QUOTE] * (end - place)
            place = end
            continue
        said = said or (bool(line.strip()) and not _is_quoted(line))
        place += 1
    _mark_last_quote(lines, marks)


def _quote_from(lines: list[str], place: int, answered: int, *, said: bool) -> int:
    """Where the quote that begins at `place` ends; `place` itself where none begins there.

    `said` tells whether the writer said anything before: what follows an introduction at the very top can't all be
    quoted unless it is marked as such.
    """
    if _is_quoted(lines[place]):
        return place
    end = introduction_end(lines, place)
    if end > place:
        after = _after_quoted(lines, end)
        if after > end:
            # Between answers the quotes are the questions.
            return after if after > answered else place
        return len(lines) if said else end
    if said and (is_divider(lines[place]) or letterhead_end(lines, place) > place):
        return len(lines)
    return place


def _last_answered(lines: list[str], marks: list[str]) -> int:
    """The last quoted line with an answer of the writer's own somewhere below it; -1 where there is none."""
    place = _end_of_text(lines, marks) - 1
    while place >= 0 and (not lines[place].strip() or _is_quoted(lines[place]) or sent_from(lines[place])):
        place -= 1
    while place >= 0 and not _is_quoted(lines[place]):
        place -= 1
    return place


def _after_quoted(lines: list[str], place: int) -> int:
    """Where the quoted lines from `place` on end, blank lines and wrapped words between them included."""
    start = _next_said(lines, place)
    if start >= len(lines):
        return place
    marked = _is_quoted if _is_quoted(lines[start]) else _is_barred
    end = start
    while end < len(lines) and marked(lines[end]):
        end += 1
        following = _next_said(lines, end)
        if following < len(lines) and marked(lines[following]):
            end = following
    return end if end > start else place


def _next_said(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip():
        place += 1
    return place


def _mark_last_quote(lines: list[str], marks: list[str]) -> None:
    """Fold a quote that nothing but a signature follows; one between answers stays, for they answer it."""
    end = _end_of_text(lines, marks)
    last = end
    while last > 0 and (not lines[last - 1].strip() or _is_quoted(lines[last - 1])) and not marks[last - 1]:
        last -= 1
    first = _next_said(lines, last)
    if first < end:
        marks[first:end] = [_QUOTE] * (end - first)


def _end_of_text(lines: list[str], marks: list[str]) -> int:
    """Where the writer's text ends: before a signature's delimiter, or before what is folded down to the end."""
    end = len(lines)
    while end > 0 and (marks[end - 1] or not lines[end - 1].strip()):
        end -= 1
    for place in range(max(0, end - _LONGEST_SIGNATURE), end):
        if is_delimiter(lines[place]):
            return place
    return end


def _mark_signatures(lines: list[str], marks: list[str]) -> None:
    ends, counts = _runs(lines, marks)
    said = False
    place = 0
    while place < len(lines):
        line = lines[place]
        if said and not marks[place] and (is_delimiter(line) or is_list_footer(lines, place)):
            end = ends[place]
            limit = _LONGEST_SIGNATURE if is_delimiter(line) else _LONGEST_FOOTER
            if counts[place] <= limit:
                marks[place:end] = [_SIGNATURE] * (end - place)
                place = end
                continue
        said = said or (bool(line.strip()) and not marks[place])
        place += 1
    _mark_sent_from(lines, marks)


def _runs(lines: list[str], marks: list[str]) -> tuple[list[int], list[int]]:
    """For each line, where the unmarked lines from it on end, and how many of them say something."""
    ends = [len(lines)] * len(lines)
    counts = [0] * len(lines)
    end, count = len(lines), 0
    for place in range(len(lines) - 1, -1, -1):
        if marks[place]:
            end, count = place, 0
        count += bool(lines[place].strip()) and not marks[place]
        ends[place], counts[place] = end, count
    return ends, counts


def _mark_sent_from(lines: list[str], marks: list[str]) -> None:
    """From the end of the text upwards: "Sent from my phone" and the like, unless it is all there is."""
    places = [place for place in range(len(lines)) if lines[place].strip() and not marks[place]]
    while len(places) > 1 and sent_from(lines[places[-1]]):
        marks[places.pop()] = _SIGNATURE


def _folds(lines: list[str], marks: list[str]) -> tuple[Fold, ...]:
    """Runs of equal marks, over the blank lines between them, and without blank lines at their end."""
    folds: list[Fold] = []
    for place, mark in enumerate(marks):
        if not mark or not lines[place].strip():
            continue
        previous = folds[-1] if folds else None
        joins = (
            previous is not None
            and previous.kind == mark
            and not any(lines[between].strip() for between in range(previous.end, place))
        )
        if joins and previous is not None:
            folds[-1] = Fold(previous.start, place + 1, mark)
        else:
            folds.append(Fold(place, place + 1, mark))
    return tuple(folds)
