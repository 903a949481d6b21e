"""Errors about names say which known name was probably meant.

Every "unknown name" of the project reads the same way, because its help is made here.
"""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known name that is most like `name`, or None where none is as like it as that (1 is the same)."""
    # 6 ms to import, and only ever needed where something went wrong.
    from difflib import get_close_matches

    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=likeness)
    return by_folded[close[0]] if close else None


def mend_name(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown name: the nearest known one, else all of them."""
    names = list(known)
    close = nearest(name, names)
    if close is not None:
        return f"Did you mean {close}?"
    return f"Known here: {', '.join(names)}."
