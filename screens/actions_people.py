"""What an agent can do about people: say where one is, look at one's own numbers, welcome customers who are new."""

from screens.action import SCREENS, Action, Place, needs_list

NEWCOMERS = frozenset({Place.NEWCOMERS})

PEOPLE: tuple[Action, ...] = (
    Action("go.numbers", ("g y",), "My numbers", "To my own weeks, which nobody else sees", SCREENS, command="numbers"),
    Action(
        "go.newcomers", ("g n",), "New customers", "To the customers who began to pay lately", SCREENS,
        command="newcomers",
    ),
    Action(
        "presence.away", ("b",), "Break", "Away for a while, with words such as lunch, or back again", SCREENS,
        command="away", takes="WORDS",
    ),
    Action("go.team", ("g p",), "Team", "To who is there, what they do, and what they have", SCREENS, command="team"),
    Action(
        "newcomers.write", ("r",), "Personal note", "Write them a first mail, with the snippet for it", NEWCOMERS,
        needs_list, command="welcome", footer=3,
    ),
)  # fmt: skip
