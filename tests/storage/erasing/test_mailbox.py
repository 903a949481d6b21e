"""What a mailbox brings to merged and to erased customers, also when its server counts anew and brings all again."""

from dataclasses import dataclass
from email.utils import formatdate

import pytest
from sqlalchemy import Engine

from desk.times import HOUR, SECOND
from storage import mailbox, sources
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.customer_merge import merge
from storage.engine import deed_session
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.mailbox import Copy, Mailbox
from storage.workspace import Workspace
from tests.factories import NOW

OURS = "help@kettle.example"


@dataclass
class Box:
    """A connected mailbox; each mail lies in it under its own number."""

    workspace: Workspace
    connection: Connection

    def __post_init__(self) -> None:
        with writing(self.connection):
            self.id = sources.add(self.connection, "mailbox", "help", {"address": OURS}, NOW - HOUR)

    def take(self, *mails: tuple[str, str, str], folder: str = "INBOX", validity: int = 1) -> int:
        """How many of these mails (id, from, what it answers) were new."""
        copies = [Copy(folder, validity, uid, (), NOW, _raw(*mail), "here") for uid, mail in enumerate(mails, 1)]
        row = sources.source_named(self.connection, "help")
        box = Mailbox(self.workspace, row, frozenset({OURS}), ())
        return mailbox.take(self.connection, box, copies, NOW, sent=folder == "Sent")

    def owner(self, message_id: str) -> tuple[int, int]:
        """The customer and the ticket of a mail."""
        row = self.connection.execute("SELECT customer_id, ticket_id FROM message WHERE message_id = ?", (message_id,))
        found: tuple[int, int] = row.fetchone()
        return found


def _raw(name: str, sender: str, answers: str) -> bytes:
    more = (f"In-Reply-To: {answers}", f"References: {answers}") if answers else ()
    to = f"To: {OURS}" if OURS not in sender else "To: ana@example.org"
    lines = (f"From: {sender}", to, "Subject: Pump", f"Message-ID: {name}", f"Date: {formatdate(NOW / SECOND)}", *more)
    return "\r\n".join((*lines, "", f"the words of {name}", "")).encode()


@pytest.fixture
def box(workspace: Workspace, connection: Connection) -> Box:
    return Box(workspace, connection)


FIRST = ("<1@example.org>", "Ana <ana@example.org>", "")
OTHER = ("<2@example.net>", "A. Ruiz <aruiz@example.net>", "")
ANSWER = ("<3@kettle.example>", f"Help <{OURS}>", "<1@example.org>")


def test_mail_to_a_merged_customers_address_lands_with_who_stands_for_them(box: Box, engine: Engine, by: By) -> None:
    assert box.take(FIRST, OTHER) == 2
    ana, aruiz = box.owner(FIRST[0])[0], box.owner(OTHER[0])[0]
    with deed_session(engine) as session:
        merge(session, by, aruiz, ana)
    later = ("<4@example.net>", OTHER[1], "")
    assert box.take(later, folder="INBOX", validity=2) == 1
    assert box.owner(later[0])[0] == ana
    assert box.take(FIRST, OTHER, later, validity=3) == 0


def test_what_was_erased_stays_so_when_the_server_counts_anew(box: Box, by: By) -> None:
    assert box.take(FIRST) == 1
    assert box.take(ANSWER, folder="Sent") == 1
    ana, ticket = box.owner(FIRST[0])
    erase(box.connection, by, find(box.connection, ana))
    for folder in ("INBOX", "Sent"):
        mailbox.renumber(box.connection, box.id, folder)
    assert box.take(FIRST, OTHER, validity=2) == 1
    assert box.take(ANSWER, folder="Sent", validity=2) == 0
    assert box.connection.execute("SELECT count(*) FROM message WHERE body <> ''").fetchone() == (1,)
    # She writes again, to the old thread: that is a new customer, and a new ticket.
    again = ("<5@example.org>", FIRST[1], ANSWER[0])
    assert box.take(again, validity=3) == 1
    customer, new = box.owner(again[0])
    assert customer != ana
    assert new != ticket
