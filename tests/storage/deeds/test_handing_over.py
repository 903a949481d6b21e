import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, NotFound, Refused
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.handing_over import hand_over
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.supervisors import set_role
from tests.factories import make_agent, make_ticket


def test_the_supervisor_with_the_least_to_do_gets_it_with_the_reason(
    connection: Connection, engine: Engine, by: By
) -> None:
    busy, free = make_agent(connection, handle="bo", name="Bo"), make_agent(connection, handle="cy", name="Cy Young")
    for handle in ("ana", "bo", "cy"):
        set_role(connection, by, handle, "supervisor")
    make_ticket(connection, assignee_id=busy)
    ticket = make_ticket(connection, assignee_id=by.agent_id)
    with deed_session(engine) as session:
        done = hand_over(session, by, ticket, "threatened to come by")
    (number,) = connection.execute("SELECT number FROM ticket WHERE id = ?", (ticket,)).fetchone()
    assert done.title == f"Handed #{number} over to Cy Young"
    assert connection.execute("SELECT assignee_id FROM ticket WHERE id = ?", (ticket,)).fetchone() == (free,)
    note = connection.execute("SELECT kind, body FROM message WHERE ticket_id = ?", (ticket,)).fetchone()
    assert note == ("note", "Handed over to Cy Young: threatened to come by")
    with deed_session(engine) as session:
        assert undo(session, by).title == f"Undone: {done.title}"
    assert connection.execute("SELECT assignee_id FROM ticket WHERE id = ?", (ticket,)).fetchone() == (by.agent_id,)
    assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)


def test_without_a_supervisor_it_says_how_to_name_one(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with pytest.raises(Refused, match="no other supervisor") as told, deed_session(engine) as session:
        hand_over(session, by, ticket, "shouts")
    assert "heard agents role HANDLE supervisor" in str(told.value)
    with pytest.raises(BadInput, match="know why"), deed_session(engine) as session:
        hand_over(session, by, ticket, " ")
    with pytest.raises(NotFound, match="no agent"):
        set_role(connection, by, "nobody", "supervisor")
