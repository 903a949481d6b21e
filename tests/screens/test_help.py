"""Help and welcome: made from the registry, searchable, and true for this workspace."""

from desk.filters import OPERATORS
from screens.action import WORK, Place
from screens.actions import ACTIONS
from screens.help import FILTER, HelpScreen, matching
from screens.welcome import WAYS, WelcomeScreen, detail, needs_welcome, setting
from storage.connect import Connection
from storage.workspace import Workspace, locate
from tests.factories import make_customer, make_source
from tests.rest import seen, settled
from tests.screens.stage import Stage
from widgets.inks import pieces_width


async def test_help_shows_each_action_of_the_place_and_each_operator(workspace: Workspace) -> None:
    app = Stage(workspace, lambda seat: HelpScreen(seat, WORK))
    async with app.run_test(size=(120, 200)) as pilot:
        await settled(app)
        shown = seen(app)
        for action in ACTIONS:
            if action.places & WORK:
                assert action.title in shown
        for operator in OPERATORS:
            assert operator.help[:40] in shown
        await pilot.press("/", "s", "n", "o", "o", "z")
        shown = seen(app)
        assert "Away until a time in words" in shown
        assert "One line down" not in shown
        await pilot.press("enter", "?")
        assert not isinstance(app.screen, HelpScreen)


async def test_help_of_a_page_without_a_filter_leaves_the_operators_out(workspace: Workspace) -> None:
    app = Stage(workspace, lambda seat: HelpScreen(seat, frozenset({Place.OUTBOX})))
    async with app.run_test(size=(80, 60)):
        await settled(app)
        assert "Try again" in seen(app)
        assert FILTER not in seen(app)


def test_a_search_keeps_the_titles_of_the_groups() -> None:
    from screens.help import HelpLine

    lines = (
        HelpLine("Move"),
        HelpLine("Move", "j", "Down", "One line"),
        HelpLine("Copy"),
        HelpLine("Copy", "y n", "No"),
    )
    assert matching(lines, "LINE down") == list(lines[:2])
    assert matching(lines, "") == list(lines)
    assert matching(lines, "nothing") == []


def test_only_an_empty_workspace_is_welcomed(connection: Connection) -> None:
    assert needs_welcome(connection)
    make_customer(connection)
    assert not needs_welcome(connection)


def test_the_commands_can_be_typed_as_they_stand(workspace: Workspace) -> None:
    assert setting(workspace) == "export HEARD_WORKSPACE=" + str(workspace.folder)
    assert setting(locate(None)) == ""


async def test_the_ways_to_begin_fit_a_small_terminal(workspace: Workspace) -> None:
    app = Stage(workspace, WelcomeScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        for way in WAYS:
            assert way.title in seen(app)
            assert way.words in seen(app)
            for line in detail(way.key, locate(None), app.seat.keymap):
                assert pieces_width(line) <= 74
        await pilot.press("j")
        assert "heard connect mailbox" in seen(app)
        await pilot.press("j")
        assert "heard connect KIND" in seen(app)
        assert "rt, zendesk, zammad" in seen(app)
        await pilot.press("j")
        assert "import customers.csv" in seen(app)
        await pilot.press("k", "k", "k", "enter")
        assert app.opened == [("demo", None)]


async def test_what_a_source_has_brought_in_is_shown_where_nobody_has_it_yet(
    workspace: Workspace, connection: Connection
) -> None:
    app = Stage(workspace, WelcomeScreen)
    async with app.run_test(size=(80, 24)):
        screen = app.screen
        assert isinstance(screen, WelcomeScreen)
        await settled(app)
        make_source(connection, "zammad", "desk")
        make_customer(connection)
        screen.changed()
        await settled(app)
        assert app.opened == [("unassigned", None)]


async def test_the_queue_comes_in_its_place_once_something_is_there(
    workspace: Workspace, connection: Connection
) -> None:
    app = Stage(workspace, WelcomeScreen)
    async with app.run_test(size=(80, 24)):
        screen = app.screen
        assert isinstance(screen, WelcomeScreen)
        await settled(app)
        make_customer(connection)
        screen.changed()
        await settled(app)
        assert app.opened == [("queue", None)]
