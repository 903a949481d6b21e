"""Working through a checklist beside a ticket or a call: the panel says what was done, and here it becomes a deed.

The invariant: what a key does to a step is the same wherever the panel stands.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from storage.deeds.by import By, Done

if TYPE_CHECKING:
    from sqlmodel import Session

    from widgets.checklist import ChecklistPanel

TicketDeed = Callable[["Session", By, int], Done]


class Ticking:
    """What a screen with a `ChecklistPanel` does with it; the screen says on which ticket the steps are done."""

    @property
    @abstractmethod
    def checklist(self) -> "ChecklistPanel":
        """The panel."""

    @abstractmethod
    def do_on_ticket(self, deed: TicketDeed) -> None:
        """Do it on the ticket that the panel is about, say so, and show how things stand then."""

    if TYPE_CHECKING:
        # Every screen of the desk has it; a stub of its own would stand before that.
        def offer_gesture(self, kind: str = "", then: Callable[[Done], object] | None = None) -> None:
            """Ask what to give away on this ticket."""

    def action_checklist_digit(self, digit: str) -> None:
        """Tick a step, or take it back."""
        self.checklist.digit(int(digit))

    def action_checklist_tick(self) -> None:
        """Tick the step under the cursor, or begin the suggested list."""
        self.checklist.tick()

    def action_checklist_skip(self) -> None:
        """Skip the step, with a reason."""
        self.checklist.skip()

    def action_checklist_write(self) -> None:
        """Write what the step asks for."""
        self.checklist.edit()

    def action_checklist_next(self) -> None:
        """The next list of this ticket."""
        self.checklist.next_list(1)

    def action_checklist_previous(self) -> None:
        """The list before."""
        self.checklist.next_list(-1)

    def on_checklist_panel_step_ticked(self, event: "ChecklistPanel.StepTicked") -> None:
        """A step is done."""
        self.step_done(event.checklist, event.step, "")

    def on_checklist_panel_field_edited(self, event: "ChecklistPanel.FieldEdited") -> None:
        """A step got its text, or lost it."""
        if event.text:
            self.step_done(event.checklist, event.step, event.text)
        else:
            self.step_emptied(event.checklist, event.step)

    def on_checklist_panel_step_unticked(self, event: "ChecklistPanel.StepUnticked") -> None:
        """A step isn't done after all."""
        self.step_undone(event.checklist, event.step)

    def on_checklist_panel_step_skipped(self, event: "ChecklistPanel.StepSkipped") -> None:
        """A step is left out, for a reason."""
        self.step_skipped(event.checklist, event.step, event.reason)

    def on_checklist_panel_gesture_wanted(self, event: "ChecklistPanel.GestureWanted") -> None:
        """A step that offers a gesture: what was given ticks it."""
        self.offer_gesture("", lambda told: self.step_done(event.checklist, event.step, told.title))

    def step_done(self, checklist: str, step: str, text: str) -> None:
        """Tick it; where there is no text what was written before stays."""
        from storage.deeds.checklist import tick

        self.do_on_ticket(lambda session, by, ticket: tick(session, by, ticket, checklist, step, text))

    def step_emptied(self, checklist: str, step: str) -> None:
        """Nothing is written there any more."""
        from storage.deeds.checklist import empty

        self.do_on_ticket(lambda session, by, ticket: empty(session, by, ticket, checklist, step))

    def step_undone(self, checklist: str, step: str) -> None:
        """Take the tick back."""
        from storage.deeds.checklist import untick

        self.do_on_ticket(lambda session, by, ticket: untick(session, by, ticket, checklist, step))

    def step_skipped(self, checklist: str, step: str, reason: str) -> None:
        """Skip it."""
        from storage.deeds.checklist import skip

        self.do_on_ticket(lambda session, by, ticket: skip(session, by, ticket, checklist, step, reason))
