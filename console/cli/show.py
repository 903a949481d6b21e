"""show one ticket or customer whole, by number or id"""

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import tzinfo
from typing import TYPE_CHECKING

from console.cli import printed
from desk.checklists import ChecklistTemplate
from desk.errors import BadInput, NotFound
from desk.promises import shown_span
from desk.records import CustomerCard, IdentityRow, Message, PromiseRow, RunRow, Standing, Ticket, TicketRow
from desk.statuses import Priority, Status
from storage.connect import Connection

if TYPE_CHECKING:
    from desk.clocks import Clock

# What each kind of message is called; a note must never look like an answer.
HEADS = {"inbound": "from", "outbound": "sent by", "note": "NOTE by", "call": "CALL with"}
NOTE_EDGE = "┃ "
# What is shorter can only have been a ticket's number.
UID_DIGITS = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("id", metavar="TICKET|CUSTOMER", help="a ticket's number (1042 or #1042), or an id from --json")
    parser.add_argument("--folded", action="store_true", help="also print quotes and signatures")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Print the one that was asked for."""
    from console.config import load
    from storage.workspace import locate, open_to_read

    zone = load().zone
    workspace = locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        kind, key = _found(connection, arguments.id)
        if kind == "customer":
            from console.cli.acting import look

            look(workspace, key)
        if arguments.json:
            whole = _ticket_json(connection, key) if kind == "ticket" else _customer_json(connection, key, zone)
            print(json.dumps(whole, ensure_ascii=False))
            return 0
        lines = (
            _ticket_lines(connection, key, zone, folded=arguments.folded)
            if kind == "ticket"
            else _customer_lines(connection, key, zone)
        )
        for line in lines:
            print(printed.plain(line))
    return 0


def _found(connection: Connection, text: str) -> tuple[str, int]:
    """Whether it is a ticket or a customer, and its local id; a number is always a ticket's."""
    from storage.customers import find_customer
    from storage.tickets import find_ticket

    try:
        return "ticket", find_ticket(connection, text)
    except BadInput:
        raise NotFound(
            f"“{text}” is neither a ticket's number nor an id",
            "Look for people with `heard find`, for tickets with `heard tickets`.",
        ) from None
    except NotFound as missing:
        if len(text.strip()) < UID_DIGITS:
            raise
        try:
            return "customer", find_customer(connection, text)
        except NotFound:
            raise NotFound(f"There is no ticket or customer with the id {text}", missing.mend) from None


def _ticket_json(connection: Connection, ticket_id: int) -> dict[str, printed.Json]:
    from storage.people import assignee_handles
    from storage.runs import runs
    from storage.tickets import conversation, ticket

    return printed.whole_ticket(
        ticket(connection, ticket_id),
        assignee_handles(connection, [ticket_id]).get(ticket_id),
        conversation(connection, ticket_id),
        runs(connection, ticket_id),
    )


def _customer_json(connection: Connection, customer_id: int, zone: tzinfo) -> dict[str, printed.Json]:
    from desk.times import now
    from storage.customers import calls, card, customer_ticket_ids, notes
    from storage.people import assignee_handles
    from storage.queue import rows

    ids = customer_ticket_ids(connection, customer_id)
    handles = assignee_handles(connection, ids)
    tickets: list[printed.Json] = [printed.ticket_row(row, handles.get(row.id)) for row in rows(connection, ids)]
    shown = card(connection, customer_id, now(), zone)
    return printed.whole_customer(shown, tickets, calls(connection, customer_id), notes(connection, customer_id))


def _ticket_lines(connection: Connection, ticket_id: int, zone: tzinfo, *, folded: bool) -> Iterator[str]:
    from storage.library import templates, templates_of
    from storage.runs import runs
    from storage.tickets import conversation, ticket

    shown = ticket(connection, ticket_id)
    yield from _ticket_head(shown, zone)
    begun = runs(connection, ticket_id)
    offered = (*templates(connection), *templates_of(connection, ticket_id)) if begun else ()
    known = {template.key: template for template in offered}
    for run_ in begun:
        yield from _checklist(run_, known.get(run_.checklist))
    for entry in conversation(connection, ticket_id):
        yield from _entry(entry, zone, folded=folded)


def _ticket_head(shown: Ticket, zone: tzinfo) -> Iterator[str]:
    row = shown.row
    yield f"#{row.number}  {row.subject or '(no subject)'}"
    yield _joined(
        Status(row.status).label,
        f"{Priority(row.priority).label} priority",
        row.channel,
        f"with {row.assignee}" if row.assignee else "with nobody",
        f"team {shown.team}" if shown.team else "",
        f"queue {shown.queue}" if shown.queue else "",
    )
    facts = (
        *_helpdesk(shown.standing, zone),
        ("Customer", row.customer or "nobody"),
        ("Tags", ", ".join(row.tags)),
        ("Created", printed.moment(row.created_at, zone)),
        ("Due", printed.moment(row.due_at, zone)),
        *(("Clock", _clock(clock, zone)) for clock in shown.clocks),
        *(("Promised", _promise(promise, zone)) for promise in shown.promises),
        ("Snoozed until", printed.moment(row.snoozed_until, zone)),
        ("Solved", printed.moment(shown.solved_at, zone)),
        ("Goal", shown.goal),
        ("Summary", shown.summary),
        ("Choice", shown.choice),
        ("Watched by", ", ".join(shown.watchers)),
        ("Merged into", f"#{shown.merged_into}" if shown.merged_into else ""),
        ("Perhaps the same as", ", ".join(f"#{number}" for number in shown.suggested)),
    )
    yield from _facts(facts)


def _helpdesk(there: Standing | None, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """How it is at its helpdesk, in that helpdesk's own words."""
    if there is None:
        return
    gone = f"deleted there {printed.moment(there.gone_at, zone)}" if there.gone_at is not None else ""
    final = "closed for good there: an answer begins another ticket" if there.final else ""
    yield "At " + there.source, _joined(there.number, there.label, there.priority_label, gone or final)
    yield "Its own page", there.url
    yield from ((f"  {name}", value) for name, value in there.fields.items())


def _clock(clock: "Clock", zone: tzinfo) -> str:
    if clock.due_at is None:
        return f"{clock.name}, paused with {shown_span(clock.left)} left"
    return f"{clock.name} by {printed.moment(clock.due_at, zone)}"


def _promise(promise: PromiseRow, zone: tzinfo) -> str:
    due, aim = (printed.moment(at, zone) for at in (promise.due_at, promise.target_at))
    return f"{due}, aim {aim}: {promise.words}"


def _checklist(run_: RunRow, template: ChecklistTemplate | None) -> Iterator[str]:
    """The steps that were handled, in the template's words; by their keys where the team has dropped it since."""
    titles = {step.key: step.title for step in template.steps} if template else {}
    yield ""
    yield f"Checklist {template.title if template else run_.checklist}"
    for tick in run_.ticks:
        mark, words = ("✓", tick.text) if tick.state == "done" else ("-", tick.reason)
        yield f"  {mark} {titles.get(tick.step, tick.step)}{f': {words}' if words else ''}  ({tick.agent or 'nobody'})"


def _entry(entry: Message, zone: tzinfo, *, folded: bool) -> Iterator[str]:
    when = printed.moment(entry.at, zone)
    yield ""
    if entry.kind == "event":
        yield f"· {when}  {entry.body}"
        return
    marks = (
        f"({entry.delivery})" if entry.delivery not in ("", "sent") else "",
        "(automatic)" if entry.automatic else "",
        "(bounce)" if entry.bounce else "",
        "(could not be read; the raw mail is kept)" if entry.unparsed else "",
    )
    yield " ".join(
        ("──", HEADS.get(entry.kind, entry.kind), entry.author or entry.sender, "·", when, *filter(None, marks))
    )
    if entry.trouble:
        yield f"  [{entry.trouble}]"
    edge = NOTE_EDGE if entry.kind == "note" else "  "
    shown, hidden = printed.parts(entry)
    for line in shown.split("\n"):
        yield f"{edge}{line}".rstrip()
    if hidden and folded:
        yield from (f"{edge}> {line}".rstrip() for line in hidden.split("\n"))
    elif hidden:
        count = hidden.count("\n") + 1
        yield f"{edge}[{count} quoted {'line' if count == 1 else 'lines'} folded]"
    for file in entry.attachments:
        yield f"{edge}[attached: {file.name}, {file.type}, {file.size:,} bytes]"


def _customer_lines(connection: Connection, customer_id: int, zone: tzinfo) -> Iterator[str]:
    from desk.times import now
    from storage.customers import calls, card, customer_ticket_ids, notes
    from storage.queue import rows

    shown = card(connection, customer_id, now(), zone)
    yield from _card(shown, zone)
    yield from _identities(shown.identities)
    tickets = rows(connection, customer_ticket_ids(connection, customer_id))
    if tickets:
        yield ""
        yield "Tickets"
        yield from (_ticket_line(row, zone) for row in tickets)
    for entry in (*calls(connection, customer_id), *notes(connection, customer_id)):
        yield from _entry(entry, zone, folded=False)


def _card(shown: CustomerCard, zone: tzinfo) -> Iterator[str]:
    yield _joined(shown.name or "(no name)", shown.organization, shown.plan)
    contacts = f"{shown.contacts_today} today, {shown.contacts_week} in seven days"
    facts = (
        ("Flags", ", ".join(flag.words for flag in shown.flags)),
        ("Note", shown.note),
        ("Customer since", printed.moment(shown.since, zone)),
        ("Pays a year", "" if shown.value is None else shown.value.words),
        ("Tickets", f"{shown.open_tickets} open of {shown.all_tickets}"),
        ("Contacts", contacts if shown.contacts_week else ""),
        ("Last contact", printed.moment(shown.contacted_at, zone)),
        ("Promised", printed.moment(shown.promised_at, zone)),
        *shown.details,
    )
    yield from _facts(facts)


def _identities(identities: tuple[IdentityRow, ...]) -> Iterator[str]:
    for each in identities:
        yield f"  {each.kind.name.lower()}: {each.value}{'' if each.known else '  (maybe)'}"


def _ticket_line(row: TicketRow, zone: tzinfo) -> str:
    when = printed.moment(row.updated_at, zone)
    return f"  #{row.number}  {Status(row.status).label:<8} {when}  {row.subject or '(no subject)'}"


def _facts(facts: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in facts if value)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
