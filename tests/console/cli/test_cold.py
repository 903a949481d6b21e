"""What the reading commands load in a process of their own, when they really have something to print."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_tag, make_ticket

PROGRAM = """
import json, sys
from console.__main__ import main
status = main(json.loads(sys.argv[1]))
sys.stderr.write(json.dumps([status, sorted(sys.modules)]))
"""
HEAVY = {"alembic", "phonenumbers", "pydantic", "rapidfuzz", "rich", "selectolax", "sqlalchemy", "sqlmodel", "textual"}


@pytest.mark.parametrize(
    "command",
    [
        ["tickets", "status:active assignee:ana customer:li parcel", "--json"],
        ["tickets"],
        ["show", "1001"],
        ["show", "1001", "--json"],
        ["snippets", "list"],
        ["checklists", "list", "--json"],
        ["report", "checklists"],
        ["report", "service", "--html"],
    ],
)
def test_reading_needs_neither_models_nor_screens(
    workspace: Workspace, connection: Connection, command: list[str]
) -> None:
    ana = make_agent(connection, handle="ana")
    ticket_id = make_ticket(connection, assignee_id=ana, customer_id=make_customer(connection, "Li Wei"))
    make_message(connection, ticket_id, folds='[[0, 1, "quote"]]')
    make_tag(connection, ticket_id, "vip")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(command)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "HEARD_WORKSPACE": str(workspace.folder)},
        cwd=Path(__file__).parents[3],
    )
    status, modules = json.loads(done.stderr)
    assert status == 0
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
