"""What an agent can do out of goodwill, and when many are troubled at once: gestures, ratings, incidents."""

from screens.action import SCREENS, WORK, Action, Place, needs_somebody, needs_undecided

GESTURES = frozenset({Place.GESTURES})

GOODWILL: tuple[Action, ...] = (
    Action(
        "gesture.give", ("$",), "Gesture", "Give something away, or ask a supervisor for it",
        WORK | {Place.CUSTOMER, Place.CALLER, Place.CALL, Place.WRAP_UP}, needs_somebody, takes="KIND",
    ),
    Action("go.gestures", ("g $",), "Gestures", "To what was given away, and what waits", SCREENS, command="gestures"),
    Action(
        "gesture.approve", ("Y",), "Approve", "Yes, although it goes beyond a budget", GESTURES, needs_undecided,
        footer=3,
    ),
    Action(
        "gesture.refuse", ("d", "Delete"), "Refuse", "No, with a reason", GESTURES, needs_undecided, takes="REASON",
        footer=4,
    ),
)  # fmt: skip
