"""What the telephone's screens ask of storage, gathered into one answer each; all of it runs in a reader thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.callers import CallerCard, CallerMatch
from desk.calls import CallRow, Popped
from desk.errors import HeardError
from desk.records import RunRow, TicketRow
from screens.phone import Asking, Ring, same
from storage import callers, calls, outbox
from storage.connect import Connection

if TYPE_CHECKING:
    from desk.checklists import ChecklistTemplate

MOST_TICKETS = 6


@dataclass(frozen=True, slots=True)
class Present:
    """Who rings now, and the calls that this agent has open: on the line first, then those to be written down."""

    rings: tuple[Ring, ...]
    open: tuple[CallRow, ...]
    ended: tuple[CallRow, ...]


@dataclass(frozen=True, slots=True)
class CallPage:
    """All that stands on the page of a call. `call` is None while `heard pop` alone told of it.

    `tickets` are those that the call may be written on, the call's own first; `suggestion` is a checklist's key;
    `words` are what the snippets of steps say, by trigger; `waiting` counts the outbox.
    """

    call: CallRow | None
    match: CallerMatch
    card: CallerCard | None
    tickets: tuple[TicketRow, ...]
    runs: "tuple[tuple[ChecklistTemplate, RunRow], ...]"
    templates: "tuple[ChecklistTemplate, ...]"
    suggestion: str
    words: Mapping[str, str]
    waiting: int


def present(connection: Connection, asking: Asking, popped: tuple[Popped, ...], shown: tuple[int, ...]) -> Present:
    """How things are on the telephone. `shown` are the calls that rang a moment ago, of which the end may be told."""
    ringing = calls.ringing(connection, asking.agent_id, asking.now)
    rings = [
        _ring(connection, asking, call.number, call.caller, call.rang_at, call.id, call.customer_id)._replace(
            direction=call.direction
        )
        for call in ringing
    ]
    rings += [
        _ring(connection, asking, each.text, each.caller, each.at, None, None)
        for each in popped
        if not any(same(call.number, each.text) for call in ringing)
    ]
    still = {call.id for call in ringing}
    ended = tuple(calls.call(connection, each) for each in shown if each not in still)
    return Present(tuple(rings), calls.open_calls(connection, asking.agent_id), ended)


def _ring(
    connection: Connection, asking: Asking, text: str, caller: str, since: int, call_id: int | None, known: int | None
) -> Ring:
    found = callers.match(connection, text, asking.regions)
    customer_id = known or found.customer_id
    return Ring(text, caller, since, call_id, found, _card(connection, asking, customer_id))


def _card(connection: Connection, asking: Asking, customer_id: int | None) -> CallerCard | None:
    if customer_id is None:
        return None
    try:
        return callers.caller_card(connection, customer_id, asking.now, asking.zone)
    except HeardError:  # merged or erased since: then nobody is known by it
        return None


def page(
    connection: Connection, asking: Asking, call_id: int | None, text: str, picked: int | None, chosen: int | None
) -> CallPage:
    """One call, or one who rings by `text` alone, whole; `picked` is the customer, `chosen` the ticket, where known."""
    from screens.reading import templates
    from storage import runs
    from storage.library import templates_of

    call = None if call_id is None else calls.call(connection, call_id)
    found = callers.match(connection, text if call is None else call.number, asking.regions)
    customer_id = (None if call is None else call.customer_id) or picked or found.customer_id
    card = _card(connection, asking, customer_id)
    all_templates = templates(connection)
    ticket_id = (None if call is None else call.ticket_id) or chosen
    of_ticket = () if ticket_id is None else templates_of(connection, ticket_id)
    by_key = {template.key: template for template in (*all_templates, *of_ticket)}
    begun = () if ticket_id is None else runs.runs(connection, ticket_id)
    return CallPage(
        call=call,
        match=found,
        card=card,
        tickets=_tickets(connection, ticket_id, card),
        runs=tuple((by_key[run.checklist], run) for run in begun if run.checklist in by_key),
        templates=all_templates,
        suggestion=_suggestion(all_templates, card),
        words=_words(connection, all_templates),
        waiting=outbox.waiting_count(connection),
    )


def _words(connection: Connection, templates: "tuple[ChecklistTemplate, ...]") -> dict[str, str]:
    """What can be said at a step: the snippets that belong to one."""
    from storage import library

    wanted = {step.snippet for template in templates for step in template.steps if step.snippet}
    found = library.snippets(connection) if wanted else ()
    return {snippet.trigger: spoken(snippet.body) for snippet in found if snippet.trigger in wanted}


def spoken(body: str) -> str:
    """A snippet as it is said: what is to be filled in stands in brackets."""
    from desk.snippets.template import open_fields

    for field in reversed(open_fields(body)):
        words = " / ".join(field.options) or field.prompt
        body = body[: field.start] + "[" + words + "]" + body[field.end :]
    return body


def _tickets(connection: Connection, ticket_id: int | None, card: CallerCard | None) -> tuple[TicketRow, ...]:
    """The ticket that the call is about already, and the open ones of whoever calls."""
    from storage import queue

    others = () if card is None else tuple(row for row in card.open_tickets if row.id != ticket_id)
    own = () if ticket_id is None else tuple(queue.rows(connection, [ticket_id]))
    return (*own, *others)[:MOST_TICKETS]


def _suggestion(templates: "tuple[ChecklistTemplate, ...]", card: CallerCard | None) -> str:
    from desk.checklists import suggest
    from desk.mood import Mood

    felt = card.card.mood if card is not None else 0
    again = card is not None and card.repeated is not None
    flags = () if card is None else tuple(flag.kind for flag in card.card.flags)
    try:
        return suggest(templates, mood=Mood(max(felt, 2 * again), ()), channel="phone", tags=(), queue="", flags=flags)
    except HeardError:  # a workspace without any checklist has none to offer
        return ""
