"""The tickets behind a number are a list of the queue like any other, and Esc goes back to the number."""

from collections.abc import Sequence

from screens.action import Place
from screens.reading import Behind
from storage.connect import Connection, writing
from storage.workspace import Workspace
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, notice, place, press
from tests.screens.stage import written


def unassigned(connection: Connection, _now: int) -> Sequence[int]:
    """What nobody has, whatever its state."""
    return [row[0] for row in connection.execute("SELECT id FROM ticket WHERE assignee_id IS NULL ORDER BY id")]


def without_agent(connection: Connection, ids: Sequence[int]) -> None:
    with writing(connection):
        connection.executemany("UPDATE ticket SET assignee_id = NULL WHERE id = ?", [(each,) for each in ids])


async def test_it_shows_exactly_these_and_says_what_they_are(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    without_agent(connection, ids[:3])
    async with console(workspace) as app:
        desk(app).show_behind(Behind("Nobody has them", "Nobody has them yet", unassigned, "due", lambda: None))
        await settled(app)
        assert [row.id for row in desk(app)._listing.rows] == ids[:3]  # type: ignore[union-attr]  # it is read
        assert "Nobody has them 3" in seen(app).split("\n")[0]
        assert desk(app).queue.cursor_id == ids[0]
        assert notice(app) == "Nobody has them yet. Esc goes back to the number"


async def test_the_cursor_begins_at_the_ticket_that_was_chosen(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    without_agent(connection, ids)
    async with console(workspace) as app:
        desk(app).show_behind(Behind("Nobody", "Nobody has them yet", unassigned, "due", lambda: None, ids[2]))
        await settled(app)
        assert desk(app).queue.cursor_id == ids[2]
        await press(app, "j")
        with writing(connection):
            connection.execute("UPDATE ticket SET priority = 3 WHERE id = ?", (ids[0],))
        desk(app).changed()
        await settled(app)
        assert desk(app).queue.cursor_id == ids[3]


async def test_a_deed_for_many_is_previewed_done_and_taken_back_there(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    without_agent(connection, ids)
    async with console(workspace) as app:
        desk(app).show_behind(Behind("Nobody", "Nobody has them yet", unassigned, "due", lambda: None))
        await settled(app)
        await press(app, "x", "x", "a", "a")
        assert "2 tickets" in seen(app)
        await press(app, "Enter")
        assert len(unassigned(connection, 0)) == 2
        desk(app).changed()
        await settled(app)
        # What is no more behind the number has left the list, as it leaves a view.
        assert desk(app).list_count == 2
        await press(app, "u")
        desk(app).changed()
        await settled(app)
        assert desk(app).list_count == 4
        assert unassigned(connection, 0) == ids


async def test_a_filter_narrows_it_and_escape_goes_back_step_by_step(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    without_agent(connection, ids)
    with writing(connection):
        connection.execute("UPDATE ticket SET priority = 3 WHERE id = ?", (ids[0],))
    back: list[str] = []
    async with console(workspace) as app:
        view = desk(app).view
        desk(app).show_behind(Behind("Nobody", "Nobody has them yet", unassigned, "due", lambda: back.append("back")))
        await settled(app)
        desk(app).do("list.filter", "priority:urgent")
        await settled(app)
        assert desk(app).list_count == 1
        assert "Nobody · priority:urgent" in seen(app).split("\n")[0]
        await press(app, "Enter")
        assert place(app) is Place.TICKET
        await press(app, "Esc", "Esc")
        assert desk(app).list_count == 4
        assert back == []
        await press(app, "Esc")
        assert back == ["back"]
        assert desk(app).view == view
        assert desk(app).behind is None


async def test_it_is_no_view_and_is_not_what_the_next_start_paints(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        desk(app).remember()
        await settled(app)
        painted = "SELECT value FROM setting WHERE key = 'first_page'"
        before = written(connection, painted)
        assert before is not None
        desk(app).show_behind(Behind("Nobody", "Nobody has them yet", unassigned, "due", lambda: None))
        await settled(app)
        await press(app, "W")
        assert "no view" in notice(app)
        desk(app).remember()
        await settled(app)
        assert written(connection, painted) == before


async def test_another_view_leaves_it(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        desk(app).show_behind(Behind("Nobody", "Nobody has them yet", unassigned, "due", lambda: None))
        await settled(app)
        await press(app, "1")
        assert desk(app).behind is None
        assert desk(app).view is not None
