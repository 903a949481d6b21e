"""docs/helpdesks.md says what is there: every kind, and no test or file that isn't."""

import re
from pathlib import Path

from console.connecting import MAILBOX
from screens.source_lines import TAKEN, TITLES
from sync.kinds import OURS, kind_named

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "helpdesks.md").read_text(encoding="utf-8")


def test_every_kind_is_told_with_what_it_was_tried_against() -> None:
    for kind in OURS:
        assert f"`{kind}`" in GUIDE
        assert f"| {TITLES[kind]} |" in GUIDE


def test_the_screens_call_the_kinds_and_what_they_take_as_they_do_themselves() -> None:
    assert {kind for kind in TITLES if kind != MAILBOX} == OURS.keys()
    for kind in OURS:
        assert kind_named(kind).title == TITLES[kind]
        assert kind_named(kind).takes <= TAKEN.keys()


def test_every_test_that_it_names_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", GUIDE)
    assert named
    assert [name for name in named if f"def {name}(" not in code] == []
    assert [path for path in re.findall(r"`(tests/[\w/.]+)`", GUIDE) if not (ROOT / path).exists()] == []
