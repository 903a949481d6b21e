"""Incidents on the screen: from a ticket to an update that was seen before it left, and the alarm."""

from datetime import UTC
from functools import partial

import pytest
from textual.widgets import TextArea

from console.app import HeardApp
from desk.times import HOUR, MINUTE
from screens.alarms import AGAIN, AlarmBell
from screens.ask import AskPanel
from screens.confirm import ConfirmScreen
from screens.form import FormScreen
from screens.gestures import GesturesScreen
from screens.incident_forms import UpdateScreen, left_out_words, preview_lines
from screens.incident_lines import banner, draw, incident_facts, ticket_facts, top_words
from screens.incidents import IncidentsScreen
from screens.tasks import TasksScreen
from storage.audience import Audience, LeftOut, Letter
from storage.connect import Connection
from storage.incidents import Alarm, IncidentRow, IncidentTicketRow
from storage.workspace import Workspace
from tests.factories import NOW
from tests.hostile import FORBIDDEN, HOSTILE
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, press
from widgets.fields import TextField
from widgets.inks import pieces_width


async def fill_in(app: HeardApp, **values: str) -> None:
    """Write into the form in front."""
    form = app.screen
    assert isinstance(form, FormScreen)
    fields = [each for each in form.query("TextField, TextArea") if isinstance(each, TextField | TextArea)]
    for key, field in zip(form.values, fields, strict=False):
        if key in values:
            if isinstance(field, TextArea):
                field.text = values[key]
            else:
                field.value = values[key]
    await settled(app)


def test_every_line_is_as_wide_as_its_list_and_harmless() -> None:
    for _, text in HOSTILE:
        rows = (
            IncidentRow(1, text, "looking", text, text, NOW - 1, NOW, None, 2, 1, None),
            IncidentRow(1, text, "over", text, text, None, NOW, NOW, 1, 1, NOW),
            IncidentTicketRow(1, 2, 1001, text, text, 0, NOW, text or "also says this"),
            IncidentTicketRow(1, 2, 1001, text, text, 4, NOW),
        )
        for cells in (40, 78, 118):
            for row in rows:
                assert pieces_width(draw(row, cells, NOW, UTC)) == cells
        assert incident_facts(rows[0], NOW, UTC)
        assert ticket_facts(rows[2])


def test_the_preview_says_who_gets_it_who_does_not_and_how_it_reads() -> None:
    letters = tuple(
        Letter(
            key,
            1000 + key,
            key,
            f"Customer {key}",
            f"c{key}@example.org",
            "Pay",
            "Hello.\n\n" + "so " * 300,
            1,
            key > 1,
        )
        for key in range(1, 13)
    )
    left = tuple(LeftOut(2000 + number, "Bo", "no address") for number in range(6))
    lines = preview_lines(Audience(letters, left))
    assert lines[:2] == ("The first of them, c1@example.org, reads:", "  Hello.")
    assert "".join(lines).count("so so") > 50, "the whole of it is read"
    assert "1 of them through no mailbox: theirs stays on the ticket alone." in lines
    everybody = lines[lines.index("Who gets it, all 12:") + 1 :]
    assert everybody[:2] == (
        "  #1001  Customer 1  c1@example.org  on the ticket",
        "  #1002  Customer 2  c2@example.org",
    )
    assert sum(line.startswith("  #10") for line in everybody) == 12
    assert everybody[13:15] == ("Who doesn't, 6:", "  #2000  Bo  no address")
    assert len(everybody) == 12 + 2 + 6
    assert left_out_words(Audience((), left)).endswith("and 2 more")
    for _, hostile in HOSTILE:
        letter = Letter(1, 1001, 1, hostile, hostile, hostile, hostile, None, True)
        assert not FORBIDDEN & set("".join(preview_lines(Audience((letter,), (LeftOut(1, hostile, "closed"),)))))


def test_an_alarm_sounds_once_and_again_after_a_while_however_often_it_is_read() -> None:
    bell = AlarmBell()
    alarms = (Alarm(1, "Checkout", NOW + HOUR), Alarm(2, "Mail", NOW + 2 * HOUR))
    assert not bell.ring(alarms, NOW)
    rings = [second for second in range(60 * 60) if bell.ring(alarms, NOW + HOUR + second * 1_000_000)]
    assert len(rings) == HOUR // AGAIN
    assert rings[0] == 0
    # Both are due by now; together they sound no more often.
    assert bell.ring(alarms, NOW + 2 * HOUR)
    assert not bell.ring(alarms, NOW + 2 * HOUR + MINUTE)
    # Told, and due anew at another time.
    assert bell.ring((Alarm(1, "Checkout", NOW + 3 * HOUR),), NOW + 3 * HOUR)
    assert not bell.ring((), NOW + 4 * HOUR)


def test_the_banner_and_the_top_line_say_what_is_due() -> None:
    alarms = (Alarm(1, "Checkout", NOW), Alarm(2, "Mail", NOW - 5 * MINUTE), Alarm(3, "Later", NOW + HOUR))
    assert banner(alarms, NOW).startswith("“Mail” (and 1 more): its customers wait")
    assert top_words(alarms, NOW) == "update due 5m ago"
    assert banner(alarms[2:], NOW) == top_words(alarms[2:], NOW) == ""
    assert top_words(alarms[2:], NOW + 50 * MINUTE) == "update in 10 min"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_an_incident_from_a_ticket_to_an_update_that_was_seen_first(
    workspace: Workspace, connection: Connection, size: tuple[int, int]
) -> None:
    fill(connection)
    connection.execute("UPDATE message SET body = 'the checkout rejects my card' WHERE ticket_id < 3")
    connection.execute("UPDATE ticket SET created_at = created_at * 2")
    async with console(workspace, size=size) as app:
        await press(app, "I")
        assert "A new incident" in seen(app)
        app.screen.query_one(AskPanel).answer()
        await settled(app)
        await fill_in(app, title="Checkout rejects cards", notice="Paying fails at the checkout.", next="1h")
        await press(app, "Ctrl+S")
        assert "Began the incident" in desk(app).notices.text
        await press(app, "g", "i")
        page = app.screen
        assert isinstance(page, IncidentsScreen)
        shown = seen(app)
        assert "Checkout rejects cards" in shown
        assert "1 ticket, 1 customer" in shown
        assert "also says" in shown
        await press(app, "j", "Y")
        assert "2 tickets, 2 customers" in seen(app)
        await press(app, "g", "g", "r")
        update = app.screen
        assert isinstance(update, UpdateScreen)
        await fill_in(app, text="Hello {{customer.first_name|there}}, by {{incident.next}} we know more.")
        assert update.reading.startswith("The text names the next update, and none is set")
        await fill_in(app, text="{{incident.nxt}}")
        assert update.reading.startswith("“incident.nxt” is no variable")
        await fill_in(app, text="Hello {{customer.first_name|there}}, by {{incident.next}} we know more.")
        await fill_in(app, next="2h")
        await press(app, "Ctrl+S")
        assert isinstance(app.screen, ConfirmScreen)
        shown = seen(app)
        assert "Write to 2 customers?" in shown
        assert "⏎ yes" in shown
        assert "Hello Rosa, by" in shown or "Hello Li, by" in shown
        assert connection.execute("SELECT count(*) FROM outbox").fetchone()[0] == 0
        await press(app, "y")
        assert "Told 2 customers" in seen(app)
        assert connection.execute("SELECT count(*) FROM outbox").fetchone()[0] == 2
        await press(app, "u")
        assert connection.execute("SELECT count(*) FROM incident_update").fetchone()[0] == 0


async def test_all_that_are_selected_are_none_of_it(workspace: Workspace, connection: Connection) -> None:
    ids = fill(connection)
    connection.execute(
        "INSERT INTO incident(uid, title, state, notice, created_at) VALUES(x'01', 'Mail', 'found', '', ?)", (NOW,)
    )
    connection.executemany(
        "INSERT INTO incident_ticket(incident_id, ticket_id, state, at) VALUES(1, ?, 'linked', ?)",
        [(each, NOW) for each in ids[:3]],
    )
    async with console(workspace) as app:
        await press(app, "x", "x", "I")
        panel = app.screen.query_one(AskPanel)
        panel.input.value = "none"
        await settled(app)
        panel.answer()
        await settled(app)
    states = connection.execute("SELECT ticket_id, state FROM incident_ticket ORDER BY ticket_id").fetchall()
    assert [state for _, state in states] == ["dismissed", "dismissed", "linked"]


@pytest.mark.parametrize("page", [IncidentsScreen, TasksScreen, GesturesScreen])
async def test_before_anything_is_read_nothing_is_claimed(
    workspace: Workspace, connection: Connection, page: type[IncidentsScreen | TasksScreen | GesturesScreen]
) -> None:
    fill(connection)
    async with console(workspace) as app:
        assert page(app.seat).titles[0] == ""
        app.push_screen(page(app.seat))
        await settled(app)
        assert isinstance(app.screen, page)
        assert app.screen.titles[0] in ("Nothing is wrong", "0 open", "Nothing waits")


def _has(page: IncidentsScreen | TasksScreen, lines: int) -> bool:
    return page.lines.count == lines


async def test_an_answer_is_for_the_line_that_was_asked_about(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    connection.executemany(
        "INSERT INTO incident(uid, title, state, notice, created_at) VALUES(?, ?, 'found', '', ?)",
        [(b"1", "Mail", NOW), (b"2", "Cards", NOW)],
    )
    connection.executemany(
        "INSERT INTO task(uid, title, cause, state, created_at) VALUES(?, ?, '', 'open', ?)",
        [(b"1", "Mend", NOW), (b"2", "Look", NOW)],
    )
    async with console(workspace) as app:
        for keys, table, asked, answer in (
            ("g i =", "incident", "Mail", "watching"), ("g t #", "task", "Mend", "1001"),
            ("g t a o", "task", "Look", "bo"),
        ):  # fmt: skip
            await press(app, *keys.split())
            page = app.screen
            assert isinstance(page, IncidentsScreen | TasksScreen)
            # It goes meanwhile, and another one may be under the cursor.
            connection.execute(f"DELETE FROM {table} WHERE title = ?", (asked,))
            app.changed()
            await until(app, partial(_has, page, page.lines.count - 1))
            panel = page.query_one(AskPanel)
            panel.input.value = answer
            panel.answer()
            await settled(app)
            assert f"There is no such {table} any more" in seen(app)
    assert connection.execute("SELECT title, state FROM incident").fetchall() == [("Cards", "found")]
    assert connection.execute("SELECT count(*) FROM task_ticket").fetchone() == (0,)


async def test_a_question_of_any_length_keeps_its_keys_and_can_be_read_to_its_end(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    lines = tuple(f"line {number} [/x]" for number in range(10_000))
    async with console(workspace, size=(80, 24)) as app:
        answers: list[bool | None] = []
        app.push_screen(ConfirmScreen(app.seat, "Write to 10,000 customers?", lines), answers.append)
        await settled(app)
        shown = seen(app)
        assert "Write to 10,000 customers?" in shown
        assert "line 0 [/x]" in shown
        assert "⏎ yes" in shown
        for key, there in (
            ("j", "line 15 "),
            ("k", "line 0 "),
            ("Ctrl+D", "line 20 "),
            ("G", "line 9999 "),
            ("Home", "line 0 "),
        ):
            await press(app, key)
            assert there in seen(app), key
            assert "⏎ yes" in seen(app)
        await press(app, "n")
        assert answers == [False]


async def test_who_ends_it_is_asked_about_its_tickets_and_a_due_update_is_told_on_every_screen(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    connection.execute(
        "INSERT INTO incident(uid, title, state, notice, created_at, next_update_at)"
        " VALUES(x'01', 'Mail', 'found', '', ?, ?)",
        (NOW, NOW),
    )
    connection.execute(
        "INSERT INTO incident_ticket(incident_id, ticket_id, state, at) VALUES(1, ?, 'linked', ?)", (ids[0], NOW)
    )
    async with console(workspace) as app:
        app.changed()
        await until(app, lambda: app.seat.alarms)
        app.tick()
        await settled(app)
        assert "! update due" in seen(app).splitlines()[0]
        assert "“Mail”: its customers wait" in seen(app)
        await press(app, "Enter")
        assert "incident “Mail” (found)" in seen(app)
        await press(app, "g", "i")
        page = app.screen
        assert isinstance(page, IncidentsScreen)
        assert "its customers wait" in seen(app)
        page.do("incident.state", "over")
        await settled(app)
        app.screen.query_one(AskPanel).answer()
        await settled(app)
        assert connection.execute("SELECT status FROM ticket WHERE id = ?", (ids[0],)).fetchone()[0] == 3
        app.changed()
        await until(app, lambda: not app.seat.alarms)
        app.tick()
        await settled(app)
        assert "update due" not in seen(app).splitlines()[0]
