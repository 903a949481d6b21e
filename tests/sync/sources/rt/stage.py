"""A real Request Tracker as the conformance suite plays it, behind a gate at which things go wrong.

The source is Ana's; Ben is the colleague; customers write mails. The invariant: tickets of other tests are out of
sight.
"""

import email.policy
import ssl
from collections.abc import Sequence
from email.message import EmailMessage

from desk.statuses import Status
from sync.conformance.stage import Deed, Said, Standing, Trouble
from sync.kinds import Account
from sync.protocol import Source
from sync.secret import Secret
from sync.sources.rt import KIND
from sync.sources.rt.source import RequestTracker, line
from tests.servers.gate import Gate
from tests.servers.rt import RtServer
from tests.sync.sources import troubles
from tests.sync.sources.played import Played

CUSTOMER = "Zoe Customer <zoe@customer.example>"
PATIENCE = 2.5
LABELS = {"open": Status.OPEN, "new": Status.OPEN, "stalled": Status.PENDING, "resolved": Status.SOLVED}


def account(url: str, token: str, **settings: str) -> Account:
    """What the source is opened with."""
    return Account("Desk", {"url": url, **settings}, lambda: Secret(token), ssl.create_default_context())


class RtStage(Played):
    """One test's Request Tracker."""

    takes = KIND.takes
    deeds = frozenset({Deed.DELETE, Deed.MERGE, Deed.FILE, Deed.CUSTOMER})
    many = 6
    agents: Sequence[str] = ("ana", "ben")
    queues = ("Billing", "Support")

    def __init__(self, server: RtServer, gate: Gate) -> None:
        super().__init__(gate, "/ticket/")
        self._server, self._gate = server, gate
        self._ben, self._root = server.as_agent("ben"), server.as_agent("root")
        self.secret = server.agent("ana").token
        server.sweep()
        server.mute(True)

    def source(self) -> Source:
        """Ana's source."""
        opened = account(self._gate.url, self.secret)
        return RequestTracker(opened, line(opened, patience=PATIENCE, pauses=(0.01, 0.02)), page=4, people_every=0)

    def add_ticket(self, subject: str, body: str) -> str:
        """Zoe writes."""
        self._server.mail(CUSTOMER, body, subject=subject)
        return self._server.newest()

    def customer_writes(self, ticket: str, body: str) -> None:
        """Zoe writes again."""
        self._server.mail(CUSTOMER, body, ticket)

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Ben writes."""
        if public:
            self._ben.reply(ticket, body)
        else:
            self._ben.note(ticket, body)

    def colleague_changes(self, ticket: str, status: Status, add_tag: str) -> None:
        """Ben changes a ticket."""
        label = next(label for label, each in LABELS.items() if each is status)
        self._ben.set(ticket, Status=label, CustomFields={"Tags": [*self._tags(ticket), add_tag]})

    def delete(self, ticket: str) -> None:
        """Ben deletes it."""
        self._ben.delete(ticket)

    def merge(self, ticket: str, into: str) -> None:
        """Ben merges two."""
        self._ben.merge(ticket, into)

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """Zoe sends a file."""
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = CUSTOMER, "support@heard.test", f"[heard.test #{ticket}] File"
        mail.set_content("See there.")
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self._server.post_mail(mail.as_bytes())

    def add_customer(self, name: str, email: str) -> str:
        """Root enters a customer."""
        self._root.ask("POST", "user", {"Name": email, "EmailAddress": email, "RealName": name})
        return email

    def said(self, ticket: str) -> Sequence[Said]:
        """All words on a ticket, with who wrote them."""
        rows = self._root.items(f"ticket/{ticket}/history?fields=Type,Creator&per_page=100&orderby=id")
        fields = "fields=TransactionId,Content,Filename,ContentType&per_page=100&orderby=id"
        parts = self._root.items(f"ticket/{ticket}/attachments?{fields}")
        found = []
        for row in rows:
            own = [each for each in parts if each["TransactionId"] == row["id"]]
            plain = [each for each in own if each["ContentType"] == "text/plain" and not each["Filename"]]
            words = [str(each["Content"]) for each in plain]
            if row["Type"] in ("Create", "Correspond", "Comment"):
                creator = row["Creator"]
                assert isinstance(creator, dict)
                files = tuple(str(each["Filename"]) for each in own if each["Filename"])
                by_agent = creator["id"] in self._server.facts.agents
                found.append(Said(row["Type"] != "Comment", by_agent, "\n".join(words), files))
        return found

    def standing(self, ticket: str) -> Standing | None:
        """How a ticket stands."""
        now = self._root.ticket(ticket)
        if str(now["id"]) != ticket or now["Status"] == "deleted":
            return None
        owner, queue = now["Owner"], now["Queue"]
        assert isinstance(owner, dict)
        assert isinstance(queue, dict)
        names = {str(number): name for name, number in self._server.facts.queues.items()}
        whose = "" if owner["id"] == "Nobody" else str(owner["id"])
        tags = frozenset(self._tags(ticket))
        return Standing(str(now["Subject"]), LABELS[str(now["Status"])], whose, tags, names[str(queue["id"])])

    def contents(self) -> object:
        """Everything."""
        return self._server.contents()

    def make(self, trouble: Trouble) -> None:
        """Something goes wrong: a change where it is meant for one, else whatever comes next."""
        if trouble in (Trouble.LOST, Trouble.FAILS_AFTER, Trouble.UNDONE, Trouble.SLOW):
            super().make(trouble)
        else:
            troubles.make(self._gate.faults, trouble, "")

    def _tags(self, ticket: str) -> list[str]:
        fields = self._root.ticket(ticket)["CustomFields"]
        assert isinstance(fields, list)
        found = [each["values"] for each in fields if isinstance(each, dict) and each["name"] == "Tags"]
        return [str(tag) for values in found if isinstance(values, list) for tag in values]
