"""The mark that says who has a mail: every handle makes a keyword that a server takes, and is known by it again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.claims import FAMILY, LONGEST, claimed, handle_of, is_mark, mark_of
from desk.text import clean

# As storage.agents keeps them.
handles = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    .map(lambda text: "".join(clean(text, lines=False).casefold().split()))
    .filter(lambda handle: handle and clean(handle, lines=False) == handle)
)
ATOM = re.compile(r"[a-z0-9._=-]+")


@given(handles)
def test_a_handle_makes_a_keyword(handle: str) -> None:
    mark = mark_of(handle)
    assert ATOM.fullmatch(mark)
    assert len(mark) <= LONGEST
    assert mark_of(handle_of(mark)) == mark
    if len(handle.encode()) * 3 + len(FAMILY) <= LONGEST:
        assert handle_of(mark) == handle
    assert is_mark(mark.upper())
    assert claimed(("\\Seen", mark.title())) == mark


@given(st.text(max_size=60))
def test_any_flag_can_be_read(flag: str) -> None:
    assert bool(claimed((flag,))) is is_mark(flag)
    assert handle_of(FAMILY + flag) or not flag


@pytest.mark.parametrize("said", ["=20", "=00", "=e2=80=ae", "=0a=0a", "a=20b"])
def test_a_mark_of_a_stranger_s_names_nobody_in_letters_that_act(said: str) -> None:
    assert handle_of(FAMILY + said) == said


@pytest.mark.parametrize(
    ("handle", "mark"),
    [("ana", "heard-claim-ana"), ("ana.ruiz", "heard-claim-ana.ruiz"), ("jö(", "heard-claim-j=c3=b6=28")],
)
def test_a_plain_handle_can_be_read_in_its_mark(handle: str, mark: str) -> None:
    assert mark_of(handle) == mark


def test_of_several_marks_everybody_sees_the_same_one() -> None:
    assert claimed(("heard-claim-ben", "\\Seen", "Heard-Claim-Ana")) == "heard-claim-ana"
    assert claimed(("\\Seen", "heard-claim-", "$Forwarded")) == ""
