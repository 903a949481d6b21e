"""What each entry loads, in a process of its own: a start is only as fast as what it doesn't import."""

from pathlib import Path

import pytest

from tests.loaded import loaded

HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "alembic", "asyncio", "email", "importlib.metadata"}


def heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY - {"importlib.metadata"}}


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("import console.__main__", 20),
        ("from console.__main__ import main; main(['nosuch'])", 70),
        ("import console.start, pathlib; console.start.start(pathlib.Path('nowhere'))", 75),
        ("import console.config; console.config.load()", 90),
        ("import widgets.cells, widgets.columns", 40),
    ],
    ids=["heard", "a mistyped command", "first paint", "configuration", "rows"],
)
def test_an_entry_stays_small(code: str, most: int, tmp_path: Path) -> None:
    modules = loaded(code, tmp_path)
    assert heavy(modules) == set()
    assert len(modules) <= most, sorted(modules)


def test_the_first_paint_needs_no_dataclass(tmp_path: Path) -> None:
    assert not loaded("import console.start", tmp_path) & {"dataclasses", "inspect", "argparse", "platformdirs"}


def test_the_first_frame_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    modules = loaded("import console.start, console.app", tmp_path)
    later = {
        "desk.text", "desk.checklists", "desk.mail.quotes", "widgets.composer", "widgets.checklist", "storage.models",
        "screens.help", "screens.customer", "screens.library", "screens.welcome", "email", "zoneinfo",
    }  # fmt: skip
    assert modules & later == set()
    assert heavy(modules) & {"sqlmodel", "sqlalchemy", "pydantic", "alembic"} == set()
    assert len(modules) <= 460, len(modules)


def test_a_look_at_the_machine_loads_nothing_of_the_console(tmp_path: Path) -> None:
    modules = loaded(
        "import os, sys; sys.stdout = open(os.devnull, 'w')\nfrom console.__main__ import main; main(['doctor'])",
        tmp_path,
    )
    assert "console.checks" in modules
    assert heavy(modules) & {"textual", "sqlmodel", "sqlalchemy", "pydantic", "alembic", "rich"} == set()
