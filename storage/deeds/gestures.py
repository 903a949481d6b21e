"""Giving something away: at once where the budgets have it, else it waits for a supervisor.

The invariants: whether a budget has it is decided in the transaction that writes it, so that two consoles never spend
the same money; what waits or was refused counts for nothing; whoever asked never approves it themselves while somebody
else could.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.gestures import COUNTS, GestureRules, over
from desk.money import shown
from desk.text import clean
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Fact, Journal, held
from storage.gestures import approvers, gesture_rules, may_decide, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from storage.deeds.patches import Patch
    from storage.models import Gesture

DECISIONS = ("approved", "refused")
_OTHER_APPROVERS = "SELECT 1 FROM agent WHERE id IS NOT ? AND role IN (SELECT value FROM json_each(?)) LIMIT 1"


@dataclass(frozen=True, slots=True)
class Given:
    """What an agent means to give: `kind` by its key, `amount` in minor units of the rules' currency."""

    kind: str
    amount: int
    reason: str
    ticket_id: int | None = None
    customer_id: int | None = None


def give(session: "Session", by: By, wanted: Given) -> Done:
    """Give it, or ask for it where it goes beyond a budget."""
    from storage import models

    journal = Journal(session, by)
    reason = clean(wanted.reason, lines=False).strip()
    if not reason:
        raise BadInput("A gesture has a reason", "Say in a few words what it is for.")
    if wanted.amount <= 0:
        raise BadInput("Nothing would be given", "Write its value.")
    if wanted.ticket_id is None and wanted.customer_id is None:
        raise BadInput("There is nobody to give it to", "Open a ticket or a customer.")
    found = standing(journal.connection, by.agent_id, wanted.ticket_id, by.at)
    kind = found.rules.kind(wanted.kind)
    customer_id = wanted.customer_id
    number = 0
    if wanted.ticket_id is not None:
        ticket = held(session, models.Ticket, wanted.ticket_id, "ticket")
        if ticket.merged_into_id is not None:
            raise Refused(f"#{ticket.number} was merged into another ticket", "Give it there.")
        customer_id, number = ticket.customer_id, ticket.number
    waits = bool(over(found.lefts, wanted.amount))
    row = models.Gesture(
        ticket_id=wanted.ticket_id, customer_id=customer_id, agent_id=by.agent_id, team_id=found.team_id,
        kind=kind.key, amount=wanted.amount, currency=found.rules.currency, reason=reason,
        state="waiting" if waits else "given", made_at=by.at,
    )  # fmt: skip
    journal.add(row)
    what = f"{kind.label}, {shown(wanted.amount, found.rules.currency)}"
    _tell(journal, row, "gesture_asked" if waits else "gesture_given", {"title": what, "reason": reason})
    where = f" on #{number}" if number else ""
    if waits:
        beyond = over(found.lefts, wanted.amount)[0]
        words = f"Asked for {what}{where}: {beyond.words(found.rules.currency)} is left, a supervisor decides"
    else:
        words = f"Gave {what}{where}"
    return journal.done(words, *_ticket_ids(row), customer_id=customer_id)


def approve(session: "Session", by: By, gesture_id: int) -> Done:
    """Yes, although it goes beyond a budget: from now on it counts."""
    return _decide(session, by, gesture_id, "approved", "")


def refuse(session: "Session", by: By, gesture_id: int, why: str) -> Done:
    """No, with a reason for whoever asked."""
    why = clean(why, lines=False).strip()
    if not why:
        raise BadInput("A gesture is refused with a reason", "Say in a few words why.")
    return _decide(session, by, gesture_id, "refused", why)


def refuse_what_is_spent(connection: Connection, patches: "Iterable[Patch]") -> None:
    """Gestures that were taken back are given again: Refused where the budgets no longer have it.

    They stand already, inside the caller's transaction, so that nothing may be left below zero.
    """
    for patch in patches:
        row = patch.after or {}
        if patch.table != "gesture" or patch.before is not None or row.get("state") not in COUNTS:
            continue
        agent_id, ticket_id, at = (_whole(row[name]) for name in ("agent_id", "ticket_id", "made_at"))
        found = standing(connection, agent_id, ticket_id, at or 0)
        if any(each.left < 0 for each in found.lefts):
            raise Refused("The budget was spent meanwhile", "Ask for it anew.")


def refuse_to_decide(connection: Connection, by: By, patches: "Iterable[Patch]") -> None:
    """A decision that was taken back is one again: Refused for whoever doesn't decide any more."""
    if any(patch.table == "gesture" and (patch.after or {}).get("state") in DECISIONS for patch in patches):
        _refuse_who_does_not_decide(connection, gesture_rules(connection), by)


def _refuse_who_does_not_decide(connection: Connection, rules: GestureRules, by: By) -> None:
    if not may_decide(connection, rules, by.agent_id):
        raise Refused("You don't decide about gestures", f"Who does: {', '.join(approvers(connection, rules))}.")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _decide(session: "Session", by: By, gesture_id: int, state: str, answer: str) -> Done:
    from storage import models

    journal = Journal(session, by)
    row = held(session, models.Gesture, gesture_id, "gesture")
    rules = gesture_rules(journal.connection)
    _refuse_who_does_not_decide(journal.connection, rules, by)
    if row.state != "waiting":
        raise Refused(f"This gesture is {row.state} already", "")
    own = row.agent_id == by.agent_id and state == "approved"
    if own and _another(journal.connection, by, approvers(journal.connection, rules)):
        raise Refused("You have asked for this yourself", "Let a colleague decide.")
    journal.change(row, state=state, decided_at=by.at, decided_by_id=by.agent_id, answer=answer)
    what = f"{rules.label(row.kind)}, {shown(row.amount, row.currency)}"
    _tell(journal, row, f"gesture_{state}", {"title": what, "reason": answer})
    return journal.done(f"{state.capitalize()}: {what}", *_ticket_ids(row), customer_id=row.customer_id)


def _another(connection: Connection, by: By, roles: tuple[str, ...]) -> bool:
    import json

    return connection.execute(_OTHER_APPROVERS, (by.agent_id, json.dumps(roles))).fetchone() is not None


def _tell(journal: Journal, row: "Gesture", kind: str, data: dict[str, Fact]) -> None:
    journal.tell(kind, data, ticket_id=row.ticket_id, customer_id=row.customer_id)


def _ticket_ids(row: "Gesture") -> tuple[int, ...]:
    return () if row.ticket_id is None else (row.ticket_id,)
