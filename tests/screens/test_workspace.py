"""The workspace under bad conditions: hostile text in every field, keys that mean nothing here, fast cursors."""

from threading import Event

import pytest
from textual.events import Key

from desk.lookup import IdentityKind
from desk.records import TicketRow
from screens import desk_screen, workspace_queue
from screens.action import Place
from storage.connect import Connection, writing
from storage.queue import Scope, first_page
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_identity, make_message, make_tag, make_ticket
from tests.hostile import HOSTILE
from tests.rest import PAUSE, seen, settled, until
from tests.screens.room import SUBJECTS, console, desk, fill, notice, place, press


async def test_no_text_of_a_stranger_breaks_the_screen_or_acts_on_it(
    workspace: Workspace, connection: Connection
) -> None:
    me = make_agent(connection, handle="ana", name="Ana Bell")
    for number, (_, given) in enumerate(HOSTILE):
        # A database holds no lone surrogates; everything else goes in uncleaned.
        text = given.encode("utf-8", "replace").decode()
        customer = make_customer(connection, text, email="c" + str(number) + "@example.org")
        make_identity(connection, customer, IdentityKind.HANDLE, text)
        ticket = make_ticket(
            connection, subject=text, preview=text, customer_id=customer, assignee_id=me, due_at=NOW + number
        )
        make_message(connection, ticket, body=text, sender=text, customer_id=customer)
        make_tag(connection, ticket, text)
    async with console(workspace, size=(200, 60)) as app:
        await press(app, "Enter")
        for _ in HOSTILE[1:]:
            await press(app, "]")
        strips = app.screen._compositor.render_strips()
        shown = "".join(segment.text for strip in strips for segment in strip)
        assert not [sign for sign in shown if ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0]
        await press(app, "r")
        assert place(app) is Place.COMPOSER


async def test_a_sequence_that_means_nothing_says_so_and_escape_gives_it_up(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await press(app, "g", "z")
        assert notice(app) == "g z does nothing here"
        await press(app, "s", "Esc")
        assert place(app) is Place.QUEUE
        assert not app.screen.take_key("ß")  # type: ignore[attr-defined]  # the workspace is in front


async def test_an_action_that_is_off_says_why(workspace: Workspace, connection: Connection) -> None:
    make_agent(connection, handle="ana", name="Ana Bell")
    make_ticket(connection, status=3)
    async with console(workspace) as app:
        await press(app, "z")
        assert notice(app) == "Snooze: no ticket here"
        await press(app, "S")
        assert "P starts" in notice(app)


async def test_only_the_ticket_where_the_cursor_rests_is_shown(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        for _ in range(3):
            app.workspace.take_key("j")
        await settled(app)
        assert desk(app).here is not None
        assert desk(app).here.id == ids[3]  # type: ignore[union-attr]  # it is there, see above


@pytest.mark.parametrize(
    ("keys", "words"), [(("y", "n"), "#1001"), (("y", "t"), "The subject"), (("y", "e"), "The email")]
)
async def test_copying_says_how_it_was_done(
    workspace: Workspace, connection: Connection, keys: tuple[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)
    async with console(workspace) as app:
        copied: list[str] = []

        def copy(text: str) -> str:
            copied.append(text)
            return "copied with a test"

        app.seat.copy = copy
        await press(app, *keys)
        assert notice(app) == words + " copied with a test"
        assert copied in (["#1001"], ["Refund for order 8841"], ["c0@example.org"])


async def test_going_back_from_a_note_keeps_it_and_coming_again_brings_it(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        await press(app, "n")
        here.composer.insert("Ask the warehouse")
        await settled(app)
        await press(app, "Esc", "Esc", "j", "Enter", "Esc", "k", "n")
        assert here.composer.written.body == "Ask the warehouse"
        await press(app, "Ctrl+S")
        kept = connection.execute("SELECT body FROM message WHERE kind = 'note'").fetchall()
        assert kept == [("Ask the warehouse",)]
        assert connection.execute("SELECT count(*) FROM draft").fetchone() == (0,)


async def test_tags_are_put_on_and_taken_off_by_words(workspace: Workspace, connection: Connection) -> None:
    (first, *_) = fill(connection)
    async with console(workspace) as app:
        desk(app).do("ticket.tags", "+late -refund vip")
        await settled(app)
        tags = "SELECT name FROM tag JOIN ticket_tag ON tag_id = id WHERE ticket_id = ? ORDER BY name"
        assert connection.execute(tags, (first,)).fetchall() == [("late",), ("vip",)]


async def test_an_unknown_agent_is_answered_with_the_nearest(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        desk(app).do("assign.other", "boo")
        await settled(app)
        assert "Did you mean bo?" in notice(app)


async def test_a_view_opens_at_its_top_whichever_answer_comes_first(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two readers read a view's first rows and the whole of it. Where the whole came first, the cursor stayed on its old
    # ticket, and an Enter right behind the digit opened that.
    ids = fill(connection)
    release = Event()

    def late(connection: Connection, scope: Scope, count: int) -> list[TicketRow]:
        release.wait()
        return first_page(connection, scope, count)

    async with console(workspace) as app:
        await press(app, "G")
        monkeypatch.setattr(workspace_queue, "first_rows", late)
        assert desk(app).take_key("7")
        assert desk(app).holding
        await until(app, lambda: not desk(app).holding)
        assert desk(app).current_id == ids[0]
        desk(app).queue.move(1)
        release.set()
        await settled(app)
        assert desk(app).current_id == ids[1]


async def test_a_hold_that_is_over_does_not_end_the_next_one(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)
    async with console(workspace) as app:
        here = desk(app)
        monkeypatch.setattr(desk_screen, "HOLD_SECONDS", PAUSE / 4)
        here.hold_keys()
        here.release_keys()
        assert not here.holding
        monkeypatch.setattr(desk_screen, "HOLD_SECONDS", 600.0)
        here.hold_keys()
        here.set_timer(PAUSE / 2, lambda: None)
        await settled(app)
        assert here.holding


async def test_keys_are_held_no_longer_than_that(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        # The wait that every screen begins with would end this one too.
        desk(app).release_keys()
        monkeypatch.setattr(desk_screen, "HOLD_SECONDS", PAUSE / 4)
        desk(app).hold_keys()
        app.post_message(Key("j", "j"))
        # Without another key that would ask whether they may act.
        await until(app, lambda: desk(app).current_id == ids[1])


async def test_merging_asks_and_opens_the_ticket_that_stays(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter")
        desk(app).do("ticket.merge", "1002")
        await settled(app)
        await press(app, "Enter")
        assert desk(app).reading_id == ids[1]
        merged = connection.execute("SELECT merged_into_id FROM ticket WHERE id = ?", (ids[0],)).fetchone()
        assert merged == (ids[1],)


async def test_a_ticket_that_is_joined_while_it_is_open_says_where_all_of_it_is(
    workspace: Workspace, connection: Connection
) -> None:
    """As a sync does it, where a late mail shows that two tickets are one thread."""
    ids = fill(connection)
    async with console(workspace) as app:
        await press(app, "Enter")
        with writing(connection):
            connection.execute("UPDATE message SET ticket_id = ? WHERE ticket_id = ?", (ids[1], ids[0]))
            connection.execute("UPDATE ticket SET merged_into_id = ?, status = 4 WHERE id = ?", (ids[1], ids[0]))
        desk(app).changed()
        await settled(app)
        assert "part of #1002 now: all that was said is there" in seen(app)
        await press(app, "q")
        assert desk(app).queue.count == 3
        assert SUBJECTS[0] not in seen(app)
