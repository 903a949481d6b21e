"""Promises in sent text: how many are found, how many of those were promised, and whether the time is the right one.

    python -m benchmarks.promising [--mistakes]

Measured against sentences that were labelled by hand (`benchmarks/promised`). The packs were written with the first
file at hand, and made better with the second and third; nothing was ever changed for the two that are held out, so that
`--mistakes` leaves them out. The line says of each how much of what was found is right, and how much of what is
there was found.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from desk.promises.finding import find
from desk.promises.pack import Pack, parse_pack
from desk.promises.times import Sent
from desk.times import from_datetime, to_datetime
from storage import content

FOLDER = Path(__file__).parent / "promised"
HELD_OUT = ("held_out", "unseen")
FILES = ("first", "second", "third", *HELD_OUT)
LANGUAGES = ("en", "de", "es")
ZONE = ZoneInfo("Europe/Madrid")
SENT = Sent(from_datetime(datetime(2026, 3, 11, 10, tzinfo=ZONE)), ZONE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, and the times that it promises, as the files write them."""

    text: str
    language: str
    due: frozenset[str]


@dataclass(slots=True)
class Score:
    """Sentences counted by what came of them."""

    counted: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of the sentences in which a promise was found, how many have one."""
        return self.counted["right"] / max(1, self.counted["right"] + self.counted["wrong"])

    @property
    def recall(self) -> float:
        """Of the sentences that promise something, in how many it was found."""
        return self.counted["right"] / max(1, self.counted["right"] + self.counted["missed"])


def labelled(name: str) -> Iterator[Labelled]:
    """The sentences of a file."""
    language = ""
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif " | " in line:
            due, _, text = line.partition(" | ")
            yield Labelled(text, language, frozenset() if due == "-" else frozenset(due.split(", ")))


def packs() -> tuple[Pack, ...]:
    """The packs that Heard comes with."""
    return tuple(parse_pack(content.read(f"promises/{name}.toml"), name) for name in LANGUAGES)


def score(name: str) -> Score:
    """How the packs do on a file."""
    known, found = packs(), Score()
    for sentence in labelled(name):
        due = {f"{to_datetime(each.due_at, ZONE):%m-%d %H:%M}" for each in find(sentence.text, known, SENT)}
        said, is_one = bool(due), bool(sentence.due)
        found.counted["right" if said and is_one else "wrong" if said else "missed" if is_one else "passed"] += 1
        found.counted["times"] += said and due == sentence.due
        found.counted["sentences"] += 1
        if due != sentence.due:
            found.mistakes.append(f"  {sorted(sentence.due)} but found {sorted(due)}: {sentence.text}")
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How well promises are found in sent text.")
    parser.add_argument(
        "--mistakes", action="store_true", help="show what was found otherwise, but not of what is held out"
    )
    arguments = parser.parse_args()
    for name in FILES:
        found = score(name)
        counted = found.counted
        print(
            f"{name:<9} {counted['sentences']:>4} sentences  precision {found.precision:.3f}  "
            f"recall {found.recall:.3f}  right time {counted['times']}/{counted['right']}"
        )
        if arguments.mistakes and name not in HELD_OUT:
            print("\n".join(found.mistakes))


if __name__ == "__main__":
    main()
