"""The palette: every command that can be done here, found by any words of its name and help, with its key."""

from textual.screen import ScreenResultType

from screens.action import ENTRY
from screens.actions import BY_ID, GROUPS
from screens.ask import Choice, Question
from screens.command_line import offered
from screens.desk_screen import DeskScreen
from screens.keymap import shown


def palette_question(screen: DeskScreen[ScreenResultType]) -> Question:
    """The question that Ctrl+P asks; what is off stands at the end and says why."""
    situation, keymap = screen.situation(), screen.seat.keymap
    on: list[Choice] = []
    off: list[Choice] = []
    # What everyone knows how to do stands last.
    for action in sorted(offered(screen.command_places), key=lambda action: action.group in ("move", "read")):
        if action.places <= ENTRY and screen.place not in action.places:
            continue
        reason = action.why_off(situation)
        keys = ", ".join(shown(each) for each in keymap.of[action.id])
        title = GROUPS[action.group].split(",")[0] + ": " + action.title
        (off if reason else on).append(Choice(action.id, title, reason or action.help, keys))

    def accept(action_id: str) -> None:
        if action_id in BY_ID:
            screen.perform(BY_ID[action_id])

    return Question("›", accept, choices=(*on, *off))
