"""Who may come in from a browser: one token, told once, and cookies signed with it. Pure: no network, no clock.

The invariants: a token or cookie is compared in constant time; a cookie says nothing of the token, ends by itself, and
holds for nobody once the token is another; what came under a name that isn't served is let in nowhere (DNS rebinding).
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from urllib.parse import urlsplit

from desk.errors import BadInput

# As the URL-safe letters of 32 random bytes; what a person puts into a file may be no shorter than this.
TOKEN_BYTES = 32
SHORTEST_TOKEN = 32
LONGEST_TOKEN = 512
# A tab that is open stays open; a new one needs the token again after so long.
COOKIE_SECONDS = 12 * 3600
# A screen on the wall begins anew by itself, where nobody is to show a token. It holds as long as the token does.
BOARD_SECONDS = 90 * 24 * 3600
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Door:
    """`hosts` are the names under which it is served, each as a Host header writes it; `secure` with https alone."""

    token: str
    hosts: frozenset[str]
    cookie_name: str
    secure: bool = False
    seconds: int = COOKIE_SECONDS

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this place."""
        return host.casefold() in self.hosts

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of this very place asks: its Origin header fits the host that it asked."""
        return self.knows_host(host) and origin.casefold() == f"{self.scheme}://{host.casefold()}"

    @property
    def scheme(self) -> str:
        """How browsers reach it."""
        return "https" if self.secure else "http"

    def fits(self, token: str) -> bool:
        """Whether it is the token."""
        return hmac.compare_digest(token.strip().encode(), self.token.encode())

    def cookie(self, now: int) -> str:
        """What a browser that showed the token gets instead; `now` in seconds."""
        said = f"{now + self.seconds}.{token_hex(16)}"
        return f"{said}.{self._sign(said)}"

    def lets_in(self, cookie: str, now: int) -> bool:
        """Whether a cookie is one of this door's, and not over yet."""
        said, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(said).encode()):
            return False
        return now < int(said.partition(".")[0])

    def set_cookie(self, now: int) -> str:
        """The Set-Cookie header: no script reads it, no other site's page sends it along."""
        words = [f"{self.cookie_name}={self.cookie(now)}", "Path=/", "HttpOnly", "SameSite=Strict"]
        return "; ".join((*words, f"Max-Age={self.seconds}", *(("Secure",) if self.secure else ())))

    def _sign(self, said: str) -> str:
        return hmac.new(self.token.encode(), said.encode(), sha256).hexdigest()


def new_token() -> str:
    """A token that nobody guesses."""
    return token_urlsafe(TOKEN_BYTES)


def checked_token(text: str, source: str) -> str:
    """A token from a file; BadInput where it can be guessed, or can't stand in an address."""
    token = text.strip()
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN or not all(
        letter.isascii() and (letter.isalnum() or letter in "-_~.") for letter in token
    ):
        mend = f"{SHORTEST_TOKEN} letters or digits and more; a file that isn't there yet is made."
        raise BadInput(f"{source} holds no token that is safe", mend)
    return token


def hosts_here(port: int, scheme: str) -> frozenset[str]:
    """The names of this very machine, as Host headers write them."""
    usual = port == (443 if scheme == "https" else 80)
    return frozenset(name if usual else f"{name}:{port}" for name in THIS_MACHINE)


def host_of(address: str) -> str:
    """The Host header of an https address that browsers use; BadInput where it is another thing."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme != "https" or not parts.hostname or port == -1 or rest:
        raise BadInput(f"{address!r} is no address of a browser's for this", "Like https://board.example.com")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return name if port in (None, 443) else f"{name}:{port}"
