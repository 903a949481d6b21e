"""A real Redmine as the conformance suite plays it, behind a gate at which things go wrong.

The source is Ana's; Ben is the colleague, and Zoe, who is no member of any project, the customer.
"""

import http.client
import json
import sqlite3
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing

from desk.statuses import Status
from sync.conformance.stage import Deed, Said, Standing
from sync.http import Http, Site
from sync.kinds import Account
from sync.protocol import Source
from sync.secret import Secret, without
from sync.sources.redmine import KIND
from sync.sources.redmine.source import Redmine
from tests.servers.gate import Gate
from tests.servers.processes import HOST
from tests.servers.redmine import Json, RedmineServer
from tests.sync.sources.played import Played

# A busy machine takes its time; one test waits until this is over.
PATIENCE = 5.0
STATUSES = {Status.OPEN: "In Progress", Status.PENDING: "Feedback", Status.SOLVED: "Resolved"}
MEANT = {"New": Status.OPEN, "Rejected": Status.CLOSED, "Closed": Status.CLOSED} | {
    name: status for status, name in STATUSES.items()
}
_EARLIER = """
    UPDATE issues SET created_on = datetime(created_on, '-1 hour'), updated_on = datetime(updated_on, '-1 hour')
     WHERE id = ?"""
TABLES = ("issues", "journals", "journal_details", "attachments", "custom_values")


class RedmineStage(Played):
    """One test's part of the server's life: what it began is deleted at its end."""

    secret: str
    takes = KIND.takes
    deeds = frozenset({Deed.FILE, Deed.DELETE})
    many = 5
    queues = ("Support", "Billing")

    def __init__(self, server: RedmineServer, gate: Gate) -> None:
        super().__init__(gate, "")
        self._server, self._gate = server, gate
        self._ana, self._ben = server.agents["ana"], server.agents["ben"]
        self.secret = self._ana.key
        self.agents: Sequence[str] = (str(self._ana.id), str(self._ben.id))
        self._begun: list[str] = []
        self._aged = False

    def end(self) -> None:
        """Delete what was begun."""
        self.calm()
        for ticket in self._begun:
            self._server.ask("DELETE", f"/issues/{ticket}.json")

    def source(self) -> Source:
        """Ana's source."""
        self._let_an_hour_pass()

        def login() -> Mapping[str, str]:
            return {"X-Redmine-API-Key": self.secret}

        secret = Secret(self.secret)
        account = Account("redmine", {"url": self._gate.url}, lambda: secret, ssl.create_default_context())
        site = Site("redmine", self._gate.url, account.context, patience=PATIENCE)
        speaking = Http(site, login, secrets=lambda text: without(secret, text), pauses=(0.01, 0.02))
        return Redmine(account, speaking, together=2, listed=6, gone_every=0)

    def add_ticket(self, subject: str, body: str) -> str:
        """Zoe writes."""
        address = self._server.field("Customer email", "zoe@customer.example")
        ticket = self._server.create(subject, body, user=self._server.customer, custom_fields=address)
        self._begun.append(ticket)
        return ticket

    def customer_writes(self, ticket: str, body: str) -> None:
        """Zoe writes again."""
        self._server.set(ticket, user=self._server.customer, notes=body)

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Ben writes."""
        self._server.set(ticket, user=self._ben, notes=body, private_notes=not public)

    def colleague_changes(self, ticket: str, status: Status, add_tag: str) -> None:
        """Ben changes the status; Redmine has no tags."""
        self._server.set(ticket, user=self._ben, status_id=self._server.statuses[STATUSES[status]])

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """Zoe sends a file."""
        connection = http.client.HTTPConnection(HOST, self._server.port, timeout=60)
        with closing(connection):
            headers = {"X-Redmine-API-Key": self._server.customer.key, "Content-Type": "application/octet-stream"}
            connection.request("POST", f"/uploads.json?filename={name}", content, headers)
            token = json.loads(connection.getresponse().read())["upload"]["token"]
        uploads: Json = [{"token": token, "filename": name}]
        self._server.set(ticket, user=self._server.customer, notes="It looks like this.", uploads=uploads)

    def said(self, ticket: str) -> Sequence[Said]:
        """The description and the notes."""
        issue = self._server.issue(ticket)
        journals = issue["journals"]
        assert isinstance(journals, list)
        return [
            Said(True, False, str(issue["description"])),
            *(
                Said(not each["private_notes"], each["user"]["id"] != self._server.customer.id, each["notes"])
                for each in journals
                if each["notes"]
            ),
        ]

    def standing(self, ticket: str) -> Standing | None:
        """How an issue stands."""
        issue = self._server.issue(ticket)
        status, project, assignee = issue["status"], issue["project"], issue.get("assigned_to")
        assert isinstance(status, dict)
        assert isinstance(project, dict)
        whose = str(assignee["id"]) if isinstance(assignee, dict) else ""
        return Standing(
            str(issue["subject"]), MEANT[str(status["name"])], whose, frozenset(), str(project["name"])
        )  # fmt: skip

    def contents(self) -> object:
        """All rows of what can be changed."""
        self._let_an_hour_pass()
        with closing(sqlite3.connect(self._server.folder / "redmine.sqlite")) as connection:
            return {table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES}

    def refuse(self, status: int) -> None:
        """What is before the server answers the next change, in words of its own."""
        self._gate.faults.refuse(status, method="PUT", body=b"<html>no</html>")

    def hand_on(self) -> None:
        """Somebody else's key is stored for the source."""
        self.secret = self._ben.key

    def garble(self, ticket: str) -> None:
        """What the service says of a ticket is no ticket any more."""
        self._gate.faults.refuse(200, path=f"/issues/{ticket}.json", body=b'{"issue": {"id": 1}}', times=9)

    def _let_an_hour_pass(self) -> None:
        """Once, before the source looks: what is younger than its overlap may be told twice."""
        if not self._aged:
            self._aged = True
            with closing(sqlite3.connect(self._server.folder / "redmine.sqlite", timeout=60)) as connection:
                connection.executemany(_EARLIER, [(ticket,) for ticket in self._begun])
                connection.commit()

    def delete(self, ticket: str) -> None:
        """Ben deletes an issue."""
        self._server.ask("DELETE", f"/issues/{ticket}.json", user=self._ben)
        self._begun.remove(ticket)

    def merge(self, ticket: str, into: str) -> None:
        """Redmine knows nothing of the kind, so that the suite doesn't ask."""
        raise NotImplementedError

    def add_customer(self, name: str, email: str) -> str:
        """Redmine has users, and no customers."""
        raise NotImplementedError
