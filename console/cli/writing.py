"""Where `heard reply` and `heard note` get their text from, and how they put it on a ticket.

The invariant: what the composer would ask about before it is sent or saved isn't sent or saved from here unless
`--as-is` says so; every other mark only speaks.
"""

import argparse
import sys
from pathlib import Path

from console.cli.acting import Acting
from desk.errors import BadInput, Refused
from storage.deeds.change import Change
from storage.deeds.write import Kind, Outgoing, write


def add_text_arguments(parser: argparse.ArgumentParser) -> None:
    """The ticket and the text, which both commands take."""
    parser.add_argument("ticket", metavar="TICKET", help="its number or id")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the text (default: standard input)")
    parser.add_argument("--attach", action="append", default=[], type=Path, metavar="FILE", help="a file to send along")
    parser.add_argument("--status", help="set the ticket's status in the same deed")
    parser.add_argument("--as-is", action="store_true", help="write it even where the reviewer would ask first")


def read_text(file: Path | None) -> str:
    """The text that was given, as UTF-8; BadInput where it can't be read."""
    try:
        content = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}", "Check the path.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"The text is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from error


def put(
    desk: Acting, arguments: argparse.Namespace, kind: Kind, text: str, *, recipients: str = "", copies: str = ""
) -> str:
    """Do the deed; the answer is what happened, in a few words."""
    from desk.statuses import parse_status
    from storage.engine import deed_session, engine_over
    from storage.tickets import find_ticket, ticket

    ticket_id = find_ticket(desk.connection, arguments.ticket)
    _review(desk, arguments, ticket_id, kind, text)
    subject = ticket(desk.connection, ticket_id).row.subject
    outgoing = Outgoing(
        kind=kind,
        body=text,
        recipients=recipients,
        copies=copies,
        subject=subject if subject.casefold().startswith("re:") else f"Re: {subject}",
        attachments=tuple(arguments.attach),
        after=Change(status=None if arguments.status is None else parse_status(arguments.status)),
    )
    with deed_session(engine_over(desk.connection)) as session:
        return write(session, desk.by, ticket_id, outgoing).title


def _review(desk: Acting, arguments: argparse.Namespace, ticket_id: int, kind: Kind, text: str) -> None:
    """Print the reviewer's marks on standard error; Refused where one asks first, and nothing said to go on."""
    from console.cli.review import lines
    from desk.review.marks import Kind as Reviewed
    from storage.review import marks_on

    what = Reviewed.NOTE if kind == "note" else Reviewed.REPLY
    marks = marks_on(desk.connection, desk.by.agent_id, ticket_id, what, text, len(arguments.attach))
    name = "standard input" if arguments.file is None or str(arguments.file) == "-" else str(arguments.file)
    for line in lines(text, marks, name):
        print(line, file=sys.stderr)
    asking = dict.fromkeys(mark.rule for mark in marks if mark.asks)
    if asking and not arguments.as_is:
        raise Refused(f"Nothing was written: the reviewer asks about {', '.join(asking)}", "Mend it, or give --as-is.")
