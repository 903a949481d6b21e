"""docs/practice.md: a table for each section, and behind every row a test that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "practice.md").read_text(encoding="utf-8")
SECTIONS = range(1, 12)
NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# Where a test presses keys: on the whole console or on one screen of it, or in a real terminal.
WALKING = ("tests/practice/", "tests/screens/", "tests/terminal/")


def section(number: int) -> str:
    """The text of a section."""
    found = re.search(rf"^## {number}\. .+?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"section {number} is missing"
    return found[0]


def rows(number: int) -> list[str]:
    """The rows of its table."""
    return [line for line in section(number).splitlines() if line.startswith("| ") and "---" not in line][1:]


@pytest.mark.parametrize("number", SECTIONS)
def test_every_row_says_where_it_lives_and_names_a_test(number: int) -> None:
    assert rows(number)
    for row in rows(number):
        practice, place, walked = (cell.strip() for cell in row.strip("|").split(" | "))
        assert practice
        assert place
        assert NODE.findall(walked), f"no test walks: {practice}"


@pytest.mark.parametrize("number", SECTIONS)
def test_every_section_is_walked_with_keys(number: int) -> None:
    files = [file for file, _ in NODE.findall(section(number))]
    assert [file for file in files if file.startswith(WALKING)]


def test_every_test_that_is_named_is_there() -> None:
    missing = [
        f"{file}::{name}"
        for file, name in NODE.findall(PAGE)
        if not re.search(rf"^(?:async )?def {name}\(", _read(ROOT / file), re.MULTILINE)
    ]
    assert missing == []


def test_every_command_that_is_named_is_there() -> None:
    commands = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`heard ([a-z-]+)", PAGE))
    assert named
    assert {name for name in named if f"## heard {name}\n" not in commands} == set()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
