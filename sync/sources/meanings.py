"""What a team says that its own statuses mean, as an option of a source: `waiting=pending,parked=hold`.

The invariant: a status is known by its name in any letters' size; what is said of it comes before any guess.
"""

from desk.errors import BadInput
from desk.statuses import Status, parse_status

OPTION = "what your own statuses mean, like waiting=pending,parked=hold"


def meanings(text: str) -> dict[str, Status]:
    """The category of each status that is named, by its name in lower case; BadInput where it is none."""
    pairs = [each.partition("=") for each in text.split(",") if each.strip()]
    if not all(label.strip() and sign for label, sign, _ in pairs):
        raise BadInput(f"“{text}” doesn't say what statuses mean", "Write it like waiting=pending,parked=hold.")
    return {label.strip().casefold(): parse_status(meaning) for label, _, meaning in pairs}
