"""Widths agree with Rich, which draws; cutting never exceeds the room nor splits what belongs together."""

import subprocess
import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, split_graphemes

from tests.rest import DEADLINE
from widgets.cells import PLAIN, cut, fit, harmless, shorten, width

FAMILY = "👨‍👩‍👧"
HEART = "❤️"
PIECES = ["a", "é", "ü", "日", "한", "ﾊ", FAMILY, HEART, "e\u0301", "ש", "ก็", "\u200d", "\ufe0f", "✉", "🇩🇪"]
WORDS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


def test_every_plain_character_is_as_wide_as_rich_draws_it() -> None:
    wrong = [
        hex(code) for first, last, cells in PLAIN for code in range(first, last + 1) if cell_len(chr(code)) != cells
    ]
    assert wrong == []


def test_plain_scripts_are_listed_in_order_and_without_overlap() -> None:
    assert all(before[1] < after[0] for before, after in pairwise(PLAIN))


@given(WORDS)
def test_width_agrees_with_rich(text: str) -> None:
    text = harmless(text)
    assert width(text) == cell_len(text)


@given(WORDS, st.integers(-2, 30))
def test_fit_fills_exactly(text: str, cells: int) -> None:
    fitted = fit(harmless(text), cells)
    assert cell_len(fitted) == max(cells, 0)


@given(WORDS, st.integers(0, 30))
def test_cut_keeps_whole_graphemes(text: str, cells: int) -> None:
    text = harmless(text)
    kept = cut(text, cells)
    assert text.startswith(kept)
    assert cell_len(kept) <= cells
    ends = {0, len(text)} | {end for _, end, _ in split_graphemes(text)[0]}
    assert len(kept) in ends


@given(WORDS)
def test_harmless_text_has_no_control_and_no_override(text: str) -> None:
    assert not any(
        c < " " or "\x7f" <= c <= "\x9f" or "\u202a" <= c <= "\u202e" for c in harmless(text + "\x1b[2J\u202e")
    )


def test_a_wide_character_that_does_not_fit_leaves_a_blank() -> None:
    assert fit("日本語", 4) == "日… "
    assert cut("日本語", 3) == "日"


def test_an_ellipsis_says_that_something_is_missing() -> None:
    assert shorten("Refund for order", 8) == "Refund…"
    assert fit("7", 3, right=True) == "  7"


def test_a_family_stays_together() -> None:
    assert cut(f"a{FAMILY}b", 2) == "a"
    assert cut(f"a{FAMILY}b", 3) == f"a{FAMILY}"


def test_plain_scripts_are_measured_without_rich() -> None:
    code = "import sys; from widgets.cells import fit; fit('Zoë Łukasz 李伟 한국', 9); sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=DEADLINE).returncode == 0
