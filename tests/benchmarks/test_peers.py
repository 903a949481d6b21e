"""Peers are asked the very questions that Heard is, over the very identities."""

import shutil
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.making.people import fill, people
from storage.connect import Connection, writing


@pytest.fixture
def known(connection: Connection) -> Connection:
    with writing(connection):
        fill(connection, people(50, seed=1))
    return connection


def test_questions_are_identities_whole_and_by_half_and_always_the_same(known: Connection) -> None:
    asked = peers.asked(known)
    values = [value for (value,) in known.execute("SELECT value FROM identity")]
    assert len(asked) == peers.ASKED
    assert set(asked[1::2]) <= set(values)
    assert all(any(value.startswith(half) for value in values) for half in asked[::2])
    assert asked == peers.asked(known)


def test_the_lines_hold_every_identity_with_its_customer(known: Connection, tmp_path: Path) -> None:
    peers.write_lines(known, tmp_path / "lines.txt")
    lines = (tmp_path / "lines.txt").read_text("utf-8").splitlines()
    rows = known.execute("SELECT value, customer_id FROM identity ORDER BY id").fetchall()
    assert [tuple(line.split("\t")) for line in lines] == [(value, str(customer)) for value, customer in rows]


def test_a_peer_that_is_not_installed_has_no_line(
    known: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_ripgrep(command: str) -> str | None:
        return "/bin/true" if command == "rg" else None

    monkeypatch.setattr(shutil, "which", only_ripgrep)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: None)
    found = list(peers.figures(known, tmp_path / "lines.txt"))
    assert [figure.peer.name for figure in found if figure.peer] == [
        "LIKE, newest first",
        "ripgrep, first 20 lines",
        "ripgrep, all lines",
    ]
    assert len({figure.heard for figure in found}) == 1
