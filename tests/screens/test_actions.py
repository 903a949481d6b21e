"""The registry keeps its promises to keys, commands and places."""

import string

from screens.action import ENTRY, Place, Situation
from screens.actions import ACTIONS, BY_ID, GROUPS, MENUS
from screens.keymap import keymap, parse_keys


def test_every_action_has_one_id_and_a_known_group() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert {action.group for action in ACTIONS} == set(GROUPS)


def test_every_action_is_reachable_by_key_and_by_command() -> None:
    keys = keymap()
    for action in ACTIONS:
        assert any(keys.action(place, sequence) is action for place in action.places for sequence in keys.of[action.id])
        assert action.typed
        assert action.typed == action.typed.lower().strip()


def test_in_one_place_no_two_actions_have_the_same_command() -> None:
    for place in Place:
        commands = [action.typed for action in ACTIONS if place in action.places]
        assert len(commands) == len(set(commands)), place


def test_a_letter_means_the_same_action_or_the_same_word_everywhere() -> None:
    meanings: dict[str, set[str]] = {}
    for action in ACTIONS:
        for sequence in map(parse_keys, action.keys):
            if len(sequence) == 1 and sequence[0] in string.ascii_letters:
                meanings.setdefault(sequence[0], set()).add(action.id)
    shared = {key: ids for key, ids in meanings.items() if len(ids) > 1}
    # Open and select mean, on a step of a checklist and on a message, what they mean in a list; a note is a note,
    # what is taken away is taken away, what is a maybe becomes a yes, and a question is answered by its own letters.
    # P goes on by itself, through tickets or boards. T is the call's clock, wherever the call stands; z names a time.
    assert shared == {
        "P": {"play.start", "board.wall"},
        "T": {"call.start", "call.talk", "call.end", "call.resume"},
        "z": {"ticket.snooze", "call.when"},
        "o": {"move.open", "read.quotes", "checklist.write"},
        "x": {"list.select", "checklist.tick", "task.tick"},
        "K": {"knowledge.keep", "known.keep"},
        "M": {"ticket.merge", "customer.merge"},
        "d": {"row.remove", "outbox.drop", "gesture.refuse", "customer.apart", "banner.end"},
        "r": {"write.reply", "incident.update", "newcomers.write"},
        "n": {"write.note", "customer.note", "question.no", "call.notes", "call.more_notes"},
        "q": {"move.back", "question.no"},
        "Y": {"customer.confirm", "outbox.arrived", "gesture.approve", "incident.link", "promise.keep"},
    }


def test_first_keys_of_sequences_have_a_menu_name() -> None:
    first = {parse_keys(key)[0] for action in ACTIONS for key in action.keys if len(parse_keys(key)) == 2}
    assert first == set(MENUS)


def test_no_letter_acts_where_letters_are_text() -> None:
    places = keymap().places
    for place in ENTRY:
        assert all(len(sequence[0]) > 1 and sequence[0] != "Space" for sequence in places[place])


def test_an_action_that_is_off_says_why_in_a_few_words() -> None:
    nothing = Situation()
    reasons = {action.id: action.why_off(nothing) for action in ACTIONS}
    assert reasons["ticket.snooze"] == "no ticket here"
    assert reasons["list.select"] == "the list is empty"
    assert reasons["console.quit"] == ""
    assert all(len(reason) <= 40 for reason in reasons.values())
    everything = Situation(
        ticket=True, ticket_open=True, selected=1, listed=1, customer=True, email=True, phone=True, runs=1, draft=True,
        playing=True, repeatable=True, maybe=True, identity=True, editable=True, removable=True, retriable=True,
        rewritable=True, doubtful=True, on_line=True, stranger=True, undecided=True, rated=True, promised=True,
        marked=True, fixable=True, muted=True, page=True,
    )  # fmt: skip
    assert not [action.id for action in ACTIONS if action.why_off(everything)]
