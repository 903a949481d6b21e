"""Mails that came back: which address refused, with which status, and which mail of ours it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desk.mail.headers import Headers, decode_words, one_line
from desk.mail.mime import Part, content_bytes, parse, split_head


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery that failed: status ("5.1.1"), refused address, the returned mail's "<id>"; any may be empty."""

    status: str
    recipient: str
    message_id: str


_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_MESSAGE_ID = re.compile(rb"(?im)^[> \t]*message-id:\s*(<[^<>\s]{1,250}>)")
_ADDRESS = re.compile(r"[^\s<>\"';:,]{1,120}@[^\s<>\"';:,]{1,120}")
_SENDERS = ("mailer-daemon", "postmaster", "mailerdaemon", "mail delivery")
_TEXT_KEPT = 20_000
_BLOCKS_READ = 50


def find_bounce(whole: Part, sender: str, text: str) -> Bounce | None:
    """The failure that a mail reports; None where it reports none (a delay or a receipt is none)."""
    for part in _walk(whole):
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            return _from_report(whole, part)
    failed = whole.headers.text("x-failed-recipients")
    if failed or _comes_from_a_server(whole.headers, sender):
        return _from_text(whole, failed, text[:_TEXT_KEPT])
    return None


def _walk(part: Part) -> Iterator[Part]:
    waiting = [part]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.children))


def _from_report(whole: Part, report: Part) -> Bounce | None:
    blocks = _blocks(content_bytes(report))
    failures = [block for block in blocks if block.word("action") == "failed" or not _said(block, "action")]
    failures = [block for block in failures if _said(block, "status") or _said(block, "final-recipient")]
    if not failures:
        return None
    first = failures[0]
    status = _STATUS.search(first.text("status")) or _STATUS.search(first.text("diagnostic-code"))
    recipient = _ADDRESS.search(first.text("original-recipient")) or _ADDRESS.search(first.text("final-recipient"))
    return Bounce(status[0] if status else "", recipient[0] if recipient else "", _returned_id(whole))


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
    status = _STATUS.search(text)
    if not status and not failed:
        return None
    recipient = _ADDRESS.search(failed) or _ADDRESS.search(text)
    return Bounce(status[0] if status else "", recipient[0] if recipient else "", _returned_id(whole))
