"""What a kind of helpdesk says of itself, for the screens, which may not load one.

The invariant: called in a job, since the code of a kind and of what it builds on is loaded for it.
"""

from screens.source_lines import KindWords


def kind_words(key: str) -> KindWords:
    """What one logs in with, and against what it was run; BadInput where there is no such kind."""
    from sync.kinds import kind_named

    kind = kind_named(key)
    return KindWords(kind.secret, kind.tried)
