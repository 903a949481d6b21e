"""What goes wrong with processes, disks and files: the database stays whole, each deed is there whole or not at all."""

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desk.errors import WorkspaceError
from storage.connect import Connection, connect
from storage.version import VERSION
from storage.workspace import Workspace, open_to_read, open_to_write
from tests.factories import make_message, make_ticket

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def _hurried(workspace: Workspace, handle: str, ticket: int, deeds: int) -> subprocess.Popen[str]:
    script = str(Path(__file__).with_name("hurried_desk.py"))
    return subprocess.Popen(
        [sys.executable, script, str(workspace.folder), handle, str(ticket), str(deeds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _check_whole(connection: Connection) -> int:
    """Every trace of a deed agrees with every other; the answer is how many notes stand."""
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    messages: int = connection.execute("SELECT count(*) FROM message").fetchone()[0]
    standing = "SELECT count(*) FROM event WHERE kind = ? AND undone_by IS NULL"
    assert connection.execute(standing, ("noted",)).fetchone()[0] == messages
    moved: int = connection.execute(standing, ("changed",)).fetchone()[0]
    assert moved == messages
    assert connection.execute("SELECT sum(message_count) FROM ticket").fetchone()[0] == messages
    assert connection.execute("SELECT sum(status) % 2 FROM ticket").fetchone()[0] == moved % 2
    noted = connection.execute("SELECT count(*) FROM outbox WHERE kind = 'note' AND state = 'sent'").fetchone()[0]
    assert noted == messages
    found = connection.execute("SELECT count(*) FROM message_text WHERE message_text MATCH 'deed'").fetchone()[0]
    assert found == messages
    return messages


def test_a_killed_process_leaves_whole_deeds(workspace: Workspace) -> None:
    with closing(open_to_write(workspace)) as connection:
        ticket = make_ticket(connection)
    chance = random.Random(2026)
    told = 0
    for _ in range(4):
        process = _hurried(workspace, "ana", ticket, 10_000)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 60)):
            told += process.stdout.readline() != ""
        process.kill()
        process.wait()
        # What was printed but not yet read counts too.
        told += len(process.stdout.readlines())
        process.stdout.close()
        with closing(open_to_write(workspace)) as connection:
            _check_whole(connection)
            done = connection.execute("SELECT count(DISTINCT deed) FROM event WHERE kind = 'noted'").fetchone()[0]
            assert done >= told


def test_two_who_write_at_once_lose_nothing(workspace: Workspace) -> None:
    with closing(open_to_write(workspace)) as connection:
        ticket = make_ticket(connection)
    processes = [_hurried(workspace, handle, ticket, 40) for handle in ("ana", "bo")]
    told = [len(process.communicate(timeout=60)[0].splitlines()) for process in processes]
    with closing(open_to_write(workspace)) as connection:
        _check_whole(connection)
        done = connection.execute("SELECT count(DISTINCT deed) FROM event WHERE kind = 'noted'").fetchone()[0]
    assert told == [40, 40]
    assert done == sum(told)


def test_two_consoles_may_make_the_workspace_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from storage.workspace import Workspace, open_to_write; "
        "connection = open_to_write(Workspace(Path(sys.argv[1]))); "
        "print(connection.execute('SELECT count(*) FROM channel').fetchone()[0])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "new")], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert answers == {"7"}
    assert [process.returncode for process in processes] == [0, 0]


def _heard(workspace: Workspace, *arguments: str, text: str = "", limit: int | None = None) -> tuple[int, str]:
    def prepare() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    ran = subprocess.run(
        [sys.executable, "-m", "console", "--workspace", str(workspace.folder), *arguments],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=prepare,
        check=False,
    )
    assert ran.stderr.count("\n") == (ran.returncode != 0), ran.stderr
    return ran.returncode, ran.stderr


def test_a_full_disk_is_said_and_changes_nothing(connection: Connection, workspace: Workspace) -> None:
    make_ticket(connection)
    limit = workspace.database.stat().st_size + 200_000
    status, error = _heard(workspace, "note", "1001", text="word " * 200_000, limit=limit)
    assert status == 1
    assert "full or failing" in error
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM event)").fetchone() == (
        0,
        0,
    )
    assert _heard(workspace, "note", "1001", text="word")[0] == 0


@pytest.fixture(params=["closed well", "left open"])
def locked(workspace: Workspace, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace that may be read and not written, by someone who isn't root; also one with its log still there."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    folder = place / "workspace"
    with closing(open_to_write(workspace)) as connection:
        if request.param == "closed well":
            # Whoever only read it before left a log, which goes with the last one who may write.
            connection.close()
        shutil.copytree(workspace.folder, folder)
    assert (folder / "heard.db-wal").exists() == (request.param == "left open")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield Workspace(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(place)


def test_a_read_only_folder_is_said(locked: Workspace) -> None:
    """Forked, since root may write anywhere until it is somebody else."""
    before = locked.database.read_bytes()
    # Everything that is imported late is imported now: the other one may not be able to read this project.
    open_to_write_message = _said_by_nobody(locked)
    assert "can't be opened or written" in open_to_write_message
    assert locked.database.read_bytes() == before


def _said_by_nobody(workspace: Workspace) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        said = "nothing"
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            with closing(open_to_write(workspace)) as connection:
                make_ticket(connection)
        except WorkspaceError as error:
            said = error.message
        except BaseException as error:  # noqa: BLE001  the border of a process
            said = repr(error)
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        said = answers.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize("content", [b"Dear diary, today", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    workspace = Workspace(tmp_path)
    workspace.database.write_bytes(content)
    for opening in (open_to_read, open_to_write):
        with pytest.raises(WorkspaceError, match="not a Heard database"):
            opening(workspace)
    assert workspace.database.read_bytes() == content


def test_a_database_of_a_newer_heard_is_left_alone(workspace: Workspace) -> None:
    with closing(connect(workspace.database)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = workspace.database.read_bytes()
    for opening in (open_to_read, open_to_write):
        with pytest.raises(WorkspaceError, match="made by a newer Heard"):
            opening(workspace)
    assert workspace.database.read_bytes() == before


def test_a_damaged_page_is_said_by_the_command(workspace: Workspace) -> None:
    with closing(open_to_write(workspace)) as connection:
        for _ in range(300):
            make_message(connection, make_ticket(connection), body="word " * 100)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ticket'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with workspace.database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    status, error = _heard(workspace, "note", "1001", text="Hi")
    assert status == 1
    assert "damaged" in error
