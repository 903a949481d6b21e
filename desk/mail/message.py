"""One mail, from raw bytes to everything that the desk wants to know of it.

The invariant: `read_mail` returns a `Mail` for any bytes at all; where something was wrong, `problems` says so, and
where it was no mail, `unparsed` does. All text in a `Mail` went through `clean`.
"""

import re
from calendar import timegm
from dataclasses import dataclass
from email.utils import parsedate_tz

from desk.mail.addresses import Address, addresses
from desk.mail.automatic import automatic_mark
from desk.mail.bodies import Attachment, read_contents
from desk.mail.bounces import Bounce, find_bounce
from desk.mail.headers import Headers, decode_words, one_line
from desk.mail.mime import KNOWN, Part, parse


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says.

    `date` is in microseconds UTC, None where it is absent or absurd; message ids keep their angle brackets;
    `automatic` names the mark that says that a machine wrote it, or is empty.
    """

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: int | None
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    html_used: bool
    attachments: tuple[Attachment, ...]
    automatic: str
    bounce: Bounce | None
    remote_images: int
    trackers: int
    problems: tuple[str, ...]
    unparsed: bool


_ID = re.compile(r"<[^<>\s]{1,500}>")
_MOST_REFERENCES = 200
_LONGEST_SUBJECT = 1_000
_EARLIEST, _LATEST = timegm((1980, 1, 1, 0, 0, 0)), timegm((2100, 1, 1, 0, 0, 0))


def read_mail(raw: bytes) -> Mail:
    """Read one mail, whatever its bytes are."""
    whole = parse(raw)
    headers = whole.headers
    hint = _charset_of(whole)
    contents = read_contents(whole)
    text = contents.text()
    sender = _sender(headers, hint)
    date = _date(headers)
    unparsed = not any(name in KNOWN for name, _ in headers.items)
    message_id = next(iter(_ids(headers, "message-id")), "")
    problems = ["this has no mail headers"] if unparsed else _complaints(sender, date, message_id)
    return Mail(
        sender=sender,
        to=_list_of(headers, "to", hint),
        cc=_list_of(headers, "cc", hint),
        reply_to=_list_of(headers, "reply-to", hint),
        subject=headers.text("subject", hint)[:_LONGEST_SUBJECT],
        date=date,
        message_id=message_id,
        in_reply_to=next(iter(_ids(headers, "in-reply-to")), ""),
        references=_ids(headers, "references")[-_MOST_REFERENCES:],
        text=text,
        html_used=contents.html_used,
        attachments=tuple(contents.attachments),
        automatic=automatic_mark(headers, sender),
        bounce=find_bounce(whole, sender.address, text),
        remote_images=contents.remote_images,
        trackers=contents.trackers,
        problems=tuple(dict.fromkeys([*contents.problems, *problems])),
        unparsed=unparsed,
    )


def _charset_of(part: Part) -> str:
    """The first charset that any part names: what raw 8-bit headers are most likely written in."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if charset := part.content.get("charset"):
            return charset
        waiting.extend(reversed(part.children))
    return ""


def _list_of(headers: Headers, name: str, hint: str) -> tuple[Address, ...]:
    return tuple(address for value in headers.every(name) for address in addresses(value, hint))


def _sender(headers: Headers, hint: str) -> Address:
    """Who wrote it: From, with the address of the next best header where it has none."""
    written = _list_of(headers, "from", hint)
    known = next((address for address in written if "@" in address.address), None)
    if known is not None:
        return known
    name = written[0].name if written else ""
    for other in ("reply-to", "sender", "return-path"):
        for address in _list_of(headers, other, hint):
            if "@" in address.address:
                return Address(name or address.name, address.address)
    return written[0] if written else Address("", "")


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    """The ids of a header, brackets kept; a lone word without brackets, or one with blanks, counts too."""
    text = one_line(decode_words(b" ".join(headers.every(name))))
    found = _ID.findall(text)
    lone = " " not in text or (text.count("<") == 1 and text[0] == "<" and text[-1] == ">")
    if not found and text and lone and len(text) <= 500:
        return (f"<{text.strip('<>')}>",)
    return tuple(dict.fromkeys(found))


def _date(headers: Headers) -> int | None:
    """When it was written; else when the last server took it in."""
    candidates = [headers.raw("date"), headers.raw("resent-date")]
    candidates += [value.rpartition(b";")[2] for value in headers.every("received")[:1]]
    for value in candidates:
        seconds = _seconds(value.decode("ascii", "replace")[:100])
        if seconds is not None:
            return seconds * 1_000_000
    return None


def _seconds(value: str) -> int | None:
    try:
        fields = parsedate_tz(value)
        if fields is None:
            return None
        seconds = timegm(fields[:6]) - (fields[9] or 0)
    except (ValueError, IndexError, TypeError, OverflowError):
        # The standard library's reader raises these on dates that are none.
        return None
    return seconds if _EARLIEST <= seconds <= _LATEST else None


def _complaints(sender: Address, date: int | None, message_id: str) -> list[str]:
    problems = []
    if "@" not in sender.address:
        problems.append("it names no sender's address")
    if date is None:
        problems.append("it has no usable date")
    if not message_id:
        problems.append("it has no Message-ID")
    return problems
