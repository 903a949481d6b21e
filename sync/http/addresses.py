"""Where a service lies, and which addresses may be asked: what logs in is sent to that one place and to no other.

The invariant: without encryption nothing is sent to another machine, and no address leads out of the service's own.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import httpx

from desk.endpoints import is_loopback
from desk.errors import BadInput
from sync.errors import Broken

EXAMPLE = "Write it like https://desk.example.com."
_ODD = "The service named an address that can't be asked"


def site_url(text: str) -> str:
    """The address of a service as a person gives it, `https://` put before it where it is missing.

    Raises BadInput for another scheme, for plain text to another machine, and for an address with a user, a password,
    a question mark or a hash in it.
    """
    given = text.strip()
    url = parsed(given if ":/" in given else f"https://{given}")
    if url is None or url.scheme not in ("http", "https") or url.query or url.fragment or not given.isprintable():
        raise BadInput("This is no address of a service", EXAMPLE)
    if url.userinfo:
        # Not repeated in words: what stands before the @ may be a password.
        raise BadInput("A service's address holds a user or a password", f"Leave it out. {EXAMPLE}")
    if url.scheme == "http" and not is_loopback(url.host):
        raise BadInput(f"http://{url.host} would send everything in plain text to another machine", "Write https://.")
    return str(url).rstrip("/")


def parsed(text: str) -> httpx.URL | None:
    """An address taken apart; None where it is none."""
    try:
        url = httpx.URL(text)
        # Some names are found to be none only when they are read.
        return url if url.host and (url.port is None or 0 < url.port < 65536) else None
    except (httpx.InvalidURL, ValueError, TypeError):
        return None


def target(site: str, path: str, params: Mapping[str, str | int | Sequence[str]]) -> httpx.URL:
    """The whole address of what is asked for; Broken where a path leads up, or is none."""
    whole = path if path.startswith(("https://", "http://")) else site + path
    url = parsed(whole)
    steps = unquote(whole.partition("?")[0]).split("/")
    # Looked for here, since a way up would be taken out in silence.
    if url is None or url.userinfo or not whole.isprintable() or "." in steps or ".." in steps:
        raise Broken(_ODD)
    if not path.startswith("/") and whole is not path:
        raise Broken(_ODD)
    return url.copy_merge_params(params) if params else url


def is_within(site: str, url: httpx.URL) -> bool:
    """Whether an address is the service's own, so that it may be told what logs in."""
    own = httpx.URL(site)
    return _origin(own) == _origin(url)


def may_be_visited(site: str, url: httpx.URL) -> bool:
    """Whether a file may be fetched from there, without a login: encrypted, or from this machine by this machine."""
    return url.scheme == "https" or (
        url.scheme == "http" and is_loopback(url.host) and is_loopback(httpx.URL(site).host)
    )


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)
