"""What no database can hold: it comes in mended, and keeps nothing else from coming in."""

from dataclasses import replace

import pytest

from desk.lookup import IdentityKind
from desk.snippets import Snippet
from storage.helpdesk.records import (
    AgentNews,
    CallNews,
    ChecklistNews,
    CustomerNews,
    FileNews,
    HelpdeskRecord,
    ItemNews,
    Passed,
    SnippetNews,
    TicketGone,
    ViewNews,
)
from storage.ingest.records import CustomerRecord, IdentityRecord
from tests.factories import NOW
from tests.storage.helpdesk.far import Far, said, ticket

HALF = "a\ud83d\x00\x1b[31m\u202e"
NOBODY = CustomerRecord(HALF, (IdentityRecord(IdentityKind.EMAIL, HALF),), external_id=HALF)
FILES = (FileNews(HALF, HALF, HALF, -5), FileNews("", "", "", 1 << 70))
TICKET = replace(
    ticket(tags=(HALF,), label=HALF, queue=HALF, subject=HALF, assignee=HALF, customer=NOBODY, version=HALF),
    number=HALF, url=HALF, priority_label=HALF, fields={HALF: HALF, "": ""},
)  # fmt: skip
MESSAGE = replace(said("m1", HALF, files=FILES), sender=HALF, recipients=HALF, subject=HALF, operation=HALF)
STRANGE: list[tuple[HelpdeskRecord, ...]] = [
    (AgentNews(HALF, HALF, HALF, HALF), AgentNews("", "")),
    (TICKET, replace(MESSAGE, customer=NOBODY)),
    (ticket(HALF), said(HALF, of=HALF), TicketGone(HALF, HALF)),
    (replace(ticket(), created_at=-(1 << 80), updated_at=1 << 80), replace(said("m1"), at=1 << 80)),
    (CustomerNews(NOBODY), CustomerNews(CustomerRecord("", ()))),
    (ticket(), ChecklistNews("1", HALF, HALF, (ItemNews(HALF, HALF, done=True), ItemNews("", "", done=False)))),
    (CallNews(HALF, "in", HALF, HALF, 1 << 80, answered=True, seconds=-5, agent=HALF),),
    (SnippetNews(HALF, Snippet(HALF, HALF, trigger=HALF, folder=HALF)),),
    (ViewNews(HALF, HALF, "is:unread"), ViewNews("2", "", HALF)),
    (ticket(), TicketGone("1", HALF), TicketGone("1", "1"), Passed(HALF, HALF)),
]  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE, ids=lambda records: type(records[-1]).__name__)
def test_what_no_database_can_hold_keeps_nothing_from_coming_in(far: Far, strange: tuple[HelpdeskRecord, ...]) -> None:
    whole = (ticket("77", subject="All is well"), said("m77", of="77"))
    far.tell(*strange, *whole)
    far.tell(*whole, *strange)
    assert far.stands("subject", "message_count", ticket="77") == ("All is well", 1)
    assert far.all("PRAGMA integrity_check") == [("ok",)]
    assert far.all("PRAGMA foreign_key_check") == []


def test_what_is_mended_is_here(far: Far) -> None:
    far.tell(replace(ticket(tags=("late\ud83d",)), version="v\ud83d"), said("m1", at=NOW))
    assert far.tags() == {"late?"}
    assert far.all("SELECT version FROM remote_ticket") == [("v?",)]
    assert far.tell(replace(ticket(tags=("late\ud83d",)), version="v\ud83d"), said("m1", at=NOW)) == 0
    assert len(far.all("SELECT id FROM ticket")) == 1
