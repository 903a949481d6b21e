"""The list of a search asks indexes alone, however many customers there are."""

import pytest

from storage import contacts
from storage.connect import Connection


@pytest.mark.parametrize("name", ["_RECENT", "_OPEN", "_LAST", "_REACHED"])
def test_no_table_is_read_whole(connection: Connection, name: str) -> None:
    statement = vars(contacts)[name]
    value = 50 if name == "_RECENT" else "[1, 2]"
    plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + statement, (value,))]
    whole = [step for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step and "USING" not in step]
    assert not whole, plan
    assert not [step for step in plan if name == "_RECENT" and "TEMP B-TREE" in step], plan
