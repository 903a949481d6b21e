"""Who was erased stays erased, however often their helpdesk tells of them; what lies there is never looked for here."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from desk.lookup import IdentityKind
from desk.snippets import Snippet
from storage.backup import backup
from storage.deeds.by import By
from storage.erasing.cleaning import clean_up
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.export.everything import export_everything
from storage.export.page import html_page
from storage.export.person import export_person
from storage.helpdesk.records import ChecklistNews, FileNews, ItemNews, SnippetNews
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW
from tests.storage.helpdesk.far import BO, LI, Far, said, ticket

ALL = (
    BO, ticket(assignee="7"), said("m1", "Li Wei here.", files=(FileNews("f1", "li-wei.jpg", "image/jpeg", 9),)),
    said("m2", "Dear Li Wei", kind="outbound", agent="7", at=NOW), SnippetNews("s1", Snippet("Greeting", "Hello")),
    ChecklistNews("1", "c1", "Call Li Wei", (ItemNews("11", "Li Wei was called", done=True),)),
)  # fmt: skip


def test_an_erased_customer_does_not_come_back(workspace: Workspace, far: Far, by: By) -> None:
    far.tell(*ALL)
    customer_id = int(str(far.stands("customer_id")[0]))
    erase(far.connection, by, find(far.connection, customer_id))
    assert far.all("SELECT * FROM remote_ticket") == far.all("SELECT * FROM remote_file") == []
    before = far.all("SELECT id, subject FROM ticket"), far.all("SELECT id, body FROM message")
    assert far.tell(*ALL) == 0
    assert (far.all("SELECT id, subject FROM ticket"), far.all("SELECT id, body FROM message")) == before
    far.connection.close()
    with closing(open_to_write(workspace)) as connection:
        clean_up(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Li Wei" not in workspace.database.read_bytes()


def test_what_they_wrote_on_somebody_elses_ticket_does_not_come_back(far: Far, by: By) -> None:
    ana = CustomerRecord("Ana Ruiz", (IdentityRecord(IdentityKind.EMAIL, "ana@example.org"),), external_id="c9")
    records = (ticket(customer=ana), said("m1", at=NOW - 2), replace(said("m2", "I too.", at=NOW - 1), customer=LI))
    far.tell(*records)
    (customer_id,) = far.one("SELECT id FROM customer WHERE name = 'Li Wei'")
    erase(far.connection, by, find(far.connection, int(str(customer_id))))
    before = far.all("SELECT id, body, external_id FROM message")
    assert far.tell(*records) == 0
    assert far.all("SELECT id, body, external_id FROM message") == before


def test_a_file_that_lies_there_is_told_and_not_looked_for(
    workspace: Workspace, far: Far, by: By, tmp_path: Path
) -> None:
    far.tell(*ALL)
    person = tmp_path / "person"
    customer_id = int(str(far.stands("customer_id")[0]))
    told = export_person(workspace, far.connection, by, customer_id, person, page=html_page)
    assert len(told.missing) == 1
    assert "it lies at acme" in (person / "person.html").read_text("utf-8")
    everything = export_everything(workspace, far.connection, by, tmp_path / "all", lambda *_: None)
    assert everything.missing == ()
    line = json.loads((tmp_path / "all" / "tickets.jsonl").read_text("utf-8").splitlines()[0])
    assert line["messages"][0]["attachments"] == [
        {"name": "li-wei.jpg", "type": "image/jpeg", "size": 9, "lies_at": "acme"}
    ]
    tables = {file.stem for file in (tmp_path / "all" / "tables").iterdir()}
    assert {"remote_ticket", "remote_agent", "remote_file"} <= tables


def test_a_backup_lacks_nothing(workspace: Workspace, far: Far, tmp_path: Path) -> None:
    far.tell(*ALL)
    copied = backup(workspace, tmp_path / "copy")
    assert (copied.attachments, copied.missing) == (0, ())
