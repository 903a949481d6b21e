"""What is started in a terminal, to be timed: the console on a workspace, and its peers on as much of their own.

The peers are neomutt and aerc with the same thousand mails (an mbox, a Maildir), and Textual's own table with as many
rows as it is given (`benchmarks/bare.py`).
"""

import mailbox
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path

from benchmarks.making import NOW, Wanted, copy, kept
from desk.filters import parse
from storage.connect import Connection, writing
from storage.first_page import remember
from storage.queue import Scope, ids_query, rows
from storage.workspace import Workspace, open_to_write
from tests.terminal.term import Term

HEARD = Path(sys.executable).with_name("heard")
ROOT = Path(__file__).parents[1]
MAILS = 1000
# The view that the console opens with: all tickets there are.
VIEW = "Everything"
# How long the conversations at the top of that view are, and how many are made so long.
MESSAGES, LONG = 30, 12


@dataclass(frozen=True, slots=True)
class Desk:
    """What the runs work on: a workspace, a word of its first ticket's subject, and a folder of mails for the peers."""

    workspace: Workspace
    subject: bytes
    mails: Path
    tickets: int

    def console(self) -> Term:
        """The console, just started."""
        environment = {"HEARD_WORKSPACE": str(self.workspace.folder), "HEARD_CONFIG": ""}
        return Term([HEARD], columns=120, rows=40, environment=environment, draw=False)

    def neomutt(self) -> Term:
        """neomutt on the mbox, just started."""
        command: list[str | Path] = ["neomutt", "-n", "-F", self.mails / "muttrc", "-R", "-f", self.mails / "mbox"]
        return Term(command, columns=120, rows=40, draw=False)

    def aerc(self) -> Term:
        """aerc on the Maildir, just started."""
        environment = {"HOME": str(self.mails), "XDG_CONFIG_HOME": str(self.mails / "config")}
        return Term(["aerc"], columns=120, rows=40, environment=environment, draw=False)


def bare(*arguments: str) -> Term:
    """One of the applications in `benchmarks.bare`, just started."""
    command = [sys.executable, "-m", "benchmarks.bare", *arguments]
    return Term(command, columns=120, rows=40, folder=ROOT, draw=False)


def installed(name: str) -> bool:
    """Whether a peer is there to be started."""
    return shutil.which(name) is not None


def prepare(folder: Path, tickets: int) -> Desk:
    """A workspace that was left with all its tickets in the list, the first ones long; and mails for the peers."""
    workspace = copy(kept(Wanted(tickets, tickets, tickets * 3)), folder / f"workspace-{tickets}")
    with closing(open_to_write(workspace)) as connection:
        return Desk(workspace, _remembered(connection), _mails(folder / "mails"), tickets)


def _remembered(connection: Connection) -> bytes:
    view, query, sort = connection.execute("SELECT id, query, sort FROM view WHERE name = ?", (VIEW,)).fetchone()
    ids, parameters = ids_query(connection, Scope(parse(query), sort, None, NOW, UTC))
    first = [row[0] for row in connection.execute(f"{ids} LIMIT ?", (*parameters, LONG))]
    with writing(connection):
        for ticket in first:
            _lengthen(connection, ticket)
    remember(connection, view_id=view, title=VIEW, ids_query=ids, parameters=parameters, counts={}, footer="")
    (row,) = rows(connection, first[:1])
    return row.subject.split(" ")[0].encode()


def _lengthen(connection: Connection, ticket: int) -> None:
    """Say what was said on a ticket again, until it is `MESSAGES` long."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(message)") if row[1] not in {"id", "uid"}]
    names = ", ".join(columns)
    said = [row[0] for row in connection.execute("SELECT id FROM message WHERE ticket_id = ? ORDER BY id", (ticket,))]
    for number in range(MESSAGES - len(said)):
        connection.execute(
            f"INSERT INTO message(uid, {names}) SELECT randomblob(16), {names} FROM message WHERE id = ?",
            (said[number % len(said)],),
        )


def _mails(folder: Path) -> Path:
    """The same mails as an mbox and as a Maildir, with what neomutt and aerc want to be told."""
    if folder.exists():
        return folder
    (folder / "maildir").mkdir(parents=True)
    boxes = (mailbox.mbox(folder / "mbox"), mailbox.Maildir(folder / "maildir" / "INBOX"))
    for number in range(MAILS):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Customer {number} <c{number}@example.com>", "help@example.com"
        mail["Subject"], mail["Date"] = f"matter {number}", f"Mon, 02 Mar 2026 {number % 24:02}:00:00 +0000"
        mail.set_content("A parcel has not come, and the shop does not answer.\n" * 12)
        for box in boxes:
            box.add(mail)
    for box in boxes:
        box.close()
    (folder / "muttrc").write_text(f"set folder={folder}\nset sort=reverse-mailbox-order\n", encoding="utf-8")
    settings = folder / "config" / "aerc"
    settings.mkdir(parents=True)
    account = f"[peer]\nsource = maildir://{folder / 'maildir'}\ndefault = INBOX\nfrom = Peer <help@example.com>\n"
    (settings / "accounts.conf").write_text(account, encoding="utf-8")
    (settings / "accounts.conf").chmod(0o600)
    return folder
