"""What has changed is settled before the board counts, also what changes meanwhile, and deeds have their turn."""

from threading import Event

from desk.errors import HeardError
from desk.statuses import Status
from desk.times import SECOND
from screens.board_settling import READ_EVERY, Settling
from screens.outbox import OutboxScreen
from storage.connect import Connection
from storage.statistics.settling import BATCH, count_anew, waiting
from storage.workspace import Workspace
from tests.factories import NOW, make_ticket
from tests.rest import settled
from tests.screens.stage import Stage


def stage(workspace: Workspace) -> Stage:
    """Any screen will do: what is tried are the threads of its app."""
    return Stage(workspace, OutboxScreen)


async def test_all_is_settled_before_the_numbers_are_read(workspace: Workspace, connection: Connection) -> None:
    for _ in range(3):
        make_ticket(connection, status=Status.OPEN, created_at=NOW)
    read: list[int] = []
    app = stage(workspace)
    async with app.run_test():
        assert waiting(connection) == 3
        Settling(app.jobs, lambda: NOW, lambda: read.append(waiting(connection)), app.failed.append).ask()
        await settled(app)
    assert read == [0]


async def test_what_is_asked_meanwhile_is_settled_too_and_read_once(
    workspace: Workspace, connection: Connection
) -> None:
    make_ticket(connection, status=Status.OPEN, created_at=NOW)
    read: list[int] = []
    app = stage(workspace)
    async with app.run_test():
        settling = Settling(app.jobs, lambda: NOW, lambda: read.append(waiting(connection)), app.failed.append)
        for _ in range(5):
            settling.ask()
        make_ticket(connection, status=Status.OPEN, created_at=NOW)
        await settled(app)
        assert read == [0]
        settling.ask()
        await settled(app)
        assert read == [0, 0]


async def test_a_change_behind_the_last_look_is_settled_before_the_numbers_are_read(
    workspace: Workspace, connection: Connection
) -> None:
    read: list[int] = []
    looked = Event()
    app = stage(workspace)
    async with app.run_test():
        settling = Settling(app.jobs, lambda: NOW, lambda: read.append(waiting(connection)), app.failed.append)
        settling.ask()
        app.jobs.keep(lambda _: looked.set())
        # The writer has found nothing, and the loop hasn't heard of it yet.
        assert looked.wait(60)
        make_ticket(connection, status=Status.OPEN, created_at=NOW)
        settling.ask()
        await settled(app)
    assert read == [0]


async def test_after_a_first_import_numbers_are_read_in_between(workspace: Workspace, connection: Connection) -> None:
    for _ in range(2 * BATCH + 1):
        make_ticket(connection, status=Status.OPEN, created_at=NOW)
    count_anew(connection)
    times = iter(range(1000))
    read: list[int] = []
    app = stage(workspace)
    async with app.run_test():
        # Each look at the clock finds it a second later.
        settling = Settling(
            app.jobs,
            lambda: NOW + next(times) * READ_EVERY,
            lambda: read.append(waiting(connection)),
            app.failed.append,
        )
        settling.ask()
        await settled(app)
    assert len(read) > 2
    assert read == sorted(read, reverse=True)
    assert read[-1] == 0


async def test_where_it_cant_be_settled_that_is_said_and_the_numbers_are_read(
    workspace: Workspace, connection: Connection
) -> None:
    make_ticket(connection, status=Status.OPEN, created_at=NOW)
    connection.execute("DROP TABLE ticket_fact")
    read: list[int] = []
    failed: list[HeardError] = []
    app = stage(workspace)
    async with app.run_test():
        settling = Settling(app.jobs, lambda: NOW, lambda: read.append(1), failed.append)
        settling.ask()
        await settled(app)
        assert len(failed) == 1
        assert read == [1]
        # It may go better the next time.
        settling.ask()
        await settled(app)
        assert len(failed) == 2


async def test_who_has_left_hears_nothing_more(workspace: Workspace, connection: Connection) -> None:
    read: list[int] = []
    app = stage(workspace)
    async with app.run_test():
        settling = Settling(app.jobs, lambda: NOW + SECOND, lambda: read.append(1), app.failed.append)
        settling.ask()
        settling.ended = True
        await settled(app)
    assert read == []
