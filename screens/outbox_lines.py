"""What stands in the outbox, in words: how it is with each, what to do about it, and what an empty one says. Pure.

The invariant: whatever waits for a person says what that person can do.
"""

from datetime import tzinfo

from desk.ages import age
from desk.records import OutboxRow
from desk.times import SECOND
from storage.outbox import LastSent
from widgets.cells import cut, fit, harmless
from widgets.inks import Piece, both_ends
from widgets.moments import moment
from widgets.wrap import wrap

WRITTEN = ("reply", "forward", "note")
# What needs a person first, then what goes by itself, then what is over.
ORDER = ("failed", "bounced", "held", "undoable", "handed", "sending", "waiting", "sent", "dropped")
MARKS: dict[str, Piece] = {
    "failed": ("×", "late"),
    "bounced": ("×", "late"),
    "held": ("!", "due"),
    "undoable": ("◷", "mark"),
    "handed": ("?", "due"),
    "sending": ("↑", "mark"),
    "waiting": ("↑", "mark"),
    "sent": ("✓", "good"),
    "dropped": ("–", "faint"),
}
WORDS = {
    "failed": "not sent",
    "bounced": "came back",
    "held": "held",
    "undoable": "leaves soon, u takes it back",
    "handed": "handed over; being looked for",
    "sending": "on its way",
    "waiting": "waits for the connection",
    "sent": "sent",
    "dropped": "dropped, never leaves",
}

IN_DOUBT = (
    "The line broke while it was handed over, and it can't be found there. "
    "Look in the mailbox's folder of what was sent, or at the ticket in its helpdesk's own pages, or ask the customer."
)
DOUBT_KEYS = (
    ("Y", "it did arrive: count it as sent"),
    ("F5", "send it again: whoever has it already gets it twice"),
    ("d", "drop it: it is not sent again"),
)
FAILED_KEYS = (("F5", "try it again as it is"), ("d", "drop it: it never leaves"))
CHANGE_KEYS = (("F5", "try it again"), ("d", "let it be: the ticket goes back to what stands there"))
BOUNCED_KEYS = (
    ("F5", "send it again to those who did not get it, as it is"),
    ("d", "leave it at that: it goes out of this list"),
)
# What has no room for its name.
KINDS = {"acknowledgement": "auto"}
# A server's sermon must not push the keys away.
MOST_SAID = 4


def state_words(row: OutboxRow, now: int) -> str:
    """How it stands with something on its way, in words."""
    if row.doubtful:
        return "may have arrived: Y, F5 or d"
    words = WORDS.get(row.state, row.state)
    if row.state == "undoable":
        left = max(0, -(-(row.ready_at - now) // SECOND))
        words = f"leaves in {left} s, u takes it back" if left else "leaves now"
    if row.state == "held" and not row.error:
        words += ": the customer wrote meanwhile"
    if row.state in ("failed", "bounced"):
        # First, since a narrow terminal cuts what follows.
        words += ", Ctrl+E changes it" if row.kind in WRITTEN else ", F5 tries it again"
    if row.tries and row.state in ("failed", "waiting"):
        words += " (tried once)" if row.tries == 1 else f" (tried {row.tries} times)"
    return words + (": " + row.error if row.error else "")


def advice(row: OutboxRow, cells: int) -> list[list[Piece]]:
    """What happened to something that waits for a person, and what that person can do; nothing where the text tells."""
    if row.doubtful:
        return _advice(IN_DOUBT, DOUBT_KEYS, cells)
    if row.state not in ("failed", "bounced"):
        return []
    what = "change its words" if row.kind == "note" else "change it: the address, the words"
    keys = (("Ctrl+E", what),) if row.kind in WRITTEN else ()
    failed = CHANGE_KEYS if row.kind == "change" else FAILED_KEYS
    return _advice(row.error, (*keys, *(failed if row.state == "failed" else BOUNCED_KEYS)), cells)


def _advice(said: str, keys: tuple[tuple[str, str], ...], cells: int) -> list[list[Piece]]:
    text = " ".join(harmless(said).split())
    lines: list[list[Piece]] = [
        [(" " + text[start:end], "plain")] for start, end in wrap(text, max(10, cells - 2))[:MOST_SAID]
    ]
    lines += [[(" " + fit(key, 8), "key"), (cut(words, max(1, cells - 10)), "plain")] for key, words in keys]
    return [*lines, []]


def outbox_line(row: OutboxRow, cells: int, now: int) -> list[Piece]:
    """One of them in a line."""
    mark = MARKS.get(row.state, ("?", "muted"))
    over = row.state in ("sent", "dropped")
    subject = " ".join(harmless(row.subject).split()) or "(no subject)"
    left: list[Piece] = [
        (" ", "plain"),
        mark,
        (" " + fit(KINDS.get(row.kind) or harmless(row.kind), 8), "muted" if over else "plain"),
        (f"#{row.ticket_number} ", "muted"),
        (fit(subject, max(12, cells * 30 // 100)) + "  ", "muted" if over else "plain"),
        (" ".join(harmless(state_words(row, now)).split()), "faint" if over else mark[1]),
    ]
    return both_ends(left, [(f"{age(row.created_at, now):>5} ", "faint")], cells)


def quiet_lines(last: LastSent | None, now: int, zone: tzinfo) -> list[list[Piece]]:
    """What an outbox says that has nothing in it: that all is well, and what was sent last."""
    if last is None:
        return [
            [("Nothing is on its way.", "plain")],
            [("What you send waits here until it has left.", "muted")],
        ]
    subject = " ".join(harmless(last.subject).split()) or "(no subject)"
    return [
        [("✓ ", "good"), ("Everything is out: nothing waits to be sent.", "plain")],
        [
            ("Last sent: ", "muted"),
            (moment(last.at, now, zone), "plain"),
            (f"  #{last.ticket_number} {subject}", "muted"),
        ],
    ]
