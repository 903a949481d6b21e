"""The `:` line: every action by its name, with what it takes behind it: `:snooze tue 9am`, `:theme heard-light`.

The invariant: the names are those of the registry, and what can be typed here can be done by a key as well.
"""

from collections.abc import Iterable, Sequence

from textual.screen import ScreenResultType

from desk.errors import BadInput
from desk.nearest import mend_name
from screens.action import ENTRY, Action, Places, Situation
from screens.actions import ACTIONS
from screens.ask import Choice, Question
from screens.desk_screen import DeskScreen
from screens.keymap import Keymap, shown


def offered(places: Places) -> tuple[Action, ...]:
    """The actions of these places, one for each name."""
    return tuple({action.typed: action for action in ACTIONS if action.places & places}.values())


def parse_command(text: str, actions: Iterable[Action]) -> tuple[Action, str]:
    """The action that a line names, and what follows it; raises BadInput with the nearest name."""
    named = {action.typed: action for action in actions}
    words = text.split()
    for size in range(len(words), 0, -1):
        action = named.get(" ".join(words[:size]).casefold())
        if action is None:
            continue
        rest = text.split(maxsplit=size)[size] if len(words) > size else ""
        if rest and not action.takes:
            raise BadInput(f"“{action.typed}” takes nothing, but “{rest}” follows", "Type it alone.")
        return action, rest.strip()
    raise BadInput(f"There is no command “{text.strip()}”", mend_name(text.strip(), named))


def beginning(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The commands that begin with what was typed; the exact one first."""
    wanted = " ".join(text.casefold().split())
    return sorted((choice for choice in choices if choice.key.startswith(wanted)), key=lambda choice: len(choice.key))


def command_question(screen: DeskScreen[ScreenResultType], text: str = "") -> Question:
    """The question that the `:` key asks on a screen."""
    actions, keymap, situation = offered(screen.command_places), screen.seat.keymap, screen.situation()

    def accept(line: str) -> None:
        if line:
            action, rest = parse_command(line, actions)
            screen.perform(action, rest)

    def reading(line: str) -> str:
        if not line.strip():
            return ""
        if beginning(choices, line):
            return ""
        action, rest = parse_command(line, actions)
        return _meaning(action, rest, situation)

    choices = tuple(
        Choice(
            action.typed,
            action.typed + (" " + action.takes if action.takes else ""),
            action.help,
            _keys(keymap, action),
        )
        for action in sorted(actions, key=lambda action: action.typed)
    )
    return Question(":", accept, text=text, reading=reading, choices=choices, free=True, match=beginning)


def _meaning(action: Action, rest: str, situation: Situation) -> str:
    reason = action.why_off(situation)
    if reason:
        raise BadInput(f"{action.title} is off: {reason}")
    return " ".join((action.title + ":", action.help, "·", rest))


def _keys(keymap: Keymap, action: Action) -> str:
    letters_first = sorted(keymap.of[action.id], key=lambda keys: action.places <= ENTRY and len(keys[0]) == 1)
    return shown(letters_first[0]) if letters_first else ""
