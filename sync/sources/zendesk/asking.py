"""What is asked of Zendesk: its lists page by page, what an account has arranged, people, and the comments of tickets.

The invariant: nothing here changes anything there; of what was said on a ticket all pages are read, or none is told.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from desk.times import MINUTE
from sync.http import Answer, Ask, Http
from sync.sources.zendesk import answers
from sync.sources.zendesk.answers import LISTED, Comment, Identity, Listed, Ticket, fitting
from sync.sources.zendesk.arrangements import CUSTOM_STATUS, NAMED, TICKET_FIELD
from sync.sources.zendesk.telling import House, People
from sync.tickets import Passed

LARGEST_PAGE = 100
# What an account has arranged, and who people are, is asked for again so often.
FRESH = 10 * MINUTE
# So many people are kept at hand.
MOST_PEOPLE = 5000


class Asking:
    """Asks one Zendesk, and keeps for a while what changes rarely."""

    def __init__(self, http: Http, clock: Callable[[], int]) -> None:
        self._http = http
        self._clock = clock
        self._house, self._house_at = House(), 0
        self._people, self._people_at = People(), 0

    def now(self) -> int:
        """The present by the service's clock, as far as it has answered."""
        return self._clock() + self._http.ahead

    def me(self) -> answers.Me:
        """Who has logged in."""
        return self._http.ask(Ask("/users/me", what="who has logged in")).read(answers.WHO_AM_I).user

    def house(self) -> House:
        """What the account has arranged."""
        if not 0 <= self._clock() - self._house_at < FRESH or not self._house_at:
            me = self.me()
            groups, _ = fitting(self.all_of("groups", lambda page: page.groups), NAMED, "Group")
            fields, _ = fitting(self.all_of("ticket_fields", lambda page: page.ticket_fields), TICKET_FIELD, "Field")
            # Teams that have no statuses of their own have no such list.
            told = self._http.ask(Ask("/custom_statuses", accept=(403, 404), what="statuses"))
            own = told.read(LISTED).custom_statuses if told.status == 200 else ()
            statuses, _ = fitting(own, CUSTOM_STATUS, "Status")
            offered = (choice.value for each in fields if each.type == "status" for choice in each.system_field_options)
            self._house = House(
                {each.id: each.name for each in groups}, {each.id: each for each in fields}, tuple(statuses),
                frozenset(offered), me.id or 0,
            )  # fmt: skip
            self._house_at = self._clock()
        return self._house

    def knows(self, tickets: Iterable[Ticket]) -> House:
        """What the account has arranged, read anew where a ticket names a group or a status that came since."""
        house = self.house()
        statuses = {None, *(status.id for status in house.statuses)} if house.statuses else None
        came = any(
            (ticket.group_id is not None and ticket.group_id not in house.groups)
            or (statuses is not None and ticket.custom_status_id not in statuses)
            for ticket in tickets
        )
        if came and self._clock() - self._house_at >= MINUTE:
            self._house_at = 0
        return self.house()

    def all_of(
        self, name: str, rows: Callable[[Listed], tuple[object, ...]], **params: str | Sequence[str]
    ) -> list[object]:
        """All rows of a short list; none where this agent may not see them."""
        found: list[object] = []
        after = ""
        while True:
            asked: dict[str, str | int | Sequence[str]] = {**params, "page[size]": LARGEST_PAGE}
            if after:
                asked["page[after]"] = after
            answer = self._http.ask(Ask(f"/{name}", asked, accept=(403,), what=name.replace("_", " ")))
            if answer.status == 403:
                return found
            page = answer.read(LISTED)
            found += rows(page)
            after = page.after
            if not after:
                return found

    def ticket(self, number: str) -> Ticket | None:
        """One ticket as it stands now; None where it isn't there."""
        if not number.isdecimal():
            return None
        answer = self._http.ask(Ask(f"/tickets/{number}", accept=(404,), what="a ticket"))
        return answer.read(answers.SHOWN).ticket if answer.status == 200 else None

    def newest_comment(self, ticket: int) -> int:
        """What was said last on a ticket."""
        asked: dict[str, str | int] = {"sort": "-created_at", "page[size]": 1}
        told = self._http.ask(Ask(f"/tickets/{ticket}/comments", asked, what="comments")).read(LISTED)
        said, _ = fitting(told.comments, answers.COMMENT, "Comment")
        return said[0].id if said else 0

    def comments(self, tickets: Sequence[Ticket]) -> tuple[dict[int, list[Comment]], list[Passed]]:
        """All that was said on these, the oldest first; a ticket that is there no more has no entry."""
        said: dict[int, list[Comment]] = {}
        passed: list[Passed] = []
        left = [(ticket.id, "") for ticket in tickets]
        while left:
            told = self._http.ask_all([_page_of(ticket, after) for ticket, after in left])
            following: list[tuple[int, str]] = []
            for (ticket, _), answer in zip(left, told, strict=True):
                if answer.status != 200:
                    said.pop(ticket, None)
                    continue
                page = answer.read(LISTED)
                read, unread = fitting(page.comments, answers.COMMENT, f"Comment on ticket {ticket}:")
                said.setdefault(ticket, []).extend(read)
                passed += unread
                if page.after:
                    following.append((ticket, page.after))
            left = following
        return said, passed

    def people(self, users: Iterable[int]) -> People:
        """These people, and others who were asked for lately."""
        stale = not 0 <= self._clock() - self._people_at < FRESH or len(self._people.users) > MOST_PEOPLE
        if stale:
            self._people, self._people_at = People(), self._clock()
        wanted = sorted({user for user in users if user > 0} - self._people.users.keys())
        parts = [wanted[start : start + LARGEST_PAGE] for start in range(0, len(wanted), LARGEST_PAGE)]
        for answer in self._http.ask_all([users_of(part) for part in parts]) if parts else ():
            self._people = _with(self._people, answer)
        return self._people


def _page_of(ticket: int, after: str) -> Ask:
    asked: dict[str, str | int] = {"page[size]": LARGEST_PAGE, "include_inline_images": "true"}
    if after:
        asked["page[after]"] = after
    return Ask(f"/tickets/{ticket}/comments", asked, accept=(404,), what="comments")


def users_of(users: Sequence[int]) -> Ask:
    """Asks for these people, with all that they are known by."""
    ids = ",".join(str(user) for user in users)
    return Ask("/users/show_many", {"ids": ids, "include": "identities,organizations"}, what="people")


def people_of(answer: Answer) -> People:
    """The people of an answer."""
    return _with(People(), answer)


def _with(people: People, answer: Answer) -> People:
    told = answer.read(LISTED)
    users, _ = fitting(told.users, answers.USER, "User")
    identities, _ = fitting(told.identities, answers.IDENTITY, "Identity")
    organizations, _ = fitting(told.organizations, NAMED, "Organization")
    of_users: dict[int, tuple[Identity, ...]] = {}
    for each in identities:
        of_users[each.user_id] = (*of_users.get(each.user_id, ()), each)
    return replace(
        people,
        users={**people.users, **{user.id: user for user in users}},
        identities={**people.identities, **of_users},
        organizations={**people.organizations, **{each.id: each.name for each in organizations}},
    )
