"""Writing a call down: it becomes a message of channel phone on a ticket, new or existing.

The invariant: call, message, history and what the ticket says of its messages are one transaction; taken back, the
call waits to be written down again with every word of its notes, and a ticket that was made for it stays.
"""

from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from desk.calls import CallEvent, CallState, talk_seconds
from desk.errors import Refused
from desk.text import clean
from desk.times import to_datetime
from storage.calls import call
from storage.connect import raw
from storage.deeds.by import By, Done
from storage.deeds.calls import tell
from storage.deeds.change import write_moves
from storage.deeds.journal import Journal, held
from storage.deeds.merge import count_anew, fold_in
from storage.deeds.plan import KEEP, Change, plan
from storage.deeds.promises import settle, tell_settled
from storage.sources import delivering

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Call, Message, Ticket

_NEXT_NUMBER = "SELECT coalesce(max(number), 1000) + 1 FROM ticket"
_PHONE = "SELECT id FROM channel WHERE key = 'phone'"


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What is written down of a call. `ticket_id` None: on the call's own ticket, made for it where it has none.

    `subject` is that of a ticket that is made; empty, the goal or "Call with NAME" is taken. `follow_up_at` snoozes the
    ticket until then unless `after` says otherwise; it is written in `zone`, else the machine's. `after` is
    changed in the same deed, as in storage.deeds.write.
    """

    notes: str
    outcome: str = ""
    goal: str = ""
    ticket_id: int | None = None
    subject: str = ""
    follow_up: str = ""
    follow_up_at: int | None = None
    zone: tzinfo | None = None
    after: Change = field(default_factory=Change)


def wrap_up(session: "Session", by: By, call_id: int, wrap: WrapUp) -> Done:
    """Write the call down; one that is still on the line has ended with it. A missed one can be written down too.

    Refused where it is written down already, or still rings.
    """
    from storage import models

    journal = Journal(session, by)
    row = _ended(session, by, call_id)
    ticket = held(session, models.Ticket, ticket_of(session, by, call_id, wrap.ticket_id, _subject(wrap)), "ticket")
    session.refresh(row)
    _fold_in_own(journal, wrap, row, ticket)
    # It has gone along to the other ticket.
    session.refresh(row)
    seconds = talk_seconds(call(journal.connection, call_id), by.at)
    message_id = journal.add(_message(by, row, ticket, wrap, seconds))
    # Who was spoken to has their answer; nobody who wasn't reached has.
    settled = settle(journal, (ticket.id or 0,)) if seconds else ()
    journal.change(
        row, ticket_id=ticket.id, message_id=message_id, agent_id=row.agent_id or by.agent_id, state=CallState.DONE,
        wrapped_at=by.at, notes=clean(wrap.notes).strip(), goal=_line(wrap.goal) or row.goal,
        outcome=_line(wrap.outcome), follow_up=_line(wrap.follow_up), follow_up_at=wrap.follow_up_at,
    )  # fmt: skip
    _fill_in(journal, ticket, row, _subject(wrap))
    count_anew(journal, ticket)
    journal.tell(
        "called",
        {"subject": ticket.subject, "number": row.number, "seconds": seconds, "outcome": row.outcome},
        ticket_id=ticket.id,
        customer_id=row.customer_id,
        message_id=message_id,
    )
    tell_settled(journal, settled)
    ticket_id = ticket.id or 0
    source_id = delivering(journal.connection, "note", {ticket_id: ()}).get(ticket_id)
    journal.send("note", {}, ticket_id=ticket_id, message_id=message_id, source_id=source_id)
    change = _with_follow_up(wrap)
    if moves := plan(journal.connection, [ticket_id], change, by.agent_id, by.at).moves:
        write_moves(journal, moves)
        session.expire(ticket)
    return journal.done(f"Wrote the call down on #{ticket.number}", ticket_id, customer_id=row.customer_id)


def ticket_of(session: "Session", by: By, call_id: int, ticket_id: int | None = None, subject: str = "") -> int:
    """The ticket that the call is about, for its checklist while it goes on: the one given, else its own, made once.

    The call remembers the first one. No deed: a ticket that a call had stays. The answer is its id.
    """
    from storage import models

    row = held(session, models.Call, call_id, "call")
    if ticket_id is not None:
        ticket = held(session, models.Ticket, ticket_id, "ticket")
        if ticket.merged_into_id is not None:
            raise Refused(f"#{ticket.number} was merged into another ticket", "Write the call down on that one.")
        if row.ticket_id is None:
            row.ticket_id = ticket_id
            session.add(row)
        return ticket_id
    if row.ticket_id is None:
        connection = raw(session)
        ticket = models.Ticket(
            number=connection.execute(_NEXT_NUMBER).fetchone()[0],
            subject=subject or row.goal or f"Call with {call(connection, call_id).title}",
            channel_id=connection.execute(_PHONE).fetchone()[0],
            customer_id=row.customer_id,
            assignee_id=by.agent_id,
            unread=False,
            created_at=row.rang_at,
            updated_at=by.at,
        )
        session.add(ticket)
        session.flush()
        row.ticket_id = ticket.id
        session.add(row)
        session.flush()
    assert row.ticket_id is not None
    return row.ticket_id


def _ended(session: "Session", by: By, call_id: int) -> "Call":
    """The call, hung up if it still was on the line. That it has ended is a fact, and stays after an undo."""
    from storage import models

    row = held(session, models.Call, call_id, "call")
    if row.state == CallState.DONE:
        raise Refused("This call is written down already", "")
    if row.state == CallState.RINGING:
        raise Refused("This call still rings", "Take it first.")
    if CallState(row.state).on_line:
        connection = raw(session)
        known = call(connection, call_id)
        tell(connection, known, CallEvent(known.way, known.external_id, "ended", by.at))
        session.refresh(row)
    return row


def _fold_in_own(journal: Journal, wrap: WrapUp, row: "Call", ticket: "Ticket") -> None:
    """A ticket that was made for the call while it went on becomes part of the one that it turned out to be about."""
    from storage import models

    if wrap.ticket_id is None or row.ticket_id in (None, wrap.ticket_id):
        return
    own = held(journal.session, models.Ticket, row.ticket_id, "ticket")
    if _made_for(row, own) and own.message_count == 0 and own.merged_into_id is None:
        fold_in(journal, own, ticket)


def _made_for(row: "Call", ticket: "Ticket") -> bool:
    """Whether a ticket was made for this call alone."""
    return ticket.created_at == row.rang_at and ticket.message_count <= 1


def _message(by: By, row: "Call", ticket: "Ticket", wrap: WrapUp, seconds: int) -> "Message":
    from storage import models

    return models.Message(
        ticket_id=ticket.id or 0,
        kind="call",
        at=row.answered_at or row.rang_at,
        agent_id=row.agent_id or by.agent_id,
        customer_id=row.customer_id,
        sender=" ".join(filter(None, (row.caller, f"<{row.number}>" if row.number else ""))),
        subject=ticket.subject,
        body=_written(wrap),
        seconds=seconds,
    )


def _written(wrap: WrapUp) -> str:
    """Notes, outcome and follow-up as they stand in the conversation."""
    when = "" if wrap.follow_up_at is None else f"{to_datetime(wrap.follow_up_at).astimezone(wrap.zone):%a %d %b %H:%M}"
    follow_up = ", ".join(filter(None, (_line(wrap.follow_up), when)))
    facts = (("Outcome", _line(wrap.outcome)), ("Follow-up", follow_up))
    lines = "\n".join(f"{name}: {text}" for name, text in facts if text)
    return "\n\n".join(filter(None, (clean(wrap.notes).strip(), lines)))


def _fill_in(journal: Journal, ticket: "Ticket", row: "Call", subject: str) -> None:
    """The ticket learns from the call what it doesn't know yet."""
    if subject and _made_for(row, ticket):
        journal.change(ticket, subject=subject)
    if ticket.customer_id is None and row.customer_id is not None:
        journal.change(ticket, customer_id=row.customer_id)
    if row.goal and row.goal != ticket.goal:
        before = ticket.goal
        journal.change(ticket, goal=row.goal)
        journal.tell("changed", {"field": "goal", "before": before, "after": row.goal}, ticket_id=ticket.id)


def _with_follow_up(wrap: WrapUp) -> Change:
    if wrap.follow_up_at is None or wrap.after.snoozed_until is not KEEP:
        return wrap.after
    return replace(wrap.after, snoozed_until=wrap.follow_up_at)


def _subject(wrap: WrapUp) -> str:
    return _line(wrap.subject) or _line(wrap.goal)


def _line(text: str) -> str:
    return clean(text, lines=False).strip()
