"""What a source is given to log in with: called at each login, it gives the secret of that moment.

The invariants: a token is made anew before it expires, and once where it was refused all the same; a source asks a
second time only then, so a token that is asked for again within moments is taken for refused.
"""

import threading
from collections.abc import Callable

from console.credentials.exchange import Grant, Minted, exchange
from console.credentials.ladder import Ladder
from console.credentials.rungs import Rung, Served, Wanted
from desk.times import SECOND, now
from sync.errors import Denied
from sync.secret import Secret

# A token that is about to expire would do so on its way, or while a long mail is being sent.
MARGIN = 60 * SECOND
# A refused token is asked for again as soon as the server has said so, which no healthy login does.
SOON = 20 * SECOND

Access = Callable[[], Secret]


def access(ladder: Ladder, wanted: Wanted) -> Access:
    """How that source gets its secret at each login. What is called raises SourceError where there is none."""
    if wanted.settings.get("token_url"):
        return Tokens(ladder, wanted)
    return lambda: ladder.serve(wanted).secret


class Tokens:
    """Access tokens made from the ladder's refresh token, each used until shortly before its end."""

    def __init__(self, ladder: Ladder, wanted: Wanted, clock: Callable[[], int] = now) -> None:
        self._ladder = ladder
        self._wanted = wanted
        self._clock = clock
        settings = wanted.settings
        self._grant = Grant(settings["token_url"], settings.get("client_id", ""), settings.get("scope", ""))
        self._turn = threading.Lock()
        self._token: Secret | None = None
        self._expires_at = 0
        self._minted_at = 0
        self._given_at = -SOON
        # A refresh token that took the place of one in a variable or a command, where nothing can be written.
        self._followed: Secret | None = None

    def __call__(self) -> Secret:
        """The token for a login now."""
        with self._turn:
            at = self._clock()
            refused = at - self._given_at < SOON and self._minted_at < self._given_at
            if self._token is None or refused or at >= self._expires_at - MARGIN:
                self._mint(at)
            self._given_at = at
            assert self._token is not None
            return self._token

    def _mint(self, at: int) -> None:
        self._token = None
        served = self._ladder.serve(self._wanted)
        try:
            minted = exchange(self._grant, self._followed or served.secret, self._client())
        except Denied:
            # Whoever stores a new one must not be answered with what memory holds.
            self._followed = None
            self._ladder.forget(self._wanted)
            raise
        self._follow(served, minted)
        # A life shorter than the margin must not make every login a new token; refused, it is made anew anyway.
        seconds = max(minted.seconds, 2 * MARGIN // SECOND)
        self._token, self._minted_at, self._expires_at = minted.token, at, at + seconds * SECOND

    def _client(self) -> Secret | None:
        """The application's own secret, where the provider wants one: the ladder has it under the source's name."""
        if self._wanted.settings.get("client_secret") != "yes":
            return None
        return self._ladder.serve(Wanted(f"{self._wanted.name} client", {})).secret

    def _follow(self, served: Served, minted: Minted) -> None:
        """Some providers give a new refresh token each time and forget the old one."""
        if minted.refresh is None:
            return
        if served.rung in (Rung.VARIABLE, Rung.COMMAND):
            self._followed = minted.refresh
        else:
            self._ladder.replace(self._wanted, served, minted.refresh)
