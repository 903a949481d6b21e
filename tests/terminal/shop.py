"""A shop's console on its real mailbox: a thousand conversations, a network that can go, and the console's own sync.

The invariant: the console starts and ends its sync process by itself, as it does for an agent; nothing here syncs.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.servers import conversations
from tests.servers.line import Line
from tests.servers.mail import Account
from tests.servers.processes import HOST, until
from tests.terminal.desk import HEARD, Desk

NAME = "support"
SECRET = "HEARD_SUPPORT_TOKEN"


@dataclass(frozen=True)
class Shop:
    """A workspace, the account that it syncs, and the two lines between them."""

    workspace: Workspace
    account: Account
    imap: Line
    smtp: Line

    def console(self, *, agent: str = "ana", columns: int = 120, rows: int = 36, undo_seconds: int = 0) -> Desk:
        """An agent's console."""
        # What is connected by hand is called after its address.
        own = f"HEARD_{self.account.user.partition('@')[0].upper()}_TOKEN"
        environment = {SECRET: self.account.password, own: self.account.password}
        return Desk(
            self.workspace, agent=agent, columns=columns, rows=rows, undo_seconds=undo_seconds, environment=environment
        )

    def heard(self, *arguments: str) -> str:
        """What a command of Heard's prints that goes well."""
        done = subprocess.run(
            [HEARD, "--workspace", self.workspace.folder, *arguments], check=False, capture_output=True, text=True,
            env={**os.environ, **self._folders(), SECRET: self.account.password},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _folders(self) -> dict[str, str]:
        """Where a command looks besides, also before a test has an environment of its own."""
        folder = str(self.workspace.folder.parent)
        return {f"XDG_{name}_HOME": folder for name in ("CONFIG", "DATA", "STATE", "CACHE")}

    def connect(self) -> str:
        """`heard connect mailbox`: what it says."""
        return self.heard(
            "connect", "mailbox", "--no-input", "--name", NAME, "--address", self.account.user,
            "--user", self.account.user, "--imap", f"imap+starttls://{HOST}:{self.imap.port}",
            "--smtp", f"smtp+starttls://{HOST}:{self.smtp.port}", "--ca", str(self.account.server.certificate),
        )  # fmt: skip

    def go_down(self) -> None:
        """Take the network away."""
        self.imap.go_down()
        self.smtp.go_down()

    def come_back(self) -> None:
        """Give it back."""
        self.imap.come_back()
        self.smtp.come_back()

    def sent(self) -> list[EmailMessage]:
        """What has left the account, in its order."""
        mails = [mail for mail in self.account.server.sent() if mail.sender == self.account.user]
        return [message_from_bytes(mail.raw, policy=policy.default) for mail in mails]

    def wait_for_sent(self, count: int) -> list[EmailMessage]:
        """What has left, as soon as it is so many."""
        until(lambda: len(self.sent()) >= count, f"the leaving of {count} mails")
        return self.sent()

    def kept(self, message_id: str) -> int:
        """How many mails with that Message-ID lie in Sent."""
        found = self.account.do("Sent", "SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
        return len(found[0].split())

    def sync_processes(self) -> list[int]:
        """The sync processes of this workspace that live."""
        wanted = str(self.workspace.folder).encode()
        return [number for number, words in _processes() if wanted in words and b"--for-consoles" in words]


def words_of(mail: EmailMessage) -> str:
    """The first line of what its writer wrote."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).splitlines()[0]


def answer(customer: str, message_id: str, words: str) -> bytes:
    """The customer answers a mail, or writes again behind one."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = customer, conversations.OURS, "Re: my order"
    mail["Message-ID"], mail["In-Reply-To"] = f"<again.{message_id.strip('<>')}>", f"<{message_id.strip('<>')}>"
    mail.set_content(f"{words}\n")
    return mail.as_bytes()


@contextmanager
def opened(account: Account, folder: Path) -> Iterator[Shop]:
    """A shop in that folder, its lines up."""
    server = account.server
    with Line(server.imap_port) as imap, Line(server.smtp_port) as smtp:
        yield Shop(Workspace(folder), account, imap, smtp)


@contextmanager
def moved(shop: Shop, account: Account, folder: Path) -> Iterator[Shop]:
    """The same shop as it is now, with a workspace and a mailbox of its own."""
    shutil.copytree(shop.workspace.folder, folder)
    conversations.copy(shop.account, account)
    with opened(account, folder) as other:
        settings = {
            "address": account.user, "user": account.user, "ca": str(account.server.certificate),
            "imap": f"imap+starttls://{HOST}:{other.imap.port}", "smtp": f"smtp+starttls://{HOST}:{other.smtp.port}",
        }  # fmt: skip
        with closing(connect(other.workspace.database)) as connection, writing(connection):
            connection.execute("UPDATE source SET settings = ?", (json.dumps(settings),))
        yield other
        until(lambda: not other.sync_processes(), "the end of the sync process, since the last console has gone")


def _processes() -> Iterator[tuple[int, bytes]]:
    """Every process that lives, with its command; one that has ended and was not asked about has none."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "cmdline").read_bytes()
        except OSError:
            continue
