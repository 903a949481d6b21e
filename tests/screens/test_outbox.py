"""The outbox on the screen: what stands there in which order, and what can still be done about it."""

from datetime import UTC

import pytest
from sqlalchemy import Engine

from desk.ids import new_uid
from desk.records import OutboxRow
from desk.times import SECOND
from screens.action import Place
from screens.outbox import OutboxScreen, read_outbox
from screens.outbox_lines import advice, outbox_line, state_words
from screens.overtaken import both_texts
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.outbox import Heard, Overtaken
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_message, make_source, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, place, press
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
    failed = row("failed", 3, "no such address")
    assert state_words(failed, NOW) == "not sent, Ctrl+E changes it (tried 3 times): no such address"
    assert state_words(failed._replace(kind="note"), NOW).startswith("not sent, Ctrl+E changes it (tried 3 times)")
    assert state_words(failed._replace(kind="change"), NOW).startswith("not sent, F5 tries it again (tried 3 times)")
    assert "Y, F5 or d" in state_words(row("held")._replace(doubtful=True), NOW)
    assert state_words(row("waiting", 1), NOW) == "waits for the connection (tried once)"
    for _, text in HOSTILE:
        line = outbox_line(OutboxRow(1, b"", 1, 1001, text, text, "failed", NOW, NOW, 1, text), 80, NOW)
        assert pieces_width(line) == 80


def test_what_waits_for_a_person_says_what_that_person_can_do() -> None:
    row = OutboxRow(1, b"", 1, 1001, "Parcel", "reply", "failed", NOW, NOW, 1, "No such address.")

    def keys(row: OutboxRow) -> list[str]:
        return [line[0][0].strip() for line in advice(row, 60) if len(line) == 2]

    assert advice(row, 60)[0] == [(" No such address.", "plain")]
    assert keys(row) == ["Ctrl+E", "F5", "d"]
    assert keys(row._replace(kind="change")) == ["F5", "d"]
    assert "goes back to what stands there" in str(advice(row._replace(kind="change"), 80))
    assert keys(row._replace(state="held", doubtful=True)) == ["Y", "F5", "d"]
    assert advice(row._replace(state="held"), 60) == []
    assert keys(row._replace(state="bounced")) == ["Ctrl+E", "F5", "d"]
    assert "did not get it" in str(advice(row._replace(state="bounced"), 60))
    for _, text in HOSTILE:
        for cells in (12, 80):
            lines = advice(row._replace(error=text * 40), cells)
            assert len(lines) <= 8
            assert all(pieces_width(line) <= cells for line in lines)


async def test_the_title_counts_what_will_really_leave(
    workspace: Workspace, connection: Connection, engine: Engine
) -> None:
    """Offline, notes, states and tags once counted until the next round, though a mailbox knows nothing of them."""
    ids = fill(connection)
    connection.execute("UPDATE ticket SET source_id = ?", (make_source(connection),))
    connection.commit()
    by = By(1, NOW, undo_seconds=0)
    with deed_session(engine) as session:
        write(session, by, ids[0], Outgoing("note", "Called."))
        change(session, by, ids, Change(add_tags=("late",)))
        write(session, by, ids[1], Outgoing("reply", "Sent.", "c1@example.org", after=Change(status=3)))
    async with console(workspace) as app:
        assert " ↑1 " in seen(app).splitlines()[0]
        await press(app, "g", "o")
        assert "1 on the way" in seen(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_doubt_is_told_in_plain_words_and_settled(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    ticket = fill(connection)[0]
    row_id = make_operation(connection, ticket, "held", "It may have left")
    connection.execute("UPDATE outbox SET payload = '{\"doubtful\": true}' WHERE id = ?", (row_id,))
    overtaken_reply(connection, ticket)
    state = "SELECT state FROM outbox WHERE id = ?"
    async with console(workspace, size=size) as app:
        await press(app, "g", "o")
        for words in ("The line broke while", "it did arrive: count it as sent", "send it again: whoever"):
            assert words in seen(app)
        await press(app, "Y")
        assert written(connection, state, row_id) == "sent"
        assert "it did arrive" not in seen(app), "the other one is held by no doubt"
        await press(app, "u")
        assert written(connection, state, row_id) == "held"
        await press(app, "F5")
        assert "gets it a second time" in seen(app)
        await press(app, "n", "d", "y")
        assert written(connection, state, row_id) == "dropped"
        await press(app, "Y")
        assert "there is no doubt about it" in seen(app)


async def test_a_held_reply_is_changed_where_its_ticket_was_merged_into(
    workspace: Workspace, connection: Connection, engine: Engine
) -> None:
    overtaken_reply(connection)
    _, other = sorted(ticket for (ticket,) in connection.execute("SELECT id FROM ticket").fetchall())[:2]
    first = written(connection, "SELECT min(id) FROM ticket")
    async with console(workspace) as app:
        await press(app, "g", "o")
        with deed_session(engine) as session:
            merge(session, By(1, NOW, 0), (int(str(first)),), other)
        await press(app, "Ctrl+E")
        assert place(app) is Place.COMPOSER
        assert desk(app).composer.written.body == "It is on its way."
        assert desk(app).current_id == other
        assert written(connection, "SELECT ticket_id FROM draft") == other


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


async def test_what_came_back_is_sent_again_or_left_at_that(workspace: Workspace, connection: Connection) -> None:
    ticket = make_ticket(connection, source_id=make_source(connection), number=1042)
    message = make_message(connection, ticket, kind="outbound", recipients="ana@example.org, li@example.org")
    first, second = (
        make_operation(connection, ticket, "bounced", "It did not arrive at li@example.org: full") for _ in "ab"
    )
    missed = '{"li@example.org": {"who": "li@example.org", "why": "full", "known": "li@example.org"}}'
    connection.execute("UPDATE outbox SET message_id = ?, payload = json_object('missed', json(?))", (message, missed))
    connection.commit()
    app = Stage(workspace, OutboxScreen, agent_id=make_agent(connection))
    state = "SELECT state FROM outbox WHERE id = ?"
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(app)
        assert "It did not arrive at li@example.org: full" in seen(app)
        await pilot.press("f5")
        assert written(connection, state, first) == "sent"
        assert (
            written(connection, "SELECT payload ->> '$.only' FROM outbox WHERE kind = 'resend'") == '["li@example.org"]'
        )
        screen = app.screen
        assert isinstance(screen, OutboxScreen)
        screen.lines.go_to(second)
        await pilot.press("d")
        await settled(app)
        assert "with what went wrong" in seen(app)
        await pilot.press("y")
        assert written(connection, state, second) == "sent"


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


def overtaken_reply(connection: Connection, ticket: int = 0) -> tuple[int, int]:
    """A reply of Ana's that is held, since Rosa wrote meanwhile; its row, and Rosa's newest message."""
    ticket = ticket or fill(connection)[0]
    seen_id = written(connection, "SELECT max(id) FROM message WHERE ticket_id = ?", ticket)
    message = make_message(connection, ticket, kind="outbound", body="It is on its way.", recipients="c0@example.org")
    row_id = make_operation(connection, ticket, "held", "read it first")
    connection.execute(
        "UPDATE outbox SET message_id = ?, payload = json_object('seen_inbound_id', ?) WHERE id = ?",
        (message, seen_id, row_id),
    )
    deed = written(connection, "SELECT deed FROM outbox WHERE id = ?", row_id)
    connection.execute(
        "INSERT INTO event(deed, kind, at, ticket_id, message_id, data, patch) VALUES(?, 'replied', ?, ?, ?, ?, '')",
        (deed, NOW, ticket, message, '{"draft": "reply_all", "attachments": []}'),
    )
    newest = make_message(connection, ticket, body="It has come, thank you!", sender="c0@example.org")
    connection.commit()
    return row_id, newest


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_held_reply_stands_beside_what_came_meanwhile(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    row_id, newest = overtaken_reply(connection)
    async with console(workspace, size=size) as app:
        await press(app, "g", "o")
        for words in ("It has come, thank you!", "It is on its way.", "send it as it is, change it, or drop it"):
            assert words in seen(app)
        await press(app, "F5", "y")
        assert written(connection, "SELECT state FROM outbox WHERE id = ?", row_id) == "waiting"
        assert written(connection, "SELECT payload ->> 'seen_inbound_id' FROM outbox WHERE id = ?", row_id) == newest
        assert "It has come" not in seen(app) or size != (80, 24)


async def test_a_held_reply_goes_back_into_the_composer(workspace: Workspace, connection: Connection) -> None:
    row_id, newest = overtaken_reply(connection)
    async with console(workspace) as app:
        await press(app, "g", "o", "Ctrl+E")
        assert written(connection, "SELECT state FROM outbox WHERE id = ?", row_id) == "dropped"
        assert place(app) is Place.COMPOSER
        assert desk(app).composer.written.body == "It is on its way."
        assert written(connection, "SELECT seen_inbound_id FROM draft") == newest


def test_both_texts_fit_whatever_room_there_is() -> None:
    long = "\n".join("Line " + str(number) for number in range(40))
    for _, text in HOSTILE:
        found = Overtaken(1, NOW, text + long, (Heard(1, NOW, text, text), Heard(2, NOW, "Li", "The newest" + long)))
        for width in (20, 76, 120):
            for height in (1, 2, 12, 90):
                lines = both_texts(found, width, height, NOW, UTC)
                assert len(lines) <= max(height, 2)
                assert all(pieces_width(line) <= width for line in lines)
    lines = both_texts(found, 80, 12, NOW, UTC)
    assert "The newest" in str(lines[1])
    assert str(lines[-1]).count("more of it on the ticket") == 2
