"""Wrapped lines fit, lose nothing but blanks at breaks, and take linear time."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from widgets.cells import width
from widgets.wrap import LEAST, Link, links, one_line, quote_depth, wrap

WORDS = st.text(alphabet="ab 日本é👩\u200d👧\u0301 .-", max_size=120)


@given(WORDS, st.integers(1, 40))
def test_every_line_fits_and_nothing_is_lost(text: str, cells: int) -> None:
    text = one_line(text)
    spans = wrap(text, cells)
    lines = [text[start:end] for start, end in spans]
    assert all(width(line) <= max(cells, LEAST) for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_hostile_text_fits(text: str) -> None:
    for source in text.split("\n")[:20]:
        line = one_line(source)
        assert all(width(line[start:end]) <= 37 for start, end in wrap(line, 37))


def test_lines_break_between_words() -> None:
    text = "the quick brown fox jumps"
    assert [text[start:end] for start, end in wrap(text, 10)] == ["the quick", "brown fox", "jumps"]


def test_a_word_longer_than_a_line_is_cut() -> None:
    text = "see " + "x" * 12
    assert [text[start:end] for start, end in wrap(text, 8)] == ["see", "xxxxxxxx", "xxxx"]


def test_a_wide_character_is_never_halved() -> None:
    text = "a" + "日" * 5
    assert [text[start:end] for start, end in wrap(text, 4)] == ["a日", "日日", "日日"]


def test_an_empty_line_is_one_line() -> None:
    assert wrap("", 10) == [(0, 0)]


def test_a_line_of_a_megabyte_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        text = "lorem ipsum 漢 " * (size // 14)
        start = time.process_time()
        wrap(text, 80)
        return time.process_time() - start

    seconds(10_000)
    assert seconds(400_000) < 60 * max(seconds(40_000), 0.001), "ten times the text, far less than a hundred times"


def test_quote_depth() -> None:
    assert quote_depth("> > deep") == (2, "deep")
    assert quote_depth(">>> x") == (3, "x")
    assert quote_depth("2 > 1") == (0, "2 > 1")


def test_links_end_where_the_address_ends() -> None:
    line = "see (https://example.com/a_(b)) or https://example.com/x?y=1, now"
    assert [link.url for link in links(line)] == ["https://example.com/a_(b)", "https://example.com/x?y=1"]
    assert links("javascript:alert(1) http:/x") == []
    assert links("https://example.com.") == [Link(0, 19, "https://example.com")]
