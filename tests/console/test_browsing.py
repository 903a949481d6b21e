"""A page of the web: by an opener where it opens before the person, else copied; no shell, nothing of the terminal."""

import os
from pathlib import Path

import pytest

from console.browsing import browse

ADDRESS = "https://rt.example.com/Ticket/Display.html?id=1;echo $HOME&x='y'"


class Machine:
    """A machine with an opener that writes down what it was called with."""

    def __init__(self, folder: Path, status: int = 0, name: str = "xdg-open") -> None:
        self.folder = folder
        self.copied: list[str] = []
        script = folder / name
        script.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" > {folder}/opened\n[ -t 0 ] && echo tty >> {folder}/opened\n'
            f"exit {status}\n",
            encoding="utf-8",
        )
        script.chmod(0o755)

    def browse(self, platform: str = "linux", **environment: str) -> str:
        return browse(ADDRESS, self._copy, {"PATH": str(self.folder), **environment}, platform=platform)

    def _copy(self, text: str) -> str:
        self.copied.append(text)
        return "copied"

    @property
    def opened(self) -> list[str]:
        file = self.folder / "opened"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_an_opener_is_given_the_address_as_one_word(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.browse(DISPLAY=":0") == "opened in the browser"
    assert machine.opened == ["1", ADDRESS]
    assert machine.copied == []


def test_on_a_mac_its_own_opener_is_used(tmp_path: Path) -> None:
    machine = Machine(tmp_path, name="open")
    assert machine.browse("darwin") == "opened in the browser"
    assert machine.opened == ["1", ADDRESS]


@pytest.mark.parametrize(
    "environment",
    [{}, {"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.2 5 10.0.0.1 22"}, {"WAYLAND_DISPLAY": "w", "SSH_TTY": "/dev/x"}],
    ids=["no screen", "over ssh", "over ssh with a screen"],
)
def test_where_it_would_open_elsewhere_it_is_copied(tmp_path: Path, environment: dict[str, str]) -> None:
    machine = Machine(tmp_path)
    assert machine.browse(**environment) == "copied"
    assert (machine.opened, machine.copied) == ([], [ADDRESS])


def test_an_opener_that_fails_or_is_not_there_leaves_the_address_to_the_person(tmp_path: Path) -> None:
    failing = Machine(tmp_path, status=3)
    assert failing.browse(DISPLAY=":0") == "copied"
    assert failing.copied == [ADDRESS]
    (tmp_path / "xdg-open").write_bytes(os.urandom(20))
    assert failing.browse(DISPLAY=":0") == "copied"
    (tmp_path / "xdg-open").unlink()
    assert failing.browse(DISPLAY=":0") == "copied"
