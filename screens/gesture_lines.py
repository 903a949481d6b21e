"""A gesture in one line and as a page of facts. Pure."""

from collections.abc import Sequence
from datetime import tzinfo

from desk.ages import age
from desk.gestures import GestureRules, Left
from desk.money import shown
from screens.facts import Told
from storage.gestures import GestureRow
from widgets.cells import fit, harmless
from widgets.inks import Piece, both_ends
from widgets.moments import moment

MARKS: dict[str, Piece] = {
    "waiting": ("?", "due"), "given": ("✓", "good"), "approved": ("✓", "good"), "refused": ("×", "late"),
}  # fmt: skip
WORDS = {
    "waiting": "waits for a supervisor", "given": "given", "approved": "approved", "refused": "refused",
}  # fmt: skip


def gesture_line(row: GestureRow, cells: int, now: int) -> list[Piece]:
    """One of them in a line: who gave what to whom, and why."""
    over = row.state == "refused"
    value = shown(row.amount, row.currency)
    who = fit(_flat(row.agent) or "nobody", 16) + " " if cells >= 90 else ""
    left: list[Piece] = [
        (" ", "plain"),
        MARKS.get(row.state, ("?", "muted")),
        (f" {value:>12} ", "muted" if over else "strong"),
        (fit(_flat(row.label), max(10, cells // 6)) + " ", "muted" if over else "plain"),
        (who, "agent"),
        (fit(_flat(row.customer) or "(nobody)", max(10, cells // 6)) + " ", "customer"),
        (_flat(row.reason), "muted"),
    ]
    return both_ends(left, [(f" {age(row.made_at, now):>5} ", "faint")], cells)


def gesture_facts(row: GestureRow, now: int, zone: tzinfo) -> list[Told]:
    """All there is to say about one."""
    number = f" on #{row.ticket_number}" if row.ticket_number else ""
    facts: list[Told] = [
        ("Gesture", f"{row.label}, {shown(row.amount, row.currency)}", "strong"),
        ("For", (row.customer or "nobody") + number, "customer"),
        ("Reason", row.reason, "plain"),
        ("From", " of ".join(part for part in (row.agent or "nobody", row.team) if part), "agent"),
        ("When", moment(row.made_at, now, zone), "plain"),
        ("State", WORDS.get(row.state, row.state), MARKS.get(row.state, ("", "plain"))[1]),
    ]
    if row.decided_by:
        facts.append(("Decided by", row.decided_by, "agent"))
    if row.answer:
        facts.append(("Answer", row.answer, "plain"))
    return facts


def left_facts(lefts: Sequence[Left], rules: GestureRules) -> list[Told]:
    """What is left of some budgets."""
    return [("" if place else "Left", each.words(rules.currency), "plain") for place, each in enumerate(lefts)]


def gift_line(row: GestureRow, cells: int, now: int) -> list[Piece]:
    """One of them on its customer's own page."""
    mark = MARKS.get(row.state, ("?", "muted"))
    left: list[Piece] = [
        (f"   {mark[0]} ", mark[1]),
        (f"{shown(row.amount, row.currency)} ", "plain"),
        (_flat(row.label) + "  ", "plain"),
        (_flat(row.reason), "muted"),
    ]
    return both_ends(left, [(_flat(row.agent) + " ", "muted"), (f"{age(row.made_at, now):>5} ", "faint")], cells)


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())
