"""Who calls: the card without a key, several, nobody yet, a withheld number."""

import pytest

from desk.lookup import IdentityKind
from screens.action import Place
from screens.call import CallScreen
from screens.call_who import CallerSearch
from screens.form import FormScreen
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from tests.factories import make_customer, make_identity
from tests.rest import seen, settled, until
from tests.screens.room import press
from tests.screens.stage import written
from tests.screens.telephone import NUMBER, at_the_phone, banner, make_rosa, opened, page, ring, type_words


@pytest.fixture
def rosa(connection: Connection) -> int:
    """Rosa calls from a number that is known; one ticket of hers is open."""
    return make_rosa(connection)


async def test_a_caller_opens_by_itself_and_says_everything_without_a_key(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app)
        screen = await opened(app)
        assert screen.place is Place.CALLER
        text = seen(app)
        for fact in ("Rosa Bianchi", NUMBER + " ✓", "1 open", "Refund for order 8841", "Where is it?"):
            assert fact in text
        assert banner(app) == []


async def test_an_unknown_number_becomes_a_customer_with_it_filled_in(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app, "+49 30 5550 99887")
        await opened(app)
        assert "Nobody is known by" in seen(app)
        await press(app, "Ctrl+N")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values["phone"] == "+4930555099887"
        await type_words(app, "Ottilie Nebel")
        await press(app, "Ctrl+S")
        assert "Ottilie Nebel" in seen(app)
        await press(app, "T", "T", "2")
        assert written(
            connection, "SELECT c.name FROM call l JOIN customer c ON c.id = l.customer_id WHERE l.state = 'done'"
        ) == "Ottilie Nebel"  # fmt: skip


async def test_who_is_found_by_anything_else_has_the_number_as_a_maybe_until_y(
    workspace: Workspace, connection: Connection, rosa: int
) -> None:
    async with at_the_phone(workspace) as app:
        await ring(app, "+49 30 5550 99887")
        await opened(app)
        await press(app, "/")
        assert isinstance(app.screen, CallerSearch)
        await type_words(app, "bianchi")
        await until(app, lambda: "Rosa Bianchi" in seen(app))
        await press(app, "Enter")
        await until(app, lambda: isinstance(app.screen, CallScreen) and page(app).card is not None)
        await settled(app)
        assert "maybe" in seen(app)
        known = "SELECT known FROM identity WHERE normal = '+4930555099887'"
        assert written(connection, known) == 0
        await press(app, "Y")
        assert written(connection, known) == 1
        assert "maybe" not in seen(app)


async def test_a_digit_picks_one_of_several(workspace: Workspace, connection: Connection, rosa: int) -> None:
    other = make_customer(connection, "Vera Bianchi", email="vera@example.org")
    make_identity(connection, other, IdentityKind.PHONE, NUMBER)
    index_customers(connection, [other])
    async with at_the_phone(workspace) as app:
        await ring(app)
        screen = await opened(app)
        names = [hit.name for hit in screen.match.hits]
        assert set(names) == {"Rosa Bianchi", "Vera Bianchi"}
        assert "2 have this number" in seen(app)
        await press(app, str(names.index("Vera Bianchi") + 1))
        assert page(app).card is not None
        await press(app, "T")
        call = page(app).call
        assert call is not None
        assert call.customer_id == other


async def test_a_withheld_number_asks_for_anything_else(workspace: Workspace, rosa: int) -> None:
    async with at_the_phone(workspace, size=(80, 24)) as app:
        await ring(app, "anonymous")
        await opened(app)
        assert "The number is withheld" in seen(app)
        assert "anonymous" not in seen(app)
        await press(app, "T")
        call = page(app).call
        assert call is not None
        assert (page(app).place, call.number, call.way) == (Place.CALL, "", "pop")
        assert app.seat.phone.rings == ()
