"""How much of a snippet was changed, beside a slow longest common sequence."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.knowledge.changes import ALL, MOST_WORDS, Change, aligned, drift, taken_over, use_of

words = st.lists(st.sampled_from("abcd"), max_size=12)


def _longest(one: list[str], other: list[str]) -> int:
    @cache
    def length(left: int, right: int) -> int:
        if not left or not right:
            return 0
        if one[left - 1] == other[right - 1]:
            return length(left - 1, right - 1) + 1
        return max(length(left - 1, right), length(left, right - 1))

    return length(len(one), len(other))


@given(words, words)
def test_the_alignment_is_a_longest_common_sequence(own: list[str], sent: list[str]) -> None:
    pairs = aligned(own, sent)
    assert len(pairs) == _longest(own, sent)
    assert all(own[left] == sent[right] for left, right in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_what_stands_around_a_snippet_is_no_change_of_it(before: str, snippet: str, after: str) -> None:
    use = use_of(snippet, f"{before}\n{snippet}\n{after}")
    assert use.changed == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_share_is_out_of_a_thousand(snippet: str, sent: str) -> None:
    use = use_of(snippet, sent)
    assert 0 <= use.changed <= ALL
    for change in use.changes:
        assert snippet[change.start : change.end] == change.before


@pytest.mark.parametrize(
    ("snippet", "sent", "changed", "changes"),
    [
        ("It takes five days now.", "It takes three days now.", 200, [("five", "three")]),
        ("It takes five days now.", "It takes three full days now.", 200, [("five", "three full")]),
        ("It takes five days now.", "It takes five days.", 200, [("now", "")]),
        ("It takes five days.", "It takes about five days.", 0, [("", " about")]),
        # What stands where a field was is its value, and no change.
        ("Hi {{customer.first_name}}, it is {{ask: what}}.", "Hi Ana Maria, it is a blue lamp, all of it.", 0, []),
        ("Hi {{customer.first_name}}, it left.", "Hello Ana, it left.", 334, [("Hi", "")]),
        ("See {{ask: day}} later now.", "See Monday afternoon now.", 334, [("later", "")]),
        ("It left.", "Something else", 1000, []),
        ("{{ask: all of it}}", "whatever", 0, []),
        ("", "whatever", 0, []),
    ],
)
def test_a_change_is_told_by_its_words(snippet: str, sent: str, changed: int, changes: list[tuple[str, str]]) -> None:
    use = use_of(snippet, sent)
    assert use.changed == changed
    assert [(each.before, each.after) for each in use.changes] == changes


def test_what_it_had_become_is_its_lines() -> None:
    use = use_of("It left today.\nBe patient.", "Hi Ana,\n\nWell, it left on Monday.\nBe patient.\n\nBo")
    assert use.text == "Well, it left on Monday.\nBe patient."


def test_the_commonest_change_is_found_and_can_be_taken_over() -> None:
    body = "Hi {{customer.first_name}},\nit takes five days. Be patient."
    sent = ["Hi Ana,\nit takes three days. Be patient.", "Hi Bo,\nit takes three days. Wait.", "Hi Li,\n" + body[28:]]
    found = drift([(body, each) for each in sent])
    assert (found.uses, found.changed_uses, found.common_uses) == (3, 2, 2)
    assert found.share == pytest.approx(2 / 3)
    assert found.common is not None
    assert (found.common.before, found.common.after) == ("five", "three")
    assert "three" in found.example
    assert taken_over(body, found.common) == body.replace("five", "three")
    # Where the snippet was changed meanwhile it is only done where it is clear.
    assert taken_over("Now: " + body, found.common) == "Now: " + body.replace("five", "three")
    assert taken_over("five or five", Change(40, 44, "five", "three")) == "five or five"
    assert drift([]).common is None


def test_a_page_of_words_is_read_up_to_a_bound() -> None:
    own = " ".join(f"w{number}" for number in range(3 * MOST_WORDS))
    assert use_of(own, own).changed == 0
    assert use_of("x " * 10_000, "y " * 10_000).changed == ALL
