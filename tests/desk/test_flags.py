import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.flags import Flag, read, typed, write

flags = st.builds(Flag, st.text(), st.text(), st.none() | st.integers(0, 2**50), st.text())


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("abusive: shouted at Bo", Flag("abusive", "shouted at Bo")),
        ("Abusive shouted at Bo", Flag("abusive", "shouted at Bo")),
        ("VIP", Flag("vip")),
        ("pays late", Flag("pays late")),
        ("friend of Li: ask her first", Flag("friend of Li", "ask her first")),
        (": no kind", Flag(": no kind")),
        # A sentence with a colon late in it is no kind.
        (f"{'asked ' * 7}this: why", Flag(f"{'asked ' * 7}this: why")),
        ("\x1b[2Jpress", Flag("press")),
    ],
)
def test_a_typed_line_becomes_a_flag(text: str, flag: Flag) -> None:
    assert typed(text) == flag


def test_an_empty_line_is_no_flag() -> None:
    with pytest.raises(BadInput, match="empty"):
        typed(" \t")


@given(st.lists(flags))
def test_what_is_written_is_read(given_flags: list[Flag]) -> None:
    assert read(write(given_flags)) == tuple(given_flags)
