"""A secret that can't be shown by accident: every way of printing it gives the same word.

The invariant: only `reveal()` gives the text, and what it gives is used at once and kept nowhere.
"""

from typing import Never

HIDDEN = "‹secret›"


class Secret:
    """A password or a token. It has no equality of its own and can't be pickled or copied into a file by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not written down")


def without(secret: Secret, text: str) -> str:
    """A text from the other side, without the secret, should it repeat what it was sent."""
    revealed = secret.reveal()
    return text.replace(revealed, HIDDEN) if revealed else text
