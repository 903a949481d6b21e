"""What the tests of sending share: a mail, a way out, and one try of it."""

import ssl
from collections.abc import Callable
from dataclasses import replace

from desk.endpoints import Endpoint
from sync.protocol import DeliverMail, Outcome
from sync.secret import Secret
from sync.sources.mailbox.smtp import MailSender
from sync.sources.mailbox.smtp_line import Submission
from tests.servers.mail import PASSWORD, MailServer
from tests.servers.processes import HOST

RAW = b"Message-ID: <1@desk.example>\r\nSubject: hi\r\n\r\n.dot\r\n..\r\nFrom here\r\n.\r\nlast\r\n"
CANARY = "canary-0451"


def nothing() -> None:
    """What a hand-over does where nobody keeps a record."""


def mail_to(*recipients: str, sender: str = "support@desk.example", raw: bytes = RAW) -> DeliverMail:
    return DeliverMail("key", "<1@desk.example>", raw, sender, recipients, 0)


def submission(port: int, password: str = PASSWORD, **changes: object) -> Submission:
    endpoint = Endpoint("smtp", "none", HOST, port)
    given = Submission(endpoint, "support@example.test", lambda: Secret(password), patience=60, after_text=60)
    return replace(given, **changes)  # type: ignore[arg-type]  # each test names fields of Submission


def trusting(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.certificate))


def once(way: Submission, mail: DeliverMail, hand_over: Callable[[], None] = nothing) -> Outcome:
    sender = MailSender(way)
    try:
        return sender.send(mail, hand_over)
    finally:
        sender.close()
