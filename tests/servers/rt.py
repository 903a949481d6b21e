"""A real Request Tracker 5 for one test run, on loopback, killable, with people who work and write there.

    with RtServer() as server:
        ticket = server.as_agent("ana").create("Support", "Router", "zoe@customer.example", "It burns.")
        server.mail("zoe@customer.example", "Still burning", ticket)     # as her mail program would
        server.kill(); server.start()                                    # the same address, the same tickets

A database takes seconds to make: `RtServer(copy_of=folder)` starts with a copy of another server's. The port stays the
same over restarts. What would have been mailed is in `outbox()`.
"""

import email
import email.policy
import http.client
import json
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from tests.servers import rt_setup
from tests.servers.processes import HOST, Server, free_port, until
from tests.servers.rt_setup import Facts, RtAgent
from tests.servers.service import Json

WORKERS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    json: Json

    @property
    def made(self) -> str:
        """The number of what was made."""
        assert self.status == 201, f"{self.status} {self.json}"
        return self.headers["location"].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent at work in RT itself, beside Heard: one request each."""

    port: int
    agent: RtAgent

    def ask(self, method: str, path: str, body: Json = None) -> Said:
        """Any request of REST 2."""
        return _ask(self.port, method, f"/REST/2.0/{path}", {"Authorization": f"token {self.agent.token}"}, body)

    def create(self, queue: str, subject: str, requestor: str, text: str, **fields: Json) -> str:
        """A new ticket: its number. The first message is the agent's own, as RT has it."""
        words = {"Queue": queue, "Subject": subject, "Requestor": requestor, "Content": text}
        return self.ask("POST", "ticket", {**words, "ContentType": "text/plain", **fields}).made

    def reply(self, ticket: str, text: str, **fields: Json) -> str:
        """An answer to the customer: the number of its transaction."""
        return self._write(ticket, "correspond", text, fields)

    def note(self, ticket: str, text: str, **fields: Json) -> str:
        """A word among agents."""
        return self._write(ticket, "comment", text, fields)

    def set(self, ticket: str, **fields: Json) -> list[str]:
        """Change fields; what RT says of each."""
        said = self.ask("PUT", f"ticket/{ticket}", dict(fields))
        assert said.status == 200, f"{said.status} {said.json}"
        assert isinstance(said.json, list)
        return [str(each) for each in said.json]

    def merge(self, ticket: str, into: str) -> None:
        """Let a ticket become part of another one."""
        assert self.set(ticket, MergeInto=int(into)) == ["Merge Successful"]

    def delete(self, ticket: str) -> None:
        """Delete a ticket."""
        self.set(ticket, Status="deleted")

    def ticket(self, ticket: str) -> dict[str, Json]:
        """A ticket as it stands."""
        return self._one(f"ticket/{ticket}")

    def messages(self, ticket: str, kind: str = "Correspond") -> list[str]:
        """The words of all messages of a kind on a ticket, the oldest first."""
        history = self.items(f"ticket/{ticket}/history?fields=Type&per_page=100&orderby=id")
        ids = {each["id"] for each in history if each["Type"] == kind}
        fields = "fields=TransactionId,Content,Filename,ContentType"
        parts = self.items(f"ticket/{ticket}/attachments?{fields}&per_page=100&orderby=id")
        return [
            str(each["Content"])
            for each in parts
            if each["TransactionId"] in ids and each["ContentType"] == "text/plain" and not each["Filename"]
        ]

    def _write(self, ticket: str, what: str, text: str, fields: Mapping[str, Json]) -> str:
        words = {"Content": text, "ContentType": "text/plain", **fields}
        return self.ask("POST", f"ticket/{ticket}/{what}", words).made

    def _one(self, path: str) -> dict[str, Json]:
        said = self.ask("GET", path)
        assert said.status == 200, f"{said.status} {said.json}"
        assert isinstance(said.json, dict)
        return said.json

    def items(self, path: str) -> list[dict[str, Json]]:
        """The rows of a list."""
        items = self._one(path)["items"]
        assert isinstance(items, list)
        return [each for each in items if isinstance(each, dict)]


class RtServer:
    """One Request Tracker in one folder, which goes away at the end."""

    def __init__(self, *, copy_of: Path | None = None, archive: Path | None = None, bcrypt: int = 4) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heard-rt-"))
        self.port = free_port()
        rt_setup.configure(self.folder, self.port, bcrypt)
        self.facts = self._database(copy_of, archive)
        variables = [f"{name}={value}" for name, value in rt_setup.environment(self.folder).items()]
        command = [
            "env", "-i", *variables, str(rt_setup.SERVER), "--server", "Starlet", "--host", HOST,
            "--port", str(self.port), "--max-workers", str(WORKERS), "--max-reqs-per-child", "2000",
            "--max-keepalive-reqs", "1",
            "--access-log", str(self.folder / "access.log"),
        ]  # fmt: skip
        self.process = Server(command, self.port, self.folder / "server.log")

    @property
    def url(self) -> str:
        """Where people see it; the REST interface is below."""
        return f"http://{HOST}:{self.port}"

    def agent(self, name: str) -> RtAgent:
        """One of those who work there: root, ana, ben, chloe, or dee, who sees no notes."""
        return self.facts.agents[name]

    def as_agent(self, name: str) -> Colleague:
        """That agent, at work."""
        return Colleague(self.port, self.agent(name))

    def mail(self, sender: str, text: str, ticket: str = "", *, subject: str = "Help", queue: str = "Support") -> None:
        """A mail from outside, as the mail server hands it in: on a ticket, or a new one without."""
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"] = sender, "support@heard.test"
        mail["Subject"] = f"Re: [heard.test #{ticket}] {subject}" if ticket else subject
        mail["Message-ID"] = f"<{uuid.uuid4()}@customer.example>"
        mail.set_content(text)
        self.post_mail(mail.as_bytes(), queue)

    def post_mail(self, raw: bytes, queue: str = "Support") -> None:
        """A mail from outside, to the last byte."""
        fields = urlencode({"queue": queue, "action": "correspond", "message": raw})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = _exchange(self.port, "POST", "/REST/1.0/NoAuth/mail-gateway", headers, fields.encode())
        assert (status, body.split()[:1]) == (200, [b"ok"]), body.decode(errors="replace")

    def sweep(self) -> None:
        """Let no ticket of other tests be found any more; nobody is told of it."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=60)) as connection, connection:
            connection.execute("UPDATE Tickets SET Status='deleted'")

    def mute(self, silent: bool) -> None:
        """Let it mail nobody and do nothing by itself, which takes most of its time; or let it again."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=60)) as connection, connection:
            connection.execute("UPDATE Scrips SET Disabled=?", (int(silent),))

    def newest(self) -> str:
        """The number of the newest ticket."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=60)) as connection:
            return str(connection.execute("SELECT max(id) FROM Tickets").fetchone()[0])

    def contents(self) -> object:
        """All that people have put there, in one value."""
        with closing(sqlite3.connect(self.folder / "rt.sqlite", timeout=60)) as connection:
            tables = ("Tickets", "Transactions", "Attachments", "Links", "ObjectCustomFieldValues", "GroupMembers")
            return [connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables]

    def outbox(self) -> list[EmailMessage]:
        """What would have been mailed, the oldest first."""
        paths = sorted((self.folder / "outbox").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def requests(self) -> int:
        """How many requests were answered so far."""
        log = self.folder / "access.log"
        return log.read_bytes().count(b"\n") if log.exists() else 0

    def processor_seconds(self) -> float:
        """The processor time of the server and its children so far."""
        group, ticks = str(self.process.identifier), 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                facts = path.read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if facts[2] == group:
                ticks += sum(int(each) for each in facts[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def start(self) -> None:
        """Start it where it doesn't run."""
        self.process.start()
        until(self._answers, "the first answer of Request Tracker")

    def stop(self) -> None:
        """End it politely; the tickets stay."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a crash does; the tickets stay."""
        self.process.kill()

    def _answers(self) -> bool:
        try:
            return self.as_agent("root").ask("GET", "rt").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def _database(self, copy_of: Path | None, archive: Path | None) -> Facts:
        if archive:
            return rt_setup.unpack_database(archive, self.folder)
        return rt_setup.copy_database(copy_of, self.folder) if copy_of else rt_setup.make_database(self.folder)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _ask(port: int, method: str, path: str, headers: Mapping[str, str], body: Json) -> Said:
    sent = b"" if body is None else json.dumps(body).encode()
    more = {} if body is None else {"Content-Type": "application/json"}
    status, heads, said = _exchange(port, method, quote(path, safe="/?&=%,[]'"), {**headers, **more}, sent)
    try:
        return Said(status, heads, json.loads(said) if said else None)
    except ValueError:
        return Said(status, heads, said.decode(errors="replace"))


def _exchange(
    port: int, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
