"""The furniture of a call's page: three panes, their sizes, where the keys go, the line with the clock.

The invariants: what stands in the panes stays where it is from the first ring to the wrap-up; letters are text in the
notes and keys everywhere else, and the place says which.
"""

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from typing_extensions import override

from desk.callers import CallerCard, CallerMatch
from desk.calls import CallRow, CallState
from desk.records import CustomerCard
from screens.action import CALLING, Place, Places, Situation
from screens.ask import AskPanel, LabelLine
from screens.call_reading import CallPage
from screens.desk_screen import DeskScreen
from screens.frame import BOTTOM, TOP, Rule
from screens.phone import Ring, rings_for, same, stands
from screens.seat import Seat
from screens.top_line import show_top_line
from storage.deeds.calls import Begun
from widgets.bars import HeaderBar, HintBar, NoticeBar
from widgets.call_bar import CallBar, CallFacts
from widgets.caller_panel import CallerPanel
from widgets.checklist import ChecklistPanel
from widgets.editor import Editor
from widgets.fields import TextField
from widgets.transcript import Transcript
from widgets.wrap_up import WrapUpPanel

PANES = ("who", "steps", "notes", "said")
# From the notes Tab leads to the checklist, where letters and digits are keys.
ORDER = ("who", "notes", "steps")
TITLES = {"who": "Caller", "steps": "Checklist", "notes": "Notes", "said": "Conversation"}
# Four panes, where what was said on the ticket has room too; it never has the keys.
FOUR_FROM, THREE_FROM, TWO_FROM = 168, 112, 84
NOBODY = CallerMatch("withheld", "")


class CallFrame(DeskScreen[None]):
    """One call, or somebody who rings. `text` is the number as it was shown, `picked` who the agent says it is.

    `chosen` is the ticket that the call goes on, None for a new one. `just_ended`: the telephone told so this moment.
    """

    CSS_PATH = "call.tcss"
    hints_kept = 2

    def __init__(
        self, seat: Seat, *, ring: Ring | None = None, call_id: int | None = None, begun: Begun | None = None
    ) -> None:
        super().__init__(seat)
        self.ring, self.begun = ring, begun
        self.call_id = ring.call_id if ring is not None else call_id
        self.text = ring.number if ring is not None else ""
        self.call: CallRow | None = None
        self.found: CallPage | None = None
        self.picked = begun.customer_id if begun is not None else None
        self.chosen = begun.ticket_id if begun is not None else None
        self.choice_made = self.chosen is not None
        self.place_in_several = 0
        self.just_ended = False
        self.waiting = 0
        self.pane = "who" if begun is None and call_id is None else "steps"
        self.panes_shown: tuple[str, ...] = ()
        self.widths: list[int] = []
        self.header, self.notices, self.bar = HeaderBar(), NoticeBar(clock=seat.clock), CallBar()
        self.top, self.bottom = Rule(TOP), Rule(BOTTOM)
        self.who = CallerPanel(clock=seat.clock, zone=seat.zone)
        self.steps = ChecklistPanel(clock=seat.clock, zone=seat.zone)
        self.wrap_up = WrapUpPanel()
        self.goal = TextField(placeholder="what they are trying to get done")
        self.notes = Editor()
        self.said = Transcript(clock=seat.clock, zone=seat.zone)
        self.said.can_focus = False
        self.notes.placeholder = "What is said. It is saved as you type it."
        self.boxes = {name: Vertical(classes="call-pane") for name in PANES}

    @override
    def compose(self) -> ComposeResult:
        label = LabelLine()
        label.say("Goal")
        yield self.header
        yield self.bar
        yield self.top
        with Container(classes="call-panes"):
            with self.boxes["who"]:
                yield self.who
            with self.boxes["steps"]:
                yield self.steps
            with self.boxes["notes"]:
                yield self.wrap_up
                yield Horizontal(label, self.goal, classes="call-goal")
                yield self.notes
            with self.boxes["said"]:
                yield self.said
        yield self.bottom
        yield self.notices
        yield HintBar()
        yield AskPanel()

    # Where the agent is

    @property
    def state(self) -> CallState:
        """How the call stands; what `heard pop` told of rings."""
        return self.call.state if self.call is not None else CallState.RINGING

    @property
    def may_begin(self) -> bool:
        """Whether the call can begin from here."""
        return self.state in (CallState.RINGING, CallState.MISSED) and self.begun is None

    @property
    def over(self) -> bool:
        """Whether nothing is left to do about it."""
        return not self.state.open

    @property
    @override
    def place(self) -> Place:
        if self.focused is not None and self.focused in (self.goal, self.notes):
            return Place.NOTES
        if self.state.on_line or self.just_ended:
            return Place.CALL
        return Place.WRAP_UP if self.state is CallState.WRAPPING else Place.CALLER

    @property
    @override
    def command_places(self) -> Places:
        front = Place.CALL if self.state.on_line else self.place
        return frozenset({front, Place.NOTES}) if front in CALLING and front is not Place.CALLER else frozenset({front})

    @override
    def situation(self) -> Situation:
        card, match = self.card, self.match
        hits = len(match.hits) if card is None else 1
        return Situation(
            ticket=self.chosen is not None,
            ticket_open=True,
            listed=hits,
            customer=card is not None,
            runs=len(self.found.templates) if self.found is not None else 0,
            maybe=match.maybe_id is not None and card is not None and match.customer_id == card.id,
            on_line=self.state.on_line,
            stranger=card is None,
        )

    @property
    def match(self) -> CallerMatch:
        """Whom the number belongs to."""
        if self.found is not None:
            return self.found.match
        return self.ring.match if self.ring is not None else NOBODY

    @property
    def caller_card(self) -> CallerCard | None:
        """What is known of who calls."""
        if self.found is not None:
            return self.found.card
        return self.ring.card if self.ring is not None else None

    @property
    def card(self) -> CustomerCard | None:
        """The customer; None while it is nobody yet."""
        return self.caller_card.card if self.caller_card is not None else None

    def is_of(self, which: Ring | CallRow) -> bool:
        """Whether this is the page of that call."""
        if isinstance(which, CallRow):
            return which.id == self.call_id
        if which.call_id is not None and self.call_id is not None:
            return which.call_id == self.call_id
        return self.ring is not None and self.call is None and same(which.text, self.ring.text)

    def rang_as(self, call: CallRow) -> bool:
        """Whether that call was taken since this page was opened for the same number."""
        if self.ring is None or not self.text or (call.answered_at or 0) < self.ring.since:
            return False
        return same(call.number, self.text)

    @override
    def shows(self, _ring: Ring | CallRow) -> bool:
        return self.is_of(_ring)

    # How it is drawn

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, other panes."""
        self.lay_out()

    def lay_out(self) -> None:
        """Show the panes that fit, the one with the keys among them."""
        width = (self.size or self.app.size).width
        if width >= FOUR_FROM:
            shown: tuple[str, ...] = PANES
        elif width >= THREE_FROM:
            shown = PANES[:-1]
        elif width >= TWO_FROM:
            shown = ("who", "notes") if self.pane == "who" else ("steps", "notes")
        else:
            shown = (self.pane,)
        self.panes_shown = shown
        for name, box in self.boxes.items():
            box.display = name in shown
            box.set_class(name == shown[-1], "-last")
        wide = (46, 40, (width - 86) // 2) if width >= 140 else (38, 34, 0)
        self.widths = [dict(zip(PANES, wide, strict=False))[name] for name in shown[:-1]]
        for name, box in self.boxes.items():
            box.styles.width = self.widths[shown.index(name)] if name in shown[:-1] else "1fr"
        self.wrap_up.display = self.state is CallState.WRAPPING
        self.draw_frame()

    def draw_frame(self) -> None:
        """The rules around the panes, with their titles."""
        width, shown = (self.size or self.app.size).width, self.panes_shown
        rooms = [*(cells - 1 for cells in self.widths), width - sum(self.widths) - 2]
        hidden = "" if len(shown) >= 3 else " · Tab " + TITLES[self._pane_after(self.pane)].casefold()
        titles = [TITLES[name] + hidden * (name == self.pane) for name in shown]
        parts = list(zip(titles, rooms, strict=True))
        self.top.show(*parts)
        self.bottom.show(*(("", room) for _, room in parts))

    def show_bar(self) -> None:
        """The line with the clock, and the top line."""
        now, call = self.seat.clock(), self.call
        since = self.ring.since if self.ring is not None else now
        words = stands(call, now) if call is not None else rings_for(since, now, outbound=self.outbound)
        title = self.card.name if self.card is not None else (call.title if call is not None else self.ring_title)
        hits = self.match.hits
        given = hits[0].identity_value if self.match.kind == "one" and hits else self.match.shown
        number = given or (call.number if call is not None else self.text)
        number = "" if self.match.kind == "withheld" or number == title else number
        rings, out = self.state is CallState.RINGING, self.outbound
        called = ("you call" if out else "calls") if rings else "you called" if out else "called you"
        self.bar.show(CallFacts(self.state, words, title, number, called, self.ticket_words()))
        show_top_line(self.header, self.notices, self.seat, ("Call", title), self.waiting, called=call is None)

    @property
    def outbound(self) -> bool:
        """Whether it is the agent who calls."""
        if self.call is not None:
            return self.call.direction == "out"
        return self.ring is not None and self.ring.direction == "out"

    @property
    def ring_title(self) -> str:
        """Who it is before it is a call."""
        return self.ring.title if self.ring is not None else "…"

    def ticket_words(self) -> str:
        """Where the call goes."""
        tickets = self.found.tickets if self.found is not None else ()
        row = next((row for row in tickets if row.id == self.chosen), None)
        if row is None:
            return "on a new ticket" if self.state.on_line or self.state is CallState.WRAPPING else ""
        return f"on #{row.number} {' '.join(row.subject.split())}"

    @override
    def tick(self) -> None:
        super().tick()
        self.show_bar()

    @override
    def sources_changed(self) -> None:
        self.show_bar()

    # Where the keys go

    def go_to_pane(self, name: str) -> None:
        """Let the keys go to a pane, which comes to the front where there is room for one alone."""
        self.pane = name
        self.lay_out()
        self.focus_pane()
        self.show_hints()

    def focus_pane(self) -> None:
        """Put the focus where the keys go."""
        if self.pane == "who":
            self.set_focus(self.who)
        elif self.pane == "steps":
            self.steps.focus_steps()
        elif self.state is CallState.WRAPPING:
            self.set_focus(self.wrap_up)
        elif self.state.on_line:
            self.set_focus(self.notes)
        else:
            self.set_focus(self.who)

    @override
    def asked(self) -> None:
        self.focus_pane()

    def action_move_next_pane(self) -> None:
        """To the next pane; out of the notes to the checklist."""
        self._step_pane(1)

    def action_move_previous_pane(self) -> None:
        """To the pane before."""
        self._step_pane(-1)

    def _step_pane(self, step: int) -> None:
        self.go_to_pane(self._pane_after(self.pane, step))

    @staticmethod
    def _pane_after(pane: str, step: int = 1) -> str:
        return ORDER[(ORDER.index(pane) + step) % len(ORDER)]
