"""list the team's agents, or say who is a supervisor"""

import argparse
import json
from contextlib import closing

from console.cli.exchanged import add_workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    from desk.roles import ROLES

    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="everyone, with role, what they do now, and active tickets")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    role = actions.add_parser("role", help="make somebody a supervisor, or an agent again")
    role.add_argument("handle", metavar="HANDLE")
    role.add_argument("role", choices=ROLES, metavar="ROLE", help=" or ".join(ROLES))
    for action in (listing, role):
        add_workspace(action)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    from console.cli.acting import acting
    from storage.supervisors import set_role

    if arguments.action == "list":
        _list(arguments)
        return 0
    with acting(arguments) as desk:
        set_role(desk.connection, desk.by, arguments.handle.casefold(), arguments.role)
    print(f"{arguments.handle} is {'a supervisor' if arguments.role == 'supervisor' else 'an agent'} now.")
    return 0


def _list(arguments: argparse.Namespace) -> None:
    from console.cli.printed import plain
    from desk.times import iso
    from storage.presence import colleagues
    from storage.seats import seats
    from storage.workspace import locate, open_to_read

    workspace = locate(arguments.workspace)
    with closing(open_to_read(workspace)) as connection:
        found = sorted(colleagues(connection, seats(workspace.folder)), key=lambda each: each.agent.name)
        roles: dict[int, str] = dict(connection.execute("SELECT id, role FROM agent").fetchall())
    if arguments.json:
        rows = [
            {"handle": each.agent.handle, "name": each.agent.name, "role": roles[each.agent.agent_id],
             "active_tickets": each.tickets, "state": each.agent.state, "since": iso(each.agent.since or None),
             "words": each.agent.words}
            for each in found
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False))
        return
    for each in found:
        agent = each.agent
        print(
            plain(f"{agent.handle:<16} {roles[agent.agent_id]:<11} {agent.state:<10} {each.tickets:>6}  {agent.name}")
        )
