"""HTML mails read as text: nothing lost, nothing dangerous, no depth too deep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mail.html import html_to_text
from desk.mail.scan import words
from tests.hostile import FORBIDDEN
from tests.linear import is_linear


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("a<br><br>b<br>", "a\n\nb"),
        ("a  \n b&nbsp;&amp; c", "a b & c"),
        ("<b>bo</b>ld <i> it</i>", "bold it"),
        ("<ul><li>one<li>two<ol start=3><li>in<li>out</ol></ul>", "• one\n• two\n  3. in\n  4. out"),
        ("<table><tr><td>&nbsp;<td>a<td>&nbsp;<td>b</table>", "a | b"),
        ("<table><tr><th>Plan<th>Price<tr><td>Pro<td>9</table>", "Plan | Price\nPro | 9"),
        (
            "<p>so</p><blockquote>said<blockquote>before</blockquote></blockquote>now",
            "so\n\n> said\n>\n> > before\n\nnow",
        ),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ('<a href="https://x.example/a">here</a>', "here <https://x.example/a>"),
        ('<a href="https://www.x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example?subject=b">a@x.example</a>', "a@x.example"),
        ('<a href="https://x.example/a"><img src="https://x.example/b.png"></a>', "https://x.example/a"),
        ('<a href="javascript:x()">run</a>', "run"),
        ("<style>p{}</style><script>x</script><title>t</title>body", "body"),
        ("<p>open <div>never <b>closed", "open\n\nnever closed"),
        ("plain text without a tag", "plain text without a tag"),
        ('<div style="display:none">pre</div>seen', "seen"),
        ('<div style="display:none">all is hidden</div>', "all is hidden"),
        ('<img alt="Logo" src="cid:1"> <img src="cid:2">', "[Logo] [picture]"),
        ("<textarea>typed</textarea><input value=given><input type=hidden value=no>", "typedgiven"),
        ("", ""),
    ],
)
def test_what_is_read(markup: str, text: str) -> None:
    assert html_to_text(markup).text == text


def test_pictures_that_count_readers_are_counted() -> None:
    read = html_to_text(
        '<img src="https://x.example/o.gif" width="1" height="1"><img src="http://x.example/big.png">'
        '<img src="cid:a"><img src="//x.example/o" style="width:1px">'
        '<div style="display:none"><img src="https://x.example/h.gif"></div>text'
    )
    assert (read.remote_images, read.trackers) == (4, 3)


TAGS_IN_TAGS = ("div", "b", "blockquote", "span", "table", "font")


def _deep(tag: str, depth: int) -> str:
    return f"<{tag}>" * depth + "deep" + f"</{tag}>" * depth + "after"


@pytest.mark.parametrize("tag", TAGS_IN_TAGS)
@pytest.mark.parametrize("depth", [300, 4_000, 60_000])
def test_the_deepest_text_is_read(tag: str, depth: int) -> None:
    read = html_to_text(_deep(tag, depth))
    assert "deep" in read.text
    assert "after" in read.text


@pytest.mark.parametrize("tag", TAGS_IN_TAGS)
def test_time_is_linear_in_the_depth(tag: str) -> None:
    assert is_linear(lambda depth: html_to_text(_deep(tag, depth)), 15_000)


@pytest.mark.parametrize(
    "unit", ["<style>", "<style ", "<!--", "<", "<script><", "<a href='", "<a href=x>y", "&amp", "<p>"]
)
def test_time_is_linear(unit: str) -> None:
    assert is_linear(lambda count: html_to_text(unit * count + "<div>" * (count // 5)), 30_000)


TAGS = st.sampled_from(sorted(words("p div b i a ul ol li table tr td blockquote pre span h1 font center br hr")))
WORDS = st.text("abcdefgh", min_size=1, max_size=5)
SOUP = st.lists(st.one_of(TAGS.map(lambda tag: f"<{tag}>"), TAGS.map(lambda tag: f"</{tag}>"), WORDS), max_size=60)


@given(SOUP)
def test_no_word_vanishes(soup: list[str]) -> None:
    read = html_to_text("".join(soup))
    letters = [letter for letter in read.text if letter in "abcdefgh"]
    written = "".join(piece for piece in soup if not piece.startswith("<"))
    # Tables move stray words before themselves, as browsers do.
    assert sorted(letters) == sorted(written)


@given(st.text(st.sampled_from("<>/&;#x0 \x1b\x9b\u202e\ud800abp=\"'!-\n\t"), max_size=200))
def test_any_markup(markup: str) -> None:
    assert not FORBIDDEN & set(html_to_text(markup).text)
