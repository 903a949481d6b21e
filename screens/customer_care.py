"""What is done with a whole customer on their page: merged, parted, split, exported, erased.

The invariants: nothing moves before it was shown what would move; erasing asks twice, the second time for the name.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.records import IdentityRow
from desk.roles import Right
from screens.ask import Question
from screens.confirm import ConfirmScreen
from screens.customer_page import Line, Page
from screens.customers import CustomersScreen
from screens.framed import FramedScreen
from screens.seat import Seat
from storage import merges
from storage.connect import Connection
from storage.duplicates import Alike
from storage.merges import Part, Preview
from widgets.rowcache import Key

if TYPE_CHECKING:
    from storage.erasing.traces import Traced
    from storage.export.person import PersonExport
    from storage.splitting import Split

# Of the tickets that go along so many are named before a split.
MOST_NAMED = 8


class PickCustomer(CustomersScreen):
    """The search, whose answer is handed back to the page that asked."""

    def __init__(self, seat: Seat, asked: str, chosen: Callable[[int], object]) -> None:
        super().__init__(seat)
        self._asked_for, self._chosen = asked, chosen

    @property
    def path(self) -> tuple[str, ...]:
        """What is asked for."""
        return ("Customers", self._asked_for)

    def open_row(self, key: Key) -> None:
        """Take this one; whom nobody knows can't be meant."""
        if isinstance(key, int):
            self.dismiss(None)
            self._chosen(key)
        else:
            self.notice("Nobody is known by that", "warning")

    def action_customers_new(self) -> None:
        """Here somebody is looked for, not made."""
        self.notice("Choose somebody who is there", "warning")


class CustomerCare(FramedScreen[Line]):
    """Subclasses say whose page it is."""

    customer_id: int
    page: Page | None

    def sure(self, title: str, lines: tuple[str, ...], then: Callable[[], object], *, final: bool = False) -> None:
        """Show what would be done, and do it after a yes; `final` where it can't be taken back."""

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.app.push_screen(ConfirmScreen(self.seat, title, lines, final=final), answered)

    # Merging and parting

    def action_customer_merge(self) -> None:
        """Merge the one under the cursor into this one, or one who is found by anything."""
        row = self.lines.row
        if isinstance(row, Alike):
            self.merge_with(row.customer_id)
        else:
            self.app.push_screen(PickCustomer(self.seat, "Whom to merge with this one?", self.merge_with))

    def merge_with(self, other_id: int) -> None:
        """Show what would come over, and merge."""
        into_id = self.customer_id
        self.read(
            "merge",
            lambda connection: merges.preview(connection, other_id, into_id),
            lambda found: self._merge(other_id, found),
        )

    def _merge(self, other_id: int, found: Preview) -> None:
        from storage.deeds.customer_merge import merge

        by, into_id = self.seat.by(), self.customer_id
        if other_id == into_id:
            self.notice("This is the one that is open; choose another", "warning")
            return
        lines = ("Comes over from “" + found.name + "”:", *found.lines, "", "They can be parted again at any time.")
        self.sure(
            "Merge “" + found.name + "” into “" + found.into + "”?",
            lines,
            lambda: self.deed(lambda session: merge(session, by, other_id, into_id)),
        )

    def part(self, row: Part) -> None:
        """Let a merged record stand for itself again."""
        from storage.deeds.customer_merge import part

        by = self.seat.by()
        words = (
            "It gets back what was its own, and what came since by its addresses and numbers.",
            "What was written here since stays here.",
        )
        self.sure(
            "Part “" + row.name + "” from this customer?",
            words,
            lambda: self.deed(lambda session: part(session, by, row.customer_id)),
        )

    def tell_apart(self, row: Alike) -> None:
        """Say that somebody who looks alike is another person."""
        from storage.deeds.customer_apart import told_apart

        by, customer_id = self.seat.by(), self.customer_id
        self.deed(lambda session: told_apart(session, by, customer_id, row.customer_id))

    # Splitting

    def action_customer_split(self) -> None:
        """Give this identity to whom it belongs, with what came by it."""
        row = self.lines.row
        if not isinstance(row, IdentityRow):
            return
        from storage.splitting import split_of

        identity_id = row.id
        self.hold_keys()
        self.read("split", lambda connection: split_of(connection, identity_id), self._ask_tickets)

    def _ask_tickets(self, found: "Split | None") -> None:
        self.release_keys()
        if found is None:
            self.notice("This identity is gone", "warning")
            return
        numbers = " ".join("#" + str(came.number) for came in found.tickets if came.first)
        self.ask(
            Question(
                "Tickets that go along",
                lambda text: self._ask_owner(found, _chosen(found, text)),
                text=numbers,
                reading=lambda text: _going(found, text),
                free=True,
            )
        )

    def _ask_owner(self, found: "Split", ticket_ids: tuple[int, ...]) -> None:
        def to_whom(text: str) -> None:
            if text.strip():
                self.app.push_screen(
                    PickCustomer(
                        self.seat, "Whose is " + found.value + "?", lambda key: self._ask_split(found, ticket_ids, key)
                    )
                )
            else:
                self._ask_split(found, ticket_ids, None)

        self.ask(
            Question(
                "Enter: a new customer · any letter: look for one", to_whom, reading=lambda _: "look for one", free=True
            )
        )

    def _ask_split(self, found: "Split", ticket_ids: tuple[int, ...], into_id: int | None) -> None:
        from storage.deeds.customer_split import split

        by = self.seat.by()
        named = [
            "#" + str(came.number) + " " + came.subject for came in found.tickets if came.ticket_id in set(ticket_ids)
        ]
        more = len(named) - MOST_NAMED
        lines = (
            "Messages that came by it: " + str(len(found.messages)) + ", calls: " + str(len(found.calls)) + ".",
            *named[:MOST_NAMED],
            *(("and " + str(more) + " more tickets",) if more > 0 else ()),
            "",
            "u takes it back.",
        )
        whom = "a new customer" if into_id is None else "the customer that you chose"
        self.sure(
            "Give “" + found.value + "” to " + whom + "?",
            lines,
            lambda: self.deed(lambda session: split(session, by, found.identity_id, ticket_ids, into_id)),
        )

    # Leaving

    def action_customer_export(self, text: str) -> None:
        """Write everything about this customer into a folder; without one it is asked for."""
        self.seat.reach("Folders")
        if self.page is None:
            return
        if not text:
            from storage.attachments import safe_name

            folder = "~/" + safe_name(self.page.card.name.replace(" ", "-").lower() + "-export")
            words = "a new folder with person.json, person.html and all files"
            self.ask(
                Question("Export to", self.action_customer_export, text=folder, reading=lambda _: words, free=True)
            )
            return
        customer_id, by = self.customer_id, self.seat.by()

        def write(connection: Connection) -> "PersonExport":
            from storage import attachments
            from storage.export.page import html_page
            from storage.export.person import export_person

            place = Path(text).expanduser()
            return export_person(attachments.beside(connection), connection, by, customer_id, place, page=html_page)

        self.notice("Exporting…")
        self.read("export", write, self._exported)

    def _exported(self, written: "PersonExport") -> None:
        missing = ", but " + str(len(written.missing)) + " files were missing" if written.missing else ""
        self.notice("Exported to " + str(written.folder) + missing, "warning" if missing else "good")

    def action_customer_erase(self) -> None:
        """Erase this customer: shown first, then asked for the name."""
        customer_id, agent_id = self.customer_id, self.seat.by().agent_id

        def look(connection: Connection) -> "Traced":
            from storage.erasing.traces import find
            from storage.supervisors import require

            # Nobody answers two questions to be refused.
            require(connection, agent_id, Right.ERASE)
            return find(connection, customer_id)

        # Every message of a large workspace is looked through.
        self.notice("Looking for all that is theirs…")
        self.read("erase", look, self._ask_erase)

    def _ask_erase(self, traced: "Traced") -> None:
        self.notice("")
        lines = (*traced.words(), "", "This can't be undone, not with u and not later.")
        self.sure("Erase “" + traced.name + "” for good?", lines, lambda: self._ask_name(traced), final=True)

    def _ask_name(self, traced: "Traced") -> None:
        def same(text: str) -> str:
            if not traced.is_named(text):
                raise BadInput("That isn't the name", "Type “" + traced.name + "”, or Esc leaves all as it is.")
            return "Enter erases them for good"

        def typed(text: str) -> None:
            same(text)
            self._erase(traced)

        self.ask(Question("Type the name to erase it", typed, reading=same, free=True))

    def _erase(self, traced: "Traced") -> None:
        by = self.seat.by()

        def job(connection: Connection) -> bool:
            from storage.erasing.cleaning import clean_up
            from storage.erasing.erase import erase

            erase(connection, by, traced)
            return clean_up(connection)

        self.notice("Erasing…")
        self.seat.jobs.keep(job, self._erased)

    def _erased(self, clean: bool) -> None:
        if self.is_attached:
            rest = "" if clean else "; `heard erase --finish` cleans the rest of the file"
            self.notice("Erased for good" + rest, "good")
            self.changed()


def _chosen(found: "Split", text: str) -> tuple[int, ...]:
    """The tickets with these numbers; BadInput for one that isn't this customer's."""
    by_number = {str(came.number): came.ticket_id for came in found.tickets}
    wanted = [word.strip("#,") for word in text.split() if word.strip("#,")]
    for word in wanted:
        if word not in by_number:
            raise BadInput("#" + word + " is no ticket of this customer", "Name tickets by their numbers.")
    return tuple(dict.fromkeys(by_number[word] for word in wanted))


def _going(found: "Split", text: str) -> str:
    """What these numbers mean."""
    chosen = set(_chosen(found, text))
    named = [came for came in found.tickets if came.ticket_id in chosen]
    if not named:
        return "no ticket, only the messages that came by it"
    return "; ".join(
        "#" + str(came.number) + " " + str(came.by_it) + " of " + str(came.said) + " came by it" for came in named
    )
