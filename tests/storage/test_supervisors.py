"""What a supervisor alone may do is refused where it is done; a team without one locks nobody out."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from desk.banners import Banner
from desk.errors import Refused
from desk.roles import RIGHTS, ROLES, Right, allowed
from storage import rules
from storage.audit import Wanted, read, read_by
from storage.connect import Connection
from storage.deeds.banners import tell_all
from storage.deeds.by import By
from storage.deeds.gestures import Given, approve, give
from storage.engine import deed_session, engine_over
from storage.erasing.erase import erase
from storage.erasing.traces import find
from storage.export.everything import export_everything
from storage.supervisors import may, set_role
from storage.workspace import Workspace, open_to_read
from tests.factories import NOW, make_agent, make_customer


def _tell_all(connection: Connection, by: By, *_: object) -> None:
    with deed_session(engine_over(connection)) as session:
        tell_all(session, by, Banner("The printer is down", None))


Deed = Callable[[Connection, By, Workspace, Path], object]
DEEDS: dict[Right, Deed] = {
    Right.ROLES: lambda connection, by, *_: set_role(connection, by, "cy", "supervisor"),
    Right.RULES: lambda connection, by, *_: rules.change(connection, by, "targets", 'inner = "25%"'),
    Right.ERASE: lambda connection, by, *_: erase(connection, by, find(connection, 1)),
    Right.EXPORT_ALL: lambda connection, by, workspace, folder: export_everything(
        workspace, connection, by, folder / str(by.agent_id), lambda *_: None
    ),
    Right.AUDIT: lambda connection, by, *_: read_by(connection, by.agent_id, Wanted(0, NOW + 1)),
    Right.BANNER: _tell_all,
}


@pytest.fixture
def team(connection: Connection) -> tuple[By, By]:
    """Ana, an agent, and Mei, the supervisor; Cy and a customer are there too."""
    ana, mei = make_agent(connection, handle="ana", name="Ana"), make_agent(connection, handle="mei", name="Mei Tanaka")
    make_agent(connection, handle="cy", name="Cy")
    make_customer(connection, "Li Wei")
    return By(ana, NOW), By(mei, NOW)


def test_every_right_has_its_deed() -> None:
    assert set(DEEDS) == set(Right) == set(RIGHTS)


@pytest.mark.parametrize("right", list(Right))
def test_an_agent_is_refused_by_the_deed_itself_and_nothing_is_changed(
    right: Right, connection: Connection, workspace: Workspace, team: tuple[By, By], tmp_path: Path
) -> None:
    ana, mei = team
    set_role(connection, mei, "mei", "supervisor")
    before = connection.total_changes
    for by in (ana, By(None, NOW)):
        with pytest.raises(Refused, match=f"Only a supervisor may {right}") as told:
            DEEDS[right](connection, by, workspace, tmp_path)
        assert "Ask Mei Tanaka" in str(told.value)
    assert connection.total_changes == before
    assert not list(tmp_path.glob("[0-9]*"))
    DEEDS[right](connection, mei, workspace, tmp_path)


@pytest.mark.parametrize("right", list(Right))
def test_a_team_without_a_supervisor_locks_nobody_out(
    right: Right, connection: Connection, workspace: Workspace, team: tuple[By, By], tmp_path: Path
) -> None:
    DEEDS[right](connection, team[0], workspace, tmp_path)


def test_the_last_supervisor_who_steps_down_leaves_nobody_locked_out(
    connection: Connection, team: tuple[By, By]
) -> None:
    ana, mei = team
    set_role(connection, ana, "mei", "supervisor")
    assert not may(connection, ana.agent_id, Right.ERASE)
    set_role(connection, mei, "mei", "agent")
    assert may(connection, ana.agent_id, Right.ERASE)


def test_a_refused_erasure_leaves_the_customer(connection: Connection, team: tuple[By, By]) -> None:
    ana, mei = team
    set_role(connection, mei, "mei", "supervisor")
    with pytest.raises(Refused):
        erase(connection, ana, find(connection, 1))
    assert connection.execute("SELECT name FROM customer").fetchone() == ("Li Wei",)
    assert connection.execute("SELECT count(*) FROM tombstone").fetchone() == (0,)


def test_a_gesture_of_somebody_alone_does_not_wait_for_ever(connection: Connection, engine: Engine, by: By) -> None:
    rules.write(
        connection,
        "gestures",
        'currency = "EUR"\napprovers = ["supervisor"]\n'
        '[[kind]]\nkey = "cake"\nlabel = "Cake"\n[[budget]]\namount = "5.00"\n',
    )
    customer = make_customer(connection)
    with deed_session(engine) as session:
        give(session, by, Given("cake", 900, "waited long", customer_id=customer))
    with deed_session(engine) as session:
        approve(session, by, 1)
    assert connection.execute("SELECT state FROM gesture").fetchone() == ("approved",)


def test_what_supervisors_do_is_on_record(
    connection: Connection, workspace: Workspace, team: tuple[By, By], tmp_path: Path
) -> None:
    mei = team[1]
    set_role(connection, mei, "mei", "supervisor")
    for right in (Right.RULES, Right.EXPORT_ALL, Right.ERASE):
        DEEDS[right](connection, mei, workspace, tmp_path)
    with closing(open_to_read(workspace)) as reading:
        told = {(row.kind, row.handle, row.words) for row in read(reading, Wanted(0, NOW + 1))}
    assert told == {
        ("role", "mei", "mei: supervisor"), ("rules", "mei", "targets"), ("exported_all", "mei", ""),
        ("erased", "mei", ""),
    }  # fmt: skip


@given(st.sampled_from(Right), st.sampled_from(ROLES), st.frozensets(st.sampled_from(ROLES)))
def test_somebody_may_always(right: Right, role: str, others: frozenset[str]) -> None:
    roles = others | {role}
    assert any(allowed(right, each, roles) for each in roles)
    assert allowed(right, role, roles) or "supervisor" in roles
