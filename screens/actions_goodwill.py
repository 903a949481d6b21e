"""What an agent can do out of goodwill, and when many are troubled at once: gestures, ratings, incidents."""

from screens.action import (
    SCREENS,
    WORK,
    Action,
    Place,
    needs_list,
    needs_rated,
    needs_somebody,
    needs_ticket,
    needs_undecided,
)

GESTURES = frozenset({Place.GESTURES})
DECIDED = GESTURES | {Place.BOARD}
INCIDENTS = frozenset({Place.INCIDENTS})

GOODWILL: tuple[Action, ...] = (
    Action(
        "gesture.give", ("$",), "Gesture", "Give something away, or ask a supervisor for it",
        WORK | {Place.CUSTOMER, Place.CALLER, Place.CALL, Place.WRAP_UP}, needs_somebody, takes="KIND",
    ),
    Action("go.gestures", ("g $",), "Gestures", "To what was given away, and what waits", SCREENS, command="gestures"),
    Action(
        "gesture.approve", ("Y",), "Approve", "Yes, although it goes beyond a budget", DECIDED, needs_undecided,
        footer=3,
    ),
    Action(
        "gesture.refuse", ("d", "Delete"), "Refuse", "No, with a reason", DECIDED, needs_undecided, takes="REASON",
        footer=4,
    ),
    Action(
        "rating.act", ("A",), "Acted on", "Note what was done about this ticket's rating", WORK, needs_rated,
        takes="WORDS",
    ),
    Action("go.incidents", ("g i",), "Incidents", "To what troubles many at once", SCREENS, command="incidents"),
    Action(
        "incident.ticket", ("I",), "Incident", "Link it to an incident, or begin one from it", WORK, needs_ticket,
        takes="NAME",
    ),
    Action(
        "incident.update", ("r",), "Update", "Write to the customers of all its tickets, after a preview", INCIDENTS,
        needs_list, footer=3,
    ),
    Action(
        "incident.state", ("=",), "State", "looking, found, watching, over", INCIDENTS, needs_list, takes="STATE",
        footer=6,
    ),
    Action("incident.link", ("Y",), "Link", "Yes, this ticket belongs to it", INCIDENTS, needs_undecided, footer=2),
)  # fmt: skip
