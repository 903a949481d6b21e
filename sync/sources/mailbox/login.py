"""Logging in: by password or by token, and what a refusal means.

The invariant: no error that leaves here holds the secret, nor anything made of it.
"""

import imaplib
import re
from collections.abc import Callable

from sync.errors import Broken, Denied, SourceError, Unreachable
from sync.secret import Secret, without
from sync.sources.mailbox.away import AGAIN
from sync.sources.mailbox.wire import Wire

# The server is full, or has trouble of its own: nothing is wrong with the login (RFC 5530, and what Gmail says).
_BUSY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|try again later", re.IGNORECASE)


def log_in(wire: Wire, user: str, token: bool, secret: Callable[[], Secret]) -> None:
    """Log in. A token that is refused is asked for once more, since it may have expired on the way.

    Raises Denied, or Unreachable where the server is too busy for anyone.
    """
    if wire.state == "AUTH":
        return
    first = secret()
    try:
        _try(wire, user, token, first)
    except Denied:
        fresh = secret() if token else first
        if fresh.reveal() == first.reveal():
            raise
        _try(wire, user, token, fresh)


def _try(wire: Wire, user: str, token: bool, secret: Secret) -> None:
    failure: SourceError
    try:
        if token:
            _with_token(wire, user, secret)
        else:
            _with_password(wire, user, secret)
    except SourceError as error:
        failure = error
    except imaplib.IMAP4.abort as error:
        failure = wire.unusable(error)
    except imaplib.IMAP4.error as error:
        failure = _refusal(wire, user, token, without(secret, str(error))[:200])
    except UnicodeError:
        failure = Denied("The password holds what is no letter", "Give it anew.")
    else:
        return
    # What was on its way stands in the frames below, in plain text or packed; a talkative traceback would show them.
    # So a new one is raised, which drags none of them along.
    raise type(failure)(failure.message, failure.mend)


def _with_password(wire: Wire, user: str, secret: Secret) -> None:
    if "AUTH=PLAIN" in wire.capabilities:
        wire.authenticate("PLAIN", lambda _: f"\0{user}\0{secret.reveal()}".encode())
        return
    if "LOGINDISABLED" in wire.capabilities:
        raise Broken(f"{wire.host} takes no password here", "Try imaps:// in its address, or log in with a token.")
    # Only here has the password to be plain ASCII; its characters may not stand in an error either.
    if not (user + secret.reveal()).isascii():
        raise Denied(f"{wire.host} takes only plain letters in a password", "Choose a password of A-Z, a-z and 0-9.")
    wire.login(user, secret.reveal())


def _with_token(wire: Wire, user: str, secret: Secret) -> None:
    # A refusal comes as a question, which has to be answered with nothing before the server says no.
    if "AUTH=XOAUTH2" in wire.capabilities:
        wire.authenticate(
            "XOAUTH2",
            lambda asked: b"" if asked else f"user={user}\1auth=Bearer {secret.reveal()}\1\1".encode(),
        )
    elif "AUTH=OAUTHBEARER" in wire.capabilities:
        header = f"n,a={user},\1host={wire.host}\1port={wire.port}\1auth=Bearer "
        wire.authenticate(
            "OAUTHBEARER",
            lambda asked: b"\1" if asked else f"{header}{secret.reveal()}\1\1".encode(),
        )
    else:
        raise Broken(f"{wire.host} takes no tokens", "Log in with a password instead.")


def _refusal(wire: Wire, user: str, token: bool, said: str) -> SourceError:
    if _BUSY.search(said):
        return Unreachable(f"{wire.host} lets nobody in now: {said}", AGAIN)
    if token:
        return Denied(
            f"{wire.host} refused the token of {user}: {said}",
            "It has expired or is not meant for mail: make a new one with what made it.",
        )
    return Denied(
        f"{wire.host} refused the password of {user}: {said}",
        "Check the user and the password; some providers want one that was made for this program alone.",
    )
