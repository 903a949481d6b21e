"""Colleagues on the screen: who is there, who is at the same ticket, and what that costs a console that rests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from console.app import HeardApp
from desk.presence import Seated, State
from desk.times import MINUTE, now
from screens.customer import CustomerScreen
from screens.jobs import Jobs
from screens.team import TeamScreen
from storage import seats
from storage.audit import Wanted, read
from storage.connect import Connection
from storage.seats import Seat
from storage.workspace import Workspace
from tests.factories import NOW
from tests.rest import seen, settled, until
from tests.screens.room import console, desk, fill, notice, press
from tests.widgets.stage import clock, ticket
from widgets.bars import HeaderBar
from widgets.inks import pieces_width
from widgets.ticket_line import Look, draw_ticket


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "TRIED_EVERY", 0.0)


@contextmanager
def sitting(workspace: Workspace, seated: Seated) -> Iterator[Seat]:
    """Another console, that tells this."""
    seat = Seat(workspace.folder)
    seat.tell(seated)
    try:
        yield seat
    finally:
        seat.leave()


def bo(connection: Connection) -> Seated:
    """Bo, who has just come."""
    (key,) = connection.execute("SELECT id FROM agent WHERE handle = 'bo'").fetchone()
    return Seated(key, since=NOW)


def company(app: HeardApp) -> tuple[Seated, ...]:
    """Who else is there, as this console knows it."""
    found = app.seat.company
    return () if found is None else tuple(seat for seat in found.others if seat.there)


async def attended(app: HeardApp) -> None:
    """A second has passed."""
    app.tick()
    await settled(app)


async def test_who_else_is_at_a_ticket_is_told_and_never_in_the_way(
    workspace: Workspace, connection: Connection
) -> None:
    ids = fill(connection)
    async with console(workspace) as app:
        await attended(app)
        me = bo(connection)
        with sitting(workspace, replace(me, ticket_id=ids[1])) as seat:
            await until(app, lambda: bool(company(app)))
            await attended(app)
            assert "◉ Bo" in seen(app)
            await press(app, "j", "Enter")
            await attended(app)
            assert "Bo Lind looks at it too" in seen(app)
            await press(app, "r")
            await attended(app)
            assert notice(app) == ""
            seat.tell(replace(me, ticket_id=ids[1], writing="reply_all"))
            await until(app, lambda: any(each.writing for each in company(app)))
            await attended(app)
            assert notice(app) == "Bo Lind writes a reply"
            assert desk(app).writing, "the own reply goes on"
        await until(app, lambda: not company(app))
        await attended(app)
        assert notice(app) == ""
        assert "Bo Lind writes" not in seen(app)


async def test_the_others_see_ticket_state_and_end(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await attended(app)
        await press(app, "Enter")
        await attended(app)
        (told,) = seats.seats(workspace.folder)
        assert (told.ticket_id, told.writing, told.state, told.there) == (
            desk(app).current_id, "", State.AVAILABLE, True,
        )  # fmt: skip
        await press(
            app,
            "n",
        )
        await attended(app)
        assert [each.writing for each in seats.seats(workspace.folder)] == ["note"]
    (told,) = seats.seats(workspace.folder)
    assert not told.there


async def test_away_and_back_by_one_key_and_with_words(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await attended(app)
        assert "(available)" in header(app)
        await press(app, "b")
        assert "(away" in header(app)
        app.action_presence_away("lunch")
        await settled(app)
        assert "lunch" in header(app)
        assert [(each.state, each.words) for each in seats.seats(workspace.folder)] == [(State.AWAY, "lunch")]
        await press(app, "b")
        assert "(available)" in header(app)


async def test_pages_of_everyone_tell_of_whoever_sits_here_at_once(
    workspace: Workspace, connection: Connection
) -> None:
    """Also where the page was opened before this console had told anybody that it is there."""
    fill(connection)
    async with console(workspace) as app:
        await press(app, "g", "p")
        await until(app, lambda: "offline" in seen(app))
        app.tick()
        await until(app, lambda: "available" in "".join(seen(app).splitlines()[1:]))
        app.action_presence_away("lunch")
        await until(app, lambda: "lunch" in "".join(seen(app).splitlines()[1:]))


async def test_after_a_call_what_was_said_before_holds_again_and_begins_anew(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await attended(app)
        assert app.seat.company is not None
        came = app.seat.company.own.since
        await press(app, "T")
        await attended(app)
        assert "(on a call)" in header(app)
        await press(app, "T", "1")
        await until(app, lambda: app.seat.phone.call is None)
        await attended(app)
        assert "(available)" in header(app)
        assert app.seat.company.own.since > came


def header(app: HeardApp) -> str:
    """The top line."""
    return "".join(text for text, _ in app.screen.query_one(HeaderBar).pieces(160))


async def test_one_person_is_one_presence_at_two_consoles(workspace: Workspace, connection: Connection) -> None:
    fill(connection)
    async with console(workspace) as app:
        await attended(app)
        assert app.seat.company is not None
        mine = app.seat.company.own
        with sitting(workspace, replace(mine, state=State.AWAY, since=mine.since + 1, words="lunch")):
            await until(app, lambda: app.seat.company is not None and app.seat.company.away)
            await attended(app)
            assert "lunch" in header(app)


async def test_the_team_page_says_who_is_there_and_opens_what_they_have(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await attended(app)
        await press(app, "g", "p")
        await until(app, lambda: "4 tickets" in seen(app))
        assert "offline" in seen(app)
        begun = replace(bo(connection), since=app.seat.clock() - 12 * MINUTE)
        with sitting(workspace, begun):
            await until(app, lambda: "available 12m" in seen(app))
        with sitting(workspace, replace(bo(connection), state=State.AWAY, words="lunch\x1b[31m")):
            await until(app, lambda: "lunch" in seen(app))
            assert "2 here" in header(app)
            assert "\x1b" not in seen(app)
        await until(app, lambda: "lunch" not in seen(app))
        assert isinstance(app.screen, TeamScreen)
        await press(app, "Enter")
        await until(app, lambda: desk(app).list_title == "status:active assignee:ana")


async def test_a_console_that_rests_asks_and_writes_nothing(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)
    async with console(workspace) as app:
        with sitting(workspace, bo(connection)):
            await until(app, lambda: bool(company(app)))
            await attended(app)
            version = connection.execute("PRAGMA data_version").fetchone()
            asked: list[str] = []
            read = Jobs.read

            def counted(jobs: Jobs, key: str, *arguments: object, **named: object) -> None:
                asked.append(key)
                read(jobs, key, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

            monkeypatch.setattr(Jobs, "read", counted)
            for _ in range(10):
                await attended(app)
            assert {"own place", "company", "places"} & set(asked) == set()
            assert connection.execute("PRAGMA data_version").fetchone() == version


async def test_where_the_folder_cannot_be_written_the_console_says_so_once(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    (workspace.folder / seats.FOLDER).write_text("in the way")
    async with console(workspace) as app:
        await attended(app)
        assert "can't see that you are here" in notice(app)
        desk(app).notices.clear()
        await press(app, "Enter")
        await attended(app)
        assert notice(app) == ""


async def test_when_the_folder_can_be_written_again_the_others_see_the_console(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)
    monkeypatch.setattr(seats, "TOUCHED_EVERY", 0.0)
    in_the_way = workspace.folder / seats.FOLDER
    in_the_way.write_text("in the way")
    async with console(workspace) as app:
        for _ in range(3):
            await attended(app)
        assert seats.seats(workspace.folder) == ()
        in_the_way.unlink()
        await attended(app)
        (seat,) = seats.seats(workspace.folder)
        assert (seat.agent_id, seat.there) == (app.seat.me.id, True)


@pytest.mark.parametrize("cells", [40, 78, 160])
@pytest.mark.parametrize("subject", ["", "Short", "A subject that is much longer than any column of a list " * 4])
def test_a_line_is_as_wide_as_ever_and_a_colleague_is_always_seen(cells: int, subject: str) -> None:
    row = ticket(1, subject=subject, tags=("refund", "delivery"))
    pieces = draw_ticket(row, cells, Look(here="Bartholomew-Maximilian", written=True), clock=clock)
    assert pieces_width(pieces) == cells
    assert cells < 78 or any(text.startswith("✎ Bartho") for text, _ in pieces)


async def test_a_customers_page_is_a_look_on_record_and_an_agent_is_refused_before_any_question(
    workspace: Workspace, connection: Connection
) -> None:
    fill(connection)
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'bo'")
    async with console(workspace) as app:
        await press(app, "C")
        await until(app, lambda: isinstance(app.screen, CustomerScreen) and app.screen.page is not None)
        (row,) = read(connection, Wanted(0, now() + 1))
        assert (row.kind, row.handle, row.customer) == ("looked", "ana", "Rosa Bianchi")
        await press(app, "Ctrl+X")
        assert isinstance(app.screen, CustomerScreen)
        assert app.screen.notices.text == "Only a supervisor may erase a customer. Ask Bo Lind."
