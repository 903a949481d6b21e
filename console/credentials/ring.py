"""The third rung: the machine's own keyring, asked in a thread that nobody has to wait for.

The invariants: the backend is named, never chosen: keyring's chainer takes whatever is installed, and some of that asks
on the terminal, which a console can't survive. Nothing waits longer than the limit: where a screen exists, an unlock
dialog opens there and the call would block until somebody finds it.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from console.credentials.rungs import Found, Passed, Rung, Wanted
from desk.errors import HeardError
from desk.text import clean
from sync.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "heard"
SECONDS = 5.0
# Nothing lies under this name; asking for it tells how the keyring is.
_PROBE = "heard doctor"
_BUS = "DBUS_SESSION_BUS_ADDRESS"

Answer = TypeVar("Answer")


class RingTrouble(HeardError):
    """The keyring can't be used now."""


class RingAbsent(RingTrouble):
    """This machine, or this session, has none."""


class RingLocked(RingTrouble):
    """It is there, and closed."""


class Ring:
    """The keyring of this session."""

    def __init__(self, backend: "Callable[[], KeyringBackend] | None" = None, seconds: float = SECONDS) -> None:
        self._backend = backend or _of_this_machine
        self._seconds = seconds
        self._asking: threading.Thread | None = None
        # Each source asks from a thread of its own.
        self._turn = threading.Lock()

    def find(self, wanted: Wanted) -> Found | Passed:
        """The secret of the keyring, as a rung."""
        try:
            secret = self._ask(lambda ring: _hidden(ring.get_password(SERVICE, wanted.key)))
        except RingAbsent as error:
            return Passed(Rung.KEYRING, error.message)
        except RingTrouble as error:
            return Passed(Rung.KEYRING, str(error), broken=True)
        if not secret:
            return Passed(Rung.KEYRING, f"it holds nothing for {wanted.key}")
        return Found(secret, f"{SERVICE}, {wanted.key}")

    def keep(self, wanted: Wanted, secret: Secret) -> None:
        """Put it in, over an older one. Raises RingTrouble."""
        self._ask(lambda ring: ring.set_password(SERVICE, wanted.key, secret.reveal()))

    def remove(self, wanted: Wanted) -> bool:
        """Take it out; whether it held any. Raises RingTrouble."""

        def removed(ring: "KeyringBackend") -> bool:
            if ring.get_password(SERVICE, wanted.key) is None:
                return False
            ring.delete_password(SERVICE, wanted.key)
            return True

        return self._ask(removed)

    def state(self) -> str:
        """Which keyring answers, for `heard doctor`. Raises RingTrouble."""

        def asked(ring: "KeyringBackend") -> str:
            ring.get_password(SERVICE, _PROBE)
            return type(ring).__module__.rpartition(".")[2]

        return f"{self._ask(asked)}, open"

    def _ask(self, question: "Callable[[KeyringBackend], Answer]") -> Answer:
        """The answer of a thread, or its trouble, or that there is none in time."""
        if not self._turn.acquire(timeout=self._seconds):
            raise self._slow()
        try:
            return self._asked(question)
        finally:
            self._turn.release()

    def _asked(self, question: "Callable[[KeyringBackend], Answer]") -> Answer:
        if self._asking is not None and self._asking.is_alive():
            raise self._slow()
        answers: list[Answer] = []
        troubles: list[RingTrouble] = []

        def ask() -> None:
            try:
                answers.append(question(self._backend()))
            except RingTrouble as trouble:
                troubles.append(trouble)
            except Exception as error:  # noqa: BLE001 - a border: each backend raises what it likes
                troubles.append(_trouble(error))

        self._asking = threading.Thread(target=ask, name="keyring", daemon=True)
        self._asking.start()
        self._asking.join(self._seconds)
        if answers:
            return answers[0]
        raise troubles[0] if troubles else self._slow()

    def _slow(self) -> RingTrouble:
        return RingTrouble(
            f"It did not answer within {self._seconds:g} s",
            "A dialog may wait on this machine's screen: answer it, then try again.",
        )


def _hidden(text: str | None) -> Secret:
    return Secret(text or "")


def _of_this_machine() -> "KeyringBackend":
    # mypy would take the rest for unreachable where it runs on Linux itself.
    system: str = sys.platform
    if system == "darwin":
        return _made("keyring.backends.macOS", "Keyring")
    if system == "win32":
        return _made("keyring.backends.Windows", "WinVaultKeyring")
    mend_bus_address()
    if not os.environ.get(_BUS):
        raise RingAbsent("This session has no message bus, so no keyring")
    return _made("keyring.backends.SecretService", "Keyring")


def _made(module: str, name: str) -> "KeyringBackend":
    """A backend by name: 65 ms to import, and only of the machine that it is for."""
    backend: KeyringBackend = getattr(import_module(module), name)()
    return backend


def _trouble(error: Exception) -> RingTrouble:
    """What a backend's error means. By name, since importing every backend's errors costs more than asking."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        return RingLocked("It is locked", "Unlock it at this machine's screen, or give the secret in another way.")
    if names & {"NoKeyringError", "SecretServiceNotAvailableException", "ConnectionError", "FileNotFoundError"}:
        return RingAbsent("This session has no keyring")
    if "InitError" in names and "dismissed" in str(error):
        return RingLocked("It has never been set up", "Open it once at this machine's screen, with a password.")
    if names & {"InitError", "ImportError", "RuntimeError"}:
        return RingAbsent("This session has no keyring that answers")
    return RingTrouble(f"It failed: {clean(type(error).__name__, lines=False)}", "Try again, or use another way.")


def mend_bus_address() -> None:
    """Point at the session's own bus where the address that we were given leads nowhere.

    A tmux server that was started before the login hands on the address of a bus that is long gone.
    """
    if any(_answers(address) for address in _sockets(os.environ.get(_BUS, ""))):
        return
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    own = str(Path(folder) / "bus")
    if folder and _answers(own):
        os.environ[_BUS] = f"unix:path={own}"


def _sockets(address: str) -> Iterator[str]:
    """The sockets that a D-Bus address names."""
    for way in address.split(";"):
        for part in way.removeprefix("unix:").split(","):
            key, _, value = part.partition("=")
            if key == "path":
                yield value
            elif key == "abstract":
                yield f"\0{value}"


def _answers(path: str) -> bool:
    with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        probe.connect(path)
        return True
    return False
