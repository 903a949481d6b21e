"""What goes wrong between here and a source, each in a short sentence with what to do. None of them holds a secret.

HeardError
└── SourceError
    ├── Unreachable   nobody answers, or the line broke: try again later, by itself
    │   └── Offline   not even a line came about: a try costs nothing
    ├── Throttled     it is asked too often: again after so many seconds
    ├── Denied        the login was refused: only a person, or a new token, can mend it
    │   └── Untried   there was nothing to log in with, and nobody was asked
    └── Broken        the other side says what its own protocol does not allow
        └── PartGone  one part of it can't be read, such as a folder that was deleted; all else goes on
"""

from desk.errors import HeardError


class SourceError(HeardError):
    """A source can't be used now."""


class Unreachable(SourceError):
    """Offline, unknown host, refused, timed out or cut off: the same try may work later."""


class Offline(Unreachable):
    """No line to it came about, as without a network: nobody was asked anything, so that a try costs nothing."""


class Throttled(SourceError):
    """The service has had enough for now; nothing was done, and it may be asked again `again_in` seconds from now."""

    def __init__(self, message: str, mend: str = "", *, again_in: float) -> None:
        super().__init__(message, mend)
        self.again_in = again_in


class Denied(SourceError):
    """The login was refused: a wrong password, or a token that has expired."""


class Untried(Denied):
    """There is nothing to log in with: no server was asked, so that none locks anybody out for another try."""


class Broken(SourceError):
    """The other side doesn't keep to its protocol, or refuses what it must be able to do."""


class PartGone(Broken):
    """A folder that was to be read isn't there, or can't be opened: the others can."""
