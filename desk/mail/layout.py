"""Lines of plain text out of a stream of words and breaks: what a page's rules of space come down to in a terminal."""

import re

# Deeper quotes and lists are read no differently, and their prefixes would grow with the square of the depth.
_DEEPEST_PREFIX = 20
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MANY_BLANK_LINES = re.compile(r"\n(?:[> ]*\n){2,}")


class Layout:
    """Collects words into lines; breaks that meet become one, blank lines never come twice."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._prefix = ""
        # Each level is [prefix of its next line, prefix of the lines after].
        self._levels: list[list[str]] = []
        self._break = 0
        self._blank = False
        self._between_cells = False
        self._preformatted = 0
        self._log: list[str] = []

    def write(self, text: str) -> None:
        """Add running text; blanks fold, except between `preformatted`."""
        if self._preformatted:
            self._write_lines(text)
            return
        folded = _BLANKS.sub(" ", text)
        words = folded.strip(" ")
        if not words or (self._between_cells and not words.strip("\xa0")):
            self._blank = self._blank or bool(folded)
            return
        self._flush()
        if self._between_cells and self._line:
            self._add(" | ")
        elif (self._blank or folded[0] == " ") and self._line and not self._line[-1].endswith(" "):
            self._add(" ")
        self._add(words)
        self._blank = folded[-1] == " "
        self._between_cells = False

    def _write_lines(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._flush()
        if first:
            self._add(first)
        for line in rest:
            self._end_line()
            if line:
                self._add(line)

    def _add(self, fragment: str) -> None:
        if not self._line:
            self._prefix = self._next_prefix()
        self._line.append(fragment)
        self._log.append(fragment)

    def _next_prefix(self) -> str:
        shown = self._levels[:_DEEPEST_PREFIX]
        prefix = "".join(level[0] for level in shown)
        for level in shown:
            level[0] = level[1]
        return prefix

    def line_break(self) -> None:
        """End the line, also an empty one."""
        self._flush()
        self._end_line()

    def block(self) -> None:
        """What follows starts on a line of its own."""
        self._break = max(self._break, 1)

    def space(self) -> None:
        """What follows has a blank line before it."""
        self._break = 2

    def rule(self) -> None:
        """A line across."""
        self.block()
        self.write("-" * 10)
        self.block()

    def cell(self) -> None:
        """What follows is the next cell of the row, where the row still stands on one line."""
        if not self._break and not any(words.strip("\xa0") for words in self._line[-3:]):
            # Empty cells hold a hard blank, for browsers to draw their border.
            self._line = []
        self._between_cells = not self._break and bool(self._line)

    def indent(self, prefix: str) -> None:
        """Put `prefix` before every line until `outdent`."""
        self._flush()
        self._close()
        self._levels.append([prefix, prefix])

    def bullet(self, mark: str) -> None:
        """Put `mark` before the next line, and as many blanks before those after, until `outdent`."""
        self._flush()
        self._close()
        self._levels.append([mark, " " * len(mark)])

    def outdent(self) -> None:
        """Take the last prefix back."""
        self._close()
        if self._levels:
            self._levels.pop()

    def preformatted(self, change: int) -> None:
        """Count in or out of text whose blanks and line ends are its own."""
        self._preformatted = max(0, self._preformatted + change)

    def mark(self) -> int:
        """A place in the text, for `since`."""
        return len(self._log)

    def since(self, mark: int) -> str:
        """What was written since `mark`, its first fragments at least."""
        return "".join(self._log[mark : mark + 100])

    def text(self) -> str:
        """Everything, lines without blanks at their end."""
        self._close()
        lines = (line.replace("\xa0", " ").rstrip() for line in self._lines)
        return _MANY_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")

    def _flush(self) -> None:
        if self._break:
            self._close()
            if self._break == 2 and self._lines and self._lines[-1].strip("> "):
                self._lines.append("".join(level[1] for level in self._levels[:_DEEPEST_PREFIX]).rstrip())
        self._break = 0

    def _close(self) -> None:
        if self._line:
            self._end_line()

    def _end_line(self) -> None:
        if not self._line:
            self._prefix = "".join(level[1] for level in self._levels[:_DEEPEST_PREFIX])
        self._lines.append(self._prefix + "".join(self._line))
        self._line = []
        self._blank = self._between_cells = False
