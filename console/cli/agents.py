"""list the team's agents, or say who is a supervisor"""

import argparse
import json
from contextlib import closing

from console.cli.exchanged import add_workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    from desk.roles import ROLES

    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="everyone, with role and active tickets")
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
    from storage.workspace import locate, open_to_read

    with closing(open_to_read(locate(arguments.workspace))) as connection:
        rows = connection.execute(
            "SELECT handle, name, role, (SELECT count(*) FROM ticket t WHERE t.assignee_id = agent.id AND t.status<3)"
            " FROM agent ORDER BY name, handle"
        ).fetchall()
    if arguments.json:
        names = ("handle", "name", "role", "active_tickets")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False))
        return
    for handle, name, role, count in rows:
        print(plain(f"{handle:<16} {role:<11} {count:>6}  {name}"))
