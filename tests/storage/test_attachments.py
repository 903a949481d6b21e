import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import NotFound, WorkspaceError
from desk.text import clean
from storage import attachments
from storage.workspace import Workspace
from tests.hostile import HOSTILE


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.attachments.mkdir(parents=True)
    return workspace


def test_the_same_bytes_are_kept_once_and_privately(place: Workspace) -> None:
    digest = attachments.keep(place, b"photo")
    assert attachments.keep(place, b"photo") == digest
    file = attachments.path(place, digest)
    assert file.parent.name == digest.hex()[:2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [found for found in place.attachments.rglob("*") if found.is_file()] == [file]


def test_a_failing_disk_leaves_no_half_file(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(WorkspaceError, match="No space left"):
        attachments.keep(place, b"photo")
    assert [found for found in place.attachments.rglob("*") if found.is_file()] == []


def test_saving_never_overwrites(place: Workspace, tmp_path: Path) -> None:
    digest = attachments.keep(place, b"new")
    (tmp_path / "a.tar.gz").write_bytes(b"old")
    names = [attachments.save_to(place, digest, tmp_path, "a.tar.gz").name for _ in range(2)]
    assert names == ["a.tar (2).gz", "a.tar (3).gz"]
    assert (tmp_path / "a.tar.gz").read_bytes() == b"old"


def test_saving_writes_through_no_link(place: Workspace, tmp_path: Path) -> None:
    digest = attachments.keep(place, b"new")
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert attachments.save_to(place, digest, tmp_path, "a.txt").name == "a (2).txt"
    assert not (tmp_path / "elsewhere.txt").exists()


def test_a_damaged_or_missing_file_is_not_saved(place: Workspace, tmp_path: Path) -> None:
    digest = attachments.keep(place, b"photo")
    attachments.path(place, digest).write_bytes(b"PHOTO")
    with pytest.raises(WorkspaceError, match="damaged"):
        attachments.save_to(place, digest, tmp_path, "a.txt")
    attachments.path(place, digest).unlink()
    with pytest.raises(NotFound):
        attachments.save_to(place, digest, tmp_path, "a.txt")


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.txt", "a.txt"),
        (".bashrc", "bashrc"),
        ("NUL.txt", "_NUL.txt"),
        ("a\x00\x1b[2Jb.txt", "ab.txt"),
        ("", "attachment"),
        ("..", "attachment"),
        ("Rechnung für März.pdf", "Rechnung für März.pdf"),
    ],
)
def test_names_are_made_harmless(given_name: str, safe: str) -> None:
    assert attachments.safe_name(given_name) == safe


@given(st.text() | st.sampled_from([text for _, text in HOSTILE]))
def test_no_name_leaves_its_folder_or_grows_too_long(name: str) -> None:
    safe = attachments.safe_name(name)
    assert safe
    assert Path(safe).name == safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 255
    assert clean(safe, lines=False) == safe


def test_what_comes_piece_by_piece_is_the_same_file(place: Workspace) -> None:
    whole = attachments.keep(place, b"plan of the lamp")
    assert attachments.keep_pieces(place, iter((b"plan ", b"of the", b" lamp"))) == (whole, 16)
    assert attachments.path(place, whole).read_bytes() == b"plan of the lamp"


def test_nothing_is_left_of_a_file_that_breaks_off(place: Workspace) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise KeyError

    with pytest.raises(KeyError):
        attachments.keep_pieces(place, broken())
    assert not [path for path in place.attachments.rglob("*") if path.is_file()]


def test_what_a_killed_process_left_goes_with_the_next_file(place: Workspace) -> None:
    left, coming = (place.attachments / f".{name}.part" for name in ("left", "coming"))
    for aside in (left, coming):
        aside.write_bytes(b"half of it")
    os.utime(left, (time.time() - 2 * 3600,) * 2)
    attachments.keep_pieces(place, iter((b"whole",)))
    assert (left.exists(), coming.exists()) == (False, True)
