"""The outbox on the screen: what stands there in which order, and what can still be done about it."""

from datetime import UTC

import pytest

from desk.ids import new_uid
from desk.records import OutboxRow
from desk.times import SECOND
from screens.outbox import OutboxScreen, outbox_line, read_outbox, state_words
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_message, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.stage import Stage, harmless_on_screen, storable, written
from widgets.inks import pieces_width
from widgets.moments import moment


def make_operation(connection: Connection, ticket_id: int, state: str, error: str = "") -> int:
    """A row of the outbox."""
    row = connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, kind, payload, state, created_at, ready_at, tries, error)"
        " VALUES(?,?,?,'reply','{}',?,?,?,0,?)",
        (new_uid(), new_uid(), ticket_id, state, NOW, NOW + 9 * SECOND, error),
    )
    assert row.lastrowid is not None
    return row.lastrowid


@pytest.fixture
def operations(connection: Connection) -> dict[str, int]:
    """One of each state."""
    ticket_id = make_ticket(connection)
    states = ("sent", "waiting", "undoable", "held", "failed", "dropped")
    return {state: make_operation(connection, ticket_id, state) for state in states}


def test_what_needs_somebody_comes_first(connection: Connection, operations: dict[str, int]) -> None:
    assert [row.state for row in read_outbox(connection)] == [
        "failed", "held", "undoable", "waiting", "sent", "dropped",
    ]  # fmt: skip


def test_the_words_say_what_happens_next() -> None:
    def row(state: str, tries: int = 0, error: str = "") -> OutboxRow:
        return OutboxRow(1, b"", 1, 1001, "Parcel", "reply", state, NOW, NOW + 9 * SECOND, tries, error)

    assert state_words(row("undoable"), NOW) == "leaves in 9 s, u takes it back"
    assert state_words(row("undoable"), NOW + 10 * SECOND) == "leaves now"
    assert state_words(row("failed", 3, "no such address"), NOW) == "could not be sent (tried 3 times): no such address"
    assert state_words(row("waiting", 1), NOW) == "waits for the connection (tried once)"
    for _, text in HOSTILE:
        line = outbox_line(OutboxRow(1, b"", 1, 1001, text, text, "failed", NOW, NOW, 1, text), 80, NOW)
        assert pieces_width(line) == 80


async def test_a_failed_one_is_tried_again_and_a_held_one_dropped_after_a_question(
    workspace: Workspace, connection: Connection, operations: dict[str, int]
) -> None:
    agent = make_agent(connection)
    app = Stage(workspace, OutboxScreen, agent_id=agent)
    state = "SELECT state FROM outbox WHERE id = ?"
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, OutboxScreen)
        await settled(app)
        assert "4 on the way" in seen(app)
        await pilot.press("f5")
        assert written(connection, state, operations["failed"]) == "waiting"
        screen.lines.go_to(operations["held"])
        await pilot.press("d", "n")
        assert written(connection, state, operations["held"]) == "held"
        await pilot.press("d", "y")
        assert written(connection, state, operations["held"]) == "dropped"
        await pilot.press("u")
        assert written(connection, state, operations["held"]) == "held"
        screen.lines.go_to(operations["sent"])
        await pilot.press("d")
        assert screen.notices.text == "Drop: this line can't be taken away"
        await pilot.press("enter")
        assert [what for what, _ in app.opened] == ["ticket"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_an_empty_outbox_is_one_pane_that_says_what_was_sent_last(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    ticket = make_ticket(connection, subject="Where is my parcel?", number=1042)
    make_message(connection, ticket, kind="outbound", at=NOW - 60 * SECOND)
    make_message(connection, make_ticket(connection, number=1043), kind="outbound", at=NOW - 90 * SECOND)
    make_message(connection, ticket, kind="inbound", at=NOW)
    app = Stage(workspace, OutboxScreen)
    async with app.run_test(size=size):
        screen = app.screen
        assert isinstance(screen, OutboxScreen)
        await settled(app)
        assert "Everything is out" in seen(app)
        assert "Last sent: " + moment(NOW - 60 * SECOND, NOW, UTC) + "  #1042 Where is my parcel?" in seen(app)
        assert not screen.side_pane.display
        assert screen.focused is screen.lines
        make_operation(connection, ticket, "waiting")
        connection.commit()
        screen.changed()
        await settled(app)
        assert "Everything is out" not in seen(app)
        assert "waits for the connection" in seen(app)


async def test_an_outbox_that_nothing_ever_left_says_what_it_is_for(workspace: Workspace) -> None:
    app = Stage(workspace, OutboxScreen)
    async with app.run_test(size=(80, 24)):
        await settled(app)
        assert "What you send waits here until it has left." in seen(app)


async def test_hostile_subjects_and_errors_do_no_harm(workspace: Workspace, connection: Connection) -> None:
    for _, text in HOSTILE:
        make_operation(connection, make_ticket(connection, subject=storable(text)), "failed", storable(text))
    app = Stage(workspace, OutboxScreen)
    async with app.run_test(size=(120, 120)):
        await settled(app)
        harmless_on_screen(app)
    assert not app.failed
