"""What is on its way out: what counts down, waits, is held or failed, and what left lately.

The invariant: nothing that has left is shown as waiting, and each line says what can still be done about it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from desk.records import Message, OutboxRow
from screens.action import Place, Situation
from screens.confirm import ConfirmScreen
from screens.desk_screen import opens
from screens.framed import FramedScreen, Shape
from screens.outbox_lines import ORDER, WRITTEN, advice, outbox_line, quiet_lines
from screens.overtaken import BothTexts
from screens.seat import Seat
from storage import outbox, tickets
from storage.connect import Connection
from storage.deeds.by import Done
from storage.outbox import LastSent, Overtaken
from widgets.inks import Lines, Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look
from widgets.transcript import Transcript

if TYPE_CHECKING:
    from sqlmodel import Session

LATELY = 40
BESIDE_FROM, BELOW_FROM = 170, 30
GUESSED_CELLS = 78
TO_DROP = ("undoable", "waiting", "failed", "held", "bounced")
TO_RETRY = ("failed", "held", "bounced")


def read_outbox(connection: Connection) -> tuple[OutboxRow, ...]:
    """What has not left, and the last that did; in the order in which it needs somebody."""
    rows = outbox.listed(connection, everything=True)
    over = [row for row in rows if row.state in ("sent", "dropped")][:LATELY]
    waiting = sorted((row for row in rows if row.state not in ("sent", "dropped")), key=lambda row: row.id)
    return tuple(sorted((*waiting, *over), key=lambda row: _place(row.state)))


def _place(state: str) -> int:
    return ORDER.index(state) if state in ORDER else len(ORDER)


class Quiet(Lines, can_focus=False):
    """The outbox with nothing in it."""

    DEFAULT_CSS = "Quiet { height: 1fr; overflow: hidden; scrollbar-gutter: auto; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[Piece]] = []

    def show(self, lines: list[list[Piece]]) -> None:
        """Say it."""
        self._lines = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, the first one below a blank."""
        pieces = [("  ", "plain"), *self._lines[y - 1]] if 0 < y <= len(self._lines) else []
        return self.strip(pieces, self.size.width)


class Advice(Lines, can_focus=False):
    """What happened to what stands under the cursor, and what can be done: above its conversation."""

    DEFAULT_CSS = "Advice { height: 0; overflow: hidden; scrollbar-gutter: auto; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self._row: OutboxRow | None = None

    def show(self, row: OutboxRow | None) -> None:
        """Speak of another one, or be silent."""
        self._row = row
        self._fit()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """One line."""
        lines = self._lines(self.size.width)
        return self.strip(lines[y] if y < len(lines) else [], self.size.width)

    def _fit(self) -> None:
        """As many lines as the words take; before it was ever laid out, as many as they will about take."""
        lines = self._lines(self.size.width or GUESSED_CELLS)
        self.display = bool(lines)
        self.styles.height = len(lines)
        self.refresh()

    def _lines(self, cells: int) -> list[list[Piece]]:
        return [] if self._row is None else advice(self._row, cells)


class OutboxScreen(FramedScreen[OutboxRow]):
    """The outbox."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[OutboxRow](self._draw, key=lambda row: row.id))
        self.quiet = Quiet()
        self.advice = Advice()
        self.transcript = Transcript(clock=seat.clock, zone=seat.zone)
        self.transcript.can_focus = False
        self.both = BothTexts(clock=seat.clock, zone=seat.zone)
        self._overtaken: Overtaken | None = None
        self._rows: tuple[OutboxRow, ...] | None = None

    @property
    @override
    def place(self) -> Place:
        return Place.OUTBOX

    @override
    def situation(self) -> Situation:
        row = self.lines.row
        state = row.state if row else ""
        return Situation(
            listed=self.lines.count,
            retriable=state in TO_RETRY,
            removable=state in TO_DROP,
            doubtful=row is not None and row.doubtful,
            rewritable=row is not None and state in TO_DROP and row.kind in WRITTEN,
        )

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Outbox",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        row = self.lines.row
        waiting = sum(row.state not in ("sent", "dropped") for row in self._rows or ())
        words = "Nothing waits" if not waiting else str(waiting) + " on the way"
        number = "" if row is None else "#" + str(row.ticket_number)
        return (words, number + ": send it as it is, change it, or drop it" if self._overtaken else number)

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        return (self.lines, self.quiet)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.advice, self.transcript, self.both)

    @override
    def shaped(self, size: Size) -> Shape:
        if self._rows == ():
            return Shape()
        if size.width >= BESIDE_FROM:
            return Shape(side=size.width * 45 // 100)
        # What waits for a person can't be judged without its words.
        needed = any(row.state in TO_RETRY for row in self._rows or ())
        return Shape(below=size.height // 2) if size.height >= BELOW_FROM or needed else Shape()

    @override
    def changed(self) -> None:
        super().changed()
        self.read("rows", read_outbox, self._rows_read)

    def _rows_read(self, found: tuple[OutboxRow, ...]) -> None:
        self._rows = found
        self.lines.show_rows(found)
        self.lay_out()
        if found:
            self._say_quiet(None)
        else:
            self.read("last sent", outbox.last_sent, self._last_read)
        self.row_reached()
        self.show_hints()

    def _last_read(self, last: LastSent | None) -> None:
        if self._rows == ():
            self._say_quiet(quiet_lines(last, self.seat.clock(), self.seat.zone))

    def _say_quiet(self, lines: list[list[Piece]] | None) -> None:
        """Say that nothing is on its way, in the list's place; or show the list again."""
        if (lines is not None) != self.quiet.display:
            self.quiet.display = lines is not None
            # Not hidden: the list keeps the keys.
            self.lines.styles.height = "1fr" if lines is None else 0
        self.quiet.show(lines or [])

    @override
    def tick(self) -> None:
        super().tick()
        self.lines.tick()
        self.transcript.tick()

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        self.draw_frame()
        self.advice.show(row)
        if row is None or row.state != "held":
            self._overtaken_read(None)
        if row is None:
            self.transcript.clear()
        elif self.side_pane.display:
            ticket_id = row.ticket_id
            self.read(
                "conversation",
                lambda connection: tickets.conversation(connection, ticket_id),
                lambda found: self._conversation_read(ticket_id, found),
            )
        if row is not None and row.state == "held":
            row_id = row.id
            self.read("overtaken", lambda connection: outbox.overtaken(connection, row_id), self._overtaken_read)

    def _overtaken_read(self, found: Overtaken | None) -> None:
        row = self.lines.row
        if found is not None and (row is None or row.id != found.row_id):
            return
        self._overtaken = found
        self.both.show(found)
        self.transcript.display = found is None
        self.draw_frame()

    def _conversation_read(self, ticket_id: int, found: tuple[Message, ...]) -> None:
        row = self.lines.row
        if row is not None and row.ticket_id == ticket_id:
            self.transcript.show(ticket_id, found)

    def _draw(self, row: OutboxRow, cells: int, _look: Look) -> list[Piece]:
        return outbox_line(row, cells, self.seat.clock())

    # What the agent does

    @override
    def open_row(self, key: Key) -> None:
        if self.lines.row is not None:
            opens(self.app).open_ticket(self.lines.row.ticket_id)

    def action_outbox_retry(self) -> None:
        """Send what failed or is held with the next round."""
        from storage.deeds.outbox import retry

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        row_id, found = row.id, self._overtaken
        if row.doubtful:
            words: tuple[str, ...] = ("Whoever has it already gets it a second time.",)
            self._sure("Send it again?", words, lambda session: retry(session, by, (row_id,)))
        elif row.state == "held":
            # Only what stands on the screen counts as read.
            seen = found.heard[-1].id if found is not None and found.row_id == row_id else None
            words = (row.error or "The customer wrote since you began this.", "It will leave as it is.")
            self._sure("Send it all the same?", words, lambda session: retry(session, by, (row_id,), seen=seen))
        else:
            self.deed(lambda session: retry(session, by, (row_id,)))

    def action_outbox_arrived(self) -> None:
        """It may have left, and the agent knows that it did."""
        from storage.deeds.outbox import count_as_sent

        row, by = self.lines.row, self.seat.by()
        if row is not None:
            row_id = row.id
            self.deed(lambda session: count_as_sent(session, by, (row_id,)))

    def action_outbox_change(self) -> None:
        """Take it back into the composer: it doesn't leave, and its words are a draft again."""
        from storage.deeds.outbox import write_anew

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        row_id = row.id

        def taken(answer: tuple[Done, str]) -> None:
            done, kind = answer
            self.told(done)
            if self.is_attached:
                # Where it lives now: its ticket may have been merged since the list was read.
                opens(self.app).open_draft(done.ticket_ids[0], kind)

        self.seat.jobs.deed(lambda session: write_anew(session, by, row_id), taken)

    def action_outbox_drop(self) -> None:
        """It will never leave, after a question."""
        from storage.deeds.outbox import drop

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        row_id = row.id
        came_back = row.state == "bounced"
        how = "with what went wrong." if came_back else "marked as never sent."
        words = (" ".join(("It stays on the ticket,", how)), "u takes it back.")
        title = " ".join(("Let be" if came_back else "Drop", "the", row.kind, "on", "#" + str(row.ticket_number) + "?"))
        self._sure(title, words, lambda session: drop(session, by, (row_id,)))

    def _sure(self, title: str, words: tuple[str, ...], do: "Callable[[Session], Done]") -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.deed(do)

        self.app.push_screen(ConfirmScreen(self.seat, title, words), answered)
