"""However many rows go in together, each is there as if it had gone in alone."""

import pytest

from storage.connect import Connection
from storage.ingest.together import TOGETHER, insert


@pytest.mark.parametrize("count", [0, 1, TOGETHER - 1, TOGETHER, 2 * TOGETHER + 3])
def test_every_row_is_there_once_and_in_order(connection: Connection, count: int) -> None:
    connection.execute("CREATE TEMP TABLE kept(id INTEGER PRIMARY KEY, name TEXT, fixed TEXT)")
    insert(connection, "INSERT INTO kept(name, fixed)", "(?, 'x')", [(f"n{number}",) for number in range(count)])
    rows = [(number + 1, f"n{number}", "x") for number in range(count)]
    assert connection.execute("SELECT * FROM kept ORDER BY id").fetchall() == rows


def test_each_conflict_is_settled_by_itself(connection: Connection) -> None:
    connection.execute("CREATE TEMP TABLE kept(name TEXT PRIMARY KEY, known INTEGER)")
    rows = [(f"n{number % TOGETHER}", number >= TOGETHER) for number in range(2 * TOGETHER + 1)]
    settled = "ON CONFLICT(name) DO UPDATE SET known = 1 WHERE excluded.known > known"
    insert(connection, "INSERT INTO kept(name, known)", "(?, ?)", rows, settled)
    assert connection.execute("SELECT count(*), sum(known) FROM kept").fetchone() == (TOGETHER, TOGETHER)


def test_fewer_statements_than_rows(connection: Connection) -> None:
    statements: list[str] = []
    connection.execute("CREATE TEMP TABLE kept(name TEXT)")
    connection.set_trace_callback(statements.append)
    insert(connection, "INSERT INTO kept(name)", "(?)", [("x",)] * 150)
    connection.set_trace_callback(None)
    assert len(statements) <= 5
