"""Who has a mail, shown to everybody by a keyword on it (RFC 5788), for teams that share nothing but the mailbox.

The invariant: of two agents who reach for a mail at the same moment one gets it (UNCHANGEDSINCE, RFC 7162). A server
that can't tell who was first gets no marks.
"""

from sync.protocol import Conflict, MarkMail, Outcome, Receipt, Refused
from sync.sources.mailbox.server import Server

# A mail whose flags change all the time is somebody else's business.
TRIES = 3


def put_mark(server: Server, wish: MarkMail) -> Outcome:
    """Set or take the keyword."""
    if not server.tells_changes:
        return Refused("This mail server can't tell which of two agents was first", "Agree by another way.")
    look = server.select(wish.stream)
    if look.validity != wish.validity:
        return Conflict("The server has numbered its mails anew")
    if not look.keeps & {"\\*", wish.keyword.lower()}:
        return Refused("This mail server keeps no marks on mails", "Agree by another way.")
    for _ in range(TRIES):
        known = server.last_change(wish.uid)
        if known is None:
            return Conflict("The mail is not in its folder any more")
        changes, flags = known
        held = [flag for flag in flags if flag.lower().startswith(wish.family.lower())]
        if others := [flag for flag in held if flag.lower() != wish.keyword.lower()]:
            return Conflict(f"{others[0]} was first")
        if bool(held) is wish.on or server.mark(wish.uid, "+FLAGS" if wish.on else "-FLAGS", wish.keyword, changes):
            return Receipt(f"{wish.validity}:{wish.uid}")
    return Conflict("The mail changes all the time")


def find_mark(server: Server, wish: MarkMail) -> Receipt | None:
    """Whether the keyword is as wished."""
    if server.examine(wish.stream).validity != wish.validity:
        return None
    flags = server.flags([(wish.uid, wish.uid)]).get(wish.uid)
    has = flags is not None and wish.keyword.lower() in (flag.lower() for flag in flags)
    return Receipt(f"{wish.validity}:{wish.uid}") if has is wish.on else None
