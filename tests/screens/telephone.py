"""A console with a telephone beside it, for the tests of whatever happens when somebody rings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.widgets import Input, TextArea

from console.app import HeardApp
from desk.calls import Popped
from desk.lookup import IdentityKind
from desk.times import now
from screens.call import CallScreen
from screens.desk_screen import DeskScreen
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_identity
from tests.rest import settled, until
from tests.screens.room import console, fill
from tests.screens.stage import written
from widgets.bars import NoticeBar
from widgets.ring_bar import RingBar

NUMBER = "+1 415 555 0134"


def make_rosa(connection: Connection) -> int:
    """Ana's desk, and Rosa, who calls from a number that is known; one ticket of hers is open."""
    fill(connection)
    customer = written(connection, "SELECT id FROM customer WHERE name = 'Rosa Bianchi'")
    assert isinstance(customer, int)
    make_identity(connection, customer, IdentityKind.PHONE, NUMBER)
    index_customers(connection, [customer])
    return customer


@asynccontextmanager
async def at_the_phone(workspace: Workspace, size: tuple[int, int] = (120, 36)) -> AsyncIterator[HeardApp]:
    """A console that has settled."""
    async with console(workspace, size=size) as app:
        yield app


async def ring(app: HeardApp, text: str = NUMBER) -> None:
    """Somebody rings, as `heard pop` tells it."""
    app.ring(Popped(text, at=now()))
    await settled(app)


async def opened(app: HeardApp) -> CallScreen:
    """The caller, once it has opened by itself."""
    await until(app, lambda: isinstance(app.screen, CallScreen))
    await settled(app)
    return page(app)


def page(app: HeardApp) -> CallScreen:
    """The call's page, which is in front."""
    assert isinstance(app.screen, CallScreen), app.screen
    return app.screen


def banner(app: HeardApp) -> list[str]:
    """Who the banner says is ringing."""
    bar = app.screen.query_one_optional(RingBar)
    return [facts.title for facts in bar.rings] if bar is not None and bar.display else []


def notice(app: HeardApp) -> str:
    """What the screen in front says."""
    return app.screen.query_one(NoticeBar).text


async def type_words(app: HeardApp, words: str) -> None:
    """Type into whatever has the keys."""
    for letter in words:
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        assert not screen.take_key(letter), letter + " was a command"
        assert app.focused is not None
        if isinstance(app.focused, TextArea):
            app.focused.insert(letter)
        else:
            assert isinstance(app.focused, Input)
            app.focused.insert_text_at_cursor(letter)
    await settled(app)


async def typed(app: HeardApp, words: str) -> None:
    """Give words to the console as a terminal does."""
    for letter in words:
        app.post_message(events.Key(letter if letter != " " else "space", letter))
    await settled(app)
