"""Secrets in plain files: 0600 from the first byte on, and not used where others could have read them."""

import os
import stat
from pathlib import Path

import pytest

from console.credentials.plain_files import file_of, from_file, remove_file, write_file
from console.credentials.rungs import Found, Passed, Rung, Wanted
from desk.errors import Refused
from sync.conformance.canary import all_of
from sync.secret import Secret
from tests.console.credentials.given import CANARY, SUPPORT


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    before = os.umask(0)
    try:
        path = write_file(SUPPORT, Secret(CANARY), folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.name for each in folder.iterdir()] == [path.name]
    found = from_file(SUPPORT, folder)
    assert isinstance(found, Found)
    assert found.secret.reveal() == CANARY
    write_file(SUPPORT, Secret("newer"), folder)
    again = from_file(SUPPORT, folder)
    assert isinstance(again, Found)
    assert again.secret.reveal() == "newer"
    assert remove_file(SUPPORT, folder)
    assert not remove_file(SUPPORT, folder)
    assert from_file(SUPPORT, folder) == Passed(Rung.FILE, "there is none")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_one_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    write_file(SUPPORT, Secret(CANARY), tmp_path).chmod(mode)
    found = from_file(SUPPORT, tmp_path)
    assert isinstance(found, Passed)
    assert found.broken
    assert "chmod 600" in found.why


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(CANARY)
    (tmp_path / "elsewhere").chmod(0o600)
    file_of(SUPPORT, tmp_path).symlink_to(tmp_path / "elsewhere")
    found = from_file(SUPPORT, tmp_path)
    assert isinstance(found, Passed)
    assert found.broken


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b", "x" * 400, "ä ö", "-rf", "a\x00b"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    wanted = Wanted(name, {})
    path = write_file(wanted, Secret(CANARY), tmp_path / "secrets")
    assert path.parent == tmp_path / "secrets"
    assert isinstance(from_file(wanted, tmp_path / "secrets"), Found)


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(Refused) as caught:
        write_file(SUPPORT, Secret(CANARY), tmp_path / "taken" / "secrets")
    assert CANARY not in all_of(caught.value, __file__)
