"""The workspace's furniture: panes, their sizes, where the keys go, the header.

The invariant: queue, reader and side are mounted once and stay; the next ticket is drawn, never pushed.
What is done in the panes stands in the modules `workspace_…`, each of which builds on this one.
"""

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from typing_extensions import override

from desk.records import TicketRow, ViewRow
from screens.action import WORK, Action, Place, Places, Situation
from screens.ask import AskPanel
from screens.desk_screen import DeskScreen
from screens.frame import BOTTOM, TOP, Rule
from screens.layout import Pane, Shown, lay_out
from screens.reading import Opened
from screens.seat import Seat
from screens.top_line import show_top_line
from widgets.bars import HeaderBar, HintBar, NoticeBar
from widgets.customer_card import CustomerPanel
from widgets.rows import RowView
from widgets.transcript import Transcript
from widgets.views import ViewList

if TYPE_CHECKING:
    from screens.gesture_form import Receiver
    from widgets.checklist import ChecklistPanel
    from widgets.composer import Composer
    from widgets.ticket_facts import TicketFacts

RULE = ("", "", "")
# From this many lines on there is room to read and to write at once.
ROOMY = 30
# What agents do in the very first moment, before there is more than the list.
MOVES = {"move.down", "move.up", "move.top", "move.bottom", "move.half_down", "move.half_up"}


class Workbench(DeskScreen[None]):
    """The panes, and what is shown in them. `reading_id` is the ticket that is open in the list's place."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self.views: tuple[ViewRow, ...] = ()
        self.counts: dict[int, int] = {}
        self.list_title = ""
        self.list_count: int | None = None
        self.waiting = 0
        self.opened: Opened | None = None
        self.reading_id: int | None = None
        self.writing = False
        self.furnished = False
        self.pane: Pane = "main"
        self.layout_shown = Shown(0, 0, 0, 0)
        self.view_list = ViewList(id="views")
        self.queue = RowView(self.fetch_rows, clock=seat.clock, marks=seat.marks, id="queue")
        self.transcript = Transcript(clock=seat.clock, zone=seat.zone, id="transcript")
        self.card = CustomerPanel(clock=seat.clock, zone=seat.zone, id="card")
        self.header, self.notices = HeaderBar(), NoticeBar(clock=seat.clock)
        self.top, self.bottom = Rule(TOP, id="top"), Rule(BOTTOM, id="bottom")
        self.preview_rule, self.side_rule = Rule(RULE, id="preview-rule"), Rule(RULE, id="side-rule")
        self.views_pane, self.main_pane, self.side_pane = (Vertical(id=name) for name in ("views-pane", "main", "side"))

    @override
    def compose(self) -> ComposeResult:
        yield self.header
        yield self.top
        with Horizontal(id="panes"):
            with self.views_pane:
                yield self.view_list
            with self.main_pane:
                yield self.queue
                yield self.preview_rule
                yield self.transcript
            with self.side_pane:
                yield self.card
                yield self.side_rule
        yield self.bottom
        yield self.notices
        yield HintBar()

    def furnish(self) -> None:
        """Mount what the first frame can do without: 30 ms of fields to type in."""
        self.main_pane.mount(self.facts, before=self.transcript)
        self.main_pane.mount(self.composer)
        self.side_pane.mount(self.checklist)
        self.mount(AskPanel())
        self.furnished = True
        self.lay_out()

    @override
    def perform(self, action: Action, text: str = "") -> None:
        # Whatever comes first: a rest, or a key that may need the furniture.
        if not self.furnished and action.id not in MOVES:
            self.furnish()
        super().perform(action, text)

    @cached_property
    def facts(self) -> "TicketFacts":
        """What stands over an open ticket; made after the first frame, as the composer."""
        from widgets.ticket_facts import TicketFacts

        return TicketFacts(clock=self.seat.clock, zone=self.seat.zone, id="facts")

    @cached_property
    def composer(self) -> "Composer":
        """Where replies are written; made after the first frame, since its imports take 15 ms."""
        from widgets.composer import Composer

        return Composer(id="composer")

    @cached_property
    def checklist(self) -> "ChecklistPanel":
        """The checklists of the current ticket; made after the first frame, as the composer."""
        from widgets.checklist import ChecklistPanel

        return ChecklistPanel(clock=self.seat.clock, zone=self.seat.zone, id="checklist")

    @abstractmethod
    def fetch_rows(self, start: int, count: int) -> list[TicketRow] | None:
        """Rows of the list, asked for by its widget; they come later."""

    # Where the agent is

    @property
    @override
    def place(self) -> Place:
        if self.writing and self.focused is not None and self.composer in self.focused.ancestors_with_self:
            return Place.COMPOSER
        if self.pane == "side":
            return Place.CHECKLIST
        return Place.TICKET if self.reading else Place.QUEUE

    @property
    @override
    def command_places(self) -> Places:
        return WORK | {Place.COMPOSER} if self.writing else WORK

    @override
    def situation(self) -> Situation:
        here = self.here
        card = here.card if here else None
        identities = card.identities if card else ()
        return Situation(
            ticket=self.current_id is not None,
            ticket_open=here is not None,
            selected=0 if self.reading else len(self.queue.selected),
            listed=self.queue.count,
            customer=card is not None,
            email=any("@" in identity.value for identity in identities),
            phone=any(identity.kind.name == "PHONE" for identity in identities),
            runs=len(here.runs) if here else 0,
            rated=here is not None and here.rated,
            draft=self.writing and not self.composer.empty,
        )

    @property
    def reading(self) -> bool:
        """Whether a ticket is open in the list's place."""
        return self.reading_id is not None

    @property
    def here(self) -> Opened | None:
        """The whole of the current ticket; None until it is read."""
        return self.opened if self.opened is not None and self.opened.id == self.current_id else None

    @property
    def current_id(self) -> int | None:
        """The ticket that deeds are about, where nothing is selected: the open one, else the one under the cursor."""
        if self.reading_id is not None:
            return self.reading_id
        cursor = self.queue.cursor_id
        return cursor if isinstance(cursor, int) else None

    @property
    @override
    def receiver(self) -> "Receiver | None":
        here = self.here
        if here is None:
            return None
        from screens.gesture_form import Receiver

        row = here.ticket.row
        return Receiver(
            row.id, row.customer_id, " · ".join(part for part in (row.customer, "#" + str(row.number)) if part)
        )

    @property
    @override
    def occupied(self) -> bool:
        return self.writing or super().occupied

    @override
    def calls_changed(self) -> None:
        super().calls_changed()
        self.show_header()

    @property
    def target_ids(self) -> tuple[int, ...]:
        """The tickets that a deed is about: the open one, or all that are selected, or the one under the cursor."""
        if self.reading:
            return () if self.current_id is None else (self.current_id,)
        return tuple(key for key in self.queue.chosen if isinstance(key, int))

    # Panes

    def lay_out(self) -> None:
        """Show the panes that fit, and draw the frame around them."""
        # Before the first layout a screen has no size yet.
        width, height = self.size or self.app.size
        shown = lay_out(width, height, reading=self.reading, front=self.pane, layout=self.seat.layout)
        self.layout_shown = shown
        last = shown.panes[-1]
        panes = (("views", self.views_pane), ("main", self.main_pane), ("side", self.side_pane))
        for (name, pane), cells in zip(panes, (shown.views, shown.main, shown.side), strict=True):
            pane.display = cells > 0
            pane.styles.width = cells
            pane.set_class(name == last, "-last")
        self.queue.display = not self.reading
        self.preview_rule.display = shown.preview > 0 and not self.reading
        self.transcript.display = self.reading or shown.preview > 0
        self.transcript.styles.height = "1fr" if self.reading else max(1, shown.preview)
        # The checklist needs the room while it has the keys, the customer otherwise.
        self.card.set_class(self.pane == "side", "-small")
        if self.furnished:
            self.facts.display = self.reading
            self.composer.display = self.reading and self.writing
            small, room = height < ROOMY, height - 4
            self.composer.set_small(small)
            self.composer.styles.height = max(9, -(-room * 3 // 5) if small else room // 2)
        self.draw_frame()

    def draw_frame(self) -> None:
        """The rules between the panes, with their titles."""
        shown = self.layout_shown
        ticket = self.here.ticket.row if self.here else None
        number = "" if ticket is None else "#" + str(ticket.number)
        of = self._source_words()
        titles = {
            "views": "Views",
            "main": (number + " · " + of if of else number) if self.reading else "Tickets",
            "side": "Customer",
        }
        widths = {"views": shown.views, "main": shown.main, "side": shown.side}
        parts = [(titles[pane], widths[pane] - 1) for pane in shown.panes]
        parts[-1] = (parts[-1][0], parts[-1][1] - 1)
        self.top.show(*parts)
        self.bottom.show(*(("", cells) for _, cells in parts))
        inner = dict(zip(shown.panes, (cells for _, cells in parts), strict=True))
        self.preview_rule.show((" ".join(("Preview", number)).rstrip(), inner.get("main", 0)))
        self.side_rule.show(("Checklist", inner.get("side", 0)))

    def _source_words(self) -> str:
        """Where the ticket that is read is from, and what it is called there; empty where nobody need ask."""
        if not self.here or not self.seat.sources:
            return ""
        from screens.source_lines import ticket_place

        return ticket_place(self.here.ticket, self.seat.sources, self.seat.marks)

    def go_to_pane(self, pane: Pane) -> None:
        """Let the keys go to a pane, which comes to the front where there is room for one alone."""
        self.pane = pane
        self.lay_out()
        self.focus_pane()
        self.show_hints()

    def focus_pane(self) -> None:
        """Put the focus where the keys go. At once: later, it could take it from a question that was asked since."""
        if self.pane == "views":
            self.set_focus(self.view_list)
        elif self.pane == "side":
            if self.furnished:
                self.checklist.focus_steps()
        elif self.reading:
            self.set_focus(self.transcript)
        else:
            self.set_focus(self.queue)

    @override
    def asked(self) -> None:
        self.focus_pane()

    @override
    def on_descendant_focus(self) -> None:
        # A click moves the keys to another pane as Tab does.
        panes: tuple[tuple[Pane, Vertical], ...] = (
            ("views", self.views_pane), ("main", self.main_pane), ("side", self.side_pane),
        )  # fmt: skip
        ancestors = self.focused.ancestors if self.focused is not None else ()
        self.pane = next((name for name, pane in panes if pane in ancestors), self.pane)
        super().on_descendant_focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, other panes."""
        self.lay_out()

    def action_move_next_pane(self) -> None:
        """To the next pane, in the order in which they stand."""
        self._step_pane(1)

    def action_move_previous_pane(self) -> None:
        """To the pane before."""
        self._step_pane(-1)

    def _step_pane(self, step: int) -> None:
        one = self.layout_shown.panes
        order: tuple[Pane, ...] = ("views", "main", "side") if not self.reading else ("main", "side")
        if len(one) > 1 and self.pane in one and not self.reading:
            order = one if len(one) == 3 else ("views", "main", "side")
        place = order.index(self.pane) if self.pane in order else 0
        self.go_to_pane(order[(place + step) % len(order)])

    # The top line

    def show_header(self) -> None:
        """Where we are, what waits, who sits here, and the time."""
        if self.reading and self.here is not None:
            row = self.here.ticket.row
            place = ("Queue", self.list_title, " ".join(("#" + str(row.number), row.subject)))
        else:
            counted = "" if self.list_count is None else format(self.list_count, ",")
            place = ("Queue", " ".join((self.list_title, counted)).rstrip(), "")
        shown = tuple(part for part in place if part)
        show_top_line(self.header, self.notices, self.seat, shown, self.waiting)

    @override
    def sources_changed(self) -> None:
        self.show_header()
        if self.reading:
            self.draw_frame()

    @override
    def tick(self) -> None:
        super().tick()
        self.show_header()
        if self.reading:
            self.facts.tick()
            self.transcript.tick()
