"""Known answers and drifting snippets as lines. Pure.

The invariant: a cost never stands without the ground that it stands on.
"""

from desk.knowledge.changes import Change
from desk.reports.words import span
from storage.knowledge.drift import Drifting
from storage.reports.known_answers import KnownAnswers, Line, basis_words
from widgets.cells import harmless
from widgets.inks import Piece, both_ends

ANSWERS, DRIFT = "Known answers", "Changed snippets"
PARTS = (ANSWERS, DRIFT)
Told = tuple[str, str, str]


def answer_line(line: Line, cells: int) -> list[Piece]:
    """How it is given and what it is at the left; how often and what it cost at the right."""
    sign = "; " if line.snippet_id is not None else "✎ "
    left: list[Piece] = [(" " + sign, "mark"), (_flat(line.title), "strong")]
    basis = f"{basis_words(line.cost):>11} " if cells >= 80 else ""
    return both_ends(
        left,
        [(f"{line.cost.times:>5}× ", "plain"), (basis, "faint"), (f"{span(line.cost.whole):>12} ", "due")],
        cells,
    )


def drift_line(row: Drifting, cells: int) -> list[Piece]:
    """A snippet, and how often it was changed."""
    share = f"{row.drift.changed_uses} of {row.drift.uses} changed "
    words = change_words(row.drift.common) if row.drift.common is not None else ""
    left: list[Piece] = [(" ; ", "mark"), (_flat(row.snippet.name), "strong"), ("  " + _flat(words), "muted")]
    return both_ends(left, [(f"{share:>20}", "plain"), (f"{row.drift.share:>5.0%} ", "due")], cells)


def opened_line(number: int, subject: str, cells: int) -> list[Piece]:
    """A ticket behind a line."""
    left: list[Piece] = [("     ", "plain"), (f"#{number}", "link"), ("  " + _flat(subject), "plain")]
    return both_ends(left, [], cells)


def answer_facts(line: Line, found: KnownAnswers) -> list[Told]:
    """What was said, and how its cost is known."""
    given = "by a snippet" if line.snippet_id is not None else "typed by hand; K makes it a snippet"
    cost = f"{span(line.cost.whole)}: {line.cost.times} × {span(line.cost.each)}, {basis_words(line.cost)}"
    return [
        ("Answer", line.title, "strong"),
        ("Given", given, "plain"),
        ("Cost", cost, "due"),
        ("Tickets", f"{len(line.tickets)}; Enter shows them", "plain"),
        ("Words", line.text, "plain"),
        ("Formula", found.formula, "muted"),
    ]


def drift_facts(row: Drifting) -> list[Told]:
    """How a snippet is changed, with an example."""
    facts: list[Told] = [
        ("Snippet", row.snippet.name, "strong"),
        ("Changed", f"in {row.drift.changed_uses} of {row.drift.uses} uses of its present text", "plain"),
        ("How much", f"{row.drift.mean / 10:.0f} % of its own words, in the mean of all uses", "plain"),
    ]
    if row.drift.common is not None:
        often = f"{change_words(row.drift.common)}   ({row.drift.common_uses}×; Ctrl+E takes it over)"
        facts.append(("Most often", often, "due"))
    facts.append(("For example", row.drift.example, "plain"))
    facts.append(("As it stands", row.snippet.body, "muted"))
    return facts


def change_words(change: Change) -> str:
    """A change in words: what was there, and what came for it."""
    before, after = " ".join(change.before.split()), " ".join(change.after.split())
    if not after:
        return f"left out: “{before}”"
    return f"added: “{after}”" if not before else f"“{before}” → “{after}”"


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())
