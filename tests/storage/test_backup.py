import threading
from contextlib import closing
from pathlib import Path

import pytest

from desk.errors import BadInput, NotFound, Refused, WorkspaceError
from storage import attachments
from storage.backup import backup, restore, verify
from storage.connect import Connection, connect, writing
from storage.workspace import Workspace, open_to_write
from tests.factories import make_message, make_ticket
from tests.rest import DEADLINE


def _attach(connection: Connection, workspace: Workspace, message_id: int, content: bytes) -> bytes:
    digest = attachments.keep(workspace, content)
    connection.execute(
        "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline) "
        "VALUES(?,?,?,?,?,?,'',0)",
        (digest[:16], message_id, "a.txt", "text/plain", len(content), digest),
    )
    return digest


def _subjects(workspace: Workspace) -> list[str]:
    with closing(connect(workspace.database, read_only=True)) as connection:
        return [row[0] for row in connection.execute("SELECT subject FROM ticket ORDER BY id")]


def test_a_copy_holds_everything_and_is_private(connection: Connection, workspace: Workspace, tmp_path: Path) -> None:
    message = make_message(connection, make_ticket(connection, subject="Broken lamp"))
    digest = _attach(connection, workspace, message, b"photo")
    copied = backup(workspace, tmp_path / "copy")
    assert (copied.tickets, copied.messages, copied.attachments, copied.missing) == (1, 1, 1, ())
    copy = Workspace(tmp_path / "copy")
    assert _subjects(copy) == ["Broken lamp"]
    assert attachments.path(copy, digest).read_bytes() == b"photo"
    assert {file.name for file in copy.folder.iterdir()} == {"heard.db", "attachments"}
    assert copy.folder.stat().st_mode & 0o777 == 0o700
    assert copy.database.stat().st_mode & 0o777 == 0o600


def test_a_copy_made_while_others_write_is_consistent(workspace: Workspace, tmp_path: Path) -> None:
    """Each transaction adds a ticket and its message; no copy may hold one without the other."""
    stop = threading.Event()
    begun = threading.Event()

    def work() -> None:
        with closing(open_to_write(workspace)) as own:
            while not stop.is_set():
                with writing(own):
                    make_message(own, make_ticket(own))
                begun.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert begun.wait(DEADLINE)
        for number in range(5):
            copied = backup(workspace, tmp_path / f"copy-{number}")
            assert copied.tickets == copied.messages > 0
    finally:
        stop.set()
        worker.join()


def test_a_missing_file_is_named_and_the_rest_is_copied(
    connection: Connection, workspace: Workspace, tmp_path: Path
) -> None:
    message = make_message(connection, make_ticket(connection))
    gone, damaged, whole = (_attach(connection, workspace, message, text) for text in (b"gone", b"damaged", b"whole"))
    attachments.path(workspace, gone).unlink()
    attachments.path(workspace, damaged).write_bytes(b"DAMAGED")
    copied = backup(workspace, tmp_path / "copy")
    assert set(copied.missing) == {gone.hex(), damaged.hex()}
    assert copied.attachments == 1
    assert attachments.path(Workspace(tmp_path / "copy"), whole).exists()


def test_a_folder_with_something_in_it_is_not_written_to(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "full"
    target.mkdir()
    (target / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        backup(workspace, target)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_restoring_to_an_empty_place(connection: Connection, workspace: Workspace, tmp_path: Path) -> None:
    message = make_message(connection, make_ticket(connection, subject="Broken lamp"))
    digest = _attach(connection, workspace, message, b"photo")
    backup(workspace, tmp_path / "copy")
    place = Workspace(tmp_path / "new" / "place")
    assert restore(tmp_path / "copy", place) is None
    assert _subjects(place) == ["Broken lamp"]
    assert attachments.path(place, digest).read_bytes() == b"photo"
    with closing(open_to_write(place)) as opened:
        make_ticket(opened, subject="Life goes on")
    assert _subjects(Workspace(tmp_path / "copy")) == ["Broken lamp"]


def test_restoring_keeps_the_old_workspace_aside(workspace: Workspace, tmp_path: Path) -> None:
    with closing(open_to_write(workspace)) as opened:
        make_ticket(opened, subject="Before")
    backup(workspace, tmp_path / "copy")
    with closing(open_to_write(workspace)) as opened:
        make_ticket(opened, subject="After")
    with pytest.raises(Refused, match="There is a workspace"):
        restore(tmp_path / "copy", workspace)
    assert _subjects(workspace) == ["Before", "After"]
    kept = restore(tmp_path / "copy", workspace, replace=True)
    assert kept is not None
    assert _subjects(workspace) == ["Before"]
    assert _subjects(Workspace(kept)) == ["Before", "After"]


def test_a_workspace_that_is_open_is_not_replaced(connection: Connection, workspace: Workspace, tmp_path: Path) -> None:
    backup(workspace, tmp_path / "copy")
    make_ticket(connection, subject="Being typed")
    with pytest.raises(Refused, match="open in another program"):
        restore(tmp_path / "copy", workspace, replace=True)
    assert _subjects(workspace) == ["Being typed"]


@pytest.mark.parametrize("damage", ["cut", "overwritten", "no database", "newer"])
def test_a_damaged_copy_changes_nothing(workspace: Workspace, tmp_path: Path, damage: str) -> None:
    with closing(open_to_write(workspace)) as opened:
        for _ in range(50):
            make_message(opened, make_ticket(opened, subject="Mine"), body="word " * 200)
    backup(workspace, tmp_path / "copy")
    database = tmp_path / "copy" / "heard.db"
    content = database.read_bytes()
    if damage == "cut":
        database.write_bytes(content[: len(content) // 2])
    elif damage == "overwritten":
        middle = len(content) // 2
        database.write_bytes(content[:middle] + b"\xff" * 8192 + content[middle + 8192 :])
    elif damage == "no database":
        database.write_bytes(b"Dear diary")
    else:
        with closing(connect(database)) as opened:
            opened.execute("PRAGMA journal_mode=DELETE")
            opened.execute("PRAGMA user_version=999")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(WorkspaceError):
        restore(tmp_path / "copy", workspace, replace=True)
    assert sorted(tmp_path.iterdir()) == before
    assert len(_subjects(workspace)) == 50


def test_what_is_no_backup_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no backup"):
        verify(Workspace(tmp_path))
