"""Checklists that were begun on a ticket."""

from desk.ids import new_uid
from storage.connect import Connection
from storage.runs import runs
from tests.factories import NOW, make_agent, make_ticket


def begin(connection: Connection, ticket_id: int, key: str, at: int) -> int:
    cursor = connection.execute(
        "INSERT INTO checklist_run(uid, ticket_id, checklist_key, started_at) VALUES(?,?,?,?)",
        (new_uid(), ticket_id, key, at),
    )
    return int(cursor.lastrowid or 0)


def test_runs_come_with_their_ticks_in_the_order_made(connection: Connection) -> None:
    ana, ticket_id = make_agent(connection, name="Ana"), make_ticket(connection)
    ten = begin(connection, ticket_id, "ten-steps", NOW + 1)
    heard = begin(connection, ticket_id, "heard", NOW)
    begin(connection, make_ticket(connection), "heard", NOW)
    connection.executemany(
        "INSERT INTO checklist_tick(run_id, step, state, agent_id, at, reason, text) VALUES(?,?,?,?,?,?,?)",
        [
            (heard, "apologize", "skipped", None, NOW + 9, "not our fault", ""),
            (heard, "hear", "done", ana, NOW + 5, "", ""),
        ],
    )
    first, second = runs(connection, ticket_id)
    assert (first.id, first.checklist) == (heard, "heard")
    assert [(tick.step, tick.state, tick.agent, tick.reason) for tick in first.ticks] == [
        ("hear", "done", "Ana", ""),
        ("apologize", "skipped", "", "not our fault"),
    ]
    assert (second.id, second.checklist, second.ticks) == (ten, "ten-steps", ())


def test_a_ticket_without_a_checklist_has_no_runs(connection: Connection) -> None:
    assert runs(connection, make_ticket(connection)) == ()
