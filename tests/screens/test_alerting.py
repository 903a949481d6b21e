"""Alerts at a console: it looks at its turn, rings once, and a team without alerts pays nothing."""

from collections.abc import Callable

import pytest

from console import alerting
from console.app import HeardApp
from desk.times import MINUTE, now
from screens.jobs import Jobs
from storage import rules
from storage.alerts import setting
from storage.connect import Connection
from storage.deeds.by import By
from storage.supervisors import set_role
from storage.workspace import Workspace
from sync import lock
from tests.factories import make_agent, make_ticket
from tests.rest import settled, until
from tests.screens.room import console, fill, notice

LATE = 'desktop = false\n[[alert]]\ntitle = "Late"\nmetric = "late"\nabove = "5"\n'


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bells that rang; every second is one to look in."""
    bells: list[str] = []
    monkeypatch.setattr(alerting, "LOOKED_EVERY", 0.0)
    monkeypatch.setattr(alerting, "TURN_EVERY", 0.0)
    monkeypatch.setattr(HeardApp, "bell", lambda _: bells.append("rang"))
    return bells


def make_late(connection: Connection) -> None:
    """Seven tickets that are late."""
    for _ in range(7):
        make_ticket(connection, due_at=now() - MINUTE)


async def ticking(app: HeardApp, fact: Callable[[], bool]) -> None:
    """Seconds pass until it is so."""

    def so() -> bool:
        app.tick()
        return fact()

    await until(app, so)


async def passed(app: HeardApp, seconds: int = 3) -> None:
    """Some seconds."""
    for _ in range(seconds):
        app.tick()
        await settled(app)


async def test_what_crosses_its_edge_rings_once_and_says_what_it_is(
    workspace: Workspace, connection: Connection, rung: list[str]
) -> None:
    fill(connection)
    rules.write(connection, "alerts", LATE)
    async with console(workspace) as app:
        await passed(app)
        # Those of the desk are late as well.
        rung.clear()
        connection.execute("UPDATE ticket SET due_at = NULL")
        connection.execute("DELETE FROM setting WHERE key LIKE 'alerts.%'")
        await passed(app)
        assert rung == []
        make_late(connection)
        await ticking(app, lambda: bool(rung))
        assert notice(app) == "Late: 7, above 5"
        await passed(app)
        assert rung == ["rang"]
        assert lock.is_held(workspace, alerting.TURN)
    assert not lock.is_held(workspace, alerting.TURN), "the next console takes its turn"


async def test_a_console_whose_turn_it_is_not_hears_it_and_tells_nobody(
    workspace: Workspace, connection: Connection, rung: list[str]
) -> None:
    fill(connection)
    rules.write(connection, "alerts", LATE)
    with lock.only_one(workspace, alerting.TURN):
        async with console(workspace) as app:
            make_late(connection)
            await passed(app)
            assert rung == []
            assert connection.execute("SELECT 1 FROM setting WHERE key = 'alerts.stands'").fetchone() is None
            connection.execute(
                "INSERT INTO setting(key, value) VALUES('alerts.told', json_object('at', ?, 'words', 'Late: 7'))",
                (now(),),
            )
            await until(app, lambda: bool(rung))
            assert notice(app) == "Late: 7"
            # A clock that was ahead was set back.
            told = "UPDATE setting SET value = json_object('at', ?, 'words', 'Late: 9') WHERE key = 'alerts.told'"
            connection.execute(told, (now() - MINUTE,))
            await until(app, lambda: len(rung) == 2)
            assert notice(app) == "Late: 9"


async def test_only_supervisors_hear_it_where_there_are_any(
    workspace: Workspace, connection: Connection, rung: list[str]
) -> None:
    fill(connection)
    make_agent(connection, handle="mei", name="Mei")
    set_role(connection, By(None, 0), "mei", "supervisor")
    rules.write(connection, "alerts", LATE)
    make_late(connection)
    async with console(workspace) as app:
        await ticking(app, lambda: bool(setting(connection, "alerts.told")))
        await until(app, lambda: app._heard is not None and app._heard.at > 0)
        assert rung == []


async def test_a_team_without_alerts_pays_nothing(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(connection)
    async with console(workspace) as app:
        await passed(app)
        asked: list[str] = []
        read = Jobs.read

        def counted(jobs: Jobs, key: str, *arguments: object, **named: object) -> None:
            asked.append(key)
            read(jobs, key, *arguments, **named)  # type: ignore[arg-type]  # whatever it was called with

        monkeypatch.setattr(Jobs, "read", counted)
        await passed(app, 5)
        assert not [key for key in asked if "alert" in key]
        assert not (workspace.folder / alerting.TURN).exists()


async def test_a_command_that_cannot_be_started_is_told_once(
    workspace: Workspace, connection: Connection, rung: list[str]
) -> None:
    fill(connection)
    rules.write(connection, "alerts", 'command = ["/nowhere/at/all"]\n' + LATE)
    make_late(connection)
    async with console(workspace) as app:
        await ticking(app, lambda: bool(app._wrong and rung))
        assert app._wrong == {"/nowhere/at/all can't be started: No such file or directory"}
        assert rung == ["rang"]
