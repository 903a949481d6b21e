"""Mails that came back: which address refused, why, and which mail of ours it was; or that one is still on its way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desk.mail.headers import Headers, decode_words, one_line
from desk.mail.mime import Part, content_bytes, parse, split_head


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that it did not arrive at: status ("5.1.1") and the reason in words; any may be empty."""

    recipient: str
    status: str
    why: str

    def __str__(self) -> str:
        named = " ".join(part for part in (self.status, self.recipient) if part) or "undelivered"
        return f"{named}: {self.why}" if self.why else named


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server reports of the mail of that "<id>" (may be empty). `delayed`: it is still being tried."""

    message_id: str
    failures: tuple[Failure, ...]
    delayed: bool = False

    def __str__(self) -> str:
        return DELAYED * self.delayed + "; ".join(map(str, self.failures))


DELAYED = "delayed, still being tried: "

_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_MESSAGE_ID = re.compile(rb"(?im)^[> \t]*message-id:\s*(<[^<>\s]{1,250}>)")
_ADDRESS = re.compile(r"[^\s<>\"';:,]{1,120}@[^\s<>\"';:,]{1,120}")
_SENDERS = ("mailer-daemon", "postmaster", "mailerdaemon", "mail delivery")
_TEXT_KEPT = 20_000
_BLOCKS_READ = 50
# Of a report about a whole list nobody reads more.
_MOST = 20
_WAITING = re.compile(r"\b(?:delayed|still|will be retried|keep(?:s)? trying|not yet)\b", re.IGNORECASE)

# What the usual statuses mean (RFC 3463), for those who don't know them by heart; the longest beginning counts.
_MEANINGS = {
    "1.1": "there is no such address",
    "1.2": "there is no such mail domain",
    "1.3": "the address is none",
    "1.6": "the address has moved",
    "1.10": "this address takes no mail",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the mail is too large",
    "3.4": "the mail is too large",
    "4.1": "their server does not answer",
    "4.4": "their server can't be found",
    "4.6": "it went in circles",
    "4.7": "it could not be handed over in time",
    "7": "their server refused it",
}
# What stands around a server's words: the protocol's name, who said it and when, codes, and the address itself.
_AROUND = re.compile(
    r"\A[\w.-]{1,20}\s?;\s?|\bhost [^\s]{1,200}(?: \([^()]{1,200}\))? said:|\(in reply to [^()]{1,100}\)|"
    r"\b[45]\d\d(?:[ -]#?[45]\.\d{1,3}\.\d{1,3})?\b[: -]?|#?\b[45]\.\d{1,3}\.\d{1,3}\b:?|<[^<>\s]{1,250}>:?"
)
_LONGEST_REASON = 160


def find_bounce(whole: Part, sender: str, text: str) -> Bounce | None:
    """What a mail reports of one that did not arrive, or not yet; None where it does not (a receipt is no failure)."""
    for part in _walk(whole):
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            return _from_report(whole, part)
    failed = whole.headers.text("x-failed-recipients")
    if failed or _comes_from_a_server(whole.headers, sender):
        return _from_text(whole, failed, text[:_TEXT_KEPT])
    return None


def reason(said: str, status: str = "") -> str:
    """Why, in words: what the status means, and what the server said without its codes."""
    found = _STATUS.search(said)
    status = status or (found[0] if found else "")
    words = one_line(_AROUND.sub(" ", one_line(said)[:2_000])).strip(" -:;.,")
    if len(words) > _LONGEST_REASON:
        words = words[:_LONGEST_REASON].rpartition(" ")[0] + " …"
    detail = status.partition(".")[2]
    meaning = _MEANINGS.get(detail) or (_MEANINGS.get(detail.partition(".")[0]) if status[:1] == "5" else None)
    if not any(letter.isalpha() for letter in words):
        return meaning or ""
    return f"{meaning} ({words})" if meaning else words


def _walk(part: Part) -> Iterator[Part]:
    waiting = [part]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.children))


def _from_report(whole: Part, report: Part) -> Bounce | None:
    blocks = [
        block for block in _blocks(content_bytes(report)) if _said(block, "status") or _said(block, "final-recipient")
    ]
    failed = [block for block in blocks if block.word("action") == "failed" or not _said(block, "action")]
    delayed = [block for block in blocks if block.word("action") == "delayed"]
    if not failed and not delayed:
        return None
    failures = tuple(map(_failure, (failed or delayed)[:_MOST]))
    return Bounce(_returned_id(whole), failures, delayed=not failed)


def _failure(block: Headers) -> Failure:
    said = block.text("diagnostic-code")
    found = _STATUS.search(block.text("status")) or _STATUS.search(said)
    recipient = _ADDRESS.search(block.text("original-recipient")) or _ADDRESS.search(block.text("final-recipient"))
    status = found[0] if found else ""
    return Failure(recipient[0] if recipient else "", status, reason(said, status))


def _said(block: Headers, name: str) -> bool:
    return bool(block.raw(name))


def _blocks(body: bytes) -> list[Headers]:
    """The report's groups of lines: the first about the server, each further one about a recipient."""
    blocks: list[Headers] = []
    body = body.strip()
    while body and len(blocks) < _BLOCKS_READ:
        items, rest = split_head(body)
        if items:
            blocks.append(Headers(items))
        rest = rest.lstrip()
        if len(rest) >= len(body):
            break
        body = rest
    return blocks


def _returned_id(whole: Part) -> str:
    """The Message-ID of the mail that came back, attached whole or as headers, or quoted in the text."""
    for part in _walk(whole):
        if part.kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            returned = parse(content_bytes(part).lstrip()).headers.raw("message-id")
            if returned:
                return one_line(decode_words(returned))
    found = _MESSAGE_ID.search(whole.body)
    return found[1].decode("ascii", "replace") if found else ""


def _comes_from_a_server(headers: Headers, sender: str) -> bool:
    empty_path = "return-path" in headers and headers.raw("return-path") in (b"<>", b"<MAILER-DAEMON>")
    return sender.lower().startswith(_SENDERS) and (empty_path or "return-path" not in headers)


def _from_text(whole: Part, failed: str, text: str) -> Bounce | None:
    found = _STATUS.search(text)
    if not found and not failed:
        return None
    recipient = _ADDRESS.search(failed) or _ADDRESS.search(text)
    status = found[0] if found else ""
    line = text[text.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0] if found else ""
    failure = Failure(recipient[0] if recipient else "", status, reason(line, status))
    return Bounce(_returned_id(whole), (failure,), delayed=status[:1] == "4" and _WAITING.search(text) is not None)
