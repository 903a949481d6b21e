"""Everything about one person, as JSON and as a page; nobody else's words, and nothing that could run."""

import json
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from desk import flags
from desk.ids import new_uid
from desk.lookup import IdentityKind
from storage import attachments, models
from storage.connect import Connection
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.customer_merge import merge
from storage.engine import deed_session, engine_over
from storage.export.page import html_page
from storage.export.person import export_person, person
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_identity, make_message, make_tag, make_ticket
from tests.hostile import HOSTILE
from tests.screens.stage import storable

BY = By(None, NOW)


@pytest.fixture
def ana(workspace: Workspace, connection: Connection, by: By) -> int:
    """Ana with two records, a ticket of hers with everything on it, and a word on Li's ticket."""
    engine = engine_over(connection)
    customer_id = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    other = make_customer(connection, "A. Ruiz")
    make_identity(connection, other, IdentityKind.PHONE, "+14155550134", known=False)
    ticket = make_ticket(connection, subject="Where is it?", customer_id=customer_id, goal="A bike by Friday")
    message = make_message(connection, ticket, customer_id=customer_id, body="The first words")
    make_tag(connection, ticket, "strapped")
    make_message(connection, ticket, kind="note", body="She is right", agent_id=by.agent_id)
    li = make_customer(connection, "Li Wei")
    shared = make_ticket(connection, subject="Li's own", customer_id=li)
    make_message(connection, shared, customer_id=li, body="What only Li said")
    make_message(connection, shared, customer_id=customer_id, body="What Ana said to Li")
    digest = attachments.keep(workspace, b"a picture")
    with deed_session(engine) as session:
        session.add_all(
            [
                models.Attachment(
                    uid=new_uid(), message_id=message, name="../a/b.png", type="image/png", size=9, digest=digest
                ),
                models.Call(
                    customer_id=customer_id, state="done", way="pop", number="+1415", rang_at=NOW, notes="Rang"
                ),
                models.Gesture(
                    customer_id=customer_id, ticket_id=ticket, kind="voucher", amount=500, currency="EUR",
                    reason="Late", answer="Of course", state="approved", made_at=NOW, decided_at=NOW,
                ),
                models.Promise(ticket_id=ticket, words="by Friday", made_at=NOW, due_at=NOW, target_at=NOW),
                models.Promise(ticket_id=shared, words="what Li was told", made_at=NOW, due_at=NOW, target_at=NOW),
                models.Rating(ticket_id=ticket, score=3, words="Kind", way="word", at=NOW),
                models.Task(id=5, title="Mend the strap", cause="Straps tear", created_at=NOW),
                models.TaskTicket(task_id=5, ticket_id=ticket),
                models.Incident(id=6, title="Parcels are late", state="found", notice="We look", created_at=NOW),
                models.IncidentTicket(incident_id=6, ticket_id=ticket, state="linked", at=NOW),
                models.Draft(ticket_id=ticket, kind="reply", body="Not sent yet", updated_at=NOW),
                models.CustomerValue(customer_id=customer_id, amount=120_000, currency="EUR", updated_at=NOW),
            ]
        )  # fmt: skip
    with deed_session(engine) as session:
        customers.flag(session, by, customer_id, "vip: since the first day")
    with deed_session(engine) as session:
        merge(session, by, other, customer_id)
    return customer_id


def test_all_of_one_and_nothing_of_others(connection: Connection, ana: int) -> None:
    told, page = json.dumps(person(connection, ana, NOW)), html_page(person(connection, ana, NOW))
    for words in (
        "Ana Ruiz", "A. Ruiz", "+14155550134", "The first words", "She is right", "What Ana said to Li", "Rang",
        "5 EUR", "Late", "by Friday", "Kind", "vip", "since the first day", "1,200 EUR", "A bike by Friday",
        "merged A. Ruiz", "Mend the strap", "Straps tear", "Parcels are late", "Not sent yet", "Of course", "strapped",
    ):  # fmt: skip
        assert words in told, words
        assert escape(words) in page, words
    for words in ("What only Li said", "Li's own", "Li Wei", "what Li was told"):
        assert words not in told, words


def test_it_is_written_with_its_files(workspace: Workspace, connection: Connection, ana: int, tmp_path: Path) -> None:
    written = export_person(workspace, connection, BY, ana, tmp_path / "out", page=html_page)
    assert (written.files, written.attachments, written.missing) == (("person.json", "person.html"), 1, ())
    told = json.loads((tmp_path / "out" / "person.json").read_text("utf-8"))
    (file,) = [file for ticket in told["tickets"] for message in ticket["messages"] for file in message["attachments"]]
    assert (tmp_path / "out" / file["file"]).read_bytes() == b"a picture"
    assert (tmp_path / "out" / file["file"]).resolve().parent == (tmp_path / "out" / "attachments").resolve()
    assert (tmp_path / "out" / "person.json").stat().st_mode & 0o777 == 0o600
    attachments.path(workspace, bytes.fromhex(file["sha256"])).unlink()
    assert export_person(workspace, connection, BY, ana, tmp_path / "again").missing == (file["file"],)


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_nothing_that_somebody_wrote_can_run(connection: Connection) -> None:
    texts = [storable(text) for _, text in HOSTILE]
    texts += [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</pre></style><iframe src=//x>",
        "<a href=javascript:1>",
    ]
    for number, text in enumerate(texts):
        customer_id = make_customer(connection, text or "x")
        make_identity(connection, customer_id, IdentityKind.HANDLE, f"{text}{number}")
        ticket = make_ticket(connection, subject=text, customer_id=customer_id, goal=text)
        make_message(connection, ticket, customer_id=customer_id, body=text, sender=text)
        connection.execute(
            "UPDATE customer SET note = ?, flags = ?, details = ? WHERE id = ?",
            (text, flags.write([flags.Flag(text, text)]), json.dumps({text: text}), customer_id),
        )
        page = html_page(person(connection, customer_id, NOW))
        seen = Seen()
        seen.feed(page)
        assert seen.tags <= {
            "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "p", "table", "tr", "td",
            "th", "div",
            "pre",
        }  # fmt: skip
        assert seen.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "default-src 'none'" in page
