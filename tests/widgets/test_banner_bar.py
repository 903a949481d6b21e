"""The lines of a banner: never wider than the screen, never more than three, the whole of what fits."""

from hypothesis import given
from hypothesis import strategies as st

from desk.banners import LONGEST
from tests.hostile import FORBIDDEN, HOSTILE
from widgets.banner_bar import MOST, BannerFacts, banner_lines
from widgets.inks import pieces_width


def text(facts: BannerFacts, cells: int) -> list[str]:
    return ["".join(words for words, _ in line) for line in banner_lines(facts, cells)]


def test_a_short_one_is_one_line_with_its_sender_its_end_and_its_key() -> None:
    (line,) = text(BannerFacts("The printer is down", "Mei Tanaka", "until 14:30", 1, "N"), 80)
    assert line.startswith(" ◆ Mei Tanaka: The printer is down ")
    assert line.endswith("  until 14:30 · and 1 more  N noted ")


def test_the_longest_is_read_to_its_end_on_a_small_screen() -> None:
    words = ("Please " * 40)[: LONGEST - 4] + "Last"
    lines = text(BannerFacts(words, "Ana-Maria Fernandez-Castellanos", "until Tue 09:00", 9, "F10"), 80)
    assert len(lines) <= MOST
    assert " ".join(lines).count("Please") == words.count("Please")
    assert lines[-1].rstrip().endswith("Last")


@given(
    st.text(max_size=200) | st.sampled_from([each for _, each in HOSTILE]),
    st.text(max_size=40) | st.sampled_from([each for _, each in HOSTILE]),
    st.integers(24, 220),
)
def test_it_fits_whatever_it_says(words: str, agent: str, cells: int) -> None:
    lines = banner_lines(BannerFacts(words, agent, "until 14:30", 3, "F10"), cells)
    assert 1 <= len(lines) <= MOST
    assert {pieces_width(line) for line in lines} == {cells}
    assert not FORBIDDEN & set("".join(part for line in lines for part, _ in line))


def test_the_longest_fits_a_screen_of_any_width() -> None:
    facts = BannerFacts("x" * LONGEST, "Mei Tanaka", "until 14:30", 1, "N")
    assert {len(banner_lines(facts, cells)) for cells in range(24, 221)} == set(range(1, MOST + 1))
