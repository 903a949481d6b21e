"""Replies that say the same, found among 100,000: time, memory, and how many of those known to be alike are found.

    python -m benchmarks.answers [--replies 100000] [--seed 5]

The replies are made up, each from a plan that says which answer it is: an answer has some sentences of its own and some
that many answers share; whoever sends it swaps words, leaves a sentence out, adds one, greets and signs. So it is known
which pairs are the same answer. Precision and recall are of pairs within the same day's answers, sampled.
"""

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most, table
from desk.ids import new_uid
from desk.knowledge.capture import question_of
from desk.knowledge.changes import use_of
from desk.knowledge.questions import Asked, offers
from desk.reports.period import Period
from desk.snippets import Snippet
from desk.times import MINUTE, SECOND
from screens.workspace_knowledge import READ_FOR, READ_PAUSE
from storage.connect import Connection, writing
from storage.knowledge.answers import near
from storage.knowledge.groups import catch_up
from storage.reports.known_answers import known_answers
from storage.workspace import Workspace, open_to_write

REPLIES = 100_000
ONCE = 0.4
_AT = 1_772_442_000 * SECOND
_GREETINGS = ("Hi {name},", "Hello {name},", "Dear {name},", "Good morning {name},")
_FAREWELLS = ("Kind regards\n{agent}", "Best wishes,\n{agent}", "Thanks,\n{agent}", "{agent}")
_SHARED = (
    "Please write to us again if anything is still unclear.", "Thank you for your patience while we looked into this.",
    "I have looked at your account and found the cause.", "Let me know whether this works for you.",
    "You will get a mail as soon as it is done.",
)  # fmt: skip
_NAMES = ("Ana", "Li", "Sam", "Rosa", "Tomás", "Mei", "Bo", "Ines")
_SYLLABLES = [consonant + vowel for consonant in "bdklmrs" for vowel in "aeiou"]


class _Made:
    """Answers and the replies that are made of them; the same seed makes the same."""

    def __init__(self, seed: int, answers: int) -> None:
        self._dice = random.Random(seed)
        self._words = ["".join(self._dice.choices(_SYLLABLES, k=self._dice.randint(1, 4))) for _ in range(4000)]
        self._weights = [1 / (place + 5) for place in range(len(self._words))]
        self._answers = [self._answer() for _ in range(answers)]

    def replies(self, count: int) -> Iterator[tuple[int, str]]:
        """Pairs of which answer it is and its text; -1 where nobody ever sent it before."""
        popular = [1 / (place + 3) for place in range(len(self._answers))]
        for _ in range(count):
            if self._dice.random() < ONCE:
                yield -1, self._sent(self._answer())
            else:
                which = self._dice.choices(range(len(self._answers)), popular)[0]
                yield which, self._sent(self._answers[which])

    def _answer(self) -> list[str]:
        own = [self._sentence() for _ in range(self._dice.randint(3, 8))]
        return [*own, *self._dice.sample(_SHARED, self._dice.randint(0, 2))]

    def _sentence(self) -> str:
        return " ".join(self._dice.choices(self._words, self._weights, k=self._dice.randint(6, 16))).capitalize() + "."

    def _sent(self, answer: list[str]) -> str:
        """As an agent sends it: now and then a word is another one, a sentence is left out or added."""
        dice = self._dice
        said = [" ".join(self._word(word) for word in sentence.split()) for sentence in answer]
        if len(said) > 3 and dice.random() < 0.2:
            said.pop(dice.randrange(len(said)))
        if dice.random() < 0.3:
            said.append(self._sentence())
        name, agent = dice.choice(_NAMES), dice.choice(_NAMES)
        text = "\n\n".join((dice.choice(_GREETINGS), " ".join(said), dice.choice(_FAREWELLS)))
        return text.replace("{name}", name).replace("{agent}", agent)

    def _word(self, word: str) -> str:
        return self._dice.choice(self._words) if self._dice.random() < 0.03 else word


def measure(replies: int = REPLIES, seed: int = 5) -> Iterator[Figure]:
    """Every figure; times are CPU time of this process."""
    with tempfile.TemporaryDirectory() as folder, closing(open_to_write(Workspace(Path(folder) / "ws"))) as connection:
        labels = _fill(connection, replies, seed)
        size = _size(connection)
        took, longest, turns, more = 0.0, 0.0, 0, True
        while more:
            begun = time.process_time()
            more = catch_up(connection, seconds=READ_FOR).more
            once = time.process_time() - begun
            took, longest, turns = took + once, max(longest, once), turns + 1
        yield at_most(f"{replies:,} replies brought together", took, "s", replies * 0.0015)
        yield at_most("one reply, in the mean", took / replies * 1000, "ms", 1.5)
        yield at_most("the longest turn of a console's writer", longest * 1000, "ms", 100)
        yield at_most(
            "all of them, in the quiet moments of a console", (took + turns * READ_PAUSE) / 60, "min", replies / 3_333
        )
        yield at_most("memory of the process at its peak", _memory(), "MB", 250)
        yield Figure("on the disk for each reply", (_size(connection) - size) / replies, "bytes")
        yield from _quality(connection, labels)
        yield at_most(f"what is a known answer among {replies:,} replies", _report(connection), "s", replies / 20_000)
    yield from _single()


def _report(connection: Connection) -> float:
    begun = time.process_time()
    known_answers(connection, Period(0, 1 << 62))
    return time.process_time() - begun


def _single() -> Iterator[Figure]:
    """What an agent waits for beside the writing: all of it in a thread of its own."""
    made = _Made(7, 1)
    texts = [text for _, text in made.replies(5000)]
    snippets = tuple(Snippet(f"Answer {number}", text, id=number) for number, text in enumerate(texts))
    begun = time.process_time()
    near(snippets, texts[0])
    yield at_most("like snippets among 5,000, for K", (time.process_time() - begun) * 1000, "ms", 1000)
    asked = [Asked(number, question_of(text, "")) for number, text in enumerate(texts[:2400])]
    begun = time.process_time()
    offers(question_of(texts[7], ""), asked)
    yield at_most("like questions among 2,400, for the picker", (time.process_time() - begun) * 1000, "ms", 250)
    words = " ".join(texts).split()
    snippet, sent = " ".join(words[:300]), " ".join((*words[:120], *words[400:1980], *words[125:300]))
    begun = time.process_time()
    use_of(snippet, sent)
    yield at_most("a snippet of 300 words in a reply of 2,000", (time.process_time() - begun) * 1000, "ms", 20)


def _fill(connection: Connection, replies: int, seed: int) -> dict[int, int]:
    """The replies in a workspace; which answer each message is."""
    channel = connection.execute("SELECT id FROM channel WHERE key = 'email'").fetchone()[0]
    made = _Made(seed, max(1, replies // 100)).replies(replies)
    labels: dict[int, int] = {}
    with writing(connection):
        connection.execute(
            "INSERT INTO ticket(uid, number, subject, preview, status, priority, channel_id, mood, contacts, unread, "
            "goal, summary, choice, details, message_count, created_at, updated_at) "
            "VALUES(?, 1, '', '', 3, 1, ?, 0, 0, 0, '', '', '', '{}', 0, ?, ?)",
            (new_uid(), channel, _AT, _AT),
        )
        for number, (which, body) in enumerate(made):
            row = connection.execute(
                "INSERT INTO message(uid, ticket_id, kind, at, sender, recipients, copies, subject, body, folds, html, "
                "automatic, bounce, unparsed, trackers) VALUES(?, 1, 'outbound', ?, '', '', '', '', ?, '[]', 0, '', "
                "'', 0, 0)",
                (new_uid(), _AT + number * MINUTE, body),
            )
            labels[int(row.lastrowid or 0)] = which
    return labels


def _quality(connection: Connection, labels: dict[int, int]) -> Iterator[Figure]:
    """Of all pairs of one answer how many are in one group, and of all pairs of one group how many are one answer."""
    groups: dict[int, list[int]] = defaultdict(list)
    for message, group in connection.execute("SELECT message_id, group_id FROM answer_member"):
        groups[group].append(labels[message])
    alike = sum(_pairs(count) for which, count in Counter(labels.values()).items() if which >= 0)
    together = sum(_pairs(len(members)) for members in groups.values())
    right = sum(_pairs(count) for members in groups.values() for which, count in Counter(members).items() if which >= 0)
    yield at_least("pairs of one group that are one answer", right / together * 100, "%", 99)
    yield at_least("pairs of one answer that are in one group", right / alike * 100, "%", 85)
    yield Figure("groups", len(groups), f"of {len({*labels.values()}) - 1:,} answers and what was sent once")


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _memory() -> float:
    """The most that this process ever held, in MB.

    `getrusage` tells the most of whoever started the process where that was more: 308 MB instead of 159 once in a whole
    run (ru_maxrss is handed on over exec).
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _size(connection: Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {each}").fetchone()[0] for each in ("page_count", "page_size"))
    return int(pages) * int(size)


def main() -> None:
    """Print the figures as a table."""
    options = argparse.ArgumentParser(description="Bring replies together that say the same.")
    options.add_argument("--replies", type=int, default=REPLIES)
    options.add_argument("--seed", type=int, default=5)
    given = options.parse_args()
    print(table(measure(given.replies, given.seed)))


if __name__ == "__main__":
    main()
