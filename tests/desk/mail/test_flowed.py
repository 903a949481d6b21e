"""format=flowed: long paragraphs become short lines, and the same paragraphs again."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.mail.flowed import LONGEST, flow, unflow

LINES = st.text(st.sampled_from("ab.>- \t_é語"), max_size=200) | st.sampled_from(
    ["-- ", "--", "> a", ">", "> -- ", ">> b", ">_<", "From me", " indented", "> From x", "word -- " + "x" * 80]
)


def bare(text: str) -> str:
    """Without what flowed text can't keep: blanks at the ends of lines."""
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


@given(st.lists(LINES, max_size=6).map("\n".join))
@example("aaa -- " + "x" * 90)
@example("> " + "long words " * 30)
@example("a  b   " * 30)
def test_back_again(text: str) -> None:
    assert bare(unflow(flow(text), delete_space=False)) == bare(text)


@given(st.lists(LINES, max_size=6).map("\n".join))
def test_a_line_is_short_where_it_has_blanks(text: str) -> None:
    for line in flow(text).split("\n"):
        content = line.lstrip("> ")
        assert len(content) <= LONGEST or " " not in content.strip() or re.search(r"^-- |[^ ]{60}| {20}", content)


@pytest.mark.parametrize("line", ["From here on", ">_<", " a"])
def test_what_would_be_mistaken_is_stuffed(line: str) -> None:
    assert flow(line) == f" {line}"


def test_a_quote_keeps_its_mark_on_every_line() -> None:
    flowed = flow("> " + "word " * 40).split("\n")
    assert len(flowed) > 2
    assert all(line.startswith("> word") for line in flowed)
    assert all(line.endswith(" ") for line in flowed[:-1])


def test_a_signature_is_never_made_by_breaking() -> None:
    assert "-- " not in flow("a" * 70 + " -- " + "b" * 80).split("\n")
