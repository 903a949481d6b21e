"""Incidents: how each stands, when its customers hear again, which tickets belong to it, and which look like it.

The invariant: nobody is written to from here without having stood in a preview.
"""

from dataclasses import dataclass

from typing_extensions import override

from desk.incidents import STATES, parse_state
from screens import incident_lines
from screens.action import Place, Situation
from screens.ask import Choice, Question
from screens.desk_screen import opens
from screens.facts_below import FactsBelow
from screens.form import FormScreen
from screens.incident_forms import UpdateScreen, incident_form
from screens.incident_lines import Line
from screens.seat import Seat
from storage import incidents
from storage.connect import Connection
from storage.deeds.by import Done
from storage.incidents import IncidentRow, IncidentTicketRow
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

# So many that look like one are shown at once; who has dealt with them sees the next.
MOST_ALIKE = 10


@dataclass(frozen=True, slots=True)
class Page:
    """All incidents, what looks like each open one, and the tickets of those that are unfolded."""

    rows: tuple[IncidentRow, ...]
    alike: dict[int, tuple[IncidentTicketRow, ...]]
    linked: dict[int, tuple[IncidentTicketRow, ...]]


def read_page(connection: Connection, unfolded: frozenset[int]) -> Page:
    """Read it."""
    rows = incidents.incidents(connection)
    return Page(
        rows,
        {row.id: incidents.alike(connection, row)[:MOST_ALIKE] for row in rows},
        {row.id: incidents.linked(connection, row.id) for row in rows if row.id in unfolded},
    )


class IncidentsScreen(FactsBelow[Line]):
    """The page of incidents."""

    def __init__(self, seat: Seat) -> None:
        empty = "No incident: + begins one, and I on a ticket begins one from it"
        super().__init__(seat, LineList[Line](self._draw, key=incident_lines.key, empty=empty))
        self._page = Page((), {}, {})
        self._unfolded: frozenset[int] = frozenset()

    @property
    @override
    def place(self) -> Place:
        return Place.INCIDENTS

    @override
    def situation(self) -> Situation:
        row = self.lines.row
        ticket = row if isinstance(row, IncidentTicketRow) else None
        return Situation(
            listed=self.lines.count,
            undecided=ticket is not None and bool(ticket.why),
            removable=ticket is not None,
            editable=row is not None,
        )

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Incidents",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        still = sum(row.state != "over" for row in self._page.rows)
        row = self.lines.row
        side = row.title if isinstance(row, IncidentRow) else f"#{row.number}" if row is not None else ""
        told = f"{still} open" if still else "Nothing is wrong"
        return (told if self.lines.shown else "", side)

    # What it shows

    @override
    def changed(self) -> None:
        super().changed()
        unfolded = self._unfolded
        self.read("page", lambda connection: read_page(connection, unfolded), self._page_read)

    def _page_read(self, found: Page) -> None:
        self._page = found
        lines: list[Line] = []
        for row in found.rows:
            lines += (row, *found.alike[row.id], *found.linked.get(row.id, ()))
        self.show_list(lines)

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        self.draw_frame()
        if isinstance(row, IncidentRow):
            self.facts.show(incident_lines.incident_facts(row, self.seat.clock(), self.seat.zone))
        else:
            self.facts.show([] if row is None else incident_lines.ticket_facts(row))

    def _draw(self, row: Line, cells: int, _look: Look) -> list[Piece]:
        return incident_lines.draw(row, cells, self.seat.clock(), self.seat.zone)

    @property
    def _incident(self) -> IncidentRow | None:
        """The incident under the cursor, or that of the ticket there."""
        row = self.lines.row
        if isinstance(row, IncidentTicketRow):
            return next((each for each in self._page.rows if each.id == row.incident_id), None)
        return row

    # What the agent does

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if isinstance(row, IncidentRow):
            self._unfolded ^= {row.id}
            self.changed()
        elif row is not None:
            opens(self.app).open_ticket(row.ticket_id)

    def action_row_add(self, text: str) -> None:
        """Begin an incident."""
        self.app.push_screen(FormScreen(self.seat, incident_form(self.seat, None, text)), self._done)

    def action_row_edit(self) -> None:
        """Say otherwise how it stands."""
        row = self._incident
        if row is not None:
            self.app.push_screen(FormScreen(self.seat, incident_form(self.seat, row)), self._done)

    def action_incident_update(self) -> None:
        """Write to the customers of all its tickets."""
        row = self._incident
        if row is not None:
            self.app.push_screen(UpdateScreen(self.seat, row, self.size.height), self._done)

    def action_incident_state(self, text: str) -> None:
        """Bring it to another state; without a word it is asked for."""
        row = self._incident
        if row is None:
            return
        if text:
            self._bring(row, text)
            return
        choices = tuple(Choice(state, state, words) for state, words in STATES.items() if state != row.state)
        # Another one may be under the cursor by the time that this is answered.
        self.ask(Question("State", lambda state: self._bring(row, state), choices=choices))

    def _bring(self, row: IncidentRow, text: str) -> None:
        """To that state; over asks about its tickets."""
        from storage.deeds.incidents import set_state

        state, incident_id, by = parse_state(text), row.id, self.seat.by()

        def end(answer: str) -> None:
            self.deed(lambda session: set_state(session, by, incident_id, state, solve=answer == "solve"))

        if state != "over" or not row.tickets:
            end("leave")
            return
        choices = (
            Choice("solve", "Solve its tickets too", f"{row.tickets:,} are linked"),
            Choice("leave", "Leave its tickets as they are"),
        )
        self.ask(Question("It is over", end, choices=choices))

    def action_incident_link(self) -> None:
        """Yes, this ticket belongs to it."""
        from storage.deeds.incidents import link

        row, by = self.lines.row, self.seat.by()
        if isinstance(row, IncidentTicketRow):
            incident_id, ticket_id = row.incident_id, row.ticket_id
            self.deed(lambda session: link(session, by, incident_id, [ticket_id]))

    def action_row_remove(self) -> None:
        """This ticket is none of it; it isn't suggested again."""
        from storage.deeds.incidents import unlink

        row, by = self.lines.row, self.seat.by()
        if isinstance(row, IncidentTicketRow):
            incident_id, ticket_id = row.incident_id, row.ticket_id
            self.deed(lambda session: unlink(session, by, incident_id, [ticket_id]))

    def _done(self, done: Done | None) -> None:
        if done is not None:
            self.told(done)
