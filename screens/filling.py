"""What the variables of snippets stand for, on one ticket. Pure."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo

from desk.lookup import IdentityKind
from desk.records import AgentRow, CustomerCard
from desk.snippets.variables import DETAILS, first_name
from desk.times import to_datetime
from screens.reading import Opened


def filling(opened: Opened | None, me: AgentRow, now: int, zone: tzinfo) -> Mapping[str, str]:
    """The values of `desk.snippets.variables.VARIABLES`, as far as they are known."""
    day = to_datetime(now, zone)
    values = {
        "agent.name": me.name,
        "agent.first_name": first_name(me.name),
        "today": day.strftime("%-d %B %Y"),
        "tomorrow": (day + timedelta(days=1)).strftime("%-d %B %Y"),
        "weekday": day.strftime("%A"),
    }
    if opened is not None:
        ticket = opened.ticket
        promised = ticket.row.promised_at
        values |= {
            "ticket.number": str(ticket.row.number),
            "ticket.subject": ticket.row.subject,
            "ticket.goal": ticket.goal,
            "ticket.summary": ticket.summary,
            "ticket.choice": ticket.choice,
            "ticket.promise": "" if promised is None else to_datetime(promised, zone).strftime("%A %-d %B, %H:%M"),
            "team.name": ticket.team,
            **opened.team,
        }
        if opened.card is not None:
            values |= _of_customer(opened.card, zone)
    return values


def _of_customer(card: CustomerCard, zone: tzinfo) -> dict[str, str]:
    def first(kind: IdentityKind) -> str:
        found = sorted((each for each in card.identities if each.kind == kind), key=lambda each: not each.known)
        return found[0].value if found else ""

    return {
        "customer.name": card.name,
        "customer.first_name": first_name(card.name),
        "customer.email": first(IdentityKind.EMAIL),
        "customer.phone": first(IdentityKind.PHONE),
        "customer.account": first(IdentityKind.ACCOUNT),
        "customer.organization": card.organization,
        "customer.plan": card.plan,
        "customer.since": "" if card.since is None else str(to_datetime(card.since, zone).year),
        **{DETAILS + name: value for name, value in card.details},
    }
