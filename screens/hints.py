"""What a screen says about its keys: the hint line, the menu line of a begun sequence, the pages of help."""

from collections.abc import Iterable

from screens.action import Action, Place, Situation
from screens.actions import ACTIONS, GROUPS
from screens.keymap import Keymap, Keys, shown

# Enter is drawn as its sign, so that more hints fit.
SHORT = {"Enter": "⏎"}
# What stands in the place of a key where an action has none.
PALETTE = "palette"


def hints(keymap: Keymap, place: Place, situation: Situation) -> tuple[tuple[str, str], ...]:
    """The keys worth showing here, the most wanted first, without those that are off."""
    ranked = sorted(
        (action for action in ACTIONS if action.footer and place in action.places), key=lambda action: action.footer
    )
    return tuple(
        (SHORT.get(key, key), action.title.lower())
        for action in ranked
        if not action.why_off(situation) and (key := _key_here(keymap, place, action))
    )


def menu(keymap: Keymap, place: Place, pressed: Keys) -> tuple[tuple[str, str], ...]:
    """The second keys of a begun sequence."""
    return tuple((key, action.title.lower()) for key, action in keymap.following(place, pressed))


def help_page(keymap: Keymap, places: Iterable[Place]) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Groups of (keys, title, help) for these places, in the order of the registry's groups.

    The keys are those that act there; where all of them are text, the palette does it.
    """
    wanted = frozenset(places)
    pages = []
    for group, title in GROUPS.items():
        lines = tuple(
            (_keys_in(keymap, wanted, action) or PALETTE, action.title, action.help)
            for action in ACTIONS
            if action.group == group and wanted & action.places
        )
        if lines:
            pages.append((title, lines))
    return tuple(pages)


def _keys_in(keymap: Keymap, places: Iterable[Place], action: Action) -> str:
    of = keymap.of[action.id]
    return ", ".join(shown(keys) for keys in of if any(keymap.action(place, keys) is action for place in places))


def _key_here(keymap: Keymap, place: Place, action: Action) -> str:
    """The first key of an action that acts in this place: in a text the Ctrl key, elsewhere the letter."""
    return next((shown(keys) for keys in keymap.of[action.id] if keymap.action(place, keys) is action), "")
