"""The console as a whole, wired: an agent works the queue by keys, and nothing that was typed is lost."""

from pathlib import Path
from threading import Event

import pytest
from textual.events import Key

from console import app as application
from console.app import HeardApp, run
from console.config import Config
from desk.errors import BadInput
from desk.records import DraftRow
from screens import workspace_queue
from screens.action import Place
from screens.actions import ACTIONS
from screens.ask import AskPanel
from screens.confirm import ConfirmScreen
from screens.keymap import keymap
from screens.reading import Beginning, beginning
from storage import drafts
from storage.connect import Connection
from storage.workspace import Workspace
from tests.rest import handled, settled, until
from tests.screens.room import console, desk, fill, notice, place, press


def status(connection: Connection, ticket: int) -> int:
    found: int = connection.execute("SELECT status FROM ticket WHERE id = ?", (ticket,)).fetchone()[0]
    return found


def answer(app: HeardApp, text: str) -> None:
    """Type into the open question and press Enter."""
    panel = app.screen.query_one(AskPanel)
    assert panel.asking is not None
    panel.input.value = text
    panel._show(panel.asking)
    panel.answer()


async def test_the_queue_opens_on_the_first_view_and_keys_move_open_and_close(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        assert here.queue.count == len(ids)
        assert here.current_id == ids[0]
        assert place(app) is Place.QUEUE
        await press(app, "j", "Enter")
        assert place(app) is Place.TICKET
        assert here.here is not None
        assert here.here.id == ids[1]
        assert connection.execute("SELECT unread FROM ticket WHERE id = ?", (ids[1],)).fetchone() == (0,)
        await press(app, "]")
        assert here.reading_id == ids[2]
        await press(app, "Esc")
        assert place(app) is Place.QUEUE
        assert here.queue.cursor_id == ids[2]


async def test_resolve_and_serve_the_next(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "E")
        assert status(connection, ids[0]) == 3
        assert desk(app).reading_id == ids[1]
        await press(app, "u")
        assert status(connection, ids[0]) == 0
        await press(app, "Ctrl+R")
        assert status(connection, ids[0]) == 3


async def test_playing_skips_with_a_reason_that_stands_as_a_note(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "P")
        assert desk(app).reading_id == ids[0]
        await press(app, "S")
        answer(app, "waits for the warehouse")
        await settled(app)
        assert desk(app).reading_id == ids[1]
        note = connection.execute(
            "SELECT body FROM message WHERE ticket_id = ? AND kind = 'note'", (ids[0],)
        ).fetchone()
        assert note == ("Skipped: waits for the warehouse",)
        await press(app, "E")
        assert desk(app).reading_id == ids[2]


async def test_a_change_of_several_is_shown_before_it_is_made(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "x", "x", "s", "p")
        assert isinstance(app.screen, ConfirmScreen)
        assert any("2 tickets" in line for line in app.screen.words)
        await press(app, "Esc")
        assert [status(connection, each) for each in ids] == [0, 0, 0, 0]
        await press(app, "s", "p", "Enter")
        assert [status(connection, each) for each in ids] == [1, 1, 0, 0]
        assert not desk(app).queue.selected
        assert notice(app) == "Set 2 tickets to pending.  u undoes"
        await press(app, "u", "G", ".")
        assert [status(connection, each) for each in ids] == [0, 0, 0, 1]


async def test_a_reply_is_kept_as_typed_sent_and_taken_back(workspace: Workspace, connection: Connection) -> None:
    (first, *_) = fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        await press(app, "r")
        assert place(app) is Place.COMPOSER
        assert here.composer.written.recipients == "c0@example.org"
        here.composer.insert("It is on its way.")
        await until(app, lambda: drafts.load(connection, first, here.seat.me.id, "reply_all"))
        kept = drafts.load(connection, first, here.seat.me.id, "reply_all")
        assert kept is not None
        assert kept.body == "It is on its way."
        await press(app, "Ctrl+S")
        assert place(app) is Place.TICKET
        sent = "SELECT state FROM outbox WHERE ticket_id = ? AND kind = 'reply'"
        assert connection.execute(sent, (first,)).fetchone() == ("undoable",)
        assert "Replied to" in notice(app)
        await press(app, "u")
        assert place(app) is Place.COMPOSER
        assert here.composer.written.body == "It is on its way."
        assert connection.execute(sent + " AND state = 'undoable'", (first,)).fetchone() is None


async def test_leaving_saves_what_was_typed_in_the_last_moment(workspace: Workspace, connection: Connection) -> None:
    (first, *_) = fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        await press(app, "n")
        here.composer.insert("Ask the warehouse")
        await handled(app)
        me = here.seat.me.id
        await app.save_before_leaving()
        kept = drafts.load(connection, first, me, "note")
        assert kept is not None
        assert kept.body == "Ask the warehouse"


async def test_a_draft_that_cannot_be_saved_stays_and_is_told(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)

    def full(_connection: Connection, _draft: DraftRow) -> None:
        raise BadInput("The disk is full", "Free some space.")

    monkeypatch.setattr(drafts, "save", full)
    async with console(workspace) as app:
        here = desk(app)
        await press(app, "n")
        here.composer.insert("Ask the warehouse")
        await handled(app)
        here.save_draft()
        await settled(app)
        assert "The disk is full" in notice(app)
        assert "still here" in notice(app)
        assert here.composer.written.body == "Ask the warehouse"


async def test_a_filter_follows_and_a_wrong_one_says_why(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        await press(app, "/")
        panel = app.screen.query_one(AskPanel)
        assert panel.asking is not None
        panel.input.value = "stats:open"
        panel._show(panel.asking)
        assert "status" in panel.reading
        answer(app, "tag:refund")
        await settled(app)
        assert here.queue.count == 1
        assert here.current_id == ids[0]
        await press(app, "Esc")
        assert here.queue.count == len(ids)


async def test_snooze_reads_the_words_and_refuses_what_is_none(workspace: Workspace, connection: Connection) -> None:
    (first, *_) = fill(connection)
    async with console(workspace) as app:
        await press(app, "z")
        answer(app, "whenever")
        await settled(app)
        panel = app.screen.query_one(AskPanel)
        assert panel.asking is not None
        assert "not understood" in panel.reading
        answer(app, "3d")
        await settled(app)
        (until,) = connection.execute("SELECT snoozed_until FROM ticket WHERE id = ?", (first,)).fetchone()
        assert until is not None


async def test_what_another_console_does_appears_and_the_cursor_stays(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "j", "j")
        connection.execute("UPDATE ticket SET status = 3, updated_at = updated_at + 1 WHERE id = ?", (ids[0],))
        await until(app, lambda: desk(app).queue.count == len(ids) - 1)
        assert desk(app).current_id == ids[2]


async def test_the_checklist_begins_by_suggestion_and_digits_tick(workspace: Workspace, connection: Connection) -> None:
    (first, *_) = fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter", "H", "Space")
        assert place(app) is Place.CHECKLIST
        await press(app, "1")
        ticks = connection.execute(
            "SELECT state FROM checklist_tick JOIN checklist_run ON run_id = id WHERE ticket_id = ?", (first,)
        ).fetchall()
        assert ticks == [("done",)]


async def test_palette_and_command_line_do_what_keys_do(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, ":")
        answer(app, "status pending")
        await settled(app)
        assert status(connection, ids[0]) == 1
        await press(app, "Ctrl+P")
        answer(app, "this ticket resolve set it to solved")
        await settled(app)
        assert status(connection, ids[0]) == 3
        await press(app, ":")
        answer(app, "theme heard-light")
        await settled(app)
        assert app.theme == "heard-light"


async def test_keys_wait_for_a_slow_list_though_the_screen_is_drawn(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(connection)
    release = Event()

    def slow(connection: Connection) -> Beginning:
        release.wait()
        return beginning(connection)

    monkeypatch.setattr(workspace_queue, "beginning", slow)
    monkeypatch.setattr(application, "DRAW_SECONDS", 0.01)
    app = HeardApp(workspace, Config(handle="ana", name="Ana Bell"), keymap())
    async with app.run_test():
        app.post_message(Key("j", "j"))
        await until(app, lambda: not app._batch_count)
        assert app._holding
        release.set()
        await settled(app)
        assert desk(app).current_id == ids[1]


async def test_keys_act_where_the_list_cannot_be_read(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_connection: Connection) -> Beginning:
        raise BadInput("The disk is away")

    monkeypatch.setattr(workspace_queue, "beginning", broken)
    app = HeardApp(workspace, Config(handle="ana", name="Ana Bell"), keymap())
    async with app.run_test():
        app.post_message(Key("q", "q"))
        await until(app, lambda: isinstance(app.screen, ConfirmScreen))


async def test_quitting_asks_first(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "q")
        assert isinstance(app.screen, ConfirmScreen)
        await press(app, "Esc", "q")
        app.screen.dismiss(True)
        await until(app, lambda: app.return_code is not None)
    assert app.return_code == 0


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36), (160, 45), (200, 60), (40, 10)])
async def test_every_size_shows_the_list_and_a_ticket(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    fill(connection)
    async with console(workspace, size=size) as app:
        here = desk(app)
        assert here.queue.region.width > 0
        assert here.queue.size.height >= size[1] // 3
        await press(app, "Enter")
        assert here.transcript.region.width >= min(size[0] - 2, 40)
        await press(app, "Tab")
        assert here.checklist.region.width > 0


def test_every_action_of_the_workspace_has_its_method(workspace: Workspace) -> None:
    app = HeardApp(workspace, Config(), keymap())
    ours = {Place.QUEUE, Place.TICKET, Place.CHECKLIST, Place.COMPOSER}
    owners = (app.workspace, app)
    wanted = {action.method for action in ACTIONS if action.places & ours}
    assert {method for method in wanted if not any(hasattr(owner, method) for owner in owners)} == set()


def test_a_clash_in_the_key_file_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[keys]\n"ticket.snooze" = "r"\n', encoding="utf-8")
    monkeypatch.setenv("HEARD_CONFIG", str(config))
    with pytest.raises(BadInput, match=r"r is both write\.reply"):
        run(tmp_path)


async def test_a_second_and_an_answer_that_come_while_it_ends_are_no_crash(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        pass
    assert app.screen_stack == []
    app.tick()
    app.failed(BadInput("The disk is away"))
