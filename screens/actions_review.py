"""What is done with the reviewer's marks, in the composer."""

from screens.action import Action, Place, needs_fix, needs_mark, needs_muted

COMPOSER = frozenset({Place.COMPOSER})

REVIEW = (
    Action(
        "composer.next_mark", ("F7",), "Next mark", "To the next words that the reviewer marked", COMPOSER, needs_mark,
        footer=8,
    ),
    Action("composer.fix", ("F8",), "Fix", "Put in the words that the mark proposes", COMPOSER, needs_fix, footer=9),
    Action("composer.mute", ("F4",), "Mute", "Hear no more of this rule", COMPOSER, needs_mark, footer=10),
    Action(
        "composer.unmute", ("F12",), "Unmute", "Hear again of a rule that was muted", COMPOSER, needs_muted,
        takes="RULE",
    ),
)  # fmt: skip
