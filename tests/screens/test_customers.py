"""The search for customers on the screen: what is typed, what is shown, what Enter does."""

from threading import Event

import pytest

from desk.lookup import IdentityKind
from screens import customers
from screens.customers import CustomersScreen
from screens.form import FormScreen
from storage.connect import Connection
from storage.contacts import Contact, found, recent
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_identity, make_message, make_ticket
from tests.hostile import HOSTILE
from tests.rest import DEADLINE, seen, settled, until
from tests.screens.stage import Stage, harmless_on_screen, storable, written


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may search for longer than an agent waits behind Enter."""
    monkeypatch.setattr(customers, "PATIENCE", DEADLINE)


@pytest.fixture
def people(connection: Connection) -> dict[str, int]:
    """Three customers; Ana has a number that is only a maybe, and two open tickets."""
    ids = {
        "ana": make_customer(connection, "Ana Ruiz", email="ana@example.org"),
        "li": make_customer(connection, "Li Wei", email="li@example.org", contacted_at=NOW),
        "sam": make_customer(connection, "Sam O'Hara"),
    }
    make_identity(connection, ids["ana"], IdentityKind.PHONE, "+1 415 555 4471", known=False)
    first = make_ticket(connection, customer_id=ids["ana"])
    make_ticket(connection, customer_id=ids["ana"])
    make_ticket(connection, customer_id=ids["ana"], status=3)
    make_message(connection, first, customer_id=ids["ana"], at=NOW - 5)
    index_customers(connection, list(ids.values()))
    return ids


def test_recent_contacts_come_newest_first_with_address_and_open_tickets(
    connection: Connection, people: dict[str, int]
) -> None:
    sam, li, ana = recent(connection, 10)
    assert (sam.name, li.name, ana.name) == ("Sam O'Hara", "Li Wei", "Ana Ruiz")
    assert (ana.identity, ana.known, ana.open_tickets, ana.contacted_at) == ("ana@example.org", True, 2, NOW - 5)
    assert (li.contacted_at, sam.contacted_at, sam.identity) == (NOW, None, "")


def test_a_hit_says_by_what_it_was_found_and_a_name_how_they_are_reached(
    connection: Connection, people: dict[str, int]
) -> None:
    finder = Finder(connection)
    (by_digits,) = found(connection, finder.find("4471"))
    assert (by_digits.identity, by_digits.known, by_digits.named) == ("+1 415 555 4471", False, False)
    (by_name,) = found(connection, finder.find("ruiz"))
    assert (by_name.identity, by_name.named) == ("ana@example.org", True)


async def test_the_last_digits_find_and_enter_opens(workspace: Workspace, people: dict[str, int]) -> None:
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(app)
        assert "Last contacts" in seen(app)
        await pilot.press("4", "4", "7", "1")
        assert "? +1 415 555 4471" in seen(app)
        assert "2 open · 1 resolved" in seen(app)  # the card beside the list
        await pilot.press("enter")
        assert app.opened == [("customer", people["ana"])]


async def test_the_slower_search_comes_by_itself_and_keeps_the_cursor(
    workspace: Workspace, people: dict[str, int]
) -> None:
    app = Stage(workspace, lambda seat: CustomersScreen(seat, "anna ruis"))
    async with app.run_test(size=(80, 24)):
        screen = app.screen
        assert isinstance(screen, CustomersScreen)
        await settled(app)
        row = screen.lines.row
        assert isinstance(row, Contact)
        assert row.name == "Ana Ruiz"


async def test_nobody_found_offers_a_new_customer_with_what_was_typed(
    workspace: Workspace, connection: Connection, people: dict[str, int]
) -> None:
    app = Stage(workspace, lambda seat: CustomersScreen(seat, "zoe@nowhere.example"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        assert "New customer" in seen(app)
        assert "Nobody found" in seen(app)
        await pilot.press("enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values["email"] == "zoe@nowhere.example"
        await pilot.press("Z", "o", "e", "ctrl+s")
        made = written(connection, "SELECT id FROM customer WHERE name = 'Zoe'")
        assert app.opened == [("customer", made)]
    assert [hit.name for hit in Finder(connection).find("zoe@nowhere.example")] == ["Zoe"]


async def test_enter_waits_for_the_slower_search_and_opens_its_first_hit(
    workspace: Workspace, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "REST", 60)  # so that only Enter asks for the slower search
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press(*"anna", "space", *"ruis", "enter")
        assert app.opened == [("customer", people["ana"])]


async def test_enter_never_opens_who_was_found_for_less_than_was_typed(
    workspace: Workspace, people: dict[str, int]
) -> None:
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(80, 24)):
        screen = app.screen
        assert isinstance(screen, CustomersScreen)
        await settled(app)
        screen.field.value = "ruiz"  # the list still shows the last contacts, Sam first
        assert screen.take_key("Enter")
        await settled(app)
        assert app.opened == [("customer", people["ana"])]


async def test_enter_before_the_answer_goes_to_a_new_customer_where_nobody_is_found(
    workspace: Workspace, people: dict[str, int]
) -> None:
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app)
        await pilot.press(*"zoe@x.example", "enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values["email"] == "zoe@x.example"


async def test_enter_gives_up_kindly_and_nothing_opens_by_itself_later(
    workspace: Workspace, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, answers = Event(), customers.search

    def held(connection: Connection, text: str, regions: tuple[str, ...], *, deep: bool) -> tuple[Contact, ...]:
        if deep:
            slow.wait(DEADLINE)
        return answers(connection, text, regions, deep=deep)

    monkeypatch.setattr(customers, "search", held)
    monkeypatch.setattr(customers, "PATIENCE", 0.02)
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = app.screen
        assert isinstance(screen, CustomersScreen)
        await settled(app)
        screen.field.value = "ruis"
        await until(app, lambda: "Looking further" in seen(app))
        assert screen.take_key("Enter")
        await until(app, lambda: screen.notices.text)
        assert screen.notices.text.startswith("Still searching")
        slow.set()
        await settled(app)
        assert app.opened == []
        await pilot.press("enter")
        assert app.opened == [("customer", people["ana"])]


async def test_hostile_names_and_queries_do_no_harm(workspace: Workspace, connection: Connection) -> None:
    ids = []
    for _, text in HOSTILE:
        ids.append(make_customer(connection, storable(text)))
        make_identity(connection, ids[-1], IdentityKind.HANDLE, storable(text))
    index_customers(connection, ids)
    app = Stage(workspace, CustomersScreen)
    async with app.run_test(size=(120, 90)):
        screen = app.screen
        assert isinstance(screen, CustomersScreen)
        for query in ("", *(text for _, text in HOSTILE[3:12])):
            screen.field.value = query[:200]
            await settled(app)
            harmless_on_screen(app)
    assert not app.failed
