"""What everybody was told: what stands now and what stood lately, and who has put it away.

The invariant: "seen" is said only of whoever put it away by a key; that it stood on a screen is no proof.
"""

from typing_extensions import override

from desk.ages import age
from desk.snooze import until
from screens.action import Place, Situation
from screens.facts import Told as Fact
from screens.facts_below import FactsBelow
from screens.seat import Seat
from storage.banners import Told, told
from widgets.cells import harmless
from widgets.inks import Piece, both_ends
from widgets.moments import moment
from widgets.rows import LineList
from widgets.ticket_line import Look

EMPTY = "Nobody has told everybody anything yet: @ does"


class BannersScreen(FactsBelow[Told]):
    """The page."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[Told](self._draw, key=lambda each: each.row.id, empty=EMPTY))
        self._stand = 0

    @property
    @override
    def place(self) -> Place:
        return Place.BANNERS

    @override
    def situation(self) -> Situation:
        each = self.lines.row
        stands = each is not None and each.row.stands(self.seat.clock())
        return Situation(listed=self.lines.count, removable=stands)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Banners",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("1 stands" if self._stand == 1 else f"{self._stand} stand" if self._stand else "Nothing stands", "Seen")

    @override
    def changed(self) -> None:
        super().changed()
        self.read("banners", told, self._found)

    @override
    def banners_changed(self) -> None:
        super().banners_changed()
        # Somebody else has put one away.
        self.changed()

    @override
    def company_changed(self) -> None:
        self.row_reached()

    def _found(self, rows: tuple[Told, ...]) -> None:
        now = self.seat.clock()
        self._stand = sum(each.row.stands(now) for each in rows)
        self.lines.show_rows(rows)
        self.row_reached()
        self.show_hints()

    @override
    def row_reached(self) -> None:
        self.draw_frame()
        each = self.lines.row
        self.facts.show([] if each is None else self._facts_of(each))

    def _facts_of(self, each: Told) -> list[Fact]:
        row, now, zone, company = each.row, self.seat.clock(), self.seat.zone, self.seat.company
        seen = ", ".join(f"{name} {moment(at, now, zone)}" for name, at in each.seen)
        states = {key: "" if company is None else company.words_of(key, now) for key, _ in each.unseen}
        unseen = ", ".join(f"{name} ({states[key]})" if states[key] else name for key, name in each.unseen)
        return [
            ("Words", row.words, "strong"),
            ("From", row.agent or "nobody", "agent"),
            ("Told", moment(row.at, now, zone), "plain"),
            ("Stands", self._state(each), "plain"),
            ("Put away by", seen or "nobody yet", "good" if seen else "muted"),
            ("Not yet by", unseen or "nobody", "plain" if unseen else "good"),
        ]

    def _state(self, each: Told) -> str:
        row, now = each.row, self.seat.clock()
        if row.ended_at is not None:
            return "no more, taken back " + moment(row.ended_at, now, self.seat.zone)
        if row.until is None:
            return "until it is taken back"
        over = not row.stands(now)
        return "no more, its time is over" if over else "until " + moment(row.until, now, self.seat.zone)

    def _draw(self, each: Told, cells: int, _look: Look) -> list[Piece]:
        row, now = each.row, self.seat.clock()
        stands = row.stands(now)
        ends = "over" if not stands else "" if row.until is None else "ends " + until(row.until, now, self.seat.zone)
        of = len(each.seen) + len(each.unseen)
        left: list[Piece] = [
            (" ◆ " if stands else " · ", "title" if stands else "faint"),
            (" ".join(harmless(row.words).split()), "plain" if stands else "muted"),
        ]
        right: list[Piece] = [
            (f" {ends}   " if ends else " ", "muted"),
            (f"seen by {len(each.seen)} of {of} ", "muted"),
            (f" {age(row.at, now):>5} ", "faint"),
        ]
        return both_ends(left, right, cells)

    def action_banner_end(self) -> None:
        """Show it nowhere any more."""
        from storage.deeds.banners import end

        each, by = self.lines.row, self.seat.by()
        if each is not None:
            banner_id = each.row.id
            self.deed(lambda session: end(session, by, banner_id))
