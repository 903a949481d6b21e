"""Handing a mail over to a mail server, and knowing afterwards what became of it.

The invariant: a mail is `Unclear` from the moment on at which the server may have it all, and until it has answered;
before that moment nothing has left, whatever broke. The caller learns of that moment beforehand (`hand_over`), so that
it can write it down.
"""

import re
from collections.abc import Callable

from desk.errors import HeardError
from sync.protocol import DeliverMail, Later, Missed, Receipt, Refused, Step, Unclear
from sync.sources.mailbox.smtp_line import Line, Reply, Submission

Sent = Receipt | Later | Refused | Unclear

_CHUNK = 1 << 16
# How long to wait, in seconds, where the server says "later" without saying when, and where the line broke.
LATER = 300
BROKEN_LINE = 30
LONGEST_WAIT = 3600
_WHEN = re.compile(r"\b(\d{1,4})\s*(s(?:ec(?:ond)?)?s?|m(?:in(?:ute)?)?s?|h(?:ours?)?)\b", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600}
_DOTS = re.compile(rb"^\.", re.MULTILINE)


class MailSender:
    """Sends mails over a line that is opened when it is needed and kept for the next one."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._host = submission.endpoint.host
        self._line: Line | None = None

    def send(self, mail: DeliverMail, hand_over: Callable[[], None]) -> Sent:
        """Send it; `hand_over` is called when all but its last bytes have left, and what it raises stops them.

        Raises SourceError where the server can't be reached or refuses the login: nothing has left then.
        """
        line = self._open_line()
        try:
            outcome = self._transaction(line, mail, hand_over)
        except BaseException:
            self._line = None
            line.drop()
            raise
        if not isinstance(outcome, Receipt):
            self.close()
        return outcome

    def check(self) -> Step:
        """Log in, and say what the server takes; never raises."""
        try:
            limit = self._open_line().limit
        except HeardError as error:
            return Step("sending", False, error.message, error.mend)
        size = f"up to {_megabytes(limit)} MB" if limit else "any size"
        return Step("sending", True, f"{self._host}:{self._submission.endpoint.port} takes mails of {size}")

    def close(self) -> None:
        """Let go of the line; the next mail opens a new one."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _open_line(self) -> Line:
        """The kept line, unless it has died in the meantime."""
        if self._line is None or not self._line.say("RSET").good:
            if self._line is not None:
                self._line.drop()
                self._line = None
            self._line = Line(self._submission)
        return self._line

    def _transaction(self, line: Line, mail: DeliverMail, hand_over: Callable[[], None]) -> Sent:
        options = self._options(line, mail)
        if isinstance(options, Refused):
            return options
        reply = line.say(f"MAIL FROM:<{mail.sender}>{options}")
        if not reply.good:
            return self._declined(reply, f"{self._host} does not send for {mail.sender}")
        refused: list[tuple[str, Reply]] = []
        for recipient in mail.recipients:
            reply = line.say(f"RCPT TO:<{recipient}>")
            if reply.lost or reply.code == 421:
                return self._declined(reply, f"{self._host} ended the conversation")
            if not reply.good:
                refused.append((recipient, reply))
        if len(refused) == len(mail.recipients):
            return self._nobody(refused)
        reply = line.say("DATA")
        if reply.code != 354:
            return self._declined(reply, f"{self._host} does not take the mail")
        return self._text(line, mail, refused, hand_over)

    def _text(
        self, line: Line, mail: DeliverMail, refused: list[tuple[str, Reply]], hand_over: Callable[[], None]
    ) -> Sent:
        raw = _DOTS.sub(b"..", mail.raw if mail.raw.endswith(b"\r\n") else mail.raw + b"\r\n")
        for start in range(0, len(raw), _CHUNK):
            if not line.pour(raw[start : start + _CHUNK]):
                return self._declined(Reply(0, ""), "")
        hand_over()
        reply = line.say(".", self._submission.after_text)
        if not 200 <= reply.code < 600:
            return Unclear(f"The line to {self._host} broke before it said whether it took the mail")
        if not reply.good:
            return self._declined(reply, f"{self._host} did not take the mail")
        missed = (Missed(who, str(why), None if why.never else _seconds(why)) for who, why in refused)
        return Receipt(mail.message_id, missed=tuple(missed))

    def _options(self, line: Line, mail: DeliverMail) -> str | Refused:
        """What is said behind the sender; Refused where the server can't take this mail at all."""
        size = len(mail.raw)
        if line.limit and size > line.limit:
            return Refused(
                f"The mail has {_megabytes(size)} MB, and {self._host} takes {_megabytes(line.limit)} MB at most",
                "Send fewer or smaller files, or a link to them.",
            )
        options = f" SIZE={size}" if line.offers("size") else ""
        if not all(address.isascii() for address in (mail.sender, *mail.recipients)):
            if not line.offers("smtputf8"):
                return Refused(
                    f"{self._host} takes no addresses with letters beyond ASCII", "Ask for another address of theirs."
                )
            options += " SMTPUTF8"
        return options + (" BODY=8BITMIME" if not mail.raw.isascii() and line.offers("8bitmime") else "")

    def _nobody(self, refused: list[tuple[str, Reply]]) -> Later | Refused:
        """What it means that no recipient was taken: never, only where that holds for all of them."""
        said = "; ".join(f"{who}: {why}" for who, why in refused)
        waiting = [_seconds(why) for _, why in refused if not why.never]
        if waiting:
            return Later(max(waiting), f"Not taken yet: {said}")
        return Refused(f"{self._host} refused every recipient: {said}", "Check the addresses.")

    def _declined(self, reply: Reply, what: str) -> Later | Refused:
        """The outcome where the server surely does not have the mail."""
        if reply.lost:
            return Later(BROKEN_LINE, f"The line to {self._host} broke before the mail had left")
        if reply.never:
            return Refused(f"{what}: {reply}", "Read what the server says, then change the reply or drop it.")
        return Later(_seconds(reply), f"{what}: {reply}")


def _seconds(reply: Reply) -> int:
    """How long the server wants us to wait, as far as it says so, within reason."""
    match = _WHEN.search(reply.words)
    if match is None:
        return LATER
    return min(LONGEST_WAIT, max(BROKEN_LINE, int(match[1]) * _UNITS[match[2][0].lower()]))


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f}".removesuffix(".0")
