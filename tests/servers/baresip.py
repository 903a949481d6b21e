"""Two real softphones on the loopback, without a sound card: one calls, the other is the agent's.

    with Softphones(folder) as phones: phones.calls("+4930123456", "Erika")

The agent's lets `heard` listen at `port`; the caller's is told what to do by the same protocol. `answers` makes the
agent's take every call at once. Needs baresip's core (Debian: baresip-core).
"""

import json
import shutil
import socket
import wave
from pathlib import Path
from random import SystemRandom
from types import TracebackType
from typing import Self

from tests.servers.processes import HOST, PATIENCE, Server, free_port, listens

PROGRAM = "baresip"
MODULES = Path("/usr/lib/baresip/modules")
_CONFIG = """\
poll_method epoll
sip_listen {host}:{sip}
module_path {modules}
module aufile.so
module g711.so
module_app account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{port}
audio_source aufile,{folder}/silence.wav
audio_player aufile,{folder}/heard.wav
audio_alert aufile,{folder}/alert.wav
"""


def missing() -> str:
    """Why no softphone can be started here, empty where it can."""
    if shutil.which(PROGRAM) is None or not (MODULES / "ctrl_tcp.so").exists():
        return "baresip is not installed (apt-get install --no-install-recommends baresip-core)"
    return ""


def _two_ports() -> int:
    """A port that is free together with the next one, where a softphone speaks TLS.

    Below those that the system gives away by itself, of which one would soon be somebody else's.
    """
    while True:
        port = 2 * SystemRandom().randrange(10_000, 15_000)
        if not listens(port) and not listens(port + 1):
            return port


def netstring(document: object) -> bytes:
    """A document as baresip takes and gives it."""
    data = json.dumps(document).encode()
    return b"%d:%b," % (len(data), data)


class Softphones:
    """A caller's softphone and an agent's; `port` is where the agent's tells of its calls."""

    def __init__(self, folder: Path, *, number: str, name: str, answers: bool = False) -> None:
        self._caller, self._agent = folder / "caller", folder / "agent"
        self.port, self._control, self._sip = free_port(), free_port(), _two_ports()
        mode = ";answermode=auto" if answers else ""
        self._servers = [
            self._made(self._agent, self._sip, self.port, f"<sip:support@{HOST}:{self._sip}>;regint=0{mode}"),
            self._made(self._caller, _two_ports(), self._control, f'"{name}" <sip:{number}@{HOST}>;regint=0'),
        ]
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        for server in self._servers:
            server.start()
        self._line = socket.create_connection((HOST, self._control), PATIENCE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._line is not None:
            self._line.close()
        for server in self._servers:
            server.kill()

    def calls(self) -> None:
        """The caller dials the agent."""
        self._tell("dial", f"sip:support@{HOST}:{self._sip}")

    def hangs_up(self) -> None:
        """The caller hangs up."""
        self._tell("hangup", "")

    def agent_s_ends(self) -> None:
        """The agent's softphone crashes."""
        self._servers[0].kill()

    def _tell(self, command: str, given: str) -> None:
        assert self._line is not None
        self._line.sendall(netstring({"command": command, "params": given, "token": "test"}))

    @staticmethod
    def _made(folder: Path, sip: int, port: int, account: str) -> Server:
        folder.mkdir(parents=True)
        config = _CONFIG.format(host=HOST, sip=sip, port=port, folder=folder, modules=MODULES)
        (folder / "config").write_text(config, encoding="utf-8")
        (folder / "accounts").write_text(account + "\n", encoding="utf-8")
        (folder / "contacts").write_text("", encoding="utf-8")
        with wave.open(str(folder / "silence.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(2 * 8000 * 60))
        return Server((PROGRAM, "-f", str(folder)), port, folder / "log")
