"""Gestures on the screen: what is left before something is given, and what waits for a supervisor."""

from datetime import UTC

import pytest

from console.app import HeardApp
from desk.errors import BadInput
from desk.gestures import Budget, Left, parse_gestures
from screens.action import Place
from screens.ask import AskPanel
from screens.form import FormScreen
from screens.gesture_form import left_words, meaning
from screens.gesture_lines import gesture_facts, gesture_line
from screens.gestures import GesturesScreen
from storage import rules
from storage.connect import Connection
from storage.gestures import MOST, GestureRow, Standing
from storage.workspace import Workspace
from tests.factories import NOW
from tests.hostile import HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, notice, press
from widgets.fields import TextField
from widgets.inks import pieces_width

RULES = """
currency = "EUR"
approvers = ["supervisor"]
[[kind]]
key = "voucher"
label = "Voucher"
amount = "10.00"
[[kind]]
key = "cake"
label = "Cake"
[[budget]]
amount = "15.00"
"""


def standing() -> Standing:
    left = Left("Ana Bell", Budget("agent", "", "month", 1500), 400, 0, 1)
    return Standing(parse_gestures(RULES), None, (left,))


def test_the_form_says_what_is_left_and_what_goes_beyond() -> None:
    found = standing()
    assert left_words(found) == "Left of EUR: Ana Bell 11 of 15/month"
    told = meaning({"kind": "vou", "value": "10", "reason": "late"}, found)
    assert told == "10 EUR, leaving Ana Bell 1 of 15/month"
    assert meaning({"kind": "Cake", "value": "11.01", "reason": "late"}, found).startswith(
        "11.01 EUR: a supervisor decides"
    )
    for values in ({"value": "", "reason": "late"}, {"value": "0", "reason": "late"}, {"value": "3", "reason": " "}):
        with pytest.raises(BadInput):
            meaning({"kind": "voucher", **values}, found)


def test_a_line_is_as_wide_as_its_list_whatever_strangers_are_called() -> None:
    for _, text in HOSTILE:
        row = GestureRow(
            1, 2, 1001, 3, text, 4, text, text, "gone", 10**12, "EUR", text, "refused", NOW, text, text, text
        )
        for cells in (40, 78, 118):
            assert pieces_width(gesture_line(row, cells, NOW)) == cells
        assert ("Gesture", text + ", 10,000,000,000 EUR", "strong") in gesture_facts(row, NOW, UTC)


async def fill_in(app: HeardApp, **values: str) -> None:
    """Write into the form in front; its fields stand in the order of its entries."""
    form = app.screen
    assert isinstance(form, FormScreen)
    for key, field in zip(form.values, form.query(TextField), strict=False):
        field.value = values.get(key, field.value)
    await settled(app)


async def test_a_gesture_is_given_from_a_ticket_and_approved_where_it_goes_beyond(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'ana'")
    rules.write(connection, "gestures", RULES)
    async with console(workspace) as app:
        await press(app, "Enter", "$")
        assert "Left of EUR: Ana Bell 15 of 15/month" in seen(app)
        app.screen.query_one(AskPanel).answer()
        await settled(app)
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.values["value"] == "10 EUR"
        await fill_in(app, reason="waited two weeks")
        assert form.reading == "10 EUR, leaving Ana Bell 5 of 15/month"
        await press(app, "Ctrl+S")
        assert notice(app) == "Gave Voucher, 10 EUR on #1001.  u undoes"
        assert "gave Voucher, 10 EUR: waited two weeks" in seen(app)

        desk(app).do("gesture.give", "cake")
        await settled(app)
        form = app.screen
        assert isinstance(form, FormScreen)
        await fill_in(app, value="6", reason="the same again")
        await press(app, "Ctrl+S")
        assert "a supervisor decides" in notice(app)
        await press(app, "g", "$")
        page = app.screen
        assert isinstance(page, GesturesScreen)
        assert page.place is Place.GESTURES
        assert page.titles[0] == "1 waits for a supervisor"
        assert "Ana Bell 5 of 15 EUR this month" in seen(app)
        await press(app, "Y")
        assert "-1 of 15 EUR" in seen(app)
        assert page.titles[0] == "Nothing waits"
        await press(app, "u")
        assert page.titles[0] == "1 waits for a supervisor"


async def test_a_reason_is_for_the_gesture_that_it_was_asked_for(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'ana'")
    connection.executemany(
        "INSERT INTO gesture(uid, agent_id, kind, amount, currency, reason, state, made_at, answer)"
        " VALUES(?, 2, 'voucher', 100, 'EUR', ?, 'waiting', ?, '')",
        [(b"1", "one", NOW), (b"2", "two", NOW + 1)],
    )
    async with console(workspace) as app:
        await press(app, "g", "$", "d")
        # Whoever asked takes it back meanwhile, and the other one is under the cursor.
        connection.execute("DELETE FROM gesture WHERE reason = 'one'")
        app.changed()
        page = app.screen
        assert isinstance(page, GesturesScreen)
        await until(app, lambda: page.lines.count == 1)
        panel = page.query_one(AskPanel)
        panel.input.value = "too much"
        panel.answer()
        await settled(app)
        assert connection.execute("SELECT reason, state FROM gesture").fetchall() == [("two", "waiting")]
        assert "There is no such gesture any more" in seen(app)


async def test_who_does_not_decide_is_told_of_their_own_alone(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    # Where nobody has a role that decides, everybody does.
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'bo'")
    connection.executemany(
        "INSERT INTO gesture(uid, agent_id, kind, amount, currency, reason, state, made_at, answer)"
        " VALUES(?, ?, 'voucher', 100, 'EUR', 'late', 'waiting', ?, '')",
        [(b"%d" % number, 2, NOW + number) for number in range(MOST)],
    )
    async with console(workspace) as app:
        await press(app, "g", "$")
        page = app.screen
        assert isinstance(page, GesturesScreen)
        assert page.titles[0] == "Nothing of yours waits"
        connection.execute("UPDATE gesture SET agent_id = 1 WHERE id = ?", (MOST,))
        app.changed()
        await until(app, lambda: page.lines.count == 1)
        assert page.titles[0] == "1 of yours waits for a supervisor"


async def test_the_resolve_step_offers_a_gesture_which_ticks_it(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    rules.write(connection, "gestures", RULES.replace('[[kind]]\nkey = "cake"\nlabel = "Cake"\n', ""))
    async with console(workspace, size=(200, 50)) as app:
        await press(app, "Enter")
        desk(app).do("checklist.begin", "heard")
        await settled(app)
        await press(app, "j", "j", "j", "Enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        await fill_in(app, reason="the kettle leaked")
        await press(app, "Ctrl+S")
        ticked = connection.execute("SELECT step, text FROM checklist_tick").fetchall()
        assert ticked == [("resolve", "Gave Voucher, 10 EUR on #1001")]


async def test_a_customer_is_given_something_on_their_own_page_and_it_stands_there(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    rules.write(connection, "gestures", RULES)
    async with console(workspace) as app:
        await press(app, "Enter", "C")
        app.screen.do("gesture.give", "voucher")  # type: ignore[attr-defined]  # the customer's page
        await settled(app)
        await fill_in(app, reason="ten years with us")
        await press(app, "Ctrl+S")
        assert "10 EUR Voucher  ten years with us" in seen(app)
        assert connection.execute("SELECT ticket_id, customer_id, state FROM gesture").fetchall() == [
            (None, 1, "given")
        ]


async def test_what_was_done_about_a_rating_is_noted_with_one_key(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    connection.execute(
        "INSERT INTO rating(uid, ticket_id, score, words, way, at, action)"
        " VALUES(x'01', ?, 1, 'too slow', 'link', ?, '')",
        (ids[0], NOW),
    )
    async with console(workspace, size=(160, 36)) as app:
        await press(app, "Enter")
        assert "rated bad: “too slow”; A notes what was done" in seen(app)
        await press(app, "A")
        panel = app.screen.query_one(AskPanel)
        panel.input.value = "called her"
        panel.answer()
        await settled(app)
        assert "rated bad: “too slow”; done: called her" in seen(app)
        # What is written is for the ticket that it was asked for, whichever is open by then.
        await press(app, "A")
        connection.execute(
            "INSERT INTO rating(uid, ticket_id, score, words, way, at, action) VALUES(x'02', ?, 1, '', 'link', ?, '')",
            (ids[1], NOW),
        )
        desk(app).open_ticket(ids[1])
        await settled(app)
        panel.input.value = "wrote to her too"
        panel.answer()
        await settled(app)
        assert connection.execute("SELECT action FROM rating ORDER BY id").fetchall() == [("wrote to her too",), ("",)]
        connection.execute("DELETE FROM rating WHERE ticket_id = ?", (ids[1],))
        app.changed()
        await until(app, lambda: not desk(app).situation().rated)
        await press(app, "A")
        assert notice(app) == "Acted on: this ticket has no rating"
