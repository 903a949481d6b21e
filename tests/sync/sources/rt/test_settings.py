"""Settings that can't be right are refused before anything is asked, and files come out of their wrapping whole."""

import base64
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.statuses import Priority, Status
from sync.errors import Broken
from sync.sources.rt.files import bytes_of
from sync.sources.rt.settings import read_settings

URL = "https://rt.example.com"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "rt.example.com"},
        {"url": "https://"},
        {"url": f"{URL}/?a=b"},
        {"url": URL, "key": "a} = 'x"},
        {"url": URL, "tags": 'a"b'},
        {"url": URL, "statuses": "waiting"},
        {"url": URL, "statuses": "waiting=soon"},
        {"url": URL, "priorities": "0,50,100"},
        {"url": URL, "priorities": "0,50,50,100"},
        {"url": URL, "priorities": "low,50,60,100"},
    ],
)
def test_what_can_not_be_right_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        read_settings(wrong)
    assert refused.value.mend


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/REST/2.0", f"{URL}/REST/2.0/"])
def test_an_address_may_be_either(url: str) -> None:
    settings = read_settings({"url": url, "statuses": "Waiting = hold, parked=hold"})
    assert (settings.url, settings.api) == (URL, f"{URL}/REST/2.0")
    assert settings.statuses["waiting"] == settings.statuses["parked"] == Status.HOLD
    assert settings.statuses["resolved"] == Status.SOLVED


@given(st.integers(-5, 300))
def test_a_priority_is_the_highest_that_it_reaches(number: int) -> None:
    settings = read_settings({"url": URL})
    found = settings.priority(number)
    assert found == Priority.LOW or settings.priorities[found] <= number
    assert found == Priority.URGENT or number < settings.priorities[found + 1]


@given(st.binary(max_size=400), st.lists(st.integers(0, 900), max_size=12), st.booleans())
def test_a_file_comes_whole_however_it_is_cut(content: bytes, cuts: list[int], first: bool) -> None:
    own = {"Content": base64.encodebytes(content).decode()}
    others = {"Headers": 'Content-Type: text/plain\nX: "Content" : "no"', "Parent": "0"}
    wrapped = json.dumps(own | others if first else others | own, indent=3, separators=(",", " : ")).encode()
    edges = [0, *sorted(min(cut, len(wrapped)) for cut in cuts), len(wrapped)]
    pieces = (wrapped[begin:end] for begin, end in pairwise(edges))
    assert b"".join(bytes_of(pieces)) == content


@pytest.mark.parametrize("wrapped", [b'{"Parent":"0"}', b'{"Content":null}', b'{"Content":"AAAA', b'{"Content":"?"}'])
def test_what_is_no_file_is_told(wrapped: bytes) -> None:
    with pytest.raises(Broken):
        list(bytes_of(iter([wrapped])))
