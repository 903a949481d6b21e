"""What is asked of a Redmine: who is logged in, who works there, which statuses there are, one issue.

The invariant: what seldom changes is asked once an hour at most.
"""

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

from sync.errors import Broken
from sync.http import Ask, Http
from sync.sources.redmine.answers import (
    ISSUES,
    ME,
    MEMBERSHIPS,
    ONE,
    PRIORITIES,
    PROJECTS,
    ROLE,
    STATUSES,
    Issue,
    Listed,
    Myself,
    Named,
)
from sync.sources.redmine.reading import Reading
from sync.sources.redmine.statuses import Statuses

PAGE = 100
KEPT_SECONDS = 3600.0
MISSING = (403, 404)
_WHOLE = {"include": "journals,attachments,allowed_statuses"}
# Without it a private note of ours would be public: Redmine ignores the mark, without a word.
SECRECY = "set_notes_private"
# A list that has not come to its end after so many pages is left there.
_PAGES = 100


class Service:
    """One Redmine, over `http`; `page`: so many issues are listed at once."""

    def __init__(self, http: Http, settings: Mapping[str, str], page: int = PAGE) -> None:
        self._http = http
        self._page = page
        self._settings = settings
        self._asked_at = -KEPT_SECONDS
        self._me: Myself | None = None
        self._projects: tuple[Named, ...] = ()
        self._priorities: tuple[Named, ...] = ()
        self._reading: Reading | None = None
        self._statuses: Statuses | None = None

    @property
    def me(self) -> Myself:
        """Who is logged in."""
        self._know()
        assert self._me is not None
        return self._me

    @property
    def projects(self) -> tuple[Named, ...]:
        """All projects that can be seen."""
        self._know()
        return self._projects

    @property
    def priorities(self) -> tuple[Named, ...]:
        """All priorities."""
        self._know()
        return self._priorities

    @property
    def statuses(self) -> Statuses:
        """All statuses, with what they mean."""
        self._know()
        assert self._statuses is not None
        return self._statuses

    @property
    def reading(self) -> Reading:
        """How issues are read here."""
        self._know()
        assert self._reading is not None
        return self._reading

    def listed(self, params: Mapping[str, str | int]) -> tuple[tuple[Listed, ...], int]:
        """A page of issues, closed ones too, and how many there are in all."""
        asked: dict[str, str | int] = {"status_id": "*", "limit": self._page, **params}
        page = self._http.ask(Ask("/issues.json", asked, what="the issues")).read(ISSUES)
        return page.issues, page.total_count

    def open_issues(self) -> Iterator[int]:
        """The numbers of all issues that somebody still has to do something about."""
        for page in range(_PAGES):
            asked: dict[str, str | int] = {"status_id": "open", "sort": "id:asc", "offset": page * self._page}
            listed, total = self.listed(asked)
            yield from (each.id for each in listed)
            if not listed or (page + 1) * self._page >= total:
                break

    def issues(self, numbers: Sequence[int]) -> Iterator[tuple[int, Issue | Broken | None]]:
        """These issues with their history, in their order; None: it is gone; Broken: why it can't be read."""
        answers = self._http.ask_all(
            [Ask(f"/issues/{number}.json", _WHOLE, accept=MISSING, what="an issue") for number in numbers]
        )
        for number, answer in zip(numbers, answers, strict=True):
            try:
                yield number, None if answer.status in MISSING else answer.read(ONE).issue
            except Broken as error:
                yield number, error

    def issue(self, number: str) -> Issue | None:
        """One of them. Raises Broken where it can't be read."""
        found = next(self.issues([int(number)]))[1]
        if isinstance(found, Broken):
            raise found
        return found

    def may_write_secretly(self, project: int) -> bool:
        """Whether a note of ours on an issue of that project stays among agents."""
        me = self.me
        if me.admin:
            return True
        roles = {
            role.id
            for membership in me.memberships
            if membership.project is not None and membership.project.id == project
            for role in membership.roles
        }
        asks = [Ask(f"/roles/{role}.json", accept=MISSING) for role in sorted(roles)]
        answers = self._http.ask_all(asks)
        return any(SECRECY in answer.read(ROLE).role.permissions for answer in answers if answer.status == 200)

    def forget(self) -> None:
        """Somebody else may log in next, with other rights."""
        self._asked_at = -KEPT_SECONDS

    def look(self) -> Myself:
        """Who is logged in, asked anew."""
        return self._http.ask(Ask("/users/current.json", {"include": "memberships"}, what="the user")).read(ME).user

    def _know(self) -> None:
        if monotonic() - self._asked_at < KEPT_SECONDS:
            return
        self._me = self.look()
        answers = self._http.ask_all([Ask("/issue_statuses.json"), Ask("/enumerations/issue_priorities.json")])
        self._statuses = Statuses(answers[0].read(STATUSES).issue_statuses, self._settings)
        self._priorities = answers[1].read(PRIORITIES).issue_priorities
        self._projects = tuple(self._all_projects())
        members = set(self._members())
        self._reading = Reading(self._http.site.url, self._settings, self._statuses, members)
        self._asked_at = monotonic()

    def _all_projects(self) -> Iterator[Named]:
        for number in range(_PAGES):
            page = self._http.ask(Ask("/projects.json", {"limit": PAGE, "offset": number * PAGE})).read(PROJECTS)
            yield from page.projects
            if (number + 1) * PAGE >= page.total_count:
                break

    def _members(self) -> Iterator[int]:
        """The numbers of all users who are members of a project."""
        for project in self._projects:
            for number in range(_PAGES):
                asked = {"limit": PAGE, "offset": number * PAGE}
                answer = self._http.ask(Ask(f"/projects/{project.id}/memberships.json", asked, accept=MISSING))
                if answer.status in MISSING:
                    break
                page = answer.read(MEMBERSHIPS)
                yield from (each.user.id for each in page.memberships if each.user is not None)
                if (number + 1) * PAGE >= page.total_count:
                    break
        assert self._me is not None
        yield self._me.id
