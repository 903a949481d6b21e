"""The line to a server that takes mails: connected, encrypted, logged in; the standard library's smtplib below it.

The invariants: every wait for the other side has a limit; a secret leaves only over an encrypted line or to this very
machine, and stands in no error, not even where the server repeats it.
"""

import base64
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from desk.endpoints import Endpoint, is_loopback
from desk.text import clean
from sync.errors import Broken, Denied, SourceError, Unreachable
from sync.secret import HIDDEN, Secret, without
from sync.sources.mailbox.away import AGAIN, away, no_line

Login = Literal["password", "token"]

# What a line may be silent for, in seconds. After the text RFC 5321 (4.5.3.2) asks for ten minutes: servers look for
# viruses then, and giving up early is what makes an end unclear.
CONNECT = 15.0
PATIENCE = 60.0
AFTER_TEXT = 600.0
GOODBYE = 2.0
NO_SENDER = "Is this the address of an SMTP server?"

_LONGEST_WORDS = 300
# Our own name is nobody's business, and to find it out would ask the network.
_OURSELVES = "[127.0.0.1]"


@dataclass(frozen=True, slots=True)
class Submission:
    """How mails leave: where to, and as whom. `secret` is asked at each login; without a user there is none."""

    endpoint: Endpoint
    user: str
    secret: Callable[[], Secret]
    login: Login = "password"
    context: ssl.SSLContext | None = None
    patience: float = PATIENCE
    after_text: float = AFTER_TEXT


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said; code 0 where the line broke before it said anything."""

    code: int
    words: str

    @property
    def good(self) -> bool:
        """Done."""
        return 200 <= self.code < 300

    @property
    def never(self) -> bool:
        """Refused for good."""
        return 500 <= self.code < 600

    @property
    def lost(self) -> bool:
        """Nothing was said."""
        return self.code == 0

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


class Line:
    """An open line. What breaks it later is a lost `Reply`, so that no traceback holds what was being said."""

    def __init__(self, submission: Submission) -> None:
        """Connect and log in; raises SourceError."""
        self._submission = submission
        self.host = submission.endpoint.host
        self._smtp = self._connected()
        try:
            self._log_in()
        except SourceError:
            self.close()
            raise

    @property
    def limit(self) -> int:
        """The largest mail in bytes; 0 where the server names no limit."""
        named = self._smtp.esmtp_features.get("size", "").strip()
        return int(named) if named.isascii() and named.isdigit() and len(named) < 16 else 0

    def offers(self, extension: str) -> bool:
        """Whether the server knows an extension."""
        return self._smtp.has_extn(extension)

    def say(self, command: str, patience: float | None = None) -> Reply:
        """One command and its answer; a text that would be two commands is refused here."""
        if "\r" in command or "\n" in command:
            return Reply(501, "An address has a line end in it")
        try:
            self._wait(patience or self._submission.patience)
            # Not smtplib's docmd, which knows no letters beyond ASCII.
            self._smtp.send(command.encode() + b"\r\n")
            code, words = self._smtp.getreply()
        except OSError:
            return Reply(0, "")
        return Reply(max(0, code), _cleaned(words))

    def pour(self, piece: bytes) -> bool:
        """Send a piece of a text, to which there is no answer; False where the line broke."""
        try:
            self._smtp.send(piece)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Say goodbye."""
        with suppress(OSError):
            self._wait(GOODBYE)
            self._smtp.docmd("QUIT")
        self.drop()

    def drop(self) -> None:
        """Close it without a word, as in the middle of a text: without its end the server forgets it."""
        self._smtp.close()

    def _wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _connected(self) -> smtplib.SMTP:
        endpoint = self._submission.endpoint
        if endpoint.security == "none" and not is_loopback(endpoint.host):
            raise Broken("A password is not sent in plain text to another machine", "Use smtps:// in its address.")
        problem: SourceError
        try:
            return _greeted(endpoint, self._submission.context or ssl.create_default_context())
        except smtplib.SMTPConnectError as error:
            said = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
            if error.smtp_code < 0:
                problem = Broken(f"{self.host} says what no mail server says", NO_SENDER)
            else:
                problem = Unreachable(f"{self.host} takes nobody now: {error.smtp_code} {_cleaned(said)}", AGAIN)
        except smtplib.SMTPServerDisconnected as error:
            # smtplib says so of silence too.
            silent = error.__context__ if isinstance(error.__context__, TimeoutError) else None
            problem = away(endpoint, silent) if silent else Unreachable(f"{self.host} ended the conversation", AGAIN)
        except smtplib.SMTPException:
            problem = Broken(f"{self.host} says what no mail server says", NO_SENDER)
        except (OSError, UnicodeError) as error:
            problem = no_line(endpoint, error)
        raise problem

    def _log_in(self) -> None:
        """Log in. A token that is refused is asked for once more, since it may have expired on the way."""
        submission = self._submission
        if not submission.user:
            return
        secret = submission.secret()
        reply = self._prove(secret)
        if reply.never and submission.login == "token":
            fresh = submission.secret()
            if fresh.reveal() != secret.reveal():
                secret, reply = fresh, self._prove(fresh)
        if reply.good:
            return
        if reply.lost:
            raise Unreachable(f"{self.host} ended the conversation at the login", AGAIN)
        said = str(reply)
        if not reply.never:
            raise Unreachable(f"{self.host} lets nobody in now: {said}", AGAIN)
        if submission.login == "token":
            raise Denied(
                f"{self.host} refused the token of {submission.user}: {said}",
                "It has expired or is not meant for sending: make a new one with what made it.",
            )
        raise Denied(
            f"{self.host} refused the password of {submission.user}: {said}",
            "Check the user and the password; some providers want one that was made for this program alone.",
        )

    def _prove(self, secret: Secret) -> Reply:
        """Say who we are; the answer doesn't hold the secret, should the server repeat it."""
        reply = self._offered(secret)
        words = without(secret, reply.words)
        return Reply(reply.code, words.replace(_base64(secret.reveal()), HIDDEN) if secret else words)

    def _offered(self, secret: Secret) -> Reply:
        """The server's answer to the one way to log in that fits."""
        user = self._submission.user
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if self._submission.login == "token":
            if "XOAUTH2" not in offered:
                raise Broken(f"{self.host} takes no tokens", "Log in with a password instead.")
            reply = self._hidden("AUTH XOAUTH2 ", f"user={user}\1auth=Bearer {secret.reveal()}\1\1")
            # A refusal comes as a question, which has to be answered with nothing before the server says no.
            return self.say("") if reply.code == 334 else reply
        if "PLAIN" in offered:
            return self._hidden("AUTH PLAIN ", f"\0{user}\0{secret.reveal()}")
        if "LOGIN" in offered:
            reply = self._hidden("AUTH LOGIN ", user)
            return self._hidden("", secret.reveal()) if reply.code == 334 else reply
        known = ", ".join(offered) or "none at all"
        raise Broken(f"{self.host} offers no login that is known here ({known})", "Mails are sent on port 465 or 587.")

    def _hidden(self, command: str, private: str) -> Reply:
        """Say what is only for the server, which may repeat it in its answer."""
        coded = _base64(private)
        reply = self.say(command + coded)
        return Reply(reply.code, reply.words.replace(coded, HIDDEN))


def _greeted(endpoint: Endpoint, context: ssl.SSLContext) -> smtplib.SMTP:
    host, port = endpoint.host, endpoint.port
    if endpoint.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, _OURSELVES, timeout=CONNECT, context=context)
    else:
        smtp = smtplib.SMTP(host, port, _OURSELVES, CONNECT)
    try:
        smtp.ehlo_or_helo_if_needed()
        if endpoint.security == "starttls":
            if not smtp.has_extn("starttls"):
                raise Broken(f"{host} offers no encryption (STARTTLS)", "Try smtps:// in its address.")
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _cleaned(words: bytes) -> str:
    return clean(words.decode("utf-8", "replace"), lines=False)[:_LONGEST_WORDS].strip()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
