"""One Zammad, asked: its API's address, the login, and what its ids stand for.

The invariant: names of states, priorities and groups are at most an hour old, and are read anew within a minute where
an id comes up that they don't know.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from desk.times import HOUR, MINUTE
from sync.errors import Denied
from sync.http import Ask, Http, Site
from sync.kinds import Account
from sync.secret import without
from sync.sources.zammad.address import API, address
from sync.sources.zammad.answers import NAMED, ROW, ROWS, USER, Raw, User, lenient, one
from sync.sources.zammad.telling import Names

PATIENCE = 30.0
NAMES_LAST, NAMES_LEAST = HOUR, MINUTE
# So many users are remembered at most.
MOST_PEOPLE = 5_000
# So many rows of a list at once.
LISTED = 200
_ABSENT = (403, 404)


class ZammadSite:
    """The service at an address. `clock` is ours, in microseconds; `patience` in seconds."""

    def __init__(self, account: Account, clock: Callable[[], int], patience: float) -> None:
        self.url = address(account.settings["url"])
        self.clock = clock
        self._account = account
        self._names: Names | None = None
        self._names_at = 0
        self._people: dict[int, Raw] = {}
        self._me: User | None = None
        self._agents: Sequence[Raw] = ()
        self._agents_at = 0
        self.http = Http(
            Site(account.name, f"{self.url}{API}", account.context, patience=patience),
            self._login,
            secrets=lambda text: without(account.secret(), text),
            clock=clock,
        )

    def me(self) -> User:
        """Whom the token belongs to."""
        if self._me is None:
            self._me = self.http.ask(Ask("/users/me", what="whom the token belongs to")).read(USER)
        return self._me

    def names(self, states: Iterable[int] = (), groups: Iterable[int] = ()) -> Names:
        """What ids stand for; these among them, as far as they exist."""
        known = self._names
        if known is not None:
            complete = set(states) <= set(known.states) and set(groups) <= set(known.groups)
            if 0 <= self.clock() - self._names_at < (NAMES_LAST if complete else NAMES_LEAST):
                return known
        known = self._names = self._read_names()
        self._names_at = self.clock()
        return known

    def with_organizations(self, names: Names, told: Mapping[str, Raw]) -> Names:
        """The same names, and those of organizations that came along with a search."""
        added = {int(key): str(raw.get("name") or "") for key, raw in told.items() if key.isdecimal()}
        self._names = Names(names.states, names.priorities, names.groups, {**names.organizations, **added})
        return self._names

    def remember(self, users: Mapping[str, Raw]) -> None:
        """Users that came along."""
        if len(self._people) > MOST_PEOPLE:
            self._people.clear()
        self._people.update({int(key): raw for key, raw in users.items() if key.isdecimal()})

    def people(self, wanted: Iterable[int]) -> Mapping[int, Raw]:
        """These users, as far as they may be seen; asked for where they aren't known yet."""
        ids = set(wanted) - {0}
        known = {number: self._people[number] for number in ids if number in self._people}
        missing = sorted(ids - set(known))
        answers = self.http.ask_all([Ask(f"/users/{number}", accept=_ABSENT, what="a user") for number in missing])
        told = {
            number: raw
            for number, answer in zip(missing, answers, strict=True)
            if answer.status == 200 and (raw := lenient(ROW, answer)) is not None
        }
        self.remember({str(number): raw for number, raw in told.items()})
        return {**known, **told}

    def agents(self) -> Sequence[Raw]:
        """Who works there, as it was an hour ago at most."""
        if not 0 <= self.clock() - self._agents_at < NAMES_LAST or not self._agents_at:
            asked: dict[str, str | int] = {"per_page": LISTED, "query": "*", "permissions": "ticket.agent"}
            self._agents = self.rows("/users/search", asked, "agents")
            self._agents_at = self.clock()
        return self._agents

    def rows(self, path: str, params: Mapping[str, str | int], what: str) -> Sequence[Raw]:
        """All rows of a list that is read page by page."""
        rows: list[Raw] = []
        size = int(params["per_page"])
        for page in range(1, 100):
            got = self.http.ask(Ask(path, {**params, "page": page}, what=what)).read(ROWS)
            rows += got
            if len(got) < size:
                break
        return rows

    def forget(self) -> None:
        """What was known of the service: it may be another one when it is back."""
        self._names, self._me, self._agents_at = None, None, 0
        self._people.clear()

    def _login(self) -> dict[str, str]:
        secret = self._account.secret()
        if not secret:
            raise Denied("There is no access token for this Zammad", "Make one there, in your profile, and store it.")
        return {"Authorization": f"Token token={secret.reveal()}"}

    def _read_names(self) -> Names:
        asks = [
            Ask("/ticket_states", {"expand": "true", "per_page": 500}, what="the states"),
            Ask("/ticket_priorities", {"per_page": 500}, what="the priorities"),
            Ask("/groups", {"per_page": 500}, what="the groups"),
        ]
        states, priorities, groups = (
            {named.id: named for raw in answer.read(ROWS) if (named := one(NAMED, raw)) is not None}
            for answer in self.http.ask_all(asks)
        )
        organizations = self._names.organizations if self._names else {}
        return Names(states, priorities, groups, organizations)
