"""Keys and their names; key files laid over the registry; clashes named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from screens.action import Place
from screens.actions import BY_ID
from screens.keymap import UNUSABLE, key_name, keymap, parse_keys


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("z", "z", "z"),
        ("G", "G", "G"),
        ("question_mark", "?", "?"),
        ("left_square_bracket", "[", "["),
        ("space", " ", "Space"),
        ("enter", "\r", "Enter"),
        ("escape", "\x1b", "Esc"),
        ("ctrl+d", "\x04", "Ctrl+D"),
        ("shift+tab", None, "Shift+Tab"),
        ("f9", None, "F9"),
        ("ctrl+shift+left", None, "Ctrl+Shift+LEFT"),
    ],
)
def test_key_events_have_the_names_that_people_write(key: str, character: str | None, name: str) -> None:
    assert key_name(key, character) == name


def test_sequences_lead_to_their_actions_and_show_what_follows() -> None:
    keys = keymap()
    assert keys.action(Place.QUEUE, ("z",)) is BY_ID["ticket.snooze"]
    assert keys.action(Place.QUEUE, ("s",)) is None
    assert [key for key, _ in keys.following(Place.QUEUE, ("s",))] == ["o", "p", "h", "s", "c"]
    assert keys.action(Place.TICKET, ("s", "p")) is BY_ID["status.pending"]
    assert keys.action(Place.COMPOSER, ("z",)) is None
    assert keys.action(Place.COMPOSER, ("Ctrl+S",)) is BY_ID["composer.send"]


def test_own_keys_replace_those_of_the_registry() -> None:
    keys = keymap({"ticket.snooze": "Z", "list.sort": ["ctrl+g", "g ,"], "deed.repeat": []})
    assert keys.action(Place.QUEUE, ("Z",)) is BY_ID["ticket.snooze"]
    assert keys.action(Place.QUEUE, ("z",)) is None
    assert keys.of["list.sort"] == (("Ctrl+G",), ("g", ","))
    assert keys.action(Place.QUEUE, ("g", ",")) is BY_ID["list.sort"]
    assert keys.of["deed.repeat"] == ()


def test_a_clash_names_both_actions() -> None:
    with pytest.raises(BadInput, match=r"r is both write\.reply \(Reply\) and ticket\.snooze \(Snooze\)"):
        keymap({"ticket.snooze": "r"})


def test_a_key_that_begins_a_sequence_is_a_clash() -> None:
    with pytest.raises(BadInput, match="begin with the same key") as refused:
        keymap({"ticket.snooze": "g"})
    assert "go.queue" in str(refused.value)


def test_all_problems_of_a_key_file_are_told_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        keymap({"ticket.snoze": "Z", "ticket.tags": "Ctrl+M", "ticket.priority": "n"})
    told = str(refused.value)
    assert "Did you mean ticket.snooze?" in told
    assert "same for it as for Enter" in told
    assert "n is both write.note" in told


@pytest.mark.parametrize("text", [*UNUSABLE, "Alt+x", "Ctrl+Shift+a", "", "g g g", "Ctrl+ä", "Hyper"])
def test_what_terminals_cannot_send_is_no_key(text: str) -> None:
    with pytest.raises(BadInput):
        parse_keys(text)


@given(st.text(max_size=12))
def test_no_text_breaks_the_parser_and_what_it_takes_it_takes_again(text: str) -> None:
    try:
        keys = parse_keys(text)
    except BadInput:
        return
    assert parse_keys(" ".join(keys)) == keys
