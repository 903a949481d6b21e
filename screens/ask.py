"""The line at the bottom that asks for a word: a time, tags, a person, a filter, a command.

It says under the line what the words mean, or why they mean nothing, while they are typed. The invariants: it is
drawn over the screen, so that nothing moves behind it; nothing is done before Enter, Esc does nothing at all.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from desk.errors import HeardError
from widgets.bars import Bar
from widgets.cells import harmless
from widgets.fields import TextField
from widgets.inks import Piece, both_ends, fit_pieces
from widgets.rows import LineList
from widgets.ticket_line import Look

MOST_LINES = 12
# A filter is run when the fingers rest this long.
PAUSE = 0.12


class Choice(NamedTuple):
    """One of the answers: `key` is what is accepted, `title` what is typed and shown, `detail` stands behind it."""

    key: str
    title: str
    detail: str = ""
    mark: str = ""


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices that have every word of `text` in them: titles that begin with it first, details last."""
    words = text.casefold().split()
    ranked: list[tuple[int, int, Choice]] = []
    for place, choice in enumerate(choices):
        title, all_of_it = choice.title.casefold(), " ".join((choice.title, choice.detail, choice.key)).casefold()
        if not all(word in all_of_it for word in words):
            continue
        begins = title.startswith(" ".join(words))
        in_title = all(word in title for word in words)
        ranked.append((0 if begins else 1 if in_title else 2, place, choice))
    return [choice for _, _, choice in sorted(ranked, key=lambda rank: rank[:2])]


class Question(NamedTuple):
    """What is asked for.

    `accept` gets the key of the choice under the cursor, or the text where there are no choices or none fits (`free`).
    `reading` says what the text means and raises where it means nothing; `changed` follows the typing; `left` is
    called where the question is given up. `last_word`: choices complete the last word of several. `match` picks the
    choices that fit. `hidden`: what is typed is a secret, shown as dots, taken as it stands and not left in the field.
    """

    label: str
    accept: Callable[[str], object]
    text: str = ""
    reading: Callable[[str], str] | None = None
    choices: Sequence[Choice] = ()
    changed: Callable[[str], object] | None = None
    left: Callable[[], object] | None = None
    free: bool = False
    last_word: bool = False
    hidden: bool = False
    match: Callable[[Sequence[Choice], str], list[Choice]] = matching


def draw_choice(choice: Choice, cells: int, _look: Look) -> list[Piece]:
    """A choice in one line: its title, what it is, and its key at the right."""
    left: list[Piece] = [(" " + harmless(choice.title) + "  ", "plain"), (harmless(choice.detail), "muted")]
    return both_ends(left, [(harmless(choice.mark) + " ", "key")] if choice.mark else [], cells)


class ReadingLine(Bar):
    """What the typed words mean, or why they mean nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._wrong = False

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Show the meaning, or the mistake."""
        self._words, self._wrong = words, wrong
        self.display = bool(words)
        self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """The words behind an arrow, or behind a cross."""
        mark, ink = ("×", "late") if self._wrong else ("→", "mark")
        return both_ends([(" " + mark + " ", ink), (harmless(self._words), "plain")], [], cells)


class LabelLine(Bar):
    """What is asked for, in front of the input."""

    def __init__(self) -> None:
        super().__init__()
        self._label = ""

    def say(self, label: str) -> None:
        """Show it, in as many cells as it needs."""
        self._label = label
        self.styles.width = len(label) + 2
        self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """The label."""
        return fit_pieces([(" " + self._label, "title")], cells)


class AskPanel(Vertical):
    """The panel of one `Question` after the other; hidden while nothing is asked."""

    DEFAULT_CSS = """
    AskPanel {
        layer: above; dock: bottom; height: auto; max-height: 60%; display: none;
        background: $bar-background; border-top: solid $rule;
        & LineList { height: auto; max-height: 12; background: $bar-background; }
        & Horizontal { height: 1; }
        & TextField { width: 1fr; padding: 0; }
        & TextField:focus { background: $bar-background; }
    }
    """

    class Ended(Message):
        """The question was answered or given up; the focus goes back."""

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._shown: list[Choice] = []
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """The choices, the meaning, and the line to type in."""
        choices = LineList[Choice](draw_choice, key=lambda choice: choice.key, empty="Nothing fits")
        choices.can_focus = False
        yield choices
        yield ReadingLine()
        with Horizontal():
            yield LabelLine()
            yield TextField()

    @property
    def asking(self) -> Question | None:
        """The question that is open."""
        return self._question

    @property
    def reading(self) -> str:
        """What stands under the line."""
        return self.query_one(ReadingLine).words

    @property
    def input(self) -> TextField:
        """The line to type in."""
        return self.query_one(TextField)

    def ask(self, question: Question) -> None:
        """Ask it, in the place of one that was open."""
        self._open(question, question.text)

    def _open(self, question: Question, text: str) -> None:
        self._question = question
        self.display = True
        self.query_one(LabelLine).say(question.label)
        line = self.input
        line.password = question.hidden
        with line.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)
        # At once, as in `_end`: a key that is there already must find the field, or find it left.
        self.screen.set_focus(line)
        self._show(question)

    def answer(self) -> None:
        """Accept what stands there; a mistake keeps the question open."""
        question = self._question
        if question is None:
            return
        text = self.input.value if question.hidden else self.input.value.strip()
        row = self.query_one(LineList).row if question.choices and not question.last_word else None
        answer = row.key if isinstance(row, Choice) else text
        if question.choices and row is None and not question.free and not question.last_word:
            self.query_one(ReadingLine).say("None of these, type part of a name", wrong=True)
            return
        try:
            if row is None and question.reading is not None and text:
                question.reading(text)
            self._end()
            question.accept(answer)
        except HeardError as error:
            self._open(question, text)
            self.query_one(ReadingLine).say(str(error), wrong=True)

    def give_up(self) -> None:
        """Close it and do nothing."""
        question = self._question
        if question is None:
            return
        self._end()
        if question.left is not None:
            question.left()

    def _end(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        if self.input.password:
            with self.input.prevent(Input.Changed):
                self.input.value = ""
        self._question = None
        self.screen.set_focus(None)
        self.display = False
        self.post_message(self.Ended())

    def _show(self, question: Question) -> None:
        text = self.input.value
        choices = self.query_one(LineList)
        choices.display = bool(question.choices)
        if question.choices:
            wanted = text.split(" ")[-1].lstrip("+-") if question.last_word else text
            self._shown = question.match(question.choices, wanted)
            choices.show_rows(self._shown)
            choices.home()
            choices.styles.height = max(1, min(MOST_LINES, len(self._shown)))
        self._read(question, text)

    def _read(self, question: Question, text: str) -> None:
        line = self.query_one(ReadingLine)
        if question.reading is None:
            line.say("")
            return
        try:
            line.say(question.reading(text))
        except HeardError as error:
            line.say(str(error), wrong=True)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        question = self._question
        if question is None:
            return
        self._show(question)
        if question.changed is not None:
            if self._pause is not None:
                self._pause.stop()
            follow, text = question.changed, event.value
            self._pause = self.set_timer(PAUSE, lambda: follow(text))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.answer()

    @on(LineList.Opened)
    def _clicked(self, event: LineList.Opened) -> None:
        event.stop()
        self.answer()

    @on(TextField.Left)
    def _left(self, event: TextField.Left) -> None:
        event.stop()
        self.give_up()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        event.stop()
        self.query_one(LineList).move(event.lines)

    def on_key(self, event: events.Key) -> None:
        """Tab completes; an input leaves it alone."""
        if event.key == "tab":
            event.stop()
            self._complete()

    def _complete(self) -> None:
        row = self.query_one(LineList).row
        question = self._question
        if not isinstance(row, Choice) or question is None or not question.choices:
            return
        if question.last_word:
            head, space, last = self.input.value.rpartition(" ")
            sign = last[:1] if last[:1] in ("+", "-") else ""
            self.input.value = head + space + sign + row.title + " "
        else:
            self.input.value = row.title + (" " if question.free else "")
        self.input.cursor_position = len(self.input.value)
