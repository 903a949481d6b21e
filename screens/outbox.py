"""What is on its way out: what counts down, waits, is held or failed, and what left lately.

The invariant: nothing that has left is shown as waiting, and each line says what can still be done about it.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from desk.ages import age
from desk.records import Message, OutboxRow
from desk.times import SECOND
from screens.action import Place, Situation
from screens.confirm import ConfirmScreen
from screens.desk_screen import opens
from screens.framed import FramedScreen, Shape
from screens.overtaken import BothTexts
from screens.seat import Seat
from storage import outbox, tickets
from storage.connect import Connection
from storage.deeds.by import Done
from storage.outbox import LastSent, Overtaken
from widgets.cells import fit, harmless
from widgets.inks import Lines, Piece, both_ends
from widgets.moments import moment
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look
from widgets.transcript import Transcript

if TYPE_CHECKING:
    from sqlmodel import Session

LATELY = 40
BESIDE_FROM, BELOW_FROM = 170, 30
TO_DROP = ("undoable", "waiting", "failed", "held")
TO_RETRY = ("failed", "held")
LETTERS = ("reply", "forward")
# What needs a person first, then what goes by itself, then what is over.
ORDER = ("failed", "held", "undoable", "handed", "sending", "waiting", "sent", "dropped")
MARKS: dict[str, Piece] = {
    "failed": ("×", "late"),
    "held": ("!", "due"),
    "undoable": ("◷", "mark"),
    "handed": ("?", "due"),
    "sending": ("↑", "mark"),
    "waiting": ("↑", "mark"),
    "sent": ("✓", "good"),
    "dropped": ("–", "faint"),
}
WORDS = {
    "failed": "could not be sent",
    "held": "held",
    "undoable": "leaves soon, u takes it back",
    "handed": "handed over; being looked for",
    "sending": "on its way",
    "waiting": "waits for the connection",
    "sent": "sent",
    "dropped": "dropped, never leaves",
}


def read_outbox(connection: Connection) -> tuple[OutboxRow, ...]:
    """What has not left, and the last that did; in the order in which it needs somebody."""
    rows = outbox.listed(connection, everything=True)
    over = [row for row in rows if row.state in ("sent", "dropped")][:LATELY]
    waiting = sorted((row for row in rows if row.state not in ("sent", "dropped")), key=lambda row: row.id)
    return tuple(sorted((*waiting, *over), key=lambda row: _place(row.state)))


def _place(state: str) -> int:
    return ORDER.index(state) if state in ORDER else len(ORDER)


def state_words(row: OutboxRow, now: int) -> str:
    """How it stands with something on its way, in words."""
    words = WORDS.get(row.state, row.state)
    if row.state == "undoable":
        left = max(0, -(-(row.ready_at - now) // SECOND))
        words = f"leaves in {left} s, u takes it back" if left else "leaves now"
    if row.state == "held" and not row.error:
        words += ": the customer wrote meanwhile"
    if row.tries and row.state in ("failed", "waiting"):
        words += " (tried once)" if row.tries == 1 else f" (tried {row.tries} times)"
    return words + (": " + row.error if row.error else "")


def outbox_line(row: OutboxRow, cells: int, now: int) -> list[Piece]:
    """One of them in a line."""
    mark = MARKS.get(row.state, ("?", "muted"))
    over = row.state in ("sent", "dropped")
    subject = " ".join(harmless(row.subject).split()) or "(no subject)"
    left: list[Piece] = [
        (" ", "plain"),
        mark,
        (" " + fit(harmless(row.kind), 8), "muted" if over else "plain"),
        (f"#{row.ticket_number} ", "muted"),
        (fit(subject, max(12, cells * 30 // 100)) + "  ", "muted" if over else "plain"),
        (" ".join(harmless(state_words(row, now)).split()), "faint" if over else mark[1]),
    ]
    return both_ends(left, [(f"{age(row.created_at, now):>5} ", "faint")], cells)


def quiet_lines(last: LastSent | None, now: int, zone: tzinfo) -> list[list[Piece]]:
    """What an outbox says that has nothing in it: that all is well, and what was sent last."""
    if last is None:
        return [
            [("Nothing is on its way.", "plain")],
            [("What you send waits here until it has left.", "muted")],
        ]
    subject = " ".join(harmless(last.subject).split()) or "(no subject)"
    return [
        [("✓ ", "good"), ("Everything is out: nothing waits to be sent.", "plain")],
        [
            ("Last sent: ", "muted"),
            (moment(last.at, now, zone), "plain"),
            (f"  #{last.ticket_number} {subject}", "muted"),
        ],
    ]


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


class OutboxScreen(FramedScreen[OutboxRow]):
    """The outbox."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[OutboxRow](self._draw, key=lambda row: row.id))
        self.quiet = Quiet()
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
            rewritable=row is not None and state in TO_DROP and row.kind in LETTERS,
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
        return (self.transcript, self.both)

    @override
    def shaped(self, size: Size) -> Shape:
        if self._rows == ():
            return Shape()
        if size.width >= BESIDE_FROM:
            return Shape(side=size.width * 45 // 100)
        # What is held can't be judged without its words.
        held = any(row.state == "held" for row in self._rows or ())
        return Shape(below=size.height // 2) if size.height >= BELOW_FROM or held else Shape()

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
        if row.state == "held":
            # Only what stands on the screen counts as read.
            seen = found.heard[-1].id if found is not None and found.row_id == row_id else None
            words = (row.error or "The customer wrote since you began this.", "It will leave as it is.")
            self._sure("Send it all the same?", words, lambda session: retry(session, by, (row_id,), seen=seen))
        else:
            self.deed(lambda session: retry(session, by, (row_id,)))

    def action_outbox_change(self) -> None:
        """Take it back into the composer: it doesn't leave, and its words are a draft again."""
        from storage.deeds.outbox import write_anew

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        row_id, ticket_id = row.id, row.ticket_id

        def taken(answer: tuple[Done, str]) -> None:
            done, kind = answer
            self.told(done)
            if self.is_attached:
                opens(self.app).open_draft(ticket_id, kind)

        self.seat.jobs.deed(lambda session: write_anew(session, by, row_id), taken)

    def action_outbox_drop(self) -> None:
        """It will never leave, after a question."""
        from storage.deeds.outbox import drop

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        row_id = row.id
        words = ("It stays on the ticket, marked as never sent.", "u takes it back.")
        title = " ".join(("Drop the", row.kind, "on", "#" + str(row.ticket_number) + "?"))
        self._sure(title, words, lambda session: drop(session, by, (row_id,)))

    def _sure(self, title: str, words: tuple[str, ...], do: "Callable[[Session], Done]") -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.deed(do)

        self.app.push_screen(ConfirmScreen(self.seat, title, words), answered)
