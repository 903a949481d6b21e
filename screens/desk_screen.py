"""What all screens have in common: keys become actions here, and nowhere else.

The invariants: every key that the registry knows in this place is taken before any widget sees it, except letters
where text is typed; an action that is off says why; a begun sequence shows its second keys.
"""

from abc import abstractmethod
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Protocol, cast

from textual import on
from textual.app import App
from textual.message import Message
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer

from desk.errors import HeardError
from screens.action import ENTRY, Action, Place, Places, Situation
from screens.actions import BY_ID, MENUS
from screens.ask import AskPanel, Question
from screens.hints import hints, menu
from screens.keymap import CANCELS, Keys, shown
from screens.seat import Seat
from widgets.bars import HintBar, NoticeBar, NoticeKind
from widgets.inks import Lines

if TYPE_CHECKING:
    from desk.calls import CallRow
    from screens.board import Left
    from screens.gesture_form import Receiver
    from screens.phone import Ring
    from screens.reading import Behind
    from storage.deeds.by import Done
    from widgets.banner_bar import BannerBar
    from widgets.ring_bar import RingBar

# How long keys wait at most for the field or the list that they are meant for. What ends the wait is that it comes, or
# that it fails; a database that is kept busy answers or fails after five seconds (storage.connect).
HOLD_SECONDS = 5.0


class DeskScreen(Screen[ScreenResultType], inherit_bindings=False):
    """A screen that takes its keys from the registry.

    Subclasses compose a `NoticeBar` and a `HintBar`, say where the agent is (`place`), what is there (`situation`),
    and have an `action_…` method for each action of their places; the app has those that every screen shares. A
    method takes one text where its action has an `argument` or `takes` something, else nothing.
    """

    AUTO_FOCUS = ""
    # How many of the last hints stay where not all fit: help, and on a page the way back.
    hints_kept = 1
    DEFAULT_CSS = "DeskScreen { layers: base above; }"

    class Ready(Message):
        """Keys that were held back may act again."""

    def __init__(self, seat: Seat, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.seat = seat
        self._pressed: Keys = ()
        self._awaiting = False
        self._held_all = False
        # A screen that is typed in may be asked for keys before its field is there.
        self._held_until = monotonic() + HOLD_SECONDS
        self._hold_end: Timer | None = None
        self._rings: RingBar | None = None
        self._banner: BannerBar | None = None

    def on_mount(self) -> None:
        """Keys that wait for a field get an end to it."""
        self._end_hold_in_time()

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where the agent is now."""

    @property
    def command_places(self) -> Places:
        """The places whose actions the `:` line and the palette offer."""
        return frozenset({self.place})

    def situation(self) -> Situation:
        """What the actions may ask about."""
        return Situation()

    @property
    def receiver(self) -> "Receiver | None":
        """Whom a gesture that is made here would be for."""
        return None

    def action_gesture_give(self, text: str) -> None:
        """Give something away."""
        self.offer_gesture(text)

    def offer_gesture(self, kind: str = "", then: "Callable[[Done], object] | None" = None) -> None:
        """Ask what to give away here; `then` hears what was done."""
        from screens.gesture_form import offer

        if self.receiver is None:
            self.notice("There is nobody here to give it to", "warning")
        else:
            offer(self, self.receiver, kind, then)

    @property
    def holding(self) -> bool:
        """Whether the next keys are meant for a field that is on its way here, or for what a closing one leaves."""
        awaiting = monotonic() < self._held_until and (self._awaiting or self.place in ENTRY)
        return self._held_all or (awaiting and not self.typing)

    def hold_keys(self) -> None:
        """Let keys wait for the field that an action opens: a word typed at once must not become commands."""
        if not self.typing:
            self._awaiting = True
            self._held_until = monotonic() + HOLD_SECONDS
            self._end_hold_in_time()

    def release_keys(self) -> None:
        """The field is there, or will not come."""
        self._awaiting = False
        self._held_until = 0.0
        if self._hold_end is not None:
            self._hold_end.stop()
            self._hold_end = None
        self.post_message(self.Ready())

    def hold_all_keys(self) -> None:
        """What was written here is being saved: keys typed now are no part of it any more, and wait until it is.

        However long that takes, as they would be lost with what closes; `release_all_keys` is called in any case.
        """
        self._held_all = True

    def release_all_keys(self) -> None:
        """It is saved and closed, or stays as it was: keys act on what has them now."""
        if self._held_all:
            # The focus that was just asked for comes by the app's queue.
            self.app.call_later(self._released_all)

    def _released_all(self) -> None:
        self._held_all = False
        self.post_message(self.Ready())

    def _end_hold_in_time(self) -> None:
        # A wait that is over takes its timer along, or it would end the next one too soon.
        if self._hold_end is not None:
            self._hold_end.stop()
        self._hold_end = self.set_timer(HOLD_SECONDS, self.release_keys)

    def take_key(self, name: str) -> bool:
        """Do what this key does here; False where it does nothing, so that the focused widget may have it."""
        if self.typing:
            # The field has come. That it has the focus may be heard of only when this key has left it again.
            self._awaiting = False
        place = self._place_of_keys()
        pressed = (*self._pressed, name)
        action = self.seat.keymap.action(place, pressed)
        if action is not None:
            self._begin(())
            self.perform(action)
            return True
        if self.seat.keymap.following(place, pressed):
            self._begin(pressed)
            return True
        if self._pressed:
            self._begin(())
            if name not in CANCELS:
                self.notice(shown(pressed) + " does nothing here", "warning")
            return True
        return False

    def take_paste(self, _text: str) -> bool:
        """Take what is pasted while nothing is being typed in; False where it is nothing to this screen."""
        return False

    def perform(self, action: Action, text: str = "") -> None:
        """Do an action, from a key, the palette or the `:` line; where it is off, say why."""
        reason = action.why_off(self.situation())
        if reason:
            self.notice(action.title + ": " + reason, "warning")
            return
        for owner in (self, self.app):
            method: Callable[..., object] | None = getattr(owner, action.method, None)
            if method is not None:
                break
        else:
            self.notice(action.title + " can't be done here", "warning")
            return
        try:
            if action.argument or action.takes:
                method(action.argument or text)
            else:
                method()
        except HeardError as error:
            self.fail(error)

    def do(self, action_id: str, text: str = "") -> None:
        """`perform`, by the action's id."""
        self.perform(BY_ID[action_id], text)

    def notice(self, text: str, kind: NoticeKind = "plain") -> None:
        """One line for the agent; kinds: plain, good, warning, error."""
        bar = self.query_one_optional(NoticeBar)
        if bar is not None:
            bar.notice(text, kind)

    def fail(self, error: HeardError) -> None:
        """What went wrong, and what to do, in words."""
        self.notice(str(error), "error")
        self.release_keys()

    def show_hints(self) -> None:
        """The keys of this place, or the second keys of the sequence that was begun."""
        bar = self.query_one_optional(HintBar)
        if bar is None:
            return
        keymap, place = self.seat.keymap, self._place_of_keys()
        self.show_banner()
        if self._pressed:
            title = MENUS.get(shown(self._pressed), "")
            bar.show(((shown(self._pressed), title), *menu(keymap, place, self._pressed), ("Esc", "never mind")))
        else:
            bar.show(hints(keymap, place, self.situation()), kept=self.hints_kept)

    def ask(self, question: Question) -> None:
        """Ask for a word at the bottom of the screen."""
        self.hold_keys()
        panel = self.query_one_optional(AskPanel)
        if panel is None:
            panel = AskPanel()
            self.mount(panel)
        if not panel.is_mounted:
            self.call_after_refresh(self.ask, question)
            return
        panel.ask(question)
        self.show_hints()

    def asked(self) -> None:
        """A question was answered or given up: put the focus where it belongs."""

    @on(AskPanel.Ended)
    def _ended(self) -> None:
        # Fast fingers may have asked for something else meanwhile, which has the keys.
        if self._asking_panel() is None:
            self.asked()
        self.show_hints()

    def changed(self) -> None:
        """Someone committed something: read anew what is shown. Called in the front screen and those under it."""

    def sources_changed(self) -> None:
        """A source is doing otherwise than before; `seat.sources` says how."""

    def calls_changed(self) -> None:
        """Somebody rings, or no more, or the agent's own call went on; `seat.phone` says how."""
        self.show_rings()

    def company_changed(self) -> None:
        """A colleague came, left, or opened another ticket; `seat.company` says how it stands."""

    def shows(self, _ring: "Ring | CallRow") -> bool:
        """Whether the screen itself tells of this call, so that the banner needn't."""
        return False

    def show_rings(self) -> None:
        """The banner: who rings, and the own call that was lost from sight."""
        phone = self.seat.phone
        wanted = [each for each in (*phone.rings, phone.offered) if each is not None and not self.shows(each)]
        if not wanted and self._rings is None:
            return
        # Nobody needs these before somebody rings.
        from screens.ring_words import facts_of
        from widgets.ring_bar import RingBar

        if self._rings is None:
            self._rings = RingBar(clock=self.seat.clock)
            self.mount(self._rings)
        keys = self.seat.keymap.of["call.take"]
        key = shown(keys[0]) if keys else ""
        # It takes the one that has waited longest.
        self._rings.show([facts_of(each, key if place == 0 else "") for place, each in enumerate(wanted)])

    def banners_changed(self) -> None:
        """Everybody is told something, or no more; `seat.banners` says what stands."""
        self.show_banner()

    def show_banner(self) -> None:
        """What everybody is told, in the words of the keys that act here."""
        if self._banner is not None or self.seat.banners:
            # Nobody needs it before anybody is told anything.
            from screens.banner_line import show

            self._banner = show(self, self._banner, self._place_of_keys())

    @property
    def told_lines(self) -> int:
        """How many lines the banner takes."""
        return self._banner.lines_at(self.size.width) if self._banner is not None else 0

    @property
    def occupied(self) -> bool:
        """Whether the agent is in the middle of something here: a text, a question, a begun key sequence."""
        written = getattr(self.focused, "value", "") or getattr(self.focused, "text", "") if self.typing else ""
        return bool(self._pressed or written) or self._asking_panel() is not None

    def save_typed(self) -> None:
        """Bring what is typed here to the disk, where it is kept as typed."""

    def tick(self) -> None:
        """A second has passed: ages and countdowns move on."""
        bar = self.query_one_optional(NoticeBar)
        if bar is not None:
            bar.tick()
        if self._rings is not None:
            self._rings.tick()

    def _place_of_keys(self) -> Place:
        if self._asking_panel() is not None:
            return Place.PICKER
        return Place.FIELD if self.typing and self.place not in ENTRY else self.place

    def _asking_panel(self) -> AskPanel | None:
        panel = self.query_one_optional(AskPanel)
        return panel if panel is not None and panel.asking is not None else None

    @property
    def typing(self) -> bool:
        """Whether a field or a text has the focus; a list is asked first, since these cost the first frame 10 ms."""
        if self.focused is None or isinstance(self.focused, Lines):
            return False
        from textual.widgets import Input, TextArea

        return isinstance(self.focused, Input | TextArea)

    def _begin(self, pressed: Keys) -> None:
        if pressed != self._pressed:
            self._pressed = pressed
            self.show_hints()

    def on_descendant_focus(self) -> None:
        """Another widget has the keys, so other keys act; as long as something is asked, only the question has them."""
        panel = self._asking_panel()
        if panel is not None and self.focused is not panel.input:
            self.set_focus(panel.input)
        self.show_hints()
        if self.typing:
            self.release_keys()

    def on_screen_resume(self) -> None:
        """Back in front: the hints may have changed meanwhile, and keys may wait for the end of what was before it."""
        self.show_hints()
        self.calls_changed()
        self.post_message(self.Ready())


class Opens(Protocol):
    """What every screen may ask of the app: to show something else."""

    def open_ticket(self, ticket_id: int) -> object:
        """Show a ticket in the workspace."""

    def open_customer(self, customer_id: int) -> object:
        """Show a customer."""

    def filter_queue(self, query: str) -> object:
        """Show the tickets that a filter finds."""

    def open_draft(self, ticket_id: int, kind: str) -> object:
        """Go on writing a draft on a ticket."""

    def open_with_snippet(self, ticket_id: int, trigger: str) -> object:
        """Begin a reply on a ticket with the snippet of that trigger."""

    def give_secret(self, source: str, secret: str) -> object:
        """Let the sync process log in to that source with this secret, for this run."""

    def action_go_find(self, text: str) -> object:
        """Find a customer by anything."""

    def read_calls(self) -> object:
        """Read anew who rings, and how the agent's own call stands."""

    def open_call(self, call_id: int) -> object:
        """Show a call."""

    def open_behind(self, behind: "Behind") -> object:
        """Show the tickets behind a number in the queue."""

    def open_board(self, left: "Left") -> object:
        """Show the live board as it was left."""

    def start_demo(self) -> object:
        """Make the demo team and work on it."""


def opens(app: App[object]) -> Opens:
    """The app, as far as screens know it; console.app has these methods."""
    return cast("Opens", app)
