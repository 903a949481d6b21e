"""The page of one customer: what stands there, and what can be changed of it."""

import json
from datetime import UTC

import pytest

from desk import flags
from desk.flags import Flag
from desk.lookup import IdentityKind
from desk.records import IdentityRow, PromiseRow, TicketRow
from screens import customer_page
from screens.customer import CustomerScreen
from screens.customer_page import Gap, Heading, Note, draw, key, lines, page
from screens.form import FormScreen
from storage.connect import Connection
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.workspace import Workspace
from tests.factories import NOW, make_agent, make_customer, make_identity, make_message, make_ticket
from tests.hostile import HOSTILE
from tests.rest import seen, settled
from tests.screens.stage import Stage, harmless_on_screen, storable, written
from widgets.inks import pieces_width


@pytest.fixture
def ana(connection: Connection) -> int:
    """Ana: a maybe, a flag, a note, two tickets and a note on one of them."""
    customer_id = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    make_identity(connection, customer_id, IdentityKind.PHONE, "+1 415 555 4471", known=False)
    solved = make_ticket(connection, subject="An old matter", customer_id=customer_id, status=3, created_at=NOW)
    make_ticket(connection, subject="Where is my parcel?", customer_id=customer_id, created_at=NOW - 100)
    make_message(connection, solved, kind="note", body="She was right", customer_id=customer_id)
    connection.execute(
        "UPDATE customer SET note = 'Calls in the morning', flags = ?, details = ? WHERE id = ?",
        (flags.write([Flag("abusive", "shouted")]), json.dumps({"size": "XL"}), customer_id),
    )
    index_customers(connection, [customer_id])
    return customer_id


def test_active_tickets_come_first_and_every_line_has_its_own_key(
    workspace: Workspace, connection: Connection, ana: int
) -> None:
    shown = lines(page(connection, ana, NOW, UTC))
    tickets = [line.subject for line in shown if isinstance(line, TicketRow)]
    assert tickets == ["Where is my parcel?", "An old matter"]
    headings = [line.title for line in shown if isinstance(line, Heading)]
    assert headings == ["Tickets", "Known by", "Flags", "Note", "Notes and calls on tickets", "Details"]
    assert len({key(line) for line in shown}) == len(shown)
    assert all(pieces_width(draw(line, 60, NOW)) <= 200 for line in shown)


def test_what_was_promised_stands_right_below_the_tickets(connection: Connection, ana: int) -> None:
    connection.execute(
        "INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state)"
        " VALUES(x'01', 2, 'by [/red]Friday', ?, ?, ?, 'open'), (x'02', 2, 'kept', 0, 1, 1, 'kept')",
        (NOW, NOW + 3_600_000_000, NOW),
    )
    shown = lines(page(connection, ana, NOW, UTC))
    assert [line.title for line in shown if isinstance(line, Heading)][:2] == ["Tickets", "Promised"]
    (promise,) = [line for line in shown if isinstance(line, PromiseRow)]
    drawn = "".join(text for text, _ in draw(promise, 60, NOW))
    assert drawn.split() == ["◆", "#1002", "by", "[/red]Friday", "due", "1:00"]


def test_of_very_many_tickets_none_that_is_active_is_left_out_and_the_page_says_that_there_are_more(
    connection: Connection, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_page, "MOST_TICKETS", 3)
    for place in range(4):
        make_ticket(connection, customer_id=ana, status=3, created_at=NOW + place)
    open_ticket = make_ticket(connection, customer_id=ana, created_at=NOW - 200)
    shown = lines(page(connection, ana, NOW, UTC))
    tickets = [line for line in shown if isinstance(line, TicketRow)]
    assert [line.status for line in tickets] == [0, 0, 3]
    assert tickets[1].id == open_ticket
    assert shown[0] == Heading("Tickets", "3 of 7; the filter customer: finds all")


def test_a_blank_line_parts_the_sections(connection: Connection, ana: int) -> None:
    shown = lines(page(connection, ana, NOW, UTC))
    before = [shown[place - 1] for place, line in enumerate(shown) if place and isinstance(line, Heading)]
    assert len(before) == 5
    assert all(isinstance(line, Gap) and draw(line, 60, NOW) == [] for line in before)
    assert isinstance(shown[0], Heading)


@pytest.mark.parametrize("kind", [TicketRow, IdentityRow, Note])
async def test_the_way_back_is_shown_on_a_small_screen(workspace: Workspace, ana: int, kind: type) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, ana))
    async with app.run_test(size=(80, 24)):
        await open_on(app, kind)
        await settled(app)
        assert seen(app).splitlines()[-1].rstrip().endswith("Esc back  ? keys")


async def open_on(app: Stage, kind: type) -> CustomerScreen:
    """The screen with its cursor on the first line of a kind."""
    screen = app.screen
    assert isinstance(screen, CustomerScreen)
    await settled(app)
    for _ in range(40):
        if isinstance(screen.lines.row, kind):
            return screen
        screen.step(1)
    raise AssertionError("no such line")


async def test_the_cursor_begins_on_a_ticket_and_never_rests_on_a_heading(workspace: Workspace, ana: int) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, ana))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_on(app, TicketRow)
        await pilot.press("k", "g", "g")
        for _ in range(20):
            assert not isinstance(screen.lines.row, Heading | Gap)
            screen.action_move_down()
        screen.action_move_top()
        await pilot.press("enter")
        assert [what for what, _ in app.opened] == ["ticket"]


async def test_one_key_confirms_a_maybe_and_u_takes_it_back(
    workspace: Workspace, connection: Connection, ana: int
) -> None:
    agent = make_agent(connection, handle="ana", name="Ana")
    app = Stage(workspace, lambda seat: CustomerScreen(seat, ana), agent_id=agent)
    known = "SELECT known FROM identity WHERE value = '+1 415 555 4471'"
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await open_on(app, IdentityRow)
        screen.step(1)
        assert screen.situation().maybe
        await pilot.press("Y")
        assert written(connection, known) == 1
        assert "Confirmed +1 415 555 4471" in seen(app)
        await pilot.press("u")
        assert written(connection, known) == 0
        assert "maybe" in seen(app)


async def test_flag_rename_and_identity_are_deeds_that_the_look_up_knows(
    workspace: Workspace, connection: Connection, ana: int
) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, ana))
    async with app.run_test(size=(120, 30)):
        screen = await open_on(app, TicketRow)
        screen.do("customer.rename", "Ana Torres")
        screen.do("row.add", "order 8841")
        screen.do("customer.flag", "pays late")
        await settled(app)
        assert "Ana Torres" in seen(app)
        assert "! pays late" in seen(app)
        screen.do("row.add", "who knows what")
        assert "Write its kind before it" in seen_notice(screen)
    assert [hit.name for hit in Finder(connection).find("8841")] == ["Ana Torres"]


def seen_notice(screen: CustomerScreen) -> str:
    """What the notice line says."""
    return screen.notices.text


async def test_a_flag_goes_after_a_question_and_the_note_is_written_in_a_form(
    workspace: Workspace, connection: Connection, ana: int
) -> None:
    app = Stage(workspace, lambda seat: CustomerScreen(seat, ana))
    async with app.run_test(size=(80, 30)) as pilot:
        await open_on(app, Flag)
        await pilot.press("d", "y")
        assert written(connection, "SELECT flags FROM customer WHERE id = ?", ana) == "[]"
        await open_on(app, Note)
        await pilot.press("enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values == {"note": "Calls in the morning"}
        await pilot.press("!", "ctrl+s")
        assert written(connection, "SELECT note FROM customer WHERE id = ?", ana) == "Calls in the morning!"


async def test_hostile_text_in_every_field_does_no_harm(workspace: Workspace, connection: Connection) -> None:
    texts = [storable(text) for _, text in HOSTILE]
    customer_id = make_customer(connection, "x", email="x@example.org")
    for number, text in enumerate(texts):
        make_identity(connection, customer_id, IdentityKind.HANDLE, " ".join((text, str(number))))
        ticket = make_ticket(connection, subject=text, customer_id=customer_id)
        make_message(connection, ticket, kind="note", body=text, sender=text, customer_id=customer_id)
    connection.execute(
        "UPDATE customer SET name = ?, plan = ?, note = ?, flags = ?, details = ? WHERE id = ?",
        (
            "\n".join(texts[3:9]),
            texts[6],
            "\n".join(texts[:40]),
            flags.write(Flag(text, text, None, text) for text in texts),
            json.dumps(dict.fromkeys(texts, texts[16])),
            customer_id,
        ),
    )
    app = Stage(workspace, lambda seat: CustomerScreen(seat, customer_id))
    async with app.run_test(size=(120, 160)):
        await settled(app)
        harmless_on_screen(app)
        screen = app.screen
        assert isinstance(screen, CustomerScreen)
        screen.action_move_bottom()
        await settled(app)
        harmless_on_screen(app)
    assert not app.failed
