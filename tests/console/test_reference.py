"""The reference pages in docs/ say what the code says."""

import pytest

from console.__main__ import COMMANDS
from console.reference import FOLDER, PLACES, pages
from desk.filters import OPERATORS
from screens.action import Place
from screens.actions import ACTIONS


@pytest.mark.parametrize("name", ["keys.md", "commands.md", "numbers.md", "kinds.md"])
def test_the_page_is_current(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run `python -m console.reference`"


def test_every_action_operator_and_command_stands_in_it() -> None:
    made = pages()
    for action in ACTIONS:
        assert "| `" + action.id + "` |" in made["keys.md"]
        assert action.help in made["keys.md"]
    for operator in OPERATORS:
        assert "| `" + operator.name + "` |" in made["keys.md"]
    for command in COMMANDS:
        assert "## heard " + command + "\n" in made["commands.md"]
    assert set(PLACES) == set(Place)


def test_tables_have_as_many_cells_in_each_row() -> None:
    for text in pages().values():
        cells = 0
        for line in text.splitlines():
            bars = line.replace("\\|", "").count("|") if line.startswith("|") else 0
            assert not bars or not cells or bars == cells, line
            cells = bars
