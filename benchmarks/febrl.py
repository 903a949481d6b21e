"""How often the look-up finds the right person behind a garbled name, beside brute force over all names.

The people are Febrl's third set (`../shared/data/people/dataset3.csv`): 2,000 original records, and 3,000 copies with
typing errors, sound-alikes, swapped and missing fields. The originals are imported with name, address, date of birth
and social security number; each copy that has both names asks for its original by given name and surname.

    python -m benchmarks.febrl [PATH]
"""

import csv
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_least
from benchmarks.making.people import Person, fill, identity
from desk.identifiers import fold
from desk.lookup import IdentityKind
from storage.connect import writing
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write

DATASET = Path(__file__).parents[2] / "shared" / "data" / "people" / "dataset3.csv"
TOP = 10

Record = dict[str, str]


def records(path: Path) -> list[Record]:
    """The rows of a Febrl file, without the spaces around its fields."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{key.strip(): (value or "").strip() for key, value in row.items()} for row in csv.DictReader(file)]


def person(record: Record) -> Person:
    """An original record as a customer."""
    name = f"{record['given_name']} {record['surname']}".strip() or record["rec_id"]
    address = ", ".join(
        record[field] for field in ("street_number", "address_1", "suburb", "postcode", "state") if record[field]
    )
    identities = [identity(IdentityKind.NAME, name)]
    if record["soc_sec_id"]:
        identities.append(identity(IdentityKind.ACCOUNT, record["soc_sec_id"]))
    return Person(name, tuple(identities), details={"address": address, "born": record["date_of_birth"]})


def recall(questions: list[tuple[str, int]], ask: Callable[[str], list[int]]) -> tuple[float, float]:
    """The share of questions whose customer is among the answers, and the median milliseconds of CPU."""
    hits = 0
    times = []
    for text, wanted in questions:
        start = time.thread_time()
        hits += wanted in ask(text)[:TOP]
        times.append(time.thread_time() - start)
    return hits / len(questions), sorted(times)[len(times) // 2] * 1000


def questions_of(rows: list[Record]) -> tuple[list[Record], list[tuple[str, int]]]:
    """The originals, and what each copy with both names asks for: the text, and its original's number from 1."""
    originals = {row["rec_id"].split("-")[1]: row for row in rows if row["rec_id"].endswith("-org")}
    numbers = {key: number for number, key in enumerate(originals, 1)}
    questions = [
        (f"{row['given_name']} {row['surname']}", numbers[row["rec_id"].split("-")[1]])
        for row in rows
        if "-dup-" in row["rec_id"] and row["given_name"] and row["surname"]
    ]
    return list(originals.values()), questions


def figures() -> Iterator[Figure]:
    """Recall among ten and time of a question, beside brute force over all names."""
    from rapidfuzz import fuzz, process

    originals, questions = questions_of(records(DATASET))
    known = {number: fold(person(row).name) for number, row in enumerate(originals, 1)}
    with TemporaryDirectory() as folder, closing(open_to_write(Workspace(Path(folder)))) as connection:
        with writing(connection):
            fill(connection, map(person, originals))
        finder = Finder(connection, ("AU",))
        share, took = recall(questions, lambda text: [hit.customer_id for hit in finder.find(text, TOP)])

    def brute(text: str) -> list[int]:
        return [key for _, _, key in process.extract(fold(text), known, scorer=fuzz.WRatio, limit=TOP)]

    brute_share, brute_took = recall(questions, brute)
    peer = "rapidfuzz over all names"
    yield at_least("Febrl: right person among ten", share, "of 1", brute_share, Beside(brute_share, peer))
    yield Figure("Febrl: a question, p50", took, "ms", Beside(brute_took, peer))


def main() -> None:
    """Print recall@10 and time of the look-up and of its peer."""
    from rapidfuzz import fuzz, process

    originals, questions = questions_of(records(Path(sys.argv[1]) if len(sys.argv) > 1 else DATASET))
    with TemporaryDirectory() as folder:
        connection = open_to_write(Workspace(Path(folder)))
        with writing(connection):
            fill(connection, map(person, originals))
        finder = Finder(connection, ("AU",))
        share, middle = recall(questions, lambda text: [hit.customer_id for hit in finder.find(text, TOP)])
        connection.close()
    print(f"heard: {len(questions)} questions, recall@10 {share:.4f}, p50 {middle:.2f} ms")
    names = {number: fold(person(row).name) for number, row in enumerate(originals, 1)}
    for scorer in (fuzz.WRatio, fuzz.token_sort_ratio, fuzz.ratio):

        def brute(text: str, scorer: Callable[..., float] = scorer) -> list[int]:
            return [key for _, _, key in process.extract(fold(text), names, scorer=scorer, limit=TOP)]

        share, middle = recall(questions, brute)
        print(f"rapidfuzz {scorer.__name__} over all {len(names)} names: recall@10 {share:.4f}, p50 {middle:.2f} ms")


if __name__ == "__main__":
    main()
