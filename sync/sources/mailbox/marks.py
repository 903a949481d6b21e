"""Who has a mail, shown to everybody by a keyword on it (RFC 5788), for teams that share nothing but the mailbox.

The invariant: of two agents who reach for a mail at the same moment one gets it (UNCHANGEDSINCE, RFC 7162), and the
other learns who. A server that can't tell who was first gets no marks.
"""

from desk.claims import handle_of, is_mark
from sync.errors import Broken
from sync.protocol import Conflict, FlagsChanged, Gone, Later, MarkMail, Outcome, Receipt, Refused
from sync.sources.mailbox.server import Server

# A mail whose flags change all the time is somebody else's business.
TRIES = 3
# A folder that was numbered anew is read first, in seconds.
SOON = 5


def put_mark(server: Server, wish: MarkMail) -> Outcome:
    """Let the mail say what is wished, its other flags untouched.

    Refused by a server that keeps no such marks at all, or not for us.
    """
    if not server.tells_changes:
        return Refused("The mail server can't tell which of two agents was first.")
    try:
        return _put(server, wish)
    except Broken as error:
        if not server.open:
            raise
        return Refused(f"{error.message}.")


def _put(server: Server, wish: MarkMail) -> Outcome:
    look = server.select(wish.stream)
    if look.validity != wish.validity:
        return Later(SOON, "The server has numbered its mails anew")
    if not look.keeps & {"\\*", wish.mark or wish.before}:
        return Refused("The mail server keeps no marks of agents on mails.")
    for _ in range(TRIES):
        known = server.last_change(wish.uid)
        if known is None:
            return Conflict("The mail is not in its folder any more", _gone(wish))
        changes, flags = known
        marks = {flag.lower() for flag in flags if is_mark(flag)}
        if others := sorted(marks - {wish.before, wish.mark}):
            found = FlagsChanged(wish.stream, wish.validity, wish.uid, flags)
            return Conflict(f"{handle_of(others[0])} was first", found)
        wished = {wish.mark} - {""}
        rest = [flag for flag in flags if not is_mark(flag)]
        if marks == wished or server.set_flags(wish.uid, (*rest, *wished), changes):
            return Receipt(f"{wish.validity}:{wish.uid}")
    return Later(SOON, "The mail changes all the time")


def _gone(wish: MarkMail) -> Gone:
    return Gone(wish.stream, wish.validity, wish.uid, wish.uid)
