"""What the customer's page says, line by line: tickets, identities, flags, notes, details. Pure but for `page`.

The invariant: each line has a key that stays its own whatever is added around it, so that the cursor stays where it is.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from desk.ages import age, due
from desk.flags import Flag
from desk.lookup import IdentityKind
from desk.records import CustomerCard, IdentityRow, Message, PromiseRow, TicketRow
from desk.statuses import Status
from screens.gesture_lines import gift_line
from storage import customers, merges, promises, queue
from storage.connect import Connection
from storage.duplicates import Alike
from storage.gestures import GestureRow, of_customer
from storage.merges import Part
from widgets.cells import fit, harmless, shorten, width
from widgets.columns import CHANNEL_MARKS, SOLVED, STATUS_MARKS
from widgets.customer_card import KNOWN, MAYBE, card_lines
from widgets.inks import Piece, both_ends

MOST_TICKETS = 200
MOST_NOTES = 50
KINDS = {
    IdentityKind.NAME: "name", IdentityKind.EMAIL: "email", IdentityKind.PHONE: "phone",
    IdentityKind.ACCOUNT: "account", IdentityKind.ORDER: "order", IdentityKind.COMPANY: "company",
    IdentityKind.HANDLE: "handle",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One customer, whole: the card, the tickets with the active ones first, notes and calls with the newest first."""

    card: CustomerCard
    tickets: tuple[TicketRow, ...]
    said: tuple[Message, ...]
    gestures: tuple[GestureRow, ...] = ()
    parts: tuple[Part, ...] = ()
    promises: tuple[PromiseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section, and what is said beside it."""

    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """The blank line before a section, by the section's title."""

    before: str


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the customer's own note; `place` counts from its first."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail that the team keeps."""

    name: str
    value: str


Line = Heading | Gap | TicketRow | IdentityRow | Flag | Note | Message | GestureRow | Detail | Part | Alike | PromiseRow


def page(connection: Connection, customer_id: int, now: int, zone: tzinfo) -> Page:
    """Read it."""
    tickets = queue.rows(connection, customers.foremost_ticket_ids(connection, customer_id, MOST_TICKETS))
    said = (*customers.notes(connection, customer_id), *customers.calls(connection, customer_id))
    newest = tuple(sorted(said, key=lambda message: -message.at)[:MOST_NOTES])
    return Page(
        customers.card(connection, customer_id, now, zone), tuple(tickets), newest,
        of_customer(connection, customer_id), merges.parts(connection, customer_id),
        promises.open_of_customer(connection, customer_id),
    )  # fmt: skip


def lines(found: Page, alike: tuple[Alike, ...] = ()) -> list[Line]:
    """The page's lines, with a blank one between its sections; `alike` may be the same person."""
    shown: list[Line] = []
    for heading, *section in _sections(found, alike):
        if shown and isinstance(heading, Heading):
            shown.append(Gap(heading.title))
        shown += [heading, *section]
    return shown


def _sections(found: Page, alike: tuple[Alike, ...]) -> Iterator[list[Line]]:
    card = found.card
    maybes = sum(not identity.known for identity in card.identities)
    yield [Heading("Tickets", _tickets_words(len(found.tickets), card.all_tickets)), *found.tickets]
    if found.promises:
        yield [Heading("Promised", "the next answer settles it"), *found.promises]
    words = f"{maybes} only a maybe, Y confirms" if maybes else ""
    yield [Heading("Known by", words), *card.identities]
    if alike:
        yield [Heading("Perhaps the same person", "M merges, d: they are two"), *alike]
    if found.parts:
        yield [Heading("Merged into this one", "d parts them again"), *found.parts]
    if card.flags:
        yield [Heading("Flags"), *card.flags]
    if card.note:
        written = [line for line in card.note.split("\n") if line.strip()]
        yield [Heading("Note"), *(Note(place, text) for place, text in enumerate(written))]
    if found.gestures:
        yield [Heading("Gestures"), *found.gestures]
    if found.said:
        yield [Heading("Notes and calls on tickets"), *found.said]
    if card.details:
        yield [Heading("Details"), *(Detail(name, value) for name, value in card.details)]


def _tickets_words(listed: int, there: int) -> str:
    if not listed:
        return "none yet"
    return "" if listed >= there else f"{listed:,} of {there:,}; the filter customer: finds all"


def key(line: Line) -> str:
    """What names a line."""
    match line:
        case Heading():
            return "heading " + line.title
        case Gap():
            return "gap " + line.before
        case TicketRow():
            return f"ticket {line.id}"
        case IdentityRow():
            return f"identity {line.id}"
        case Flag():
            return "flag " + line.words
        case Note():
            return f"note {line.place}"
        case GestureRow():
            return f"gesture {line.id}"
        case Message() | PromiseRow():
            return f"{'message' if isinstance(line, Message) else 'promise'} {line.id}"
        case Part():
            return f"part {line.customer_id}"
        case Alike():
            return f"alike {line.customer_id}"
        case Detail():
            return "detail " + json.dumps(line.name)


def draw(line: Line, cells: int, now: int) -> list[Piece]:
    """One line of the page."""
    match line:
        case Heading():
            return both_ends([(" " + line.title, "title"), ("  " + line.words, "muted")], [], cells)
        case Gap():
            return []
        case TicketRow():
            return _ticket(line, cells, now)
        case IdentityRow():
            return _identity(line, cells)
        case Flag():
            put = " ".join(
                part for part in (harmless(line.by), age(line.at, now) if line.at is not None else "") if part
            )
            return both_ends([("   ! ", "late"), (_flat(line.words), "plain")], [(put + " ", "faint")], cells)
        case Note():
            return [("   ┃ ", "note"), (_flat(line.text), "note")]
        case GestureRow() | PromiseRow():
            return gift_line(line, cells, now) if isinstance(line, GestureRow) else _promise(line, cells, now)
        case Message():
            mark = "☎ " if line.kind == "call" else "┃ "
            author = fit(_flat(line.author), min(18, cells // 4))
            left: list[Piece] = [("   " + mark, "note"), (author + " ", "muted"), (_flat(line.body[:400]), "note")]
            return both_ends(left, [(f"{age(line.at, now):>5} ", "faint")], cells)
        case Part():
            return _part(line, cells, now)
        case Alike():
            return _alike(line, cells)
        case Detail():
            return [("     " + fit(_flat(line.name), 14) + " ", "muted"), (_flat(line.value), "plain")]


def head(card: CustomerCard, cells: int, now: int, zone: tzinfo) -> list[list[Piece]]:
    """Who it is and how it stands, in as few lines as it takes: the card's own words, put together."""
    bare = card._replace(identities=(), details=(), recent=(), note="", flags=())
    first, *rest = (list(line.pieces) for line in card_lines(bare, cells, now, zone) if line.pieces)
    return [first, *_joined(rest, cells)]


def _joined(groups: Iterable[list[Piece]], cells: int) -> list[list[Piece]]:
    """Groups of pieces side by side, as many in a line as fit."""
    joined: list[list[Piece]] = []
    taken = 0
    for group in groups:
        size = sum(width(text) for text, _ in group)
        if joined and taken + 3 + size <= cells:
            joined[-1] += [(" · ", "faint"), *group]
            taken += 3 + size
        else:
            joined.append(group)
            taken = size
    return joined


def _ticket(row: TicketRow, cells: int, now: int) -> list[Piece]:
    done = row.status >= SOLVED
    mark = STATUS_MARKS[row.status] if row.status < len(STATUS_MARKS) else "?"
    status = Status(row.status).label if row.status < len(STATUS_MARKS) else ""
    assignee = fit(harmless(row.assignee) or "nobody", 14) if cells >= 76 else ""
    left: list[Piece] = [
        (f"   {mark} ", "mark"),
        (CHANNEL_MARKS.get(row.channel, "?") + " ", "muted"),
        (f"#{row.number} ", "muted"),
        (_flat(row.subject) or "(no subject)", "muted" if done else "unread" if row.unread else "plain"),
    ]
    right: list[Piece] = [(assignee + " " if assignee else "", "muted"), (f"{status:<8}", "muted")]
    return both_ends(left, [*right, (f"{age(row.updated_at, now):>5} ", "faint")], cells)


def _promise(row: PromiseRow, cells: int, now: int) -> list[Piece]:
    left: list[Piece] = [("   ◆ ", "promised"), (f"#{row.number} ", "muted"), (_flat(row.words), "plain")]
    return both_ends(left, [(due(row.due_at, now) + " ", "late" if row.due_at <= now else "promised")], cells)


def _part(part: Part, cells: int, now: int) -> list[Piece]:
    by = _flat(part.agent) or "nobody"
    left: list[Piece] = [("   » ", "mark"), (_flat(part.name), "plain")]
    tickets = f"{part.tickets:,} ticket" + ("" if part.tickets == 1 else "s")
    return both_ends(left, [(f"{tickets}, merged by {by} {age(part.at, now):>5} ", "faint")], cells)


def _alike(alike: Alike, cells: int) -> list[Piece]:
    left: list[Piece] = [("   ≈ ", "due"), (_flat(alike.name), "plain"), ("  " + _flat(alike.organization), "muted")]
    return both_ends(left, [(_flat(alike.why) + " ", "faint")], cells)


def _identity(identity: IdentityRow, cells: int) -> list[Piece]:
    sign: Piece = ("   " + KNOWN + " ", "good") if identity.known else ("   " + MAYBE + " ", "due")
    value = shorten(harmless(identity.value), max(cells - 26, 8))
    left: list[Piece] = [sign, (f"{KINDS.get(identity.kind, ''):<8} ", "muted"), (value, "plain")]
    return both_ends(left, [] if identity.known else [("maybe ", "due")], cells)


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())
