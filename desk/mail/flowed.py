"""Plain text of the kind format=flowed (RFC 3676): paragraphs into lines that every program can show, and back.

The invariant: `unflow(flow(text))` is `text`, but for blanks at the ends of its lines.
"""

import re
from collections.abc import Iterator

# RFC 3676 asks for 78 at most; the rest is room for a few more quote marks.
LONGEST = 74

# A smiley like >_< at the beginning of a line is no quote.
_QUOTED = re.compile(r"(>+)(?: (.*))?")
_WORDS = re.compile(r" *[^ ]+ *")
_DELIMITER = "-- "


def flow(text: str) -> str:
    """Break paragraphs at blanks into lines that end in one; quotes keep their marks on each line."""
    return "\n".join(piece for line in text.split("\n") for piece in _flowed(line))


def _flowed(line: str) -> Iterator[str]:
    quoted = _QUOTED.fullmatch(line)
    marks, content = (quoted[1], quoted[2] or "") if quoted else ("", line)
    for piece in _pieces(content):
        if marks:
            yield f"{marks} {piece}" if piece else marks
        else:
            yield f" {piece}" if piece.startswith((" ", ">", "From ")) else piece


def _pieces(content: str) -> Iterator[str]:
    """The lines of one paragraph; each but the last ends in a blank."""
    if content == _DELIMITER:
        yield content
        return
    piece = ""
    for word in _WORDS.findall(content.rstrip(" ")):
        # Alone on its line "-- " would begin a signature.
        if piece and piece != _DELIMITER and len(piece) + len(word.rstrip(" ")) > LONGEST:
            yield piece
            piece = ""
        piece += word
    yield piece


def unflow(text: str, *, delete_space: bool) -> str:
    """Join lines that end in a blank with the next, within the same depth of quotes; "-- " stays alone."""
    paragraphs: list[tuple[int, list[str]]] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        piece = bare[:-1] if flows and delete_space else bare
        if depth == open_depth and bare != "-- ":
            paragraphs[-1][1].append(piece)
        else:
            paragraphs.append((depth, [piece]))
        open_depth = depth if flows else -1
    return "\n".join(f"{'>' * depth} {''.join(pieces)}" if depth else "".join(pieces) for depth, pieces in paragraphs)
