import subprocess
import sys

from desk.records import DraftRow
from storage import drafts
from storage.connect import Connection, connect
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_ticket


def _draft(connection: Connection, body: str = "Dear Li, 您好") -> DraftRow:
    ticket, agent = make_ticket(connection), make_agent(connection)
    return DraftRow(ticket, agent, "reply", "li@example.org", "", "Re: lamp", body, ("/home/ana/a.pdf",), 4, 7, NOW)


def test_a_draft_comes_back_as_it_was_and_takes_its_own_place(connection: Connection) -> None:
    draft = _draft(connection)
    drafts.save(connection, draft)
    assert drafts.load(connection, draft.ticket_id, draft.agent_id, "reply") == draft
    later = draft._replace(body="Dear Li,\n\nit left today", cursor=10, seen_inbound_id=None, updated_at=NOW + 1)
    drafts.save(connection, later)
    assert drafts.listed(connection, draft.agent_id) == (later,)


def test_kinds_and_agents_are_kept_apart_the_newest_first(connection: Connection) -> None:
    reply = _draft(connection)
    note = reply._replace(kind="note", body="Angry!", updated_at=NOW + 1)
    theirs = reply._replace(agent_id=make_agent(connection, handle="sam", name="Sam"))
    for draft in (reply, note, theirs):
        drafts.save(connection, draft)
    assert drafts.listed(connection, reply.agent_id) == (note, reply)
    drafts.forget(connection, reply.ticket_id, reply.agent_id, "note")
    assert drafts.load(connection, reply.ticket_id, reply.agent_id, "note") is None
    assert drafts.listed(connection, reply.agent_id) == (reply,)
    assert drafts.listed(connection, theirs.agent_id) == (theirs,)


def test_a_saved_draft_is_in_the_file_at_once(connection: Connection, workspace: Workspace) -> None:
    draft = _draft(connection)
    drafts.save(connection, draft)
    other = connect(workspace.database, read_only=True)
    assert drafts.load(other, draft.ticket_id, draft.agent_id, "reply") == draft
    other.close()


def test_typing_waits_for_nothing_heavy() -> None:
    code = "import sys, storage.drafts; print([name for name in ('sqlmodel', 'sqlalchemy') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
