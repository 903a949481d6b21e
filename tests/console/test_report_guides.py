"""docs/checklists.md and docs/reports.md say what is there."""

import re
from datetime import UTC
from pathlib import Path

import pytest

from desk.checklists import StepField, parse_checklists
from desk.funnel import LEAST_CASES
from desk.reports.period import period
from desk.times import DAY
from storage.reports import KINDS
from tests.factories import NOW

DOCS = Path(__file__).parents[2] / "docs"
CHECKLISTS = (DOCS / "checklists.md").read_text(encoding="utf-8")
REPORTS = (DOCS / "reports.md").read_text(encoding="utf-8")


def test_the_list_that_is_shown_can_be_taken() -> None:
    (toml,) = re.findall(r"```toml\n(.*?)```", CHECKLISTS, re.DOTALL)
    (template,) = parse_checklists(toml, "checklists.md")
    assert template.step("photo").field is StepField.SUMMARY


def test_every_field_and_verb_is_told() -> None:
    for field in StepField:
        assert field is StepField.NONE or field.value in CHECKLISTS
    for verb in ("list", "show", "export", "import", "remove"):
        assert f"heard checklists {verb}" in CHECKLISTS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_told(kind: str) -> None:
    assert f"| `{kind}` |" in REPORTS


def test_every_word_for_a_time_is_understood() -> None:
    (told,) = re.findall(r"take words: (.+?)\. W", REPORTS, re.DOTALL)
    words = re.findall(r"`([^`]+)`", told)
    assert len(words) >= 9
    for word in words:
        period(word, "", NOW + 400 * DAY, UTC)


def test_the_least_cases_are_those_of_the_report() -> None:
    assert f"from {LEAST_CASES} conversations" in REPORTS
