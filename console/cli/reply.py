"""write a reply on a ticket, from a file or standard input, into the outbox

The reviewer's marks go to standard error. What the composer asks about before sending (an open field, another's name, a
note that would go out as a reply) is refused with status 1, unless --as-is is given; other marks stop nothing.
"""

import argparse

from console.cli.acting import Acting, acting
from console.cli.writing import add_text_arguments, put, read_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    add_text_arguments(parser)
    parser.add_argument("--to", metavar="ADDRESSES", help="to whom (default: who wrote last)")
    parser.add_argument("--cc", default="", metavar="ADDRESSES", help="who gets a copy")
    parser.add_argument("--now", action="store_true", help="send it without undo time")


def run(arguments: argparse.Namespace) -> int:
    """Write it, and say when it leaves."""
    text = read_text(arguments.file)
    with acting(arguments, undo_seconds=0 if arguments.now else None) as desk:
        recipients = _last_writer(desk, arguments.ticket) if arguments.to is None else arguments.to
        title = put(desk, arguments, "reply", text, recipients=recipients, copies=arguments.cc)
        seconds = desk.by.undo_seconds
    leaves = f"it leaves in {seconds} s, until then `u` in the console takes it back" if seconds else "it is on its way"
    print(f"{title}{f', to {recipients}' if recipients else ''}; {leaves}.")
    return 0


def _last_writer(desk: Acting, ticket: str) -> str:
    """Who wrote last on the ticket, or else the customer's address; empty where neither is known."""
    from desk.lookup import IdentityKind
    from storage.tickets import find_ticket

    found = desk.connection.execute(
        """SELECT coalesce(
            (SELECT sender FROM message WHERE ticket_id = t.id AND kind = 'inbound' AND sender <> ''
             ORDER BY at DESC, id DESC LIMIT 1),
            (SELECT value FROM identity WHERE customer_id = t.customer_id AND kind = ? ORDER BY known DESC, id LIMIT 1),
            '') FROM ticket t WHERE t.id = ?""",
        (int(IdentityKind.EMAIL), find_ticket(desk.connection, ticket)),
    ).fetchone()
    return str(found[0])
