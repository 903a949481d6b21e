"""The line to a mail server: the standard library's imaplib over a reader of our own.

Ours, because imaplib's reads ahead into a buffer that nobody can look into, gives up on long lines, and limits the
time of a whole answer instead of its next byte. The invariants: every wait for the other side has a limit; nothing
that was sent before a line was encrypted is read after it; what fails is a `sync.errors.SourceError`.
"""

import imaplib
import selectors
import socket
import ssl
from contextlib import suppress

from desk.endpoints import Endpoint, is_loopback
from sync.errors import Broken, Unreachable
from sync.sources.mailbox.away import AGAIN, away, no_line

# The longest silence in the middle of an answer, in seconds. Servers open a mailbox of a million mails within it.
PATIENCE = 60.0
CONNECT = 15.0
_CHUNK = 1 << 16
LONGEST_LINE = 64 << 20
LARGEST_MAIL = 512 << 20


class Wire(imaplib.IMAP4):
    """A connection that may be waited on together with a wake-up call. Not logged in yet."""

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext | None) -> None:
        self.endpoint = endpoint
        # A server that waits to be greeted in another way, as one behind a wrong port does, is waited for no longer.
        self.patience = CONNECT
        self._context = context
        self._buffer = bytearray()
        self._taken = 0
        self._piece = memoryview(bytearray(_CHUNK))
        if endpoint.security == "none" and not is_loopback(endpoint.host):
            raise Broken("A password is not sent in plain text to another machine", "Use imaps:// in its address.")
        try:
            super().__init__(endpoint.host, endpoint.port, CONNECT)
        except imaplib.IMAP4.error as error:
            raise self.unusable(error) from None
        if endpoint.security == "starttls":
            self._encrypt()
        self.patience = PATIENCE

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Connect, encrypted where that comes first; imaplib calls it."""
        self.host, self.port = host, port
        try:
            self.sock = socket.create_connection((host, port), timeout)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.endpoint.security == "tls":
                self._wrap()
        except (OSError, UnicodeError) as error:
            raise no_line(self.endpoint, error) from None

    def readline(self) -> bytes:
        """The next line, with its end. A goodbye (BYE) is no line but the end, whatever was being said."""
        searched = self._taken
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched - self._taken > LONGEST_LINE:
                raise Broken("The mail server sent a line without an end")
            searched -= self._receive()
        line = bytes(memoryview(self._buffer)[self._taken : end + 1])
        self._taken = end + 1
        if line[:5].upper() == b"* BYE":
            said = line[5:].strip().decode("utf-8", "replace")[:200]
            raise Unreachable(f"{self.endpoint.host} ended the conversation: {said}", AGAIN)
        return line

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        if size > LARGEST_MAIL:
            raise Broken("The mail server announced a mail that is larger than a mail can be")
        end = self._taken + size
        if end <= len(self._buffer):
            self._taken, begin = end, self._taken
            return bytes(memoryview(self._buffer)[begin:end])
        ahead = self._buffer[self._taken :]
        self._taken += len(ahead)
        whole = bytearray(size)
        whole[: len(ahead)] = ahead
        view, filled = memoryview(whole), len(ahead)
        while filled < size:
            filled += self._fill(view[filled : filled + _CHUNK])
        return bytes(whole)

    # imaplib's types ask for any buffer; it only ever sends bytes.
    def send(self, data: bytes) -> None:  # type: ignore[override]
        """Send all of it; each piece has the time limit, not the whole."""
        view = memoryview(data)
        try:
            self.sock.settimeout(self.patience)
            while view:
                view = view[self.sock.send(view[:_CHUNK]) :]
        except OSError as error:
            raise away(self.endpoint, error) from None

    def shutdown(self) -> None:
        """Let go of the line, without a word; imaplib calls it."""
        if hasattr(self, "sock"):
            with suppress(OSError):
                self.sock.close()

    def news(self, seconds: float, wake: socket.socket) -> bool:
        """Whether a line begins within so many seconds; a wake-up call ends the wait too."""
        if self._taken < len(self._buffer) or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            line = selector.register(self.sock, selectors.EVENT_READ)
            return any(key is line for key, _ in selector.select(max(0.0, seconds)))

    def unusable(self, error: Exception) -> Unreachable | Broken:
        """imaplib's error in our words. It says "abort" both for a line that broke and for nonsense."""
        said = str(error)
        if "unexpected" in said or "not IMAP4" in said:
            return Broken(
                f"{self.endpoint.host} says what no mail server says", "Is this the address of an IMAP server?"
            )
        return Unreachable(f"{self.endpoint.host} ended the conversation: {said[:200]}", AGAIN)

    def _encrypt(self) -> None:
        if "STARTTLS" not in self.capabilities:
            self.shutdown()
            raise Broken(f"{self.endpoint.host} offers no encryption (STARTTLS)", "Try imaps:// in its address.")
        try:
            answer, _ = self.xatom("STARTTLS")
            # What lies here already came in plain text, from whoever stands in between.
            if answer != "OK" or self._taken < len(self._buffer):
                raise Broken(f"{self.endpoint.host} did not start the encryption that it offers")
            self._wrap()
            answer, words = self.capability()
            self.capabilities = tuple(words[-1].decode("ascii", "replace").upper().split()) if answer == "OK" else ()
        except imaplib.IMAP4.error as error:
            self.shutdown()
            raise self.unusable(error) from None
        except OSError as error:
            self.shutdown()
            raise away(self.endpoint, error) from None
        except Broken:
            self.shutdown()
            raise

    def _wrap(self) -> None:
        context = self._context or ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def _receive(self) -> int:
        """Read ahead; the answer is by how much what was taken already is forgotten."""
        forgotten, self._taken = self._taken, 0
        del self._buffer[:forgotten]
        count = self._fill(self._piece)
        self._buffer += self._piece[:count]
        return forgotten

    def _fill(self, view: memoryview) -> int:
        try:
            self.sock.settimeout(self.patience)
            count = self.sock.recv_into(view)
        except OSError as error:
            raise away(self.endpoint, error) from None
        if not count:
            raise Unreachable(f"{self.endpoint.host} ended the conversation", AGAIN)
        return count
