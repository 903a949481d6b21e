"""Real calls between two softphones on the loopback: a ring is a row, and the console is told of it, in this order."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from console.telephony import state
from console.telephony import watch as watching
from console.telephony.settings import PhoneSettings
from console.telephony.state import lock_name
from console.telephony.telephone import Seat, Telephone
from desk.calls import LONGEST_RING, CallEvent
from desk.lookup import IdentityKind
from desk.times import now
from storage.connect import Connection, connect
from storage.deeds.calls import heard_of
from storage.search.index import index_customers
from storage.workspace import Workspace
from sync import lock
from tests.console.telephony.ear import Ear
from tests.factories import make_agent, make_customer, make_identity
from tests.servers.baresip import Softphones, missing
from tests.servers.processes import PATIENCE, free_port, until

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

PROJECT = Path(__file__).parents[3]
NUMBER = "+4930123456"


@contextmanager
def watched(workspace: Workspace, port: int, tmp_path: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`heard phone --watch` as a process, from the moment at which it hears of calls."""
    config = tmp_path / "config.toml"
    config.write_text(f'handle = "ana"\nregions = ["DE"]\n[phone]\nway = "baresip"\naddress = "127.0.0.1:{port}"\n')
    command = [sys.executable, "-m", "console", "--workspace", str(workspace.folder), "phone", *(more or ("--watch",))]
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "HEARD_CONFIG": str(config)})
    try:
        until(lambda: (known := state.read(workspace, "ana")) is not None and known.ok, "the watch")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def calls(workspace: Workspace) -> list[tuple[object, ...]]:
    with closing(connect(workspace.database, read_only=True)) as connection:
        return connection.execute(
            "SELECT c.state, c.number, c.caller, u.name FROM call c LEFT JOIN customer u ON u.id = c.customer_id"
            " ORDER BY c.id"
        ).fetchall()


@pytest.fixture
def erika(connection: Connection) -> int:
    customer = make_customer(connection, "Erika Muster")
    make_identity(connection, customer, IdentityKind.PHONE, NUMBER)
    index_customers(connection, [customer])
    return customer


def test_a_call_that_is_taken(workspace: Workspace, erika: int, tmp_path: Path) -> None:
    with (
        Softphones(tmp_path / "sip", number=NUMBER, name="E. Muster", answers=True) as phones,
        Ear(workspace, "ana") as ear,
        watched(workspace, phones.port, tmp_path),
    ):
        phones.calls()
        until(lambda: [row[0] for row in calls(workspace)] == ["talking"], "the answer")
        phones.hangs_up()
        until(lambda: [row[0] for row in calls(workspace)] == ["wrapping"], "the end")
        until(lambda: bool(ear.heard) and ear.heard[-1].state == "wrapping", "the console's news of it")
    assert calls(workspace) == [("wrapping", NUMBER, "E. Muster", "Erika Muster")]
    assert {(each.text, each.caller, each.call_id) for each in ear.heard} == {(NUMBER, "E. Muster", 1)}
    assert "talking" in [each.state for each in ear.heard]


def test_hung_up_before_anybody_answers(workspace: Workspace, tmp_path: Path) -> None:
    with (
        Softphones(tmp_path / "sip", number=NUMBER, name="Erika") as phones,
        Ear(workspace, "ana") as ear,
        watched(workspace, phones.port, tmp_path),
    ):
        for count in (1, 2):
            phones.calls()
            until(lambda: [row[0] for row in calls(workspace)][-1:] == ["ringing"], "the ring")
            phones.hangs_up()
            until(lambda count=count: [row[0] for row in calls(workspace)] == ["missed"] * count, "the end")  # type: ignore[misc]
        until(lambda: sum(each.state == "missed" for each in ear.heard) == 2, "the console's news of it")
    assert [each.state for each in ear.heard if each.state in ("ringing", "missed")][:1] == ["ringing"]


def test_a_softphone_that_crashes_takes_its_calls_along(workspace: Workspace, tmp_path: Path) -> None:
    with (
        Softphones(tmp_path / "sip", number=NUMBER, name="Erika") as phones,
        watched(workspace, phones.port, tmp_path),
    ):
        phones.calls()
        until(lambda: [row[0] for row in calls(workspace)] == ["ringing"], "the ring")
        phones.agent_s_ends()
        until(lambda: [row[0] for row in calls(workspace)] == ["missed"], "the end")
        said = f"baresip doesn't answer at 127.0.0.1:{phones.port}"
        until(lambda: (known := state.read(workspace, "ana")) is not None and known.said == said, "the watch's word")


def test_what_an_earlier_watch_left_ringing_comes_to_the_queue_at_once(
    workspace: Workspace, connection: Connection, tmp_path: Path
) -> None:
    ring = CallEvent("baresip", "left", "ringing", now() - LONGEST_RING - 1, NUMBER)
    heard_of(connection, ring, None)
    with Softphones(tmp_path / "sip", number=NUMBER, name="Erika") as phones, watched(workspace, phones.port, tmp_path):
        assert [row[0] for row in calls(workspace)] == ["missed"]
    assert connection.execute("SELECT subject FROM ticket").fetchall() == [("Missed call from +4930123456",)]


def test_while_it_goes_on_a_watch_looks_for_rings_without_an_end(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def look_after(_self: Telephone) -> None:
        looked.append(1)
        if len(looked) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(watching, "LOOKED", 0.01)
    monkeypatch.setattr(watching, "LOOKED_AFTER", 0.0)
    monkeypatch.setattr(Telephone, "look_after", look_after)
    monkeypatch.setattr(Telephone, "still", lambda *_: None)
    seat = Seat(workspace, make_agent(connection), "ana", ())
    watching.watch(PhoneSettings("baresip", free_port()), seat, for_consoles=False)
    assert len(looked) >= 3


def test_there_is_one_watch_and_it_ends_with_the_last_console(workspace: Workspace, tmp_path: Path) -> None:
    with Softphones(tmp_path / "sip", number=NUMBER, name="Erika") as phones, ExitStack() as console:
        console.enter_context(lock.seated(workspace))
        with watched(workspace, phones.port, tmp_path, "--for-consoles") as watch:
            second = subprocess.run(
                [sys.executable, "-m", "console", "--workspace", str(workspace.folder), "phone", "--watch"],
                cwd=PROJECT, env={**os.environ, "HEARD_CONFIG": str(tmp_path / "config.toml")}, capture_output=True,
                text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
            assert (second.returncode, "being watched already" in second.stderr) == (1, True)
            status = subprocess.run(
                [sys.executable, "-m", "console", "--workspace", str(workspace.folder), "phone", "--json"],
                cwd=PROJECT, env={**os.environ, "HEARD_CONFIG": str(tmp_path / "config.toml")}, capture_output=True,
                text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
            assert json.loads(status.stdout) == {
                "ok": True, "detail": "baresip is listened to; no console is open", "mend": "",
            }  # fmt: skip
            console.close()
            assert watch.wait(PATIENCE) == 0, "the last console has gone"
        assert not lock.is_held(workspace, lock_name("ana"))
