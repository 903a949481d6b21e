"""What a key and a change cost the console, in counts, however long a list is: pages read, rows drawn, layouts."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import pytest
from textual.events import Key
from textual.screen import Screen

from console.app import HeardApp
from console.config import Config
from desk.records import TicketRow
from desk.times import MINUTE, now
from screens.jobs import Jobs
from screens.keymap import keymap
from screens.reading import opening
from storage.connect import Connection, writing
from storage.workspace import Workspace
from tests.factories import NOW, make_ticket
from tests.rest import settled, until
from tests.screens.room import console, desk, fill, press
from tests.widgets.stage import Stage, clock, ticket
from widgets.inks import Piece
from widgets.rowcache import PAGE
from widgets.rows import RowView
from widgets.ticket_line import Look, draw_ticket

LENGTHS = (1_000, 1_000_000)


@dataclass
class Counted:
    """What was done since it was last set to nothing."""

    layouts: int = 0
    drawn: list[int] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.layouts = 0
        self.drawn.clear()
        self.reads.clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Counts layouts of the screen and what readers are asked."""
    found = Counted()
    lay_out, read = Screen._refresh_layout, Jobs.read

    def counting_layout(screen: Screen[object], *arguments: object, **named: object) -> None:
        found.layouts += 1
        lay_out(screen, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

    def counting_read(jobs: Jobs, key: str, *arguments: object, **named: object) -> None:
        found.reads.append(key)
        read(jobs, key, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(Screen, "_refresh_layout", counting_layout)
    monkeypatch.setattr(Jobs, "read", counting_read)
    return found


class Queue(RowView):
    """A list that counts the rows that it draws and the pages that it reads."""

    def __init__(self, count: int, counted: Counted) -> None:
        super().__init__(self.read, clock=clock)
        self.keys = array("q", range(1, count + 1))
        self.counted = counted
        self._draw = self.drawing

    def read(self, start: int, count: int) -> Sequence[TicketRow]:
        self.counted.reads.append(f"rows {start}")
        return [ticket(key) for key in self.keys[start : start + count]]

    def drawing(self, row: TicketRow, width: int, look: Look) -> Sequence[Piece]:
        self.counted.drawn.append(row.id)
        return draw_ticket(row, width, look, clock=clock)


def has_bar(view: RowView) -> bool:
    return view.show_vertical_scrollbar


@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize("move", [RowView.end, RowView.home], ids=["end", "home"])
async def test_a_jump_reads_two_pages_at_most_and_draws_one_screen(
    count: int, move: Callable[[RowView], None], counted: Counted
) -> None:
    view = Queue(count, counted)
    app = Stage(view)
    async with app.test(height=24):
        view.show(view.keys)
        view.go_to(count // 2)
        await settled(app)
        counted.forget()
        move(view)
        await settled(app)
        assert len(counted.reads) <= 2
        assert len(counted.drawn) <= 24


@pytest.mark.parametrize("count", LENGTHS)
async def test_a_list_read_anew_draws_what_changed_and_lays_nothing_out(count: int, counted: Counted) -> None:
    view = Queue(count, counted)
    app = Stage(view)
    async with app.test(height=24):
        first = [ticket(key) for key in view.keys[:PAGE]]
        view.show(view.keys, first)
        await settled(app)
        counted.forget()
        # A ticket more at the end, and another subject in the third.
        more = array("q", [*view.keys, count + 1])
        first[2] = ticket(first[2].id, subject="said anew")
        view.keys = more
        view.show(more, first)
        await settled(app)
        assert counted.layouts == 0
        assert set(counted.drawn) == {first[2].id}
        assert view.virtual_size.height == count + 1


async def test_a_list_that_outgrows_its_place_still_gets_a_bar(counted: Counted) -> None:
    view = Queue(3, counted)
    app = Stage(view)
    async with app.test(height=24):
        view.show(view.keys)
        await settled(app)
        assert not has_bar(view)
        view.keys = array("q", range(1, 101))
        view.show(view.keys)
        await settled(app)
        assert has_bar(view)
        view.end()
        await settled(app)
        assert view.scroll_offset.y == 100 - view.size.height


async def test_a_cursor_key_in_the_console_reads_one_ticket_and_lays_nothing_out(
    workspace: Workspace, connection: Connection, counted: Counted
) -> None:
    fill(connection)
    async with console(workspace) as app:
        # The first second reads how the sources are doing; on a busy machine it may end here.
        app.tick()
        await settled(app)
        counted.forget()
        await press(app, "j")
        assert counted.reads == ["ticket"]
        counted.forget()
        desk(app).queue.tick()
        await settled(app)
        assert counted.layouts == 0


async def test_what_others_change_is_not_read_between_the_keys(
    workspace: Workspace, connection: Connection, counted: Counted
) -> None:
    fill(connection)
    async with console(workspace) as app:
        counted.forget()
        app._last_key = monotonic() + 3600
        for _ in range(3):
            with writing(connection):
                make_ticket(connection, subject="one more", due_at=NOW + MINUTE)
            app.changed()
        await settled(app)
        assert "list" not in counted.reads
        # The first change waits for calm, and the others with it.
        app._stale, app._last_key = False, 0.0
        app.changed()
        await until(app, lambda: "list" in counted.reads)


async def test_keys_without_end_put_a_change_off_for_a_while_only(
    workspace: Workspace, connection: Connection, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.app.LATEST_SECONDS", 0.05)
    fill(connection)
    async with console(workspace) as app:
        counted.forget()
        app._last_key = monotonic() + 3600
        app.changed()
        await until(app, lambda: "list" in counted.reads)


async def test_what_was_typed_before_the_first_frame_moves_in_it_and_the_rest_follows_in_order(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    config = Config(handle="ana", name="Ana Bell")
    app = HeardApp(workspace, config, keymap(), opening(workspace, "ana", now(), config.zone))
    app._early += [Key(key, key) for key in "jj"] + [Key("enter", "\r")]
    moved: list[int] = []
    begin = app.workspace.begun
    assert begin is not None

    def begun() -> None:
        begin()
        moved.append(app.workspace.queue.index)

    app.workspace.begun = begun
    async with app.run_test(size=(120, 36)):
        await settled(app)
        assert moved == [2]
        assert app.workspace.reading_id == ids[2]
