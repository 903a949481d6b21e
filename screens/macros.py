"""What a macro's actions, or a line of fields, come to on a ticket."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from desk.snooze import when
from storage import people
from storage.connect import Connection
from storage.deeds.change import KEEP, Change

if TYPE_CHECKING:
    from desk.snippets.macros import Actions


def change_of(actions: "Actions", connection: Connection, me: int, now: int, zone: tzinfo) -> Change:
    """The change that the actions ask for; raises NotFound for an unknown agent, BadInput for a time that is none."""
    name = None if actions.assignee is None else actions.assignee.casefold()
    assignee = KEEP if name is None else None if name == "none" else me
    if actions.assignee is not None and name not in ("me", "none"):
        assignee = people.agent_named(connection, actions.assignee).id
    return Change(
        status=None if actions.status is None else int(actions.status),
        priority=None if actions.priority is None else int(actions.priority),
        assignee=assignee,
        snoozed_until=when(actions.snooze, now, zone) if actions.snooze else KEEP,
        add_tags=actions.add_tags,
        remove_tags=actions.remove_tags,
    )
