"""What a rung of the ladder is asked for, and what it answers.

The invariant: nothing here holds a secret but in a `Secret`; why a rung did not serve is a sentence without any.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync.errors import Untried
from sync.secret import Secret

# What to do where no rung has a source's secret.
STORE = "Store it with `heard secret store {name}`, or set {variable}."
# The settings of a source that say where its secret comes from.
SETTINGS = ("login", "secret_command", "token_command", "token_url", "client_id", "client_secret", "scope")
_NOT_IN_NAMES = re.compile(r"[^A-Z0-9]+")


class Rung(StrEnum):
    """The rungs, the first one first; the words are those of `heard doctor`."""

    VARIABLE = "environment"
    COMMAND = "secret_command"
    KEYRING = "keyring"
    KEPT = "this run"
    FILE = "plain file"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose secret: a source by its name and settings, which hold no secret themselves."""

    name: str
    settings: Mapping[str, str]

    @property
    def key(self) -> str:
        """What keyring and file know it by. The user is part of it: two workspaces may name their sources alike."""
        return f"{self.name}/{self.settings.get('user') or self.settings.get('address', '')}"

    @property
    def variable(self) -> str:
        """The variable that may hold it; with _FILE behind it, the one that names its file."""
        return f"HEARD_{_NOT_IN_NAMES.sub('_', self.name.upper()).strip('_')}_TOKEN"

    @property
    def is_token(self) -> bool:
        """Whether one logs in with a token that expires, not with a password."""
        given = self.settings
        return bool(given.get("token_command") or given.get("token_url")) or given.get("login") == "token"


@dataclass(frozen=True, slots=True)
class Found:
    """A rung's secret, and where exactly it lay."""

    secret: Secret
    where: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A rung that did not serve. `broken`: it should have, and something is to be mended there."""

    rung: Rung
    why: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """The secret, the rung that served, and why those above it did not."""

    secret: Secret
    rung: Rung
    where: str
    passed: tuple[Passed, ...]


class NoSecret(Untried):
    """No rung served. A kind of refusal: only a person can mend it."""

    def __init__(self, wanted: Wanted, passed: tuple[Passed, ...], mend: str = STORE) -> None:
        """`mend` says what to do, with {name} and {variable}."""
        said = [f"{each.rung}: {each.why}" for each in passed if each.broken]
        detail = f" ({'; '.join(said)})" if said else ""
        super().__init__(
            f"There is no secret for “{wanted.name}”{detail}",
            mend.format(name=wanted.name, variable=wanted.variable),
        )
        self.passed = passed


def secret_in(content: bytes, where: str) -> Secret | str:
    """The secret in a file or in what a command printed: one line of text. Else a sentence about it."""
    if b"\n" in content.rstrip(b"\r\n"):
        return f"{where} holds more than one line"
    try:
        secret = Secret(content.rstrip(b"\r\n").decode("utf-8"))
    except UnicodeDecodeError:
        secret = None
    if secret is None or (secret and not secret.reveal().isprintable()):
        return f"{where} is no text"
    return secret or f"{where} is empty"
