"""What the page of incidents says, line by line: each incident, what looks like it, and its tickets. Pure.

The invariant: what only looks like an incident never looks like a ticket of it; each has its sign.
"""

from collections.abc import Sequence
from datetime import tzinfo

from desk.ages import age
from desk.counts import counted
from desk.incidents import STATES
from desk.statuses import Status
from desk.times import MINUTE
from screens.facts import Told
from storage.incidents import Alarm, IncidentRow, IncidentTicketRow
from widgets.cells import fit, harmless, shorten
from widgets.columns import STATUS_MARKS
from widgets.inks import Piece, both_ends
from widgets.moments import moment

Line = IncidentRow | IncidentTicketRow
MARKS: dict[str, Piece] = {
    "looking": ("●", "late"), "found": ("●", "due"), "watching": ("○", "mark"), "over": ("✓", "good"),
}  # fmt: skip
# So early the top line says that an update comes due.
SOON = 15 * MINUTE


def key(line: Line) -> str:
    """What names a line."""
    if isinstance(line, IncidentRow):
        return f"incident {line.id}"
    return f"{'alike' if line.why else 'linked'} {line.incident_id} {line.ticket_id}"


def draw(line: Line, cells: int, now: int, zone: tzinfo) -> list[Piece]:
    """One line of the page."""
    return _incident(line, cells, now, zone) if isinstance(line, IncidentRow) else _ticket(line, cells, now)


def _incident(row: IncidentRow, cells: int, now: int, zone: tzinfo) -> list[Piece]:
    over = row.state == "over"
    left: list[Piece] = [
        (" ", "plain"),
        MARKS.get(row.state, ("?", "muted")),
        (" " + fit(row.state, 9), "muted"),
        (_flat(row.title) + "  ", "muted" if over else "strong"),
        (_counted(row), "muted"),
    ]
    return both_ends(
        left, [next_piece(row, now, zone), (f"{age(row.over_at or row.created_at, now):>5} ", "faint")], cells
    )


def next_piece(row: IncidentRow, now: int, zone: tzinfo) -> Piece:
    """When its customers hear again."""
    if row.state == "over":
        return ("over ", "faint")
    if row.next_update_at is None:
        return ("no next update ", "faint")
    words = "update " + moment(row.next_update_at, now, zone)
    return (f"{words}, late ", "late") if row.next_update_at <= now else (f"{words} ", "due")


def _counted(row: IncidentRow) -> str:
    return f"{counted(row.tickets, 'ticket')}, {counted(row.customers, 'customer')}"


def _ticket(row: IncidentTicketRow, cells: int, now: int) -> list[Piece]:
    mark = STATUS_MARKS[row.status] if row.status < len(STATUS_MARKS) else "?"
    sign: Piece = ("     ? ", "due") if row.why else (f"     {mark} ", "mark")
    left: list[Piece] = [
        sign,
        (f"#{row.number} ", "muted"),
        (fit(_flat(row.customer) or "(nobody)", max(10, cells // 6)) + " ", "customer"),
        (_flat(row.subject) or "(no subject)", "plain"),
    ]
    right: Piece = (f" {shorten(harmless(row.why), cells // 2)} ", "due") if row.why else (" ", "plain")
    return both_ends(left, [right, (f"{age(row.at, now):>5} ", "faint")], cells)


def incident_facts(row: IncidentRow, now: int, zone: tzinfo) -> list[Told]:
    """All there is to say about an incident."""
    words, ink = next_piece(row, now, zone)
    facts: list[Told] = [
        ("State", f"{row.state}: {STATES.get(row.state, '')}", MARKS.get(row.state, ("", "plain"))[1]),
        ("Customers", _counted(row), "plain"),
        ("Next update", words.strip(), ink),
        ("Told last", moment(row.told_at, now, zone) if row.told_at is not None else "not yet", "plain"),
        ("Begun", moment(row.created_at, now, zone) + (f" by {row.agent}" if row.agent else ""), "plain"),
        ("For customers", row.notice or "nothing is written for them yet: Ctrl+E", "plain" if row.notice else "muted"),
    ]
    return facts


def ticket_facts(row: IncidentTicketRow) -> list[Told]:
    """What there is to say about a ticket on this page."""
    status = Status(row.status).label if row.status < len(STATUS_MARKS) else ""
    facts: list[Told] = [
        ("Ticket", f"#{row.number} {row.subject}", "strong"),
        ("Customer", row.customer or "nobody", "customer"),
        ("Status", status, "plain"),
    ]
    if row.why:
        facts += [("Looks like it", row.why, "due"), ("", "Y links it, d says that it is none", "muted")]
    return facts


def due_alarms(alarms: Sequence[Alarm], now: int) -> list[Alarm]:
    """Those whose time has come, the most overdue first."""
    return sorted((each for each in alarms if each.at <= now), key=lambda each: (each.at, each.id))


def banner(alarms: Sequence[Alarm], now: int) -> str:
    """What every screen says while customers wait for an update; empty where none do."""
    due = due_alarms(alarms, now)
    if not due:
        return ""
    more = f" (and {len(due) - 1} more)" if len(due) > 1 else ""
    return f"“{due[0].title}”{more}: its customers wait for the update they were promised. g i, then r writes it"


def top_words(alarms: Sequence[Alarm], now: int) -> str:
    """What the top line says of the next update: that it is due, or soon will be."""
    due = due_alarms(alarms, now)
    if due:
        return f"update due {age(due[0].at, now)} ago"
    soon = [each.at for each in alarms if each.at - now <= SOON]
    return f"update in {-(-(min(soon) - now) // MINUTE)} min" if soon else ""


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())
