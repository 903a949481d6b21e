"""What a screen says about its keys."""

from screens.action import Place, Situation
from screens.actions import ACTIONS
from screens.hints import help_page, hints, menu
from screens.keymap import keymap

HERE = Situation(ticket=True, listed=3)


def test_the_hint_line_begins_with_what_is_wanted_most() -> None:
    shown = hints(keymap(), Place.QUEUE, HERE)
    assert shown[:3] == (("⏎", "open"), ("r", "reply"), ("n", "note"))
    assert shown[-1] == ("?", "keys")


def test_what_is_off_is_not_on_the_hint_line() -> None:
    titles = [title for _, title in hints(keymap(), Place.QUEUE, Situation())]
    assert "reply" not in titles
    assert "find customer" in titles


def test_in_a_text_the_hint_is_the_key_that_acts_there() -> None:
    assert ("Ctrl+L", "snippets") in hints(keymap(), Place.COMPOSER, HERE)


def test_own_keys_are_the_ones_shown() -> None:
    assert ("Z", "snooze") in hints(keymap({"ticket.snooze": "Z"}), Place.TICKET, HERE)


def test_a_begun_sequence_shows_its_second_keys() -> None:
    assert menu(keymap(), Place.TICKET, ("a",)) == (("a", "to me"), ("o", "to someone"), ("n", "to nobody"))


def test_help_has_every_action_under_its_group() -> None:
    pages = help_page(keymap(), Place)
    assert sum(len(lines) for _, lines in pages) == len(ACTIONS)
    move = dict(pages)["Move"]
    assert ("j, Down", "Down", "One line down") in move


def test_help_of_a_search_box_names_only_keys_that_act_there() -> None:
    pages = dict(help_page(keymap(), {Place.CUSTOMERS}))
    go = {title: keys for keys, title, _ in pages["Go to"]}
    assert go["Queue"] == "palette"
    console = {title: keys for keys, title, _ in pages["The console"]}
    assert console["Keys"] == "F1"
