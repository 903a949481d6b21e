import tomllib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.tables import Table, in_lines, quoted, quoted_list, read_tables, without_last_end

TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('"\\\n\r\t\x00\x7f')))


@given(TEXT)
def test_any_text_survives_on_one_line(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}
    assert "\n" not in quoted(text)


@given(TEXT)
def test_any_text_survives_line_by_line(text: str) -> None:
    assert without_last_end(tomllib.loads(f"a = {in_lines(text)}")["a"]) == text


@given(st.lists(TEXT))
def test_any_list_survives(texts: list[str]) -> None:
    assert tomllib.loads(f"a = {quoted_list(texts)}") == {"a": texts}


def test_lines_stay_readable() -> None:
    assert in_lines('He said "hi".\n\nBye') == '"""\nHe said "hi".\n\nBye\n"""'


def test_values_are_taken_in_their_kinds_and_composed() -> None:
    table = read_tables(unicodedata.normalize("NFD", 'a = "é"\nb = true\nc = ["ü"]\n[[d]]\ntitle = "T"'), "f.toml")
    assert table.text("a") == "é"
    assert table.flag("b", default=False) is True
    assert table.texts("c") == ("ü",)
    (inner,) = table.tables("d")
    assert (inner.place, inner.text("title")) == ("d 1 (“T”)", "T")
    table.done()
    inner.done()


def test_defaults_stand_in_for_what_is_absent() -> None:
    table = read_tables("", "f.toml")
    assert table.text("a", "x") == "x"
    assert table.flag("b", default=True) is True
    assert table.texts("c") == ()
    assert table.tables("d") == ()
    assert table.choice("e", ["one", "two"], "one") == "one"


def test_the_place_of_inner_tables_is_named_in_full() -> None:
    (outer,) = read_tables("[[a]]\nkey = 'k'\n[[a.b]]\n[[a.b]]\nx = 1", "f.toml").tables("a")
    with pytest.raises(BadInput) as caught:
        outer.tables("b")[1].text("x")
    assert caught.value.message == "f.toml: a 1 (“k”), b 2, x: is no text"


@pytest.mark.parametrize("value", ["''", "'  '"])
def test_a_text_that_is_needed_is_not_blank(value: str) -> None:
    with pytest.raises(BadInput, match=r"f\.toml: a: is empty"):
        read_tables(f"a = {value}", "f.toml").text("a")


def test_two_tables_do_not_share_what_was_asked() -> None:
    first, second = Table("f", "", {"a": "x"}), Table("f", "", {"a": "x"})
    first.text("a")
    first.done()
    with pytest.raises(BadInput, match="f: a: is not known here"):
        second.done()
