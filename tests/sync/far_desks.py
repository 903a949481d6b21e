"""Helpdesks that are killed while they are worked with: a real Request Tracker, and the fakes that tests have.

The invariant: what stands there is read past the API that the sync uses, where it lies.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Protocol

from tests.servers import freshdesk
from tests.servers.freshdesk import Freshdesk
from tests.servers.line import Line
from tests.servers.processes import HOST
from tests.servers.rt import RtServer
from tests.servers.zammad import TOKEN as TOKEN_THERE
from tests.servers.zammad import Zammad
from tests.servers.zendesk import AGENT, SECRET, Zendesk

TOKEN = re.compile(r"(reply|note)-\d+x")
# What an agent's words became there, and whether customers can read them.
Found = Counter[tuple[str, bool]]

_IN_RT = """
    SELECT a.Content, t.Type = 'Correspond' FROM Attachments a JOIN Transactions t ON t.id = a.TransactionId
     WHERE a.ContentType = 'text/plain' AND t.Type IN ('Create', 'Correspond', 'Comment')"""


class FarDesk(Protocol):
    """One helpdesk behind a line."""

    kind: str
    secret: str
    line: Line

    @property
    def settings(self) -> Mapping[str, str]:
        """How it is connected."""
        ...

    def opens(self, words: str) -> str:
        """A customer begins a ticket: its name."""
        ...

    def customer_writes(self, ticket: str, words: str) -> None:
        """The customer of a ticket writes again."""
        ...

    def kill(self) -> None:
        """End it as a crash does."""
        ...

    def start(self) -> None:
        """Let it be there again."""
        ...

    def found(self) -> Found:
        """Every word that agents have written there, with how often it stands there."""
        ...


class FarRt:
    """A Request Tracker."""

    kind = "rt"

    def __init__(self, server: RtServer, line: Line) -> None:
        self._server, self.line = server, line
        self.secret = server.agent("ana").token

    @property
    def settings(self) -> Mapping[str, str]:
        return {"url": f"http://{HOST}:{self.line.port}"}

    def opens(self, words: str) -> str:
        return self._server.as_agent("root").create("Support", words, "zoe@customer.example", words)

    def customer_writes(self, ticket: str, words: str) -> None:
        self._server.mail("zoe@customer.example", words, ticket)

    def kill(self) -> None:
        self._server.kill()

    def start(self) -> None:
        self._server.start()

    def found(self) -> Found:
        found: Found = Counter()
        with closing(sqlite3.connect(self._server.folder / "rt.sqlite")) as connection:
            for words, public in connection.execute(_IN_RT):
                for token in _tokens(words):
                    found[token, bool(public)] += 1
        return found


class _Fake:
    """A fake. It has no process of its own: it dies by breaking every line, and taking none."""

    line: Line

    def kill(self) -> None:
        self.line.go_down()

    def start(self) -> None:
        self.line.come_back()


class FarFreshdesk(_Fake):
    """A Freshdesk."""

    kind = "freshdesk"
    secret = freshdesk.KEY

    def __init__(self, service: Freshdesk, line: Line) -> None:
        self._service, self.line = service, line
        with service.turn:
            self._customer = service.desk.add_contact("Zoe", "zoe@customer.example")

    @property
    def settings(self) -> Mapping[str, str]:
        return {"url": f"http://{HOST}:{self.line.port}"}

    def opens(self, words: str) -> str:
        with self._service.turn:
            return str(self._service.desk.add_ticket(self._customer, words, f"<div>{words}</div>"))

    def customer_writes(self, ticket: str, words: str) -> None:
        with self._service.turn:
            self._service.desk.say(int(ticket), self._customer, f"<div>{words}</div>", incoming=True, private=False)

    def found(self) -> Found:
        found: Found = Counter()
        with self._service.turn:
            for said in self._service.desk.said.values():
                for each in said:
                    for token in _tokens(str(each["body"])):
                        found[token, not each["private"]] += 1
        return found


class FarZammad(_Fake):
    """A Zammad."""

    kind = "zammad"
    secret = TOKEN_THERE

    def __init__(self, service: Zammad, line: Line) -> None:
        self._service, self.line = service, line

    @property
    def settings(self) -> Mapping[str, str]:
        return {"url": f"http://{HOST}:{self.line.port}"}

    def opens(self, words: str) -> str:
        with self._service.turn:
            return str(self._service.desk.opens(10, words, words).id)

    def customer_writes(self, ticket: str, words: str) -> None:
        with self._service.turn:
            self._service.desk.says(int(ticket), 10, words)

    def found(self) -> Found:
        found: Found = Counter()
        with self._service.turn:
            for article in self._service.desk.articles.values():
                for token in _tokens(article.body):
                    found[token, not article.internal] += 1
        return found


class FarZendesk(_Fake):
    """A Zendesk. What is written is written in another second than the last change, so that it takes its time."""

    kind = "zendesk"
    secret = SECRET

    def __init__(self, service: Zendesk, line: Line) -> None:
        self._service, self.line = service, line
        with service.turn:
            self._customer = service.account.add_user("Zoe", "zoe@customer.example")

    @property
    def settings(self) -> Mapping[str, str]:
        return {"url": f"http://{HOST}:{self.line.port}", "user": AGENT}

    def opens(self, words: str) -> str:
        with self._service.turn:
            self._service.account.now = self._service.now()
            return str(self._service.account.add_ticket(self._customer, words, words))

    def customer_writes(self, ticket: str, words: str) -> None:
        with self._service.turn:
            self._service.account.now = self._service.now()
            self._service.account.add_comment(int(ticket), self._customer, {"body": words, "public": True}, {})

    def found(self) -> Found:
        found: Found = Counter()
        with self._service.turn:
            for comments in self._service.account.comments.values():
                for comment in comments:
                    for token in _tokens(str(comment["body"])):
                        found[token, bool(comment["public"])] += 1
        return found


def _tokens(words: str) -> set[str]:
    return {match.group() for match in TOKEN.finditer(words)}
