"""A real Secret Service for one test: a message bus and a gnome-keyring of its own, nothing of the session's.

    with SecretService(tmp_path, password="open sesame") as service:
        environment = service.environment      # what a process needs to reach it

`password` unlocks; another one at a later start on the same folder finds the keyring locked, as does None.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.processes import until

PASSWORD = "the password of the keyring"


def missing() -> str:
    """Why no keyring can be started here; empty where one can."""
    for program, package in (("dbus-daemon", "dbus"), ("gnome-keyring-daemon", "gnome-keyring")):
        if shutil.which(program) is None:
            return f"{package} is not installed"
    return ""


class SecretService:
    """A bus, and behind it a keyring that is unlocked, locked, or (without `daemon`) not there at all."""

    def __init__(self, folder: Path, password: str | None = PASSWORD, *, daemon: bool = True) -> None:
        self._folder = folder
        self._password = password
        self._daemon = daemon
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
        }
        for name in ("DATA_HOME", "RUNTIME_DIR", "CACHE_HOME", "CONFIG_HOME"):
            path = folder / name.lower()
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment[f"XDG_{name}"] = str(path)
        # Where a session's own bus lies, whatever the variable says.
        self.socket = folder / "runtime_dir" / "bus"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.socket}"

    def __enter__(self) -> Self:
        self.socket.unlink(missing_ok=True)
        configuration = self._folder / "bus.conf"
        # A bus that starts nothing by itself: the machine's own service files are not its business.
        configuration.write_text(
            f"<busconfig><type>session</type><listen>unix:path={self.socket}</listen>"
            '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
            '<allow own="*"/></policy></busconfig>'
        )
        self._start(["dbus-daemon", "--nofork", f"--config-file={configuration}"])
        until(self.socket.exists, "the start of the message bus")
        if self._daemon:
            self._start_keyring()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in reversed(self._running):
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        self._running.clear()

    def _start_keyring(self) -> None:
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        if self._password is None:
            self._start(command)
        else:
            self._start([*command, "--unlock"], self._password)
        until(self._owned, "the start of the keyring")

    def _start(self, command: list[str], given: str = "") -> None:
        process = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._running.append(process)
        assert process.stdin is not None
        process.stdin.write(given.encode())
        process.stdin.close()

    def _owned(self) -> bool:
        asked = subprocess.run(
            ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
             "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"],
            env=self.environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return "true" in asked.stdout
