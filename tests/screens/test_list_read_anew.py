"""A list that others write to: whoever looks at it sees rows, all the while, wherever in it they are."""

from collections.abc import Sequence

import pytest
from textual.strip import Strip

from console.app import HeardApp
from desk.times import MINUTE
from screens.jobs import Jobs
from storage.connect import Connection, writing
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_ticket
from tests.rest import seen, settled
from tests.screens.room import console, desk
from widgets.rowcache import PAGE
from widgets.rows import RowView

# More than what is seen, and than what is read at once.
MANY = 3 * PAGE
COMMITS = 4


@pytest.fixture
def blanks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which lines of the queue were drawn without a row, though they have one."""
    found: list[int] = []
    draw = RowView.render_line

    def drawn(view: RowView, y: int) -> Strip:
        strip = draw(view, y)
        if strip.text.strip() == "…":
            found.append(y)
        return strip

    monkeypatch.setattr(RowView, "render_line", drawn)
    return found


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From when it is called `slow` on, pages that the list asks for by itself are not answered; which they were."""
    asked: list[str] = []
    read = Jobs.read

    def reading(jobs: Jobs, key: str, *arguments: object, **named: object) -> None:
        if asked and key.startswith("rows"):
            asked.append(key)
        else:
            read(jobs, key, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(Jobs, "read", reading)
    return asked


def tickets(connection: Connection, subjects: Sequence[str], due_at: int) -> None:
    """Tickets of Ana's, one due after the other."""
    (me,) = connection.execute("SELECT id FROM agent WHERE handle = 'ana'").fetchone()
    with writing(connection):
        for place, subject in enumerate(subjects):
            make_ticket(connection, subject=subject, assignee_id=me, due_at=due_at + place)


async def change(app: HeardApp) -> None:
    """Others have committed, and the console hears of it."""
    desk(app).changed()
    await settled(app)


@pytest.mark.parametrize("where", [0, 20, MANY // 2, MANY - 1])
async def test_no_row_that_was_seen_is_blank_while_others_come_in(
    workspace: Workspace, connection: Connection, blanks: list[int], slow: list[str], where: int
) -> None:
    """As in a first sync: the past comes in above the cursor, page by page, or anywhere else."""
    make_agent(connection, handle="ana", name="Ana Bell")
    tickets(connection, [f"old {place}" for place in range(MANY)], NOW)
    async with console(workspace) as app:
        queue = desk(app).queue
        queue.move(where)
        await settled(app)
        under_cursor = queue.cursor_id
        blanks.clear()
        slow.append("slow")
        for commit in range(1, COMMITS):
            tickets(connection, [f"older {commit}"] * PAGE, NOW - commit * MINUTE)
            tickets(connection, [f"newer {commit}"] * PAGE, NOW + commit * MINUTE)
            await change(app)
        assert blanks == []
        assert queue.cursor_id == under_cursor
        assert queue.index == where + PAGE * (COMMITS - 1)
        assert f"old {where} " in seen(app)
