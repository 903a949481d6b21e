"""The fake Help Scout as the conformance suite plays it. The source is Ana's; Ben is the colleague."""

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
from sync.sources.helpscout import KIND
from sync.sources.helpscout.source import API, LIMITS, HelpScout, login
from tests.servers import helpscout
from tests.servers.helpscout_rows import Row
from tests.sync.sources import troubles
from tests.sync.sources.played import Played

HOUR = 3600.0
AGES = (0.2 * HOUR, HOUR, 20 * HOUR, 600 * HOUR)
STATUSES = {Status.OPEN: "active", Status.PENDING: "pending", Status.SOLVED: "closed"}


def account(url: str) -> Account:
    """What the source is opened with."""
    settings = {"url": url, "app": helpscout.APP}
    return Account("Scout", settings, lambda: Secret(helpscout.SECRET), ssl.create_default_context())


class HelpScoutStage(Played):
    """One test's Help Scout."""

    secret = helpscout.SECRET
    takes = KIND.takes
    many = 12
    queues = ("Support", "Billing")

    def __init__(self, fake: helpscout.HelpScout) -> None:
        super().__init__(fake, "/conversations")
        self._fake, self._desk = fake, fake.desk
        self._ben = fake.desk.add_user("Ben", "Agent", "ben@example.test")
        self._mailboxes = {name: fake.desk.add_mailbox(name) for name in self.queues}
        self._zoe = fake.desk.add_customer("Zoe", "Customer", "zoe@customer.example")
        self.agents: Sequence[str] = (str(fake.user), str(self._ben))
        self._ages: Iterator[float] = cycle(AGES)

    def source(self) -> Source:
        """Ana's source."""
        self._ages = repeat(0.0)
        opened = account(self._fake.url)
        site = Site("Scout", self._fake.url + API, opened.context, patience=troubles.PATIENCE)
        speaking = Http(site, lambda: login(opened), limits=LIMITS, pauses=(0.01, 0.02))
        return HelpScout(opened, speaking, gone_every=0, people_every=0)

    def add_ticket(self, subject: str, body: str) -> str:
        """Zoe writes."""
        with self._fake.turn:
            return str(self._desk.add_conversation(self._zoe, subject, f"<p>{body}</p>", age=next(self._ages)))

    def customer_writes(self, ticket: str, body: str) -> None:
        """Zoe writes again."""
        with self._fake.turn:
            self._desk.say(int(ticket), self._zoe, "customer", f"<p>{body}</p>")

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Ben writes."""
        with self._fake.turn:
            self._desk.say(int(ticket), self._ben, "message" if public else "note", f"<p>{body}</p>")

    def colleague_changes(self, ticket: str, status: Status, add_tag: str) -> None:
        """Ben changes a conversation."""
        with self._fake.turn:
            tags: list[str] = [*_tags(self._desk.conversations[int(ticket)]), add_tag]
            self._desk.happens(int(ticket), status=STATUSES[status], tags=[{"tag": tag} for tag in tags])

    def delete(self, ticket: str) -> None:
        """Somebody deletes it."""
        with self._fake.turn:
            self._desk.delete(int(ticket))

    def merge(self, ticket: str, into: str) -> None:
        """Somebody merges two."""
        with self._fake.turn:
            self._desk.merge(int(ticket), int(into))

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """Zoe sends a file."""
        with self._fake.turn:
            file = self._desk.attach(name, content)
            self._desk.say(int(ticket), self._zoe, "customer", "<p>See.</p>", files=(file,))

    def add_customer(self, name: str, email: str) -> str:
        """Somebody enters a customer."""
        first, _, last = name.partition(" ")
        with self._fake.turn:
            return str(self._desk.add_customer(first, last, email))

    def said(self, ticket: str) -> Sequence[Said]:
        """What was said."""
        with self._fake.turn:
            rows = [row for row in self._desk.threads[int(ticket)] if row["type"] != "lineitem"]
            return [Said(row["type"] != "note", row["type"] != "customer", str(row["body"])) for row in rows]

    def standing(self, ticket: str) -> Standing | None:
        """How a conversation stands."""
        with self._fake.turn:
            row = self._desk.conversations.get(int(ticket))
            if row is None:
                return None
            status = next(own for own, word in STATUSES.items() if word == row["status"])
            whose, mailbox = row.get("assignee"), row["mailboxId"]
            queue = next(name for name, number in self._mailboxes.items() if number == mailbox)
            user = str(whose["id"]) if isinstance(whose, dict) else ""
            return Standing(str(row["subject"]), status, user, frozenset(_tags(row)), queue)

    def contents(self) -> object:
        """Everything."""
        with self._fake.turn:
            return deepcopy((self._desk.conversations, self._desk.threads, self._desk.customers, self._desk.users))


def _tags(row: Row) -> list[str]:
    tags = row["tags"]
    assert isinstance(tags, list)
    return [str(each["tag"]) for each in tags if isinstance(each, dict)]
