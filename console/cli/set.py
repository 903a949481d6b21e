"""change a ticket: status=solved priority=high assignee=me team=Billing queue=Refunds snooze="tue 9am" +tag -tag"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from console.cli.acting import Acting, acting
from desk.errors import BadInput, NotFound
from desk.nearest import mend_name
from desk.statuses import parse_priority, parse_status
from storage.deeds.plan import Change
from storage.people import NamedRow

FIELDS = ("status", "priority", "assignee", "team", "queue", "snooze", "tags")
NOBODY = ("none", "nobody", "-", "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("ticket", metavar="TICKET", help="its number or id")
    # A tag to take off begins with a hyphen, so that nothing behind the ticket is an option.
    parser.add_argument(
        "changes", nargs=argparse.REMAINDER, metavar="FIELD=VALUE", help=f"{', '.join(FIELDS)}; +tag, -tag"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make all changes as one deed, or none."""
    from storage.deeds.change import change
    from storage.engine import deed_session, engine_over
    from storage.tickets import find_ticket

    changes = _without_workspace(arguments)
    if not changes:
        raise BadInput("No change was named", "Write it like status=solved +refund -urgent assignee=me.")
    with acting(arguments) as desk:
        ticket_id = find_ticket(desk.connection, arguments.ticket)
        wanted = _parsed(desk, changes)
        with deed_session(engine_over(desk.connection)) as session:
            title = change(session, desk.by, [ticket_id], wanted).title
    print(f"{title}.")
    return 0


def _without_workspace(arguments: argparse.Namespace) -> list[str]:
    """The changes; --workspace may stand behind them as with every command."""
    own = argparse.ArgumentParser(prog="heard set", add_help=False, allow_abbrev=False)
    own.add_argument("--workspace", default=arguments.workspace)
    _, changes = own.parse_known_args(arguments.changes, arguments)
    return changes


def _parsed(desk: Acting, changes: Sequence[str]) -> Change:
    wanted = Change()
    for given in changes:
        if given[:1] in ("+", "-"):
            wanted = _tagged(wanted, given)
            continue
        field, equals, value = given.partition("=")
        if not equals or field.casefold() not in FIELDS:
            raise BadInput(f"“{given}” is no change", mend_name(field, FIELDS))
        wanted = _set(desk, wanted, field.casefold(), value.strip())
    return wanted


def _set(desk: Acting, wanted: Change, field: str, value: str) -> Change:
    match field:
        case "status":
            return replace(wanted, status=parse_status(value))
        case "priority":
            return replace(wanted, priority=parse_priority(value))
        case "assignee":
            return replace(wanted, assignee=_agent(desk, value))
        case "team":
            from storage.people import teams

            return replace(wanted, team=_named("team", value, teams(desk.connection)))
        case "queue":
            from storage.people import queues

            return replace(wanted, queue=_named("queue", value, queues(desk.connection)))
        case "snooze":
            from desk.snooze import when

            until = None if value.casefold() in NOBODY else when(value, desk.by.at, desk.config.zone)
            return replace(wanted, snoozed_until=until)
        case _:
            for part in value.replace(",", " ").split():
                wanted = _tagged(wanted, part if part[0] in "+-" else f"+{part}")
            return wanted


def _tagged(wanted: Change, given: str) -> Change:
    name = given[1:].strip()
    if not name:
        raise BadInput(f"“{given}” names no tag", "Write +refund or -refund.")
    if given[0] == "+":
        return replace(wanted, add_tags=(*wanted.add_tags, name))
    return replace(wanted, remove_tags=(*wanted.remove_tags, name))


def _agent(desk: Acting, value: str) -> int | None:
    from storage.people import agent_named

    if value.casefold() in NOBODY:
        return None
    return desk.by.agent_id if value.casefold() == "me" else agent_named(desk.connection, value).id


def _named(what: str, value: str, rows: Sequence[NamedRow]) -> int | None:
    if value.casefold() in NOBODY:
        return None
    for row in rows:
        if row.name.casefold() == value.casefold():
            return row.id
    names = [row.name for row in rows]
    raise NotFound(f"There is no {what} “{value}”", mend_name(value, names) if names else f"There is no {what} yet.")
