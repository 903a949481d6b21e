"""How the sources are doing, in words: for the title line, the banner, the list of sources and the page of each.

Pure, and loaded only where something is connected. The invariants: what is said is what the sync process has written
down, never a guess; of several sources the one in the worst state is spoken of, by its name; only where all of them are
away the desk is called offline; no setting that could be a secret is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import NamedTuple

from desk.ages import age
from desk.records import Standing as Elsewhere
from desk.records import Ticket
from screens.facts import Told
from storage.sources import SourceRow
from widgets.bars import Mood
from widgets.cells import fit, harmless, shorten
from widgets.inks import Piece, both_ends
from widgets.moments import moment

BAR_CELLS = 24
# How the credentials ladder begins to say that nothing serves (console.credentials.rungs.NoSecret).
NOTHING_SERVES = "There is no secret"
# The title line has room for a name of this length.
NAME_CELLS = 16
UNITS = {"s": " s", "m": " min", "h": " h", "d": " days", "w": " weeks", "y": " years"}
MARKS: dict[str, Piece] = {
    "": ("○", "muted"), "syncing": ("◌", "mark"), "idle": ("●", "good"), "away": ("○", "due"), "stuck": ("!", "due"),
    "denied": ("×", "late"),
}  # fmt: skip
IN_TROUBLE = ("away", "stuck", "denied")
MAILBOX = "mailbox"
# What people call the kinds of sync.kinds.OURS, which a screen can't afford to load; a test keeps them alike.
TITLES = {
    MAILBOX: "Mailbox", "rt": "Request Tracker", "zendesk": "Zendesk", "zammad": "Zammad", "freshdesk": "Freshdesk",
    "helpscout": "Help Scout", "redmine": "Redmine",
}  # fmt: skip
# The settings that people know a source by, in their order; others may be anybody's business but the screen's.
SETTINGS = {
    "address": "Address", "url": "Address", "also": "Also ours", "user": "Logs in as", "imap": "Reads by",
    "smtp": "Sends by", "folders": "Folders",
}  # fmt: skip
# What a helpdesk can take of the work that is done here (sync.kinds.Kind.takes), in words.
TAKEN = {
    "reply": "replies", "note": "notes", "status": "status", "priority": "priority", "assignee": "assignee",
    "queue": "queue", "tags": "tags", "merge": "merged tickets", "tick": "its checklists",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """All sources in a few cells, in the mood that they are in; `banner`: what the agent is told besides."""

    words: str = ""
    mood: Mood = "well"
    banner: str = ""


class KindWords(NamedTuple):
    """What a kind of source says of itself: what one logs in with, and against what it was ever run."""

    secret: str
    tried: str


def standing(rows: Sequence[SourceRow], now: int, zone: tzinfo) -> Standing:
    """How the sources are doing together."""
    for row in rows:
        if row.state == "denied":
            words = _denied(row) if len(rows) == 1 else shorten(harmless(row.name), NAME_CELLS) + ": " + _denied(row)
            return Standing(words, "trouble", _what_happened(row))
    away = [row for row in rows if row.state == "away"]
    if away:
        return _offline(away, now, zone) if len(away) == len(rows) else _partly_offline(away, len(rows), now, zone)
    for row in rows:
        if row.state == "stuck":
            return Standing(shorten(harmless(row.name), NAME_CELLS) + " stuck", "partly", _what_happened(row))
    for row in rows:
        if _has_far_to_go(row):
            return Standing("syncing " + _percent(row), "busy")
    times = [row.synced_at for row in rows if row.synced_at is not None]
    if len(times) < len(rows):
        return Standing("syncing" if any(row.state == "syncing" for row in rows) else "not synced yet", "busy")
    return Standing("synced " + spoken_age(min(times), now)) if times else Standing()


def _what_happened(row: SourceRow) -> str:
    return " ".join((row.name + ":", row.said.rstrip(".") + ".", row.mend)).rstrip()


def _offline(away: Sequence[SourceRow], now: int, zone: tzinfo) -> Standing:
    """Since when nothing is reached any more."""
    times = [row.synced_at for row in away if row.synced_at is not None]
    since = " since " + moment(max(times), now, zone) if times else ""
    words = "offline " + spoken_age(max(times), now) if times else "offline"
    return Standing(words, "trouble", "Offline" + since + ": all goes on, what you send leaves later")


def _partly_offline(away: Sequence[SourceRow], of: int, now: int, zone: tzinfo) -> Standing:
    """Which of them can't be reached, and since when."""
    times = [row.synced_at for row in away if row.synced_at is not None]
    since = " since " + moment(min(times), now, zone) if times else ""
    names = " and ".join(row.name for row in away)
    words = shorten(harmless(away[0].name), NAME_CELLS) if len(away) == 1 else f"{len(away)} of {of}"
    banner = names + " can't be reached" + since + ": what you send there leaves later"
    return Standing(words + " offline", "partly", banner)


def spoken_age(at: int, now: int) -> str:
    """How long ago: `4 s`, `12 min`, `3 h`, `2 days`."""
    short = age(at, now)
    return short[:-1] + UNITS[short[-1]]


def _denied(row: SourceRow) -> str:
    if row.said.startswith(NOTHING_SERVES):
        return "no password yet" if row.kind == MAILBOX else "no token yet"
    return "password refused" if "password" in row.said.casefold() else "login refused"


def _has_far_to_go(row: SourceRow) -> bool:
    return row.state == "syncing" and row.total > row.done


def _progress(row: SourceRow) -> str:
    return f"{row.done:,} of {row.total:,}"


def _percent(row: SourceRow) -> str:
    return f"{row.done * 100 // row.total} %"


def state_words(row: SourceRow, now: int) -> str:
    """How it stands with one source, in a sentence without its end."""
    match row.state:
        case "syncing" if row.total > row.done:
            return ("first sync, " if row.synced_at is None else "fetching, ") + _progress(row)
        case "syncing":
            return "looking at it for the first time" if row.synced_at is None else "looking for news"
        case "idle" if row.said:
            return "trying again: " + row.said
        case "idle":
            return "all is well"
        case "away":
            return "can't be reached" + _since(row, now)
        case "stuck":
            return "doesn't work" + _since(row, now)
        case "denied":
            return _denied(row)
        case _:
            return "waits for its first sync"


def _since(row: SourceRow, now: int) -> str:
    return "" if row.synced_at is None else " for " + spoken_age(row.synced_at, now)


def sentence(words: str) -> str:
    """Words with which a sentence may begin."""
    return words[:1].upper() + words[1:]


def place_of(row: SourceRow) -> str:
    """Where it is: a mailbox's address, a helpdesk's host, else what it is."""
    url = row.settings.get("url", "").partition("://")[2].rstrip("/")
    return harmless(row.settings.get("address") or url or title_of(row))


def title_of(row: SourceRow) -> str:
    """What people call its kind."""
    return TITLES.get(row.kind, row.kind)


def taken_words(row: SourceRow) -> str:
    """What goes back there of the work that is done here; the rest stays in this workspace."""
    taken = row.settings.get("takes", "").split()
    return ", ".join(words for key, words in TAKEN.items() if key in taken)


def ticket_place(ticket: Ticket, sources: Sequence[SourceRow], marks: Mapping[int, str]) -> str:
    """Which source a ticket is of, with its mark in lists where there are several, and its number there."""
    there, source_id = ticket.standing, ticket.row.source_id
    name = next((row.name for row in sources if row.id == source_id), "")
    if not name or (there is None and not marks):
        return ""
    mark = marks.get(source_id, "") if source_id is not None else ""
    words = (mark if mark != name.casefold() else "", shorten(harmless(name), NAME_CELLS), number_there(there))
    return " ".join(word for word in words if word)


def number_there(there: Elsewhere | None) -> str:
    """What people at its helpdesk call a ticket."""
    number = "" if there is None else harmless(there.number)
    return f"#{number}" if number.isdecimal() else number


def source_line(row: SourceRow, cells: int, now: int, letters: str = "") -> list[Piece]:
    """One source in a line; `letters`: its mark in the lists of tickets."""
    troubled = row.state == "idle" and row.failures > 0
    mark = MARKS[""] if troubled else MARKS.get(row.state, MARKS[""])
    left: list[Piece] = [
        (" ", "plain"),
        mark,
        (f" {letters} " if letters else "", "muted"),
        (" " + fit(harmless(row.name), max(10, cells * 15 // 100)) + "  ", "strong"),
        (fit(place_of(row), max(16, cells * 27 // 100)) + "  ", "muted"),
        (harmless(state_words(row, now)), mark[1] if row.state in IN_TROUBLE else "plain"),
    ]
    last = "never" if row.synced_at is None else age(row.synced_at, now)
    return both_ends(left, [(f"{last:>5} ", "faint")], cells)


def source_facts(row: SourceRow, now: int, zone: tzinfo, *, whole: bool, kind: KindWords | None = None) -> list[Told]:
    """What the page of a source says, as (label, words, ink of the words); `whole`: with its settings."""
    ink = MARKS.get(row.state, MARKS[""])[1] if row.state in IN_TROUBLE else "strong"
    facts: list[Told] = [("State", state_words(row, now), ink)]
    if _has_far_to_go(row):
        facts.append(("", _bar(row), "mark"))
        if row.synced_at is None:
            facts.append(("", "The newest come first; what is here already can be worked on.", "muted"))
    if row.state in ("away", "stuck"):
        facts.append(("", "All is kept here, and leaves when it is back.", "muted"))
    if row.said and not (row.state == "idle" and not row.failures):
        facts.append(("What happened", row.said, "plain"))
    if row.mend:
        facts.append(("What to do", row.mend, "strong"))
    facts.append(("Last sync", "never" if row.synced_at is None else moment(row.synced_at, now, zone), "plain"))
    if row.next_at is not None and row.next_at > now:
        facts.append(("Next try", moment(row.next_at, now, zone) + ", or now with F5", "plain"))
    if row.kind == MAILBOX and not row.claims:
        facts.append(("Who has what", "is known here alone: the mail server keeps no marks of agents.", "muted"))
    if whole and row.kind != MAILBOX:
        facts.append(("Kind", title_of(row), "muted"))
    if whole:
        facts += [(label, row.settings[key], "muted") for key, label in SETTINGS.items() if row.settings.get(key)]
    if whole and (taken := taken_words(row)):
        facts.append(("Takes", taken, "muted"))
    if whole and kind is not None:
        facts.append(("Tried", sentence(kind.tried).rstrip(".") + ".", "muted"))
    return facts


def _bar(row: SourceRow) -> str:
    full = min(BAR_CELLS, row.done * BAR_CELLS // row.total)
    return "━" * full + "─" * (BAR_CELLS - full) + " " + _percent(row)
