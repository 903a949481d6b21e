"""Text from strangers comes out harmless, and what a person would see of it stays."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.text import MARKS_KEPT, clean
from tests.hostile import FORBIDDEN, HOSTILE
from tests.linear import is_linear

NASTY = st.sampled_from(
    "ae1#K\u212a漢葛م\u0301\u0323\u0327\u200c\u200d\ufe0f\ufe0e\U000e0100\U000e0101🏴\U000e0067\U000e007f👩🏽❤\n\t\r "
    "\x1b[]m;\x07\x9b\x9c\x90\\\x00\u2028\u202e\u034f\u00ad\u1100\u1161\u0fb2\u0f71"
)
ANYTHING = st.one_of(
    st.text(NASTY, max_size=60),
    st.text(st.characters(codec=None, exclude_categories=()), max_size=60),
)


def test_what_others_lean_on() -> None:
    assert clean("plain text\n\twith lines") == "plain text\n\twith lines"
    assert clean("two\r\nlines\rthree\u2028four\x0bfive") == "two\nlines\nthree\nfour\nfive"
    assert clean("Subject\r\n\tfolded\nthrice", lines=False) == "Subject folded thrice"


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]52;c;AAAA\x1b\\clip", "clip"),
        ("\x1b]8;;https://example.com\x1b\\bank\x1b]8;;\x1b\\", "bank"),
        ("\x1b]0;never ends", "]0;never ends"),
        ("a\x1bb\x00c\x7fd", "abcd"),
        ("\x1b\x1b[31mx", "x"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("+49\u200e 30", "+49 30"),
        ("pay\u200bpal\ufeff", "paypal"),
        ("a\u200db", "ab"),
        ("hi\U000e0069\U000e0067", "hi"),
        ("\ud83d\ude00", "😀"),
        ("a\ud800b\udcff", "a\ufffdb\ufffd"),
        ("Cafe\u0301", "Café"),
        ("e\u200d\u0301", "é"),
        ("\u212a\u200d漢", "K漢"),
    ],
)
def test_danger_goes(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@pytest.mark.parametrize(
    "kept",
    [
        "👩\u200d👩\u200d👧\u200d👦",
        "🏳\ufe0f\u200d🌈",
        "1\ufe0f\u20e3 #\ufe0f\u20e3 ❤\ufe0f ☎\ufe0e",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "葛\U000e0100城市",
        "שָׁלוֹם",
        "กี่ครั้ง",
        "ＴＥＳＴ　ﾃｽﾄ",
        "tab\tand\nline",
    ],
)
def test_what_people_see_stays(kept: str) -> None:
    assert clean(kept) == unicodedata.normalize("NFC", kept)


def test_a_pile_of_marks_is_cut() -> None:
    marks = clean("Z" + "\u0316\u0301" * 5_000)[1:]
    assert len(marks) <= MARKS_KEPT


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_the_hostile_corpus(name: str, text: str) -> None:
    for lines in (True, False):
        result = clean(text, lines=lines)
        assert not FORBIDDEN & set(result), name
        assert clean(result, lines=lines) == result, name
        assert lines or not {"\n", "\t"} & set(result), name


@given(ANYTHING, st.booleans())
def test_any_text(text: str, lines: bool) -> None:
    result = clean(text, lines=lines)
    assert not FORBIDDEN & set(result)
    assert unicodedata.is_normalized("NFC", result)
    assert clean(result, lines=lines) == result
    assert result.splitlines() == result.removesuffix("\n").split("\n") if result else True
    result.encode("utf-8")


@given(
    st.text(st.characters(categories=["L", "N", "P", "Zs", "Sm", "Sc"], exclude_characters="\u3164\uffa0\u115f\u1160"))
)
def test_letters_never_vanish(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert clean(text) == composed


@pytest.mark.parametrize("unit", ["\x1b]", "\x1b[0", "\x9d0;", "\u200d\ufe0f", "👩\u200d", "a\u0301\u0323", "\x00x"])
def test_time_is_linear(unit: str) -> None:
    assert is_linear(lambda count: clean(unit * count), 100_000 // len(unit))


def test_plain_text_is_the_same_object() -> None:
    text = "Hello, I can't log in.\n" * 100
    assert clean(text) is text
    assert re.fullmatch(r"[\x20-\x7e\n]+", text)
