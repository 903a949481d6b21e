"""How many modules each entry imports: a start is only as fast as what it leaves out, on every machine alike.

What `heard` itself, its first paint and its configuration import is held in tests/console/test_imports.
"""

from pathlib import Path

import pytest

from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_tag, make_ticket
from tests.loaded import command, loaded

FIRST_FRAME = "import console.start; console.start._application()"
# What takes tens of milliseconds each, and no command that reads needs.
HEAVY = {"alembic", "asyncio", "phonenumbers", "pydantic", "rich", "selectolax", "sqlalchemy", "sqlmodel", "textual"}


@pytest.fixture
def filled(workspace: Workspace, connection: Connection) -> Path:
    """A workspace in which every command that reads finds something."""
    ana, customer = make_agent(connection, handle="ana"), make_customer(connection, "Ana Ruiz", email="ana@example.org")
    index_customers(connection, [customer])
    ticket = make_ticket(connection, assignee_id=ana, customer_id=customer)
    make_message(connection, ticket, folds='[[0, 1, "quote"]]')
    make_tag(connection, ticket, "vip")
    connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, kind, payload, state, created_at, ready_at, tries, error)"
        " VALUES(randomblob(16), randomblob(16), ?, 'reply', '{}', 'failed', 0, 0, 1, 'nobody there')",
        (ticket,),
    )
    return workspace.folder


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("--help",), 40),
        (("--version",), 110),
        (("find", "anna"), 155),
        (("tickets", "status:active assignee:ana tag:vip order"), 140),
        (("show", "#1001"), 175),
        (("outbox", "list"), 115),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_command_imports_no_more_than_it_needs(words: tuple[str, ...], most: int, filled: Path) -> None:
    modules = loaded(command(*words), filled)
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert len(modules) <= most, sorted(modules)


def test_the_first_frame_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    modules = loaded(FIRST_FRAME, tmp_path)
    assert len(modules) <= 460, sorted(modules)


def test_the_live_board_opens_without_what_deeds_and_charts_need(tmp_path: Path) -> None:
    before = loaded(FIRST_FRAME, tmp_path)
    modules = loaded(f"{FIRST_FRAME}\nimport screens.board, screens.explanation", tmp_path)
    assert {name.partition(".")[0] for name in modules} & {"alembic", "plotext", "sqlalchemy", "sqlmodel"} == set()
    assert len(modules - before) <= 60, sorted(modules - before)


def test_the_console_runs_without_openssl_and_leaves_it_to_whoever_asks(tmp_path: Path) -> None:
    assert loaded(FIRST_FRAME, tmp_path) & {"ssl", "_ssl", "_hashlib"} == set()
    assert "_ssl" in loaded(f"{FIRST_FRAME}\nimport ssl, hashlib; hashlib.sha256()", tmp_path)
