"""Sentences and drafts with the marks that a careful reader would put on them: what the reviewer is measured against.

The invariant: of each section every second one is held out; those were never looked at while the rules were tuned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desk.review.marks import Context, Kind
from desk.tables import Table, read_tables

FOLDER = Path(__file__).parent / "labelled"
TUNED_LATER = ("second.txt", "third.txt", "fourth.txt", "fifth.txt")
FRESH, UNSEEN = "fresh.txt", "unseen.txt"
LANGUAGES = ("en", "de", "es")


@dataclass(frozen=True, slots=True)
class Case:
    """A text, what is known beside it, and the rules that it breaks."""

    text: str
    context: Context
    expected: frozenset[str]
    held_out: bool
    where: str


def cases() -> list[Case]:
    """All of them."""
    return [*(case for language in LANGUAGES for case in _sentences(language)), *_drafts()]


def later_cases(name: str) -> Iterator[Case]:
    """The sentences of a file that was written when there were rules: second.txt first, unseen.txt last."""
    for number, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            marks, _, text = line.partition(" | ")
            language, _, rules = marks.partition(" ")
            yield Case(text, Context(language=language), _rules(rules), name in (FRESH, UNSEEN), f"{name}:{number}")


def _rules(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) - {"-"}


def _sentences(language: str) -> Iterator[Case]:
    place = 0
    for number, line in enumerate((FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            place = 0
        elif line and not line.startswith("#"):
            rules, _, text = line.partition(" | ")
            yield Case(
                text, Context(language=language), _rules(rules), place % 2 == 1,
                f"{language}.txt:{number}",
            )  # fmt: skip
            place += 1


def _drafts() -> Iterator[Case]:
    toml = (FOLDER / "drafts.toml").read_text(encoding="utf-8")
    for number, table in enumerate(read_tables(toml, "drafts.toml").tables("draft")):
        yield Case(
            table.text("text").strip(), _context(table), frozenset(table.texts("expect")), number % 2 == 1, table.place
        )


def _context(table: Table) -> Context:
    customer = table.text("customer", "")
    return Context(
        kind=Kind(table.choice("kind", [kind.value for kind in Kind], Kind.REPLY)),
        language=table.text("language", "en"),
        names=(customer,) if customer else (),
        others=table.texts("others"),
        attachments=table.number("attachments", 0),
        customer_text=table.text("customer_text", ""),
    )
