"""A message as the lines of the conversation, for one width. Pure, without Textual.

The invariants: what the sender wrote is drawn as it is, wrapped and never interpreted; a note says so in words, has a
bar of its own and its own ground; no message makes more than LINES_SHOWN lines before it is asked to, so that a mail
of a megabyte opens as fast as any other.
"""

from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from desk.records import AttachmentRow, Message
from desk.times import SECOND
from widgets.cells import harmless, shorten, width
from widgets.inks import Piece, both_ends
from widgets.moments import moment, size, span
from widgets.wrap import links, one_line, quote_depth, wrap

if TYPE_CHECKING:
    from desk.mail.quotes import Fold

GUTTER = 3
TEXT_WIDTH = 100
LINES_SHOWN = 1_500
CHARACTERS_SHOWN = 100_000
# A server's sermon must not push the words away.
TROUBLE_LINES = 4

Target = tuple[str, int]
"""What a click on a line does: ("fold" | "more" | "attachment", message id or attachment id)."""


class Line(NamedTuple):
    """One line, without its gutter.

    `joins`: it goes on where the line before it was wrapped. `apart`: it stands between messages and belongs to none.
    """

    pieces: tuple[Piece, ...] = ()
    ground: str = "base"
    joins: bool = False
    apart: bool = False
    target: Target | None = None
    urls: tuple[str, ...] = ()


class Setting(NamedTuple):
    """What a layout depends on beside the message: cells of text, the time, what is unfolded, how much is shown."""

    cells: int
    now: int
    zone: tzinfo
    unfolded: bool = False
    portions: int = 1
    subject: str = ""


def message_lines(message: Message, setting: Setting) -> list[Line]:
    """All lines of an entry of the conversation, ending with an empty one; an event is a single line."""
    if message.kind == "event":
        return [_event(message, setting)]
    ground = "note" if message.kind == "note" else "base"
    lines = [_header(message, setting)]
    lines.extend(_marks(message, setting))
    lines.extend(_body(message, setting))
    if message.attachments:
        lines.append(Line())
        lines.extend(_attachment(attachment, setting) for attachment in message.attachments)
    if ground != "base":
        lines = [line._replace(ground=ground) for line in lines]
    return [*lines, Line(apart=True)]


def counts_down(message: Message) -> bool:
    """Whether what is shown of it changes with every second."""
    return message.delivery == "undoable" and message.ready_at is not None


def _event(message: Message, setting: Setting) -> Line:
    words = one_line(" ".join(message.body.split()))
    at = moment(message.at, setting.now, setting.zone)
    room = max(setting.cells - width(at) - 5, 1)
    return Line((("· " + shorten(words, room) + "  ", "faint"), (at, "faint")))


def _header(message: Message, setting: Setting) -> Line:
    author = harmless(message.author) or harmless(message.sender) or "unknown sender"
    left: list[Piece]
    if message.kind == "note":
        left = [("NOTE", "note"), (" by ", "muted"), (author, "strong"), ("  customers don't see this", "note")]
    elif message.kind == "outbound":
        left = [(author, "agent"), (" acknowledged it by itself" if message.automatic else " replied", "muted")]
    elif message.kind == "call":
        length = "" if message.seconds is None else f"  {span(message.seconds)}"
        left = [("☎ ", "mark"), (author, "strong"), (" on the phone" + length, "muted")]
    else:
        left = [(author, "unread")]
        # Whoever calls themselves something is known by where it came from.
        origin = message.sender.removeprefix(message.author).strip()
        if origin:
            address = origin[1:-1] if origin.startswith("<") and origin.endswith(">") else origin
            left.append(("  " + harmless(address), "faint"))
    right = [*_delivery(message, setting), (moment(message.at, setting.now, setting.zone), "faint")]
    return Line(tuple(both_ends(left, right, setting.cells)))


def _delivery(message: Message, setting: Setting) -> list[Piece]:
    """Where a reply is on its way out; nothing once it has simply been sent."""
    if counts_down(message) and message.ready_at is not None:
        left = max(0, -((setting.now - message.ready_at) // SECOND))
        return [(f"leaves in {left} s", "due"), (" · ", "faint"), ("u", "key"), (" takes it back  ", "muted")]
    words = {
        "undoable": ("leaves now", "due"),
        "waiting": ("waits to be sent", "due"),
        "sending": ("on its way", "due"),
        "handed": ("handed over, being looked for", "due"),
        "held": ("held, see the outbox", "late"),
        "failed": ("not sent, see the outbox", "late"),
        "bounced": ("did not arrive, see the outbox", "late"),
        "dropped": ("dropped, never sent", "late"),
        "sent": ("sent ✓", "good"),
    }.get(message.delivery)
    return [] if words is None else [words, ("  ", "plain")]


def _marks(message: Message, setting: Setting) -> Iterator[Line]:
    """Whom it went to, its title where it isn't the ticket's, and what is special about it."""
    if message.kind == "outbound" and message.recipients:
        to = "to " + message.recipients + (f", copies to {message.copies}" if message.copies else "")
        yield Line(((shorten(one_line(to), setting.cells), "faint"),))
    elif message.kind == "inbound" and message.copies:
        yield Line(((shorten(one_line(f"copies to {message.copies}"), setting.cells), "faint"),))
    if message.trouble:
        words = one_line(" ".join(message.trouble.split()))
        ink = "late" if message.delivery in ("bounced", "failed") else "due"
        yield from (Line(((words[start:end], ink),)) for start, end in wrap(words, setting.cells)[:TROUBLE_LINES])
    if message.subject and _matter(message.subject) != _matter(setting.subject):
        yield Line(((shorten(one_line("“" + message.subject + "”"), setting.cells), "strong"),))
    special = list(_special(message))
    if special:
        yield Line(((shorten(" · ".join(special), setting.cells), "due"),))


def _special(message: Message) -> Iterator[str]:
    if message.bounce:
        words = one_line(" ".join(message.bounce.split()))
        yield words if words.startswith("delayed") else "could not be delivered: " + words
    if message.automatic and message.kind != "outbound":
        yield "sent by a machine: " + one_line(" ".join(message.automatic.split()))
    if message.unparsed:
        yield "could not be read in full, the original is attached"
    if message.html:
        yield "shown as text, it was HTML"
    if message.trackers:
        yield f"{message.trackers} tracker{'s' if message.trackers > 1 else ''} removed"


def _matter(subject: str) -> str:
    """A title without the signs of an answer, to see whether it is another one."""
    words = subject.casefold().strip()
    while words[:3] in ("re:", "aw:", "fw:", "wg:", "sv:") or words[:4] == "fwd:":
        words = words.partition(":")[2].strip()
    return words


def _body(message: Message, setting: Setting) -> Iterator[Line]:
    shown = message.body[: CHARACTERS_SHOWN * setting.portions]
    source = shown.rstrip().split("\n")
    folded = {} if setting.unfolded else {fold.start: fold for fold in message.folds}
    place = count = 0
    while place < len(source):
        if count >= LINES_SHOWN * setting.portions:
            break
        fold = folded.get(place)
        if fold is not None and fold.end > place:
            yield Line(((f"··· {_folded(fold)}", "muted"),), target=("fold", message.id))
            place, count = fold.end, count + 1
            continue
        for line in _source_line(source[place], setting.cells):
            count += 1
            yield line
        place += 1
    if place < len(source) or len(shown) < len(message.body):
        rest = len(source) - place + message.body.count("\n", len(shown))
        words = f"··· {rest:,} more lines" if rest > 1 else "··· goes on"
        yield Line(((words, "mark"),), target=("more", message.id))


def _folded(fold: "Fold") -> str:
    if fold.kind == "signature":
        return "signature"
    lines = fold.end - fold.start
    return "1 quoted line" if lines == 1 else f"{lines} quoted lines"


def _source_line(text: str, cells: int) -> Iterator[Line]:
    depth, text = quote_depth(one_line(text))
    bar: list[Piece] = [("│ " * min(depth, 6), "rule")] if depth else []
    ink = "muted" if depth else "plain"
    found = links(text)
    room = cells - 2 * min(depth, 6)
    for number, (start, end) in enumerate(wrap(text, room)):
        pieces: list[Piece] = list(bar)
        urls: list[str] = []
        place = start
        for link in found:
            first, last = max(link.start, start), min(link.end, end)
            if first >= last:
                continue
            pieces.append((text[place:first], ink))
            pieces.append((text[first:last], "link"))
            urls.append(link.url)
            place = last
        pieces.append((text[place:end], ink))
        yield Line(tuple(piece for piece in pieces if piece[0]), joins=number > 0, urls=tuple(urls))


def _attachment(attachment: AttachmentRow, setting: Setting) -> Line:
    told = "  " + " · ".join(part for part in (_size(attachment), _whereabouts(attachment)) if part)
    name = harmless(attachment.name) or "unnamed file"
    # Why a file can't come may be long; so may its name, of which a third of the line has to stay.
    details = shorten(told, max(setting.cells - 3 - min(width(name), setting.cells // 3), 1))
    name = shorten(name, max(setting.cells - width(details) - 3, 1))
    pieces = (("+ ", "mark"), (name, "tag"), (details, "faint"))
    return Line(pieces, target=("attachment", attachment.id))


def _size(attachment: AttachmentRow) -> str:
    """How large it is; nothing where its helpdesk didn't tell."""
    return "" if attachment.away and not attachment.size else size(attachment.size)


def _whereabouts(attachment: AttachmentRow) -> str:
    """Of a file that lies at a helpdesk: whether it comes, how far it is, or why it can't come."""
    if not attachment.away:
        return ""
    if attachment.said:
        return f"didn't come: {' '.join(harmless(attachment.said).split())}"
    if not attachment.asked:
        return "not fetched yet, D fetches it"
    if attachment.size and attachment.done:
        return f"on its way, {min(attachment.done * 100 // attachment.size, 99)} %"
    return "on its way" + (f", {size(attachment.done)}" if attachment.done else "")
