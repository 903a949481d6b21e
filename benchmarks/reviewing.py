"""The reply reviewer: how often it is right, how long it takes, and what it says about mails that people wrote.

    python -m benchmarks.reviewing [--mistakes]

Right is measured against sentences and drafts that were labelled by hand before the rules were tuned
(`benchmarks/labelled`), of which every second one was held out. `--mistakes` shows what is marked otherwise in the
other half; the held-out half shows nothing but its figures, so that it stays one.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

from benchmarks.figures import Beside, Figure, at_least, at_most, table
from benchmarks.labels import FRESH, TUNED_LATER, UNSEEN, Case, cases, later_cases
from benchmarks.mail_accuracy import DATA, mbox
from desk.mail.message import read_mail
from desk.review.engine import review
from desk.review.marks import Context
from desk.review.phrases import WORD
from desk.review.rules import Rules
from storage.review import rules_with

PRECISION, RECALL = 0.95, 0.9
WORDS = 2_000
MILLISECONDS = 5.0
# What a friendly, plain mail has little of: in mails between people more than one in a hundred words is a false alarm.
RARE = (
    "apology", "canned", "blame", "policy", "deliberate", "feature", "estimate", "unfilled", "reply-as-note",
    "capitals", "attachment", "wall",
)  # fmt: skip
RUNS = 15


@dataclass(frozen=True, slots=True)
class Score:
    """How often a rule marked rightly, wrongly, and not at all."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was marked, how much was to be; 1 where nothing was."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what was to be marked, how much was; 1 where nothing was to be."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def figures(mails: Path = DATA / "easy-ham.mbox.gz") -> Iterator[Figure]:
    """Every figure of the reviewer; those over mails only where the mails are there."""
    rules = rules_with()
    labelled = cases()
    sets = {
        "written later, never tuned to": list(later_cases(FRESH)),
        "held-out half": [case for case in labelled if case.held_out],
        "tuned half": [case for case in labelled if not case.held_out],
        "written later, tuned to": [case for name in TUNED_LATER for case in later_cases(name)],
    }
    for name, chosen in sets.items():
        score = total(scores(chosen, rules).values())
        yield at_least(f"right marks of all marks, {name}", score.precision, "", PRECISION)
        yield at_least(f"found of what is to be marked, {name}", score.recall, "", RECALL)
    # The hardest lot has no limit to meet: it says how it is.
    score = total(scores(later_cases(UNSEEN), rules).values())
    yield Figure("right marks of all marks, a strict reader's lot", score.precision, "")
    yield Figure("found of what is to be marked, a strict reader's lot", score.recall, "")
    for name, every in (("", 10), (", most sentences marked", 1)):
        yield _speed(f"review of {WORDS:,} words{name}", _draft(every), rules, MILLISECONDS if not name else None)
    if mails.exists():
        yield from _over_mails(mails, rules)


def _speed(what: str, text: str, rules: Rules, most: float | None) -> Figure:
    """The CPU time of one review, beside that of finding the text's words with a bare expression."""
    context = Context(language="en", names=("Ana Ruiz",))
    scan = Beside(1000 * best(lambda: sum(1 for _ in re.finditer(r"\w+", text))), "finding the words alone")
    taken = 1000 * best(lambda: review(text, context, rules))
    return Figure(what, taken, "ms", None, scan) if most is None else at_most(what, taken, "ms", most, limit=scan)


def scores(labelled: Iterable[Case], rules: Rules) -> dict[str, Score]:
    """How each rule did: a text that a rule marks counts once, however often it does."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for case in labelled:
        found = {mark.rule for mark in review(case.text, case.context, rules)}
        right.update(found & case.expected)
        wrong.update(found - case.expected)
        missed.update(case.expected - found)
    return {key: Score(right[key], wrong[key], missed[key]) for key in sorted({*right, *wrong, *missed})}


def total(found: Iterable[Score]) -> Score:
    """All rules in one."""
    whole = list(found)
    return Score(
        sum(each.right for each in whole), sum(each.wrong for each in whole), sum(each.missed for each in whole)
    )


def best(work: Callable[[], object]) -> float:
    """The CPU seconds of the best of some runs, warm."""
    work()
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def _draft(every: int) -> str:
    """A letter of so many words, as people write them: labelled sentences in paragraphs, one in so many marked."""
    said = [case for case in cases() if case.context.language == "en" and "\n" not in case.text]
    marked, fine = (cycle([case.text for case in said if bool(case.expected) is wanted]) for wanted in (True, False))
    pieces, words = ["Hi Ana,"], 2
    for place in count():
        sentence = next(marked if place % every == 0 else fine)
        words += len(WORD.findall(sentence))
        if words > WORDS:
            return " ".join(pieces)
        pieces.append(sentence + ("\n\n" if place % 6 == 5 else ""))
    raise AssertionError("a letter ends")


def _over_mails(mails: Path, rules: Rules) -> Iterator[Figure]:
    bodies = [read_mail(raw).text for raw in mbox(mails)]
    crashes, words = 0, 0
    marked = Counter[str]()
    for body in bodies:
        words += len(WORD.findall(body))
        try:
            marked.update(mark.rule for mark in review(body, Context(attachments=1), rules))
        # Whatever it is, it is what is counted here.
        except Exception:  # noqa: BLE001
            crashes += 1
    yield at_most(f"crashes over {len(bodies):,} mails", crashes, "", 0)
    rare = sum(marked[key] for key in RARE)
    yield at_most("marks of the rules that are rare, for 100 words of mail", 100 * rare / max(1, words), "", 1.0)
    yield Figure("marks of all rules, for 100 words of mail", 100 * sum(marked.values()) / max(1, words), "")


def _by_rule(labelled: list[Case], rules: Rules) -> str:
    lines = ["rule            precision  recall  right wrong missed | held out: precision  recall  right wrong missed"]
    tuned = scores((case for case in labelled if not case.held_out), rules)
    held = scores((case for case in labelled if case.held_out), rules)
    for key in sorted({*tuned, *held}):
        pair = [f"{s.precision:9.2f} {s.recall:7.2f} {s.right:6} {s.wrong:5} {s.missed:6}"
                for s in (tuned.get(key, Score()), held.get(key, Score()))]  # fmt: skip
        lines.append(f"{key:<15} {pair[0]} |          {pair[1]}")
    return "\n".join(lines)


def main() -> None:
    """Print the figures, and each rule's."""
    options = argparse.ArgumentParser(description="Measure the reply reviewer.")
    options.add_argument("--mistakes", action="store_true", help="show what is marked otherwise, held-out half aside")
    given = options.parse_args()
    rules, labelled = rules_with(), cases()
    print(_by_rule(labelled, rules), end="\n\n")
    print(table(figures()))
    if given.mistakes:
        for case in (case for case in labelled if not case.held_out):
            found = {mark.rule for mark in review(case.text, case.context, rules)}
            if found != case.expected:
                print(f"{case.where}: expected {sorted(case.expected)}, marked {sorted(found)}: {case.text[:90]!r}")


if __name__ == "__main__":
    main()
