"""Where a mail server listens, and how the way there is closed to others: `imaps://imap.example.com:993`.

The invariant: an endpoint without encryption names this very machine, whoever wrote it.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from desk.errors import BadInput
from desk.nearest import mend_name

Protocol = Literal["imap", "smtp"]
Security = Literal["tls", "starttls", "none"]

_PORTS: dict[tuple[Protocol, Security], int] = {
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "none"): 25,
}
_SCHEMES: dict[str, tuple[Protocol, Security]] = {
    "imaps": ("imap", "tls"),
    "imap+starttls": ("imap", "starttls"),
    "imap": ("imap", "none"),
    "smtps": ("smtp", "tls"),
    "smtp+starttls": ("smtp", "starttls"),
    "smtp": ("smtp", "none"),
}
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
_HOST = re.compile(r"(?!-)[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address. `tls` begins encrypted, `starttls` becomes so before anything is said."""

    protocol: Protocol
    security: Security
    host: str
    port: int

    def __str__(self) -> str:
        scheme = next(name for name, value in _SCHEMES.items() if value == (self.protocol, self.security))
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether that name can only mean this machine."""
    return _LOOPBACK.fullmatch(host.lower()) is not None


def parse_endpoint(text: str, protocol: Protocol) -> Endpoint:
    """The endpoint behind a text like `imaps://HOST:PORT`; a bare host means TLS on the usual port.

    Raises BadInput for another scheme, a name that is none, user and password in it, or plain text to another machine.
    """
    given = text.strip()
    if "://" not in given:
        given = f"{protocol}s://{given}"
    scheme, host, port = _split(given, text)
    known = [name for name, value in _SCHEMES.items() if value[0] == protocol]
    if scheme not in known:
        raise BadInput(f"“{text}” begins with {scheme}://", mend_name(scheme, known))
    security = _SCHEMES[scheme][1]
    if security == "none" and not is_loopback(host):
        raise BadInput(
            f"“{text}” would send the password in plain text to another machine",
            f"Write {protocol}s:// or {protocol}+starttls://.",
        )
    return Endpoint(protocol, security, host, port or _PORTS[protocol, security])


def _split(given: str, text: str) -> tuple[str, str, int | None]:
    wrong = BadInput("This is no server's address", "Write it like imaps://imap.example.com:993.")
    if not given.isprintable():  # urlsplit takes line ends out in silence
        raise wrong
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if parts.username is not None or parts.password is not None:
        # Not repeated in words: what stands before the @ may be a password.
        raise BadInput("A server's address holds a user or a password", "Give the user with --user, and no password.")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise wrong from None
    if not _HOST.fullmatch(host) or parts.path.strip("/") or parts.query or parts.fragment or port == 0:
        raise BadInput(f"“{text}” is no server's address", "Write it like imaps://imap.example.com:993.")
    return parts.scheme, host, port
