"""Texts that a service cut in the middle of a character: all others of the page are read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sync.http import Answer

TEXTS = TypeAdapter(list[str])


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (rb'["a\ud83d", "b"]', ["a\ufffd", "b"]),
        (rb'["\uDE00a\uD83D\ud83d"]', ["\ufffda\ufffd\ufffd"]),
        (rb'["\ud83d\ude00", "\u00e9"]', ["\U0001f600", "é"]),
        (rb'["\ud83d\ud83d\ude00"]', ["\ufffd\U0001f600"]),
        (rb'["\\ud83d", "\\\ud83d"]', ["\\ud83d", "\\\ufffd"]),
        (b'["caf\xe9 \xf0\x9f\x98", "b"]', ["caf\ufffd \ufffd", "b"]),
    ],
)
def test_half_a_character_is_a_sign_and_the_rest_is_read(body: bytes, texts: list[str]) -> None:
    answer = Answer(200, {}, body)
    assert answer.read(TEXTS) == texts
    assert answer.json() == texts


@given(st.lists(st.text()), st.booleans())
def test_what_is_whole_is_untouched(texts: list[str], ascii_: bool) -> None:
    answer = Answer(200, {}, json.dumps(texts, ensure_ascii=ascii_).encode())
    assert answer.read(TEXTS) == answer.json() == texts
