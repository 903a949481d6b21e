"""A run loses no figures: a part that raises, dies or hangs is named, and the others are measured all the same."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import everything
from benchmarks.circumstances import data, machine, versions
from benchmarks.everything import measure, run
from benchmarks.figures import Figure, at_most
from benchmarks.making import Wanted
from benchmarks.page import Measured
from benchmarks.parts import PARTS, Part, Scale

SCALE = Scale(Wanted(10, 20, 30), 1)
FOUND = at_most("a key", 2.0, "ms", 5)


def _well(scale: Scale) -> Iterator[Figure]:
    yield FOUND
    yield Figure("tickets", scale.wanted.tickets, "tickets")


def _raising(_: Scale) -> Iterator[Figure]:
    yield FOUND
    raise ValueError("no such column\n┌ and what was seen ┐")


def _dying(_: Scale) -> Iterator[Figure]:
    yield FOUND
    os._exit(7)


def _hanging(_: Scale) -> Iterator[Figure]:
    yield FOUND
    time.sleep(600)


def _without_dovecot() -> str:
    return "Dovecot is not installed"


def test_a_part_is_measured_in_its_own_process() -> None:
    found = measure(Part("well", "Well", "a note", _well), SCALE, 60)
    assert (found.title, found.note, found.crashed) == ("Well", "a note", "")
    assert found.figures == (FOUND, Figure("tickets", 20, "tickets"))


@pytest.mark.parametrize(
    ("work", "said"), [(_raising, "ValueError: no such column"), (_dying, "ended by itself with code 7")]
)
def test_what_a_crashing_part_had_found_is_kept(work: Callable[[Scale], Iterator[Figure]], said: str) -> None:
    found = measure(Part("x", "X", "", work), SCALE, 60)
    assert (found.figures, found.crashed) == ((FOUND,), said)


def test_a_part_that_hangs_is_ended() -> None:
    found = measure(Part("x", "X", "", _hanging), SCALE, 1)
    assert found.crashed == "nothing came for 1 s"


def test_the_others_are_measured_and_those_without_their_data_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Wanted] = []
    monkeypatch.setattr(everything, "kept", made.append)
    there = tmp_path / "there"
    there.touch()
    parts = [
        Part("a", "A", "", _raising, made=False),
        Part("b", "B", "", _well, tmp_path / "dataset3.csv", made=False),
        Part("c", "C", "", _well, there),
        Part("d", "D", "", _well, made=False, missing=_without_dovecot),
    ]
    run(parts[:1], SCALE)
    assert made == [], "nobody needs any"
    raised, left_out, well, without = run(parts, SCALE)
    assert raised.crashed
    assert (left_out.figures, left_out.left_out) == ((), "it needs dataset3.csv, which is not there")
    assert (len(well.figures), well.crashed, well.left_out) == (2, "", "")
    assert (without.figures, without.left_out) == ((), "Dovecot is not installed")
    assert made == [SCALE.wanted]


@pytest.mark.parametrize(("crashed", "code"), [("", 0), ("OSError: disk full", 1)])
def test_the_exit_code_says_whether_a_part_crashed_not_whether_a_goal_was_missed(
    crashed: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = at_most("a page", 9, "ms", 5)
    asked: list[tuple[list[str], Scale]] = []

    def found(parts: list[Part], scale: Scale) -> list[Measured]:
        asked.append(([part.key for part in parts], scale))
        return [Measured("Queue", "", (FOUND, missed), crashed=crashed)]

    monkeypatch.setattr(everything, "run", found)
    monkeypatch.setattr("sys.argv", ["everything", "--full", "--messages", "9", "--write", str(tmp_path / "page.md")])
    assert everything.main() == code
    assert asked == [([part.key for part in PARTS], Scale(Wanted(1_000_000, 1_000_000, 9), 3))]
    written = (tmp_path / "page.md").read_text("utf-8")
    assert "1,000,000 customers, 1,000,000 tickets, 9 messages" in written
    printed = capsys.readouterr().out
    for text in (written, printed):
        assert "| a page" in text
        assert "NO" in text


def test_one_part_alone_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["everything", "--only", "queue", "--write", str(tmp_path / "page.md")])
    with pytest.raises(SystemExit, match="2"):
        everything.main()


def test_parts_have_names_of_their_own_and_are_explained() -> None:
    assert len({part.key for part in PARTS}) == len({part.title for part in PARTS}) == len(PARTS)
    assert all(part.note for part in PARTS)


def test_a_run_says_where_it_was_made() -> None:
    assert f"{os.cpu_count()} cores" in machine()
    assert "load" in machine()
    for name in ("Python 3.", "SQLite 3.", "textual 8.", "rg ", "fzf ", "neomutt ", "aerc "):
        assert name in versions()
    assert data(Wanted(1, 2_000, 3)) == "1 customers, 2,000 tickets, 3 messages"
