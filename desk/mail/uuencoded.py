"""Files that stand uuencoded in the middle of a plain text, as mail programs wrote them before MIME."""

import re

from desk.mail.mime import uudecode

_BEGIN = re.compile(r"begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})")


def take_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text with one line in place of each file, and the files as (name, bytes)."""
    if "begin " not in text:
        return text, []
    files: list[tuple[str, bytes]] = []
    kept: list[str] = []
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        match = _BEGIN.fullmatch(lines[place].rstrip())
        end = _end_of(lines, place + 1) if match else -1
        if match is None or end < 0:
            kept.append(lines[place])
            place += 1
            continue
        body = "\n".join(lines[place + 1 : end]).encode("ascii", "replace")
        files.append((match[1], uudecode(body)))
        kept.append(f"[attached: {match[1]}]")
        place = end + 1
    return ("\n".join(kept), files) if files else (text, [])


def _end_of(lines: list[str], place: int) -> int:
    """The line `end` of the file whose data starts at `place`; -1 where the lines are no data."""
    while place < len(lines):
        line = lines[place].rstrip()
        if line == "end":
            return place
        if not line.strip("`") or _is_data(line):
            place += 1
            continue
        return -1
    return -1


def _is_data(line: str) -> bool:
    """A line's first character tells how many bytes it holds, four characters for each three."""
    length = (ord(line[0]) - 32) & 63
    return line.isascii() and len(line) <= length * 4 // 3 + 8
