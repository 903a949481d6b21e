"""The fake Zendesk as the conformance suite plays it, and a source that is connected with it.

The source is Ana's; Ben is the colleague and Zoe the customer. Every change makes it a little later there, so that no
test waits until a stamp is of the past.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from types import MappingProxyType

from desk.statuses import Status
from desk.times import now
from sync.conformance.stage import Said, Standing
from sync.kinds import Account
from sync.protocol import Source
from sync.secret import Secret
from sync.sources.zendesk import KIND
from sync.sources.zendesk.source import Zendesk
from sync.sources.zendesk.vocabulary import status
from tests.servers import zendesk
from tests.servers.zendesk_rows import Row, number, rows, texts
from tests.sync.sources.played import Played

# Seconds: so many that a busy machine is no slow service.
PATIENCE = 3.0
NAMES = {Status.OPEN: "open", Status.PENDING: "pending", Status.SOLVED: "solved"}


@cache
def certificates() -> ssl.SSLContext:
    """The usual ones, read once: no line here is encrypted."""
    return ssl.create_default_context()


def connected(
    fake: zendesk.Zendesk,
    settings: Mapping[str, str] = MappingProxyType({}),
    *,
    patience: float = 10.0,
    every: int = 0,
    people_every: int = 0,
    clock: Callable[[], int] = now,
) -> Zendesk:
    """A source that reads and writes this fake, as Ana."""
    told = {"url": fake.url, "user": zendesk.AGENT, **settings}
    account = Account("Desk", told, lambda: Secret(zendesk.SECRET), certificates())
    return Zendesk(account, clock, patience=patience, every=every, people_every=people_every)


class ZendeskStage(Played):
    """One test's Zendesk."""

    secret = zendesk.SECRET
    takes = KIND.takes
    many = 24
    queues = ("Support", "Billing")

    def __init__(self, fake: zendesk.Zendesk, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(fake, "/tickets")
        self.fake, self.account, self._settings = fake, fake.account, settings
        self.ben = fake.account.add_user("Ben Agent", "ben@example.test", "agent")
        self.zoe = fake.account.add_user("Zoe Customer", "zoe@customer.example", phone="+14155550134")
        for place, name in enumerate(self.queues, 1):
            fake.account.groups[place] = {"id": place, "name": name}
        self.agents: Sequence[str] = (str(fake.agent), str(self.ben))

    def source(self) -> Source:
        """Ana's source."""
        return connected(self.fake, self._settings, patience=PATIENCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Something happens there, and then it is later."""
        with self.fake.turn:
            self.account.now = self.fake.now()
            yield
            self.fake.changed()

    def add_ticket(self, subject: str, body: str) -> str:
        """Zoe writes."""
        with self.turn():
            return str(self.account.add_ticket(self.zoe, subject, body))

    def customer_writes(self, ticket: str, body: str) -> None:
        """Zoe writes again."""
        with self.turn():
            self.account.add_comment(int(ticket), self.zoe, {"body": body, "public": True}, {})

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Ben writes."""
        with self.turn():
            self.account.add_comment(int(ticket), self.ben, {"body": body, "public": public}, {})

    def colleague_changes(self, ticket: str, status: Status, add_tag: str) -> None:
        """Ben takes a ticket, and changes it."""
        with self.turn():
            tags = [*texts(self.account.tickets[int(ticket)]["tags"]), add_tag]
            wanted: Row = {"status": NAMES[status], "assignee_id": self.ben, "tags": [*tags]}
            self.account.change(int(ticket), wanted, self.ben)

    def delete(self, ticket: str) -> None:
        """Somebody deletes it."""
        with self.turn():
            self.account.delete(int(ticket))

    def merge(self, ticket: str, into: str) -> None:
        """Ben merges two."""
        with self.turn():
            self.account.merge(int(ticket), int(into), self.ben, {})

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """Zoe sends a file."""
        with self.turn():
            file = self.fake.attachment(name, "application/octet-stream", content)
            said: Row = {"body": "See there.", "public": True, "attachments": [file]}
            self.account.add_comment(int(ticket), self.zoe, said, {})

    def add_customer(self, name: str, email: str) -> str:
        """Somebody enters a customer."""
        with self.turn():
            return str(self.account.add_user(name, email))

    def said(self, ticket: str) -> Sequence[Said]:
        """All comments."""
        with self.fake.turn:
            return [
                Said(
                    bool(row["public"]), row["author_id"] != self.zoe, str(row["html_body"]),
                    tuple(str(file["file_name"]) for file in rows(row["attachments"])),
                )
                for row in self.account.comments[int(ticket)]
            ]  # fmt: skip

    def standing(self, ticket: str) -> Standing | None:
        """How a ticket stands."""
        with self.fake.turn:
            row = self.account.tickets.get(int(ticket))
            if row is None or row["status"] == "closed":
                return None
            group = self.account.groups.get(number(row, "group_id"), {}).get("name", "")
            return Standing(
                str(row["subject"]), status(str(row["status"])), str(row["assignee_id"] or ""),
                frozenset(texts(row["tags"])), str(group),
            )  # fmt: skip

    def contents(self) -> object:
        """Everything."""
        with self.fake.turn:
            held = self.account
            return deepcopy((held.tickets, held.comments, held.audits, held.users, held.deleted))
