"""What an agent can do about promises: keep the one that was just found, make one by hand, withdraw it."""

from screens.action import WORK, Action, Situation, needs_ticket


def needs_found(situation: Situation) -> str:
    """Off where no promise was found in what was just sent."""
    return "" if situation.promised else "no promise was just found"


PROMISES: tuple[Action, ...] = (
    Action("promise.keep", ("Y",), "Keep promise", "Yes, that was promised: note it down", WORK, needs_found),
    Action(
        "promise.make", ("B",), "Promise", "Promise something by a time: fri 5pm; off withdraws", WORK, needs_ticket,
        takes="WHEN",
    ),
)  # fmt: skip
