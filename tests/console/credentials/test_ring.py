"""The keyring of this machine: a real Secret Service in each of its states, and backends that hang or break."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.credentials.ring import Ring, RingAbsent, RingTrouble
from console.credentials.rungs import Found, Passed
from sync.conformance.canary import all_of
from sync.secret import Secret
from tests.console.credentials.given import CANARY, SUPPORT, Memory
from tests.servers.keyring import SecretService, missing

ROOT = Path(__file__).parents[3]
needs_keyring = pytest.mark.skipif(bool(missing()), reason=missing() or "a keyring can be started")

SCRIPT = """
import sys
from console.credentials.ring import Ring, RingTrouble
from console.credentials.rungs import Found, Wanted
from sync.secret import Secret
ring, wanted = Ring(seconds=60), Wanted("Support EU", {"user": "support@example.test"})
for word in sys.argv[1:]:
    try:
        if word == "keep":
            ring.keep(wanted, Secret(sys.stdin.read()))
        elif word == "remove":
            print(ring.remove(wanted))
        elif word == "state":
            print(ring.state())
        else:
            found = ring.find(wanted)
            print(f"found {found.secret.reveal()}" if isinstance(found, Found) else f"{found.broken} {found.why}")
    except RingTrouble as error:
        print(type(error).__name__, error)
"""


def asked(environment: dict[str, str], *words: str, given: str = "") -> list[str]:
    """What a process of its own says: each reads the variables of its session anew, as a console does."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], env=environment, input=given, capture_output=True, text=True,
        check=True, cwd=ROOT, timeout=110,
    )  # fmt: skip
    assert CANARY not in done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def folder() -> Iterator[Path]:
    # The path of a socket has 108 bytes at most.
    short = Path(tempfile.mkdtemp(prefix="ring-"))
    yield short
    shutil.rmtree(short, ignore_errors=True)


@needs_keyring
def test_open_and_kept_over_restarts(folder: Path) -> None:
    with SecretService(folder) as service:
        assert asked(service.environment, "state", "find", "keep", "find", given=CANARY) == [
            "SecretService, open", "False it holds nothing for Support EU/support@example.test", f"found {CANARY}",
        ]  # fmt: skip
    with SecretService(folder) as service:
        assert asked(service.environment, "find", "keep", "find", given="newer") == [f"found {CANARY}", "found newer"]
        assert asked(service.environment, "remove", "remove") == ["True", "False"]


@needs_keyring
@pytest.mark.parametrize("password", [None, "the wrong password"])
def test_locked_is_told_from_absent(folder: Path, password: str | None) -> None:
    with SecretService(folder) as service:
        asked(service.environment, "keep", given=CANARY)
    with SecretService(folder, password) as service:
        found, state, kept = asked(service.environment, "find", "state", "keep", given=CANARY)
        assert found.startswith("True It is locked. Unlock it")
        assert state.startswith("RingLocked It is locked")
        assert kept.startswith("RingLocked It is locked")


@needs_keyring
def test_one_that_was_never_set_up(folder: Path) -> None:
    with SecretService(folder, None) as service:
        assert asked(service.environment, "state")[0].startswith("RingLocked It has never been set up")


@needs_keyring
def test_a_bus_without_a_keyring(folder: Path) -> None:
    with SecretService(folder, daemon=False) as service:
        assert asked(service.environment, "find", "state") == [
            "False This session has no keyring that answers", "RingAbsent This session has no keyring that answers",
        ]  # fmt: skip


@needs_keyring
@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "unix:abstract=/nowhere,guid=0", "autolaunch:", ""])
def test_a_dead_address_of_an_old_session_is_mended(folder: Path, address: str) -> None:
    with SecretService(folder) as service:
        stale = {**service.environment, "DBUS_SESSION_BUS_ADDRESS": address}
        assert asked(stale, "keep", "find", given=CANARY) == [f"found {CANARY}"]


def test_no_bus_at_all(folder: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    assert asked(bare, "find") == ["False This session has no message bus, so no keyring"]
    dead = {**bare, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus"}
    assert asked(dead, "find", "state")[0].startswith("False This session has no keyring")


def test_a_dialog_that_nobody_answers_holds_nobody_up() -> None:
    answered = threading.Event()

    class Waiting(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            assert answered.wait(60)
            return CANARY

    ring = Ring(Waiting, seconds=0.1)
    first = ring.find(SUPPORT)
    assert isinstance(first, Passed)
    assert first.broken
    assert "did not answer within 0.1 s" in first.why
    assert threading.active_count() < 20
    before = threading.active_count()
    assert isinstance(ring.find(SUPPORT), Passed)
    assert threading.active_count() == before, "a second question waited behind the first dialog"
    answered.set()


def test_what_a_backend_raises_is_told_without_its_words() -> None:
    class Broken(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            raise ValueError(f"could not decode {CANARY}")

        def set_password(self, service: str, username: str, password: str) -> None:
            raise ValueError(f"could not store {password}")

    ring = Ring(Broken, seconds=60)
    with pytest.raises(RingTrouble) as caught:
        ring.keep(SUPPORT, Secret(CANARY))
    assert CANARY not in all_of(caught.value, __file__)
    found = ring.find(SUPPORT)
    assert isinstance(found, Passed)
    assert CANARY not in repr(found)


def test_several_threads_ask_one_after_the_other() -> None:
    memory = Memory()
    ring = Ring(lambda: memory, seconds=60)
    ring.keep(SUPPORT, Secret(CANARY))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(ring.find(SUPPORT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert all(isinstance(each, Found) for each in found)
    assert memory.kept == {("heard", "Support EU/support@example.test"): CANARY}


def test_absent_is_a_trouble_of_its_own() -> None:
    def none() -> Memory:
        raise ConnectionRefusedError(111, "refused")

    with pytest.raises(RingAbsent):
        Ring(none).state()
