"""The doors of the console: which screen opens for which action. Each is loaded when it is first opened.

The invariant: opening a screen never loses what is being written; the workspace stays under every other screen.
"""

from typing import TYPE_CHECKING

from textual import on

from console.guards import GuardedApp
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from screens.workspace import WorkspaceScreen
from screens.workspace_queue import QueueWork

if TYPE_CHECKING:
    from screens.board import Left
    from screens.reading import Behind
    from screens.source_lines import KindWords


class Doors(GuardedApp[int], inherit_bindings=False):
    """What every screen's actions open."""

    seat: Seat
    workspace: WorkspaceScreen

    def open(self, screen: DeskScreen[None]) -> None:
        """Show a screen over the workspace, in the place of another one that was there."""
        self.workspace.save_draft()
        self.push_screen(screen)

    def to_workspace(self) -> None:
        """Close whatever stands over the workspace."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    # What a seat can ask for, in a job

    @staticmethod
    def _kind_words(key: str) -> "KindWords":
        """What a kind of helpdesk says of itself."""
        from console.kind_words import kind_words

        return kind_words(key)

    def _browse(self, address: str) -> str:
        """Show a page of the web to whoever sits here."""
        from console.browsing import browse

        return browse(address, self.seat.copy)

    # The workspace

    def open_ticket(self, ticket_id: int) -> None:
        """Open a ticket, from wherever."""
        self.to_workspace()
        self.workspace.open_ticket(ticket_id)

    def filter_queue(self, query: str) -> None:
        """Show the tickets that a filter finds, as the list of the workspace."""
        self.to_workspace()
        self.workspace.close_ticket()
        self.workspace.show_filter(query)
        self.workspace.go_to_pane("main")

    def open_draft(self, ticket_id: int, kind: str) -> None:
        """Open a ticket, and the composer with what was written."""
        self.open_ticket(ticket_id)
        self.workspace.write(kind)

    def open_with_snippet(self, ticket_id: int, trigger: str) -> None:
        """Open a ticket, and the composer with that snippet in it."""
        self.open_ticket(ticket_id)
        self.workspace.write_with(trigger)

    def action_go_queue(self) -> None:
        """To the queue."""
        self.to_workspace()
        self.workspace.close_ticket()

    def action_go_mine(self) -> None:
        """To my tickets."""
        self.to_workspace()
        self.workspace.go_to("mine")

    def action_go_unassigned(self) -> None:
        """To what nobody has."""
        self.to_workspace()
        self.workspace.go_to("unassigned")

    # The other screens

    def open_customer(self, customer_id: int) -> None:
        """Show everything about a customer."""
        from screens.customer import CustomerScreen
        from storage.audit import looked

        by = self.seat.by()
        self.seat.jobs.keep(lambda connection: looked(connection, by, customer_id))
        self.open(CustomerScreen(self.seat, customer_id))

    def action_go_find(self, text: str) -> None:
        """Find a customer by anything."""
        from screens.customers import CustomersScreen

        self.open(CustomersScreen(self.seat, text))

    def action_go_customers(self) -> None:
        """To the customers."""
        self.action_go_find("")

    def action_ticket_customer(self) -> None:
        """Everything about the customer of the current ticket."""
        here = self.workspace.here
        if here is not None and here.card is not None:
            self.open_customer(here.card.id)

    def action_go_library(self) -> None:
        """To the snippets."""
        from screens.library import LibraryScreen

        self.open(LibraryScreen(self.seat))

    def action_go_outbox(self) -> None:
        """To what is on its way out."""
        from screens.outbox import OutboxScreen

        self.open(OutboxScreen(self.seat))

    def action_go_gestures(self) -> None:
        """To what was given away, and what waits."""
        from screens.gestures import GesturesScreen

        self.open(GesturesScreen(self.seat))

    def action_go_tasks(self) -> None:
        """To the tasks, and to their causes."""
        from screens.tasks import TasksScreen

        self.open(TasksScreen(self.seat))

    def action_go_known(self) -> None:
        """To the answers that were given most."""
        from screens.known import KnownScreen

        self.open(KnownScreen(self.seat))

    def action_go_incidents(self) -> None:
        """To what troubles many at once."""
        from screens.incidents import IncidentsScreen

        self.open(IncidentsScreen(self.seat))

    def action_rating_act(self, text: str) -> None:
        """Note what was done about the rating of the current ticket."""
        from screens.rating_action import note_action

        note_action(self.workspace, text)

    def action_incident_ticket(self, text: str) -> None:
        """Link the ticket to an incident, or begin one from it."""
        from screens.ticket_incidents import link_or_begin

        link_or_begin(self.workspace, text)

    def action_go_numbers(self) -> None:
        """To my own weeks."""
        from screens.numbers import NumbersScreen

        self.open(NumbersScreen(self.seat))

    def action_go_duplicates(self) -> None:
        """To customers who may be one person."""
        from screens.duplicates import DuplicatesScreen

        self.open(DuplicatesScreen(self.seat))

    def action_go_team(self) -> None:
        """To who is there."""
        from screens.team import TeamScreen

        self.open(TeamScreen(self.seat))

    def action_go_newcomers(self) -> None:
        """To the customers who began to pay lately."""
        from screens.newcomers import NewcomersScreen

        self.open(NewcomersScreen(self.seat))

    def action_go_board(self, name: str) -> None:
        """To the live board; back to it where it is open below."""
        from screens.board import BoardScreen, Left

        if not any(isinstance(screen, BoardScreen) for screen in self.screen_stack):
            self.open_board(Left(name))
            return
        while not isinstance(self.screen, BoardScreen):
            self.pop_screen()
        if name:
            self.screen.action_go_board(name)

    def open_board(self, left: "Left") -> None:
        """The live board, as it was left."""
        from screens.board import BoardScreen

        self.open(BoardScreen(self.seat, left))

    def open_behind(self, behind: "Behind") -> None:
        """The tickets behind a number, in the queue."""
        self.to_workspace()
        self.workspace.show_behind(behind)

    def action_go_sources(self) -> None:
        """To the mailboxes that are connected."""
        from screens.sources import SourcesScreen

        self.open(SourcesScreen(self.seat))

    def action_console_help(self) -> None:
        """The keys of the screen in front."""
        from screens.help import HelpScreen

        if isinstance(self.screen, DeskScreen):
            self.open(HelpScreen(self.seat, frozenset({self.screen.place})))

    @on(QueueWork.NothingYet)
    def welcome(self) -> None:
        """An empty workspace: show the ways to begin."""
        from screens.welcome import WelcomeScreen

        self.open(WelcomeScreen(self.seat))
