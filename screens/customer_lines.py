"""A found customer in one line: who it is, by what they were found with the match marked, and how things stand. Pure.

The invariant: what is only a maybe never looks like something known, in the list as on the card.
"""

from dataclasses import dataclass

from desk.ages import age
from desk.identifiers import fold, words_of
from desk.lookup import IdentityKind
from storage.contacts import Contact
from widgets.cells import fit, harmless, shorten, width
from widgets.customer_card import KNOWN, MAYBE
from widgets.inks import Piece, both_ends

KIND_WORDS = {
    IdentityKind.NAME: "also", IdentityKind.ACCOUNT: "account", IdentityKind.ORDER: "order",
    IdentityKind.COMPANY: "company", IdentityKind.HANDLE: "handle", IdentityKind.TICKET: "ticket",
}  # fmt: skip
ALIKE = "≈"
OPEN_CELLS = 8
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """The row that offers to make a customer of what was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of a line's columns; 0 leaves one out. Each has a blank before it."""

    name: int
    found: int
    organization: int
    plan: int


def columns(cells: int) -> Columns:
    """The columns that fit: name and what was found always, organization and plan where there is room."""
    rest = cells - 18  # signs, open tickets, last contact
    plan = 9 if cells >= 64 else 0
    organization = min(26, rest // 4) if cells >= 96 else 0
    rest -= plan + organization + (plan > 0) + (organization > 0)
    name = max(12, min(30, rest * 42 // 100))
    return Columns(name, max(min(rest - name, 46), 8), organization, plan)


def marked(text: str, query: str) -> list[Span]:
    """Where in a text what was typed stands: as a whole without its separators, the end first; else word by word."""
    letters = [(folded, place) for place, letter in enumerate(text) for folded in fold(letter) if folded.isalnum()]
    joined = "".join(letter for letter, _ in letters)
    wanted = "".join(letter for letter in fold(query) if letter.isalnum())
    if not wanted:
        return []
    start = joined.rfind(wanted) if wanted.isdigit() else joined.find(wanted)
    if start >= 0:
        return [(letters[start][1], letters[start + len(wanted) - 1][1] + 1)]
    spans = []
    for word in words_of(query):
        start = joined.find(word)
        if start >= 0:
            spans.append((letters[start][1], letters[start + len(word) - 1][1] + 1))
    return spans


def with_marks(text: str, query: str, cells: int, ink: str) -> list[Piece]:
    """A text of exactly `cells` in an ink, and in it what was typed in another."""
    shown = shorten(harmless(text), cells)
    pieces: list[Piece] = []
    end = 0
    for start, stop in sorted(marked(shown, query)):
        if start < end:
            continue
        pieces += [(shown[end:start], ink), (shown[start:stop], "key")]
        end = stop
    return [*pieces, (shown[end:], ink), (" " * (cells - width(shown)), "plain")]


def contact_line(contact: Contact, query: str, cells: int, now: int) -> list[Piece]:
    """The line of a customer."""
    layout = columns(cells)
    name_query = query if contact.named else ""
    name = contact.name if harmless(contact.name).strip() else "(no name)"
    pieces: list[Piece] = [(" ", "plain"), *with_marks(name, name_query, layout.name, "customer"), (" ", "plain")]
    pieces += _identity(contact, "" if contact.named else query, layout.found)
    for text, room in ((contact.organization, layout.organization), (contact.plan, layout.plan)):
        if room:
            pieces.append((" " + fit(" ".join(harmless(text).split()), room), "muted"))
    number = f"{contact.open_tickets} open" if contact.open_tickets else ""
    number = number if len(number) <= OPEN_CELLS else f"{contact.open_tickets:,}"
    last = "" if contact.contacted_at is None else age(contact.contacted_at, now)
    return both_ends(pieces, [(f"{number[:OPEN_CELLS]:>{OPEN_CELLS}}", "due"), (f"{last:>5} ", "faint")], cells)


def _identity(contact: Contact, query: str, cells: int) -> list[Piece]:
    """The sign, the kind where it isn't plain, and the value."""
    if not contact.identity:
        return [(" " * cells, "plain")]
    sign: Piece = (KNOWN + " ", "good") if contact.known else (MAYBE + " ", "due")
    words = " ".join(
        word
        for word in (ALIKE if contact.match == "typo" and not contact.named else "", KIND_WORDS.get(contact.kind))
        if word
    )
    named: list[Piece] = [(words + " ", "muted")] if words else []
    room = max(cells - 2 - sum(width(text) for text, _ in named), 1)
    return [sign, *named, *with_marks(contact.identity, query, room, "plain" if contact.known else "muted")]


def heading(cells: int, *, searched: bool) -> list[Piece]:
    """The names of the columns, over the lines."""
    layout = columns(cells)
    words = " " + fit("Name", layout.name) + " " + fit("Found by" if searched else "Reached at", layout.found)
    for title, room in (("Organization", layout.organization), ("Plan", layout.plan)):
        words += " " + fit(title, room) if room else ""
    return both_ends([(words, "faint")], [("   Open  Last ", "faint")], cells)


def new_customer_line(row: NewCustomer, cells: int) -> list[Piece]:
    """The offer to make a customer."""
    typed = shorten(harmless(row.text), max(cells - 30, 8))
    return both_ends([(" + ", "key"), ("New customer  ", "strong"), ("“" + typed + "”", "muted")], [], cells)
