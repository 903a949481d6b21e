"""What a change of a ticket means in Zendesk's own fields.

The invariant: only what isn't so already is among them, so that an empty answer means that there is nothing to do.
"""

from collections.abc import Sequence

from sync.http import Json
from sync.protocol import Refused
from sync.sources.zendesk import vocabulary
from sync.sources.zendesk.answers import Ticket
from sync.sources.zendesk.telling import House
from sync.tickets import ChangeTicket

_CLOSED = Refused("Zendesk has closed this ticket for good", "Write to the customer: that begins a follow-up ticket.")


def fields_of(wanted: ChangeTicket, ticket: Ticket, house: House) -> dict[str, Json] | Refused:
    """What is to be changed, of what isn't so already."""
    fields = _status(wanted, ticket, house)
    if wanted.priority is not None and vocabulary.priority(ticket.priority) is not wanted.priority:
        fields["priority"] = wanted.priority.key
    if wanted.assignee is not None:
        if wanted.assignee and not wanted.assignee.isdecimal():
            return Refused("That agent isn't known in Zendesk", "Assign it to somebody who is.")
        agent = int(wanted.assignee) if wanted.assignee else None
        fields |= {"assignee_id": agent} if agent != ticket.assignee_id else {}
    if wanted.queue is not None:
        group = next((number for number, name in house.groups.items() if name == wanted.queue), None)
        if wanted.queue and group is None:
            return Refused(f"There is no group “{wanted.queue}” in Zendesk", "Choose one that is there.")
        fields |= {"group_id": group} if group != ticket.group_id else {}
    tags = _tags(wanted, ticket.tags)
    fields |= {"tags": tags} if tags != list(ticket.tags) else {}
    if ticket.status == vocabulary.CLOSED and fields.keys() - {"tags", "priority"}:
        return _CLOSED
    return fields


def _status(wanted: ChangeTicket, ticket: Ticket, house: House) -> dict[str, Json]:
    if wanted.status is None:
        return {}
    own = vocabulary.custom(house.statuses, wanted.status, wanted.label)
    if own is not None:
        return {"custom_status_id": own.id} if ticket.custom_status_id != own.id else {}
    name = vocabulary.name_of(wanted.status, house.offered)
    stands = vocabulary.status(ticket.status) is wanted.status
    if ticket.status == name or (stands and wanted.label in ("", vocabulary.label(ticket.status))):
        return {}
    return {"status": name}


def _tags(wanted: ChangeTicket, now: Sequence[str]) -> list[str]:
    """All tags as they are to be: Zendesk replaces them, and the stamp sees to it that none is lost by that."""
    kept = [tag for tag in now if tag not in wanted.remove_tags]
    return [*kept, *(tag for tag in wanted.add_tags if tag not in kept)]
