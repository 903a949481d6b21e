"""A mail server that says what a test tells it: for the surprises that no real one has at will.

    with ScriptedImap({"UID SEARCH": b"* SEARCH 1 2 3\r\n@ OK done\r\n"}) as server: …

A command is answered by what stands under its first words, in a list by the next one each time (the last one stays);
`@` at the start of a line stands for its tag. `CUT` closes the connection. What isn't told is answered with OK.
"""

import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Self

from tests.servers.processes import HOST

CUT = b""
Answers = Mapping[str, bytes | list[bytes]]
USUAL: dict[str, bytes | list[bytes]] = {
    "": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\n@ OK done\r\n",
    "AUTHENTICATE": b"+ \r\n",
    "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n@ OK done\r\n',
    "EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 1]\r\n@ OK [READ-ONLY]\r\n",
    "IDLE": b"+ idling\r\n",
}


class ScriptedImap:
    """Listens on `port` and keeps every line that it was told in `heard`."""

    def __init__(self, answers: Answers) -> None:
        self._answers = {word: list(said) if isinstance(said, list) else said for word, said in answers.items()}
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[str] = []
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)

    def answer(self, answers: Answers) -> None:
        """Say something else from now on, and nothing of what was told before."""
        self._answers = dict(answers)

    def count(self, beginning: str) -> int:
        """How often it was told a command."""
        return sum(line.partition(" ")[2].upper().startswith(beginning) for line in self.heard)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(line)
            thread = threading.Thread(target=self._talk, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as told, suppress(OSError):
            line.sendall(self._said("", b""))
            tag = b""
            while command := told.readline():
                self.heard.append(command.decode("latin-1").strip())
                first, _, rest = command.strip().partition(b" ")
                if not rest:
                    # An answer to a question of ours, or the end of waiting: it belongs to the command before it.
                    line.sendall(self._said(self._reply(first), tag))
                    continue
                tag = first
                said = self._said(rest.decode("latin-1").upper(), tag)
                if said == CUT:
                    return
                line.sendall(said)
                self._read_literal(rest, told)

    def _reply(self, word: bytes) -> str:
        return "DONE" if word.upper() == b"DONE" else "ANSWER"

    def _said(self, command: str, tag: bytes) -> bytes:
        answers = {**USUAL, **self._answers}
        names = [name for name in answers if name and command.startswith(name)]
        said = answers[max(names, key=len)] if names else answers[""] if not command else b"@ OK done\r\n"
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        return re.sub(rb"(?m)^@", lambda _: tag, said)

    def _read_literal(self, command: bytes, told: BinaryIO) -> None:
        literal = re.search(rb"\{(\d+)\}$", command)
        if literal:
            told.read(int(literal[1]))
