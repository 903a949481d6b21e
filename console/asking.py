"""Questions on the shell: what isn't given is asked for, or refused where nobody may be asked.

The invariant: a secret is never shown, and never kept but where the answer was yes.
"""

import sys
from collections.abc import Mapping

from console.credentials.ladder import Ladder
from console.credentials.ring import RingTrouble
from console.credentials.rungs import Wanted, secret_in
from desk.errors import BadInput
from sync.secret import Secret


class Asking:
    """The person at the shell; `silent` where there is none."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent or not sys.stdin.isatty()
        self._typed: Secret | None = None

    def line(self, question: str, option: str) -> str:
        """One line of text; BadInput with the option that would have said it, where nobody can be asked."""
        if self._silent:
            raise BadInput(f"{question} is missing", f"Give it with {option}.")
        while not (answer := input(f"{question}: ").strip()):
            pass
        return answer

    def yes(self, question: str) -> bool:
        """Whether the person agrees; Enter alone does."""
        return not self._silent and input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")

    def secret(self, wanted: Wanted) -> Secret:
        """The secret, typed without being shown."""
        import getpass

        if self._silent:
            return Secret("")
        read = secret_in(getpass.getpass(f"Password or token of {wanted.name}: ").encode(), "what you typed")
        if not isinstance(read, Secret):
            raise BadInput(f"{read[:1].upper()}{read[1:]}", "Give the secret as one line.")
        self._typed = read
        return read

    def offer_to_keep(self, ladder: Ladder, wanted: Wanted) -> str:
        """What was typed goes into the keyring if the person agrees; the answer says where it is, or what to do."""
        if self._typed is None:
            return ""
        if not self.yes("Keep the password in the keyring of this machine?"):
            return f"The password was not kept: set {wanted.variable}, or run `heard secret store {wanted.name}`."
        try:
            return f"The password is kept in {ladder.store(wanted, self._typed)}."
        except RingTrouble as error:
            plain = f"`heard secret store --plain {wanted.name}` keeps it in a file that only you can read"
            return f"{error.message}, so the password was not kept: {plain}, or set {wanted.variable}."


def settings_of(options: list[str]) -> Mapping[str, str]:
    """The settings in `--option KEY=VALUE`; BadInput where one has no value."""
    found: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            raise BadInput(f"--option {option} has no value", "Write it like --option folders=Archive.")
        found[key.strip()] = value.strip()
    return found
