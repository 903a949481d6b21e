"""Who calls, as lines: the customer's card with what only a call wants, several to pick from, or nobody yet. Pure.

The invariants: what is only a maybe never looks like something known, and says which key makes it known; what an agent
needs before the first word stands above what can wait.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from desk.ages import age
from desk.callers import CallerCard, CallerMatch, LastContact, OpenPromise, Repeated
from desk.lookup import Hit
from desk.records import TicketRow
from widgets.cells import fit, harmless, shorten
from widgets.columns import CHANNEL_MARKS, SOLVED, STATUS_MARKS
from widgets.customer_card import KNOWN, MAYBE, CardLine, card_lines
from widgets.inks import Piece, both_ends
from widgets.moments import day
from widgets.wrap import one_line, wrap

TICKETS, CONTACTS, PROMISES = 5, 5, 3
_WAYS = {"inbound": "←", "outbound": "→", "call": "☎"}


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of who calls: `match` by the number, `card` once it is one person, `keys` by what they do.

    `picked` is the place of the cursor among several, `name` what the telephone called them.
    """

    match: CallerMatch
    card: CallerCard | None
    name: str = ""
    picked: int = 0
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def several(self) -> tuple[Hit, ...]:
        """Those to pick from, at most nine: one digit picks."""
        return self.match.hits[:9] if self.card is None and self.match.kind in ("several", "company") else ()


def caller_lines(caller: Caller, cells: int, now: int, zone: tzinfo) -> list[CardLine]:
    """All of it, in lines of at most `cells`."""
    if caller.card is not None:
        return list(_person(caller, caller.card, cells, now, zone))
    if caller.several:
        return list(_several(caller, cells, now))
    return list(_nobody(caller, cells))


def _person(caller: Caller, found: CallerCard, cells: int, now: int, zone: tzinfo) -> Iterator[CardLine]:
    card = found.card._replace(recent=())
    bare = card_lines(card._replace(identities=(), details=(), note=""), cells, now, zone)
    rest = card_lines(card, cells, now, zone)[len(bare) :]
    yield bare[0]
    yield from _matched(caller, cells)
    standing = list(bare[1:])
    while standing and not standing[-1].pieces:
        standing.pop()
    yield from standing
    if found.repeated is not None:
        yield from _paragraph(_again(found.repeated), "due", cells)
    if found.missed:
        yield CardLine(((f"☎ {found.missed:,} missed of late: nobody answered", "late"),))
    for promise in found.promises[:PROMISES]:
        yield from _promise(promise, cells, now, zone)
    if found.open_tickets:
        yield from (CardLine(), CardLine((("Open", "muted"),)))
        yield from (CardLine(_ticket(row, cells, now), row.id) for row in found.open_tickets[:TICKETS])
    if found.contacts:
        yield from (CardLine(), CardLine((("Last contacts", "muted"),)))
        yield from (CardLine(_contact(each, cells, now), each.ticket_id) for each in found.contacts[:CONTACTS])
    if rest:
        yield CardLine()
        yield from rest


def _matched(caller: Caller, cells: int) -> Iterator[CardLine]:
    """The number that it was found by, and whether that is known."""
    if caller.match.kind != "one":
        return
    given = caller.match.hits[0].identity_value if caller.match.hits else caller.match.shown
    number = shorten(harmless(given), max(cells - (5 if caller.match.maybe_id is None else 18), 8))
    if caller.match.maybe_id is None:
        yield CardLine((("☎ " + number + " ", "plain"), (KNOWN, "good")))
    else:
        key = dict(caller.keys).get("confirm", "")
        yield CardLine((("☎ " + number + " ", "plain"), (MAYBE + " maybe  ", "due"), (key, "key"), (" yes", "muted")))


def _again(repeated: Repeated) -> str:
    days = "today" if repeated.days <= 1 else f"in {repeated.days} days"
    return f"↻ {repeated.times} times {days} about “{one_line(repeated.topic)}”"


def _promise(promise: OpenPromise, cells: int, now: int, zone: tzinfo) -> Iterator[CardLine]:
    late = promise.due_at < now
    when = day(promise.due_at, now, zone) + (", not kept" if late else "")
    yield from _paragraph(
        f"◆ {one_line(promise.words)} ({when}, #{promise.ticket_number})", "late" if late else "promised", cells
    )


def _ticket(row: TicketRow, cells: int, now: int) -> tuple[Piece, ...]:
    mark = STATUS_MARKS[row.status] if row.status < min(SOLVED, len(STATUS_MARKS)) else "?"
    left: list[Piece] = [
        (f"{mark} {CHANNEL_MARKS.get(row.channel, '?')} ", "mark"),
        (f"#{row.number} ", "muted"),
        (one_line(row.subject) or "(no subject)", "unread" if row.unread else "plain"),
    ]
    return tuple(both_ends(left, [(f"{age(row.updated_at, now):>4}", "faint")], cells))


def _contact(contact: LastContact, cells: int, now: int) -> tuple[Piece, ...]:
    left: list[Piece] = [
        (f"{_WAYS.get(contact.kind, '·')} {CHANNEL_MARKS.get(contact.channel, '?')} ", "mark"),
        (one_line(contact.preview) or "(nothing written)", "muted"),
    ]
    return tuple(both_ends(left, [(f"{age(contact.at, now):>4}", "faint")], cells))


def _several(caller: Caller, cells: int, now: int) -> Iterator[CardLine]:
    match, count = caller.match, len(caller.match.hits)
    if match.kind == "company":
        words = f"Main number, extension {match.extension}" if match.extension else "A company's main number"
        yield CardLine(((words, "title"),))
        yield from _paragraph("Who is it? A digit picks; / finds anybody else.", "muted", cells)
    else:
        yield CardLine(((f"{count} have this number" if match.number else f"{count} may be meant", "title"),))
        yield from _paragraph("A digit picks; / finds anybody else.", "muted", cells)
    yield CardLine()
    for place, hit in enumerate(caller.several):
        yield from _hit(place, hit, place == caller.picked, cells, now)


def _hit(place: int, hit: Hit, here: bool, cells: int, now: int) -> Iterator[CardLine]:
    last = "" if hit.contacted_at is None else age(hit.contacted_at, now)
    sign: Piece = (KNOWN + " ", "good") if hit.known else (MAYBE + " ", "due")
    name: Piece = (harmless(hit.name) or "(no name)", "strong" if here else "customer")
    left: list[Piece] = [("▸" if here else " ", "mark"), (f"{place + 1} ", "key"), sign, name]
    yield CardLine(tuple(both_ends(left, [(f"{last:>4}", "faint")], cells)))
    about = " · ".join(harmless(part) for part in (hit.organization, hit.plan, hit.identity_value) if part)
    yield CardLine(((shorten("     " + " ".join(about.split()), cells), "muted"),))


def _nobody(caller: Caller, cells: int) -> Iterator[CardLine]:
    keys = dict(caller.keys)
    if caller.match.kind == "withheld":
        yield CardLine((("The number is withheld", "title"),))
        words = "Ask for anything: a name, an address, an account, an order, a ticket."
    else:
        yield CardLine((("Nobody is known by", "title"),))
        yield CardLine(((shorten(harmless(caller.match.number or caller.match.shown), cells), "unread"),))
        words = "They may have another number: ask for anything, and it is theirs from then on."
    if caller.name:
        yield CardLine((("calls itself ", "muted"), (shorten(harmless(caller.name), max(cells - 13, 4)), "plain")))
    yield CardLine()
    yield from _paragraph(words, "plain", cells)
    yield CardLine()
    new = "a new customer" + ("" if caller.match.kind == "withheld" else " with it")
    for key, text in (("identify", "find them by anything"), ("new", new)):
        yield CardLine(((fit(keys.get(key, ""), 7), "key"), (shorten(text, max(cells - 7, 1)), "muted")))


def _paragraph(text: str, ink: str, cells: int) -> Iterator[CardLine]:
    words = one_line(" ".join(text.split()))
    for number, (start, end) in enumerate(wrap(words, max(cells - 2, 1))):
        yield CardLine((("  " if number else "", "plain"), (words[start:end], ink)))
