"""The one-line bars: where you are, which keys there are, and what just happened."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

from textual.binding import BindingType
from textual.geometry import Size
from textual.strip import Strip

from desk.times import SECOND
from widgets.cells import harmless, shorten, width
from widgets.inks import Lines, Piece, both_ends, pieces_width

NoticeKind = Literal["plain", "good", "warning", "error"]
# How the sources do: as they should, on their way there, some of them away, or all away or in need of somebody.
Mood = Literal["well", "busy", "partly", "trouble"]

COUNTDOWN_CELLS = 15
# Where something stands below the notices, what was said makes room for it after this time.
SAID_FOR = 10 * SECOND
# A question that nobody answers goes away.
ASKED_FOR = 60 * SECOND
ASKED_MARK = "?"
_NOTICES: dict[NoticeKind, Piece] = {
    "plain": ("·", "mark"),
    "good": ("✓", "good"),
    "warning": ("!", "due"),
    "error": ("×", "late"),
}
# Rank, mark and ink of the words. Who works offline or waits for a first sync looks for it more than for a name.
_MOODS: dict[Mood, tuple[int, Piece, str]] = {
    "well": (5, ("● ", "good"), "muted"),
    "busy": (3, ("◌ ", "mark"), "plain"),
    "partly": (0, ("○ ", "due"), "due"),
    "trouble": (0, ("○ ", "late"), "late"),
}


class Bar(Lines, can_focus=False, inherit_bindings=False):
    """One line that never scrolls and never has the focus."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Bar { height: 1; overflow: hidden; scrollbar-gutter: auto; background: $bar-background; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.virtual_size = Size(1, 1)
        self.ground = "bar"

    @abstractmethod
    def pieces(self, cells: int) -> list[Piece]:
        """What stands in the line."""

    def render_line(self, y: int) -> Strip:
        """The line."""
        cells = self.cells
        return self.strip(self.pieces(cells) if y == 0 else [], cells, self.ground)


class HeaderFacts(NamedTuple):
    """What the top line tells: `place` from the screen down, `synced` in words, `waiting` in the outbox.

    `call` is how the agent's own call stands, with its clock; `alarm` what customers wait for. Whoever is `away` sees
    that in any case, so that nobody forgets to come back.
    """

    place: tuple[str, ...] = ()
    synced: str = ""
    mood: Mood = "well"
    waiting: int = 0
    agent: str = ""
    state: str = ""
    time: str = ""
    call: str = ""
    alarm: str = ""
    away: bool = False


class HeaderBar(Bar):
    """The top line of every screen."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._facts = HeaderFacts()

    def show(self, facts: HeaderFacts) -> None:
        """Take what is true now."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """The name of the product and the place, then the state of the world at the right."""
        facts = self._facts
        left: list[Piece] = [(" Heard ", "title")]
        for number, place in enumerate(facts.place):
            left.append((" · " if number else " ", "faint"))
            left.append((harmless(place), "plain" if number else "strong"))
        return both_ends(left, self._right(cells), cells)

    def _right(self, cells: int) -> list[Piece]:
        """As many of the groups as half of the line has room for, the most important ones."""
        groups = tuple(self._groups(self._facts.state))
        kept = _fitting(groups, cells)
        if len(kept) < len(groups) and not self._facts.away:
            # That they are available is what people know best; how the sources do they don't.
            shorter = _fitting(tuple(self._groups("")), cells)
            kept = shorter if len(shorter) == len(groups) else kept
        pieces: list[Piece] = []
        for group in sorted(kept, key=lambda group: group.place):
            pieces += [("   ", "plain")] if pieces else []
            pieces += group.pieces
        return [*pieces, (" ", "plain")]

    def _groups(self, state: str) -> Iterator["_Group"]:
        facts = self._facts
        if facts.call:
            yield _Group(-1, -1, (("☎ ", "title"), (harmless(facts.call), "unread")))
        if facts.alarm:
            yield _Group(-2, -2, (("! ", "late"), (harmless(facts.alarm), "late")))
        if facts.synced:
            rank, mark, ink = _MOODS[facts.mood]
            yield _Group(rank, 0, (mark, (harmless(facts.synced), ink)))
        yield _Group(2, 1, ((f"↑{facts.waiting}", "due" if facts.waiting else "faint"),))
        if facts.agent:
            words = f" ({harmless(state)})" if state else ""
            ink = "due" if facts.away else "muted"
            yield _Group(0 if facts.away else 4, 2, ((shorten(harmless(facts.agent), 20), "plain"), (words, ink)))
        if facts.time:
            yield _Group(1, 3, ((harmless(facts.time), "strong"),))


class _Group(NamedTuple):
    """What belongs together in the top line: a lower rank stays longer, a lower place stands further left."""

    rank: int
    place: int
    pieces: tuple[Piece, ...]


def _fitting(groups: Sequence[_Group], cells: int) -> list[_Group]:
    """The most important ones that half of the line has room for."""
    room = max(cells // 2, 7) - 1
    kept: list[_Group] = []
    for group in sorted(groups, key=lambda group: group.rank):
        room -= pieces_width(group.pieces) + 3 * bool(kept)
        if room < 0:
            break
        kept.append(group)
    return kept


class HintBar(Bar):
    """The keys of the present screen, as many as fit."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._hints: tuple[tuple[str, str], ...] = ()
        self._kept = 1

    def show(self, hints: Sequence[tuple[str, str]], *, kept: int = 1) -> None:
        """Take (key, title) pairs, the most useful first; the last `kept` (help, as a rule) always keep their place."""
        if (tuple(hints), kept) != (self._hints, self._kept):
            self._hints, self._kept = tuple(hints), kept
            self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """Keys and titles, whole ones only."""
        if not self._hints:
            return []
        clean = [(harmless(key), harmless(title)) for key, title in self._hints]
        others, last = clean[: -self._kept], clean[-self._kept :]
        room = cells - 1 - sum(map(_hint_width, last))
        pieces: list[Piece] = [(" ", "plain")]
        for hint in others:
            room -= _hint_width(hint)
            if room < 0:
                break
            pieces.extend(_hint(hint))
        return [*pieces, *(piece for hint in last for piece in _hint(hint))]


def _hint(hint: tuple[str, str]) -> list[Piece]:
    return [(hint[0], "key"), (" " + hint[1] + "  ", "muted")]


def _hint_width(hint: tuple[str, str]) -> int:
    return width(hint[0]) + width(hint[1]) + 3


class NoticeBar(Bar):
    """What just happened, with the time left to undo it; takes no line while there is nothing to say.

    What stands (the banner of a desk that is offline) is shown whenever nothing else has just been said.
    """

    DEFAULT_CSS = """
    NoticeBar { display: none; }
    NoticeBar.-speaking { display: block; }
    """

    def __init__(self, *, clock: Callable[[], int], id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._clock = clock
        self._text = ""
        self._kind: NoticeKind = "plain"
        self._began = 0
        self._until: int | None = None
        self._standing = ""
        self._question, self._asked_at = "", 0

    @property
    def question(self) -> str:
        """What is asked beside what was said; empty for nothing."""
        return self._question

    @property
    def text(self) -> str:
        """What it says; empty while it says nothing."""
        return self._text

    @property
    def busy(self) -> bool:
        """Whether it asks something, or counts down."""
        return bool(self._question) or self._until is not None

    def stand(self, text: str) -> None:
        """What is true until something else is; empty for nothing."""
        if text != self._standing:
            self._standing = text
            self.set_class(bool(self._text or text), "-speaking")
            self.refresh()

    def notice(self, text: str, kind: NoticeKind = "plain") -> None:
        """Say something until something else is said or `clear` is called."""
        self._say(text, kind, None)

    def count_down(self, text: str, until: int) -> None:
        """Say what was done, and how long `u` takes it back: until a time in microseconds."""
        self._say(text, "good", until)

    def ask(self, question: str) -> None:
        """Ask something beside what was said, until something else is said or nobody has cared for a while."""
        self._question, self._asked_at = question, self._clock()
        self._show()

    def clear(self) -> None:
        """Say nothing, and give the line back."""
        self._say("", "plain", None)

    def tick(self) -> None:
        """Let the countdown go on; where its time is over, the bar goes away."""
        if self._question and self._clock() >= self._asked_at + ASKED_FOR:
            self._question = ""
            self._show()
        if self._until is None:
            if self._standing and self._text and self._clock() >= self._began + SAID_FOR:
                self._text = ""
                self._show()
        elif self._clock() >= self._until:
            self._text, self._until = "", None
            self._show()
        else:
            self.refresh()

    def pieces(self, cells: int) -> list[Piece]:
        """The notice, and the countdown at the right."""
        mark, ink = _NOTICES[self._kind if self._text else "warning"]
        said = self._text or self._standing
        left: list[Piece] = [(f" {mark} ", ink), (harmless(" ".join(said.split())), "plain")]
        asked: list[Piece] = []
        if self._question:
            # It comes first: what was done is seen, and the countdown says that it can be taken back.
            asked = [(f" {ASKED_MARK} ", "mark"), (harmless(" ".join(self._question.split())), "strong")]
            left = [*asked, *([("  ", "plain"), (said, "muted")] if said else [])]
        counted = self._countdown(COUNTDOWN_CELLS)
        if self._question and pieces_width([*asked, *counted]) > cells:
            # What is asked is read whole; the seconds say what the line would have shown.
            counted = self._countdown(0)
        return both_ends(left, counted, cells)

    def _countdown(self, line: int) -> list[Piece]:
        """The key, a line of so many cells, and the seconds."""
        if self._until is None:
            return []
        left = max(0, self._until - self._clock())
        full = -(-left * line // max(1, self._until - self._began))
        return [
            ("u", "key"),
            (" undo  " if line else " undo", "muted"),
            ("━" * full, "mark"),
            ("─" * (line - full), "rule"),
            (f" {-(-left // SECOND):>3} s ", "muted"),
        ]

    def _say(self, text: str, kind: NoticeKind, until: int | None) -> None:
        self._text, self._kind, self._until, self._began = text, kind, until, self._clock()
        self._question = ""
        self._show()

    def _show(self) -> None:
        self.set_class(bool(self._text or self._standing or self._question), "-speaking")
        self.refresh()
