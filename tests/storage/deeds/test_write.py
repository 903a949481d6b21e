from pathlib import Path

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.records import DraftRow
from desk.statuses import Status
from desk.times import HOUR, SECOND
from storage import attachments, drafts
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.workspace import Workspace
from sync.outbox import deliver_local
from tests.factories import NOW, make_customer, make_message, make_source, make_tag, make_ticket

REPLY = Outgoing("reply", "It left yesterday.\n\nAna", recipients="li@example.org", subject="Re: order")


def _draft(ticket: int, agent_id: int | None, body: str, kind: str = "reply_all") -> DraftRow:
    assert agent_id is not None
    return DraftRow(ticket, agent_id, kind, "li@example.org", "", "Re: order", body, (), 3, 7, NOW - SECOND)


def _write(engine: Engine, by: By, ticket: int, outgoing: Outgoing = REPLY) -> None:
    with deed_session(engine) as session:
        write(session, by, ticket, outgoing)


def _undo(engine: Engine, by: By) -> None:
    with deed_session(engine) as session:
        undo(session, by)


def test_a_reply_is_a_message_with_history_outbox_and_no_draft_left(
    connection: Connection, engine: Engine, by: By
) -> None:
    customer = make_customer(connection, email="li@example.org")
    ticket = make_ticket(connection, customer_id=customer, unread=True, due_at=NOW + HOUR, inbound_at=NOW - HOUR)
    make_message(connection, ticket, at=NOW - HOUR)
    drafts.save(connection, _draft(ticket, by.agent_id, "It left"))
    with deed_session(engine) as session:
        done = write(session, by, ticket, REPLY)
    assert done.title == "Replied to #1001"
    message = connection.execute(
        "SELECT id, kind, at, agent_id, customer_id, sender, recipients, subject, body FROM message WHERE at = ?",
        (NOW,),
    ).fetchone()
    assert message[1:] == (
        "outbound", NOW, by.agent_id, customer, "Ana Ruiz", "li@example.org", "Re: order", REPLY.body,
    )  # fmt: skip
    row = connection.execute(
        "SELECT outbound_at, first_response_at, message_count, preview, unread, due_at, status FROM ticket"
    ).fetchone()
    assert row == (NOW, NOW, 1, "It left yesterday. Ana", 0, None, 0)
    outbox = connection.execute(
        "SELECT deed, message_id, kind, state, ready_at, sent_at, payload FROM outbox"
    ).fetchall()
    assert outbox == [(done.deed, message[0], "reply", "undoable", NOW + 15 * SECOND, None, '{"seen_inbound_id": 7}')]
    assert connection.execute("SELECT kind, deed, message_id FROM event").fetchall() == [
        ("replied", done.deed, message[0])
    ]
    assert drafts.listed(connection, by.agent_id or 0) == ()
    assert connection.execute("SELECT contacted_at FROM customer").fetchone() == (NOW,)


def test_an_answered_customer_is_the_most_recent_one(connection: Connection, engine: Engine, by: By) -> None:
    customer = make_customer(connection)
    later = make_customer(connection, name="Sam O'Hara")
    _write(engine, by, make_ticket(connection, customer_id=customer))
    recency = dict(connection.execute("SELECT id, recency FROM customer").fetchall())
    assert recency[customer] > recency[later]


def test_a_note_is_sent_at_once_and_goes_to_nobody(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, due_at=NOW + HOUR, preview="Where is it?")
    _write(engine, by, ticket, Outgoing("note", "Carrier called.", recipients="li@example.org"))
    assert connection.execute("SELECT kind, recipients FROM message").fetchone() == ("note", "")
    assert connection.execute("SELECT state, sent_at FROM outbox").fetchone() == ("sent", NOW)
    row = connection.execute("SELECT outbound_at, due_at, preview, message_count FROM ticket").fetchone()
    assert row == (None, NOW + HOUR, "Where is it?", 1)


def test_sending_and_solving_are_one_deed(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, due_at=NOW + HOUR)
    before = connection.execute("SELECT * FROM ticket").fetchall()
    _write(engine, by, ticket, Outgoing("reply", "Done!", after=Change(status=Status.SOLVED)))
    assert connection.execute("SELECT status, solved_at FROM ticket").fetchone() == (3, NOW)
    # The status concerns nobody else, so that only the reply counts down.
    rows = connection.execute("SELECT kind, state, count(*) OVER (PARTITION BY deed) FROM outbox ORDER BY id")
    assert rows.fetchall() == [("reply", "undoable", 2), ("change", "sent", 2)]
    _undo(engine, by)
    assert connection.execute("SELECT * FROM ticket").fetchall() == before
    assert connection.execute("SELECT state FROM outbox WHERE kind = 'reply'").fetchall() == [("dropped",)]


def test_what_a_macro_changes_goes_with_the_reply_and_what_is_so_already_is_no_matter(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    make_tag(connection, ticket, "refund")
    before = connection.execute("SELECT * FROM ticket").fetchall()
    # Once a change of nothing was refused behind a reply that had left, and its words hid the countdown.
    _write(engine, by, ticket, Outgoing("reply", "Done!", after=Change(add_tags=("refund",))))
    _write(engine, by, ticket, Outgoing("reply", "Done!", after=Change(priority=2, add_tags=("refund", "vip"))))
    assert connection.execute("SELECT priority FROM ticket").fetchone() == (2,)
    tags = "SELECT name FROM tag JOIN ticket_tag ON tag_id = id ORDER BY name"
    assert connection.execute(tags).fetchall() == [("refund",), ("vip",)]
    _undo(engine, by)
    _undo(engine, by)
    assert connection.execute("SELECT * FROM ticket").fetchall() == before
    assert connection.execute(tags).fetchall() == [("refund",)]


@pytest.mark.parametrize("body", ["", " \n\t\n", "\x1b[2J"])
def test_an_empty_reply_is_refused(connection: Connection, engine: Engine, by: By, body: str) -> None:
    ticket = make_ticket(connection)
    with pytest.raises(BadInput, match="reply is empty"):
        _write(engine, by, ticket, Outgoing("reply", body))


def test_a_merged_ticket_takes_no_more_words(connection: Connection, engine: Engine, by: By) -> None:
    other = make_ticket(connection)
    ticket = make_ticket(connection, merged_into_id=other)
    with pytest.raises(Refused, match="#1002 was merged"):
        _write(engine, by, ticket)


def test_a_taken_back_reply_is_the_same_draft_again(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    drafts.save(connection, _draft(ticket, by.agent_id, "It left"))
    _write(engine, by, ticket)
    _undo(engine, By(by.agent_id, NOW + 14 * SECOND))
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
    (draft,) = drafts.listed(connection, by.agent_id or 0)
    assert (draft.kind, draft.body, draft.recipients, draft.subject) == (
        "reply_all", REPLY.body, "li@example.org", "Re: order",
    )  # fmt: skip


def test_what_was_begun_meanwhile_is_not_lost(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    _write(engine, by, ticket)
    drafts.save(connection, _draft(ticket, by.agent_id, "One more thing", "reply"))
    _undo(engine, by)
    (draft,) = drafts.listed(connection, by.agent_id or 0)
    assert draft.body == f"{REPLY.body}\n\nOne more thing"


def test_a_reply_sent_again_ends_its_draft_but_not_a_changed_one(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    _write(engine, by, ticket)
    message = connection.execute("SELECT * FROM message").fetchall()
    _undo(engine, by)
    with deed_session(engine) as session:
        redo(session, By(by.agent_id, NOW + SECOND))
    assert connection.execute("SELECT * FROM message").fetchall() == message
    assert drafts.listed(connection, by.agent_id or 0) == ()
    rows = connection.execute("SELECT state, ready_at, message_id FROM outbox ORDER BY id").fetchall()
    assert rows == [("dropped", NOW + 15 * SECOND, None), ("undoable", NOW + 16 * SECOND, message[0][0])]
    _undo(engine, by)
    drafts.save(connection, _draft(ticket, by.agent_id, "It left on Friday.", "reply"))
    with deed_session(engine) as session:
        redo(session, by)
    assert [draft.body for draft in drafts.listed(connection, by.agent_id or 0)] == ["It left on Friday."]


@pytest.mark.parametrize("delivered", [True, False], ids=["delivered", "not yet delivered"])
def test_a_sent_reply_stays_sent(connection: Connection, engine: Engine, by: By, delivered: bool) -> None:
    ticket = make_ticket(connection)
    _write(engine, by, ticket)
    late = By(by.agent_id, NOW + 15 * SECOND)
    if delivered:
        assert deliver_local(connection, late.at) == 1
    with pytest.raises(Refused, match="reply on #1001 was already sent"):
        _undo(engine, late)
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (1,)
    assert drafts.listed(connection, by.agent_id or 0) == ()


def test_without_undo_time_it_is_sent_or_waits_for_its_source(connection: Connection, engine: Engine, by: By) -> None:
    here = make_ticket(connection)
    there = make_ticket(connection, source_id=make_source(connection))
    at_once = By(by.agent_id, NOW, undo_seconds=0)
    _write(engine, at_once, here)
    _write(engine, at_once, there)
    assert connection.execute("SELECT state FROM outbox ORDER BY id").fetchall() == [("sent",), ("waiting",)]
    _undo(engine, at_once)
    assert connection.execute("SELECT state FROM outbox ORDER BY id").fetchall() == [("sent",), ("dropped",)]


def test_attached_files_are_kept_and_come_back_as_paths(
    connection: Connection, engine: Engine, by: By, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "invoice.pdf"
    file.write_bytes(b"%PDF-1.7")
    ticket = make_ticket(connection)
    _write(engine, by, ticket, Outgoing("forward", "", recipients="accounts@example.org", attachments=(file,)))
    name, kind, size, digest = connection.execute("SELECT name, type, size, digest FROM attachment").fetchone()
    assert (name, kind, size) == ("invoice.pdf", "application/pdf", 8)
    assert attachments.path(workspace, digest).read_bytes() == b"%PDF-1.7"
    _undo(engine, by)
    assert connection.execute("SELECT count(*) FROM attachment").fetchone() == (0,)
    (draft,) = drafts.listed(connection, by.agent_id or 0)
    assert draft.attachments == (str(file),)


def test_a_file_that_is_gone_sends_nothing(connection: Connection, engine: Engine, by: By, tmp_path: Path) -> None:
    ticket = make_ticket(connection)
    drafts.save(connection, _draft(ticket, by.agent_id, "See below"))
    with pytest.raises(BadInput, match=r"gone\.txt"):
        _write(engine, by, ticket, Outgoing("reply", "See below", attachments=(tmp_path / "gone.txt",)))
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
    assert len(drafts.listed(connection, by.agent_id or 0)) == 1
