"""docs/sources.md shows the code of the example, and nothing that isn't run."""

import re
from pathlib import Path

import pytest

from sync.conformance import Conformance
from tests.sync.conformance.test_suite import FOUND

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "sources.md").read_text("utf-8")
SHOWN = re.findall(r"^```\w+\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
FILES = [ROOT / name for name in re.findall(r"^\| `((?:docs|tests)/\S+)` \|", GUIDE, re.MULTILINE)]


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.strip().partition("\n")[0])
def test_what_is_shown_stands_in_a_file_of_the_example(code: str) -> None:
    assert any(code in file.read_text("utf-8") for file in FILES)


def test_every_file_that_is_named_is_there() -> None:
    assert len(SHOWN) >= 6
    assert len(FILES) == 4
    names = re.findall(r"`((?:tests/sync/http/)?test_\w+\.py)`", GUIDE)
    assert len(names) >= 9
    for name in names:
        assert (ROOT / "tests" / "sync" / "http" / Path(name).name).exists()


def test_its_figures_are_so() -> None:
    lines = len(FILES[0].read_text("utf-8").splitlines())
    assert f"in {lines} lines" in GUIDE
    assert f"{len({faulty for faulty, _ in FOUND})} sources with one fault each" in GUIDE
    assert len([name for name in dir(Conformance) if name.startswith("test_")]) >= 40
