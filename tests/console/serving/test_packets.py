"""What front and process say to each other, however it is cut, and whatever a browser makes up."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.serving.packets import (
    DATA,
    FACT,
    HIGHEST,
    LONGEST,
    SMALLEST,
    WIDEST,
    Packets,
    Said,
    fact,
    heard,
    is_end,
    packet,
    size,
    told,
)

PACKET = st.tuples(st.sampled_from([DATA, FACT]), st.binary(max_size=300))


@given(st.lists(PACKET, max_size=8), st.lists(st.integers(min_value=0, max_value=2500), max_size=8))
def test_packets_come_whole_and_in_order_however_they_are_cut(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(packet(kind, payload) for kind, payload in sent)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    packets = Packets()
    come = [each for start, end in pairwise(places) for each in packets.feed(stream[start:end])]
    assert come == sent


def test_a_packet_longer_than_any_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match=str(LONGEST + 1)):
        list(Packets().feed(DATA + (LONGEST + 1).to_bytes(4, "big")))


@given(st.text())
def test_what_is_typed_comes_as_it_is(text: str) -> None:
    said = heard(json.dumps(["stdin", text]))
    assert said == Said("typed", text)
    assert list(Packets().feed(told(said))) == [(DATA, text.encode("utf-8", "replace"))]


def test_half_a_character_is_no_end_of_anything() -> None:
    said = heard('["stdin", "a\\ud800b"]')
    assert said is not None
    assert list(Packets().feed(told(said))) == [(DATA, b"a?b")]


@pytest.mark.parametrize(("width", "height", "cells"), [
    (80, 24, (80, 24)), (0, -5, (SMALLEST, SMALLEST)), (10**9, 10**9, (WIDEST, HIGHEST)),
])  # fmt: skip
def test_a_size_is_one_that_a_screen_can_have(width: int, height: int, cells: tuple[int, int]) -> None:
    said = heard(json.dumps(["resize", {"width": width, "height": height}]))
    assert said == Said("resize", width=cells[0], height=cells[1])
    assert list(Packets().feed(told(said))) == [(FACT, fact(type="resize", width=cells[0], height=cells[1])[5:])]
    assert size(str(width), str(height)) == cells


def test_focus_and_blur_are_told() -> None:
    for kind in ("focus", "blur"):
        said = heard(json.dumps([kind]))
        assert said == Said(kind)
        assert list(Packets().feed(told(said))) == [(FACT, json.dumps({"type": kind}).encode())]


@pytest.mark.parametrize(
    "message",
    ["", "[]", "{}", "null", "7", '"stdin"', '["stdin"]', '["stdin", 7]', '["stdin", ["x"]]', '["resize", "80x24"]',
     '["resize", {"width": 80}]', '["resize", {"width": "80", "height": "24"}]', '["quit"]', '["exit"]',
     '["ping", "1"]', '["deliver_chunk_request", {"key": "a", "size": 9}]', '[["stdin"], "x"]', "[" * 100_000],
)  # fmt: skip
def test_what_says_nothing_known_is_not_heard(message: str) -> None:
    assert heard(message) is None


@given(st.text())
def test_nothing_that_a_browser_sends_raises(message: str) -> None:
    heard(message)
    size(message, message)


def test_of_facts_only_the_end_is_one() -> None:
    assert is_end(b'{"type": "exit"}')
    for payload in (
        b"",
        b"{",
        b'{"type": "open_url", "url": "https://example.com"}',
        b'{"type": "deliver_file_start"}',
    ):
        assert not is_end(payload)
