"""Server processes of the tests: started in a session of their own, so that one signal reaches them and their children.

The invariant: only what was started here is ever signalled, and only while it has not been waited for.
"""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HOST = "127.0.0.1"
# Servers start in 0.4 s here; a busy machine may take very much longer.
PATIENCE = 60.0


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def until(fact: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until `fact` is true; fails with `what` where it never becomes so."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen in {seconds:g} s")
        time.sleep(0.01)


def listens(port: int) -> bool:
    """Whether somebody answers on a port of the loopback."""
    try:
        with socket.create_connection((HOST, port), 1):
            return True
    except OSError:
        return False


class Server:
    """One process that listens on `port`, and its children; its output goes to `log`."""

    def __init__(self, command: Sequence[str], port: int, log: Path, account: pwd.struct_passwd | None = None) -> None:
        self.command, self.port, self.log, self.account = command, port, log, account
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None

    @property
    def identifier(self) -> int:
        """The number of its process, and of the group of its children."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it listens."""
        if self._process is not None:
            return
        user, group = (self.account.pw_uid, self.account.pw_gid) if self.account else (None, None)
        with self.log.open("ab") as output:
            self._process = process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                user=user, group=group, extra_groups=[] if self.account else None,
            )  # fmt: skip
        until(lambda: listens(self.port) or process.poll() is not None, f"the start of {self.command[0]}")
        if process.poll() is not None:
            self._process = None
            raise AssertionError(f"{self.command[0]} ended:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """End it politely."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and its children at once, as a crash does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it and its children do nothing, with all connections open."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if number == signal.SIGTERM:
            process.terminate()
            # Its children may outlive it, and its id is nobody else's as long as it has not been waited for.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        until(lambda: not listens(self.port), f"the end of {self.command[0]}")
