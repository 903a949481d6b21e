"""Slips of the finger: how many are forgiven, and what counts as alike."""

import random

import pytest

from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.search.documents import pieces
from storage.search.query import Finder
from storage.search.typo import alike
from tests.shared import shared_data


def test_words_are_compared_in_their_best_order() -> None:
    assert alike(("ruiz", "ana"), ["ana", "ruiz"]) == 1.0
    assert alike(("ana", "ruiz"), ["ana", "ruis"]) > alike(("ana", "ruiz"), ["ana", "rossi"])
    assert alike(("ana",), ["ana"]) > alike(("ana",), ["ana", "ruiz"])
    assert alike((), ["ana"]) == alike(("ana",), []) == 0.0
    assert alike(("a1", "b2", "c3", "d4"), ["d4", "c3", "b2", "a1"]) == 1.0


def test_that_a_rare_word_fits_says_more() -> None:
    rarity = {"john": 0.0, "zelnik": 1.0}
    assert alike(("karl", "zelnik"), ["petra", "zelnik"], rarity) > alike(
        ("john", "zelnik"), ["john", "abcdef"], rarity
    )


@pytest.mark.parametrize("wrong", ["smiht", "smth", "smitth", "smoth", "msith"])
def test_a_word_and_its_slips_share_a_piece(wrong: str) -> None:
    assert pieces("smith") & pieces(wrong)


def test_recall_after_one_slip(connection: Connection) -> None:
    from benchmarks.making.people import fill, people
    from benchmarks.questions import slip

    chance = random.Random(3)
    with writing(connection):
        fill(connection, people(1500, seed=1))
    finder = Finder(connection)
    for kind, wanted in ((IdentityKind.NAME, 0.96), (IdentityKind.PHONE, 0.95), (IdentityKind.EMAIL, 0.96)):
        # A number is typed as it is dialled; the others as they are written.
        written = "normal" if kind is IdentityKind.PHONE else "value"
        rows = connection.execute(f"SELECT value, {written} FROM identity WHERE kind = ?", (kind,)).fetchall()
        values = chance.sample(rows, 120)
        found = sum(
            any(hit.identity_value == value for hit in finder.find(slip(chance, asked))) for value, asked in values
        )
        assert found / len(values) >= wanted, kind.name


@pytest.mark.shared_data
def test_garbled_names_are_found_more_often_than_by_brute_force(connection: Connection) -> None:
    from rapidfuzz import fuzz, process

    from benchmarks.febrl import person, questions_of, recall, records
    from benchmarks.making.people import fill
    from desk.identifiers import fold

    originals, questions = questions_of(records(shared_data("people/dataset3.csv")))
    with writing(connection):
        fill(connection, map(person, originals))
    finder = Finder(connection, ("AU",))
    names = {number: fold(person(row).name) for number, row in enumerate(originals, 1)}
    questions = questions[::4]
    ours, _ = recall(questions, lambda text: [hit.customer_id for hit in finder.find(text)])
    brute, _ = recall(
        questions,
        lambda text: [key for _, _, key in process.extract(text, names, scorer=fuzz.token_sort_ratio, limit=10)],
    )
    assert ours >= max(0.92, brute)
