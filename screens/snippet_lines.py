"""A snippet in one line, and whole as it would be inserted here: what is filled in, what stays open, what it changes.

Pure. The invariant: what is still open and what is no variable are told by words, not by colour alone.
"""

from collections.abc import Callable, Iterator, Mapping

from textual.geometry import Size
from textual.strip import Strip

from desk.snippets import Actions, FieldKind, OpenField, Snippet, open_fields, render
from widgets.cells import fit, harmless
from widgets.inks import Lines, Piece, both_ends
from widgets.wrap import one_line, wrap

# Before an answer that was given to a question like the present one.
LIKE = "≈"
# Longer texts are no snippets; a preview of a page is enough to tell them.
LINES_SHOWN = 400


def snippet_line(snippet: Snippet, cells: int, *, folder: str = "", given: int = 0) -> list[Piece]:
    """Folder (where it is to be shown), title, trigger, and how often it was used; `given` to questions like this."""
    left: list[Piece] = [(" ", "plain")]
    if folder:
        room = min(18, max(12, cells // 5))
        left.append((fit(_flat(snippet.folder) if folder == "shown" else "", room) + " ", "muted"))
    mark = (LIKE + " ", "good") if given else ("± ", "due") if snippet.actions else ("  ", "plain")
    left += [mark, (_flat(snippet.name), "plain")]
    if given:
        left.append((f"  {given}× like this", "good"))
    trigger = ";" + _flat(snippet.trigger) if snippet.trigger else ""
    right: list[Piece] = [(fit(trigger, 12) + " ", "key"), (f"{_uses(snippet):>5} ", "faint")]
    return both_ends(left, right, cells)


def action_words(actions: Actions) -> tuple[str, ...]:
    """What a macro does besides its text, one change each."""
    words = []
    if actions.status is not None:
        words.append("status → " + actions.status.label.lower())
    if actions.assignee is not None:
        words.append("assignee → " + actions.assignee)
    if actions.priority is not None:
        words.append("priority → " + actions.priority.label.lower())
    if actions.snooze is not None:
        words.append("snoozed → " + actions.snooze)
    if actions.add_tags:
        words.append("tags on: " + ", ".join(actions.add_tags))
    if actions.remove_tags:
        words.append("tags off: " + ", ".join(actions.remove_tags))
    return tuple(words)


def field_words(fields: tuple[OpenField, ...]) -> str:
    """What is still to be filled in, in words; empty where nothing is."""
    asked = dict.fromkeys(
        "one of " + ", ".join(field.options) if field.kind is FieldKind.CHOOSE else field.prompt for field in fields
    )
    return "; ".join(asked)


def preview(snippet: Snippet, values: Mapping[str, str], cells: int) -> list[list[Piece]]:
    """A snippet as it would be inserted, under what it is and what it changes."""
    rendered = render(snippet.body, values)
    lines: list[list[Piece]] = [[(_flat(snippet.name), "unread")]]
    about = (_flat(snippet.folder), ";" + _flat(snippet.trigger) if snippet.trigger else "", _times(snippet))
    lines.append([(" · ".join(part for part in about if part), "muted")])
    if snippet.question:
        lines += _broken("answers: " + _flat(snippet.question), cells, "muted")
    if snippet.keywords:
        lines.append([(", ".join(_flat(word) for word in snippet.keywords), "faint")])
    lines += [[("± ", "due"), (_flat(words), "plain")] for words in action_words(snippet.actions)]
    for problem in rendered.problems:
        lines.append([("× ", "late"), (" ".join((problem.message + ".", problem.mend)), "plain")])
    open_words = field_words(rendered.open_fields)
    if open_words:
        lines += _broken("→ to fill in: " + open_words, cells, "due")
    if snippet.body.strip():
        lines.append([])
        lines += _body(rendered.text, cells)
    return lines


def _broken(text: str, cells: int, ink: str) -> list[list[Piece]]:
    text = one_line(text)
    return [[(text[start:end], ink)] for start, end in wrap(text, cells)]


def _body(text: str, cells: int) -> Iterator[list[Piece]]:
    shown = 0
    for source in text.split("\n"):
        line = one_line(source)
        fields = [(field.start, field.end) for field in open_fields(line)]
        for start, end in wrap(line, cells):
            if shown == LINES_SHOWN:
                yield [("…", "muted")]
                return
            shown += 1
            yield _marked(line, start, end, fields)


def _marked(line: str, start: int, end: int, fields: list[tuple[int, int]]) -> list[Piece]:
    """A stretch of a line with its open fields in their ink."""
    pieces: list[Piece] = []
    at = start
    for first, last in fields:
        first, last = max(first, at), min(last, end)
        if first < last:
            pieces += [(line[at:first], "plain"), (line[first:last], "due")]
            at = last
    return [*pieces, (line[at:end], "plain")]


def _uses(snippet: Snippet) -> str:
    return f"{min(snippet.uses, 9999)}×" if snippet.uses else ""


def _times(snippet: Snippet) -> str:
    if not snippet.uses:
        return "never used yet"
    return "used once" if snippet.uses == 1 else f"used {snippet.uses:,} times"


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())


class Preview(Lines, can_focus=False):
    """The snippet under the cursor, whole."""

    def __init__(self, values: Callable[[], Mapping[str, str]]) -> None:
        super().__init__()
        self._values = values
        self._snippet: Snippet | None = None
        self._lines: list[list[Piece]] = []

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join("".join(words for words, _ in line) for line in self._lines)

    def show(self, snippet: Snippet | None) -> None:
        """Show a snippet, or nothing."""
        self._snippet = snippet
        self._lay_out()
        self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line."""
        number = y + self.scroll_offset.y
        pieces = self._lines[number] if number < len(self._lines) else []
        return self.strip([(" ", "plain"), *pieces], self.cells)

    def _lay_out(self) -> None:
        cells = self.cells - 2
        shown = self._snippet is not None and cells > 0
        self._lines = preview(self._snippet, self._values(), cells) if self._snippet and shown else []
        self.virtual_size = Size(1, len(self._lines))
        self.refresh()
