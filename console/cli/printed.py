"""How records are printed: as the JSON that product.md promises, or as plain lines.

The invariants: times are ISO 8601 with offset and ids opaque texts; lists in JSON have the newest first; no line of
text holds a control character, whatever the database holds.
"""

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING

from desk.ids import uid_text
from desk.records import CustomerCard, IdentityRow, Message, PromiseRow, RunRow, Standing, Ticket, TicketRow
from desk.statuses import Priority, Status
from desk.text import clean
from desk.times import SECOND, iso, to_datetime

if TYPE_CHECKING:
    from desk.clocks import Clock

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def ticket_row(row: TicketRow, assignee: str | None) -> dict[str, Json]:
    """One ticket as `heard tickets --json` prints it; `assignee` is the agent's handle."""
    customer: Json = None
    if row.customer_uid is not None:
        customer = {"customer": uid_text(row.customer_uid), "name": row.customer}
    return {
        "ticket": uid_text(row.uid),
        "number": row.number,
        "subject": row.subject,
        "status": Status(row.status).key,
        "channel": row.channel,
        "customer": customer,
        "assignee": assignee,
        "priority": Priority(row.priority).key,
        "tags": list(row.tags),
        "due_at": iso(row.due_at),
        "updated_at": iso(row.updated_at),
    }


def whole_ticket(
    ticket: Ticket, assignee: str | None, conversation: Iterable[Message], runs: Iterable[RunRow]
) -> dict[str, Json]:
    """One ticket as `heard show --json` prints it."""
    row = ticket.row
    entries = list(conversation)[::-1]
    return ticket_row(row, assignee) | {
        "team": ticket.team,
        "queue": ticket.queue,
        "created_at": iso(row.created_at),
        "promised_at": iso(row.promised_at),
        "snoozed_until": iso(row.snoozed_until),
        "solved_at": iso(ticket.solved_at),
        "mood": row.mood,
        "unread": row.unread,
        "goal": ticket.goal,
        "summary": ticket.summary,
        "choice": ticket.choice,
        "watchers": list(ticket.watchers),
        "merged_into": ticket.merged_into,
        "suggested": list(ticket.suggested),
        "clocks": [_clock(clock) for clock in ticket.clocks],
        "promises": [_promise(promise) for promise in ticket.promises],
        "helpdesk": None if ticket.standing is None else _helpdesk(ticket.standing),
        "messages": [message(entry) for entry in entries if entry.kind != "event"],
        "checklists": [_run(run) for run in runs],
        "events": [{"at": iso(entry.at), "by": entry.author, "text": entry.body} for entry in entries
                   if entry.kind == "event"],
    }  # fmt: skip


def _clock(clock: "Clock") -> Json:
    """A clock that runs or stands still; `left` is in seconds, and only of one that stands still."""
    paused = clock.due_at is None
    return {
        "name": clock.name,
        "begun_at": iso(clock.begun_at),
        "due_at": iso(clock.due_at),
        "warns_at": iso(clock.warns_at),
        "paused": paused,
        "left": clock.left // SECOND if paused else None,
    }


def _helpdesk(standing: Standing) -> Json:
    """How the ticket is at the helpdesk that it is of, in that helpdesk's own words."""
    return {
        "source": standing.source,
        "kind": standing.kind,
        "number": standing.number,
        "status": standing.label,
        "priority": standing.priority_label,
        "url": standing.url,
        "final": standing.final,
        "gone_at": iso(standing.gone_at),
        "fields": dict(standing.fields),
    }


def _promise(promise: PromiseRow) -> Json:
    return {
        "words": promise.words,
        "made_at": iso(promise.made_at),
        "due_at": iso(promise.due_at),
        "target_at": iso(promise.target_at),
        "by": promise.agent,
    }


def message(entry: Message) -> dict[str, Json]:
    """One message: `text` is what its author wrote, `quoted` the quotes and signature that are shown folded."""
    shown, folded = parts(entry)
    return {
        "kind": entry.kind,
        "from": entry.sender or entry.author,
        "to": entry.recipients,
        "subject": entry.subject,
        "at": iso(entry.at),
        "text": shown,
        "quoted": folded,
        "attachments": [{"name": file.name, "size": file.size, "type": file.type} for file in entry.attachments],
        "automatic": entry.automatic,
        "bounce": entry.bounce,
        "unparsed": entry.unparsed,
        "delivery": entry.delivery,
        "trouble": entry.trouble,
        "seconds": entry.seconds,
    }


def whole_customer(
    card: CustomerCard, tickets: list[Json], calls: Iterable[Message], notes: Iterable[Message]
) -> dict[str, Json]:
    """One customer as `heard show --json` prints them."""
    return {
        "customer": uid_text(card.uid),
        "name": card.name,
        "organization": card.organization,
        "plan": card.plan,
        "since": iso(card.since),
        "note": card.note,
        "mood": card.mood,
        "flags": [flag.words for flag in card.flags],
        "value": None if card.value is None else card.value.plain,
        "currency": None if card.value is None else card.value.currency,
        "details": dict(card.details),
        "contacted_at": iso(card.contacted_at),
        "promised_at": iso(card.promised_at),
        "open_tickets": card.open_tickets,
        "contacts_today": card.contacts_today,
        "contacts_week": card.contacts_week,
        "identities": [_identity(each) for each in card.identities],
        "tickets": tickets,
        "calls": [message(each) for each in calls],
        "notes": [message(each) for each in notes],
    }


def parts(entry: Message) -> tuple[str, str]:
    """The lines of a message that are shown, and those that are folded away."""
    lines = entry.body.split("\n")
    folded = {line for fold in entry.folds for line in range(fold.start, fold.end)}
    shown = "\n".join(line for place, line in enumerate(lines) if place not in folded)
    return shown.strip("\n").rstrip(), "\n".join(line for place, line in enumerate(lines) if place in folded)


def moment(at: int | None, zone: tzinfo) -> str:
    """A time for people, in their zone."""
    return "" if at is None else f"{to_datetime(at, zone):%a %d %b %Y %H:%M}"


def plain(text: str) -> str:
    """Text for a terminal: one line, or several where it has them, and nothing that acts on it."""
    return clean(text)


def _run(run: RunRow) -> Json:
    steps: list[Json] = [
        {
            "step": tick.step,
            "state": tick.state,
            "agent": tick.agent,
            "at": iso(tick.at),
            "reason": tick.reason,
            "text": tick.text,
        }
        for tick in run.ticks
    ]
    return {"checklist": run.checklist, "steps": steps}


def _identity(identity: IdentityRow) -> Json:
    return {"kind": identity.kind.name.lower(), "value": identity.value, "known": identity.known}
