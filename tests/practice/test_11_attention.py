"""Section 11 of the practice, walked: all can be undone, nothing typed is lost, the next thing is one key away."""

from screens.action import Place
from storage.connect import Connection
from storage.workspace import Workspace
from tests.rest import settled
from tests.screens.room import console, desk, fill, notice, place, press


async def test_what_was_done_is_taken_back_and_what_was_typed_is_there(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "r")
        desk(app).composer.insert("I looked it up: ")
        await settled(app)
        await press(app, "Esc", "E")
        assert desk(app).reading_id == ids[1], "E resolves, and serves the next"
        assert connection.execute("SELECT status FROM ticket WHERE id = ?", (ids[0],)).fetchone() == (3,)
        await press(app, "u")
        assert "Ctrl+R" in notice(app)
        assert connection.execute("SELECT status FROM ticket WHERE id = ?", (ids[0],)).fetchone() == (0,)
        await press(app, "[", "r")
        assert place(app) is Place.COMPOSER
        assert desk(app).composer.written.body.startswith("I looked it up: ")
