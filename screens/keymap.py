"""Which keys do what, place by place: the registry's keys, with the agent's own laid over them.

The invariants: in one place no key sequence means two actions and none is the beginning of another; where letters are
text, no letter acts. A key file that breaks this is refused as a whole, and every clash is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desk.errors import BadInput
from desk.nearest import mend_name
from screens.action import ENTRY, Action, Place
from screens.actions import ACTIONS

Keys = tuple[str, ...]

# What Textual calls a key, where that isn't what people call it.
NAMED = {
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab", "space": "Space", "up": "Up",
    "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End", "pageup": "PageUp",
    "pagedown": "PageDown", "delete": "Delete", "backspace": "Backspace", "insert": "Insert",
    **{"f" + str(number): "F" + str(number) for number in range(1, 13)},
}  # fmt: skip
NAMES = frozenset(NAMED.values())
# A terminal sends these for Enter, Tab, Backspace and Esc, and Ctrl+Z belongs to nobody's muscle memory but undo's.
UNUSABLE = {"Ctrl+M": "Enter", "Ctrl+I": "Tab", "Ctrl+H": "Backspace", "Ctrl+J": "Enter"}
# Letters of a sequence that was begun are given up by these.
CANCELS = frozenset({"Esc", "Ctrl+C"})


def key_name(key: str, character: str | None) -> str:
    """The name of a key event as people write it: `z`, `G`, `?`, `Ctrl+D`, `Enter`."""
    if key in NAMED:
        return NAMED[key]
    if character is not None and character.isprintable():
        return character
    head, plus, letter = key.rpartition("+")
    return "+".join((*(part.capitalize() for part in head.split("+")), letter.upper())) if plus else key


def parse_keys(text: str) -> Keys:
    """A sequence as it is written in a key file; raises BadInput for keys that terminals can't send."""
    keys = tuple(_parse_key(part) for part in text.split())
    if not 1 <= len(keys) <= 2:
        raise BadInput(f"“{text}” is no key", "Write one key, such as z or Ctrl+G, or two with a space: g q.")
    return keys


def _parse_key(text: str) -> str:
    if len(text) == 1 and text.isprintable():
        return text
    name = "+".join(part.capitalize() for part in text.split("+"))
    named = {known.casefold(): known for known in NAMES}.get(text.casefold())
    if named:
        return named
    if name in UNUSABLE:
        raise BadInput(f"{name} can't be a key", f"Terminals send the same for it as for {UNUSABLE[name]}.")
    if name.startswith("Ctrl+") and len(name) == 6 and name[5].isascii() and name[5].isalpha():
        return name
    raise BadInput(
        f"“{text}” can't be a key", "Use a letter or sign, Ctrl+ and a letter, F1 to F12, or Enter, Esc, Tab, Space."
    )


def shown(keys: Keys) -> str:
    """A sequence as it is shown: `g q`."""
    return " ".join(keys)


@dataclass(frozen=True, slots=True)
class Keymap:
    """Every key of every place. `of` gives an action's keys in the order in which they are shown."""

    places: Mapping[Place, Mapping[Keys, Action]]
    of: Mapping[str, tuple[Keys, ...]]

    def action(self, place: Place, pressed: Keys) -> Action | None:
        """What this whole sequence does here; None where it does nothing."""
        return self.places[place].get(pressed)

    def following(self, place: Place, pressed: Keys) -> tuple[tuple[str, Action], ...]:
        """The next keys that go on from a begun sequence, with what each does: the menu line."""
        size = len(pressed)
        return tuple(
            (keys[size], action)
            for keys, action in self.places[place].items()
            if len(keys) > size and keys[:size] == pressed
        )


def keymap(own: Mapping[str, str | Sequence[str]] | None = None, actions: Iterable[Action] = ACTIONS) -> Keymap:
    """The registry's keys with the agent's `own` in place of them, by action id: `{"ticket.snooze": ["Z"]}`.

    An empty list takes an action's keys away. Raises BadInput with every unknown id, impossible key and clash.
    """
    actions = tuple(actions)
    problems: list[BadInput] = []
    of = {action.id: tuple(parse_keys(key) for key in action.keys) for action in actions}
    for name, given in (own or {}).items():
        if name not in of:
            problems.append(BadInput(f"There is no action “{name}”", mend_name(name, of)))
            continue
        try:
            of[name] = tuple(parse_keys(key) for key in ([given] if isinstance(given, str) else given))
        except BadInput as problem:
            problems.append(BadInput(f"{name}: {problem.message}", problem.mend))
    places = {place: _in_place(place, actions, of, problems) for place in Place}
    if problems:
        told = dict.fromkeys(str(problem) for problem in problems)
        raise BadInput("The keys can't be used as they are: " + "  ".join(told), "Change them in the key file.")
    return Keymap(places, of)


def _in_place(
    place: Place, actions: Iterable[Action], of: Mapping[str, tuple[Keys, ...]], problems: list[BadInput]
) -> dict[Keys, Action]:
    taken: dict[Keys, Action] = {}
    begun: dict[str, Keys] = {}
    for action in actions:
        if place not in action.places:
            continue
        for keys in of[action.id]:
            if place in ENTRY and (len(keys[0]) == 1 or keys[0] == "Space"):
                continue  # it is text there; the action's other keys act
            # A sequence has at most two keys: it clashes with itself, with its first key alone, and as a first key.
            clash = keys if keys in taken else begun.get(keys[0]) if len(keys) == 1 else keys[:1]
            if clash in taken and taken[clash] is not action:
                problems.append(_clash(clash, taken[clash], keys, action))
            taken[keys] = action
            if len(keys) > 1:
                begun.setdefault(keys[0], keys)
    return taken


def _clash(one: Keys, first: Action, other: Keys, second: Action) -> BadInput:
    if one == other:
        return BadInput(f"{shown(one)} is both {first.id} ({first.title}) and {second.id} ({second.title})")
    return BadInput(f"{shown(one)} ({first.id}) and {shown(other)} ({second.id}) begin with the same key")
