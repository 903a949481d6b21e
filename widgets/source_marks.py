"""Two letters for each source, by which a ticket says in the list where it comes from.

The invariants: no two of a hundred sources have the same mark, and a newer one never takes an older one's; marks are
letters, told apart without colours. The first paint draws them too, so nothing is imported that it can't afford.
"""

from collections.abc import Iterable

from widgets.cells import harmless, width

CELLS = 2
FEWEST = 2


def source_marks(sources: Iterable[tuple[int, str]]) -> dict[int, str]:
    """The mark of each source by its id, of (id, name), the oldest first; none where there is only one source."""
    named = list(sources)
    marks: dict[int, str] = {}
    if len(named) < FEWEST:
        return marks
    taken: set[str] = set()
    for source_id, name in named:
        mark = next((mark for mark in _wishes(name) if mark not in taken), "??")
        taken.add(mark)
        marks[source_id] = mark
    return marks


def _wishes(name: str) -> Iterable[str]:
    """What a name would have as its mark, the best first; of numbers there is always one more."""
    letters = [each for each in harmless(name).casefold() if each.isalnum() and width(each) == 1] or ["?"]
    first = letters[0]
    words = [word[0] for word in harmless(name).casefold().replace("-", " ").replace("_", " ").split()]
    yield from (f"{first}{each}" for each in words[1:2] if each.isalnum() and width(each) == 1)
    yield from (f"{first}{each}" for each in letters[1:])
    yield from (f"{first}{each}" for each in "123456789")
    yield from (f"{each:02}" for each in range(100))
