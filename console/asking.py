"""Questions on the shell: what isn't given is asked for, or refused where nobody may be asked.

The invariant: a secret is never shown, and never kept but where the answer was yes.
"""

import sys
from collections.abc import Callable, Mapping

from console.credentials.ladder import Ladder
from console.credentials.ring import RingTrouble
from console.credentials.rungs import Wanted, secret_in
from desk.errors import BadInput, Refused
from sync.secret import Secret

PASSWORD = "Password or token"  # noqa: S105 - what it is called, not one


class Asking:
    """The person at the shell; `silent` where there is none."""

    def __init__(self, *, silent: bool, called: str = PASSWORD) -> None:
        """`called`: what one logs in with."""
        self.present = not silent and sys.stdin.isatty()
        self._called = called
        self._typed: Secret | None = None

    @property
    def typed(self) -> Secret | None:
        """The secret that the person has typed last, if any."""
        return self._typed

    @property
    def _word(self) -> str:
        return "password" if self._called == PASSWORD else self._called

    def line(self, question: str, option: str) -> str:
        """One line of text; BadInput with the option that would have said it, where nobody can be asked."""
        if not self.present:
            raise BadInput(f"{question} is missing", f"Give it with {option}.")
        while not (answer := _answer(f"{question}: ").strip()):
            pass
        return answer

    def line_or_none(self, question: str) -> str:
        """One line of text that may stay empty, and the question says so; empty where nobody can be asked."""
        return _answer(f"{question}: ").strip() if self.present else ""

    def yes(self, question: str) -> bool:
        """Whether the person agrees; Enter alone does."""
        return self.present and _answer(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")

    def secret(self, wanted: Wanted) -> Secret:
        """The secret, typed without being shown; an empty one where nobody can be asked."""
        if not self.present:
            return Secret("")
        read = typed_secret(wanted.name, self._called)
        self._typed = read
        return read

    def offer_to_keep(self, ladder: Ladder, wanted: Wanted) -> str:
        """What was typed goes into the keyring if the person agrees; the answer says where it is, or what to do."""
        if self._typed is None:
            return ""
        try:
            keeps = self.yes(f"Keep the {self._word} in the keyring of this machine?")
        except Refused:
            # The source is connected by now: to leave here only means no.
            keeps = False
        for_a_run = "The console takes it for each run with F6 and Ctrl+E, `heard sync` in a terminal asks for it"
        if not keeps:
            store = f"set {wanted.variable}, or run `heard secret store {wanted.name}`"
            return f"The {self._word} was not kept. {for_a_run}; else {store}."
        try:
            return f"The {self._word} is kept in {ladder.store(wanted, self._typed)}."
        except RingTrouble as error:
            plain = f"`heard secret store --plain {wanted.name}` keeps it in a file that only you can read"
            why = f"{error.message}, so the {self._word} was not kept."
            return f"{why} {for_a_run}; {plain}; or set {wanted.variable}."


def typed_secret(name: str, called: str = PASSWORD) -> Secret:
    """A source's secret, typed without being shown; BadInput where it is none."""
    import getpass

    read = secret_in(
        _answer(f"{called[:1].upper()}{called[1:]} of {name}: ", getpass.getpass).encode(), "what you typed"
    )
    if isinstance(read, Secret):
        return read
    raise BadInput(f"{read[:1].upper()}{read[1:]}", "Give the secret as one line.")


def _answer(question: str, ask: Callable[[str], str] | None = None) -> str:
    """What was typed; Refused where the person ended it with Ctrl+D."""
    try:
        return (ask or input)(question)
    except EOFError:
        ended = True
    except KeyboardInterrupt:
        ended = False
    # What is told next begins a line of its own.
    sys.stderr.write("\n")
    if ended:
        raise Refused("No answer was given", "Nothing was done.")
    raise KeyboardInterrupt


def settings_of(options: list[str]) -> Mapping[str, str]:
    """The settings in `--option KEY=VALUE`; BadInput where one has no value."""
    found: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            raise BadInput(f"--option {option} has no value", "Write it like --option folders=Archive.")
        found[key.strip()] = value.strip()
    return found
