"""Who the customer is, without a further key: drawn from a CustomerCard, in the order of what matters in a call.

The invariant: what is only a maybe never looks like something known; each has its sign beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from desk.ages import age
from desk.flags import ABUSIVE, Flag
from desk.lookup import IdentityKind
from desk.records import CustomerCard, IdentityRow, TicketRow
from desk.standing import passion
from desk.times import DAY
from widgets.cells import fit, harmless, shorten, width
from widgets.columns import CHANNEL_MARKS, SOLVED, STATUS_MARKS
from widgets.inks import Lines, Piece, both_ends
from widgets.moments import day, year
from widgets.wrap import one_line, wrap

KNOWN, MAYBE = "✓", "?"
NOTE_LINES = 3
_MOODS = {1: ("annoyed", "due"), 2: ("angry", "late"), 3: ("very angry", "late")}
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


class CardLine(NamedTuple):
    """A line of the card, and the ticket that a click on it opens."""

    pieces: tuple[Piece, ...] = ()
    ticket_id: int | None = None


def card_lines(card: CustomerCard, cells: int, now: int, zone: tzinfo) -> list[CardLine]:
    """The card as lines of at most `cells`. Pure."""
    lines = [
        CardLine(tuple(both_ends([(harmless(card.name) or "Unknown caller", "unread")], _mood(card), cells))),
        *(CardLine((piece,)) for piece in _standing(card, cells, now, zone)),
        CardLine(),
        *(CardLine(tuple(pieces)) for pieces in _now(card, now, zone)),
        *(CardLine(tuple(_flag(flag))) for flag in card.flags),
        CardLine(),
        *(CardLine(tuple(_identity(identity, cells))) for identity in card.identities if _shown(identity, card)),
        *(CardLine(((one_line(name) + " ", "muted"), (one_line(value), "plain"))) for name, value in card.details),
    ]
    if card.note:
        lines += [CardLine(), *_note(card.note, cells)]
    if card.recent:
        lines += [CardLine(), CardLine((("Last contacts", "muted"),))]
        lines += [CardLine(tuple(_contact(row, cells, now)), row.id) for row in card.recent]
    return lines


def _flag(flag: Flag) -> list[Piece]:
    """A flag; behind one that nobody has to bear alone stands what to do."""
    way: list[Piece] = [(" · U hands over", "muted")] if flag.kind == ABUSIVE else []
    return [("! " + one_line(flag.words), "late"), *way]


def _mood(card: CustomerCard) -> list[Piece]:
    word = _MOODS.get(card.mood)
    return [] if word is None else [("! " + word[0], word[1])]


def _standing(card: CustomerCard, cells: int, now: int, zone: tzinfo) -> Iterator[Piece]:
    """Organization, the plan with the year since when, the value, and what these say of somebody who is angry."""
    if card.organization:
        yield shorten(harmless(card.organization), cells), "plain"
    since = "" if card.since is None else f"since {year(card.since, zone)}"
    words = " ".join(part for part in (harmless(card.plan), since) if part)
    worth = "" if card.value is None else f"{card.value.words} a year"
    words = " · ".join(part for part in (words, worth) if part)
    if words:
        yield shorten(words[:1].upper() + words[1:], cells), "agent"
    if angry := passion(card.mood, card.since, card.value, now):
        yield shorten("♥ " + angry[:1].upper() + angry[1:], cells), "strong"


def _now(card: CustomerCard, now: int, zone: tzinfo) -> Iterator[list[Piece]]:
    """How it stands with this customer: open tickets, how often they wrote, what was promised."""
    others = card.all_tickets - card.open_tickets
    first: list[Piece] = [(f"{card.open_tickets:,} open", "strong"), (f" · {others:,} resolved", "muted")]
    yield first
    if card.contacts_week > 1:
        often = "due" if card.contacts_week > 2 else "plain"
        yield [(f"↻ {_ordinal(card.contacts_week)} contact this week", often)]
    if card.contacts_today > 1:
        yield [(f"↻ {_ordinal(card.contacts_today)} contact today", "due")]
    if card.promised_at is not None:
        late = card.promised_at < now
        words = f"◆ promised for {day(card.promised_at, now, zone)}"
        yield [(words + (", not kept" if late else ""), "late" if late else "promised")]


def _shown(identity: IdentityRow, card: CustomerCard) -> bool:
    """The name and the organization stand above already."""
    if identity.kind is IdentityKind.NAME:
        return identity.value != card.name
    return identity.kind is not IdentityKind.COMPANY or identity.value != card.organization


def _identity(identity: IdentityRow, cells: int) -> list[Piece]:
    sign: Piece = (KNOWN + " ", "good") if identity.known else (MAYBE + " ", "due")
    kind = {IdentityKind.NAME: "also", IdentityKind.ACCOUNT: "account", IdentityKind.ORDER: "order"}.get(identity.kind)
    named: list[Piece] = [] if kind is None else [(kind + " ", "muted")]
    room = cells - 2 - sum(width(text) for text, _ in named)
    value: Piece = (shorten(harmless(identity.value), max(room, 1)), "plain" if identity.known else "muted")
    return [sign, *named, value]


def _note(note: str, cells: int) -> Iterator[CardLine]:
    """The first lines of what colleagues wrote about the customer."""
    shown = 0
    for source in note[:2000].split("\n"):
        text = one_line(source)
        for start, end in wrap(text, max(cells - 2, 1)):
            if shown == NOTE_LINES:
                yield CardLine((("┃ ", "note"), ("…", "muted")))
                return
            shown += 1
            yield CardLine((("┃ ", "note"), (text[start:end], "note")))


def _contact(row: TicketRow, cells: int, now: int) -> list[Piece]:
    old = row.status >= SOLVED or now - row.updated_at > 30 * DAY
    mark = STATUS_MARKS[row.status] if row.status < len(STATUS_MARKS) else "?"
    room = max(cells - 9, 1)
    return [
        (f"{mark} {CHANNEL_MARKS.get(row.channel, '?')} ", "mark"),
        (fit(harmless(row.subject) or "(no subject)", room), "muted" if old else "plain"),
        (f"{age(row.updated_at, now):>5}", "faint"),
    ]


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else _ORDINALS.get(number % 10, "th")
    return f"{number}{ending}"


class CustomerPanel(Lines, can_focus=True, inherit_bindings=False):
    """The card in the side pane."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_lines(-1)", show=False),
        Binding("down", "scroll_lines(1)", show=False),
    ]

    @dataclass
    class TicketChosen(Message):
        """One of the last contacts was clicked."""

        ticket_id: int

    def __init__(
        self, *, clock: Callable[[], int], zone: tzinfo = UTC, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._clock, self._zone = clock, zone
        self._card: CustomerCard | None = None
        self._lines: list[CardLine] = []
        # As `set_lines` has it where there is nothing yet, or the first frame would be laid out twice.
        self.virtual_size = Size(1, 0)

    def show(self, card: CustomerCard) -> None:
        """Show a customer."""
        other = self._card is None or self._card.id != card.id
        self._card = card
        self._lay_out()
        if other:
            self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def clear(self) -> None:
        """Show nobody."""
        self._card = None
        self._lay_out()

    def scroll_lines(self, lines: int) -> None:
        """Scroll down by `lines`."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True, force=True)

    action_scroll_lines = scroll_lines

    def render_line(self, y: int) -> Strip:
        """One line of the card."""
        number, cells = y + self.scroll_offset.y, self.cells
        if number >= len(self._lines):
            words = [(" No customer", "faint")] if self._card is None and number == 0 else []
            return self.strip(words, cells)
        return self.strip([(" ", "plain"), *self._lines[number].pieces], cells)

    def on_resize(self) -> None:
        """Draw it for the new width."""
        self._lay_out()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        number = -1 if offset is None else offset.y + self.scroll_offset.y
        if 0 <= number < len(self._lines):
            ticket_id = self._lines[number].ticket_id
            if ticket_id is not None:
                self.post_message(self.TicketChosen(ticket_id))

    def _lay_out(self) -> None:
        cells = self.cells - 2
        self._lines = []
        if self._card is not None and cells > 0:
            self._lines = card_lines(self._card, cells, self._clock(), self._zone)
        self.set_lines(len(self._lines))
        self.refresh()
