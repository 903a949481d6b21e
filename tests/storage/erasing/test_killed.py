"""A process that is killed behind an erasure: the rows are empty, and whoever opens next cleans the files."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.connect import Connection
from storage.erasing.cleaning import pending
from storage.search.index import index_customers
from storage.workspace import Workspace, open_to_write
from tests.factories import make_customer, make_message, make_ticket

WORD = "zymurgy"
KILLED = """
import os, signal, sys
from pathlib import Path
from storage.deeds.by import By
from storage.erasing import cleaning, erase as erasing
from storage.erasing.traces import find
from storage.workspace import Workspace, open_to_write

connection = open_to_write(Workspace(Path(sys.argv[1])))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
{where}
erasing.erase(connection, By(None, 1), find(connection, int(sys.argv[2])))
cleaning.clean_up(connection)
"""


@pytest.mark.parametrize(
    ("where", "rows_are_empty"),
    [
        ("erasing.Rewriting.run = die", False),
        ("cleaning._remove_files = die", True),
        ("cleaning._written_anew = die", True),
    ],
)
def test_it_is_whole_or_goes_on(workspace: Workspace, connection: Connection, where: str, rows_are_empty: bool) -> None:
    customer_id = make_customer(connection, f"Ana {WORD}")
    make_message(connection, make_ticket(connection, customer_id=customer_id), customer_id=customer_id, body=WORD * 3)
    index_customers(connection, [customer_id])
    connection.close()
    code = KILLED.format(where=where)
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.folder), str(customer_id)],
        check=False, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert done.returncode == -9
    with closing(open_to_write(workspace)) as again:
        empty = again.execute("SELECT count(*) FROM message WHERE body = ''").fetchone() == (1,)
        assert empty == rows_are_empty
        assert not pending(again)
    left = [
        file for file in workspace.folder.rglob("*") if file.is_file() and WORD.encode() in file.read_bytes().lower()
    ]
    assert bool(left) != rows_are_empty
