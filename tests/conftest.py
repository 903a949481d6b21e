"""What every test gets: a home, an environment and a time zone of its own, and on demand a workspace.

The workspace is migrated once a run and copied for each test. Nothing of the machine's or its user's settings is seen.
"""

import itertools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from desk.times import now
from storage.connect import Connection
from storage.deeds.by import By
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.servers.mail import Account, MailServer
    from tests.servers.rt import RtServer

# Examples are held to what they find, never to how long a busy machine takes over them.
settings.register_profile("heard", deadline=None)
settings.load_profile("heard")


# A real server takes seconds to start: the tests of one run in one process, wherever they stand, and share it.
SHARED = {"rt_of_the_run": "rt", "redmine": "redmine"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of one real server to one process."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in SHARED:
                item.add_marker(pytest.mark.xdist_group(SHARED[fixture]))


# What a developer's own session may set, and what no test may feel.
FOREIGN = (
    "NO_COLOR",
    "COLORTERM",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "TMUX",
    "STY",
    "VISUAL",
    "EDITOR",
    "LC_ALL",
    "LC_CTYPE",
    "DBUS_SESSION_BUS_ADDRESS",
    "CREDENTIALS_DIRECTORY",
)
FOREIGN_BEGINNINGS = ("HEARD_", "SSH_", "TEXTUAL", "TERM_PROGRAM", "XDG_")
_numbers = itertools.count()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which each test has its home."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def own_environment(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment that is the same on every machine; the folders in it are made by whoever needs one."""
    for name in list(os.environ):
        if name in FOREIGN or name.startswith(FOREIGN_BEGINNINGS):
            monkeypatch.delenv(name)
    home = homes / str(next(_numbers))
    for name, folder in (
        ("CONFIG", ".config"),
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
        ("CACHE", ".cache"),
    ):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    # One home is enough where nothing is kept beside the folders above; it must exist, for shells and editors.
    monkeypatch.setenv("HOME", str(homes))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An empty workspace, migrated and seeded; never written to by a test."""
    workspace = Workspace(tmp_path_factory.mktemp("template") / "workspace")
    with closing(open_to_write(workspace)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return workspace


@pytest.fixture
def workspace(workspace_template: Workspace, tmp_path: Path) -> Workspace:
    """A seeded workspace that the test may change."""
    folder = tmp_path / "workspace"
    shutil.copytree(workspace_template.folder, folder)
    return Workspace(folder)


@pytest.fixture
def connection(workspace: Workspace) -> Iterator[Connection]:
    """A writing connection to `workspace`."""
    with closing(open_to_write(workspace)) as opened:
        yield opened


@pytest.fixture
def engine(connection: Connection) -> "Engine":
    """SQLModel's engine over `connection`."""
    from storage.engine import engine_over

    return engine_over(connection)


@pytest.fixture
def by(connection: Connection) -> By:
    """Ana, an agent of the workspace, at `NOW`."""
    return By(make_agent(connection, handle="ana", name="Ana Ruiz"), NOW)


@pytest.fixture(scope="session")
def mail_server() -> "Iterator[MailServer]":
    """A real mail server for the whole run; whoever breaks it gets it mended by `account`."""
    from tests.servers.mail import MailServer, missing

    if why := missing():
        pytest.skip(why)
    with MailServer() as server:
        yield server


@pytest.fixture
def account(mail_server: "MailServer") -> "Account":
    """An empty mailbox on a server that runs and can all that it can."""
    return mail_server.mended().account()


@pytest.fixture(scope="session")
def rt_of_the_run() -> "Iterator[RtServer]":
    """A real Request Tracker for the whole run."""
    from tests.servers.rt import RtServer
    from tests.servers.rt_setup import missing

    if why := missing():
        pytest.skip(why)
    with RtServer() as server:
        yield server


@pytest.fixture
def rt(rt_of_the_run: "RtServer") -> "RtServer":
    """A Request Tracker that runs; other tests have left their tickets in it."""
    rt_of_the_run.start()
    rt_of_the_run.mute(False)
    return rt_of_the_run


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demo team, never written to by a test. Its present is the real one, as the console's clock is."""
    from console.demo.make import make_demo

    folder = tmp_path_factory.mktemp("demo") / "workspace"
    make_demo(folder, seed=1, tickets=60, people=120, now=now())
    return Workspace(folder)


@pytest.fixture
def demo(demo_template: Workspace, tmp_path: Path) -> Workspace:
    """The demo team, for a test to change."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_template.folder, folder)
    return Workspace(folder)
