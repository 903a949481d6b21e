"""What it means for a person that a service can't be reached, can't be trusted, or answers by a status that is no good.

The invariant: an error is made of our own words, the host's name and a number; nothing of what was sent or received.
"""

import socket
import ssl
from collections.abc import Iterator

import httpx

from desk.text import clean
from sync.errors import Broken, Denied, Offline, PartGone, SourceError, Throttled, Unreachable
from sync.http.asking import Answer, Ask

AGAIN = "It is tried again by itself."
# Trouble of the service's own, which is often over a moment later.
SLIPS = (500, 502, 503, 504)


_OURS = (Offline, Unreachable, Denied, PartGone, Broken, SourceError)


class Cut(Unreachable):
    """The line broke in the middle: the very same may work at once."""


def of_line(error: Exception, host: str) -> SourceError:
    """An error of the line, in words; Offline where none came about."""
    match error:
        case TimeoutError() | httpx.ReadTimeout() | httpx.WriteTimeout() | httpx.PoolTimeout():
            return Unreachable(f"{host} did not answer in time", AGAIN)
        case httpx.ConnectTimeout():
            return Offline(f"{host} did not answer in time", AGAIN)
        case httpx.ConnectError():
            return _no_line(error, host)
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol() | httpx.InvalidURL() | UnicodeError():
            return Broken(f"A request to {host} could not be put into HTTP", "Please report it.")
    return Cut(f"{host} ended the conversation", AGAIN)


def of_status(answer: Answer, ask: Ask, host: str) -> SourceError:
    """A status that is no answer to what was asked."""
    wanted = f" when asked for {ask.what}" if ask.what else ""
    status = answer.status
    if status == 401:
        return Denied(f"{host} refused the login", "Check the user and the token, or make a new token there.")
    if status == 403:
        return Denied(f"{host} does not allow it{wanted} (403)", "Ask for the right, there, of whoever may give it.")
    if status == 429:
        return Throttled(f"{host} is asked too often", "It goes on by itself.", again_in=1.0)
    if 300 <= status < 400:
        return Denied(f"{host} sends us on to {_elsewhere(answer)}", "Connect with that address, or see to the login.")
    if status in SLIPS:
        return Unreachable(f"{host} has trouble of its own (status {status})", AGAIN)
    return Broken(f"{host} refused what it must be able to do: status {status}{wanted}", "Is its address right?")


def fresh(error: SourceError) -> SourceError:
    """The same error as a new one: it drags along no frames in which a login lies open.

    An error that others have made of one of ours, such as that of a login that finds no secret, is one of ours again.
    """
    if isinstance(error, Throttled):
        return Throttled(error.message, error.mend, again_in=error.again_in)
    kind = next(kind for kind in type(error).__mro__ if kind in _OURS)
    return kind(error.message, error.mend)


def _no_line(error: httpx.ConnectError, host: str) -> SourceError:
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return Broken(
                    f"The certificate of {host} can't be trusted: {cause.verify_message}",
                    "Check the address; a certificate of your own is named by `--ca FILE` when connecting.",
                )
            case ssl.SSLError() if not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                return Broken(f"No encryption could be agreed on with {host}", "Check its address and port.")
            case socket.gaierror() | UnicodeError():
                return Offline(f"The name {host} is not known", "Check the network, and the name for a slip.")
            case ConnectionRefusedError():
                return Offline(f"Nobody listens at {host}", "Check the address, or wait for the server.")
    return Offline(f"{host} can't be reached", AGAIN)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to an error, the error itself first."""
    seen = [error]
    for each in seen:
        yield each
        further = [*each.exceptions] if isinstance(each, BaseExceptionGroup) else []
        seen += [one for one in (*further, each.__cause__, each.__context__) if one is not None and one not in seen]


def _elsewhere(answer: Answer) -> str:
    """The host of another address: what else stands in it is nobody's to show."""
    try:
        host = httpx.URL(answer.headers.get("location", "")).host
    except httpx.InvalidURL:
        host = ""
    return clean(host, lines=False)[:80] or "another page"
