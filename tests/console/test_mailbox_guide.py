"""docs/mailbox.md says what is there: every option and provider, and no test or file that isn't."""

import re
from pathlib import Path

import pytest

from console.mailbox_settings import OPTIONS
from desk.providers import Provider
from sync.sources.mailbox.languages import languages
from sync.sources.mailbox.providers import known_providers

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "mailbox.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_told(option: str) -> None:
    assert f"`{option}`" in GUIDE


@pytest.mark.parametrize("provider", known_providers(), ids=lambda provider: provider.key)
def test_every_provider_is_told_with_its_servers(provider: Provider) -> None:
    row = f"| `{provider.key}` | {provider.title} | `{provider.imap}` | `{provider.smtp}` |"
    assert row in GUIDE


def test_every_test_that_it_names_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", GUIDE)
    assert named
    assert [name for name in named if f"def {name}(" not in code] == []
    assert [path for path in re.findall(r"`(tests/[\w/.]+)`", GUIDE) if not (ROOT / path).exists()] == []


def test_it_counts_the_languages() -> None:
    assert f"out of {len(languages())}" in GUIDE
