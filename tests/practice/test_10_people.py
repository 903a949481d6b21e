"""Section 10 of the practice, walked: people on both sides of the line."""

from datetime import timedelta

from desk.times import DAY, HOUR, from_datetime, now, to_datetime
from screens.action import Place
from screens.newcomers import NewcomersScreen
from screens.numbers import NumbersScreen
from storage.clocks import aims
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import make_agent, make_customer, make_message, make_ticket
from tests.rest import seen, settled
from tests.screens.room import console, desk, fill, place, press


async def test_a_new_paying_customer_gets_a_personal_note(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    for name, plan, days in (("Noor Haddad", "Team", 2), ("Free Rider", "Free", 1), ("Old Friend", "Team", 400),
        ("Red\x1b[31m Rita\x07", "Team", 3),
    ):  # fmt: skip
        customer = make_customer(connection, name, email=name.split()[0].lower() + "@example.org")
        connection.execute("UPDATE customer SET plan = ?, since = ? WHERE id = ?", (plan, now() - days * DAY, customer))
    async with console(workspace) as app:
        await press(app, "g", "n")
        assert isinstance(app.screen, NewcomersScreen)
        assert "Noor Haddad" in seen(app)
        assert "no word yet" in seen(app)
        assert "Free Rider" not in seen(app)
        assert "Old Friend" not in seen(app)
        rows = [line for line in seen(app).split("\n") if "no word yet" in line]
        assert [row.index("Team") for row in rows] == [rows[0].index("Team")] * 2, "whatever a name has in it"
        await press(app, "r")
        assert place(app) is Place.COMPOSER
        written = desk(app).composer.written
        assert (written.recipients, written.subject) == ("noor@example.org", "Welcome, and a person to ask")
        assert written.body.startswith("Hi Noor,")
        assert "{{ask: what they want to get done}}" in written.body, "nobody but the agent knows that"
        assert "week" not in written.body, "whom the page lists may be new for a month"
    assert connection.execute("SELECT count(*) FROM message WHERE kind = 'outbound'").fetchone() == (0,)


async def test_ones_own_numbers_are_for_oneself_and_show_progress(workspace: Workspace, connection: Connection) -> None:
    me, other = make_agent(connection, handle="ana", name="Ana Bell"), make_agent(connection, handle="bo")
    today = to_datetime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = from_datetime(today - timedelta(days=today.weekday()))
    for agent, weeks, answers in ((me, 1, 3), (me, 2, 1), (other, 1, 7)):
        for _ in range(answers):
            at = monday - weeks * 7 * DAY
            ticket = make_ticket(connection, created_at=at, updated_at=at + 1)
            make_message(connection, ticket, at=at)
            make_message(connection, ticket, kind="outbound", at=at + 1, agent_id=agent)
    async with console(workspace) as app:
        await press(app, "g", "y")
        assert isinstance(app.screen, NumbersScreen)
        assert app.screen.place is Place.NUMBERS
        shown = seen(app)
        assert "My numbers: Ana Bell" in shown
        assert "Answers in four weeks  4" in shown
        assert "0 in the four weeks before" in shown
        assert "Nobody else's numbers are here" in " ".join(shown.split())
        await press(app, "q")
        assert place(app) is Place.QUEUE
        # What is left to do is one key away, and its ticket another.
        solved = make_ticket(connection, subject="The kettle [/x] leaks", status=3, created_at=monday, updated_at=now())
        connection.execute(
            "INSERT INTO checklist_run(uid, ticket_id, checklist_key, agent_id, started_at)"
            " VALUES(x'01', ?, 'heard', ?, ?)",
            (solved, me, now() - 1),
        )
        await press(app, "g", "y", "Enter")
        assert "Diagnose  The kettle [/x] leaks" in seen(app)
        await press(app, "Enter")
        assert desk(app).reading_id == solved


async def test_the_scope_of_support_is_a_text_at_hand(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    connection.execute("UPDATE snippet SET body = 'We mend kettles, and no kitchens.' WHERE \"trigger\" = 'wedo'")
    async with console(workspace) as app:
        await press(app, "Enter")
        desk(app).write_with("scope")
        await settled(app)
        assert "We mend kettles, and no kitchens." in desk(app).composer.written.body


async def test_a_social_channel_says_who_reads_along_and_has_the_shorter_target(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    connection.execute("UPDATE ticket SET channel_id = (SELECT id FROM channel WHERE key = 'x') WHERE id = 1")
    connection.execute("UPDATE customer SET details = ? WHERE id = 1", ('{"followers": "12.4k"}',))
    async with console(workspace) as app:
        await press(app, "Enter")
        assert "public, 12,400 read along" in seen(app)
    spans = aims(connection, (1, 2))
    assert spans[1].first_response == HOUR
    assert spans[2].first_response == DAY
