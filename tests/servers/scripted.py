"""An SMTP server that says what a test tells it: for the refusals, slips and silences that no real one shows at will.

    with ScriptedSmtp({"DATA": "451 4.3.0 not now"}) as server: …

Every command is answered by the line of its first word, in a list by the next one each time. `CUT` closes the
connection instead, `SILENCE` answers nothing. The end of a text is answered by ".", after so many of its bytes as
`cut_after` the connection is cut.
"""

import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import BinaryIO, Self

from tests.servers.processes import HOST

CUT = "cut"
SILENCE = "silence"
COMMANDS = ("EHLO", "HELO", "STARTTLS", "AUTH", "RSET", "MAIL", "RCPT", "DATA", "QUIT")
USUAL: Mapping[str, str] = {
    "": "220 scripted.test",
    "EHLO": "250-scripted.test\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250-8BITMIME\r\n250 SIZE 1000000",
    "AUTH": "235 2.7.0 welcome",
    "DATA": "354 go on",
    ".": "250 2.0.0 taken",
    "QUIT": "221 bye",
}


class ScriptedSmtp:
    """Listens on `port` and keeps every line that it was told in `heard`, texts left out."""

    def __init__(self, answers: Mapping[str, str | list[str]], cut_after: int | None = None) -> None:
        self._answers = {word: list(line) if isinstance(line, list) else line for word, line in answers.items()}
        self._cut_after = cut_after
        self._socket = socket.create_server((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard: list[str] = []
        self.texts: list[bytes] = []
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for line in self._open:
            line.close()
        self._thread.join(60)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(line)
            try:
                self._talk(line)
            except OSError:
                line.close()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as reader:
            if self._answer(line, "") == CUT:
                return
            while given := reader.readline():
                self.heard.append(given.decode().rstrip("\r\n"))
                # What follows a question of the login has no word of its own.
                word = self.heard[-1].split(" ")[0].upper()
                said = self._answer(line, word if word in COMMANDS else "AUTH")
                if said == CUT or word == "QUIT":
                    return
                if said.startswith("354") and (not self._text(reader) or self._answer(line, ".") == CUT):
                    return

    def _answer(self, line: socket.socket, word: str) -> str:
        said = self._answers.get(word, USUAL.get(word, "250 fine"))
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        if said not in (CUT, SILENCE):
            line.sendall(said.encode() + b"\r\n")
        return said

    def _text(self, reader: BinaryIO) -> bool:
        whole = b""
        while given := reader.readline():
            if given == b".\r\n":
                self.texts.append(whole)
                return True
            whole += given
            if self._cut_after is not None and len(whole) >= self._cut_after:
                return False
        return False
