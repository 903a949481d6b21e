"""The views and the list: which tickets are shown, in which order, and which are selected.

The invariants: a view's first rows come at once and the whole list behind them; what others change is read anew
without moving the cursor; a filter that can't be used leaves the list as it is and says why.
"""

from collections.abc import Sequence

from textual import on
from textual.message import Message
from typing_extensions import override

from desk.errors import BadInput, HeardError
from desk.filters import OPERATORS, Filter, format_filter, parse
from desk.nearest import mend_name
from desk.records import TicketRow, ViewRow
from screens.action import Place, Situation
from screens.ask import Choice, Question
from screens.hints import hints
from screens.reading import FIRST_ROWS, Beginning, Behind, Listing, Opening, beginning, listing
from screens.workbench import Workbench
from storage import first_page, outbox
from storage.connect import Connection
from storage.queue import SORTS, Scope, counts, rows, views
from storage.queue import first_page as first_rows
from widgets.rows import LineList
from widgets.views import ViewList

SORT_WORDS = {
    "due": "what is due next", "newest": "newest first", "oldest": "oldest first", "updated": "last touched first",
    "promised": "by promise", "snoozed": "back soonest", "priority": "most urgent first",
}  # fmt: skip


class QueueWork(Workbench):
    """What is done with views and lists. `view` is the open one, None for a filter of its own.

    `behind` is set while the list shows what stands behind a number, also where a filter narrows that.
    """

    class ListRead(Message):
        """The first rows of a list are there."""

    class NothingYet(Message):
        """The workspace has no tickets at all."""

    view: ViewRow | None = None
    behind: Behind | None = None
    filter_text = ""
    sort = "due"
    _list_serial = 0
    _unseen = False
    """Whether nothing of the newest list was shown yet; the cursor begins at its top, whichever answer comes first."""
    _begun = False
    _selected_words = ""

    def begin(self, opening: Opening | None = None) -> None:
        """Open the view that was open last; called once it is known who sits here. An opening has been read already."""
        if opening is None:
            self.seat.jobs.read("views", beginning, self._began)
        else:
            self._began(opening.beginning, opening.rows)

    def _began(self, found: Beginning, first: Sequence[TicketRow] | None = None) -> None:
        self.views = found.views
        self.seat.mark_sources(found.sources)
        self.view_list.show_views(found.views)
        self._begun = True
        if found.empty:
            self.post_message(self.NothingYet())
        if found.view is not None:
            self.open_view(found.view, first)
        else:
            self.show_filter("status:active", "due")

    # What the list shows

    def open_view(self, view: ViewRow, first: Sequence[TicketRow] | None = None) -> None:
        """Show a saved view; its `first` rows may have been read already."""
        self.view, self.behind = view, None
        self.list_title = view.name
        self.view_list.activate(view.id)
        self._show_list(view.query, view.sort, first)

    def show_filter(self, query: str, sort: str | None = None, behind: Behind | None = None) -> None:
        """Show what a filter finds, of all tickets or of those behind a number; BadInput where it means nothing."""
        parse(query)
        self.view, self.behind = None, behind
        self.view_list.activate(None)
        words = query or ("" if behind else "everything")
        self.list_title = " · ".join(part for part in (behind.title if behind else "", words) if part)
        self._show_list(query, sort or self.sort)

    def scope(self) -> Scope:
        """What the list shows, now."""
        return Scope(self._filter(), self.sort, self.seat.me.id or None, self.seat.clock(), self.seat.zone)

    def _filter(self) -> Filter:
        return parse(self.filter_text)

    def _show_list(self, query: str, sort: str, first: Sequence[TicketRow] | None = None) -> None:
        self.filter_text, self.sort = query, sort
        self.list_count = None if self.view is None else self.counts.get(self.view.id)
        self._list_serial += 1
        self._unseen = True
        self.queue.clear_selection()
        scope, behind = self.scope(), self.behind
        serial = self._list_serial
        if first is not None:
            self._first_read(first)
        elif behind is None:
            self.seat.jobs.read("first", lambda connection: first_rows(connection, scope, FIRST_ROWS), self._first_read)
        else:
            # All of them are found at once; what another list still asked for isn't wanted any more.
            self.seat.jobs.forget("first")
        self.seat.jobs.read(
            "list",
            lambda connection: listing(connection, scope, behind=behind),
            lambda found: self._listed(serial, found),
        )
        self.read_counts()
        self.show_header()

    def _first_read(self, found: Sequence[TicketRow]) -> None:
        self._show_rows([row.id for row in found], found)

    def _show_rows(self, ids: Sequence[int], found: Sequence[TicketRow], start: int = 0) -> None:
        self.queue.show(ids, found, start)
        if self._unseen:
            self._unseen = False
            self.queue.home()
            if self.behind is not None and self.behind.first is not None:
                self.queue.go_to(self.behind.first)
        self.post_message(self.ListRead())
        self._view_is_there()

    _view_awaited = False

    def _await_view(self) -> None:
        """Keys typed behind what opens a list are meant for it: Enter would open a ticket of the old one."""
        self._view_awaited = True
        self.hold_keys()

    def _view_is_there(self) -> None:
        if self._view_awaited:
            self._view_awaited = False
            self.release_keys()

    def _listed(self, serial: int, found: Listing) -> None:
        if serial != self._list_serial:
            return
        self.seat.jobs.forget("first")
        self._listing = found
        self._show_rows(found.ids, found.rows, found.start)
        self.list_count = len(found.ids)
        if self.view is not None:
            self.counts[self.view.id] = len(found.ids)
            self.view_list.set_counts(dict(self.counts))
        self.show_header()
        self.show_hints()

    _listing: Listing | None = None

    @override
    def fetch_rows(self, start: int, count: int) -> list[TicketRow] | None:
        found = self._listing
        if found is None:
            return None
        ids = found.ids[start : start + count]

        def read(page: list[TicketRow]) -> None:
            if self._listing is found:
                self.queue.page_read(start, page)
            else:
                self.queue.rows_read(page)

        self.seat.jobs.read("rows " + str(start), lambda connection: rows(connection, ids), read)
        return None

    def read_counts(self) -> None:
        """Count the views, and what waits in the outbox."""
        shown, me, now, zone = self.views, self.seat.me.id or None, self.seat.clock(), self.seat.zone

        def ask(connection: Connection) -> tuple[dict[int, int], int]:
            return counts(connection, shown, me, now, zone), outbox.waiting_count(connection)

        self.seat.jobs.read("counts", ask, self._counted)

    def _counted(self, found: tuple[dict[int, int], int]) -> None:
        self.counts, self.waiting = found
        self.view_list.set_counts(dict(self.counts))
        self.show_header()

    @override
    def changed(self) -> None:
        """Read anew what is shown, the cursor staying on its ticket.

        The rows that will be seen come with it: to ask for them afterwards leaves the screen without them until then.
        """
        if not self._begun:
            return
        scope, serial, sight = self.scope(), self._list_serial, None if self._unseen else self.queue.sight
        behind = self.behind
        self.seat.jobs.read(
            "list",
            lambda connection: listing(connection, scope, sight, behind),
            lambda found: self._listed(serial, found),
        )
        self.seat.jobs.read("views", views, self._views_read)

    def _views_read(self, found: tuple[ViewRow, ...]) -> None:
        if found != self.views:
            self.views = found
            self.view_list.show_views(found)
            if self.view is not None:
                self.view = next((view for view in found if view.id == self.view.id), self.view)
                self.view_list.activate(self.view.id)
        self.read_counts()

    @override
    def tick(self) -> None:
        super().tick()
        if not self.reading and self.seat.clock() // 1_000_000 % 10 == 0:
            self.queue.tick()

    def remember(self) -> None:
        """Keep what the next start paints first."""
        found, title = self._listing, self.list_title
        if found is None or self.behind is not None:
            return
        view_id, known = (self.view.id if self.view else None), dict(self.counts)
        shown = hints(self.seat.keymap, Place.QUEUE, Situation(ticket=True, listed=1))
        footer = "  ".join(" ".join(hint) for hint in shown)

        def keep(connection: Connection) -> None:
            first_page.remember(
                connection, view_id=view_id, title=title, ids_query=found.query, parameters=found.parameters,
                counts=known, footer=footer,
            )  # fmt: skip

        self.seat.jobs.keep(keep)

    # Actions

    def action_view(self, digit: str) -> None:
        """Open the view of a digit."""
        view = next((view for view in self.views if str(view.position) == digit), None)
        if view is None:
            self.notice("There is no view " + digit, "warning")
        else:
            self.choose_view(view.id)

    def choose_view(self, view_id: int) -> None:
        """Open the view of an id, if it is still there."""
        view = next((view for view in self.views if view.id == view_id), None)
        if view is None:
            return
        self.close_ticket()
        self._await_view()
        self.open_view(view)
        self.go_to_pane("main")

    def close_ticket(self) -> None:
        """Back from an open ticket to the list."""

    @on(ViewList.ViewChosen)
    def _view_chosen(self, event: ViewList.ViewChosen) -> None:
        self.choose_view(event.view_id)

    def action_list_filter(self, text: str) -> None:
        """Filter this list; without words they are asked for, and the list follows the typing."""
        behind = self.behind
        if text:
            self.close_ticket()
            self.show_filter(text, behind=behind)
            return
        before = (self.view, self.filter_text, self.sort)

        def left() -> None:
            view, query, sort = before
            if (self.view, self.filter_text) == (view, query):
                return
            if view is not None:
                self.open_view(view)
            else:
                self.show_filter(query, sort, behind)

        def follow(words: str) -> None:
            try:
                if words != self.filter_text:
                    self.show_filter(words, behind=behind)
            except HeardError:
                return  # the line under the words says it

        def accept(words: str) -> None:
            parse(words)
            self.close_ticket()
            self._await_view()
            self.show_filter(words, behind=behind)

        self.ask(Question("/", accept, _with_blank(self.filter_text), _read_filter, changed=follow, left=left))

    def action_list_sort(self, text: str) -> None:
        """Another order."""
        if not text:
            choices = tuple(Choice(sort, sort, SORT_WORDS.get(sort, "")) for sort in SORTS)
            self.ask(Question("Sort", self.action_list_sort, choices=choices))
            return
        if text not in SORTS:
            raise BadInput("“" + text + "” is no order", mend_name(text, SORTS))
        self._show_list(self.filter_text, text)

    def action_list_save(self, text: str) -> None:
        """Keep the filter as a view of its own."""
        if self.behind is not None:
            raise BadInput("What stands behind a number is no view", "Esc goes back; / filters all tickets there.")
        if not text:
            self.ask(Question("Save as view", self.action_list_save, reading=lambda words: "a new view: " + words))
            return
        from storage.deeds.views import save

        by, query, sort = self.seat.by(), format_filter(self._filter()), self.sort
        self.seat.jobs.deed(
            lambda session: save(session, by, text, query, sort), lambda done: self.notice(done.title, "good")
        )

    def action_list_select(self) -> None:
        """Select the ticket under the cursor and go on."""
        self.queue.toggle()
        self.queue.move(1)

    def action_list_range(self) -> None:
        """Select up to here."""
        self.queue.select_range()

    def action_list_all(self) -> None:
        """Select all, or none where all are."""
        if self.queue.selected and len(self.queue.selected) == self.queue.count:
            self.queue.clear_selection()
        else:
            self.queue.select_all()

    @on(LineList.SelectionChanged, "#queue")
    def _selection_changed(self, event: LineList.SelectionChanged) -> None:
        if event.count:
            self._selected_words = format(event.count, ",") + " selected; Esc selects none"
            self.notice(self._selected_words)
        elif self.notices.text == self._selected_words:
            # Not what was said since: what became of those that were selected, and how to take it back.
            self.notices.clear()
        self.show_hints()


def _with_blank(query: str) -> str:
    return query + " " if query else ""


def _read_filter(text: str) -> str:
    """What a filter means; raises BadInput where it means nothing."""
    wanted = parse(text)
    if not (wanted.terms or wanted.words or wanted.phrases or wanted.excluded):
        return "everything; operators: " + " ".join(operator.name + ":" for operator in OPERATORS)
    parts = [
        ("not " if term.negated else "") + " ".join((term.field, _sign(term.operator), term.value))
        for term in wanted.terms
    ]
    parts += ["“" + words + "”" for words in (*wanted.words, *wanted.phrases)]
    parts += ["without “" + words + "”" for words in wanted.excluded]
    return " · ".join(parts)


def _sign(operator: str) -> str:
    return {":": "is", "<": "below", ">": "above", "<=": "at most", ">=": "at least"}.get(operator, operator)
