"""A mail server that sends nothing on: it keeps what it takes, and its recipients steer its faults.

    python sink.py SETTINGS.json      # folder, port, password, certificate, key, require_auth, imap_port

| local part of a recipient | what happens |
|---|---|
| reject | 550, no such person |
| defer | 451, try again later |
| spam | 554 after the text |
| slow | takes the text after `slow_seconds` |
| cut | the connection is cut after the text, and the mail is not kept |
| drop | the mail is kept and the connection cut before the answer: nobody knows |

A sender `nosender` is refused with 553; what `keeper…@example.test` sends is put into their folder Sent as well, as
large providers do it. A mail to somebody@example.test is put into that person's INBOX.
The mails lie as NNNNNN.eml, each with its envelope as NNNNNN.json, which is written last.
"""

import asyncio
import imaplib
import json
import signal
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
HOME = "@example.test"
LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sink was told at its start."""

    folder: str
    port: int
    password: str
    certificate: str
    key: str
    require_auth: bool
    imap_port: int
    slow_seconds: float


class Sink:
    """Takes mails; aiosmtpd calls it by these names."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = Path(settings.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number = max((int(path.stem) for path in self.folder.glob("*.eml")), default=0)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender."""
        if address.startswith("nosender@"):
            return "553 5.1.8 Sender address rejected"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient."""
        match address.partition("@")[0]:
            case "reject":
                return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
            case "defer":
                return "451 4.7.1 Greylisted, try again in 300 seconds"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The text."""
        faults = {address.partition("@")[0] for address in envelope.rcpt_tos}
        if "slow" in faults:
            await asyncio.sleep(self.settings.slow_seconds)
        if "spam" in faults:
            return "554 5.7.1 Message looks like spam"
        if "cut" in faults:
            _cut(server)
            return "421 gone"
        raw = envelope.original_content or b""
        # Whoever has gone meanwhile takes nothing of it back: aiosmtpd cancels what it is at then.
        await asyncio.shield(self._take(raw, session, envelope))
        if "drop" in faults:
            _cut(server)
        return f"250 2.0.0 OK queued as {self.number:06}"

    async def _take(self, raw: bytes, session: Session, envelope: Envelope) -> None:
        self._keep(raw, session, envelope)
        for address in envelope.rcpt_tos:
            if address.endswith(HOME) and self.settings.imap_port:
                await asyncio.to_thread(self._put, address, "INBOX", raw)
        sender = envelope.mail_from or ""
        if sender.startswith("keeper") and sender.endswith(HOME):
            await asyncio.to_thread(self._put, sender, "Sent", raw)

    def _keep(self, raw: bytes, session: Session, envelope: Envelope) -> None:
        self.number += 1
        (self.folder / f"{self.number:06}.eml").write_bytes(raw)
        facts = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "options": envelope.mail_options,
            "logged_in": bool(session.authenticated),
            "tls": session.ssl is not None,
        }
        part = self.folder / f"{self.number:06}.part"
        part.write_text(json.dumps(facts))
        part.rename(part.with_suffix(".json"))

    def _put(self, address: str, folder: str, raw: bytes) -> None:
        with imaplib.IMAP4(HOST, self.settings.imap_port, 30) as server:
            server.login(address, self.settings.password)
            server.append(folder, "", "", raw)


def _cut(server: SMTP) -> None:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


async def serve(settings: Settings) -> None:
    """Take mails until told to end."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate, settings.key)
    sink = Sink(settings)

    def let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == settings.password.encode()
        return AuthResult(success=good, handled=good)

    def connection() -> SMTP:
        return SMTP(
            sink, hostname="sink.test", enable_SMTPUTF8=True, tls_context=context, authenticator=let_in,
            auth_required=settings.require_auth, auth_require_tls=False, data_size_limit=LARGEST,
        )  # fmt: skip

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(connection, HOST, settings.port)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Settings(**json.loads(Path(sys.argv[1]).read_text()))))
