"""The table says what was measured, a miss says NO and why, and a reason is shown only while it is needed."""

import tomllib

from benchmarks.figures import Beside, Figure, at_least, at_most, at_most_times, number, table
from benchmarks.page import (
    REASONS,
    UNEXPLAINED,
    Circumstances,
    Measured,
    misses,
    needless,
    omitted,
    page,
    read_reasons,
    table_of,
)

GOOD = at_most("a key", 2.0, "ms", 5, Beside(4.0, "aerc"), Beside(1.0, "bare"))
BAD = at_most("a page", 0.6, "ms", 0.5, limit=Beside(0.2, "bare SQL"))
RUN = Circumstances(
    " with a million",
    "make bench-full",
    "two cores",
    "Python 3.11",
    "10 customers",
    7.4,
    "See [performance.md](performance.md).",
)


def test_a_line_has_every_cell() -> None:
    assert GOOD.cells == ("a key", "2.00 ms", "4.00 aerc", "1.00 bare", "0.50", "at most 5.00", "yes")
    assert BAD.cells == ("a page", "0.60 ms", "", "0.20 bare SQL", "3.00", "at most 0.50", "NO")
    assert Figure("rows", 7, "s").cells == ("rows", "7.00 s", "", "", "", "", "")


def test_goals_are_met_up_to_their_border() -> None:
    assert at_most("x", 5, "ms", 5).met
    assert not at_most("x", 5.01, "ms", 5).met
    assert at_least("x", 5, "%", 5).met
    assert not at_least("x", 4.99, "%", 5).met
    assert at_most_times("x", 13, "ms", 1.3, Beside(10, "Textual")).met
    assert not at_most_times("x", 13.1, "ms", 1.3, Beside(10, "Textual")).met


def test_small_numbers_keep_what_they_say() -> None:
    assert [number(value) for value in (0, 0.0042, 0.25, 1.234, 12.34, 123.4, 1234567)] == [
        "0.00", "0.0042", "0.25", "1.23", "12.3", "123", "1,234,567",
    ]  # fmt: skip


def test_every_line_of_the_table_is_as_wide_as_its_head() -> None:
    lines = table([GOOD, BAD, Figure("a | b", 1, "s")]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert [line.count(" | ") for line in lines if not line.startswith("|-")] == [6] * 4
    assert "a \\| b" in lines[-1]


def test_a_part_stands_under_its_title_and_a_crash_is_a_miss() -> None:
    parts = [Measured("Queue", "", (GOOD,)), Measured("Look-up", "", (BAD,), crashed="OSError: no room")]
    drawn = table_of(parts).splitlines()
    assert [line.split("|")[1].strip() for line in drawn[2:]] == [
        "**Queue**", "a key", "**Look-up**", "a page", "crashed: OSError: no room",
    ]  # fmt: skip
    assert drawn[-1].rstrip(" |").endswith("NO")


def test_a_part_that_was_left_out_is_named_with_its_cause_and_not_in_the_table() -> None:
    parts = [Measured("Mails", "", left_out="it needs mail, which is not there"), Measured("Queue", "", (GOOD,))]
    assert "Mails" not in table_of(parts)
    assert omitted(parts) == "- **Mails**: it needs mail, which is not there"


def test_a_miss_is_explained_or_said_to_be_unexplained() -> None:
    parts = [Measured("Queue", "", (GOOD, BAD))]
    assert misses(parts, {"a page": "names are joined"}) == ("- **a page**, 0.60 ms, at most 0.50: names are joined")
    assert misses(parts, {}).endswith(UNEXPLAINED)


def test_a_reason_without_a_miss_is_not_shown_and_named_to_be_taken_out() -> None:
    parts = [Measured("Queue", "", (GOOD, BAD))]
    reasons = {"a key": "old", "a page": "needed", "another size's": "not measured here"}
    assert needless(parts, reasons) == ["a key"]
    assert "old" not in page(parts, RUN, reasons)


def test_the_page_has_only_the_sections_that_say_something() -> None:
    whole = page(
        [Measured("Queue", "warm,\n  in one process", (GOOD, BAD)), Measured("Mails", "", left_out="x")], RUN, {}
    )
    assert [line for line in whole.splitlines() if line.startswith("#")] == [
        "# Performance with a million", "## How it is measured", "## What misses, and why", "## What was left out",
    ]  # fmt: skip
    assert "- **Queue**: warm, in one process\n" in whole
    assert "`make bench-full`" in whole
    for said in ("two cores", "See [performance.md](performance.md).", "in 7 minutes"):
        assert said in whole
    assert "What misses" not in page([Measured("Queue", "", (GOOD,))], RUN, {})


def test_the_reasons_that_are_kept_can_be_read() -> None:
    assert read_reasons() == {
        what: " ".join(why.split()) for what, why in tomllib.loads(REASONS.read_text("utf-8")).items()
    }
