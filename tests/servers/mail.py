"""A real mail server for one test run: Dovecot for IMAP, and a sink for what is sent. Both on loopback, both killable.

    with MailServer() as server:
        account = server.account()                     # a user with an empty mailbox
        account.put(b"Subject: hi\r\n\r\nhello\r\n")    # a customer wrote
        server.kill(); server.start()                  # the same ports, the same mail

Ports stay the same over restarts. Many accounts live on one server; each test takes its own.
"""

import imaplib
import importlib.util
import itertools
import json
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from desk.times import now
from storage import sources
from storage.connect import writing
from storage.workspace import Workspace, open_to_write
from tests.servers import dovecot, sink
from tests.servers.processes import HOST, Server, free_port, until

PASSWORD = "correct-horse-canary-7421"  # searched for in whatever is printed, logged or raised
_SINK = Path(sink.__file__)


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that the sink has kept, as it came, with its envelope."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    logged_in: bool
    tls: bool


@dataclass(frozen=True, slots=True)
class Account:
    """A user with a mailbox of its own. What is done here is done as a customer or another mail program would."""

    server: "MailServer"
    user: str
    password: str = PASSWORD

    @property
    def settings(self) -> dict[str, str]:
        """How a workspace is connected to it."""
        imap, smtp = f"imap://{HOST}:{self.server.imap_port}", f"smtp://{HOST}:{self.server.smtp_port}"
        return {"address": self.user, "user": self.user, "imap": imap, "smtp": smtp}

    def connect(self, workspace: Workspace, name: str) -> int:
        """Connect a workspace to it, without asking its server; the source's id."""
        with closing(open_to_write(workspace)) as connection, writing(connection):
            return sources.add(connection, "mailbox", name, self.settings, now())

    def imap(self, folder: str = "") -> imaplib.IMAP4:
        """A plain connection, logged in, with a folder selected where one is named."""
        connection = imaplib.IMAP4(HOST, self.server.imap_port, 60)
        connection.login(self.user, self.password)
        if folder:
            assert connection.select(f'"{folder}"')[0] == "OK"
        return connection

    def put(self, *mails: bytes, folder: str = "INBOX", flags: str = "", at: datetime | None = None) -> None:
        """Put mails into a folder."""
        with self.imap() as connection:
            for raw in mails:
                when = imaplib.Time2Internaldate(at) if at else ""
                answer, said = connection.append(f'"{folder}"', flags, when, raw)
                assert answer == "OK", said

    def do(self, folder: str, *command: str) -> list[bytes]:
        """One UID command in a folder: what the server said."""
        with self.imap(folder) as connection:
            answer, said = connection.uid(*command)
            assert answer == "OK", said
            return [line for line in said if isinstance(line, bytes)]

    def delete(self, uids: str, folder: str = "INBOX") -> None:
        """Delete mails for good."""
        with self.imap(folder) as connection:
            connection.uid("STORE", uids, "+FLAGS.SILENT", r"(\Deleted)")
            connection.expunge()

    def renumber(self, folder: str) -> None:
        """Delete a folder and make it anew: another UIDVALIDITY, nothing in it, UIDs from 1 again."""
        with self.imap() as connection:
            assert connection.delete(f'"{folder}"')[0] == "OK"
            assert connection.create(f'"{folder}"')[0] == "OK"

    def token(self, seconds: int = 3600) -> str:
        """An OAuth token; one of the past has expired."""
        return self.server.setup.token(self.user, seconds)


class MailServer:
    """Dovecot and the sink in one folder, which goes away at the end."""

    def __init__(self, *, capability: str = "", store: str = "maildir", require_auth: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heard-mail-"))
        self.setup = dovecot.Setup(self.folder, PASSWORD, free_port(), free_port(), capability, store)
        self.smtp_port = free_port()
        self.require_auth = require_auth
        self.slow_seconds = 3.0
        self._numbers = itertools.count(1)
        configuration = self.folder / "dovecot.conf"
        self.imap = Server(
            [dovecot.BINARY or "dovecot", "-F", "-c", str(configuration)], self.setup.port,
            self.folder / "output.log", dovecot.run_as(),
        )  # fmt: skip
        self.smtp = Server(
            [sys.executable, str(_SINK), str(self.folder / "sink.json")], self.smtp_port, self.folder / "sink.log"
        )

    @property
    def imap_port(self) -> int:
        """Where IMAP is spoken, with STARTTLS."""
        return self.setup.port

    @property
    def imaps_port(self) -> int:
        """Where IMAP is spoken over TLS."""
        return self.setup.tls_port

    @property
    def certificate(self) -> Path:
        """What a client has to trust."""
        return self.setup.certificate

    def account(self, name: str = "") -> Account:
        """A user nobody has used yet, or one by name."""
        return Account(self, f"{name or f'support{next(self._numbers)}'}{sink.HOME}")

    def start(self) -> None:
        """Start what doesn't run."""
        self.setup.make_certificate()
        settings = sink.Settings(
            str(self.folder / "sent"), self.smtp_port, PASSWORD, str(self.certificate),
            str(self.folder / "tls" / "key.pem"), self.require_auth, self.imap_port, self.slow_seconds,
        )  # fmt: skip
        (self.folder / "sink.json").write_text(json.dumps(asdict(settings)))
        if not self.imap.runs:
            # Sockets of a killed one would be taken for living ones.
            shutil.rmtree(self.folder / "run", ignore_errors=True)
            self.setup.write()
            self.imap.start()
            until(self._lets_in, "the first login at Dovecot")
        self.smtp.start()

    def stop(self) -> None:
        """End both politely; the mail stays."""
        self.imap.stop()
        self.smtp.stop()

    def kill(self) -> None:
        """End both as a crash does; the mail stays."""
        self.imap.kill()
        self.smtp.kill()

    def advertise(self, capability: str) -> None:
        """Start Dovecot anew with only these capabilities after the login; empty for all that it can."""
        if capability != self.setup.capability:
            self.setup.capability = capability
            self.imap.kill()  # A polite end takes a second.
            self.start()

    def mended(self) -> Self:
        """Itself, running and with all that it can, whatever a test has done to it."""
        self.advertise("")
        self.start()
        return self

    def wipe(self, user: str) -> None:
        """Lose that mailbox, as a broken disk does: all is numbered anew. The others stay: tests share the server."""
        self.imap.kill()
        for name in ("mail", "home"):
            shutil.rmtree(self.folder / name / user, ignore_errors=True)
        self.start()

    def sent(self) -> list[SentMail]:
        """What the sink has kept, the oldest first."""
        return [_read(path) for path in sorted((self.folder / "sent").glob("*.json"))]

    def wait_for_sent(self, count: int) -> list[SentMail]:
        """What the sink has kept, as soon as it is so many."""
        until(lambda: len(list((self.folder / "sent").glob("*.json"))) >= count, f"the sending of {count} mails")
        return self.sent()

    def _lets_in(self) -> bool:
        """Whether it does more than listen."""
        try:
            with imaplib.IMAP4(HOST, self.imap_port, 60) as connection:
                connection.login("nobody@example.test", PASSWORD)
        except (imaplib.IMAP4.error, OSError):
            return False
        return True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def missing() -> str:
    """Why no mail server can be started here; empty where one can."""
    if dovecot.BINARY is None:
        return "Dovecot is not installed"
    if dovecot.OPENSSL is None:
        return "openssl is not installed"
    return "" if importlib.util.find_spec("aiosmtpd") else "aiosmtpd is not installed"


def _read(path: Path) -> SentMail:
    facts = json.loads(path.read_text())
    raw = path.with_suffix(".eml").read_bytes()
    return SentMail(raw, facts["sender"], tuple(facts["recipients"]), facts["logged_in"], facts["tls"])
