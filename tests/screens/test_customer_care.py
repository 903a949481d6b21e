"""Merging, parting, splitting, flagging, exporting and erasing from the customer's page and from the list."""

import json
from pathlib import Path

import pytest

from desk.flags import read
from desk.lookup import IdentityKind
from desk.records import IdentityRow
from screens.ask import AskPanel
from screens.confirm import ConfirmScreen
from screens.customer import CustomerScreen
from screens.customer_care import PickCustomer
from screens.duplicates import DuplicatesScreen
from storage.connect import Connection
from storage.deeds.by import By
from storage.duplicates import Alike
from storage.merges import Part
from storage.search.index import index_customers
from storage.supervisors import set_role
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_identity, make_message, make_ticket
from tests.rest import seen, settled
from tests.screens.room import console, fill, notice, press
from tests.screens.stage import Stage, written


@pytest.fixture
def two(connection: Connection) -> tuple[int, int]:
    """Two records of Ana, with the same number, each with a ticket."""
    ids = []
    for name, address in (("Ana Ruiz", "ana@example.org"), ("A. Ruiz", "a.ruiz@example.net")):
        customer_id = make_customer(connection, name, email=address)
        make_identity(connection, customer_id, IdentityKind.PHONE, "+14155550134")
        ticket = make_ticket(connection, subject=f"Of {name}", customer_id=customer_id)
        make_message(connection, ticket, customer_id=customer_id, sender=f"{name} <{address}>")
        ids.append(customer_id)
    index_customers(connection, ids)
    return ids[0], ids[1]


async def at(app: Stage, kind: type) -> CustomerScreen:
    """The page with its cursor on the first line of a kind."""
    await settled(app)
    screen = app.screen
    assert isinstance(screen, CustomerScreen)
    for _ in range(30):
        if isinstance(screen.lines.row, kind):
            return screen
        screen.step(1)
    raise AssertionError("no such line")


async def test_a_suggested_record_is_merged_and_parted(
    workspace: Workspace, connection: Connection, two: tuple[int, int]
) -> None:
    agent = make_agent(connection, handle="ana", name="Ana")
    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[0]), agent_id=agent)
    owner = "SELECT customer_id FROM ticket WHERE subject = 'Of A. Ruiz'"
    async with app.run_test(size=(120, 40)) as pilot:
        await at(app, Alike)
        assert "the same number" in seen(app)
        await pilot.press("M")
        await settled(app)
        assert isinstance(app.screen, ConfirmScreen)
        assert "1 ticket, 1 message" in seen(app)
        assert "a.ruiz@example.net" in seen(app)
        await pilot.press("y")
        await settled(app)
        assert "Merged A. Ruiz into Ana Ruiz" in seen(app)
        assert written(connection, owner) == two[0]
        await at(app, Part)
        await pilot.press("d", "y")
        await settled(app)
        assert written(connection, owner) == two[1]
        await pilot.press("u")
        await settled(app)
        assert written(connection, owner) == two[0]


async def test_the_other_is_found_by_anything(
    workspace: Workspace, connection: Connection, two: tuple[int, int]
) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[0]))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await at(app, IdentityRow)
        screen.do("customer.merge")
        await settled(app)
        search = app.screen
        assert isinstance(search, PickCustomer)
        search.field.value = "a.ruiz@example.net"
        await settled(app)
        await pilot.press("enter")
        await settled(app)
        assert "Merge “A. Ruiz” into “Ana Ruiz”?" in seen(app)
        await pilot.press("n")
        await settled(app)
        assert written(connection, "SELECT count(*) FROM customer_merge") == 0


async def test_the_page_of_a_record_that_another_console_merges_follows(
    workspace: Workspace, connection: Connection, two: tuple[int, int]
) -> None:
    from storage.deeds.by import By
    from storage.deeds.customer_merge import merge
    from storage.engine import deed_session, engine_over

    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[1]))
    async with app.run_test(size=(100, 30)):
        await settled(app)
        with deed_session(engine_over(connection)) as session:
            merge(session, By(None, 1), two[1], two[0])
        screen = app.screen
        assert isinstance(screen, CustomerScreen)
        screen.changed()
        await settled(app)
        assert screen.customer_id == two[0]
        assert "this is the page of “Ana Ruiz” now" in seen(app)


async def test_an_identity_goes_to_a_new_customer_with_its_ticket(
    workspace: Workspace, connection: Connection, two: tuple[int, int]
) -> None:
    make_identity(connection, two[0], IdentityKind.EMAIL, "bert@example.org")
    theirs = make_ticket(connection, subject="Of Bert", customer_id=two[0])
    make_message(connection, theirs, customer_id=two[0], sender="Bert <bert@example.org>")
    (number,) = connection.execute("SELECT number FROM ticket WHERE id = ?", (theirs,)).fetchone()
    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[0]))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at(app, IdentityRow)
        screen.step(1)
        row = screen.lines.row
        assert isinstance(row, IdentityRow)
        assert row.value == "bert@example.org"
        await pilot.press("X")
        await settled(app)
        assert f"#{number} 1 of 1 came by it" in seen(app)
        await pilot.press("enter")
        await settled(app)
        await pilot.press("enter")
        await settled(app)
        assert "Give “bert@example.org” to a new customer?" in seen(app)
        await pilot.press("y")
        await settled(app)
        name = "SELECT c.name FROM ticket t JOIN customer c ON c.id = t.customer_id WHERE t.id = ?"
        assert written(connection, name, theirs) == "bert@example.org"
        await pilot.press("u")
        await settled(app)
        assert written(connection, name, theirs) == "Ana Ruiz"


async def test_everything_about_one_is_written_to_a_folder(
    workspace: Workspace, two: tuple[int, int], tmp_path: Path
) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[0]))
    async with app.run_test(size=(100, 30)):
        screen = await at(app, IdentityRow)
        screen.do("customer.export", str(tmp_path / "out"))
        await settled(app)
        assert "Exported to" in seen(app)
        assert json.loads((tmp_path / "out" / "person.json").read_text("utf-8"))["name"] == "Ana Ruiz"
        screen.do("customer.export", str(tmp_path / "out"))
        await settled(app)
        assert "something at" in str(app.failed[-1])


async def test_erasing_asks_for_the_name(workspace: Workspace, connection: Connection, two: tuple[int, int]) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, two[0]))
    name = "SELECT name FROM customer WHERE id = ?"
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await at(app, IdentityRow)
        await pilot.press("ctrl+x")
        await settled(app)
        assert "Erase “Ana Ruiz” for good?" in seen(app)
        assert "1 ticket: only numbers stay" in seen(app)
        await pilot.press("y")
        await settled(app)
        await pilot.press("x", "enter")
        await settled(app)
        assert "That isn't the name" in seen(app)
        assert written(connection, name, two[0]) == "Ana Ruiz"
        screen.query_one(AskPanel).input.value = "ana ruiz"
        await pilot.press("enter")
        await settled(app)
        assert written(connection, name, two[0]) == "Erased customer"
        assert "Erased for good" in seen(app)
        assert "Ana" not in seen(app).split("\n", 1)[1]
        assert screen.is_current


async def test_pairs_are_merged_or_told_apart_from_their_list(
    workspace: Workspace, connection: Connection, two: tuple[int, int]
) -> None:
    app = Stage(workspace, DuplicatesScreen)
    async with app.run_test(size=(100, 20)) as pilot:
        await settled(app)
        assert "the same number" in seen(app)
        assert "d two people" in seen(app), "nobody is taken away"
        await pilot.press("d")
        await settled(app)
        assert "Nobody who was in contact lately" in seen(app)
        await pilot.press("u")
        await settled(app)
        await pilot.press("M")
        await settled(app)
        await pilot.press("y")
        await settled(app)
        assert written(connection, "SELECT count(*) FROM customer_merge") == 1


async def test_flags_and_supervisors_from_the_list(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    make_agent(connection, handle="cy", name="Cy")
    async with console(workspace) as app:
        await press(app, "!")
        for words in ("abu", "shouts"):
            panel = app.workspace.query_one(AskPanel)
            panel.input.value = words
            await settled(app)
            panel.answer()
            await settled(app)
        (customer,) = connection.execute("SELECT customer_id FROM ticket ORDER BY due_at LIMIT 1").fetchone()
        (text,) = connection.execute("SELECT flags FROM customer WHERE id = ?", (customer,)).fetchone()
        found = [(flag.kind, flag.reason, flag.by) for flag in read(text)]
        assert found == [("abusive", "shouts", "Ana Bell")]
        app.workspace.do("ticket.hand_over", "threatens")
        await settled(app)
        assert "heard agents role HANDLE supervisor" in notice(app)
        set_role(connection, By(None, NOW), "cy", "supervisor")
        app.workspace.do("ticket.hand_over", "threatens")
        await settled(app)
        assert "over to Cy" in notice(app)
