"""The fake Freshdesk as the conformance suite plays it.

The source is Ana's; Ben is the colleague. Tickets that are there before the source is are as old as the windows in
which the past is read, so that there is something in each.
"""

import ssl
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import cycle, repeat

from desk.statuses import Status
from sync.conformance.stage import Said, Standing
from sync.http import Http, Site
from sync.kinds import Account
from sync.protocol import Source
from sync.secret import Secret
from sync.sources.freshdesk import KIND
from sync.sources.freshdesk.source import API, LIMITS, Freshdesk, login
from tests.servers import freshdesk
from tests.servers.freshdesk_rows import Row
from tests.sync.sources import troubles
from tests.sync.sources.played import Played

HOUR = 3600.0
AGES = (0.2 * HOUR, HOUR, 20 * HOUR, 100 * HOUR, 600 * HOUR, 5_000 * HOUR, 20_000 * HOUR)
STATUSES = {2: Status.OPEN, 3: Status.PENDING, 4: Status.SOLVED}


def account(url: str) -> Account:
    """What the source is opened with."""
    return Account("Desk", {"url": url}, lambda: Secret(freshdesk.KEY), ssl.create_default_context())


class FreshdeskStage(Played):
    """One test's Freshdesk."""

    secret = freshdesk.KEY
    takes = KIND.takes
    many = 24
    queues = ("Support", "Billing")

    def __init__(self, fake: freshdesk.Freshdesk) -> None:
        super().__init__(fake, "/tickets")
        self._fake, self._desk = fake, fake.desk
        self._ben = fake.desk.add_agent("Ben Agent", "ben@example.test")
        self._groups = {name: fake.desk.add_group(name) for name in self.queues}
        self._zoe = fake.desk.add_contact("Zoe Customer", "zoe@customer.example")
        self.agents: Sequence[str] = (str(fake.agent), str(self._ben))
        self._ages: Iterator[float] = cycle(AGES)

    def source(self) -> Source:
        """Ana's source."""
        self._ages = repeat(0.0)
        opened = account(self._fake.url)
        site = Site("Desk", self._fake.url + API, opened.context, patience=troubles.PATIENCE)
        speaking = Http(site, lambda: login(opened), limits=LIMITS, pauses=(0.01, 0.02))
        return Freshdesk(opened, speaking, gone_every=0, people_every=0)

    def add_ticket(self, subject: str, body: str) -> str:
        """Zoe writes."""
        with self._fake.turn:
            return str(self._desk.add_ticket(self._zoe, subject, f"<div>{body}</div>", age=next(self._ages)))

    def customer_writes(self, ticket: str, body: str) -> None:
        """Zoe writes again."""
        with self._fake.turn:
            self._desk.say(int(ticket), self._zoe, f"<div>{body}</div>", incoming=True, private=False)

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Ben writes."""
        with self._fake.turn:
            self._desk.say(int(ticket), self._ben, f"<div>{body}</div>", incoming=False, private=not public)

    def colleague_changes(self, ticket: str, status: Status, add_tag: str) -> None:
        """Ben changes a ticket."""
        with self._fake.turn:
            row = self._desk.tickets[int(ticket)]
            row["status"] = next(number for number, own in STATUSES.items() if own is status)
            row["tags"] = [*_tags(row), add_tag]
            self._desk.touch(int(ticket))

    def delete(self, ticket: str) -> None:
        """Somebody deletes it."""
        with self._fake.turn:
            self._desk.delete(int(ticket))

    def merge(self, ticket: str, into: str) -> None:
        """Somebody merges two."""
        with self._fake.turn:
            self._desk.merge(int(into), int(ticket))

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """Zoe sends a file."""
        with self._fake.turn:
            file = self._desk.attach(name, content)
            self._desk.say(int(ticket), self._zoe, "<div>See.</div>", incoming=True, private=False, files=(file,))

    def add_customer(self, name: str, email: str) -> str:
        """Somebody enters a customer."""
        with self._fake.turn:
            return str(self._desk.add_contact(name, email))

    def said(self, ticket: str) -> Sequence[Said]:
        """The description, and what was said after it."""
        with self._fake.turn:
            first = Said(True, False, str(self._desk.tickets[int(ticket)]["description"]))
            return [first, *(_said(row, row["user_id"] != self._zoe) for row in self._desk.said[int(ticket)])]

    def standing(self, ticket: str) -> Standing | None:
        """How a ticket stands."""
        with self._fake.turn:
            row = self._desk.tickets[int(ticket)]
            if row.get("deleted") or row["status"] == 5:
                return None
            status, responder, group = row["status"], row["responder_id"], row["group_id"]
        assert isinstance(status, int)
        queue = next((name for name, number in self._groups.items() if number == group), "")
        whose = str(responder) if responder is not None else ""
        return Standing(str(row["subject"]), STATUSES[status], whose, frozenset(_tags(row)), queue)

    def contents(self) -> object:
        """Everything."""
        with self._fake.turn:
            return deepcopy((self._desk.tickets, self._desk.said, self._desk.contacts, self._desk.agents))


def _tags(row: Row) -> list[str]:
    tags = row["tags"]
    assert isinstance(tags, list)
    return [str(tag) for tag in tags]


def _said(row: Row, by_agent: bool) -> Said:
    files = row["attachments"]
    assert isinstance(files, list)
    names = tuple(str(each["name"]) for each in files if isinstance(each, dict))
    return Said(not row["private"], by_agent, str(row["body"]), names)
