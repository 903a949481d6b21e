"""Which answers were given most and what that cost, with the tickets behind each; and how snippets are changed.

The invariant: what was sent is read to the end, and while it isn't the page says that it counts what was read so far.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from desk.counts import counted
from desk.errors import HeardError
from desk.knowledge.changes import taken_over
from desk.reports.period import DEFAULT, EXAMPLES, period
from desk.reports.report import Table
from desk.snippets import Snippet
from screens.action import Place, Situation
from screens.ask import Question
from screens.desk_screen import opens
from screens.export import ask_to_export, export_table
from screens.facts import FactsPane
from screens.form import FormScreen
from screens.framed import FramedScreen, Shape
from screens.known_lines import (
    ANSWERS,
    PARTS,
    answer_facts,
    answer_line,
    drift_facts,
    drift_line,
    opened_line,
)
from screens.seat import Seat
from screens.snippet_form import snippet_form
from storage import library
from storage.connect import Connection
from storage.deeds.by import Done
from storage.knowledge.drift import Drifting, drifting, tickets_of
from storage.knowledge.groups import CaughtUp, catch_up, progress
from storage.reports.known_answers import KnownAnswers, Line, answers_table, known_answers
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

MOST_TICKETS = 100
# So long replies are read at a time, of the writer's time.
AT_ONCE_SECONDS = 0.03
BESIDE_FROM = 150

_TICKETS = "SELECT id, number, subject FROM ticket WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Under:
    """A ticket behind a line."""

    of: str
    id: int
    number: int
    subject: str


Row: TypeAlias = Line | Drifting | Under


def row_key(row: Row) -> str:
    """What names a line, whatever is added around it."""
    match row:
        case Line():
            return "snippet " + str(row.snippet_id) if row.snippet_id is not None else "group " + str(row.group_id)
        case Drifting():
            return "drift " + str(row.snippet.id)
        case Under():
            return row.of + " ticket " + str(row.id)


class KnownScreen(FramedScreen[Row]):
    """The known answers."""

    def __init__(self, seat: Seat) -> None:
        empty = "Nothing in this time; < goes further back."
        super().__init__(seat, LineList[Row](self._draw, key=row_key, empty=empty))
        self.facts = FactsPane()
        self.part = ANSWERS
        self.since = DEFAULT
        self._found: KnownAnswers | None = None
        self._drifting: tuple[Drifting, ...] = ()
        self._under: dict[str, tuple[Under, ...]] = {}
        self._progress = CaughtUp(0, 0)
        self._catching_up = False

    @property
    @override
    def place(self) -> Place:
        return Place.KNOWN

    @override
    def situation(self) -> Situation:
        row = self.lines.row
        editable = isinstance(row, Drifting) or (isinstance(row, Line) and row.snippet_id is not None)
        return Situation(listed=self.lines.count, editable=editable)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return (self.part, "since " + self.since)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        if self._found is None or self._progress.more:
            return (f"still reading what was sent: {self._progress.share:.0%}", "")
        if self.part != ANSWERS:
            many = len(self._drifting)
            return (f"{counted(many, 'snippet')} {'is' if many == 1 else 'are'} changed", "Snippet")
        known, replies = self._found.repeated, self._found.replies
        return (
            f"{known:,} of {counted(replies, 'reply', 'replies')} {'was' if known == 1 else 'were'} known",
            "Answer",
        )

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.facts,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(side=size.width * 45 // 100) if size.width >= BESIDE_FROM else Shape(below=size.height // 2)

    # Reading

    @override
    def changed(self) -> None:
        super().changed()
        if not self._catching_up:
            self.read("progress", progress, self._has_come)

    def _has_come(self, so_far: CaughtUp) -> None:
        self._progress = so_far
        self.draw_frame()
        if so_far.more:
            self._catching_up = True
            if self._found is None:
                self._count()
            self.seat.jobs.keep(
                lambda connection: catch_up(connection, seconds=AT_ONCE_SECONDS), self._caught_up, self._not_caught_up
            )
        else:
            self._count()

    def _caught_up(self, so_far: CaughtUp) -> None:
        self._catching_up = False
        if self.is_attached:
            self._has_come(so_far)

    def _not_caught_up(self, error: HeardError) -> None:
        """It goes on with the next change of anything."""
        self._catching_up = False
        if self.is_attached:
            self.fail(error)

    def _count(self) -> None:
        asked = period(self.since, "", self.seat.clock(), self.seat.zone)

        def ask(connection: Connection) -> tuple[KnownAnswers, tuple[Drifting, ...]]:
            return known_answers(connection, asked), drifting(connection, asked.since)

        self.read("known", ask, self._counted_answers)

    def _counted_answers(self, found: tuple[KnownAnswers, tuple[Drifting, ...]]) -> None:
        self._found, self._drifting = found
        self._show()

    def _show(self) -> None:
        lines: tuple[Row, ...] = (self._found.lines if self._found else ()) if self.part == ANSWERS else self._drifting
        self.show_list([row for line in lines for row in (line, *self._under.get(row_key(line), ()))])

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        self.draw_frame()
        if isinstance(row, Under):
            row = next((each for each in self._whole if row_key(each) == row.of), None)
        if isinstance(row, Drifting):
            self.facts.show(drift_facts(row))
        elif isinstance(row, Line) and self._found is not None:
            self.facts.show(answer_facts(row, self._found))
        else:
            self.facts.show([])

    @property
    def _whole(self) -> tuple[Row, ...]:
        return (*(self._found.lines if self._found else ()), *self._drifting)

    def _draw(self, row: Row, cells: int, _look: Look) -> list[Piece]:
        match row:
            case Line():
                return answer_line(row, cells)
            case Drifting():
                return drift_line(row, cells)
            case Under():
                return opened_line(row.number, row.subject, cells)

    # Moving

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if isinstance(row, Under):
            opens(self.app).open_ticket(row.id)
        elif row is not None:
            self._unfold(row)

    def _unfold(self, row: Line | Drifting) -> None:
        name = row_key(row)
        if self._under.pop(name, None) is not None:
            self._show()
            return

        def ask(connection: Connection) -> tuple[Under, ...]:
            of = row.tickets[:MOST_TICKETS] if isinstance(row, Line) else ()
            of = of or (tickets_of(connection, row.snippet.id, MOST_TICKETS) if isinstance(row, Drifting) else ())
            return tuple(Under(name, *connection.execute(_TICKETS, (each,)).fetchone()) for each in dict.fromkeys(of))

        def take(found: tuple[Under, ...]) -> None:
            self._under[name] = found
            self._show()

        self.read("under", ask, take)

    def action_page_next(self) -> None:
        """The other list."""
        self.part = PARTS[(PARTS.index(self.part) + 1) % len(PARTS)]
        self._show()
        self.lines.home()

    def action_page_previous(self) -> None:
        """The list before, which is the other one."""
        self.action_page_next()

    # What the agent does

    def action_known_since(self, text: str) -> None:
        """From when on; without words it is asked for."""
        if not text:
            self.ask(Question("Since", self.action_known_since, reading=self._read_since, free=True))
            return
        period(text, "", self.seat.clock(), self.seat.zone)
        self.since = text
        self._under.clear()
        self._count()

    def _read_since(self, text: str) -> str:
        if not text.strip():
            return EXAMPLES
        period(text, "", self.seat.clock(), self.seat.zone)
        return "from then until now"

    def action_known_keep(self) -> None:
        """Make a snippet of the newest reply of a line that is typed by hand."""
        row = self.lines.row
        if not isinstance(row, Line) or row.group_id is None:
            self.notice("It is a snippet already", "warning")
            return
        self._keep(row)

    def _keep(self, line: Line) -> None:
        from screens.answer_form import fresh, keep_form
        from storage.knowledge.answers import Captured, captured

        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        def ask(found: Captured) -> None:
            form = keep_form(self.seat, fresh(found), found.ticket_id, self.size.height)
            self.app.push_screen(FormScreen(self.seat, form), told)

        ticket_id, message_id = line.tickets[0], line.message_id
        self.read("keep", lambda connection: captured(connection, ticket_id, message_id), ask)

    def action_row_edit(self) -> None:
        """Write on the snippet; of one that drifts with its commonest change taken over, to be saved or not."""
        row = self.lines.row
        if isinstance(row, Drifting):
            common = row.drift.common
            body = row.snippet.body if common is None else taken_over(row.snippet.body, common)
            self._write(row.snippet.id, lambda snippet: replace(snippet, body=body))
        elif isinstance(row, Line) and row.snippet_id is not None:
            self._write(row.snippet_id, lambda snippet: snippet)

    def _write(self, snippet_id: int, change: Callable[[Snippet], Snippet]) -> None:
        def ask(connection: Connection) -> Snippet | None:
            return next((each for each in library.snippets(connection) if each.id == snippet_id), None)

        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        def form(snippet: Snippet | None) -> None:
            if snippet is None:
                self.notice("That snippet is gone", "warning")
                return
            self.app.push_screen(
                FormScreen(self.seat, snippet_form(self.seat, change(snippet), self.size.height)), told
            )

        self.read("snippet", ask, form)

    def action_known_export(self, text: str) -> None:
        """Write the known answers to a file; without a name it is asked for."""
        if not text:
            ask_to_export(self, "known-answers.md", self.action_known_export)
            return
        if self._found is None:
            return
        found = self._found

        def export(table: Table) -> None:
            export_table(self, text, table)

        self.read("export", lambda connection: answers_table(connection, found), export)
