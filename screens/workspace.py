"""The workspace: the screen that agents live in. Its work is done in the modules `workspace_…`, by subject."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from screens.action import Place
from screens.reading import Behind, Opening
from screens.workspace_checklist import ChecklistWork
from screens.workspace_copy import CopyWork
from screens.workspace_knowledge import KnowledgeWork
from screens.workspace_people import PeopleWork
from screens.workspace_play import PlayWork
from screens.workspace_promises import PromiseWork
from screens.workspace_snippets import SnippetWork
from storage.connect import Connection

if TYPE_CHECKING:
    from storage.elsewhere import GaveWay

# Moves that need no size of the list; nobody has one before the first frame.
FIRST_MOVES = {"move.down", "move.up", "move.top", "move.bottom"}


class WorkspaceScreen(KnowledgeWork, PromiseWork, PeopleWork, SnippetWork, PlayWork, ChecklistWork, CopyWork):
    """Queue, ticket and side panel, always mounted."""

    opening: Opening | None = None
    """What was read before there was a screen; set before it is mounted."""
    begun: Callable[[], object] | None = None
    """Called when the opening is in the list, and nothing is drawn yet."""
    _looked_at = 0
    _view_before: int | None = None
    """The view that was open before the tickets behind a number were."""

    def on_mount(self) -> None:
        """Put the keys on the list, and in it what is there already."""
        self._looked_at = self.seat.clock()
        self.lay_out()
        self.queue.focus()
        if self.opening is not None:
            self.begin(self.opening)
            if self.begun is not None:
                self.begun()
        self.show_header()
        self.show_hints()

    @override
    def changed(self) -> None:
        """Who took a ticket that somebody else had first on the server hears of it, wherever the cursor is."""
        super().changed()
        if not self.seat.sources:
            return
        me, since = self.seat.me.id, self._looked_at

        def ask(connection: Connection) -> "GaveWay | None":
            from storage.elsewhere import gave_way  # nobody needs it before the first frame

            return gave_way(connection, me, since)

        self.seat.jobs.read("gave way", ask, self._gave_way)

    def _gave_way(self, found: "GaveWay | None") -> None:
        if found is not None and found.at > self._looked_at:
            self._looked_at = found.at
            who = found.assignee or "nobody"
            self.notice("#" + str(found.number) + " is with " + who + ": somebody else was first", "warning")

    def move_first(self, key: str) -> bool:
        """Move the cursor before the first frame; False where the key doesn't ask for that."""
        action = self.seat.keymap.action(Place.QUEUE, (key,))
        if action is None or action.id not in FIRST_MOVES:
            return False
        self.perform(action)
        return True

    def action_move_back(self) -> None:
        """One step back: from a pane, a ticket, a selection, a filter; at the root it asks to quit."""
        if self.pane != "main":
            self.go_to_pane("main")
        elif self.reading:
            self.close_ticket()
        elif self.queue.selected:
            self.queue.clear_selection()
        elif self.behind is not None and self.filter_text:
            self.show_filter("", self.behind.sort, self.behind)
        elif self.behind is not None:
            self.leave_behind(self.behind)
        elif self.view is None and self.views:
            self.open_view(self.views[0])
        else:
            self.do("console.quit")

    def show_behind(self, behind: Behind) -> None:
        """Show the tickets behind a number, as a list like any other."""
        self.close_ticket()
        if self.view is not None:
            self._view_before = self.view.id
        self._await_view()
        self.show_filter("", behind.sort, behind)
        self.notice(behind.words + ". Esc goes back to the number")
        self.go_to_pane("main")

    def leave_behind(self, behind: Behind) -> None:
        """Back to the number; what was open before it stands in the queue again."""
        if self.views:
            self.open_view(next((view for view in self.views if view.id == self._view_before), self.views[0]))
        behind.back()

    def go_to(self, name: str) -> None:
        """Show the starter view of a name, else the list that it stands for."""
        self.close_ticket()
        view = next((view for view in self.views if view.name.casefold() == name), None)
        filters = {"mine": "status:active assignee:me", "unassigned": "status:active assignee:none"}
        if view is not None:
            self.open_view(view)
        elif name in filters:
            self.show_filter(filters[name])
        self.go_to_pane("main")
