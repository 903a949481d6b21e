"""Every error that Heard raises on purpose, as one tree, so that a border can show any of them the same way.

HeardError
├── BadInput        what was given can't be used: says what, where and how to mend it
├── NotFound        what was asked for isn't in the workspace
├── Refused         a rule of the desk forbids it
└── WorkspaceError  the files on disk can't be used (storage raises it)
"""


class HeardError(Exception):
    """An expected failure: a sentence for the person, and what to do about it.

    `message` says what happened, in the past tense and without a full stop at its end; `mend` says what to do, and
    may be empty where there is nothing to do.
    """

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message}. {self.mend}".rstrip() if self.mend else self.message


class BadInput(HeardError):
    """What was typed, or stands in a file, can't be used as it is."""


class NotFound(HeardError):
    """Nothing in the workspace answers to what was asked for."""


class Refused(HeardError):
    """A rule of the desk forbids it; nothing was changed."""


class WorkspaceError(HeardError):
    """The workspace's files can't be used as they are; nothing in them was changed."""
